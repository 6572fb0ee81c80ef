"""What ZPL says, painted: for the preview, and for the printer that is played. Unknown commands are named.

Reads whatever it is handed in bounded time and space: a label is at most a sheet at 600 dpi, and a job a few of them.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from clinic_desktop.devices.label_printer.protocol import QR_DROP
from clinic_desktop.domain.plates import Artist, Bits, Board, SymbolKind, enlarged

MOST_BYTES: Final = 8_000_000
_WIDEST, _LONGEST, _MOST_LABELS, _MOST_SAID = 5_100, 14_400, 100, 50
_DIGITS: Final = frozenset("0123456789ABCDEFabcdef")
_NO_MARK: Final = frozenset({"CI", "FX", "MM", "MT", "MN", "MD", "PR", "PO", "LS", "LT", "JZ", "JM", "PM"})
_JUSTIFY: Final = {"L": 0.0, "C": 0.5, "R": 1.0}


@dataclass(frozen=True)
class ReadLabel:
    """One label as it leaves the printer, and what could not be drawn of it."""

    bits: Bits
    copies: int
    words: tuple[str, ...]
    problems: tuple[str, ...]

    def __repr__(self) -> str:
        return f"ReadLabel({self.bits!r}, {self.copies})"


@dataclass
class _State:
    """What holds until the next field separator, or for the rest of the label."""

    width: int = 812
    height: int = 1218
    home: tuple[int, int] = (0, 0)
    origin: tuple[int, int] = (0, 0)
    typeset: bool = False
    font: tuple[int, int] = (9, 5)
    block: tuple[int, str] | None = None
    hexed: str = ""
    data: str = ""
    symbol: tuple[SymbolKind, int, int] | None = None
    graphic: Bits | None = None
    box: tuple[int, int, int] | None = None
    module: int = 2
    copies: int = 1
    words: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    painting: list[Callable[[Board], None]] = field(default_factory=list)

    def say(self, problem: str) -> None:
        if len(self.problems) < _MOST_SAID:
            self.problems.append(problem)

    def over(self) -> None:
        """A field is over: what held for it alone goes."""
        self.block, self.hexed, self.data, self.symbol, self.graphic, self.box = None, "", "", None, None, None


def read(data: bytes, artist: Artist) -> tuple[ReadLabel, ...]:
    """Every label that these bytes print. Raises ValueError where they are no whole job."""
    if len(data) > MOST_BYTES:
        raise ValueError("the job is too long")
    labels: list[ReadLabel] = []
    state: _State | None = None
    # One byte is one character here: what a byte means is for ^CI to say, and letters beyond ASCII are sent as dots.
    for sign, name, content in _commands(data.decode("latin-1")):
        if sign == "" or state is None:
            if name == "XA":
                state = _State()
            elif content.strip() or name:
                state = state or _State()
                state.say(f"{sign}{name} before ^XA" if name else f"“{content.strip()[:20]}” between labels")
            continue
        if name == "XA":
            state.say("^XA within a label")
        elif name == "XZ":
            labels.append(_label(state))
            state = None
            if len(labels) > _MOST_LABELS:
                raise ValueError("the job has too many labels")
        else:
            _obey(state, artist, sign + name, content.rstrip("\r\n"))
    if state is not None:
        raise ValueError("the job ends before ^XZ")
    return tuple(labels)


def _commands(text: str) -> list[tuple[str, str, str]]:
    """Sign, two letters and what follows them, for every command; text before the first one has neither."""
    found = []
    for piece in re.split(r"(?=[\^~])", text):
        if piece[:1] not in {"^", "~"}:
            if piece.strip():
                found.append(("", "", piece))
            continue
        # ^A takes a face as its second letter, whichever it is.
        found.append((piece[0], piece[1:3].upper() if piece[1:2].upper() != "A" else "A", _after(piece)))
    return found


def _after(piece: str) -> str:
    return piece[2:] if piece[1:2].upper() == "A" else piece[3:]


def _label(state: _State) -> ReadLabel:
    board = Board(state.width, state.height)
    for paint in state.painting:
        paint(board)
    return ReadLabel(board.bits(), state.copies, tuple(state.words), tuple(state.problems))


def _numbers(content: str) -> list[int]:
    return [int(part) if re.fullmatch(r"\d{1,6}", part.strip()) else 0 for part in content.split(",")]


def _number(content: str, at: int, default: int, most: int) -> int:
    parts = [part.strip() for part in content.split(",")]
    if at < len(parts) and re.fullmatch(r"\d{1,6}", parts[at]):
        return min(int(parts[at]), most)
    return default


def _obey(state: _State, artist: Artist, command: str, content: str) -> None:  # noqa: C901, PLR0912 - one line a command
    name = command[1:]
    if name == "PW":
        state.width = max(_number(content, 0, state.width, _WIDEST), 1)
    elif name == "LL":
        state.height = max(_number(content, 0, state.height, _LONGEST), 1)
    elif name == "LH":
        state.home = (_number(content, 0, 0, _WIDEST), _number(content, 1, 0, _LONGEST))
    elif name in {"FO", "FT"}:
        across, down = _number(content, 0, 0, 32_000), _number(content, 1, 0, 32_000)
        state.origin, state.typeset = (across + state.home[0], down + state.home[1]), name == "FT"
    elif name == "A":
        _face(state, content)
    elif name == "FB":
        state.block = (_number(content, 0, 0, _WIDEST), (content.split(",") + [""] * 4)[3].strip().upper() or "L")
    elif name == "FH":
        state.hexed = content[:1] or "_"
    elif name == "FD":
        state.data = content
    elif name == "BY":
        state.module = max(_number(content, 0, 2, 10), 1)
    elif name in {"BC", "BX", "BQ"}:
        _symbol(state, name, content)
    elif name == "GB":
        state.box = (_number(content, 0, 1, 32_000), _number(content, 1, 1, 32_000), _number(content, 2, 1, 32_000))
    elif name == "GF":
        _graphic(state, content)
    elif name == "PQ":
        state.copies = max(_number(content, 0, 1, 99_999_999), 1)
    elif name == "FS":
        _paint(state, artist)
        state.over()
    elif command[0] == "~" or name not in _NO_MARK:
        state.say(f"{command} is not understood")


def _face(state: _State, content: str) -> None:
    if not content.upper().startswith("0N"):
        state.say(f"^A{content[:2]} is drawn in face 0, unturned")
    high = _number(content, 1, 30, 1_500)
    state.font = (high, _number(content, 2, high, 1_500))


def _symbol(state: _State, name: str, content: str) -> None:
    if content[:1].upper() not in {"N", ""}:
        state.say(f"^{name}{content[:1]} is drawn unturned")
    if name == "BC":
        state.symbol = ("code128", state.module, max(_number(content, 1, 10, 5_000), 1))
        if (content.split(",") + [""] * 3)[2].strip().upper() in {"Y", ""}:
            state.say("the line of figures of ^BC is not drawn")
    elif name == "BX":
        state.symbol = ("datamatrix", max(_number(content, 1, 2, 100), 1), 0)
        if _number(content, 2, 0, 200) != 200:
            state.say("^BX of another quality than 200 is not drawn right")
    else:
        state.symbol = ("qr", max(_number(content, 2, 2, 10), 1), 0)


def _paint(state: _State, artist: Artist) -> None:
    x, y = state.origin
    if state.graphic is not None:
        picture = state.graphic
        state.painting.append(lambda board: board.paste(picture, x, y))
    elif state.box is not None:
        _frame(state, state.box, x, y)
    elif state.symbol is not None:
        _draw_symbol(state, artist, state.symbol, x, y)
    elif state.data:
        _letters(state, artist, _unescaped(state), x, y)


def _frame(state: _State, box: tuple[int, int, int], x: int, y: int) -> None:
    wide, high, thick = max(box[0], box[2]), max(box[1], box[2]), max(box[2], 1)

    def paint(board: Board) -> None:
        if thick * 2 >= min(wide, high):
            board.box(x, y, wide, high)
            return
        for left, top, across, down in (
            (x, y, wide, thick), (x, y + high - thick, wide, thick), (x, y, thick, high),
            (x + wide - thick, y, thick, high),
        ):  # fmt: skip
            board.box(left, top, across, down)

    state.painting.append(paint)


def _draw_symbol(state: _State, artist: Artist, symbol: tuple[SymbolKind, int, int], x: int, y: int) -> None:
    kind, module, high = symbol
    data = _unescaped(state)
    if kind == "qr":
        switches, found, data = data.partition(",")
        if not found or not re.fullmatch(r"[HQML]?[AM]", switches):
            state.say("^BQ without its switches is not drawn")
            return
    try:
        pattern = artist.symbol(kind, data)
    except ValueError:
        state.say(f"a {kind} symbol cannot hold its data")
        return
    drawn = enlarged(pattern, module, high if kind == "code128" else module)
    top = y + (QR_DROP if kind == "qr" else 0) - (drawn.height if state.typeset else 0)
    state.painting.append(lambda board: board.paste(drawn, x, top))


def _letters(state: _State, artist: Artist, text: str, x: int, y: int) -> None:
    state.words.append(text)
    if not text.isascii() or not text.isprintable():
        state.say("letters beyond ASCII are not drawn")
        return
    bits, above = artist.letters(text, state.font[0])
    top = y - above if state.typeset else y + round(state.font[0] * 0.8) - above
    if state.block is not None:
        x += round(max(state.block[0] - bits.width, 0) * _JUSTIFY.get(state.block[1], 0.0))
    state.painting.append(lambda board: board.paste(bits, x, top))


def _unescaped(state: _State) -> str:
    if not state.hexed:
        return state.data
    pattern = re.escape(state.hexed) + "([0-9A-Fa-f]{2})"
    return re.sub(pattern, lambda found: chr(int(found[1], 16)), state.data)


def _graphic(state: _State, content: str) -> None:
    parts = content.split(",", 4)
    sizes = _numbers(",".join(parts[1:4])) if len(parts) == 5 else []
    if len(sizes) != 3 or parts[0].upper() != "A" or not sizes[2] or sizes[1] > MOST_BYTES or sizes[1] % sizes[2]:
        state.say("a ^GF of this form is not drawn")
        return
    stride, high = sizes[2], sizes[1] // sizes[2]
    rows = _unpacked(parts[4].strip(), stride, high)
    if rows is None:
        state.say("a ^GF whose data do not fit its size is not drawn")
        return
    state.graphic = Bits(stride * 8, high, rows)


def _unpacked(text: str, stride: int, high: int) -> bytes | None:
    if text.startswith((":Z64:", ":B64:")):
        return _based(text, stride * high)
    rows: list[str] = []
    row, run = "", 0
    for letter in text:
        if letter in _DIGITS:
            row += letter * max(run, 1)
            run = 0
        elif "G" <= letter <= "Y":
            run += ord(letter) - ord("F")
        elif "g" <= letter <= "z":
            run += (ord(letter) - ord("f")) * 20
        elif letter == ":" and not row and rows:
            row = rows[-1]
        elif letter in ",!":
            row = row.ljust(stride * 2, "0" if letter == "," else "F")
        elif not letter.isspace():
            return None
        while len(row) >= stride * 2:
            rows.append(row[: stride * 2])
            row = row[stride * 2 :]
            if len(rows) > high:
                return None
    if row or len(rows) != high:
        return None
    return bytes.fromhex("".join(rows))


def _based(text: str, wanted: int) -> bytes | None:
    """Base 64, packed or not, with its check (CRC-16/XMODEM) behind it."""
    body, _colon, check = text[5:].rpartition(":")
    try:
        plain = base64.b64decode(body, validate=True)
        if f"{binascii.crc_hqx(body.encode(), 0):04X}" != check.upper():
            return None
        if text[1] == "Z":
            packed = zlib.decompressobj()
            plain = packed.decompress(plain, wanted + 1)
    except (ValueError, zlib.error):
        return None
    return plain if len(plain) == wanted else None
