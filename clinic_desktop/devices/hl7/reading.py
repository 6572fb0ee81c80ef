"""From an HL7 v2 message to what is kept of it: whom it speaks of, and one result for each OBX."""

import re
from collections import Counter
from dataclasses import replace

from clinic_desktop.devices.hl7.carried import carried
from clinic_desktop.devices.hl7.coded import SEX, code_of, instant, system_of
from clinic_desktop.devices.hl7.protocol import Message, Segment
from clinic_desktop.devices.hl7.specimens import Layout, is_control, numbers_of
from clinic_desktop.domain.devices import Named
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult

FLAGS = {"L": "L", "LL": "LL", "H": "H", "HH": "HH", "N": "N", "A": "A", "AA": "A", "<": "<", ">": ">", "POS": "A"}
SUBJECTS = {
    "ORU": "result", "OUL": "result", "ADT": "registration", "ORM": "order", "OML": "order", "OMG": "order",
    "OMP": "medicine", "RDE": "medicine", "RDS": "medicine", "RAS": "medicine", "RGV": "medicine",
    "VXU": "immunization", "PPR": "other", "MDM": "other", "SIU": "other", "DFT": "other", "BAR": "other",
    "PGL": "other", "PIN": "other", "REF": "other", "CRM": "other", "MFN": "other", "ORD": "other",
}  # fmt: skip


def read(message: Message, peer: str | None) -> ReceivedMessage | None:
    """What is kept of a message; None of a kind that is not taken."""
    kind, event = message.type
    subject = SUBJECTS.get(kind)
    if subject is None:
        return None
    named = f"{kind}^{event}" if event else kind
    results = tuple(_results(message)) if subject == "result" else ()
    if subject == "result" and not results:
        subject = "other"  # an order that was received or cancelled: a person reads it
    return ReceivedMessage(
        "hl7", message.sender, named, subject, message.raw, message.control_id, peer, message.charset,
        person(message), results, carried(message, subject),
    )  # fmt: skip


def person(message: Message) -> Named:
    """Whom the first PID speaks of; a name that is kept back (pseudonyms, code S) is none."""
    segment = message.first("PID")
    if segment is None:
        return Named()
    numbers = []
    for parts in segment.parts(3) + segment.parts(2):
        value, giver = parts[0].strip(), _giver(segment, parts)
        if value and value != '""' and (giver, value) not in numbers:
            numbers.append((giver, value))
    names = []
    for parts in segment.parts(5) + segment.parts(9):
        family = parts[0].split(segment.marks.part)[0].strip()
        given = " ".join(one.strip() for one in parts[1:3] if one.strip())
        if (family or given) and family != '""' and (parts[6] if len(parts) > 6 else "") != "S":
            names.append((family, given))
    born = re.sub(r"\D.*", "", segment.get(7))
    day = "-".join(one for one in (born[:4], born[4:6], born[6:8]) if one) if len(born) >= 4 else ""
    return Named(tuple(numbers), tuple(names), day, SEX.get(segment.get(8).upper(), ""))


def _giver(segment: Segment, parts: list[str]) -> str:
    told = parts[3] if len(parts) > 3 else ""
    pieces = [one.strip() for one in told.split(segment.marks.part)]
    return next((one for one in (pieces[1:2] + pieces[:1]) if one), "")


def _results(message: Message) -> list[ReceivedResult]:
    found: list[ReceivedResult] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    several = len(message.all("PID")) > 1
    order: Segment | None = None
    placer: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    only_controls = message.header.get(16) == "2" and message.header.get(3).upper().startswith("MINDRAY")
    control = only_controls
    layout = Layout(message)
    for at, segment in enumerate(message.segments):
        if segment.name in {"SPM", "SAC"}:
            layout.pass_by(at)
        elif segment.name == "ORC" and layout.orc_behind and order is not None:
            numbers = tuple(dict.fromkeys((*numbers, *_numbers(segment, 2, 3))))  # OUL: behind its OBR
        elif segment.name == "ORC":
            numbers = placer = _numbers(segment, 2, 3)
        elif segment.name == "OBR":
            # What was said of the order before says nothing of this one: neither its numbers nor that it was a control.
            order = segment
            numbers = tuple(dict.fromkeys((*placer, *_numbers(segment, 2, 3))))
            beside = layout.beside(at)
            numbers = tuple(dict.fromkeys((*numbers, *numbers_of(beside))))
            control, placer = only_controls or is_control(beside), ()
        elif segment.name == "OBX":
            one = _result(message, segment, order, numbers, seen, control=control)
            note = _notes(message, at)
            problem = "the message speaks of more than one patient" if several else one.problem
            found.append(replace(one, note=note, problem=problem))
    return found


def _numbers(segment: Segment, *places: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for place in places if (one := segment.get(place))))


