"""A prescription there is of one medicine: one of several here is several there, each with its part.

Nothing reads, changes or cancels it; with GraphQL, where an administrator gave an address, it can at least be seen.
"""

from dataclasses import replace
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.elements import Annotation, CodeableConcept, Coding, Reference
from sync.records.medication import Dosage, MedicationRequest
from sync.records.organization import Organization
from sync.remotes.hms_enterprise.mapping.names import SYSTEM
from sync.telling import people
from sync.telling.lenses import Lens, change, first_of, left, nothing, of, shown
from sync.telling.words import NDC, code_in, identifier_of, local_id, refer, told_id, words
from sync.telling.work import (
    ICD10,
    NCPDP,
    asked_by,
    diagnosis_codes,
    exact,
    extra,
    frequency_words,
    lines_of,
    plain,
    refills,
    supply,
    supply_days,
)

NOBODY = Reference(display="the patient")


def part_of(story: Story, part: int) -> Story:
    """The story of one line of a prescription."""
    lines = lines_of(story)
    others = tuple(each for each in story.rest if not isinstance(each, MedicationRequest))
    return replace(story, first=lines[part], rest=others)


def _line(story: Story) -> MedicationRequest:
    return first_of(story, MedicationRequest)


def _dosage_of(story: Story) -> Dosage | None:
    dosages = _line(story).dosage_instruction
    return dosages[0] if dosages else None


def _medication(story: Story, _links: Links) -> Body:
    concept = _line(story).medication_codeable_concept
    found = {
        # What came from there is called here with its strength and form, and there without.
        "name": extra_text(concept, "name") or words(concept) or "medicine",
        "strength": extra_text(concept, "strength"),
        "form": extra_text(concept, "form"),
        "ndc": code_in(concept, NDC),
    }
    return {name: value for name, value in found.items() if value}


def extra_text(concept: CodeableConcept | None, name: str) -> str | None:
    """A text that was kept beside a medicine when it came from there."""
    found = extra(concept, name) if concept is not None else None
    return found if isinstance(found, str) and found else None


def _dosage(story: Story, _links: Links) -> Body | None:
    dosage = _dosage_of(story)
    if dosage is not None and isinstance(came := extra(dosage, _CAME), dict):
        return dict(came)
    rates = dosage.dose_and_rate if dosage else ()
    quantity = rates[0].get("doseQuantity") if rates else None
    quantity = quantity if isinstance(quantity, dict) else {}
    lasts = supply_days(_line(story))
    # Both, where there are both: what is taken, and what was said to the patient about it.
    texts = (dosage.text, dosage.patient_instruction) if dosage else ()
    instructions = "; ".join(dict.fromkeys(filter(None, texts))) or None
    found = {
        "amount": plain(exact(quantity.get("value"))),
        "unit": quantity.get("unit") or quantity.get("code"),
        "frequency": frequency_words(dosage),
        "duration": lasts,
        "duration_unit": "days" if lasts is not None else None,
        "instructions": instructions,
        "indications": _indications(_line(story)),
    }
    return {name: value for name, value in found.items() if value is not None} or None


def _indications(line: MedicationRequest) -> str | None:
    """Why, in words; a code without words stands among the codes of the diagnoses."""
    named = (words(each) for each in line.reason_code if each.text or any(c.display for c in each.coding))
    return "; ".join(dict.fromkeys(filter(None, named))) or None


def _refills(story: Story, _links: Links) -> Body | None:
    number = refills(_line(story))
    left_over = supply(_line(story)).get("remaining", number)
    return None if number is None else {"authorized": number, "remaining": left_over}


def _put_refills(story: Story, value: Any, _links: Links) -> Story:
    if not _is_new(story) or not isinstance(value, dict) or not _reads_refills(value):
        return story
    left_over = {"remaining": value["remaining"]} if value.get("remaining") not in (None, value["authorized"]) else {}
    asked = supply(_line(story)) | {"numberOfRepeatsAllowed": value["authorized"]} | left_over
    return change(story, dispense_request=asked)


