"""A prescription there with its lines, how far the pharmacy is, and what was handed out."""

from collections.abc import Mapping
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.dispense import MedicationDispense
from sync.records.elements import Annotation, CodeableConcept, Reference
from sync.records.medication import Dosage, MedicationRequest
from sync.remotes.arocord_hims.mapping.names import SYSTEM
from sync.telling.folding import fold, utc
from sync.telling.lenses import Lens, add, change, first_of, left, shown
from sync.telling.notes import with_marker, without_marker
from sync.telling.words import code_in, refer, shown_in, told_id, words
from sync.telling.work import (
    asked_by,
    dose_words,
    exact,
    extra,
    frequency_words,
    lines_of,
    refills,
    supply_days,
    supply_quantity,
)

# Their own id of a medicine: kept where they gave one; the document has no list of them.
DRUG = f"urn:x-clinic-desktop:there:{SYSTEM}:drug"
# How often and for how long in their words, each as it came: the chart shows both as one text.
FREQUENCY, DURATION = f"{DRUG}:frequency", f"{DRUG}:duration"
PRIORITY = {"routine": "medium", "urgent": "high", "asap": "high", "stat": "high"}
QUEUE = ("pending", "processing", "ready")


def line_body(line: MedicationRequest) -> Body:
    """One line: its dose, how often and what to say to the patient; words alone where the chart has words alone."""
    dosage = line.dosage_instruction[0] if line.dosage_instruction else None
    dose, text = dose_words(dosage), dosage.text if dosage else None
    said = dosage.patient_instruction if dosage else None
    if dose is None:
        dose, instructions = text, said
    else:
        instructions = "; ".join(dict.fromkeys(filter(None, (text, said)))) or None
    frequency, duration = _how_long(line, dosage)
    found = {
        "drug_id": code_in(line.medication_codeable_concept, DRUG),
        "name": words(line.medication_codeable_concept) or "medicine",
        "dosage": dose,
        "frequency": frequency,
        "duration": duration,
        "instructions": instructions,
        "quantity": supply_quantity(line),
        "refills": refills(line),
    }
    return {name: value for name, value in found.items() if value is not None}


def _how_long(line: MedicationRequest, dosage: Dosage | None) -> tuple[str | None, str | None]:
    """How often and for how long: in their words where it came from there, else in those of the chart."""
    code = (dosage.timing or {}).get("code") if dosage else None
    meaning = CodeableConcept.model_validate(code) if isinstance(code, dict) else None
    if meaning is not None and any(each.system in {FREQUENCY, DURATION} for each in meaning.coding):
        return shown_in(meaning, FREQUENCY), shown_in(meaning, DURATION)
    lasts = supply_days(line)
    return frequency_words(dosage), None if lasts is None else f"{lasts} days"


def _timing(frequency: str | None, duration: str | None) -> dict[str, Any] | None:
    """How often and for how long, in words that a person sees: of what is to be taken nothing is kept unseen."""
    if not duration:
        return {"code": {"text": frequency}} if frequency else None
    lasts = f"for {duration}" if duration[0].isdecimal() else duration
    coding = [{"system": FREQUENCY, "display": frequency}] if frequency else []
    coding.append({"system": DURATION, "display": duration})
    return {"code": {"coding": coding, "text": f"{frequency} {lasts}" if frequency else lasts}}


def _medications(story: Story, _links: Links) -> list[Body]:
    return [line_body(line) for line in lines_of(story)]


def _put_medications(story: Story, value: Any, _links: Links) -> Story:
    """A prescription from there becomes one here; one that was signed here is never rewritten from outside."""
    if first_of(story, MedicationRequest).medication_codeable_concept is not None or not isinstance(value, list):
        return story
    made = [_line(story, item) for item in value if isinstance(item, dict) and item.get("name")]
    if not made:
        return story
    first, *rest = made
    story = change(story, **{name: getattr(first, name) for name in first.model_fields_set if name != "resource_type"})
    return add(story, *rest)


