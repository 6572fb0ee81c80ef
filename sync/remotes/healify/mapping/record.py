"""Encounter with vital signs, diagnoses and note, or a document <-> a Healify medical record."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.condition import Condition
from sync.records.document import DocumentReference
from sync.records.elements import CodeableConcept, Period, Quantity, Reference
from sync.records.encounter import Encounter, Participant
from sync.records.observation import Observation
from sync.remotes.healify.mapping.parties import SYSTEM, fold_provider, here, provider, there
from sync.remotes.healify.mapping.patient import unconfirmed
from sync.telling.folding import fold, fold_set, utc
from sync.telling.lenses import Lens, add, block, change, first_of, of, shown, swap
from sync.telling.notes import content, lay_note, note_of, text_of
from sync.telling.words import LOINC, THERE, UCUM, code_in, with_code, words

# The kinds of record that are a visit; every other is a document.
VISITS = frozenset({"consultation", "examination"})
TYPE = f"{THERE}:{SYSTEM}:record-type"
PRESSURE = ("8480-6", "8462-4")
# Healify states no units; its examples are those of the United States. What comes is kept as it was given, with the
# unit marked as assumed; what goes is converted from the unit that the chart states.
ASSUMED = {"8310-5": "[degF]", "29463-7": "[lb_av]", "8867-4": "/min"}
POUNDS = Decimal("0.45359237")


def _same(value: Decimal) -> Decimal:
    return value


_PRESSURES: Mapping[str, Callable[[Decimal], Decimal]] = {"mm[Hg]": _same, "mmHg": _same}
# By LOINC code and unit, how a value becomes one in the unit that Healify is assumed to mean.
_CONVERTED: Mapping[str, Mapping[str, Callable[[Decimal], Decimal]]] = {
    **dict.fromkeys(PRESSURE, _PRESSURES),
    "8867-4": {"/min": _same, "{beats}/min": _same},
    "8310-5": {"[degF]": _same, "Cel": lambda value: value * 9 / 5 + 32},
    "29463-7": {
        "[lb_av]": _same, "kg": lambda value: value / POUNDS, "g": lambda value: value / 1000 / POUNDS,
    },
}  # fmt: skip
_WRONG = "entered-in-error"


def subject(story: Story) -> Reference | None:
    """Whose it is."""
    return story.first.subject if isinstance(story.first, (Encounter, DocumentReference)) else None


def whose(story: Story, links: Links) -> Any:
    """The patient's id there."""
    return there(subject(story), Kind.PATIENT, links)


def put_whose(story: Story, value: Any, links: Links) -> Story:
    """Lay whose it is."""
    return change(story, subject=here(Kind.PATIENT, value, links))


def _title(story: Story, _links: Links) -> Any:
    types = first_of(story, Encounter).type
    return (words(_without_type(types[0])) if types else None) or "Visit"


def _without_type(concept: CodeableConcept) -> CodeableConcept:
    return with_code(concept, TYPE, None)


def _put_title(story: Story, value: Any, _links: Links) -> Story:
    types = first_of(story, Encounter).type
    kind = code_in(types[0], TYPE) if types else None
    made = with_code(CodeableConcept(text=value or None), TYPE, kind)
    return change(story, type=(made, *types[1:]))


def _type(story: Story, _links: Links) -> Any:
    types = first_of(story, Encounter).type
    return (code_in(types[0], TYPE) if types else None) or "consultation"


def _put_type(story: Story, value: Any, _links: Links) -> Story:
    types = first_of(story, Encounter).type
    made = with_code(types[0] if types else None, TYPE, value if isinstance(value, str) else None)
    return change(story, type=(made, *types[1:]))


def _date(story: Story, _links: Links) -> Any:
    period = first_of(story, Encounter).period
    return utc(period.start) if period and period.start else None


def _put_date(story: Story, value: Any, _links: Links) -> Story:
    period = first_of(story, Encounter).period or Period()
    return change(story, period=period.model_copy(update={"start": value or None}))


def _seer(story: Story) -> Reference | None:
    people = first_of(story, Encounter).participant
    return people[0].individual if people else None


def _put_seer(story: Story, value: Any, links: Links) -> Story:
    given = value if isinstance(value, dict) else {}
    people = first_of(story, Encounter).participant
    reference = here(Kind.PRACTITIONER, given.get("id"), links, given.get("name"))
    one = (people[0] if people else Participant()).model_copy(update={"individual": reference})
    return change(story, participant=(one, *people[1:]) if reference else people[1:])


