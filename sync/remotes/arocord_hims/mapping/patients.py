"""A patient there: flat when written and listed, nested when read; what is known of their past is read alone."""

from collections.abc import Callable, Mapping
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.condition import Condition
from sync.records.coverage import Coverage
from sync.records.elements import Annotation, CodeableConcept, Coding, Reference, Resource
from sync.records.exact import is_sound, legible
from sync.records.medication import Dosage, MedicationStatement
from sync.records.patient import Patient
from sync.remotes.arocord_hims.mapping.names import SYSTEM, TITLE
from sync.telling import people
from sync.telling.allergies import names_one, say_none_known
from sync.telling.dress import normal_form
from sync.telling.folding import fold, fold_phone
from sync.telling.lenses import Lens, add, block, change, first_of, nothing, of, shown
from sync.telling.words import MRN, id_there, identifier_of, with_identifier, words

# Their own number of a patient, where it is not ours.
THEIR_MRN = f"{id_there(SYSTEM, Kind.PATIENT)}:mrn"
UNCONFIRMED = CodeableConcept(
    coding=(Coding(system="http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", code="unconfirmed"),)
)
PROVISIONAL = CodeableConcept(
    coding=(Coding(system="http://terminology.hl7.org/CodeSystem/condition-ver-status", code="provisional"),)
)
SAID_THERE = f"As {TITLE} has it; not confirmed here."


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
    here = _about(story).reference
    found: dict[str, Any] = {
        "resourceType": "Coverage",
        "status": "active",
        "subscriberId": number,
        "beneficiary": {"reference": here} if here else {"display": "the patient"},
        "payor": [{"display": provider or "not named"}],
    }
    if group:
        found["class"] = [{"type": {"coding": [{"code": "group"}], "text": "group"}, "value": group}]
    return add(story, Coverage.model_validate(found))


def _put_history(story: Story, value: Any, _links: Links) -> Story:
    """What the chart does not know yet is added as said there; nothing is taken away or changed."""
    stated: list[str] = []
    for item in value if isinstance(value, list) else ():
        kind, text = (item.get("type"), _text(item.get("name"))) if isinstance(item, dict) else (None, None)
        make = _HISTORY.get(str(kind))
        if make is None or text is None or _over(str(kind), item.get("status")):
            continue
        if kind == "allergy" and not names_one(text):
            stated.append(text)
            continue
        dose = _text(item.get("dose"))
        if not _knows(story, make[0], f"{text} {dose}" if dose else text):
            story = add(story, make[1](text, _about(story), dose))
    return say_none_known(story, stated, _about(story), SAID_THERE)


def _knows(story: Story, kind: type[Resource], text: str) -> bool:
    for each in of(story, kind):
        meaning = getattr(each, "code", None) or getattr(each, "medication_codeable_concept", None)
        named = {words(meaning), *(code.display for code in meaning.coding)} if meaning else set()
        # Their history says a prescription of ours with its dose behind the name: that is no other medicine.
        doses = [dose.text for dose in getattr(each, "dosage", ()) if dose.text]
        said = {*named, *(f"{name} {dose}" for name in named if name for dose in doses)}
        if any(_plain(one) == _plain(text) or normal_form(text, one) for one in said if one):
            return True
    return False


def _plain(value: Any) -> str:
    return str(fold(value)).casefold()


def _allergy(text: str, patient: Reference, _dose: str | None) -> Resource:
    return AllergyIntolerance(
        resource_type="AllergyIntolerance",
        verification_status=UNCONFIRMED,
        code=CodeableConcept(text=text),
        patient=patient,
        note=(Annotation(text=SAID_THERE),),
    )


def _condition(text: str, patient: Reference, _dose: str | None) -> Resource:
    return Condition(
        resource_type="Condition",
        verification_status=PROVISIONAL,
        code=CodeableConcept(text=text),
        subject=patient,
        note=(Annotation(text=SAID_THERE),),
    )


def _medication(text: str, patient: Reference, dose: str | None) -> Resource:
    return MedicationStatement(
        resource_type="MedicationStatement",
        status="unknown",
        medication_codeable_concept=CodeableConcept(text=text),
        subject=patient,
        dosage=(Dosage(text=dose),) if dose else (),
        note=(Annotation(text=SAID_THERE),),
    )


_HISTORY: Mapping[str, tuple[type[Resource], Callable[[str, Reference, str | None], Resource]]] = {
    "allergy": (AllergyIntolerance, _allergy),
    "diagnosis": (Condition, _condition),
    "medication": (MedicationStatement, _medication),
}


def _about(story: Story) -> Reference:
    here = story.patient_id or story.first.id
    return Reference(reference=f"Patient/{here}") if here else Reference(display="the patient")


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _reads_insurance(value: Any) -> bool:
    """Whether a cover has the number it is known by; what has none says of no cover."""
    if not isinstance(value, dict):
        return False
    members = [value.get(name) for name in ("policy_number", "provider", "group_number")]
    return all(each is None or isinstance(each, str) for each in members)


