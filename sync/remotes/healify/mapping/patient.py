"""Patient <-> a Healify patient."""

from typing import Any

from sync.port import Links, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.condition import Condition
from sync.records.elements import CodeableConcept, Coding, Resource
from sync.records.medication import MedicationStatement
from sync.telling import people
from sync.telling.allergies import names_one, say_none_known
from sync.telling.folding import fold, fold_phone, fold_set
from sync.telling.lenses import Lens, add, block, in_words, nothing, of, shown
from sync.telling.words import words

UNCONFIRMED = {
    "AllergyIntolerance": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
    "Condition": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
}


def unconfirmed(kind: str) -> CodeableConcept:
    """That nobody here has confirmed what another system says."""
    return CodeableConcept(coding=(Coding(system=UNCONFIRMED[kind], code="unconfirmed"),))


def _named(record: Resource) -> str | None:
    concept = getattr(record, "code", None) or getattr(record, "medication_codeable_concept", None)
    return words(concept) if isinstance(concept, CodeableConcept) else None


def _missing(story: Story, kind: type[Resource], said: Any) -> list[str]:
    """The words that no record of the kind bears: what is missing there never takes anything away here."""
    here = {str(fold(_named(each))).casefold() for each in of(story, kind)}
    return [each for each in dict.fromkeys(_texts(said)) if str(fold(each)).casefold() not in here]


def _texts(said: Any) -> list[str]:
    return [each for each in said if isinstance(each, str) and fold(each)] if isinstance(said, list) else []


def put_history(story: Story, value: Any, _links: Links) -> Story:
    """Add what the history names and the chart does not, unconfirmed; nothing is taken away."""
    history = value if isinstance(value, dict) else {}
    # Not by an id: who it is follows, and what is said is the same before there is one and after.
    subject = {"display": "patient"}
    allergies = history.get("allergies")
    story = say_none_known(story, allergies if isinstance(allergies, list) else (), subject)
    for name in filter(names_one, _missing(story, AllergyIntolerance, history.get("allergies"))):
        story = add(
            story,
            AllergyIntolerance.model_validate(
                {
                    "resourceType": "AllergyIntolerance",
                    "verificationStatus": unconfirmed("AllergyIntolerance"),
                    "code": {"text": name},
                    "patient": subject,
                }
            ),
        )
    for name in _missing(story, Condition, history.get("conditions")):
        story = add(
            story,
            Condition.model_validate(
                {
                    "resourceType": "Condition",
                    "verificationStatus": unconfirmed("Condition"),
                    "code": {"text": name},
                    "subject": subject,
                }
            ),
        )
    for name in _missing(story, MedicationStatement, history.get("medications")):
        story = add(
            story,
            MedicationStatement.model_validate(
                {
                    "resourceType": "MedicationStatement",
                    "status": "unknown",
                    "medicationCodeableConcept": {"text": name},
                    "subject": subject,
                }
            ),
        )
    return story


def _fold_history(value: Any) -> Any:
    return {name: fold_set(each) for name, each in sorted(value.items())} if isinstance(value, dict) else fold(value)


def _reads_history(value: Any) -> bool:
    """Whether each list is one of names: what else a history holds has no place here."""
    if not isinstance(value, dict):
        return False
    known = ("allergies", "conditions", "medications")
    return all(fold(each) is None or (name in known and _is_names(each)) for name, each in value.items())


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) or fold(each) is None for each in value)


LENSES = (
    Lens("first_name", people.given, people.put_given),
    Lens("last_name", people.family, people.put_family),
    Lens("email", *people.contact_point("email")),
    Lens("phone", *people.contact_point("phone"), fold_phone),
    Lens("date_of_birth", people.born, people.put_born, people.fold_born),
    in_words(Lens("gender", people.gender, people.put_gender), people.GENDERS),
    block(
        "address",
        (
            ("street", people.street, people.put_street),
            ("city", *people.address_part("city")),
            ("state", *people.address_part("state")),
            ("zip", *people.address_part("postal_code")),
            ("country", *people.address_part("country")),
        ),
        clear=people.no_address,
        known="street city state zip country",
    ),
    block(
        "emergency_contact",
        (
            ("name", people.contact_name, people.put_contact_name),
            ("phone", people.contact_phone, people.put_contact_phone),
            ("relationship", people.contact_relation, people.put_contact_relation),
        ),
        folds={"phone": fold_phone},
        clear=people.no_contact,
        known="name phone relationship",
    ),
    Lens("medical_history", nothing, put_history, _fold_history, told=False, reads=_reads_history),
    shown("conditions"),
    shown("medicines"),
    shown("created_at"),
    shown("updated_at"),
)
# Allergies, problems and medicines are shown there and cannot be told: they are among what has no home.
HOMES = frozenset({"person to call"})
