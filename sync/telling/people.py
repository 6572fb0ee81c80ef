"""A person as lenses read one: name, telephone, electronic address, postal address, somebody to call."""

import re
from typing import Any

from sync.port import Links, Story
from sync.records.elements import Address, CodeableConcept, ContactPoint, HumanName
from sync.records.patient import Communication, Contact, Patient
from sync.records.practitioner import Practitioner
from sync.telling.folding import day, fold
from sync.telling.lenses import Get, Put, among, change, first_of
from sync.telling.words import NPI, identifier_of, words

OFFICIAL = ("official", "usual", None)

# As systems write a day that keep it as an instant; another time of day might be the day before in another zone.
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?")


def _patient(story: Story) -> Patient:
    return first_of(story, Patient)


def _shown_name(patient: Patient) -> int | None:
    """The place of the name that is used: the official one, else the first that is not old or an alias."""
    for use in OFFICIAL:
        for place, name in enumerate(patient.name):
            if name.use == use:
                return place
    return 0 if patient.name else None


def name_of(patient: Patient) -> HumanName | None:
    """The name that is used."""
    place = _shown_name(patient)
    return None if place is None else patient.name[place]


def _with_name(story: Story, **fields: Any) -> Story:
    patient = _patient(story)
    place = _shown_name(patient)
    if place is None:
        return change(story, name=(HumanName(**fields),))
    names = list(patient.name)
    names[place] = names[place].model_copy(update=fields)
    return change(story, name=tuple(names))


def given(story: Story, _links: Links) -> str | None:
    """All given names, with spaces between."""
    name = name_of(_patient(story))
    return " ".join(filter(None, name.given)) or None if name else None


def put_given(story: Story, value: Any, _links: Links) -> Story:
    """Lay the given names over the name that is used."""
    return _with_name(story, given=(value,) if value else ())


def family(story: Story, _links: Links) -> str | None:
    """The family name; a name that is only one text is all family name."""
    name = name_of(_patient(story))
    if name is None:
        return None
    return name.family or (name.text if not any(name.given) else None)


def put_family(story: Story, value: Any, _links: Links) -> Story:
    """Lay the family name over the name that is used."""
    return _with_name(story, family=value or None)


def born(story: Story, _links: Links) -> str | None:
    """The day of birth; less than a day is not told."""
    return day(_patient(story).birth_date)


def fold_born(value: Any) -> Any:
    """A day of birth as it is compared: with the midnight it begins at it is that day."""
    written = _MIDNIGHT.fullmatch(value.strip()) if isinstance(value, str) else None
    return written[1] if written else fold(value)


def put_born(story: Story, value: Any, _links: Links) -> Story:
    """Lay a day of birth over the patient's; one with the midnight it begins at behind it is that day."""
    written = _MIDNIGHT.fullmatch(value) if isinstance(value, str) else None
    return change(story, birth_date=written[1] if written else value or None)


def gender(story: Story, _links: Links) -> str | None:
    """The gender as FHIR has it."""
    return _patient(story).gender


def put_gender(story: Story, value: Any, _links: Links) -> Story:
    """Lay a gender over the patient's; a word that is none of FHIR's is unknown."""
    said = value.strip().casefold() if isinstance(value, str) else value
    return change(story, gender=said if said in ("male", "female", "other", None) else "unknown")


# FHIR's words for a gender, and whether a gender is one of them.
GENDERS = frozenset({"male", "female", "other", "unknown"})
is_gender = among(GENDERS)


def _first_point(points: tuple[ContactPoint, ...], system: str) -> int | None:
    return next((place for place, each in enumerate(points) if each.system == system and each.value), None)


def point_of(points: tuple[ContactPoint, ...], system: str) -> str | None:
    """The first value of a kind of contact, unless it is no longer in use: then none is told."""
    place = _first_point(points, system)
    return None if place is None or points[place].use == "old" else points[place].value


def with_point(points: tuple[ContactPoint, ...], system: str, value: Any) -> tuple[ContactPoint, ...]:
    """The first of a kind of contact changed, the others as they were; what goes is kept as no longer in use."""
    place = _first_point(points, system)
    if place is None:
        return (*points, ContactPoint(system=system, value=value)) if value else points
    before = points[place]
    if not value:
        made: tuple[ContactPoint, ...] = (before.model_copy(update={"use": "old"}),)
    elif before.use == "old":
        made = (ContactPoint(system=system, value=value), before)
    else:
        made = (before.model_copy(update={"value": value}),)
    return (*points[:place], *made, *points[place + 1 :])


def contact_point(system: str) -> tuple[Get, Put]:
    """The patient's first telephone number or electronic address."""

    def get(story: Story, _links: Links) -> str | None:
        return point_of(_patient(story).telecom, system)

    def put(story: Story, value: Any, _links: Links) -> Story:
        return change(story, telecom=with_point(_patient(story).telecom, system, value))

    return get, put


def _home(patient: Patient) -> Address | None:
    """The first address, unless it is no longer in use: then none is told."""
    return patient.address[0] if patient.address and patient.address[0].use != "old" else None


def _with_home(story: Story, **fields: Any) -> Story:
    patient = _patient(story)
    before = _home(patient)
    home = (before or Address()).model_copy(update=fields)
    others = patient.address[1:] if before is not None else patient.address
    empty = not any((home.line, home.city, home.district, home.state, home.postal_code, home.country))
    return change(story, address=(*(() if empty else (home,)), *others))


def address_part(name: str) -> tuple[Get, Put]:
    """One plain member of the first address: city, state, postal_code, country."""

    def get(story: Story, _links: Links) -> str | None:
        home = _home(_patient(story))
        return getattr(home, name) if home else None

    def put(story: Story, value: Any, _links: Links) -> Story:
        return _with_home(story, **{name: value or None})

    return get, put


