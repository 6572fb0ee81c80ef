"""Patient with covers <-> a Practice Studio patient."""

from collections.abc import Callable
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.coverage import Coverage, CoverageClass
from sync.records.elements import CodeableConcept, Coding, Identifier, Reference
from sync.records.organization import Organization
from sync.records.patient import Patient
from sync.remotes.practice_studio.mapping import allergies
from sync.telling import people
from sync.telling.folding import fold, fold_phone
from sync.telling.lenses import Get, Lens, Put, add, block, change, first_of, in_words, nothing, of, shown, swap
from sync.telling.words import NOBODY, THERE, id_there, local_id, with_identifier, words

SYSTEM = "practice_studio"
MRN = f"{THERE}:{SYSTEM}:mrn"
_GENDERS = {"male": "M", "female": "F"}


def _gender(story: Story, links: Links) -> Any:
    """M or F: no other letter is documented, and none is made up."""
    return _GENDERS.get(people.gender(story, links) or "")


def _put_gender(story: Story, value: Any, links: Links) -> Story:
    letter = _letter(value)
    said = None if letter is None else next((name for name, each in _GENDERS.items() if each == letter), "other")
    return people.put_gender(story, said, links)


def _letter(value: Any) -> Any:
    return _GENDERS.get(value) or fold(value) if isinstance(value, str) else fold(value)


def cover(story: Story, order: int) -> Coverage | None:
    """The insurance of this rank that holds."""
    held = [each for each in of(story, Coverage) if each.status != "cancelled"]
    return next((each for each in held if each.order == order), None)


def _with_cover(story: Story, order: int, **fields: Any) -> Story:
    before = cover(story, order)
    if before is not None:
        return swap(story, before, before.model_copy(update=fields))
    patient = story.first.id
    made = Coverage.model_validate(
        {
            "resourceType": "Coverage",
            "status": "active",
            "order": order,
            "beneficiary": {"reference": f"Patient/{patient}"} if patient else {"display": "patient"},
            "payor": [],
        }
    )
    return add(story, made.model_copy(update=fields))


def _payor(order: int) -> tuple[Get, Put]:
    def get(story: Story, _links: Links) -> Any:
        one = cover(story, order)
        reference = one.payor[0] if one and one.payor else None
        wanted = local_id(reference)
        named = next((each.name for each in of(story, Organization) if wanted and each.id == wanted), None)
        return named or (reference.display if reference else None)

    def put(story: Story, value: Any, _links: Links) -> Story:
        return _with_cover(story, order, payor=(Reference(display=value),) if value else ())

    return get, put


def _member(order: int) -> tuple[Get, Put]:
    def get(story: Story, _links: Links) -> Any:
        one = cover(story, order)
        return one.subscriber_id if one else None

    def put(story: Story, value: Any, _links: Links) -> Story:
        return _with_cover(story, order, subscriber_id=value or None)

    return get, put


def _is_group(each: CoverageClass) -> bool:
    return any(coding.code == "group" for coding in each.type.coding)


def _group(order: int) -> tuple[Get, Put]:
    def get(story: Story, _links: Links) -> Any:
        one = cover(story, order)
        return next((each.value for each in one.class_ if _is_group(each)), None) if one else None

    def put(story: Story, value: Any, _links: Links) -> Story:
        one = cover(story, order)
        kept = tuple(each for each in (one.class_ if one else ()) if not _is_group(each))
        made = (CoverageClass(type=_GROUP, value=value),) if value else ()
        return _with_cover(story, order, class_=(*made, *kept))

    return get, put


_GROUP = CodeableConcept(coding=(Coding(system="http://terminology.hl7.org/CodeSystem/coverage-class", code="group"),))


def _no_cover(order: int) -> Callable[[Story], Story]:
    """The insurance is not erased: it has ended."""

    def clear(story: Story) -> Story:
        one = cover(story, order)
        return story if one is None else swap(story, one, one.model_copy(update={"status": "cancelled"}))

    return clear


def _insurance(name: str, order: int) -> Lens:
    return block(
        name,
        (("provider", *_payor(order)), ("memberId", *_member(order)), ("groupNumber", *_group(order))),
        clear=_no_cover(order),
    )


_ADDRESS = block(
    "address",
    (
        ("line1", people.line1, people.put_line1),
        ("line2", people.line2, people.put_line2),
        ("city", *people.address_part("city")),
        ("state", *people.address_part("state")),
        ("postalCode", *people.address_part("postal_code")),
        ("country", *people.address_part("country")),
    ),
    clear=people.no_address,
)
_PRIMARY, _SECONDARY = _insurance("primary", 1), _insurance("secondary", 2)


