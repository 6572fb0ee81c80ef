"""What is known of a patient's past there: allergies, diagnoses and medicines, with all that is said of each.

The answer is not documented: what it is read by are the words that such an answer is usually written in. What is said
in any other is kept beside, and is before a person.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sync.port import Links, Story
from sync.records.allergy import AllergyIntolerance
from sync.records.condition import Condition
from sync.records.elements import Annotation, CodeableConcept, Coding, Reference, Resource
from sync.records.exact import is_sound, legible
from sync.records.medication import Dosage, MedicationStatement
from sync.remotes.arocord_hims.mapping.names import TITLE
from sync.telling import reactions
from sync.telling.allergies import names_one, say_none_known
from sync.telling.dress import normal_form
from sync.telling.folding import fold
from sync.telling.lenses import add, of, spelled
from sync.telling.reactions import CRITICALITIES, SEVERITIES, Row
from sync.telling.words import words

SAID_THERE = f"As {TITLE} has it; not confirmed here."
# Not by an id: who it is follows, and what is said is the same before there is one and after.
PATIENT = Reference(display="the patient")
PROVISIONAL = CodeableConcept(
    coding=(Coding(system="http://terminology.hl7.org/CodeSystem/condition-ver-status", code="provisional"),)
)


# From what they answer


def history_of(items: list[Any]) -> list[dict[str, Any]]:
    """What an undocumented history says: of each item its type, what it calls the thing, and all else that it says.

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
        if kind is not None and kind in _TYPES:
            found.append({"type": kind, **_said(kind, item)})
    return found


def unread_item(said: Any) -> dict[str, Any]:
    """What of a history cannot be read, or is to be known of it: no record here holds it, so that a person sees it."""
    return {"type": "", "said": said}


def of_type(history: Iterable[Mapping[str, Any]], kind: str) -> list[dict[str, Any]]:
    """By name and dose, what a history says of one type: that something is said no longer is known by it."""
    return [
        {part: each[part] for part in ("name", "dose") if part in each}
        for each in history
        if each["type"] == kind and "name" in each
    ]


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


_TYPES = ("allergy", "diagnosis", "medication")
_NOT_BORNE = ("allergen", "substance")
_KINDS = {
    "condition": "diagnosis", "conditions": "diagnosis", "diagnoses": "diagnosis", "medications": "medication",
    **dict.fromkeys((
        "allergies", "drug allergy", "food allergy", "environmental allergy", "allergic reaction", "intolerance",
        "allergy intolerance", "allergyintolerance", "drug intolerance", "food intolerance", "adverse reaction",
        "adverse drug reaction", "hypersensitivity",
    ), "allergy"),
}  # fmt: skip
_CALLED = ("name", "title", "allergen", "substance", "medication", "diagnosis", "condition", "description", "value")


