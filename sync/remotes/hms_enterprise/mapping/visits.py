"""An encounter there: completed at its birth, so that only a signed visit is told; an update sends all of it.

Vital signs have no units: as the example has them, the temperature is in Fahrenheit. Codes of theirs are never set
right here, wrong as they may be (the example codes a tension headache as G44.1, which is another).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.condition import Condition
from sync.records.elements import CodeableConcept, Reference
from sync.records.encounter import Encounter
from sync.records.observation import Observation
from sync.remotes.hms_enterprise.mapping.names import SYSTEM, TITLE
from sync.remotes.hms_enterprise.mapping.notes import EXAMINATION, REVIEW, as_text, by_system, is_by_system
from sync.remotes.hms_enterprise.mapping.patients import SAID_THERE
from sync.telling.dress import normal_form
from sync.telling.folding import fold, text_of_lines
from sync.telling.lenses import Lens, add, change, first_of, of, shown
from sync.telling.words import LOINC, code_in, meant, refer, told_id, words
from sync.telling.work import (
    DIASTOLIC,
    ICD10,
    SYSTOLIC,
    exact,
    extra,
    part_of_note,
    plain,
    pressure,
    vital,
    with_part_of_note,
    with_pressure,
    with_vital,
)

COMPLAINT, HISTORY, SYSTEMS, EXAM, ASSESSMENT, PLAN = "10154-3", "10164-2", "10187-3", "29545-1", "51848-0", "18776-5"
DEFAULT_TYPE = "office_visit"
TEMPERATURE = "8310-5"
_PRESSURE = re.compile(r"[0-9]{2,3}\s*/\s*[0-9]{2,3}")
SIGNS: Mapping[str, str] = {
    "heart_rate": "8867-4", "respiratory_rate": "9279-1", "temperature": TEMPERATURE, "oxygen_saturation": "2708-6",
}  # fmt: skip


def fahrenheit(celsius: Decimal) -> Decimal:
    """Degrees Celsius in Fahrenheit, to a tenth."""
    return (celsius * 9 / 5 + 32).quantize(Decimal("0.1"))


def celsius(fahrenheit: Decimal) -> Decimal:
    """Degrees Fahrenheit in Celsius, to a hundredth: so that the tenth of a degree Fahrenheit comes back."""
    return ((fahrenheit - 32) * 5 / 9).quantize(Decimal("0.01"))


def _signs(story: Story) -> Body:
    found: Body = {"blood_pressure": pressure(story)}
    for name, code in SIGNS.items():
        value = vital(story, code)
        found[name] = plain(fahrenheit(value) if value is not None and code == TEMPERATURE else value)
    return {name: value for name, value in found.items() if value is not None}


def _examination(story: Story, _links: Links) -> Body:
    signs = _signs(story)
    return ({"vital_signs": signs} if signs else {}) | by_system(part_of_note(story, EXAM), EXAMINATION)


def _put_examination(story: Story, value: Any, _links: Links) -> Story:
    """Measurements of theirs beside ours; the text of the examination as they have it, ours superseded and kept."""
    if fold(value) is not None and not isinstance(value, dict):
        return story
    given = value if isinstance(value, dict) else {}
    theirs = given.get("vital_signs")
    theirs = theirs if isinstance(theirs, dict) else {}
    ours = _signs(story)
    if theirs.get("blood_pressure") and fold(theirs["blood_pressure"]) != fold(ours.get("blood_pressure")):
        story = with_pressure(story, theirs["blood_pressure"], TITLE)
    for name, code in SIGNS.items():
        number = exact(theirs.get(name))
        if number is not None and fold(number) != fold(ours.get(name)):
            story = with_vital(story, code, celsius(number) if code == TEMPERATURE else number, TITLE)
    if _bare(as_text(given, EXAMINATION)) != _bare(
        as_text(by_system(part_of_note(story, EXAM), EXAMINATION), EXAMINATION)
    ):
        story = with_part_of_note(story, EXAM, as_text(given, EXAMINATION))
    return story


def _reads_examination(value: Any) -> bool:
    """Whether the measurements are numbers that have a place here and the rest is text by systems of the body."""
    if not isinstance(value, dict):
        return False
    signs = value.get("vital_signs") or {}
    if not isinstance(signs, dict):
        return False
    rest = {name: each for name, each in value.items() if name != "vital_signs"}
    both = signs.get("blood_pressure")
    return (
        is_by_system(rest, EXAMINATION)
        and (not both or (isinstance(both, str) and bool(_PRESSURE.fullmatch(both.strip()))))
        and all(
            fold(each) is None or name == "blood_pressure" or (name in SIGNS and exact(each) is not None)
            for name, each in signs.items()
        )
    )


def _bare(text: str) -> str:
    return text_of_lines(text)


def _diagnoses_of(story: Story) -> list[Condition]:
    gone = {"refuted", "entered-in-error"}
    return [
        each
        for each in of(story, Condition)
        if not any(coding.code in gone for coding in (each.verification_status or CodeableConcept()).coding)
    ]


def _diagnoses(story: Story, _links: Links) -> list[Body]:
    found = []
    for place, one in enumerate(_diagnoses_of(story)):
        body = {
            "code": code_in(one.code, ICD10),
            "description": words(one.code),
            "type": "primary" if place == 0 else "secondary",
            "confirmed": _confirmed(one),
        }
        found.append({name: value for name, value in body.items() if value is not None})
    return found


def _confirmed(one: Condition) -> bool:
    code = next((each.code for each in one.verification_status.coding), None) if one.verification_status else None
    return code in {None, "confirmed"}


def _put_diagnoses(story: Story, value: Any, _links: Links) -> Story:
    """A diagnosis that the visit does not have is added as said there; none is taken away or coded otherwise."""
    for item in value if isinstance(value, list) else ():
        if not isinstance(item, dict):
            continue
        code, text = (str(item[n]).strip() if item.get(n) else None for n in ("code", "description"))
        if (code or text) and not _has_diagnosis(story, code, text):
            story = add(story, _condition(story, code, text, confirmed=item.get("confirmed") is True))
    return story


def _has_diagnosis(story: Story, code: str | None, text: str | None) -> bool:
    """Whether a diagnosis holds here: what was entered in error does not, and one code is both knees'."""
    for each in _diagnoses_of(story):
        said = words(each.code)
        if code and code_in(each.code, ICD10) != code:
            continue
        if (
            (code and (not text or said is None or code in (said, text)))
            or fold(said) == fold(text)
            or normal_form(said, text)
        ):
            return True
    return False


