"""How a medicine is taken, in one line of words: whatever a record says of it, each thing once.

The order is that of a label: how much, how often and when, by which way, as needed and why, what the patient is told,
for how long, and never more than. What the record's own text says word for word is not said again.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from clinic_desktop.exchange.mapped import amount, between, holds
from sync.records.exact import Json
from sync.records.medication import Dosage

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
# FHIR R4, value set event-timing: the moments of a day.
_WHEN = {
    "MORN": "in the morning", "MORN.early": "early in the morning", "MORN.late": "late in the morning",
    "NOON": "at noon", "AFT": "in the afternoon",
    "AFT.early": "early in the afternoon", "AFT.late": "late in the afternoon",
    "EVE": "in the evening", "EVE.early": "early in the evening", "EVE.late": "late in the evening",
    "NIGHT": "at night", "PHS": "after sleep", "HS": "at bedtime", "WAKE": "on waking",
    "C": "at meals", "CM": "at breakfast", "CD": "at lunch", "CV": "at dinner",
    "AC": "before meals", "ACM": "before breakfast", "ACD": "before lunch", "ACV": "before dinner",
    "PC": "after meals", "PCM": "after breakfast", "PCD": "after lunch", "PCV": "after dinner",
}  # fmt: skip


def in_words(dosages: Iterable[Dosage]) -> str | None:
    """All the steps of a dosage; None where nothing is said."""
    return "; ".join(dict.fromkeys(filter(None, map(_joined, dosages)))) or None


def pieces(one: Dosage) -> list[str]:
    """What one step says, each thing once."""
    amounts, text = list(_amounts(one)), one.text or ""
    # A text with no figure in it ("with food") is an instruction; the amount stands before it, as on a label.
    later = bool(amounts) and not any(each.isdigit() for each in text)
    said: list[str] = []
    for piece in (
        "" if later else text,
        *amounts,
        *_timing(_object(one.timing)),
        *_ways(one),
        *_needed(one),
        text,
        one.patient_instruction or "",
        *named(_more(one).get("additionalInstruction")),
        *_bounds(_object(_object(one.timing).get("repeat"))),
        *_most(_more(one)),
    ):
        before = (*said, text) if piece != text else said
        if piece and not any(holds(each, piece) for each in before):
            said.append(piece)
    return said


def named(parts: object) -> list[str]:
    """What several concepts are called; one that stands alone is several of one."""
    return list(filter(None, map(title, _list(parts))))


def title(part: object) -> str:
    """What a concept is called, however little of one it is."""
    concept = _object(part)
    codings = [_object(each) for each in _list(concept.get("coding"))]
    named = (each.get(name) for name in ("display", "code") for each in codings)
    return next((each for each in (concept.get("text"), *named) if isinstance(each, str) and each), "")


def _joined(one: Dosage) -> str:
    line = ""
    for piece in pieces(one):
        line += f"{' ' if line.endswith('.') else ', '}{piece}" if line else piece
    return line


def _amounts(one: Dosage) -> Iterator[str]:
    for each in one.dose_and_rate:
        kind = title(each.get("type")) if len(one.dose_and_rate) > 1 else ""
        dose = amount(each.get("doseQuantity")) or between(each.get("doseRange"))
        if dose:
            yield f"{dose} ({kind})" if kind else dose
        rate = amount(each.get("rateQuantity")) or between(each.get("rateRange")) or _per(each.get("rateRatio"))
        if rate:
            yield f"at {rate}"


def _timing(timing: Json) -> Iterator[str]:
    yield title(timing.get("code"))
    repeat = _object(timing.get("repeat"))
    yield _often(repeat)
    if days := [str(each).title() for each in _list(repeat.get("dayOfWeek"))]:
        yield f"on {', '.join(days)}"
    if times := [re.sub(r"^(..:..):00$", r"\1", str(each)) for each in _list(repeat.get("timeOfDay"))]:
        yield f"at {', '.join(times)}"
    offset = repeat.get("offset")
    for each in _list(repeat.get("when")):
        moment = _WHEN.get(str(each), str(each))
        yield f"{_number(offset)} minutes {moment}" if offset else moment
    if events := [str(each) for each in _list(timing.get("event"))]:
        yield f"on {', '.join(events)}"
    if lasts := _span(repeat, "duration"):
        yield f"over {_timed(lasts, repeat.get('durationUnit'))}"
    if count := _span(repeat, "count"):
        yield f"{count} times in all"


def _often(repeat: Json) -> str:
    times, period = _span(repeat, "frequency"), _span(repeat, "period")
    if not period:
        return f"{times} ×" if times else ""
    every = _timed(period, repeat.get("periodUnit"))
    return f"{times or '1'} × / {every.removeprefix('1 ')}"


def _timed(count: str, unit: object) -> str:
    word = _UNITS.get(str(unit))
    if word is None:
        return f"{count} {unit or ''}".strip()
    return f"1 {word}" if count in {"1", "1.0"} else f"{count} {word}s"


def _span(repeat: Json, name: str) -> str:
    """A number of a timing, with the greatest that it may be."""
    return "–".join(_number(repeat[each]) for each in (name, f"{name}Max") if repeat.get(each) is not None)


def _ways(one: Dosage) -> Iterator[str]:
    """By which way, how and where."""
    route = one.route.model_dump(by_alias=True) if one.route is not None else None
    for part in (route, _more(one).get("method"), _more(one).get("site")):
        yield title(part)


def _needed(one: Dosage) -> Iterator[str]:
    why = title(_more(one).get("asNeededCodeableConcept"))
    if why:
        yield f"as needed for {why}"
    elif one.as_needed_boolean:
        yield "as needed"


def _bounds(repeat: Json) -> Iterator[str]:
    if lasts := amount(repeat.get("boundsDuration")) or between(repeat.get("boundsRange")):
        yield f"for {lasts}"
    period = _object(repeat.get("boundsPeriod"))
    if days := " ".join(
        f"{word} {period[name]}" for word, name in (("from", "start"), ("to", "end")) if name in period
    ):
        yield days


def _most(more: Json) -> Iterator[str]:
    """What must not be exceeded."""
    for each in _list(more.get("maxDosePerPeriod")):
        if most := _per(each):
            yield f"at most {most}"
    for name, words in (("maxDosePerAdministration", "at a time"), ("maxDosePerLifetime", "in a lifetime")):
        if most := amount(more.get(name)):
            yield f"at most {most} {words}"


def _per(ratio: object) -> str:
    parts = (amount(_object(ratio).get(name)) for name in ("numerator", "denominator"))
    return " / ".join(filter(None, parts))


def _number(value: object) -> str:
    """A number as it was written."""
    return str(getattr(value, "text", value))


def _more(one: Dosage) -> Json:
    return one.model_extra or {}


def _object(part: object) -> Json:
    return part if isinstance(part, dict) else {}


def _list(part: object) -> list[Any]:
    """A list as it is; what stands alone is a list of one."""
    return list(part) if isinstance(part, (list, tuple)) else [] if part is None else [part]
