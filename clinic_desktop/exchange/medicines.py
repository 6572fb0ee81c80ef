"""Medicines prescribed or taken elsewhere <-> MedicationRequest and MedicationStatement."""

import re
from collections.abc import Iterable
from dataclasses import replace

from clinic_desktop.exchange import dosages, when
from clinic_desktop.exchange.mapped import (
    Mapped,
    Meaning,
    Pointer,
    Row,
    Values,
    amount,
    clean,
    concept,
    first,
    holds,
    meaning,
    notes,
    written_notes,
)
from sync.records.elements import CodeableConcept, Coding, Reference
from sync.records.exact import Json
from sync.records.medication import Dosage, Ingredient, Medication, MedicationRequest, MedicationStatement

NOT_NAMED = "(not named)"
# What the patient takes or may take, as far as anybody elsewhere knows; what is on hold may go on and is checked too.
_TAKEN = {"active", "on-hold", "unknown", "intended"}
_STATUS = {"completed": "completed", "entered-in-error": "entered_in_error"}


def read_request(record: MedicationRequest) -> Mapped:
    """A prescription from elsewhere."""
    values, names = _medicine(record.medication_codeable_concept, record.medication_reference, record.contained)
    status = _status(record.status)
    if record.do_not_perform:
        status = "stopped"
    values |= {
        "status": status,
        "stopped_reason": _why(record.status, record.status_reason, forbidden=bool(record.do_not_perform)),
        "outside_status": record.status,
        "intent": record.intent,
        "category": first(record.category).code,
        "reason": first(record.reason_code).title or None,
        "authored_text": record.authored_on,
        "started_on": when.civil(record.authored_on),
        "note": notes(record.note),
        **_dose(record.dosage_instruction),
    }
    links = {"patient_id": record.subject} | ({"encounter_id": record.encounter} if record.encounter else {})
    return Mapped(values, links, names | ({"outside_prescriber": record.requester} if record.requester else {}))


def read_statement(record: MedicationStatement) -> Mapped:
    """What somebody takes, as it was stated elsewhere."""
    values, names = _medicine(record.medication_codeable_concept, record.medication_reference, record.contained)
    period = record.effective_period
    start = record.effective_date_time or (period.start if period else None)
    end = period.end if period else None
    values |= {
        "status": _status(record.status),
        "stopped_reason": _why(record.status, None, forbidden=False),
        "outside_status": record.status,
        "category": meaning(record.category).code,
        "reason": first(record.reason_code).title or None,
        "authored_text": record.date_asserted,
        "started_text": start,
        "started_on": when.civil(start),
        "ended_text": end,
        "ends_on": when.civil(end),
        "note": notes(record.note),
        **_dose(record.dosage),
    }
    links = {"patient_id": record.subject} | ({"encounter_id": record.context} if record.context else {})
    return Mapped(
        values, links, names | ({"outside_prescriber": record.information_source} if record.information_source else {})
    )


def write_request(row: Row, point: Pointer) -> Json:
    """A prescription from elsewhere as a MedicationRequest."""
    return clean(
        status=_written_status(row, "stopped"),
        intent=row["intent"],
        medication_codeable_concept=concept(row["code_system"], row["code"], row["name"]),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        authored_on=row["authored_text"],
        note=written_notes(row["note"]),
    )


def write_statement(row: Row, point: Pointer) -> Json:
    """A medicine that is taken as a MedicationStatement."""
    here = row["outside_status"] is None
    start, end = row["started_text"] or (row["started_on"] if here else None), row["ended_text"]
    if here:
        end = row["ends_on"]
    return clean(
        status=_written_status(row, "stopped"),
        medication_codeable_concept=concept(row["code_system"], row["code"], row["name"]),
        subject=point("patients", row["patient_id"]),
        context=point("encounters", row["encounter_id"]),
        effective_date_time=start if end is None else None,
        effective_period=clean(start=start, end=end) if end is not None else None,
        date_asserted=row["authored_text"],
        dosage=[{"text": row["dose"]}] if row["dose"] else None,
        note=written_notes(row["note"]),
    )


