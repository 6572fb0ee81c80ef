"""From the records of ASTM E1394 (LIS2-A2) to what is kept of them, and from a work list to records that answer."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic_desktop.domain.devices import LOINC, Named, is_loinc
from clinic_desktop.services.device_orders import WorkItem
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult

SEX = {"F": "female", "M": "male"}
FLAGS = {"L": "L", "H": "H", "LL": "LL", "HH": "HH", "N": "N", "A": "A", "<": "<", ">": ">"}
CONTROLS = {"CTRL", "QC", "CONTROL", "CAL", "CALIBRATOR", "BLANK"}


class MalformedError(ValueError):
    """Records that are none of this standard."""


@dataclass(frozen=True)
class Marks:
    """The characters a message divides itself with, named in its header."""

    field: str
    repeat: str
    component: str
    escape: str


@dataclass(frozen=True)
class Record:
    """One record; fields are counted from 1, the type of record, as the standard counts them."""

    fields: tuple[str, ...]
    marks: Marks

    @property
    def kind(self) -> str:
        """H, P, O, R, C, Q, M, S or L."""
        return self.fields[0][:1].upper()

    def get(self, number: int) -> str:
        """A field as it stands, without the blanks around it."""
        return self.fields[number - 1].strip() if number <= len(self.fields) else ""

    def parts(self, number: int) -> list[str]:
        """The components of a field, escapes resolved."""
        return [_unescape(one, self.marks).strip() for one in self.get(number).split(self.marks.component)]


@dataclass(frozen=True)
class Asked:
    """An analyser asks what is to be measured on these specimens; none means all that wait."""

    specimens: tuple[str, ...]


def split(message: bytes) -> list[Record]:
    """The records of a message. Raises MalformedError."""
    told = _lines(message)
    try:
        lines = [line.decode() for line in told]
    except UnicodeDecodeError:
        lines = [line.decode("cp1252", "replace") for line in told]
    lines = [line.replace("\0", "\ufffd") for line in lines]
    if not lines or not lines[0].startswith("H") or len(lines[0]) < 5:
        raise MalformedError("the message does not begin with a header record")
    marks = _marks(lines[0])
    return [Record(tuple(line.split(marks.field)), marks) for line in lines]


def _lines(message: bytes) -> list[bytes]:
    """The lines of a message as bytes, cut once for all: a record and its bytes have the same place."""
    return [line for line in re.split(rb"[\r\n]+", message.removeprefix(b"\xef\xbb\xbf")) if line.strip()]


def _marks(header: str) -> Marks:
    # Written out of a program's source, the backslash stands twice: there is only one reading of that.
    text = header.replace("\\\\", "\\")
    if text[4] == "|" and text[1] != "|":
        # Some leave out the first field delimiter: H@^\| for H|@^\|.
        text = f"H|{text[1:4]}|"
    named = list(text[1:5])
    if len(set(named)) < 4 or any(one.isalnum() or one.isspace() for one in named):
        raise MalformedError("the header does not name four delimiters")
    return Marks(*named)


def sender(records: Sequence[Record]) -> str:
    """Who sent a message, as its header names them."""
    return " ".join(one for one in records[0].parts(5)[:2] if one) or "not named"


def questions(records: Sequence[Record]) -> Asked | None:
    """What an analyser asks for, if a message is a request (Q records that carry no value)."""
    asked = [one for one in records if one.kind == "Q" and not _is_control_record(one)]
    if not asked:
        return None
    numbers: dict[str, None] = {}
    for one in asked:
        for repeat in one.get(3).split(one.marks.repeat):
            found = [part.strip() for part in repeat.split(one.marks.component) if part.strip()]
            numbers.update(dict.fromkeys(part for part in found if part.upper() != "ALL"))
    return Asked(tuple(numbers))


def read(message: bytes, peer: str | None) -> list[ReceivedMessage]:
    """What is kept of a message: one for each patient it speaks of, with the bytes of theirs. Raises MalformedError."""
    records = split(message)
    lines = _lines(message)
    device = sender(records)
    # What the header tells a message by, its number and its time (H-3, H-14): sent again, both are the same.
    number = f"{records[0].get(3)} {records[0].get(14)}".strip() if records[0].get(14) else None
    groups: list[list[int]] = []
    for place, one in enumerate(records[1:], 1):
        if one.kind == "P" or not groups:
            groups.append([])
        groups[-1].append(place)
    kept = []
    for group in groups:
        own = [records[place] for place in group]
        results = _results(records[0], own)
        if not results:
            continue
        raw = b"\r".join([lines[0], *(lines[place] for place in group)]) + b"\r"
        patient = next((one for one in own if one.kind == "P"), None)
        said = Named() if patient is None else _person(patient)
        kept.append(
            ReceivedMessage("astm", device, "ASTM results", "result", raw, number, peer, None, said, tuple(results))
        )
    return kept


def _person(record: Record) -> Named:
    numbers = tuple(("", one) for place in (3, 4, 5) for one in record.parts(place)[:1] if one)
    # Some put the name one field too early, where the third number would stand.
    shifted = not record.get(6) and len(record.parts(5)) > 1
    name = record.parts(5 if shifted else 6)
    if shifted:
        numbers = tuple(("", one) for place in (3, 4) for one in record.parts(place)[:1] if one)
    names = ((name[0], " ".join(one for one in name[1:3] if one)),) if any(name) else ()
    sex = next((SEX[one] for one in (record.get(9).upper(), record.get(7).upper()) if one in SEX), "")
    born = re.match(r"\d{8}", record.get(8))
    day = f"{born[0][:4]}-{born[0][4:6]}-{born[0][6:8]}" if born else ""
    return Named(numbers, names, day, sex)


def _results(header: Record, records: Sequence[Record]) -> list[ReceivedResult]:
    found: list[ReceivedResult] = []
    seen: Counter[tuple[str, str]] = Counter()
    numbers: tuple[str, ...] = ()
    control = header.get(12).upper() == "Q"
    order_control = False
    for place, one in enumerate(records):
        if one.kind == "O":
            numbers = tuple(dict.fromkeys(part for at in (3, 4) for part in one.parts(at) if part))
            order_control = one.get(12).upper() == "Q" or one.parts(16)[0].upper() in CONTROLS
        elif one.kind == "R":
            found.append(_result(one, numbers, seen, _comment(records, place), control=control or order_control))
        elif one.kind == "Q" and _is_control_record(one):
            found.append(_control(one))
    return found


def _result(
    record: Record, numbers: tuple[str, ...], seen: "Counter[tuple[str, str]]", note: str | None, *, control: bool
) -> ReceivedResult:
    parts = record.parts(3)
    code, system, title = _test(parts)
    specimen = numbers[0] if numbers else ""
    seen[specimen, code] += 1
    at = next((told for place in (13, 12, 10) if (told := instant(record.get(place)))), None)
    # The time of the measurement is part of its name: the same specimen measured again is another result.
    identity = "/".join((specimen, code, str(seen[specimen, code]), at or ""))
    words = [_unescape(one, record.marks).strip() for one in record.get(4).split(record.marks.component)]
    value = " ".join(one for one in words if one)
    flag = next((FLAGS[one] for one in record.get(7).upper().split(record.marks.repeat) if one in FLAGS), "")
    common = {
        "identity": identity, "code": code, "code_system": system, "title": title, "numbers": numbers, "flag": flag,
        "range_text": record.parts(6)[0], "status": record.get(9).upper()[:1], "measured_at": at, "note": note,
        "control": control, "problem": None if code else "the result has no test code",
    }  # fmt: skip
    unit = record.get(5).replace("\u03bc", "\u00b5") or None
    if not value:
        return ReceivedResult(value_kind="none", **common)  # type: ignore[arg-type]
    number = re.fullmatch(r"(<=|>=|<|>)?\s*([-+]?\d+(?:\.\d+)?|\.\d+)", value)
    if number is None:
        return ReceivedResult(value_kind="codeable", value=value, unit=unit, **common)  # type: ignore[arg-type]
    return ReceivedResult(
        value_kind="quantity", value=number[2].lstrip("+"), comparator=number[1], unit=unit, **common  # type: ignore[arg-type]
    )  # fmt: skip


def _test(parts: list[str]) -> tuple[str, str, str]:
    """The code of a test (universal test id ^^^code^name); a LOINC code among the parts is taken before any other."""
    told = parts + [""] * 5
    loinc = next((one for one in parts if is_loinc(one)), None)
    code = next((one for one in (told[3], told[4], *told[:3]) if one), "")
    title = told[4] if told[3] and told[4] and not is_loinc(told[4]) else code
    more = [one for one in parts[6:] if one]
    if more:
        # What is measured within a test has its name behind it: HIV-1, Ct.
        code, title = "/".join((code, *more)), " ".join((title, *more))
    return (loinc, LOINC, title) if loinc and not more else (code, "", title)


def _is_control_record(record: Record) -> bool:
    """Some send quality control as Q records with a value: test^lot^level, value, unit, time, flag."""
    named = len([one for one in record.parts(3) if one]) >= 3
    return named and bool(record.get(4)) and instant(record.get(6)) is not None


def _control(record: Record) -> ReceivedResult:
    test, lot, level = record.parts(3)[:3]
    at = instant(record.get(6))
    kind = "quantity" if re.fullmatch(r"[-+]?\d+(\.\d+)?", record.get(4)) else "codeable"
    return ReceivedResult(
        identity=f"{lot}/{level}/{test}/{at}", code=test, code_system="", title=test, value_kind=kind,
        value=record.get(4), unit=record.get(5) or None, flag=FLAGS.get(record.get(7).upper(), ""), measured_at=at,
        note=f"control {lot} {level}", control=True,
    )  # fmt: skip


def _comment(records: Sequence[Record], place: int) -> str | None:
    lines = []
    for one in records[place + 1 :]:
        if one.kind == "C":
            lines.append(" ".join(part for part in one.parts(4) if part))
        elif one.kind != "M":
            break
    return "\n".join(line for line in lines if line) or None


def instant(text: str) -> str | None:
    """A time as ISO 8601; an analyser knows no offset, so it is the clinic's own time."""
    found = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?", text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second = found.groups()
    try:
        at = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001
    except ValueError:
        return None
    return at.date().isoformat() if hour is None else at.astimezone().isoformat()