def _line(story: Story, item: Mapping[str, Any]) -> MedicationRequest:
    base = first_of(story, MedicationRequest)
    names = ("dosage", "frequency", "instructions", "duration")
    said = {name: item[name] for name in names if isinstance(item.get(name), str) and item[name].strip()}
    dosage = Dosage(
        text=said.get("dosage"),
        patient_instruction=said.get("instructions"),
        timing=_timing(said.get("frequency"), said.get("duration")),
    )
    supply: dict[str, Any] = {}
    if (quantity := exact(item.get("quantity"))) is not None:
        supply["quantity"] = {"value": quantity}
    if isinstance(item.get("refills"), int):
        supply["numberOfRepeatsAllowed"] = item["refills"]
    days = str(item.get("duration") or "").partition(" ")
    if days[2].strip() in {"day", "days"} and (lasts := exact(days[0])) is not None:
        supply["expectedSupplyDuration"] = {"value": lasts, "code": "d", "unit": "days"}
    return base.model_copy(
        update={
            "medication_codeable_concept": _meaning(item),
            "dosage_instruction": (dosage,) if said else (),
            "dispense_request": supply or None,
        }
    )


def _meaning(item: Mapping[str, Any]) -> CodeableConcept:
    made = CodeableConcept(text=str(item["name"]))
    if not isinstance(item.get("drug_id"), str) or not item["drug_id"]:
        return made
    return CodeableConcept.model_validate(
        {"text": str(item["name"]), "coding": [{"system": DRUG, "code": item["drug_id"]}]}
    )


def prescriber_of(story: Story) -> Reference | None:
    """Who prescribed it."""
    return asked_by(story, first_of(story, MedicationRequest).requester)


def _priority(story: Story, _links: Links) -> str:
    return PRIORITY.get(str(extra(first_of(story, MedicationRequest), "priority")), "medium")


def _refer(name: str, kind: Kind) -> Any:
    def put(story: Story, value: Any, links: Links) -> Story:
        made = refer(SYSTEM, kind, value, links)
        blank = getattr(first_of(story, MedicationRequest), name)
        return change(story, **{name: made}) if made is not None and (blank is None or blank == NOBODY) else story

    return put


NOBODY = Reference(display="the patient")


def compared(value: Any) -> Any:
    """Lines as they are compared: without a marker of ours, and whatever their order."""
    if not isinstance(value, list):
        return fold(value)
    lines = []
    for each in value:
        if isinstance(each, dict) and isinstance(each.get("instructions"), str):
            each = {**each, "instructions": without_marker(each["instructions"])}  # noqa: PLW2901 - the same line, bare
        lines.append(fold(each))
    return sorted(lines, key=str)


_LINE = frozenset({"drug_id", "name", "dosage", "frequency", "duration", "instructions", "quantity", "refills"})
LENSES = (
    Lens(
        "patient_id",
        lambda story, links: told_id(first_of(story, MedicationRequest).subject, SYSTEM, Kind.PATIENT, links),
        _refer("subject", Kind.PATIENT),
    ),
    Lens(
        "doctor_id",
        lambda story, links: told_id(prescriber_of(story), SYSTEM, Kind.PRACTITIONER, links),
        _refer("requester", Kind.PRACTITIONER),
    ),
    Lens(
        "consultation_id",
        lambda story, links: told_id(first_of(story, MedicationRequest).encounter, SYSTEM, Kind.ENCOUNTER, links),
        _refer("encounter", Kind.ENCOUNTER),
    ),
    Lens("medications", _medications, _put_medications, same=compared, parts=_LINE),
    Lens("priority", _priority, left),
    shown("status"),
    shown("notes"),
    shown("ready_at"),
)


def marked(body: Body, marker: str) -> Body:
    """The body with our marker in the first line's instructions: on the label, so only where it was agreed to."""
    lines = [dict(each) for each in body.get("medications", [])]
    if lines and marker:
        lines[0]["instructions"] = with_marker(lines[0].get("instructions"), marker)
    return body | {"medications": lines}