def _reads_refills(value: Any) -> bool:
    """Whether it is said how often it may be filled, in whole numbers."""
    counts = [value.get("authorized"), value.get("remaining", 0)] if isinstance(value, dict) else [None]
    return all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in counts)


def _substitutions(story: Story, _links: Links) -> str | None:
    found = extra(_line(story), "substitution")
    allowed = found.get("allowedBoolean") if isinstance(found, dict) else None
    return None if not isinstance(allowed, bool) else "allowed" if allowed else "not_allowed"


def pharmacy_of(story: Story) -> Organization | None:
    """The pharmacy that is to fill it, where it is told with the prescription."""
    performer = supply(_line(story)).get("performer")
    reference = Reference.model_validate(performer) if isinstance(performer, dict) else None
    here = local_id(reference)
    return next((each for each in of(story, Organization) if here is None or each.id == here), None)


def _pharmacy(story: Story, _links: Links) -> Body | None:
    one = pharmacy_of(story)
    if one is None:
        performer = supply(_line(story)).get("performer")
        named = performer.get("display") if isinstance(performer, dict) else None
        return {"name": named} if isinstance(named, str) and named else None
    home = one.address[0] if one.address else None
    address = {
        "street": ", ".join(filter(None, home.line)) or None,
        "city": home.city,
        "state": home.state,
        "zip_code": home.postal_code,
    } if home else {}  # fmt: skip
    found = {
        "name": one.name,
        "ncpdp": identifier_of(one.identifier, NCPDP),
        "address": {name: value for name, value in address.items() if value} or None,
        "phone": people.point_of(one.telecom, "phone"),
    }
    return {name: value for name, value in found.items() if value} or None


def _notes(story: Story, _links: Links) -> str | None:
    return "\n".join(each.text for each in _line(story).note) or None


def _put_notes(story: Story, value: Any, _links: Links) -> Story:
    said = isinstance(value, str) and value.strip() and _is_new(story)
    return change(story, note=(Annotation(text=value),)) if said else story


def _diagnoses(story: Story, _links: Links) -> list[str]:
    return diagnosis_codes(_line(story).reason_code)


def _put_diagnoses(story: Story, value: Any, _links: Links) -> Story:
    codes = [each for each in value if isinstance(each, str)] if isinstance(value, list) and _is_new(story) else []
    made = tuple(CodeableConcept(coding=(Coding(system=ICD10, code=code),)) for code in codes)
    return change(story, reason_code=(*_line(story).reason_code, *made))


def _is_new(story: Story) -> bool:
    """Whether it is not in the chart yet: what was signed here is never rewritten from outside."""
    return not story.local_id


def _put_medication(story: Story, value: Any, _links: Links) -> Story:
    """A prescription from there becomes one here; one that was signed here is never rewritten from outside.

    The chart has the words of a medicine alone: its strength and its form are among them.
    """
    line = _line(story)
    if line.medication_codeable_concept is not None or not isinstance(value, dict) or not value.get("name"):
        return story
    ndc, name = value.get("ndc"), str(value["name"])
    coding = [{"system": NDC, "code": ndc}] if isinstance(ndc, str) and ndc and " " not in ndc else []
    kept = {part: text for part in ("strength", "form") if (text := _text(value.get(part)))}
    called = name
    for text in kept.values():
        called = called if f" {text} ".casefold() in f" {called} ".casefold() else f"{called} {text}"
    kept |= {"name": name} if called != name else {}
    made = CodeableConcept.model_validate({"text": called, "coding": coding, **kept})
    return change(story, medication_codeable_concept=made)