def _notes(message: Message, at: int) -> str | None:
    lines = []
    for one in message.segments[at + 1 :]:
        if one.name != "NTE":
            break
        lines += [" ".join(parts).strip() for parts in one.parts(3)]
    return "\n".join(line for line in lines if line) or None


def _result(
    message: Message,
    segment: Segment,
    order: Segment | None,
    numbers: tuple[str, ...],
    seen: "Counter[tuple[str, str, str]]",
    *,
    control: bool,
) -> ReceivedResult:
    code, system, title = code_of(segment)
    at = instant(segment.get(14)) or (instant(order.get(7)) if order is not None else None)
    owner = (order.get(3) or order.get(2)) if order is not None else ""
    sub = segment.get(4)
    seen[owner, code, sub] += 1
    # Without a number of the order nothing ties a later message to this one: then it is told by the message itself.
    told = owner or f"message {message.control_id}"
    identity = "/".join((told, code, sub, str(seen[owner, code, sub]), at or f"message {message.control_id}"))
    value = _value(segment)
    status = segment.get(11).upper()
    problem = value.pop("problem", None)
    return ReceivedResult(
        identity=identity, code=code, code_system=system, title=title, status=status, measured_at=at, numbers=numbers,
        flag=next((FLAGS[one] for one in (each.strip().upper() for each in segment.repeats(8)) if one in FLAGS), ""),
        range_text=segment.get(7), control=control, problem=problem if code else "the result has no test code", **value,  # type: ignore[arg-type]
    )  # fmt: skip


def _value(segment: Segment) -> dict[str, str | None]:
    """The value by its type (OBX-2); several values of one result are one text."""
    kind = segment.get(2).upper()
    repeats = segment.repeats(5)
    unit = segment.get(6) or segment.get(6, 2) or None
    if not repeats or segment.raw(5).strip() in {"", '""'}:
        return {"value_kind": "none"}
    if len(repeats) > 1:
        each = [_text(segment, one, kind) for one in repeats]
        return {
            "value_kind": "string",
            "value": ("\n" if kind in {"TX", "FT", "ST"} else "; ").join(each),
            "unit": unit,
        }
    parts = segment.components(repeats[0])
    if kind == "NM":
        return _number(parts[0], unit)
    if kind == "SN":
        return _structured(parts, unit)
    if kind in {"CE", "CWE", "CNE", "CF"}:
        return _coded(parts)
    if kind in {"DT", "TS", "DTM"}:
        at = instant(parts[0])
        return {"value_kind": "dateTime", "value": at} if at else {"value_kind": "string", "value": parts[0]}
    if kind in {"ST", ""} and unit is not None and re.fullmatch(r"[<>]?=?\s*[-+]?\d+(\.\d+)?", parts[0].strip()):
        return _number(parts[0], unit)
    return {"value_kind": "string", "value": _text(segment, repeats[0], kind), "unit": unit}


def _text(segment: Segment, repeat: str, kind: str) -> str:
    parts = segment.components(repeat)
    if kind in {"CE", "CWE", "CNE", "CF"}:
        return _coded(parts)["value"] or ""
    if kind == "ED":
        return f"[{' '.join(parts[1:3]).strip() or 'document'} attached to the message]"
    return " ".join(one.strip() for one in parts if one.strip()) if len(parts) > 1 else parts[0].strip()


def _number(text: str, unit: str | None) -> dict[str, str | None]:
    found = re.fullmatch(r"(<=|>=|<|>)?\s*([-+]?\d+(?:\.\d+)?|[-+]?\.\d+)", text.strip())
    if found is None:
        return {"value_kind": "string", "value": text.strip(), "unit": unit, "problem": "the number cannot be read"}
    return {"value_kind": "quantity", "value": found[2].lstrip("+"), "comparator": found[1], "unit": unit}


def _structured(parts: list[str], unit: str | None) -> dict[str, str | None]:
    """SN: comparator, number, separator, number; a titre or a span is text."""
    told = [one.strip() for one in (parts + [""] * 4)[:4]]
    if not told[2] and not told[3] and told[0] in {"", "=", "<", ">", "<=", ">="}:
        return _number(f"{told[0].replace('=', '') if told[0] == '=' else told[0]}{told[1]}", unit)
    return {"value_kind": "string", "value": "".join(told), "unit": unit}


def _coded(parts: list[str]) -> dict[str, str | None]:
    told = [one.strip() for one in (parts + [""] * 9)[:9]]
    title = told[1] or told[8] or told[4] or told[0] or told[3]
    if not title:
        return {"value_kind": "none"}
    return {"value_kind": "codeable", "value": title, "value_code": told[0] or None,
            "value_system": system_of(told[2]) or None if told[0] else None}  # fmt: skip