def diagnoses(story: Story) -> list[Condition]:
    """The diagnoses that hold."""
    return [each for each in of(story, Condition) if _WRONG not in _codes(each.verification_status)]


def _codes(concept: CodeableConcept | None) -> set[str | None]:
    return {each.code for each in concept.coding} if concept else set()


def _diagnosis(story: Story, _links: Links) -> Any:
    return [name for each in diagnoses(story) if (name := words(each.code))]


def _put_diagnosis(story: Story, value: Any, _links: Links) -> Story:
    """Add what is new, unconfirmed; what a person agreed to take away stays, as entered in error."""
    if fold(value) is not None and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        return story  # one that cannot be read may be any of those that stand here
    said = [each for each in value or () if fold(each)]
    names = {fold(each) for each in said}
    for each in diagnoses(story):
        if fold(words(each.code)) not in names:
            wrong = with_code(each.verification_status, _VERIFICATION, _WRONG)
            story = swap(story, each, each.model_copy(update={"verification_status": wrong}))
    known = {fold(words(each.code)) for each in diagnoses(story)}
    whose_it_is = subject(story) or Reference(display="patient")
    for name in dict.fromkeys(said):
        if fold(name) not in known:
            made = Condition(
                resource_type="Condition",
                verification_status=unconfirmed("Condition"),
                code=CodeableConcept(text=name),
                subject=whose_it_is,
                encounter=Reference(reference=f"Encounter/{story.first.id}") if story.first.id else None,
            )
            story = add(story, made)
    return story


_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def sign(story: Story, code: str) -> Observation | None:
    """The last vital sign of a LOINC code whose unit is known: of any other nobody could say what is told."""
    return next((each for each in reversed(signs(story, code)) if _converted(each) is not None), None)


def signs(story: Story, code: str) -> list[Observation]:
    """Every vital sign of a LOINC code that holds, in the order in which they were measured."""
    return [each for each in of(story, Observation) if code_in(each.code, LOINC) == code and each.status != _WRONG]


def _converted(one: Observation) -> Decimal | None:
    amount = one.value_quantity
    if amount is None or amount.value is None:
        return None
    change_of = _CONVERTED.get(code_in(one.code, LOINC) or "", {}).get(amount.code or amount.unit or "")
    return change_of(Decimal(amount.value)) if change_of else None


def measured(story: Story, code: str) -> Any:
    """A vital sign in the unit that Healify is assumed to mean; none where the chart's own unit is not known."""
    one = sign(story, code)
    found = _converted(one) if one else None
    if found is None:
        return None
    value = round(found, 1)
    return int(value) if value == value.to_integral_value() else float(value)


def with_sign(story: Story, code: str, value: Any, unit: str) -> Story:
    """Lay a value as it was given: an existing one is amended, and says so."""
    before = sign(story, code)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return story if before is None else swap(story, before, before.model_copy(update={"status": _WRONG}))
    assumed = " (assumed)" if code in ASSUMED and unit.startswith("[") else ""
    amount = Quantity(value=Decimal(str(value)), unit=f"{unit}{assumed}", system=UCUM, code=unit)
    if before is not None:
        return swap(story, before, before.model_copy(update={"value_quantity": amount, "status": "amended"}))
    made = Observation(
        resource_type="Observation",
        status="final",
        code=with_code(None, LOINC, code),
        subject=subject(story),
        encounter=Reference(reference=f"Encounter/{story.first.id}") if story.first.id else None,
        value_quantity=amount,
    )
    return add(story, made)


def vital(code: str) -> tuple[Callable[[Story, Links], Any], Callable[[Story, Any, Links], Story]]:
    """One vital sign."""

    def get(story: Story, _links: Links) -> Any:
        return measured(story, code)

    def put(story: Story, value: Any, _links: Links) -> Story:
        return with_sign(story, code, value, ASSUMED[code])

    return get, put


def pressure(story: Story, _links: Links) -> Any:
    """Blood pressure as ``128/82``."""
    high, low = (measured(story, code) for code in PRESSURE)
    return f"{high}/{low}" if high is not None and low is not None else None


