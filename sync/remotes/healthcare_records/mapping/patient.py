"""Patient <-> a patient of the Healthcare Records API: FHIR's lists in its own spelling."""

from collections.abc import Callable, Mapping
from typing import Any

from sync.port import Links, Story
from sync.records.elements import Address, ContactPoint, Element, HumanName, Identifier
from sync.records.patient import Patient
from sync.telling import people
from sync.telling.folding import fold, fold_phone
from sync.telling.lenses import Lens, block, change, first_of, in_words, shown
from sync.telling.words import MRN

SYSTEM = "healthcare_records"
# Our own id of a patient, where no record number stands: what a lost create is found by.
OURS = "urn:x-clinic-desktop:patient"
# An empty list in an answer hides what it held: the document shows these so.
HIDING = frozenset({"identifier", "name", "address", "telecom", "emergency_contact"})
_SPELLED: Mapping[str, str] = {"postalCode": "postal_code"}


def _told(names: tuple[str, ...]) -> Callable[[Element], dict[str, Any]]:
    def told(element: Element) -> dict[str, Any]:
        written = element.model_dump(by_alias=True, exclude_none=True)
        found = {_SPELLED.get(name, name): written[name] for name in names if written.get(name)}
        return {
            name: [part for part in each if part] if isinstance(each, (list, tuple)) else each
            for name, each in found.items()
        }

    return told


def _made(model: type[Element]) -> Callable[[Any], Element]:
    back = {there: here for here, there in _SPELLED.items()}

    def made(value: Any) -> Element:
        return model.model_validate({back.get(name, name): each for name, each in value.items() if each is not None})

    return made


def _list(name: str, field: str, model: type[Element], names: tuple[str, ...]) -> Lens:
    """A list of elements: those that say the same stay the very ones that they were."""
    told, made = _told(names), _made(model)

    def get(story: Story, _links: Links) -> Any:
        return [found for each in getattr(first_of(story, Patient), field) if (found := told(each))]

    def put(story: Story, value: Any, _links: Links) -> Story:
        given = [each for each in value if isinstance(each, dict) and each] if isinstance(value, list) else []
        kept = list(getattr(first_of(story, Patient), field))
        laid = []
        for each in given:
            same = next((one for one in kept if fold(told(one)) == fold(each)), None)
            if same is not None:
                kept = [one for one in kept if one is not same]
            laid.append(same if same is not None else made(each))
        # What says nothing that the system knows of was never told, and stays.
        silent = tuple(one for one in kept if not told(one))
        return change(story, **{field: (*laid, *silent)})

    return Lens(name, get, put, _unordered)


def _unordered(value: Any) -> Any:
    if not isinstance(value, list):
        return fold(value)
    return sorted((fold(each) for each in value if fold(each) is not None), key=str) or None


_IDENTIFIERS = _list("identifier", "identifier", Identifier, ("use", "system", "value"))


def _identifiers(story: Story, links: Links) -> Any:
    """The identifiers, with a key of ours among them."""
    found = _IDENTIFIERS.get(story, links)
    systems = {each.get("system") for each in found}
    if story.first.id and not systems & {MRN, OURS}:
        found.append({"use": "secondary", "system": OURS, "value": story.first.id})
    return found


def _put_identifiers(story: Story, value: Any, links: Links) -> Story:
    kept = value
    if isinstance(value, list) and story.first.id:
        ours = {"use": "secondary", "system": OURS, "value": story.first.id}
        kept = [each for each in value if each != ours]
    return _IDENTIFIERS.put(story, kept, links)


def key_of(body: Mapping[str, Any]) -> str | None:
    """What a patient of ours can be searched by there."""
    for system in (MRN, OURS):
        for each in body.get("identifier") or ():
            if isinstance(each, dict) and each.get("system") == system and each.get("value"):
                return str(each["value"])
    return None


LENSES = (
    Lens("identifier", _identifiers, _put_identifiers, _unordered),
    _list("name", "name", HumanName, ("use", "family", "given")),
    in_words(Lens("gender", people.gender, people.put_gender), people.GENDERS),
    Lens("birth_date", people.born, people.put_born, people.fold_born),
    _list("address", "address", Address, ("use", "line", "city", "state", "postalCode", "country")),
    _list("telecom", "telecom", ContactPoint, ("system", "value", "use")),
    block(
        "emergency_contact",
        (
            ("name", people.contact_name, people.put_contact_name),
            ("relationship", people.contact_relation, people.put_contact_relation),
            ("phone", people.contact_phone, people.put_contact_phone),
        ),
        folds={"phone": fold_phone},
        clear=people.no_contact,
        known="name relationship phone",
    ),
    shown("active"),
    shown("created_at"),
    shown("updated_at"),
)
HOMES = frozenset({"other names", "other telephone numbers", "other addresses", "person to call", "record number"})
