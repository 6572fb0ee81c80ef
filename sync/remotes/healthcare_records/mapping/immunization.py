"""Immunization <-> a dose in the Healthcare Records API."""

from decimal import Decimal
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.elements import CodeableConcept, Quantity, Reference
from sync.records.immunization import Immunization, Performer
from sync.records.practitioner import Practitioner
from sync.remotes.healthcare_records.mapping.patient import SYSTEM
from sync.telling.folding import day
from sync.telling.lenses import Get, Lens, Put, change, first_of, nothing, of, shown
from sync.telling.people import practitioner_name
from sync.telling.words import CVX, code_in, fold_snake, local_id, meant, refer, snake, told_id, with_code, words

NO_CODE = "The vaccine has no CVX code, which this system needs: give the vaccine its code, then it is sent."
NOT_GIVEN = "This dose was not given. The system has no place for doses that were not given: tell them if they need it."


def dose(story: Story) -> Immunization:
    """The dose."""
    return first_of(story, Immunization)


def refused(story: Story) -> str | None:
    """Why a dose cannot be told."""
    if dose(story).status != "completed":
        return NOT_GIVEN
    return None if code_in(dose(story).vaccine_code, CVX) else NO_CODE


def _patient(story: Story, links: Links) -> Any:
    return told_id(dose(story).patient, SYSTEM, Kind.PATIENT, links)


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    return change(story, patient=refer(SYSTEM, Kind.PATIENT, value, links) or dose(story).patient)


def _code(story: Story, _links: Links) -> Any:
    return code_in(dose(story).vaccine_code, CVX)


def _put_code(story: Story, value: Any, _links: Links) -> Story:
    code = value if isinstance(value, str) else None
    before = dose(story).vaccine_code
    if code:
        # Neither the old name nor codes of other systems belong to another vaccine.
        kept = () if code_in(before, CVX) else before.coding
        before = before.model_copy(update={"text": None, "coding": kept})
    return change(story, vaccine_code=with_code(before, CVX, code))


def _put_name(story: Story, value: Any, _links: Links) -> Story:
    """What the vaccine is called there, where nothing but its code is known here."""
    known = dose(story).vaccine_code
    if not isinstance(value, str) or not value or known.text or any(each.display for each in known.coding):
        return story
    return change(story, vaccine_code=known.model_copy(update={"text": value}))


def _given(story: Story, _links: Links) -> Any:
    return day(dose(story).occurrence_date_time)


def _put_given(story: Story, value: Any, _links: Links) -> Story:
    return change(story, occurrence_date_time=value or None)


def named(story: Story, reference: Reference | None) -> str | None:
    """What somebody who cares is called."""
    wanted = local_id(reference)
    one = next((each for each in of(story, Practitioner) if wanted and each.id == wanted), None)
    return practitioner_name(one) if one else (reference.display if reference else None)


def _giver(story: Story, _links: Links) -> Any:
    return named(story, dose(story).performer[0].actor) if dose(story).performer else None


def _put_giver(story: Story, value: Any, _links: Links) -> Story:
    made = (Performer(actor=Reference(display=value)),) if value else ()
    return change(story, performer=(*made, *dose(story).performer[1:]))


def _plain(field: str) -> tuple[Get, Put]:
    def get(story: Story, _links: Links) -> Any:
        return getattr(dose(story), field)

    def put(story: Story, value: Any, _links: Links) -> Story:
        return change(story, **{field: value or None})

    return get, put


def _concept(field: str) -> tuple[Get, Put]:
    def get(story: Story, _links: Links) -> Any:
        found: CodeableConcept | None = getattr(dose(story), field)
        return snake(words(found))

    def put(story: Story, value: Any, _links: Links) -> Story:
        return change(story, **{field: meant(value) if isinstance(value, str) else None})

    return get, put


def _amount(story: Story, _links: Links) -> Any:
    found = dose(story).dose_quantity
    if found is None or found.value is None:
        return None
    value = Decimal(found.value)
    return int(value) if value == value.to_integral_value() else float(value)


def _with_amount(story: Story, **fields: Any) -> Story:
    found = (dose(story).dose_quantity or Quantity()).model_copy(update=fields)
    return change(story, dose_quantity=found)


def _put_amount(story: Story, value: Any, _links: Links) -> Story:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return _with_amount(story, value=Decimal(str(value)) if number else None)


def _unit(story: Story, _links: Links) -> Any:
    found = dose(story).dose_quantity
    return (found.unit or found.code) if found else None


def _put_unit(story: Story, value: Any, _links: Links) -> Story:
    return _with_amount(story, unit=value or None, code=None, system=None)


LENSES = (
    Lens("patient_id", _patient, _put_patient),
    Lens("vaccine_code", _code, _put_code),
    Lens("administration_date", _given, _put_given),
    Lens("provider_name", _giver, _put_giver),
    Lens("lot_number", *_plain("lot_number")),
    Lens("expiration_date", *_plain("expiration_date")),
    Lens("site", *_concept("site"), fold_snake),
    Lens("route", *_concept("route"), fold_snake),
    Lens("dose_quantity", _amount, _put_amount),
    Lens("dose_unit", _unit, _put_unit),
    Lens("funding_source", *_concept("funding_source"), fold_snake),
    shown("adverse_reactions"),
    Lens("vaccine_name", nothing, _put_name, told=False),
    shown("created_at"),
    shown("updated_at"),
)


def homeless(story: Story) -> tuple[str, ...]:
    """What of a dose has no place there."""
    one = dose(story)
    said = {
        "number in the series": bool(one.protocol_applied),
        "time of day": bool(one.occurrence_date_time and "T" in one.occurrence_date_time),
        "eligibility": bool(one.program_eligibility),
        "notes": bool(one.note),
    }
    return tuple(name for name, has in said.items() if has)