def put_pressure(story: Story, value: Any, _links: Links) -> Story:
    """Lay both values; a text that is no pressure changes nothing."""
    high, slash, low = value.partition("/") if isinstance(value, str) else ("", "", "")
    if value and not (slash and high.strip().isdecimal() and low.strip().isdecimal()):
        return story
    for code, part in zip(PRESSURE, (high, low), strict=True):
        story = with_sign(story, code, int(part) if part else None, "mm[Hg]")
    return story


def _notes(story: Story, _links: Links) -> Any:
    return note_of(story)


def _put_notes(story: Story, value: Any, _links: Links) -> Story:
    return lay_note(story, value if isinstance(value, str) else None)


VISIT = (
    Lens("patient_id", whose, put_whose),
    Lens("title", _title, _put_title),
    Lens("type", _type, _put_type),
    Lens("date", _date, _put_date),
    Lens("provider", provider(_seer, specialty=True), _put_seer, fold_provider),
    Lens("diagnosis", _diagnosis, _put_diagnosis, fold_set),
    Lens("notes", _notes, _put_notes),
    block(
        "vitals",
        (
            ("blood_pressure", pressure, put_pressure),
            ("heart_rate", *vital("8867-4")),
            ("temperature", *vital("8310-5")),
            ("weight", *vital("29463-7")),
        ),
        known="blood_pressure heart_rate temperature weight",
    ),
    shown("attachments"),
    shown("created_at"),
    shown("updated_at"),
)


def _author(story: Story) -> Reference | None:
    return next(iter(first_of(story, DocumentReference).author), None)


def _put_author(story: Story, value: Any, links: Links) -> Story:
    given = value if isinstance(value, dict) else {}
    reference = here(Kind.PRACTITIONER, given.get("id"), links, given.get("name"))
    rest = first_of(story, DocumentReference).author[1:]
    return change(story, author=(reference, *rest) if reference else rest)


def _document_title(story: Story, _links: Links) -> Any:
    document = first_of(story, DocumentReference)
    return document.description or words(document.type) or "Document"


def _put_document_title(story: Story, value: Any, _links: Links) -> Story:
    return change(story, description=value or None)


def _document_type(story: Story, _links: Links) -> Any:
    return code_in(first_of(story, DocumentReference).type, TYPE) or "document"


def _put_document_type(story: Story, value: Any, _links: Links) -> Story:
    before = first_of(story, DocumentReference).type
    return change(story, type=with_code(before, TYPE, value if isinstance(value, str) else None))


def _document_date(story: Story, _links: Links) -> Any:
    date = first_of(story, DocumentReference).date
    return utc(date) if date else None


def _put_document_date(story: Story, value: Any, _links: Links) -> Story:
    return change(story, date=value or None)


def _text(story: Story, _links: Links) -> Any:
    return text_of(first_of(story, DocumentReference))


def _put_text(story: Story, value: Any, _links: Links) -> Story:
    return change(story, content=content(value) if isinstance(value, str) and value else ())


DOCUMENT = (
    Lens("patient_id", whose, put_whose),
    Lens("title", _document_title, _put_document_title),
    Lens("type", _document_type, _put_document_type),
    Lens("date", _document_date, _put_document_date),
    Lens("provider", provider(_author, specialty=True), _put_author, fold_provider),
    Lens("notes", _text, _put_text),
    shown("diagnosis"),
    shown("vitals"),
    shown("attachments"),
    shown("created_at"),
    shown("updated_at"),
)


def homeless(story: Story) -> tuple[str, ...]:
    """What of a visit has no place there."""
    known = {*PRESSURE, *ASSUMED}
    others = [each for each in of(story, Observation) if code_in(each.code, LOINC) not in known]
    held = {code: signs(story, code) for code in known}
    reasons = first_of(story, Encounter).reason_code
    said = {
        "other vital signs": bool(others) or any(_converted(one) is None for found in held.values() for one in found),
        "earlier measurements": any(len(found) > 1 for found in held.values()),
        "codes of diagnoses": any(each.code and each.code.coding for each in diagnoses(story)),
        "reason of the visit": bool(reasons),
        "units and times of vital signs": any(held.values()),
    }
    return tuple(name for name, has in said.items() if has)


def refused(story: Story) -> str | None:
    """Why a document cannot be told: no system takes a file."""
    if text_of(first_of(story, DocumentReference)) is None:
        return "Healify takes no files: this document stays here. Send it another way if they need it."
    return None
