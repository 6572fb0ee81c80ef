"""What is done at a visit as lenses read it: who takes part, vital signs, parts of the note, medicines, amounts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.appointment import Appointment, Participant
from sync.records.document import DocumentReference
from sync.records.elements import CodeableConcept, Coding, Quantity, Reference
from sync.records.invoice import ChargeItem
from sync.records.medication import Dosage, MedicationRequest
from sync.records.observation import Observation
from sync.records.practitioner import Practitioner
from sync.records.request import ServiceRequest
from sync.telling.lenses import add, change, first_of, of
from sync.telling.notes import current, section_of, text_of, written
from sync.telling.words import LOINC, RESOURCE, THERE, UCUM, code_in, refer, told_id, words

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
NCPDP = "http://terminology.hl7.org/NamingSystem/NCPDPProviderIdentificationNumber"
# LOINC codes of vital signs with the UCUM unit in which the chart keeps them.
SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
UNITS: Mapping[str, str] = {
    SYSTOLIC: "mm[Hg]", DIASTOLIC: "mm[Hg]", "8867-4": "/min", "9279-1": "/min", "8310-5": "Cel", "29463-7": "kg",
    "8302-2": "cm", "2708-6": "%",
}  # fmt: skip
BLOOD_TYPE = "882-1"


def plain(value: Decimal | float | None) -> int | float | None:
    """A number as JSON has it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def exact(value: object) -> Decimal | None:
    """A number of theirs as it is written; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def extra(record: Any, name: str) -> Any:
    """A member of a record that its model does not name."""
    return (record.model_extra or {}).get(name)


# Who takes part in an appointment
def actor(story: Story, kind: Kind) -> Reference | None:
    """The first participant of a kind."""
    folder = RESOURCE[kind]
    for each in first_of(story, Appointment).participant:
        if each.actor is not None and _is(each.actor, kind, folder):
            return each.actor
    return None


def _is(reference: Reference, kind: Kind, folder: str) -> bool:
    if reference.reference:
        return reference.reference.rpartition("/")[0].rpartition("/")[2] == folder
    system = reference.identifier.system if reference.identifier else None
    return bool(system and system.endswith(f":{kind}"))


def actor_there(system: str, kind: Kind, story: Story, links: Links) -> str | None:
    """The id there of a participant."""
    return told_id(actor(story, kind), system, kind, links)


def with_actor(system: str, kind: Kind, story: Story, remote_id: object, links: Links) -> Story:
    """The appointment with another participant of a kind; the patient of an appointment never becomes another."""
    made = refer(system, kind, remote_id, links)
    before = actor(story, kind)
    if made is None or (before is not None and kind is Kind.PATIENT):
        return story
    known = first_of(story, Appointment).participant
    if before is None:
        return change(story, participant=(*known, Participant(actor=made, status="accepted")))
    return change(
        story,
        participant=tuple(each.model_copy(update={"actor": made}) if each.actor is before else each for each in known),
    )


def minutes_of(one: Appointment) -> int | None:
    """How long it takes: as it says, else from its start to its end."""
    if one.minutes_duration is not None:
        return one.minutes_duration
    if not one.start or not one.end:
        return None
    return round((moment(one.end) - moment(one.start)).total_seconds() / 60)


def moment(text: str) -> datetime:
    """An instant; a leap second is the second before it."""
    return datetime.fromisoformat(text.replace(":60", ":59"))


def moved(story: Story, start: object = None, minutes: object = None) -> Story:
    """The appointment at another time or for longer, its end following."""
    one = first_of(story, Appointment)
    begins = start if isinstance(start, str) and start else one.start
    lasts = minutes if isinstance(minutes, int) and not isinstance(minutes, bool) else minutes_of(one)
    fields: dict[str, Any] = {"start": begins, "minutes_duration": lasts}
    if begins and lasts is not None:
        try:
            fields["end"] = (moment(begins) + timedelta(minutes=lasts)).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            return story
    return change(story, **fields)


# Vital signs
def vital(story: Story, code: str) -> Decimal | None:
    """The last value of a vital sign, in the unit in which the chart keeps it; of another unit, none."""
    value = None
    for each in of(story, Observation):
        quantity = each.value_quantity
        if code_in(each.code, LOINC) != code or each.status == "entered-in-error" or quantity is None:
            continue
        if (quantity.code or quantity.unit) == UNITS[code] and quantity.value is not None:
            value = quantity.value
    return value


def with_vital(story: Story, code: str, value: Decimal | None, performer: str) -> Story:
    """One more measurement, of somebody else: what was measured here stays as it was signed."""
    if value is None:
        return story
    unit = UNITS[code]
    made = Observation(
        resource_type="Observation",
        status="final",
        code=CodeableConcept(coding=(Coding(system=LOINC, code=code),)),
        value_quantity=Quantity(value=value, unit=unit, system=UCUM, code=unit),
        performer=(Reference(display=performer),),
    )
    return add(story, made)


def pressure(story: Story) -> str | None:
    """Blood pressure as ``120/80``."""
    high, low = vital(story, SYSTOLIC), vital(story, DIASTOLIC)
    return f"{plain(high)}/{plain(low)}" if high is not None and low is not None else None


def with_pressure(story: Story, value: object, performer: str) -> Story:
    """One more measurement of blood pressure."""
    high, _slash, low = str(value or "").partition("/")
    parts = exact(high.strip()), exact(low.strip())
    if None in parts:
        return story
    return with_vital(with_vital(story, SYSTOLIC, parts[0], performer), DIASTOLIC, parts[1], performer)


# Parts of the note
def part_of_note(story: Story, code: str) -> str | None:
    """The text of one part of the note."""
    texts = [
        text for each in current(of(story, DocumentReference)) if section_of(each) == code and (text := text_of(each))
    ]
    return "\n\n".join(texts) or None


def with_part_of_note(story: Story, code: str, value: object) -> Story:
    """Another text of a part of the note: what stood there is superseded and kept."""
    old = [each for each in current(of(story, DocumentReference)) if section_of(each) == code]
    places = {id(each) for each in old}
    rest = tuple(
        each.model_copy(update={"status": "superseded"}) if id(each) in places else each for each in story.rest
    )
    subject = next((each.subject for each in old if each.subject), None)
    story = replace(story, rest=rest)
    return add(story, written(value, code=code, subject=subject)) if isinstance(value, str) and value else story


# Medicines
def lines_of(story: Story) -> list[MedicationRequest]:
    """The lines of a prescription, in their order."""
    return [each for each in (story.first, *story.rest) if isinstance(each, MedicationRequest)]


def dose_words(dosage: Dosage | None) -> str | None:
    """How much of it: ``10 mg``; None where the chart has it in words alone."""
    rates = dosage.dose_and_rate if dosage else ()
    quantity = rates[0].get("doseQuantity") if rates else None
    if not isinstance(quantity, dict) or exact(quantity.get("value")) is None:
        return None
    return f"{plain(exact(quantity['value']))} {quantity.get('unit') or quantity.get('code') or ''}".strip()


def frequency_words(dosage: Dosage | None) -> str | None:
    """How often, in words: ``twice daily``; None where the chart has it in the text alone."""
    timing = (dosage.timing if dosage else None) or {}
    code = timing.get("code")
    if isinstance(code, dict):
        return words(CodeableConcept.model_validate(code))
    repeat = timing.get("repeat")
    if not isinstance(repeat, dict) or not isinstance(repeat.get("frequency"), int):
        return None
    unit = {"h": "hour", "d": "day", "wk": "week", "mo": "month"}.get(str(repeat.get("periodUnit")))
    period = plain(exact(repeat.get("period")))
    if unit is None or period is None:
        return None
    every = unit if period == 1 else f"{period} {unit}s"
    return f"{repeat['frequency']} times every {every}"


def supply(line: MedicationRequest) -> dict[str, Any]:
    """What the pharmacy is asked to hand out."""
    return line.dispense_request or {}


def supply_quantity(line: MedicationRequest) -> int | float | None:
    """How many."""
    quantity = supply(line).get("quantity")
    return plain(exact(quantity.get("value"))) if isinstance(quantity, dict) else None


def supply_days(line: MedicationRequest) -> int | float | None:
    """For how many days it is meant to last."""
    lasts = supply(line).get("expectedSupplyDuration")
    if not isinstance(lasts, dict):
        return None
    if (lasts.get("code") or lasts.get("unit")) not in {"d", "day", "days"}:
        return None
    return plain(exact(lasts.get("value")))


def refills(line: MedicationRequest) -> int | None:
    """How often it may be filled again."""
    number = supply(line).get("numberOfRepeatsAllowed")
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def asked_by(story: Story, reference: Reference | None) -> Reference | None:
    """Who asked for it: as it says, else the practitioner told with it where it says a name or a number alone."""
    there = reference.identifier.system if reference is not None and reference.identifier else None
    if reference is not None and (reference.reference or (there or "").startswith(THERE)):
        return reference
    one = next((each for each in of(story, Practitioner) if each.id), None)
    return reference if one is None else Reference(reference=f"Practitioner/{one.id}")


# Orders
def requests_of(story: Story) -> list[ServiceRequest]:
    """The tests of an order."""
    return [each for each in (story.first, *story.rest) if isinstance(each, ServiceRequest)]


def test_code(concept: CodeableConcept | None, theirs: str) -> str | None:
    """The code that a test is ordered by: theirs where it is known, else the first that the chart has."""
    coding = concept.coding if concept else ()
    known = next((each.code for each in coding if each.system == theirs and each.code), None)
    return known or next((each.code for each in coding if each.code), None)


# Money
def price_of(one: ChargeItem) -> tuple[int | float | None, int | float, int | float | None]:
    """Price of one, how many, and the sum: FHIR's priceOverride is the sum of the whole line.

    The price of one is left out where the sum is no multiple of it to the hundredth.
    """
    quantity = one.quantity.value if one.quantity is not None else None
    many = quantity or Decimal(1)
    total = one.price_override.value if one.price_override is not None else None
    if total is None:
        return None, plain(many) or 1, None
    each = (total / many).quantize(Decimal("0.01"))
    return plain(each) if each * many == total else None, plain(many) or 1, plain(total)


def procedure_code(concept: CodeableConcept | None) -> str | None:
    """The code of CPT; a price of the clinic's own list is none, whatever it looks like."""
    return code_in(concept, CPT)


def diagnosis_codes(concepts: Iterable[CodeableConcept | None], system: str = ICD10) -> list[str]:
    """The codes of one system, each once, in their order."""
    return list(dict.fromkeys(code for each in concepts if (code := code_in(each, system))))