def _condition(story: Story, code: str | None, text: str | None, *, confirmed: bool) -> Condition:
    here = story.patient_id
    status = "confirmed" if confirmed else "provisional"
    found: dict[str, Any] = {
        "resourceType": "Condition",
        "verificationStatus": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": status}]
        },
        "code": {"text": text or code} | ({"coding": [{"system": ICD10, "code": code}]} if code else {}),
        "subject": {"reference": f"Patient/{here}"} if here else {"display": "the patient"},
        "note": [{"text": SAID_THERE}],
    }
    return Condition.model_validate(found)


def _assessment(story: Story, _links: Links) -> list[Body]:
    """What it is held to be: each diagnosis, the text of the assessment with the first."""
    text = part_of_note(story, ASSESSMENT)
    found = []
    for one in _diagnoses_of(story):
        body = {"condition": words(one.code), "icd10_code": code_in(one.code, ICD10), "severity": words(one.severity)}
        found.append({name: value for name, value in body.items() if value})
    if text:
        found = [{**found[0], "notes": text}, *found[1:]] if found else [{"notes": text}]
    return found


def _assessment_notes(value: Any) -> str:
    rows = value if isinstance(value, list) else []
    return "\n\n".join(str(row["notes"]) for row in rows if isinstance(row, dict) and row.get("notes"))


def _put_assessment(story: Story, value: Any, links: Links) -> Story:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    coded = [{"code": row.get("icd10_code"), "description": row.get("condition")} for row in rows]
    story = _put_diagnoses(story, coded, links)
    text = _assessment_notes(rows)
    return (
        with_part_of_note(story, ASSESSMENT, text)
        if _bare(text) != _bare(part_of_note(story, ASSESSMENT) or "")
        else story
    )


def _plan(story: Story, _links: Links) -> list[Body]:
    text = part_of_note(story, PLAN)
    return [{"type": "other", "description": text}] if text else []


def _plan_text(value: Any) -> str:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    lines = []
    for row in rows:
        more = (f"{name.replace('_', ' ')}: {each}" for name, each in _beside(row).items())
        said = ", ".join(filter(None, (str(row.get("description") or ""), *more)))
        lines.append(f"{said} ({row['reason']})" if row.get("reason") else said)
    return "\n".join(filter(None, lines))