def named(code: CodeableConcept | None, contained: Medication | None = None) -> Meaning:
    """What a medicine is called: by its own code, or by the ingredients of the medicine it contains.

    Its strength and its form belong to the name: Warfarin 5 mg and Warfarin 1 mg are two medicines. So does what is in
    a brand, by which the safety check knows it.
    """
    found = meaning(code and code.model_copy(update={"coding": tuple(e for e in code.coding if not _beside(e))}))
    of_code = [_shown(each) for each in code.coding if _beside(each)] if code else []
    kept = (code.model_extra or {}) if code else {}
    more = [*of_code, *(kept[name] for name in _BESIDE if isinstance(kept.get(name), str))]
    title = found.title
    if code and not code.text:
        title = next((e.display for e in code.coding if e.display and (e.system or "").endswith(_NAME)), title)
    if contained is not None:
        inside = [(meaning(each.item_codeable_concept).title, _strength(each)) for each in contained.ingredient]
        more += [" / ".join(strength for _title, strength in inside if strength)] if title else []
        title = title or " / ".join(" ".join(filter(None, each)) for each in inside if each[0])
        more.append(meaning(contained.form).title)
    for words in filter(None, more if title else ()):
        # Of a generic's name the first word is the ingredient: warfarin sodium is said by Warfarin.
        wanted = words.strip("()").split()[0] if words.startswith("(") else words
        title = title if holds(title, wanted) else f"{title} {words}"
    return replace(found, title=title)


_BESIDE = ("strength", "form")
_NAME, _GENERIC = ":name", ":generic_name"


def _beside(coding: Coding) -> bool:
    """Whether a coding holds what a system calls a medicine, or says beside its name, in a system of its own."""
    return (coding.system or "").endswith((_NAME, _GENERIC, *(f":{name}" for name in _BESIDE)))


def _shown(coding: Coding) -> str | None:
    generic = (coding.system or "").endswith(_GENERIC)
    return f"({coding.display})" if generic and coding.display and coding.display.strip() else coding.display


def _strength(one: Ingredient) -> str:
    """How much of an ingredient is in how much of the medicine: 5 mg, 250 mg/5 mL."""
    ratio = (one.model_extra or {}).get("strength")
    ends = ratio if isinstance(ratio, dict) else {}
    per = re.sub(r"^1(\.0*)? ?", "", amount(ends.get("denominator")))
    return "/".join(filter(None, (amount(ends.get("numerator")), per)))


def _medicine(
    code: CodeableConcept | None, reference: Reference | None, contained: Iterable[Json]
) -> tuple[Values, dict[str, Reference]]:
    found, names = named(code), {}
    if reference is not None and not found.title:
        inside = next((each for each in contained if f"#{each.get('id')}" == reference.reference), None)
        if inside is not None and inside.get("resourceType") == "Medication":
            medicine = Medication.model_validate(inside)
            found = named(medicine.code, medicine)
        elif inside is None:
            names["name"] = reference
    return {
        "source": "outside",
        "code_system": found.system,
        "code": found.code,
        "name": found.title or (reference.display if reference else None) or NOT_NAMED,
    }, names


def _status(status: str) -> str:
    return "active" if status in _TAKEN else _STATUS.get(status, "stopped")


def _written_status(row: Row, ended: str) -> str:
    """FHIR's status as it came, unless somebody here has said since that it is no longer taken."""
    came = row["outside_status"]
    if came is not None and _status(came) == row["status"]:
        return str(came)
    return str({"entered_in_error": "entered-in-error", "stopped": ended}.get(row["status"], row["status"]))


def _why(status: str, reason: CodeableConcept | None, *, forbidden: bool) -> str | None:
    if forbidden:
        return "must not be given"
    said = meaning(reason).title
    return said or (status if status in {"stopped", "cancelled", "draft", "not-taken"} else None)


def _dose(taken: tuple[Dosage, ...]) -> Values:
    return dict.fromkeys(("dose", "dosage_text"), dosages.in_words(taken))
