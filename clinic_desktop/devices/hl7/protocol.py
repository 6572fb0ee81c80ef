"""HL7 v2 as bytes: MLLP frames, segments with their own separators, escapes, character sets and acknowledgements.

No I/O. Sources: HL7 v2.5.1 chapter 2 (encoding, MSH-18 of table 0211, ACK table 0008) and the MLLP specification of
HL7 v2 Transport, release 1. Line ends are taken as senders write them: CR, LF, CRLF and mixtures.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

START, END, CR = b"\x0b", b"\x1c", b"\r"
LARGEST = 1024 * 1024
# What is kept of a frame that grew too large, so that its refusal still names the message.
HEADER = 4096
SEGMENTS, FIELDS = 20_000, 2_000

Code = Literal["AA", "AE", "AR"]

# MSH-18 -> the codec. What is not here is read as UTF-8 where it is that, else as Windows-1252.
CHARSETS = {
    "": "", "ASCII": "", "8859/1": "latin-1", "8859/2": "iso8859-2", "8859/3": "iso8859-3", "8859/4": "iso8859-4",
    "8859/5": "iso8859-5", "8859/6": "iso8859-6", "8859/7": "iso8859-7", "8859/8": "iso8859-8",
    "8859/9": "iso8859-9", "8859/15": "iso8859-15", "UNICODE": "utf-8", "UNICODE UTF-8": "utf-8", "UTF-8": "utf-8",
    "UTF8": "utf-8", "UNICODE UTF-16": "utf-16", "UNICODE UTF-32": "utf-32", "ISO IR87": "iso2022_jp",
    "ISO IR159": "iso2022_jp_1", "ISO IR6": "", "ISO IR100": "latin-1", "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr", "CNS 11643-1992": "big5", "BIG-5": "big5", "CP1252": "cp1252", "WINDOWS-1252": "cp1252",
    "ISO-8859-1": "latin-1", "8859-1": "latin-1",
}  # fmt: skip


class MalformedError(ValueError):
    """A message that cannot be read; `code` says whether it is the sender's slip (AE) or not for us at all (AR)."""

    def __init__(self, why: str, code: Code = "AE") -> None:
        super().__init__(why)
        self.why = why
        self.code = code


@dataclass(frozen=True)
class Overlong:
    """The beginning of a frame that grew too large: nothing more of it is kept."""

    head: bytes


@dataclass
class Deframer:
    """Cuts a stream into messages; holds no more than one frame, whatever is sent."""

    largest: int = LARGEST
    _held: bytearray = field(default_factory=bytearray)
    _inside: bool = False
    _skipping: bool = False

    def feed(self, data: bytes) -> Iterator[bytes | Overlong]:
        """Take what came and give each message that is whole; bytes between frames are noise and dropped."""
        rest = data
        while rest:
            if not self._inside:
                at = rest.find(START)
                if at < 0:
                    return
                rest, self._inside = rest[at + 1 :], True
                self._held.clear()
                continue
            at = rest.find(END)
            piece, rest, ended = (rest, b"", False) if at < 0 else (rest[:at], rest[at + 1 :], True)
            if START in piece and not self._skipping:
                # A sender that began anew without ending: the half before is nothing.
                self._held.clear()
                piece = piece[piece.rfind(START) + 1 :]
            if not self._skipping:
                self._held += piece
            if len(self._held) > self.largest and not self._skipping:
                self._skipping = True
                head = bytes(self._held[:HEADER])
                self._held.clear()
                yield Overlong(head)
            if ended:
                whole, skipped = bytes(self._held), self._skipping
                self._held.clear()
                self._inside = self._skipping = False
                if not skipped:
                    yield whole

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._inside


def framed(message: bytes) -> bytes:
    """A message as it goes over the wire."""
    return START + message + END + CR