def processing(story: Story) -> Body:
    """What the pharmacy says while it works: by the act, with the remark and the time of the dispense record."""
    dispense = next((each for each in (story.first, *story.rest) if isinstance(each, MedicationDispense)), None)
    status = "ready" if story.act == "ready" else "processing"
    prepared = extra(dispense, "whenPrepared") if dispense is not None else None
    note = dispense.note[0].text if dispense is not None and dispense.note else None
    found = {"status": status, "notes": note, "ready_at": utc(prepared) if isinstance(prepared, str) else None}
    return {name: value for name, value in found.items() if value is not None}


# What was handed out
def prescription_of(one: MedicationDispense) -> Reference | None:
    """The prescription that was filled: as a whole where that is said beside the line."""
    known = one.authorizing_prescription
    whole = (each for each in known if (each.reference or "").startswith("RequestGroup/"))
    return next(whole, known[0] if known else None)


def performer_of(one: MedicationDispense) -> Reference | None:
    """Who handed it out."""
    found = one.performer[0].get("actor") if one.performer else None
    return Reference.model_validate(found) if isinstance(found, dict) else None


def _counselling(story: Story, _links: Links) -> str | None:
    return "\n".join(each.text for each in first_of(story, MedicationDispense).note) or None


def _put_counselling(story: Story, value: Any, _links: Links) -> Story:
    return change(story, note=(Annotation(text=value),) if isinstance(value, str) and value else ())


def _put_prescription(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.PRESCRIPTION, value, links)
    return change(story, authorizing_prescription=(made,)) if made is not None else story


def _put_performer(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.PRACTITIONER, value, links)
    if made is None:
        return story
    return change(story, performer=({"actor": made.model_dump(by_alias=True, exclude_unset=True)},))


DISPENSE = (
    # In the path of the call, and so no member of what is sent.
    Lens(
        "prescription_id",
        lambda story, links: told_id(
            prescription_of(first_of(story, MedicationDispense)), SYSTEM, Kind.PRESCRIPTION, links
        ),
        _put_prescription,
    ),
    Lens(
        "dispensed_by",
        lambda story, links: told_id(
            performer_of(first_of(story, MedicationDispense)), SYSTEM, Kind.PRACTITIONER, links
        ),
        _put_performer,
    ),
    Lens("counseling_provided", lambda story, links: _counselling(story, links) is not None, left),
    Lens("counseling_notes", _counselling, _put_counselling),
)


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of a prescription that has no place there."""
    lines = lines_of(story)
    dosages = [each.dosage_instruction[0] for each in lines if each.dosage_instruction]
    said = {
        "route": any(each.route for each in dosages),
        "as needed": any(each.as_needed_boolean for each in dosages),
        "reason": any(each.reason_code for each in lines),
        "remarks": any(each.note for each in lines),
        "pharmacy": any("performer" in (each.dispense_request or {}) for each in lines),
        "substitution": any(extra(each, "substitution") for each in lines),
        "further dosage steps": any(len(each.dosage_instruction) > 1 for each in lines),
        "code of the medicine": any(each.medication_codeable_concept for each in lines),
    }
    return tuple(name for name, has in said.items() if has)


def dispense_homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of a dispense that has no place there."""
    one = first_of(story, MedicationDispense)
    said = {
        "quantity": one.quantity is not None,
        "time": one.when_handed_over is not None,
        "medicine": one.medication_codeable_concept is not None,
        "lot and expiry": extra(one, "contained") is not None or bool(one.contained),
    }
    return tuple(name for name, has in said.items() if has)


def blank(story: Story | None) -> Story:
    """A prescription of which the chart knows nothing yet."""
    first = MedicationRequest(resource_type="MedicationRequest", status="active", intent="order", subject=NOBODY)
    return story or Story(Kind.PRESCRIPTION, "", 0, None, first)


def blank_dispense(story: Story | None) -> Story:
    """A dispense of which the chart knows nothing yet."""
    first = MedicationDispense(resource_type="MedicationDispense", status="completed")
    return story or Story(Kind.DISPENSE, "", 0, None, first)