def street(story: Story, _links: Links) -> str | None:
    """All lines of the first address in one, where the system has one line alone."""
    home = _home(_patient(story))
    return ", ".join(filter(None, home.line)) or None if home else None


def put_street(story: Story, value: Any, _links: Links) -> Story:
    """Lay one line over the lines of the first address."""
    return _with_home(story, line=(value,) if value else ())


def line1(story: Story, _links: Links) -> str | None:
    """The first line of the first address."""
    home = _home(_patient(story))
    return next(filter(None, home.line), None) if home else None


def line2(story: Story, _links: Links) -> str | None:
    """Every further line of the first address in one."""
    home = _home(_patient(story))
    return ", ".join([each for each in home.line if each][1:]) or None if home else None


def put_line1(story: Story, value: Any, links: Links) -> Story:
    """Lay the first line; where there is none, there is no second either."""
    second = line2(story, links) if value else None
    return _with_home(story, line=tuple(filter(None, (value, second))))


def put_line2(story: Story, value: Any, links: Links) -> Story:
    """Lay the further lines."""
    first = line1(story, links)
    return _with_home(story, line=tuple(filter(None, (first, value))))


def _contact(patient: Patient) -> Contact | None:
    return patient.contact[0] if patient.contact else None


def _with_contact(story: Story, **fields: Any) -> Story:
    patient = _patient(story)
    one = (_contact(patient) or Contact()).model_copy(update=fields)
    empty = one.name is None and not one.relationship and not one.telecom
    return change(story, contact=(*(() if empty else (one,)), *patient.contact[1:]))


def contact_name(story: Story, _links: Links) -> str | None:
    """What the first contact is called."""
    one = _contact(_patient(story))
    if one is None or one.name is None:
        return None
    return one.name.text or " ".join(filter(None, (*one.name.given, one.name.family))) or None


def put_contact_name(story: Story, value: Any, _links: Links) -> Story:
    """Lay a name over the first contact."""
    return _with_contact(story, name=HumanName(text=value) if value else None)


def contact_phone(story: Story, _links: Links) -> str | None:
    """The first contact's telephone."""
    one = _contact(_patient(story))
    return point_of(one.telecom, "phone") if one else None


def put_contact_phone(story: Story, value: Any, _links: Links) -> Story:
    """Lay a telephone number over the first contact's."""
    one = _contact(_patient(story)) or Contact()
    return _with_contact(story, telecom=with_point(one.telecom, "phone", value))


def contact_relation(story: Story, _links: Links) -> str | None:
    """What the first contact is to the patient."""
    one = _contact(_patient(story))
    return words(one.relationship[0]) if one and one.relationship else None


def put_contact_relation(story: Story, value: Any, _links: Links) -> Story:
    """Lay a relation over the first contact's."""
    one = _contact(_patient(story)) or Contact()
    made = (CodeableConcept(text=value), *one.relationship[1:]) if value else ()
    return _with_contact(story, relationship=made)


def no_address(story: Story) -> Story:
    """The first address is no longer in use; it stays, and no other takes its place."""
    patient = _patient(story)
    if _home(patient) is None:
        return story
    return change(story, address=(patient.address[0].model_copy(update={"use": "old"}), *patient.address[1:]))


def no_contact(story: Story) -> Story:
    """Without the first person to call."""
    return change(story, contact=_patient(story).contact[1:])


LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian",
    "zh": "Chinese", "ar": "Arabic", "ru": "Russian", "vi": "Vietnamese", "ko": "Korean", "tl": "Tagalog",
}  # fmt: skip


def language(story: Story, _links: Links) -> str | None:
    """The language to speak with the patient, by its English name where it has one here."""
    spoken = _patient(story).communication
    said = words(spoken[0].language) if spoken else None
    return LANGUAGES.get(said, said) if said else None


def put_language(story: Story, value: Any, _links: Links) -> Story:
    """Lay a language over the first one."""
    rest = _patient(story).communication[1:]
    made = (Communication(language=CodeableConcept(text=value)),) if value else ()
    return change(story, communication=(*made, *rest))


def practitioner_name(one: Practitioner) -> str | None:
    """What somebody who cares is called."""
    if not one.name:
        return None
    name = one.name[0]
    return name.text or " ".join(filter(None, (*name.given, name.family))) or None


def practitioner_npi(one: Practitioner) -> str | None:
    """The national number of somebody who cares (United States)."""
    return identifier_of(one.identifier, NPI)


def homeless(story: Story, homes: frozenset[str]) -> tuple[str, ...]:
    """What the chart says of a patient that a system has no place for, in words."""
    patient = _patient(story)
    said = {
        "other names": len(patient.name) > 1,
        "other telephone numbers": sum(each.system == "phone" for each in patient.telecom) > 1,
        "other addresses": len(patient.address) > 1,
        "other people to call": len(patient.contact) > 1,
        "person to call": bool(patient.contact),
        "language": bool(patient.communication),
        "marital status": patient.marital_status is not None,
        "death": bool(patient.deceased_boolean or patient.deceased_date_time),
        "birth date of less than a day": patient.birth_date is not None and day(patient.birth_date) is None,
        "record number": bool(patient.identifier),
        "allergies": any(each.resource_type == "AllergyIntolerance" for each in story.rest),
        "problems": any(each.resource_type == "Condition" for each in story.rest),
        "medicines": any(each.resource_type == "MedicationStatement" for each in story.rest),
        "insurance": any(each.resource_type == "Coverage" for each in story.rest),
        "blood type": any(each.resource_type == "Observation" for each in story.rest),
    }
    return tuple(sorted(name for name, has in said.items() if has and name not in homes))