@dataclass(frozen=True)
class Separators:
    """The characters a message divides itself with: MSH-1 and MSH-2."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    part: str = "&"


@dataclass(frozen=True)
class Segment:
    """One segment; fields are counted as the standard counts them, MSH too."""

    name: str
    fields: tuple[str, ...]
    marks: Separators

    def raw(self, number: int) -> str:
        """A field as it was written."""
        return self.fields[number] if number < len(self.fields) else ""

    def repeats(self, number: int) -> list[str]:
        """Every repetition of a field that holds something."""
        return [one for one in self.raw(number).split(self.marks.repetition) if one]

    def parts(self, number: int) -> list[list[str]]:
        """The components of each repetition, their escapes resolved."""
        return [self.components(one) for one in self.repeats(number)]

    def components(self, text: str) -> list[str]:
        """The components of one repetition."""
        return [unescape(one, self.marks) for one in text.split(self.marks.component)]

    def get(self, number: int, component: int = 1) -> str:
        """One component of the first repetition; the null of HL7 (two quotes) is empty."""
        found = self.raw(number).split(self.marks.repetition)[0].split(self.marks.component)
        text = unescape(found[component - 1], self.marks) if component <= len(found) else ""
        return "" if text == '""' else text.strip()


@dataclass(frozen=True)
class Message:
    """One message: its segments in their order and how its bytes were read."""

    segments: tuple[Segment, ...]
    charset: str
    raw: bytes = field(repr=False)

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    @property
    def type(self) -> tuple[str, str]:
        """The kind of message and its event, such as ORU and R01."""
        return self.header.get(9, 1).upper(), self.header.get(9, 2).upper()

    @property
    def control_id(self) -> str:
        """The sender's own number of the message."""
        return self.header.get(10)

    @property
    def sender(self) -> str:
        """The application and the facility that sent it."""
        return " ".join(part for part in (self.header.get(3), self.header.get(4)) if part) or "not named"

    def all(self, *names: str) -> list[Segment]:
        """The segments of some names, in their order."""
        return [one for one in self.segments if one.name in names]

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        return next(iter(self.all(name)), None)


def split(data: bytes) -> list[bytes]:
    """The messages of a frame or a file: one, or those between the headers and trailers of a batch."""
    lines = [line for line in re.split(rb"[\r\n\x1c\x0b]+", data.removeprefix(b"\xef\xbb\xbf")) if line.strip()]
    found: list[list[bytes]] = []
    for line in lines:
        name = line.lstrip()[:3].upper()
        if name in {b"FHS", b"BHS", b"BTS", b"FTS"} or (not found and line.startswith(b"#")):
            continue
        if name == b"MSH" or not found:
            found.append([])
        found[-1].append(line.lstrip() if name == b"MSH" else line)
    return [b"\r".join(one) + b"\r" for one in found]


def parse(data: bytes) -> Message:
    """Read one message. Raises MalformedError with what is wrong in words that repeat nothing of it."""
    raw = data
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = data.decode("utf-16", "replace").encode()
    lines = [line for line in re.split(rb"[\r\n]+", data.strip(b"\x0b\x1c\r\n\0 \t")) if line.strip()]
    if not lines or not lines[0][:3].upper() == b"MSH":
        raise MalformedError("the message does not begin with MSH")
    if len(lines) > SEGMENTS:
        raise MalformedError(f"the message has more than {SEGMENTS} segments")
    marks = _separators(lines[0].decode("latin-1"))
    charset = _charset(lines[0], data, marks)
    text = [clean(line.decode(charset, "replace")) for line in lines]
    segments = tuple(_segment(line, marks) for line in text if line.strip())
    message = Message(segments, charset, raw)
    if not message.type[0]:
        raise MalformedError("MSH-9 does not say what kind of message this is")
    if not message.control_id:
        raise MalformedError("MSH-10 holds no control id")
    for one in segments:
        if re.fullmatch(r"[A-Z][A-Z0-9]{2}", one.name) is None:
            raise MalformedError("a segment has no name")
        if len(one.fields) > FIELDS:
            raise MalformedError(f"a segment has more than {FIELDS} fields")
    return message


def _separators(header: str) -> Separators:
    if len(header) < 8 or header[3].isalnum() or header[3].isspace():
        raise MalformedError("MSH is too short to name its separators")
    mark = header[3]
    # Written out of a program's source, the escape character stands twice: there is only one reading of that.
    named = header[4:].split(mark, maxsplit=1)[0].replace(2 * "\\", "\\")
    if len(named) < 4 or len(set(named[:4]) | {mark}) < 5 or any(one.isalnum() for one in named[:4]):
        raise MalformedError("MSH-2 does not name four separators")
    return Separators(mark, named[0], named[1], named[2], named[3])