def _put_dosage(story: Story, value: Any, _links: Links) -> Story:
    """How it is taken, all of it in words, and beside them what can be reckoned with; told again as it came."""
    if _line(story).dosage_instruction or not isinstance(value, dict):
        return story
    came = {part: value[part] for part in _DOSAGE if _text(value.get(part))}
    said = {part: _text(each) for part, each in came.items()}
    amount, unit, often = exact(value.get("amount")), said.get("unit"), said.get("frequency")
    taken = " ".join(filter(None, (said.get("amount"), unit, often, said.get("timing"))))
    lasts = " ".join(filter(None, (said.get("duration"), said.get("duration_unit")))) if "duration" in said else None
    dose = {"value": amount} | ({"unit": unit} if unit else {})
    made = Dosage(
        text="; ".join(filter(None, (taken, f"for {lasts}" if lasts else None, said.get("instructions")))) or None,
        timing={"code": {"text": often}} if often else None,
        dose_and_rate=({"doseQuantity": dose},) if amount is not None else (),
    )
    made = made.model_copy(update={_CAME: came}) if came else made
    reasons = _line(story).reason_code
    if why := said.get("indications"):
        reasons = (CodeableConcept(text=why), *reasons)
    return change(story, dosage_instruction=(made,), reason_code=reasons)


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    """One that has ended there is not taken from there as one that goes on; any other word changes nothing."""
    ended = _ENDED.get("".join(value.split()).casefold()) if isinstance(value, str) and _is_new(story) else None
    return change(story, status=ended) if ended else story


_ENDED = {"cancelled": "cancelled", "canceled": "cancelled", "discontinued": "stopped", "stopped": "stopped",
          "completed": "completed", "expired": "completed"}  # fmt: skip


def _text(value: Any) -> str | None:
    """A text or a number of theirs as a text."""
    number = None if isinstance(value, str) else exact(value)
    text = value if isinstance(value, str) else None if number is None else str(plain(number))
    return text.strip() or None if text else None


_MEDICATION = frozenset({"name", "strength", "form", "ndc"})
_DOSAGE = (
    "amount", "unit", "frequency", "timing", "duration", "duration_unit", "instructions", "indications",
)  # fmt: skip
# A member beside those of a dosage: what came from there, as it came.
_CAME = "came"


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.PATIENT, value, links)
    return change(story, subject=made) if made is not None and _line(story).subject == NOBODY else story


def _put_provider(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.PRACTITIONER, value, links)
    return change(story, requester=made) if made is not None and _line(story).requester is None else story


LENSES = (
    Lens(
        "patient_id",
        lambda story, links: told_id(_line(story).subject, SYSTEM, Kind.PATIENT, links),
        _put_patient,
    ),
    Lens(
        "provider_id",
        lambda story, links: told_id(asked_by(story, _line(story).requester), SYSTEM, Kind.PRACTITIONER, links),
        _put_provider,
    ),
    Lens("medication", _medication, _put_medication, parts=_MEDICATION, known={part: {} for part in _MEDICATION}),
    Lens("dosage", _dosage, _put_dosage, parts=frozenset(_DOSAGE), known={part: {} for part in _DOSAGE}),
    Lens("substitutions", _substitutions, left),
    Lens("refills", _refills, _put_refills, reads=_reads_refills),
    Lens("pharmacy", _pharmacy, left),
    Lens("diagnosis_codes", _diagnoses, _put_diagnoses),
    Lens("notes", _notes, _put_notes),
    Lens("status", nothing, _put_status, told=False),
    shown("date_written"),
    shown("expires_at"),
    shown("prescription_number"),
)


def references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before."""
    return (Kind.PATIENT, _line(story).subject), (Kind.PRACTITIONER, asked_by(story, _line(story).requester))


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of a line that has no place there."""
    dosage = _dosage_of(story)
    said = {
        "route": bool(dosage and dosage.route),
        "as needed": bool(dosage and dosage.as_needed_boolean),
        "quantity": "quantity" in supply(_line(story)),
        "further dosage steps": len(_line(story).dosage_instruction) > 1,
    }
    return tuple(name for name, has in said.items() if has)


def blank(story: Story | None) -> Story:
    """A prescription of which the chart knows nothing yet."""
    first = MedicationRequest(resource_type="MedicationRequest", status="active", intent="order", subject=NOBODY)
    return story or Story(Kind.PRESCRIPTION, "", 0, None, first)