def _unescape(text: str, marks: Marks) -> str:
    if marks.escape not in text:
        return text
    plain = {"F": marks.field, "S": marks.component, "R": marks.repeat, "E": marks.escape}
    quoted = re.escape(marks.escape)
    return re.sub(rf"{quoted}([FSRE]){quoted}", lambda found: plain[found[1]], text)


def answer(asked: Asked, work: Sequence[WorkItem], at: datetime) -> bytes:
    """The records that answer a request: the orders of each specimen, or that there is no information (L|1|I)."""
    lines = [f"H|\\^&|||CLINIC|||||||P|1|{at:%Y%m%d%H%M%S}"]
    for people, item in enumerate(work, 1):
        born = "" if item.born_on is None else item.born_on.strftime("%Y%m%d")
        sex = {"female": "F", "male": "M"}.get(item.sex, "U")
        name = "^".join(_plain(one) for one in (item.family_name, item.given_names))
        lines.append(f"P|{people}|{_plain(item.mrn)}|||{name}||{born}|{sex}")
        tests = "\\".join(f"^^^{_plain(code)}" for code in item.tests)
        priority = {"stat": "S", "urgent": "A"}.get(item.priority, "R")
        lines.append(
            f"O|1|{_plain(item.specimen)}||{tests}|{priority}||{item.collected_at:%Y%m%d%H%M%S}||||N||||||||||||||Q"
        )
    lines.append("L|1|N" if work or not asked.specimens else "L|1|I")
    return ("\r".join(lines) + "\r").encode()


def _plain(text: str) -> str:
    return "".join(f"&{code}&" if (code := {"|": "F", "^": "S", "\\": "R", "&": "E"}.get(one)) else one
                   for one in text if one.isprintable())  # fmt: skip