def _beside(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a row of a plan says in members that are not documented (a dosage): all but how it is numbered and when."""
    return {
        name: each
        for name, each in row.items()
        if name not in {"type", "description", "reason", "id"}
        and not name.startswith("_")
        and not name.endswith(("_id", "_at"))
        and fold(each) is not None
    }


def _reads_plan(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and isinstance(row.get("description"), str)
        and (fold(row.get("reason")) is None or isinstance(row["reason"], str))
        and all(isinstance(each, (str, int, float)) for each in _beside(row).values())
        for row in value
        if fold(row) is not None
    )


def _fold_plan(value: Any) -> Any:
    return _bare(_plan_text(value)) or None if fold(value) is None or _reads_plan(value) else fold(value)


def _put_plan(story: Story, value: Any, _links: Links) -> Story:
    readable = fold(value) is None or _reads_plan(value)
    return with_part_of_note(story, PLAN, _plan_text(value)) if readable else story


def _note(code: str) -> tuple[Any, Any]:
    def put(story: Story, value: Any, _links: Links) -> Story:
        return with_part_of_note(story, code, value if isinstance(value, str) else None)

    return (lambda story, _links: part_of_note(story, code)), put


def _type(story: Story, _links: Links) -> str:
    return next(filter(None, map(words, first_of(story, Encounter).type)), None) or DEFAULT_TYPE


def _put_type(story: Story, value: Any, _links: Links) -> Story:
    made = meant(value if isinstance(value, str) else None)
    return change(story, type=(made,) if made else ())


def _complaint(story: Story, _links: Links) -> str | None:
    reasons = filter(None, map(words, first_of(story, Encounter).reason_code))
    return part_of_note(story, COMPLAINT) or "; ".join(reasons) or None


def _place(story: Story, _links: Links) -> str | None:
    places = first_of(story, Encounter).location
    return places[0].location.display if places else None


def _put_place(story: Story, value: Any, _links: Links) -> Story:
    one = first_of(story, Encounter)
    if one.location or not isinstance(value, str) or not value:
        return story
    return change(
        story,
        location=(Encounter.model_validate(_PLACE | {"location": [{"location": {"display": value}}]}).location[0],),
    )


_PLACE: dict[str, Any] = {"resourceType": "Encounter", "status": "unknown", "class": {"code": "AMB"}}


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    blank = first_of(story, Encounter).subject is None
    return change(story, subject=refer(SYSTEM, Kind.PATIENT, value, links)) if blank else story


def _review(story: Story, _links: Links) -> Body:
    return by_system(part_of_note(story, SYSTEMS), REVIEW)


def _put_review(story: Story, value: Any, _links: Links) -> Story:
    readable = fold(value) is None or isinstance(value, dict)
    return with_part_of_note(story, SYSTEMS, as_text(value, REVIEW)) if readable else story


LENSES = (
    Lens(
        "patient_id",
        lambda story, links: told_id(first_of(story, Encounter).subject, SYSTEM, Kind.PATIENT, links),
        _put_patient,
    ),
    Lens("encounter_type", _type, _put_type),
    Lens("location", _place, _put_place),
    Lens("chief_complaint", _complaint, _note(COMPLAINT)[1]),
    Lens("history_of_present_illness", *_note(HISTORY)),
    Lens("review_of_systems", _review, _put_review, reads=lambda value: is_by_system(value, REVIEW)),
    Lens("physical_examination", _examination, _put_examination, reads=_reads_examination),
    # Before the assessment, which has the same codes and says less of them.
    Lens("diagnoses", _diagnoses, _put_diagnoses, parts=frozenset({"code", "description"})),
    Lens("assessment", _assessment, _put_assessment, parts=frozenset({"condition", "icd10_code"})),
    Lens("plan", _plan, _put_plan, same=_fold_plan, reads=_reads_plan),
    shown("provider_id"),
    shown("status"),
)
WRITABLE = tuple(each.name for each in LENSES if each.told)


def references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before."""
    return ((Kind.PATIENT, first_of(story, Encounter).subject),)


def homeless(story: Story) -> tuple[str, ...]:
    """What was done at a visit that has no place there."""
    one = first_of(story, Encounter)
    signs = {code_in(each.code, LOINC) for each in of(story, Observation)} - {SYSTOLIC, DIASTOLIC, *SIGNS.values()}
    said = {
        "date and time of the visit": one.period is not None,
        "who saw the patient": bool(one.participant),
        "appointment": extra(one, "appointment") is not None,
        "weight, height and other measurements": bool(signs),
        "time of each measurement": any(each.effective_date_time for each in of(story, Observation)),
        "unit of the temperature (told in Fahrenheit)": vital(story, TEMPERATURE) is not None,
    }
    return tuple(name for name, has in said.items() if has)


def wrong_codes(body: Body) -> tuple[str, ...]:
    """Codes of theirs that contradict their own words, for a person to see; nothing is set right by itself."""
    found = []
    for row in (*(body.get("diagnoses") or ()), *(body.get("assessment") or ())):
        if not isinstance(row, dict):
            continue
        code = str(row.get("code") or row.get("icd10_code") or "")
        said = str(row.get("description") or row.get("condition") or "").lower()
        # ICD-10-CM: G44.1 vascular headache, not elsewhere classified; G44.2 tension-type headache.
        if code.startswith("G44.1") and "tension" in said:
            found.append("G44.1 is a vascular headache; a tension headache is G44.2")
    return tuple(dict.fromkeys(found))


def blank(story: Story | None) -> Story:
    """A visit of which the chart knows nothing yet."""
    return story or Story(Kind.ENCOUNTER, "", 0, None, Encounter.model_validate(_PLACE))
