"""What was measured or found elsewhere <-> Observation, with every kind of value and with components."""

from typing import Any

from clinic_desktop.exchange import dosages, when
from clinic_desktop.exchange.mapped import (
    LOINC,
    Mapped,
    Pointer,
    Row,
    Values,
    amount,
    between,
    clean,
    concept,
    first,
    holds,
    listed,
    meaning,
    notes,
    written_notes,
)
from sync.records.elements import CodeableConcept, Quantity
from sync.records.exact import Json, dumps, loads
from sync.records.observation import Observation, ReferenceRange, Valued

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def read(record: Observation) -> Mapped:
    """An observation from elsewhere; each component is a part of its own, with its code."""
    period = record.effective_period
    start = record.effective_date_time or record.effective_instant or (period.start if period else None)
    sorts_by = start or (period.end if period else None) or record.issued
    values = _valued(record) | {
        "status": record.status,
        "category": first(record.category).code or first(record.category).title or None,
        "effective_at": when.instant(sorts_by) if sorts_by else None,
        "effective_text": start,
        "effective_end_text": period.end if period else None,
        "issued_text": record.issued,
        "note": notes(record.note),
    }
    links = {"patient_id": record.subject} if record.subject else {}
    links |= {"encounter_id": record.encounter} if record.encounter else {}
    parts = tuple(_valued(each) | _shared(values) for each in record.component)
    return Mapped(values, links, {"performer": record.performer[0]} if record.performer else {}, parts)


def write(row: Row, point: Pointer) -> Json:
    """An observation as an Observation; `parts` are the rows of its components."""
    span = row["effective_end_text"] is not None
    return clean(
        status=row["status"],
        category=_category(row["category"]),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        effective_date_time=None if span else row["effective_text"],
        effective_period=clean(start=row["effective_text"], end=row["effective_end_text"]) if span else None,
        issued=row["issued_text"],
        note=written_notes(row["note"]),
        component=[_written(each) for each in row.get("parts", ())],
    ) | _written(row)


def quantity(value: str, unit: str | None, code: str | None, system: str | None, comparator: str | None) -> Json:
    """An amount as FHIR writes it, its number as exact as it is kept."""
    return clean(value=_number(value), comparator=comparator, unit=unit, system=system, code=code)


def _shared(values: Values) -> Values:
    """What a component takes from the observation it is a part of."""
    return {name: values[name] for name in ("status", "category", "effective_at", "effective_text")}


def _valued(record: Valued) -> Values:
    named = meaning(record.code, LOINC)
    return {
        "code_system": named.system,
        "code": named.code or "",
        "title": named.title or "(not named)",
        "absent_reason": meaning(record.data_absent_reason).code or meaning(record.data_absent_reason).title or None,
        "interpretation": _gravest(record.interpretation),
        **_spread(record),
        **_value(record),
    }


def _value(record: Valued) -> Values:
    if (found := record.value_quantity) is not None:
        return {
            "value_kind": "quantity", "value": _text(found), "comparator": found.comparator, "unit": found.unit,
            "unit_code": found.code, "unit_system": found.system,
        }  # fmt: skip
    if record.value_codeable_concept is not None:
        said = meaning(record.value_codeable_concept)
        return {"value_kind": "codeable", "value": said.title or None, "value_system": said.system,
                "value_code": said.code}  # fmt: skip
    for kind, plain in (("string", record.value_string), ("time", record.value_time),
                        ("dateTime", record.value_date_time)):  # fmt: skip
        if plain is not None:
            return {"value_kind": kind, "value": plain}
    if record.value_boolean is not None:
        return {"value_kind": "boolean", "value": "true" if record.value_boolean else "false"}
    if record.value_integer is not None:
        return {"value_kind": "integer", "value": str(record.value_integer)}
    whole: dict[str, Any] = {
        "range": record.value_range, "ratio": record.value_ratio, "period": record.value_period,
        "sampled": record.value_sampled_data,
    }  # fmt: skip
    for kind, part in whole.items():
        if part is not None:
            content = part if isinstance(part, dict) else part.model_dump(by_alias=True, exclude_unset=True)
            return {"value_kind": kind, "value": _words(kind, content), "value_detail": dumps(content)}
    return {"value_kind": "none"}


_PLAIN = {"string": "valueString", "time": "valueTime", "dateTime": "valueDateTime"}
_WHOLE = {"range": "valueRange", "ratio": "valueRatio", "period": "valuePeriod", "sampled": "valueSampledData"}


