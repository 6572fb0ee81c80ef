"""A patient there: a register with allergies, conditions and medicines as bare texts.

What is added there is added here, unconfirmed. What is gone there is never taken away here by itself (the profile asks
a person); where the person agrees, it becomes inactive and stays in the chart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sync.port import Kind, Links, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.condition import Condition
from sync.records.elements import Annotation, CodeableConcept, Coding, Reference, Resource
from sync.records.medication import Dosage, MedicationStatement
from sync.records.observation import Observation
from sync.records.patient import Patient
from sync.remotes.hms_enterprise.mapping.names import SYSTEM, TITLE
from sync.telling import people
from sync.telling.allergies import NONE_KNOWN, names_one, say_none_known
from sync.telling.folding import fold, fold_phone, fold_set
from sync.telling.lenses import Lens, add, block, change, first_of, in_words, of, shown, swap
from sync.telling.words import LOINC, code_in, id_there, with_identifier, words
from sync.telling.work import BLOOD_TYPE, dose_words, frequency_words

# The number that people there read (P20240001); the id in paths is another.
NUMBER = f"{id_there(SYSTEM, Kind.PATIENT)}:number"
GENDERS: Mapping[str, str] = {"male": "M", "female": "F", "other": "O", "unknown": "U"}
SAID_THERE = f"As {TITLE} has it; not confirmed here."
_STATUS = "http://terminology.hl7.org/CodeSystem"
R = TypeVar("R", bound=Resource)


def _gender(story: Story, _links: Links) -> str | None:
    return GENDERS.get(first_of(story, Patient).gender or "")


def _put_gender(story: Story, value: Any, _links: Links) -> Story:
    ours = {code: word for word, code in GENDERS.items()}
    if fold(value) is None:
        return change(story, gender=None)
    made = ours.get(str(_fold_gender(value)))
    return change(story, gender=made) if made else story  # a word that nobody knows is none of these


def _fold_gender(value: Any) -> Any:
    return GENDERS.get(value, fold(value)) if isinstance(value, str) else fold(value)


def _code(concept: CodeableConcept | None) -> str | None:
    return next((each.code for each in concept.coding if each.code), None) if concept else None


def _holds(clinical: CodeableConcept | None, verification: CodeableConcept | None) -> bool:
    return _code(clinical) not in {"inactive", "resolved", "remission"} and _code(verification) not in {
        "refuted",
        "entered-in-error",
    }


def allergies_of(story: Story) -> list[AllergyIntolerance]:
    """The allergies that hold."""
    return [
        each
        for each in of(story, AllergyIntolerance)
        if _holds(each.clinical_status, each.verification_status)
        and not any(coding.code in NONE_KNOWN for coding in (each.code.coding if each.code else ()))
    ]


def _conditions_of(story: Story) -> list[Condition]:
    return [each for each in of(story, Condition) if _holds(each.clinical_status, each.verification_status)]


def _taken_of(story: Story) -> list[MedicationStatement]:
    gone = {"completed", "entered-in-error", "stopped", "not-taken"}
    return [each for each in of(story, MedicationStatement) if each.status not in gone]


def _texts(meanings: list[CodeableConcept | None]) -> list[str]:
    return list(dict.fromkeys(text for each in meanings if (text := words(each))))


def _allergies(story: Story, _links: Links) -> list[str]:
    return _texts([each.code for each in allergies_of(story)])


def _problems(story: Story, _links: Links) -> list[str]:
    return _texts([each.code for each in _conditions_of(story)])


def _lay_texts(
    story: Story,
    value: Any,
    known: Callable[[Story], list[R]],
    called: Callable[[R], str | None],
    make: Callable[[str, Reference], Resource],
    end: Callable[[R], R],
) -> Story:
    """Add what is new there, and let end what a person agreed is gone there."""
    given = [each for each in value if isinstance(each, str) and each.strip()] if isinstance(value, list) else []
    wanted = {str(fold(each)) for each in given}
    here = {str(fold(called(each))) for each in known(story)}
    # One that cannot be read may be any of those that stand here.
    ended = known(story) if _all_read(value, given) else []
    for each in ended:
        if str(fold(called(each))) not in wanted:
            story = swap(story, each, end(each))
    for text in dict.fromkeys(given):
        if str(fold(text)) not in here:
            story = add(story, make(text, _about(story)))
    return story


def _all_read(value: Any, given: list[Any]) -> bool:
    return fold(value) is None or (
        isinstance(value, list) and len(given) == sum(fold(one) is not None for one in value)
    )


def _about(story: Story) -> Reference:
    here = story.patient_id or story.first.id
    return Reference(reference=f"Patient/{here}") if here else Reference(display="the patient")


def _coded(system: str, code: str) -> CodeableConcept:
    return CodeableConcept(coding=(Coding(system=f"{_STATUS}/{system}", code=code),))


def _new_allergy(text: str, patient: Reference) -> Resource:
    return AllergyIntolerance(
        resource_type="AllergyIntolerance",
        verification_status=_coded("allergyintolerance-verification", "unconfirmed"),
        code=CodeableConcept(text=text),
        patient=patient,
        note=(Annotation(text=SAID_THERE),),
    )


def _new_problem(text: str, patient: Reference) -> Resource:
    return Condition(
        resource_type="Condition",
        verification_status=_coded("condition-ver-status", "provisional"),
        code=CodeableConcept(text=text),
        subject=patient,
        note=(Annotation(text=SAID_THERE),),
    )


def _put_allergies(story: Story, value: Any, _links: Links) -> Story:
    ended = _coded("allergyintolerance-clinical", "inactive")
    return _lay_texts(
        story, _names(value), allergies_of, lambda each: words(each.code), _new_allergy,
        lambda each: each.model_copy(update={"clinical_status": ended}),
    )  # fmt: skip


def with_none_known(records: Sequence[Resource], story: Story, value: Any) -> tuple[Resource, ...]:
    """The records with what a list says of no allergy that is known: it is told to nobody, and agreed by both."""
    laid = replace(story, first=records[0], rest=tuple(records[1:]))
    said = say_none_known(laid, value if isinstance(value, (list, tuple)) else (), _about(laid), SAID_THERE)
    return (said.first, *said.rest)


def _names(value: Any) -> Any:
    """A list of allergies without the words in it that name none."""
    return (
        [each for each in value if not isinstance(each, str) or names_one(each)] if isinstance(value, list) else value
    )


def _fold_allergies(value: Any) -> Any:
    """An empty list and one that says that none is known are agreed: nothing is told or taken out for it."""
    return fold_set(_names(value))


def _reads_allergies(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) or fold(each) is None for each in value)


def _put_problems(story: Story, value: Any, _links: Links) -> Story:
    ended = _coded("condition-clinical", "inactive")
    return _lay_texts(
        story, value, _conditions_of, lambda each: words(each.code), _new_problem,
        lambda each: each.model_copy(update={"clinical_status": ended}),
    )  # fmt: skip


def _medicine(one: MedicationStatement) -> dict[str, str]:
    dosage = one.dosage[0] if one.dosage else None
    found = {
        "name": words(one.medication_codeable_concept) or "medicine",
        "dosage": dose_words(dosage) or (dosage.text if dosage else None),
        "frequency": frequency_words(dosage),
    }
    return {name: value for name, value in found.items() if value}


def _medicines(story: Story, _links: Links) -> list[dict[str, str]]:
    return [_medicine(each) for each in _taken_of(story)]


def _put_medicines(story: Story, value: Any, _links: Links) -> Story:
    given = [each for each in value if isinstance(each, dict) and each.get("name")] if isinstance(value, list) else []
    wanted = [fold(each) for each in given]
    here = [fold(_medicine(each)) for each in _taken_of(story)]
    for each in _taken_of(story) if _all_read(value, given) else []:
        if fold(_medicine(each)) not in wanted:
            story = swap(story, each, each.model_copy(update={"status": "stopped"}))
    for item, folded in zip(given, wanted, strict=True):
        if folded not in here:
            here.append(folded)
            story = add(story, _statement(item, _about(story)))
    return story


def _statement(item: Mapping[str, Any], patient: Reference) -> MedicationStatement:
    dose, often = (item.get(name) if isinstance(item.get(name), str) else None for name in ("dosage", "frequency"))
    timing = {"code": {"text": often}} if often else None
    return MedicationStatement(
        resource_type="MedicationStatement",
        status="active",
        medication_codeable_concept=CodeableConcept(text=str(item["name"])),
        subject=patient,
        dosage=(Dosage(text=dose or None, timing=timing),) if dose or timing else (),
        note=(Annotation(text=SAID_THERE),),
    )


def _blood_of(story: Story) -> list[Observation]:
    return [
        each
        for each in of(story, Observation)
        if code_in(each.code, LOINC) == BLOOD_TYPE and each.status != "entered-in-error"
    ]


def _blood(story: Story, _links: Links) -> str | None:
    found = _blood_of(story)
    return (found[-1].value_string or words(found[-1].value_codeable_concept)) if found else None


def _put_blood(story: Story, value: Any, _links: Links) -> Story:
    """Their blood type beside ours, never instead of it: a transfusion is typed anew in any case."""
    if not isinstance(value, str) or not value:
        return story
    made = Observation(
        resource_type="Observation",
        status="preliminary",
        code=CodeableConcept(coding=(Coding(system=LOINC, code=BLOOD_TYPE),)),
        value_string=value,
        subject=_about(story),
        performer=(Reference(display=TITLE),),
    )
    return add(story, made)


def _put_number(story: Story, value: Any, _links: Links) -> Story:
    return change(story, identifier=with_identifier(first_of(story, Patient).identifier, NUMBER, value))


def _number(story: Story, _links: Links) -> str | None:
    return next((each.value for each in first_of(story, Patient).identifier if each.system == NUMBER), None)


_MEDICINE = frozenset({"name", "dosage", "frequency"})
LENSES = (
    Lens("first_name", people.given, people.put_given),
    Lens("last_name", people.family, people.put_family),
    Lens("date_of_birth", people.born, people.put_born, people.fold_born),
    in_words(Lens("gender", _gender, _put_gender, _fold_gender), {*GENDERS, *GENDERS.values()}),
    Lens("contact_number", *people.contact_point("phone"), same=fold_phone),
    Lens("email", *people.contact_point("email")),
    block(
        "address",
        (
            ("street", people.street, people.put_street),
            ("city", *people.address_part("city")),
            ("state", *people.address_part("state")),
            ("zip_code", *people.address_part("postal_code")),
            ("country", *people.address_part("country")),
        ),
    ),
    block(
        "emergency_contact",
        (
            ("name", people.contact_name, people.put_contact_name),
            ("relationship", people.contact_relation, people.put_contact_relation),
            ("phone", people.contact_phone, people.put_contact_phone),
        ),
    ),
    Lens("blood_type", _blood, _put_blood),
    Lens("allergies", _allergies, _put_allergies, same=_fold_allergies, reads=_reads_allergies),
    Lens("medical_conditions", _problems, _put_problems, same=fold_set),
    Lens("current_medications", _medicines, _put_medicines, same=fold_set, parts=_MEDICINE),
    Lens("patient_id", _number, _put_number, told=False),
    shown("is_active"),
)
HOMES = frozenset({"person to call", "allergies", "problems", "medicines", "blood type"})


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of a patient that has no place there, and what of an allergy."""
    found = list(people.homeless(story, HOMES))
    if any(each.reaction or each.criticality for each in allergies_of(story)):
        found.append("reaction and severity of an allergy")
    return tuple(found)


def blank(story: Story | None) -> Story:
    """A patient of whom the chart knows nothing yet."""
    return story or Story(Kind.PATIENT, "", 0, None, Patient(resource_type="Patient"))
