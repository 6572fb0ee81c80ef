"""A patient there: flat when written and listed, nested when read; what is known of their past is read alone."""

from collections.abc import Mapping
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.coverage import Coverage
from sync.records.patient import Patient
from sync.remotes.arocord_hims.mapping import past
from sync.remotes.arocord_hims.mapping.names import SYSTEM
from sync.telling import people
from sync.telling.folding import fold, fold_phone
from sync.telling.lenses import Lens, add, block, change, first_of, nothing, of, shown
from sync.telling.words import MRN, id_there, identifier_of, with_identifier

# Their own number of a patient, where it is not ours.
THEIR_MRN = f"{id_there(SYSTEM, Kind.PATIENT)}:mrn"


def _mrn(story: Story, _links: Links) -> str | None:
    numbers = first_of(story, Patient).identifier
    return identifier_of(numbers, THEIR_MRN) or identifier_of(numbers, MRN)


def _put_mrn(story: Story, value: Any, _links: Links) -> Story:
    """Their number beside ours: the clinic's own is never changed from outside."""
    return change(story, identifier=with_identifier(first_of(story, Patient).identifier, THEIR_MRN, value))


def _put_insurance(story: Story, value: Any, _links: Links) -> Story:
    """A cover that the chart does not have under that number is added; the chart's own stay as they are."""
    given = value if isinstance(value, dict) else {}
    number, provider, group = (_text(given.get(name)) for name in ("policy_number", "provider", "group_number"))
    if number is None or any(fold(each.subscriber_id) == fold(number) for each in of(story, Coverage)):
        return story
    found: dict[str, Any] = {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": number,
        "beneficiary": past.PATIENT,
        "payor": [{"display": provider or "not named"}],
    }
    if group:
        found["class"] = [{"type": {"coding": [{"code": "group"}], "text": "group"}, "value": group}]
    return add(story, Coverage.model_validate(found))


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _reads_insurance(value: Any) -> bool:
    """Whether a cover has the number it is known by; what has none says of no cover."""
    if not isinstance(value, dict):
        return False
    members = [value.get(name) for name in ("policy_number", "provider", "group_number")]
    return all(each is None or isinstance(each, str) for each in members)


LENSES = (
    Lens("mrn", _mrn, _put_mrn),
    Lens("first_name", people.given, people.put_given),
    Lens("last_name", people.family, people.put_family),
    Lens("date_of_birth", people.born, people.put_born, people.fold_born),
    Lens("gender", people.gender, people.put_gender, reads=people.is_gender),
    Lens("phone", *people.contact_point("phone"), same=fold_phone),
    Lens("email", *people.contact_point("email")),
    block(
        "address",
        (
            ("street", people.street, people.put_street),
            ("city", *people.address_part("city")),
            ("state", *people.address_part("state")),
            ("zip", *people.address_part("postal_code")),
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
    Lens("insurance", nothing, _put_insurance, told=False, reads=_reads_insurance),
    Lens("medical_history", nothing, past.put_history, told=False, reads=past.reads_history),
    # Beside it by name alone: what is said no longer is known by these, and stays here until a person has decided.
    shown("diagnoses"),
    shown("medicines"),
    shown("is_active"),
)
HOMES = frozenset({"record number", "person to call"})


def body_of(raw: Mapping[str, Any]) -> Body:
    """The flat body of a patient, whether it came flat (list, echo) or nested (detail); unknown members stay in raw."""
    flat: Body = {}
    for name in ("mrn", "emergency_contact", "insurance", "is_active", "address", "gender", "phone", "email",
                 "first_name", "last_name", "date_of_birth"):  # fmt: skip
        if name in raw:
            flat[name] = raw[name]
    for name in ("demographics", "contact"):
        nested = raw.get(name)
        if isinstance(nested, dict):
            flat |= {member: nested[member] for member in _NESTED[name] if member in nested}
    return flat


_NESTED = {
    "demographics": ("first_name", "last_name", "date_of_birth", "gender"),
    "contact": ("phone", "email", "address"),
}


def nested(body: Body) -> dict[str, Any]:
    """The body as the detail shows it."""
    made: dict[str, Any] = {name: value for name, value in body.items() if name not in _FLAT}
    for name, members in _NESTED.items():
        inner = {member: body[member] for member in members if member in body}
        if inner:
            made[name] = inner
    return made


_FLAT = frozenset(member for members in _NESTED.values() for member in members)


def blank(story: Story | None) -> Story:
    """A patient of whom the chart knows nothing yet."""
    return story or Story(Kind.PATIENT, "", 0, None, Patient(resource_type="Patient"))