def _written(row: Row) -> Json:
    """The code and the value of an observation or of a component."""
    members = clean(code=concept(row["code_system"], row["code"], row["title"]))
    kind, value = row["value_kind"], row["value"]
    if kind == "quantity":
        members["valueQuantity"] = quantity(value, row["unit"], row["unit_code"], row["unit_system"], row["comparator"])
    elif kind == "codeable":
        members["valueCodeableConcept"] = concept(row["value_system"], row["value_code"], value) or {}
    elif kind in _PLAIN:
        members[_PLAIN[kind]] = value
    elif kind == "boolean":
        members["valueBoolean"] = value == "true"
    elif kind == "integer":
        members["valueInteger"] = int(value)
    elif kind in _WHOLE:
        members[_WHOLE[kind]] = loads(row["value_detail"])
    if row["interpretation"]:
        coding = {"system": INTERPRETATION, "code": row["interpretation"]}
        members["interpretation"] = [{"coding": [coding]}]
    if row["range_low"] or row["range_high"] or row["range_text"]:
        members["referenceRange"] = [_range(row)]
    return members


def _range(row: Row) -> Json:
    unit = (row["unit"], row["unit_code"], row["unit_system"])
    low, high = (quantity(each, *unit, None) if each else None for each in (row["range_low"], row["range_high"]))
    return clean(low=low, high=high, text=row["range_text"])


def _category(code: str | None) -> list[Json] | None:
    return listed({"coding": [{"system": CATEGORY, "code": code, "display": code}]} if code else None)


def _text(found: Quantity | None) -> str | None:
    """The number of an amount exactly as it was written."""
    if found is None or found.value is None:
        return None
    return getattr(found.value, "text", None) or format(found.value, "f")


def _number(text: str | None) -> object:
    return None if text is None else loads(text)


def _words(kind: str, content: Json) -> str | None:
    """A value of several parts in words."""
    if kind == "sampled":
        return None
    one, other = {"range": ("low", "high"), "ratio": ("numerator", "denominator"), "period": ("start", "end")}[kind]
    joint = {"range": "–", "ratio": " : ", "period": " – "}[kind]
    return joint.join(_part(content.get(name)) for name in (one, other))


def _part(part: object) -> str:
    if not isinstance(part, dict):
        return str(part or "")
    return amount(part) or str(part.get("unit") or part.get("code") or "")


# HL7's table of interpretations: critical, then what is out of the range in some other way.
_GRAVE = (frozenset({"HH", "LL", "AA", "HU", "LU"}), frozenset({"H", "L", "A", "POS"}))


def _gravest(meant: tuple[CodeableConcept, ...]) -> str | None:
    """What a finding means; of several meanings the gravest, whichever of the codings says it."""
    codes = [coding.code for each in meant for coding in each.coding if coding.code]
    grave = [code for floor in _GRAVE for code in codes if code in floor] if len(meant) > 1 else []
    return next(iter(grave), None) or first(meant).code or first(meant).title or None


def _spread(record: Valued) -> Values:
    """What is normal: in figures where they are the value's own, in words where they need words to be understood."""
    ranges = record.reference_range
    plain = len(ranges) == 1 and _speaks_of(ranges[0], record.value_quantity) and not _applies(ranges[0])
    only = ranges[0] if plain else None
    return {
        "range_low": _text(only.low) if only else None,
        "range_high": _text(only.high) if only else None,
        "range_text": only.text if only else "; ".join(filter(None, map(_range_words, ranges))) or None,
    }


def _speaks_of(spread: ReferenceRange, value: Quantity | None) -> bool:
    """Whether a range is of the value's unit; one that names no unit is."""
    ends = [each for each in (spread.low, spread.high) if each is not None and (each.unit or each.code)]
    return all(value is not None and _one_unit(each, value) for each in ends)


def _one_unit(one: Quantity, other: Quantity) -> bool:
    if one.code and other.code:
        return one.code == other.code
    return bool({one.unit, one.code} & {other.unit, other.code} - {None})


def _applies(spread: ReferenceRange) -> str:
    """To whom a range applies, in words; empty for everybody."""
    more = spread.model_extra or {}
    kind = meaning(spread.type)
    found = ["" if kind.code == "normal" or kind.title.casefold() == "normal range" else kind.title]
    found += dosages.named(more.get("appliesTo"))
    if ages := between(more.get("age")):
        found.append(f"age {ages}")
    return ", ".join(filter(None, found))


def _range_words(spread: ReferenceRange) -> str:
    figures = between(spread.model_dump(by_alias=True, include={"low", "high"}))
    text = spread.text or ""
    said = text if text and (not figures or holds(text, figures)) else " ".join(filter(None, (figures, text)))
    return ": ".join(filter(None, (_applies(spread), said)))