def _charset(header: bytes, data: bytes, marks: Separators) -> str:
    fields = header.split(marks.field.encode("latin-1"))
    told = fields[17].split(marks.repetition.encode("latin-1"))[0].decode("latin-1").strip() if len(fields) > 17 else ""
    codec = CHARSETS.get(told.split(marks.component)[0].strip().upper(), "")
    for each in (codec, "utf-8"):
        if each:
            try:
                data.decode(each)
            except (UnicodeDecodeError, LookupError):
                continue
            return each
    return "cp1252"


def _segment(line: str, marks: Separators) -> Segment:
    fields = line.lstrip().split(marks.field)
    name = fields[0].strip().upper()
    if name == "MSH":
        # MSH-1 is the separator itself: the count of every other field follows from it.
        fields = [fields[0], marks.field, *fields[1:]]
    return Segment(name, tuple(fields), marks)


def clean(text: str) -> str:
    """Text with what no program can keep replaced: NUL, and half characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def unescape(text: str, marks: Separators) -> str:
    r"""Resolve escapes: \F\ \S\ \T\ \R\ \E\, \Xhh\ and \.br\; what is no escape stays as it was written."""
    mark = marks.escape
    if mark not in text:
        return text
    plain = {"F": marks.field, "S": marks.component, "T": marks.part, "R": marks.repetition, "E": mark, ".br": "\n",
             ".sp": "\n", "H": "", "N": "", "P": "#"}  # fmt: skip
    quoted = re.escape(mark)

    def one(found: re.Match[str]) -> str:
        word = found[1]
        if word in plain:
            return plain[word]
        if word[:1] == "X" and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", word[1:]):
            told = bytes.fromhex(word[1:])
            try:
                return clean(told.decode())
            except UnicodeDecodeError:
                return clean(told.decode("latin-1"))
        return found[0]

    return re.sub(rf"{quoted}([^{quoted}]{{0,256}}){quoted}", one, text)


def escape(text: str, marks: Separators | None = None) -> str:
    """Text as it stands in a field."""
    marks = marks or Separators()
    codes = {marks.escape: "E", marks.field: "F", marks.component: "S", marks.part: "T", marks.repetition: "R"}
    written = "".join(f"{marks.escape}{codes[one]}{marks.escape}" if one in codes else one for one in text)
    return re.sub(r"\r\n|\r|\n", lambda _found: f"{marks.escape}.br{marks.escape}", written)


def acknowledge(message: Message, code: Code, why: str, *, number: str, at: datetime) -> bytes:
    """The ACK of a message, to whoever sent it, in its own character set."""
    head = message.header
    marks = head.marks
    told = [head.raw(number) for number in (5, 6, 3, 4)]
    trigger = message.type[1]
    kind = marks.component.join(["ACK", *([trigger, "ACK"] if trigger else [])])
    lines = [
        _line(marks, "MSH", marks.component + marks.repetition + marks.escape + marks.part, *told, stamp(at), "", kind,
              number, head.raw(11) or "P", head.raw(12) or "2.5.1", *([""] * 5), head.raw(18)).rstrip(marks.field),
        _line(marks, "MSA", code, head.raw(10), "" if code == "AA" else escape(why, marks)).rstrip(marks.field),
    ]  # fmt: skip
    if code != "AA":
        error = marks.component.join(["207" if code == "AE" else "200", "Application error", "HL70357"])
        lines.append(_line(marks, "ERR", "", "", error, "E", "", "", "", escape(why, marks)))
    return ("\r".join(lines) + "\r").encode(message.charset, "replace")


def refuse(data: bytes, code: Code, why: str, *, number: str, at: datetime) -> bytes:
    """The answer to what could not be read: with its control id, where so much of it can be seen."""
    first = re.split(rb"[\r\n]", data, maxsplit=1)[0].decode("latin-1")
    header = Segment("MSH", ("MSH", "|", "^~\\&"), Separators())
    if first[:3].upper() == "MSH":
        with contextlib.suppress(MalformedError):
            header = _segment(clean(first), _separators(first))
    return acknowledge(Message((header,), "latin-1", b""), code, why, number=number, at=at)


def stamp(at: datetime) -> str:
    """An instant as HL7 writes it."""
    return at.strftime("%Y%m%d%H%M%S") + at.strftime("%z")


def _line(marks: Separators, *fields: str) -> str:
    return marks.field.join(fields)
