"""What ESC/POS says, painted: for the preview, and for the printer that is played. Unknown commands are named.

Reads whatever it is handed in bounded time and space: a roll is a few metres, and an unknown command is one byte long,
since how many follow it cannot be known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from clinic_desktop.devices.receipt_printer.protocol import COLUMN, HEADS
from clinic_desktop.domain.plates import Artist, Bits, Board, enlarged

MOST_BYTES: Final = 8_000_000
_LONGEST: Final = 40_000  # dots, five metres
_MOST_SAID, _MOST_PAPERS = 50, 100
_LINE, _HIGH = 30, 24
_ESC, _GS = 0x1B, 0x1D
# Commands of a fixed length that leave no mark by themselves: what follows the two bytes that name them.
_QUIET: Final = {
    b"\x1b{": 1, b"\x1b-": 1, b"\x1bt": 1, b"\x1bM": 1, b"\x1bR": 1, b"\x1b3": 1, b"\x1b2": 0, b"\x1b ": 1,
    b"\x1bc": 2, b"\x1bS": 0, b"\x1bV": 1, b"\x1dB": 1, b"\x1db": 1, b"\x1dH": 1, b"\x1df": 1, b"\x1dL": 2,
    b"\x1dW": 2, b"\x1dP": 2, b"\x1da": 1, b"\x1dr": 1, b"\x1bu": 1,
}  # fmt: skip


@dataclass(frozen=True)
class ReadPaper:
    """One paper as it leaves the printer, up to its cut, and what could not be drawn of it."""

    bits: Bits
    words: tuple[str, ...]
    problems: tuple[str, ...]
    drawer: bool
    cut: bool

    def __repr__(self) -> str:
        return f"ReadPaper({self.bits!r})"


@dataclass
class _Roll:
    width: int
    artist: Artist
    y: int = 0
    align: int = 0
    large: int = 0  # 1 twice the height, 2 twice the width
    line: bytearray = field(default_factory=bytearray)
    words: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    painting: list[Callable[[Board], None]] = field(default_factory=list)
    drawer: bool = False
    qr_size: int = 3
    qr_data: bytes = b""
    bar: tuple[int, int] = (162, 3)

    def say(self, problem: str) -> None:
        if len(self.problems) < _MOST_SAID:
            self.problems.append(problem)

    def feed(self, rows: int) -> None:
        self.y = min(self.y + rows, _LONGEST)

    def place(self, bits: Bits) -> None:
        """Draw a picture at the line reached, and go on below it."""
        x, y = (0, (self.width - bits.width) // 2, self.width - bits.width)[self.align], self.y
        if bits.width > self.width:
            self.say("a picture is wider than the head")
        self.painting.append(lambda board: board.paste(bits, max(x, 0), y))
        self.feed(bits.height)

    def write(self) -> None:
        """The line of text is over."""
        text = self.line.decode("ascii", "replace")
        self.line.clear()
        high = _HIGH * (2 if self.large & 1 else 1)
        if text.strip():
            self.words.append(text)
            self._letters(text, high)
        self.feed(max(_LINE, high + 6))

    def _letters(self, text: str, high: int) -> None:
        wide = COLUMN * (2 if self.large & 2 else 1)
        if len(text) * wide > self.width:
            self.say("a line is longer than its columns")
        start = (0, (self.width - len(text) * wide) // 2, self.width - len(text) * wide)[self.align]
        base = self.y + round(high * 0.8)
        for at, letter in enumerate(text):
            if letter == " ":
                continue
            bits, above = self.artist.letters(letter, _HIGH * 3 // 4)
            if self.large:
                across, down = 2 if self.large & 2 else 1, 2 if self.large & 1 else 1
                bits, above = enlarged(bits, across, down), above * down
            x = start + at * wide + max((wide - bits.width) // 2, 0)
            self._stamp(bits, x, base - above)

    def _stamp(self, bits: Bits, x: int, y: int) -> None:
        self.painting.append(lambda board: board.paste(bits, x, y))

    def paper(self, *, cut: bool) -> ReadPaper:
        """What was printed up to here; the roll goes on."""
        board = Board(self.width, max(self.y, 1))
        for paint in self.painting:
            paint(board)
        done = ReadPaper(board.bits(), tuple(self.words), tuple(self.problems), self.drawer, cut)
        self.y, self.words, self.problems, self.painting, self.drawer = 0, [], [], [], False
        return done


def read(data: bytes, roll_mm: int, artist: Artist) -> tuple[ReadPaper, ...]:
    """Every paper that these bytes print. Raises ValueError where the job is too long or ends within a command."""
    if len(data) > MOST_BYTES:
        raise ValueError("the job is too long")
    roll = _Roll(HEADS[roll_mm], artist)
    papers: list[ReadPaper] = []
    at = 0
    while at < len(data):
        byte = data[at]
        if byte in {_ESC, _GS}:
            used, cut = _command(roll, data, at)
            at += used
            if cut:
                papers.append(roll.paper(cut=True))
                if len(papers) > _MOST_PAPERS:
                    raise ValueError("the job has too many papers")
            continue
        at += 1
        if byte == 0x0A:
            roll.write()
        elif 0x20 <= byte < 0x7F:
            roll.line.append(byte)
        elif byte != 0x0D:
            roll.say(f"byte {byte:02X} is not understood")
    if roll.line:
        roll.write()
    if roll.painting or roll.problems or roll.drawer:
        papers.append(roll.paper(cut=False))
    return tuple(papers)


def _command(roll: _Roll, data: bytes, at: int) -> tuple[int, bool]:
    """Obey the command that begins here: how many bytes it has, and whether it cuts."""
    name = data[at : at + 2]
    if len(name) < 2:
        raise ValueError("the job ends within a command")
    rest = data[at + 2 : at + 12]
    if name == b"\x1b@":
        roll.align = roll.large = 0
        return 2, False
    if name in _QUIET:
        _need(rest, _QUIET[name])
        return 2 + _QUIET[name], False
    if name == b"\x1dV":
        _need(rest, 1)
        return 2 + (2 if rest[0] in {65, 66, 97, 98, 103, 104} else 1), True
    if name == b"\x1dv":
        return _raster(roll, data, at), False
    if name == b"\x1d(":
        return _extended(roll, data, at), False
    if name == b"\x1dk":
        return _bars(roll, data, at), False
    return _simple(roll, name, rest), False


def _need(rest: bytes, count: int) -> None:
    if len(rest) < count:
        raise ValueError("the job ends within a command")


def _simple(roll: _Roll, name: bytes, rest: bytes) -> int:
    """The commands with one byte behind their name, or four for the drawer."""
    if name not in {b"\x1b!", b"\x1d!", b"\x1bE", b"\x1bG", b"\x1ba", b"\x1bd", b"\x1bJ", b"\x1dh", b"\x1dw", b"\x1bp"}:
        roll.say(f"{'ESC' if name[0] == _ESC else 'GS'} {name[1]:02X} is not understood")
        return 2
    _need(rest, 3 if name == b"\x1bp" else 1)
    value = rest[0]
    if name == b"\x1b!":
        roll.large = (value >> 4 & 1) | (value >> 4 & 2)
    elif name == b"\x1d!":
        roll.large = (1 if value & 0x0F else 0) | (2 if value & 0xF0 else 0)
    elif name == b"\x1ba":
        roll.align = {0: 0, 1: 1, 2: 2, 48: 0, 49: 1, 50: 2}.get(value, roll.align)
    elif name == b"\x1bd":
        roll.feed(value * _LINE)
    elif name == b"\x1bJ":
        roll.feed(value)
    elif name == b"\x1dh":
        roll.bar = (value, roll.bar[1])
    elif name == b"\x1dw":
        roll.bar = (roll.bar[0], value)
    elif name == b"\x1bp":
        roll.drawer = True
        return 5
    return 3


def _raster(roll: _Roll, data: bytes, at: int) -> int:
    head = data[at + 2 : at + 8]
    _need(head, 6)
    stride, high = head[2] | head[3] << 8, head[4] | head[5] << 8
    content = data[at + 8 : at + 8 + stride * high]
    _need(content, stride * high)
    if head[0] != 0x30 or head[1] not in {0, 48}:
        roll.say("a raster of another mode is drawn at its plain size")
    if stride and high:
        roll.place(Bits(stride * 8, high, content))
    return 8 + stride * high


def _extended(roll: _Roll, data: bytes, at: int) -> int:
    head = data[at + 2 : at + 5]
    _need(head, 3)
    length = head[1] | head[2] << 8
    body = data[at + 5 : at + 5 + length]
    _need(body, length)
    if head[:1] != b"k" or body[:1] != b"1" or length < 2:
        roll.say(f"GS ( {chr(head[0]) if 0x20 <= head[0] < 0x7F else head[0]} is not understood")
    elif body[1] == 67 and length == 3:
        roll.qr_size = min(max(body[2], 1), 16)
    elif body[1] == 80:
        roll.qr_data = body[3:]
    elif body[1] == 81:
        _qr(roll)
    elif body[1] not in {65, 69}:
        roll.say(f"a function {body[1]} of QR is not understood")
    return 5 + length


def _qr(roll: _Roll) -> None:
    try:
        pattern = roll.artist.symbol("qr", roll.qr_data.decode("ascii"))
    except ValueError:
        roll.say("a QR symbol cannot hold its data")
        return
    roll.place(enlarged(pattern, roll.qr_size, roll.qr_size))


def _bars(roll: _Roll, data: bytes, at: int) -> int:
    head = data[at + 2 : at + 4]
    _need(head, 2)
    body = data[at + 4 : at + 4 + head[1]]
    if head[0] != 73:
        roll.say(f"a bar code of kind {head[0]} is not understood")
        return 3
    _need(body, head[1])
    try:
        pattern = roll.artist.symbol("code128", body.removeprefix(b"{B").decode("ascii"))
    except ValueError:
        roll.say("a bar code cannot hold its data")
    else:
        roll.place(enlarged(pattern, roll.bar[1], max(roll.bar[0], 1)))
    return 4 + head[1]