def _said(kind: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """What an item calls the thing and says of it, by the words that have a place here; `said` holds every other."""
    places = (*_NOT_BORNE, *_CALLED) if kind == "allergy" else _CALLED
    name = next((text for place in places if (text := _text(item.get(place)))), None)
    if name is None:
        return {"said": dict(item)}
    left = {
        place: value
        for place, value in item.items()
        if fold(value) is not None and place not in _BESIDE and not (place in _CALLED and _repeats(value, name, kind))
    }
    made: dict[str, Any] = {"name": name}
    if status := _status(kind, left):
        made["status"] = status
    for part, words_there in _PARTS[kind].items():
        if text := _taken(left, words_there, " " if part == "dose" else "; "):
            made[part] = text
    return made | ({"said": left} if left else {})


def _repeats(value: Any, name: str, kind: str) -> bool:
    """Whether it is the name once more, or says no more than what it is of."""
    return isinstance(value, str) and _plain(value) in {_plain(name), kind, *_KINDS}


def _taken(left: dict[str, Any], places: Iterable[str], between: str) -> str:
    """What stands in words in some places, taken out of what is left; what is no text is left there."""
    found: list[str] = []
    for place in places:
        value = left.get(place)
        texts = [text for each in (value if isinstance(value, list) else [value]) if (text := _text(each))]
        if texts and len(texts) == (len(value) if isinstance(value, list) else 1):
            found += texts
            del left[place]
    return between.join(dict.fromkeys(found))


def _status(kind: str, left: dict[str, Any]) -> Any:
    """That an item does not simply stand; None where it does, or nothing is said of that."""
    stands = [left.pop(place) for place in _STATUS if place in left]
    stands += ["inactive" for place in _HOLDS if isinstance(left.get(place), bool) and not left.pop(place)]
    stands += ["deleted" for place in _GONE if isinstance(left.get(place), bool) and left.pop(place)]
    odd = [each for each in stands if _plain(each) not in _STANDS]
    return next((each for each in odd if _over(kind, each)), odd[0]) if odd else None


# What says nothing of the patient: who wrote it down, when, and where it belongs.
_BESIDE = frozenset({
    "id", "uuid", "mrn", "patient", "patient_id", "type", "record_type", "category", "source", "version",
    "recorded_on", "recorded_at", "recorded_date", "recorded_by", "created_on", "created_at", "created_by",
    "updated_on", "updated_at", "updated_by", "doctor_id", "provider_id", "practitioner_id", "consultation_id",
    "encounter_id", "appointment_id", "prescription_id",
})  # fmt: skip
_SINCE = (
    "since", "onset", "onset_date", "onset_date_time", "start_date", "started_on", "started_at", "diagnosed_on",
    "diagnosed_at", "diagnosed_date", "diagnosis_date", "noted", "noted_on", "prescribed_on", "prescribed_at", "date",
)  # fmt: skip
_CODE = ("code", "icd_code", "icd10", "icd10_code", "snomed", "snomed_code", "rxnorm", "rxnorm_code", "atc", "ndc")
_DOSE = ("dosage", "dose", "strength", "frequency", "route", "sig", "instructions", "directions")
_PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "allergy": {
        "reaction": ("reaction", "reactions", "manifestation", "manifestations"),
        "severity": ("severity",),
        "criticality": ("criticality",),
        "since": _SINCE,
        "code": _CODE,
    },
    "diagnosis": {"since": _SINCE, "code": _CODE},
    "medication": {"dose": _DOSE, "since": _SINCE, "code": _CODE},
}
_STATUS = ("status", "clinical_status", "verification_status", "state")
_HOLDS = ("active", "is_active", "current", "is_current")
_GONE = ("deleted", "is_deleted", "entered_in_error")
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


# Into the chart


def put_history(story: Story, value: Any, _links: Links) -> Story:
    """What the chart does not know yet is added as said there; nothing is taken away or changed."""
    rows: list[Row] = []
    stated: list[str] = []
    items = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    for item in items:
        kind, name = str(item.get("type")), _text(item.get("name"))
        if kind not in _TYPES or name is None or _over(kind, item.get("status")):
            continue
        if kind != "allergy":
            story = _with(story, kind, name, item)
            continue
        row = _row(name, item)
        if names_one(name) or row.reacted:
            rows.append(row)
        elif _is_bare(item):
            stated.append(name)
    story = reactions.lay(story, rows, PATIENT, _allergies)
    # Words that none is known say so only where nothing else is said of allergies that cannot be read.
    if any(item.get("type") in ("", "allergy") and not _is_read(item) for item in items):
        return story
    return say_none_known(story, stated, PATIENT, SAID_THERE)


def reads_history(value: Any) -> bool:
    """Whether each is known by its name, and nothing is said of it that has no place here: that it is over, say."""
    return isinstance(value, list) and all(isinstance(each, dict) and _is_read(each) for each in value)


def _is_read(item: Mapping[str, Any]) -> bool:
    kind, name = item.get("type"), _text(item.get("name"))
    if kind not in _TYPES or name is None or not item.keys() <= {"type", "name", *_PARTS[kind]}:
        return False
    if kind != "allergy":
        return True
    row = _row(name, item)
    in_words = all(item.get(part) is None or getattr(row, part) for part in _WORDS)
    return in_words and (names_one(name) or _is_bare(item))


