"""An order of tests there, and its results: read with the id of the order, and with nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.elements import CodeableConcept, Reference
from sync.records.observation import Observation
from sync.records.request import ServiceRequest
from sync.remotes.hms_enterprise.mapping.names import SYSTEM, TITLE
from sync.telling.folding import fold, utc
from sync.telling.lenses import Lens, add, change, first_of, left, nothing, of, shown
from sync.telling.words import meant, refer, told_id, words
from sync.telling.work import asked_by, diagnosis_codes, exact, plain, requests_of, test_code

NOBODY = Reference(display="the patient")
CODES = f"urn:x-clinic-desktop:there:{SYSTEM}:test"
# Each in whatever case, with blanks, hyphens or none.
STATUS: Mapping[str, str] = {
    "final": "final", "completed": "final", "complete": "final", "preliminary": "preliminary", "partial": "preliminary",
    "corrected": "corrected", "amended": "amended", "revised": "amended", "cancelled": "cancelled",
    "canceled": "cancelled", "withdrawn": "cancelled", "retracted": "cancelled", "enteredinerror": "entered-in-error",
}  # fmt: skip
WITHDRAWN = frozenset({"cancelled", "entered-in-error"})
FLAGS: Mapping[str, str] = {
    "h": "H", "high": "H", "abnormalhigh": "H", "highabnormal": "H", "l": "L", "low": "L", "abnormallow": "L",
    "lowabnormal": "L", "hh": "HH", "criticalhigh": "HH", "highcritical": "HH", "criticallyhigh": "HH",
    "panichigh": "HH", "ll": "LL", "criticallow": "LL", "lowcritical": "LL", "criticallylow": "LL", "paniclow": "LL",
    "critical": "AA", "panic": "AA", "aa": "AA", "criticalabnormal": "AA", "a": "A", "abnormal": "A", "n": "N",
    "normal": "N", "withinnormallimits": "N", "wnl": "N",
}  # fmt: skip


def _plain(word: object) -> str:
    # No sign more: in some laboratories H* is another flag than H.
    return re.sub(r"[\s_-]+", "", word.casefold()) if isinstance(word, str) else ""


def test_body(request: ServiceRequest) -> Body:
    """One test."""
    found = {
        "test_code": test_code(request.code, CODES),
        "test_name": words(request.code),
        "specimen_type": next(filter(None, map(words, request.order_detail)), None),
        "collection_instructions": request.patient_instruction,
    }
    return {name: value for name, value in found.items() if value}


def _tests(story: Story, _links: Links) -> list[Body]:
    return [test_body(each) for each in requests_of(story)]


def _put_tests(story: Story, value: Any, _links: Links) -> Story:
    """An order from there becomes one here; one that was placed here is never rewritten from outside."""
    base = first_of(story, ServiceRequest)
    if base.code is not None or not isinstance(value, list):
        return story
    made = [_request(base, item) for item in value if isinstance(item, dict)]
    if not made:
        return story
    first, *rest = made
    return add(change(story, **{name: getattr(first, name) for name in _TEST}), *rest)


_TEST = ("code", "order_detail", "patient_instruction")


def _request(base: ServiceRequest, item: Mapping[str, Any]) -> ServiceRequest:
    text = {name: item[name] for name in ("test_code", "test_name", "specimen_type", "collection_instructions")
            if isinstance(item.get(name), str) and item[name].strip()}  # fmt: skip
    code = " ".join(text["test_code"].split()) if "test_code" in text else None
    coding = [{"system": CODES, "code": code}] if code else []
    specimen = meant(text.get("specimen_type"))
    return base.model_copy(
        update={
            "code": CodeableConcept.model_validate({"coding": coding, "text": text.get("test_name") or code or "test"}),
            "order_detail": (specimen,) if specimen else (),
            "patient_instruction": text.get("collection_instructions"),
        }
    )


def ordered_by(story: Story) -> Reference | None:
    """Who ordered it."""
    return asked_by(story, first_of(story, ServiceRequest).requester)


def compared(value: Any) -> Any:
    """Tests as they are compared: whatever their order, and how far each of them is."""
    if not isinstance(value, list):
        return fold(value)
    bare = ({n: v for n, v in each.items() if n != "status"} if isinstance(each, dict) else each for each in value)
    return sorted((fold(each) for each in bare), key=str)


def _reasons(story: Story, _links: Links) -> str | None:
    texts = (words(reason) for each in requests_of(story) for reason in each.reason_code)
    return "; ".join(dict.fromkeys(filter(None, texts))) or None


def _diagnoses(story: Story, _links: Links) -> list[str]:
    return diagnosis_codes(reason for each in requests_of(story) for reason in each.reason_code)


def _notes(story: Story, _links: Links) -> str | None:
    return "\n".join(dict.fromkeys(note.text for each in requests_of(story) for note in each.note)) or None


def _collection(story: Story, _links: Links) -> str | None:
    at = first_of(story, ServiceRequest).occurrence_date_time
    return utc(at) if at and "T" in at else None


def _put_patient(story: Story, value: Any, links: Links) -> Story:
    blank = first_of(story, ServiceRequest).subject == NOBODY
    made = refer(SYSTEM, Kind.PATIENT, value, links)
    return change(story, subject=made) if blank and made is not None else story


def _put_provider(story: Story, value: Any, links: Links) -> Story:
    blank = first_of(story, ServiceRequest).requester is None
    return change(story, requester=refer(SYSTEM, Kind.PRACTITIONER, value, links)) if blank else story


_ASKED = frozenset({"test_code", "test_name", "specimen_type", "collection_instructions"})
LENSES = (
    Lens(
        "patient_id",
        lambda story, links: told_id(first_of(story, ServiceRequest).subject, SYSTEM, Kind.PATIENT, links),
        _put_patient,
    ),
    Lens(
        "provider_id",
        lambda story, links: told_id(ordered_by(story), SYSTEM, Kind.PRACTITIONER, links),
        _put_provider,
    ),
    Lens("priority", lambda story, _links: first_of(story, ServiceRequest).priority or "routine", left),
    Lens("clinical_information", _reasons, left),
    Lens("tests", _tests, _put_tests, same=compared, parts=_ASKED),
    Lens("diagnoses", _diagnoses, left),
    Lens("notes", _notes, left),
    Lens("collection_date", _collection, left),
    shown("ordering_location"),
    shown("status"),
    shown("order_number"),
    shown("ordered_at"),
)


# Results
def results_body(raw: Mapping[str, Any]) -> Body:
    """What is merged of the results of an order; where all of them are withdrawn, each of them is."""
    found = {name: raw[name] for name in ("order_id", "patient_id", "results", "status", "completed_at", "notes")
             if name in raw}  # fmt: skip
    status, tests = found.get("status"), found.get("results")
    if STATUS.get(_plain(status)) in WITHDRAWN and isinstance(tests, (list, tuple)):
        found["results"] = [each | {"status": status} if isinstance(each, dict) else each for each in tests]
    if isinstance(found.get("results"), list):
        found["components"] = _named(found["results"])
    return found


def _named(results: list[Any]) -> list[str]:
    """Which results there are: by this it is seen that one is there no more. Withdrawn ones say so themselves."""
    found = set()
    for test in results:
        items = (test.get("components") or [test]) if isinstance(test, dict) else ()
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and (_result(item) is not None or _status(test, item) in WITHDRAWN):
                found.add(_called(test, item)[1])
    return sorted(found)


def _called(test: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[str, str]:
    """What a result is called, and the code that it is known by here: that of its test and its own name."""
    panel = str(test.get("test_code") or "").strip()
    name = str(item.get("component") or test.get("test_name") or panel or "test").strip()
    return name, "/".join(filter(None, ("-".join(panel.split()), "-".join(name.split()))))


def _put_results(story: Story, value: Any, _links: Links) -> Story:
    """Each component that the chart lacks is added; one that says something else now is a correction beside the old.

    What counts is what the chart heard last: a value that comes back after a correction corrects that one in turn.
    """
    made = list(_made(value, story))
    said: dict[str, list[Any]] = {}
    for one in made:
        before = said.setdefault(_key(one), [])
        if before[-1:] != [_says(one)]:
            before.append(_says(one))
    known: dict[str, list[Any]] = {}
    for one in _observations(story):
        known.setdefault(_key(one), []).append(_says(one))
    heard = {key: _overlap(known.get(key, []), each) for key, each in said.items()}
    last: dict[str, Any] = {}
    for one in made:
        key, says = _key(one), _says(one)
        if last.get(key) == says:
            continue
        last[key] = says
        if heard[key]:
            heard[key] -= 1
        else:
            story = _with_result(story, one)
    return story


def _overlap(known: Sequence[Any], said: Sequence[Any]) -> int:
    """How many of what is said, from its first on, are what was heard last."""
    return next((n for n in range(min(len(known), len(said)), 0, -1) if known[-n:] == said[:n]), 0)


def _made(value: Any, story: Story) -> Iterator[Observation]:
    for test in value if isinstance(value, list) else ():
        for item in (test.get("components") or [test]) if isinstance(test, dict) else ():
            made = _observation(test, item, story) if isinstance(item, dict) else None
            if made is not None:
                yield made


def _with_result(story: Story, made: Observation) -> Story:
    if made.status not in WITHDRAWN and any(_key(each) == _key(made) for each in _observations(story)):
        made = made.model_copy(update={"status": "corrected"})
    if is_blank(story.first):
        return change(story, **{name: getattr(made, name) for name in _RESULT})
    return add(story, made)


_RESULT = (
    "code", "status", "value_quantity", "value_string", "reference_range", "interpretation", "effective_date_time",
    "subject", "performer",
)  # fmt: skip


def _observations(story: Story) -> list[Observation]:
    found = [story.first, *of(story, Observation)]
    return [each for each in found if isinstance(each, Observation) and not is_blank(each)]


def is_blank(record: object) -> bool:
    """Whether it says no result: whose it would be alone is none."""
    return isinstance(record, Observation) and not record.code.coding and record.code.text is None


def _key(one: Observation) -> str:
    code = next((each.code for each in one.code.coding if each.system == CODES), None)
    return str(fold(code or words(one.code)))


def _says(one: Observation) -> Any:
    """What is heard of a result: its value, how it is flagged, and whether it is withdrawn."""
    flags = tuple(fold(words(each)) for each in one.interpretation)
    return _value(one), flags, one.status in WITHDRAWN


def _value(one: Observation) -> Any:
    quantity = one.value_quantity
    if quantity is not None:
        return (plain(quantity.value), quantity.unit or quantity.code)
    return fold(one.value_string)


def _observation(test: Mapping[str, Any], item: Mapping[str, Any], story: Story) -> Observation | None:
    text, status = _result(item), _status(test, item)
    if text is None and status not in WITHDRAWN:
        return None
    name, code = _called(test, item)
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "status": status,
        "code": {"text": name, "coding": [{"system": CODES, "code": code}]},
        "performer": [{"display": TITLE}],
    }
    number, unit = exact(text), item.get("unit") if isinstance(item.get("unit"), str) else None
    if number is not None:
        found["valueQuantity"] = {"value": number} | ({"unit": unit} if unit else {})
    elif text is not None:
        found["valueString"] = " ".join(filter(None, (str(text), unit)))
    if isinstance(item.get("reference_range"), str) and item["reference_range"]:
        found["referenceRange"] = [{"text": item["reference_range"]}]
    if isinstance(flag := item.get("flag"), str) and flag.strip():
        known = FLAGS.get(_plain(flag))
        found["interpretation"] = [{"coding": [{"code": known}]} if known else {"text": flag.strip()}]
    at = test.get("resulted_at")
    if isinstance(at, str) and "T" in at:
        found["effectiveDateTime"] = at
    if story.patient_id:
        found["subject"] = {"reference": f"Patient/{story.patient_id}"}
    return Observation.model_validate(found)


def _result(item: Mapping[str, Any]) -> str | int | float | None:
    text = item.get("result") if item.get("result") is not None else item.get("value")
    if not isinstance(text, (str, int, float)) or isinstance(text, bool):
        return None
    return text if str(text).strip() else None


def _status(test: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    """How far it is; where all of the test is withdrawn, each of its components is."""
    of_test, of_item = (STATUS.get(_plain(each.get("status"))) for each in (test, item))
    if of_test in WITHDRAWN:
        return of_test or "unknown"
    return (of_item if fold(item.get("status")) is not None else of_test) or "unknown"


def _put_result_patient(story: Story, value: Any, links: Links) -> Story:
    one = first_of(story, Observation)
    made = refer(SYSTEM, Kind.PATIENT, value, links)
    return change(story, subject=made) if one.subject is None and made is not None else story


def _reads_results(value: Any) -> bool:
    """Whether every component has a value that is a text or a number, and everything beside it is text that is known.

    A flag or a status in words of their own may say anything: that it is critical, or that it does not hold.
    """
    if not isinstance(value, list):
        return False
    return all(isinstance(test, dict) and _reads_components(test) for test in value if fold(test) is not None)


def _reads_components(test: Mapping[str, Any]) -> bool:
    items = test.get("components") or [test]
    return isinstance(items, list) and all(isinstance(item, dict) and _reads_component(test, item) for item in items)


def _reads_component(test: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    said = item.get("result") if item.get("result") is not None else item.get("value")
    beside = [item.get(name) for name in ("unit", "reference_range", "component")]
    status = item.get("status") if fold(item.get("status")) is not None else test.get("status")
    return (
        (said is None or (isinstance(said, (str, int, float)) and not isinstance(said, bool)))
        and all(each is None or isinstance(each, str) for each in beside)
        and (fold(item.get("flag")) is None or _plain(item["flag"]) in FLAGS)
        # What has no value yet is on its way, in whatever words.
        and (_result(item) is None or fold(status) is None or _plain(status) in STATUS)
    )


RESULTS = (
    Lens("results", nothing, _put_results, told=False, reads=_reads_results),
    Lens("patient_id", nothing, _put_result_patient, told=False),
    shown("components"),
    shown("order_id"),
    shown("status"),
    shown("completed_at"),
    shown("notes"),
)


def references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before."""
    one = first_of(story, ServiceRequest)
    return (Kind.PATIENT, one.subject), (Kind.PRACTITIONER, ordered_by(story))


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of an order that has no place there."""
    tests = requests_of(story)
    said = {
        "specimen": any(each.specimen for each in tests),
        "visit": any(each.encounter for each in tests),
        "time of the order": any(each.authored_on for each in tests),
        "priority of a single test": len({each.priority for each in tests}) > 1,
    }
    return tuple(name for name, has in said.items() if has)


def blank(story: Story | None) -> Story:
    """An order of which the chart knows nothing yet."""
    first = ServiceRequest(resource_type="ServiceRequest", status="active", intent="order", subject=NOBODY)
    return story or Story(Kind.LAB_ORDER, "", 0, None, first)


def blank_result(story: Story | None) -> Story:
    """Results of which the chart knows nothing yet."""
    first = Observation(resource_type="Observation", status="unknown", code=CodeableConcept())
    return story or Story(Kind.LAB_RESULT, "", 0, None, first)