def _put_contact(story: Story, value: Any, links: Links) -> Story:
    """Whom to call can be read there and not told: it is taken only where nobody is named here."""
    if first_of(story, Patient).contact or not isinstance(value, dict):
        return story
    for part, put in (
        ("name", people.put_contact_name),
        ("relationship", people.put_contact_relation),
        ("phone", people.put_contact_phone),
    ):
        if isinstance(value.get(part), str) and value[part]:
            story = put(story, value[part], links)
    return story


def _put_language(story: Story, value: Any, links: Links) -> Story:
    """As whom to call: taken only where none is named here."""
    return story if first_of(story, Patient).communication else people.put_language(story, value, links)


def _put_pharmacy(story: Story, value: Any, _links: Links) -> Story:
    """As whom to call: taken only where no pharmacy is named here."""
    shops = [each for each in of(story, Organization) if any(words(kind) == "pharmacy" for kind in each.type)]
    name = value.get("name") if isinstance(value, dict) else None
    if shops or not isinstance(name, str) or not name:
        return story
    remote, phone = value.get("id"), value.get("phone")
    made = Organization(resource_type="Organization", name=name, type=(CodeableConcept(text="pharmacy"),))
    if isinstance(remote, str) and remote:
        identifier = Identifier(system=id_there(SYSTEM, Kind.LOCATION), value=remote)
        made = made.model_copy(update={"identifier": (identifier,)})
    if isinstance(phone, str) and phone:
        made = made.model_copy(update={"telecom": people.with_point((), "phone", phone)})
    return add(story, made)


def _are_texts(*names: str) -> Callable[[Any], bool]:
    """Whether all that is said stands, as text, in members of these names."""

    def reads(value: Any) -> bool:
        return isinstance(value, dict) and all(
            fold(each) is None or (name in names and isinstance(each, str)) for name, each in value.items()
        )

    return reads


def _put_mrn(story: Story, value: Any, _links: Links) -> Story:
    return change(story, identifier=with_identifier(story.first.identifier, MRN, value))


LENSES = (
    Lens("firstName", people.given, people.put_given),
    Lens("lastName", people.family, people.put_family),
    Lens("dateOfBirth", people.born, people.put_born, people.fold_born),
    in_words(Lens("gender", _gender, _put_gender, _letter), {*_GENDERS, *_GENDERS.values()}),
    block(
        "contactInfo",
        (
            ("email", *people.contact_point("email")),
            ("phone", *people.contact_point("phone")),
            ("address", _ADDRESS.get, _ADDRESS.put),
        ),
        folds={"phone": fold_phone, "address": _ADDRESS.same},
        known="email phone address{line1 line2 city state postalCode country}",
    ),
    block(
        "insurance",
        (("primary", _PRIMARY.get, _PRIMARY.put), ("secondary", _SECONDARY.get, _SECONDARY.put)),
        folds={"primary": _PRIMARY.same, "secondary": _SECONDARY.same},
        known="primary{provider memberId groupNumber} secondary{provider memberId groupNumber}",
    ),
    Lens("mrn", nothing, _put_mrn, told=False),
    Lens("emergencyContact", nothing, _put_contact, told=False, reads=_are_texts("name", "relationship", "phone")),
    Lens("preferredLanguage", nothing, _put_language, told=False, reads=lambda value: isinstance(value, str)),
    Lens("preferredPharmacy", nothing, _put_pharmacy, told=False, reads=_are_texts("id", "name", "phone")),
    Lens("allergies", nothing, allergies.put, told=False, reads=allergies.reads),
    shown("created"),
    shown("updated"),
)
HOMES = frozenset({"insurance"})
# A list shows the first insurance alone, so that it says nothing of insurance.
ONLY_IN_DETAIL = frozenset({"insurance", "emergencyContact", "preferredLanguage", "preferredPharmacy", "allergies"})


def homeless(story: Story) -> tuple[str, ...]:
    """What of a patient has no home there: what can be read there and not told is among it."""
    other = people.gender(story, NOBODY) not in {None, "male", "female"}
    third = any((each.order or 0) > 2 for each in of(story, Coverage))
    found = people.homeless(story, HOMES)
    return (*found, *(("gender",) if other else ()), *(("third insurance",) if third else ()))