def _is_bare(item: Mapping[str, Any]) -> bool:
    """Whether nothing is said but a name, and since when."""
    return item.keys() <= {"type", "name", "since", "code"}


def _row(name: str, item: Mapping[str, Any]) -> Row:
    """An allergy in FHIR's words; what is said in any other stands among its notes as well."""
    severity, criticality = (_known(item.get(part), known) for part, known in _WORDS.items())
    notes = (SAID_THERE, *_notes("allergy", item))
    return Row(name, _text(item.get("reaction")), severity, criticality=criticality, notes=notes)


def _known(value: Any, known: Mapping[str, str]) -> str | None:
    return known.get(str(spelled(known)(value)))


# Their words for what FHIR says in three: whoever might have died was severely ill.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "severity": {each: each for each in SEVERITIES}
    | dict.fromkeys(("life threatening", "fatal", "critical", "very severe", "extreme"), "severe"),
    "criticality": {each: each for each in CRITICALITIES},
}


def _notes(kind: str, item: Mapping[str, Any]) -> list[str]:
    """In their words what else is said, and how gravely where that is no word of FHIR's."""
    said = item.get("said")
    more = dict(said) if isinstance(said, dict) else {}
    for part in ("since", "code", "severity", "criticality") if kind == "allergy" else ("since", "code"):
        word = _text(item.get(part))
        if word and _plain(word) not in {*SEVERITIES, *CRITICALITIES}:
            more[part] = word
    return [f"{name.replace('_', ' ').capitalize()}: {text}" for name, each in more.items() if (text := _text(each))]


def _with(story: Story, kind: str, name: str, item: Mapping[str, Any]) -> Story:
    """The story with a diagnosis or a medicine, unless the chart has it."""
    dose = _text(item.get("dose")) if kind == "medication" else None
    record, make = _MADE[kind]
    if _knows(story, record, f"{name} {dose}" if dose else name):
        return story
    notes = tuple(Annotation(text=each) for each in (SAID_THERE, *_notes(kind, item)))
    return add(story, make(name, PATIENT, dose, notes))


def _knows(story: Story, kind: type[Resource], text: str) -> bool:
    for each in of(story, kind):
        meaning = getattr(each, "code", None) or getattr(each, "medication_codeable_concept", None)
        # Their history says a prescription of ours with its dose behind the name: that is no other medicine.
        doses = [dose.text for dose in getattr(each, "dosage", ()) if dose.text]
        if _is_called(meaning, text, doses):
            return True
    return False


def _allergies(story: Story, name: str) -> list[AllergyIntolerance]:
    return [each for each in of(story, AllergyIntolerance) if _is_called(each.code, name, [])]


def _is_called(meaning: CodeableConcept | None, text: str, doses: list[str]) -> bool:
    named = {words(meaning), *(code.display for code in meaning.coding)} if meaning else set()
    said = {*named, *(f"{name} {dose}" for name in named if name for dose in doses)}
    return any(_plain(one) == _plain(text) or normal_form(text, one) for one in said if one)


def _condition(text: str, patient: Reference, _dose: str | None, notes: tuple[Annotation, ...]) -> Resource:
    return Condition(
        resource_type="Condition",
        verification_status=PROVISIONAL,
        code=CodeableConcept(text=text),
        subject=patient,
        note=notes,
    )


def _medication(text: str, patient: Reference, dose: str | None, notes: tuple[Annotation, ...]) -> Resource:
    return MedicationStatement(
        resource_type="MedicationStatement",
        status="unknown",
        medication_codeable_concept=CodeableConcept(text=text),
        subject=patient,
        dosage=(Dosage(text=dose),) if dose else (),
        note=notes,
    )


_Make = Callable[[str, Reference, str | None, tuple[Annotation, ...]], Resource]
_MADE: Mapping[str, tuple[type[Resource], _Make]] = {
    "diagnosis": (Condition, _condition),
    "medication": (MedicationStatement, _medication),
}


def _plain(value: Any) -> str:
    return str(fold(value)).casefold()


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