def _reads_history(value: Any) -> bool:
    """Whether each is known by its name, and nothing is said of it that has no place here: that it is over, say."""
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and each.get("type") in _HISTORY
        and _text(each.get("name"))
        and each.keys() <= {"type", "name", "dose"}
        for each in value
    )


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
    Lens("medical_history", nothing, _put_history, told=False, reads=_reads_history),
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


def history_of(items: list[Any]) -> list[dict[str, Any]]:
    """What an undocumented history says: of each item its type and what it calls the thing, or all that it says.

    What is neither allergy nor diagnosis nor medicine has no place here.
    """
    found: list[dict[str, Any]] = []
    for item in items:
        if not isinstance(item, dict) or not is_sound(item):
            found.append(unread_item(legible(item)))
            continue
        kind = _kind(item)
        if kind is None or (kind != "allergy" and _may_be_allergy(kind, item)):
            found.append(unread_item(item))
        if kind is not None and kind in _HISTORY:
            places = (*_NOT_BORNE, *_CALLED) if kind == "allergy" else _CALLED
            name = next((text for place in places if (text := _text(item.get(place)))), None)
            found.append({"type": kind, "name": name, **_more(kind, item)} if name else {"type": kind, "said": item})
    return found


def unread_item(said: Any) -> dict[str, Any]:
    """What of a history cannot be read, or is to be known of it: no record here holds it, so that a person sees it."""
    return {"type": "", "said": said}


def _kind(item: Mapping[str, Any]) -> str | None:
    """What an item is of; None where that is not said in words."""
    said = next((item[name] for name in ("type", "record_type", "category") if fold(item.get(name)) is not None), None)
    if said is None and _text(item.get("allergen")):
        return "allergy"
    if not isinstance(said, str):
        return None
    kind = " ".join(_plain(said).replace("_", " ").replace("-", " ").split())
    return _KINDS.get(kind, kind)


def _may_be_allergy(kind: str, item: Mapping[str, Any]) -> bool:
    """Whether an item of another kind may yet speak of an allergy."""
    texts = (kind, *(_plain(name) for name, value in item.items() if fold(value) is not None))
    return any(sign in text for text in texts for sign in ("allerg", "intoleran", "adverse", "hypersens"))


_NOT_BORNE = ("allergen", "substance")
_KINDS = {
    "condition": "diagnosis", "conditions": "diagnosis", "diagnoses": "diagnosis", "medications": "medication",
    **dict.fromkeys((
        "allergies", "drug allergy", "food allergy", "environmental allergy", "allergic reaction", "intolerance",
        "allergy intolerance", "allergyintolerance", "drug intolerance", "food intolerance", "adverse reaction",
        "adverse drug reaction", "hypersensitivity",
    ), "allergy"),
}  # fmt: skip


def _more(kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """What an item says beside its name: that it does not simply stand, and of a medicine how much and how often."""
    more = {}
    stands = [item.get(place) for place in _STATUS if fold(item.get(place)) is not None]
    if odd := [each for each in stands if _plain(each) not in _STANDS]:
        more["status"] = next((each for each in odd if _over(kind, each)), odd[0])
    if kind == "medication":
        doses = [item.get(place) for place in _DOSE if fold(item.get(place)) is not None]
        texts = [text for each in doses if (text := _text(each))]
        if len(texts) < len(doses):
            more["said"] = doses
        elif texts:
            more["dose"] = " ".join(texts)
    return more


_STATUS = ("status", "clinical_status", "verification_status", "state")
# That it simply stands, or how far a prescription is.
_STANDS = frozenset({
    "active", "current", "confirmed", "unconfirmed", "provisional", "known", "ongoing", "chronic", "documented",
    "pending", "processing", "ready", "dispensed",
})  # fmt: skip
# That it is no more, or was never so: it is not taken in as if it stood. An allergy is left out for no vaguer word.
_NOT = frozenset({
    "refuted", "entered in error", "error", "negated", "ruled out", "resolved", "inactive", "removed", "deleted",
})  # fmt: skip
_OVER = _NOT | {
    "stopped", "ended", "completed", "discontinued", "cancelled", "canceled", "remission", "past", "former", "expired",
    "not taken",
}  # fmt: skip


def _over(kind: str, status: Any) -> bool:
    return _plain(status).replace("-", " ").replace("_", " ") in (_NOT if kind == "allergy" else _OVER)


_DOSE = ("dosage", "dose", "strength", "frequency")


_CALLED = ("name", "title", "allergen", "substance", "medication", "diagnosis", "condition", "description", "value")


def blank(story: Story | None) -> Story:
    """A patient of whom the chart knows nothing yet."""
    return story or Story(Kind.PATIENT, "", 0, None, Patient(resource_type="Patient"))
