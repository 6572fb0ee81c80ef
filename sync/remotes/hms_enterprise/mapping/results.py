"""The results of an order there: read with the id of the order, and with nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from sync.port import Body, Kind, Links, Story
from sync.records.elements import CodeableConcept
from sync.records.exact import LARGEST_EXPONENT, LONGEST_NUMBER, Json, NotExact, is_sound, require_sound
from sync.records.observation import Observation
from sync.remotes.hms_enterprise.mapping.laboratory import CODES
from sync.remotes.hms_enterprise.mapping.names import SYSTEM, TITLE
from sync.telling.folding import fold
from sync.telling.lenses import Lens, add, beyond, change, first_of, left, nothing, of, shown
from sync.telling.shapes import Shape, shape
from sync.telling.words import LOINC, refer, words
from sync.telling.work import exact, plain

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


def results_body(raw: Mapping[str, Any]) -> Body:
    """What is merged of the results of an order; where all of them are withdrawn, each of them is.

    What is said beside them has no place here, and a person is asked about it.
    """
    found = {name: raw[name] for name in ("order_id", "patient_id", "results", "status", "completed_at", "notes")
             if name in raw}  # fmt: skip
    status, tests = found.get("status"), found.get("results")
    if STATUS.get(_plain(status)) in WITHDRAWN and isinstance(tests, (list, tuple)):
        found["results"] = [each | {"status": status} if isinstance(each, dict) else each for each in tests]
    if isinstance(found.get("results"), list):
        found["components"] = _named(found["results"])
    beside = {name: raw[name] for name in sorted(raw) if name not in _KNOWN and fold(raw[name]) is not None}
    return found | ({"beside": beside} if beside else {})


def _named(results: list[Any]) -> list[str]:
    """Which results there are: by this it is seen that one is there no more. Withdrawn ones say so themselves."""
    found = set()
    for test, item in _items(results):
        if _result(item) is not None or _status(test, item) in WITHDRAWN:
            found.add(_called(test, item)[1])
    return sorted(found)


def _items(results: Any) -> Iterator[tuple[Json, Json]]:
    """Each component with its test, as far as they are any; a test without components is its own."""
    for test in results if isinstance(results, list) else ():
        items = (test.get("components") or [test]) if isinstance(test, dict) else ()
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                yield test, item


def _called(test: Json, item: Json) -> tuple[str, str]:
    """What a result is called, and the code that it is known by here: that of its test and its own name."""
    panel = str(test.get("test_code") or "").strip()
    name = str(item.get("component") or test.get("test_name") or panel or "test").strip()
    return name, "/".join(filter(None, ("-".join(panel.split()), "-".join(name.split()))))


def _put_results(story: Story, value: Any, _links: Links) -> Story:
    """Each result that the chart lacks is added; one that says something else now is added beside the old.

    What counts is what the chart heard last of what was measured then, however many times: two bottles may say the
    same. Which of those that stand here it is for, the chart finds.
    """
    made = list(_made(value, story))
    said, known = _by_key(made), _by_key(_observations(story))
    heard = {key: _overlap(known.get(key, []), each) for key, each in said.items()}
    for one in made:
        key = _key(one)
        if heard[key]:
            heard[key] -= 1
        else:
            story = _with_result(story, one)
    return story


def _by_key(results: Iterable[Observation]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for one in results:
        found.setdefault(_key(one), []).append(_says(one))
    return found


def _overlap(known: Sequence[Any], said: Sequence[Any]) -> int:
    """How many of what is said, from its first on, are what was heard last."""
    return next((n for n in range(min(len(known), len(said)), 0, -1) if known[-n:] == said[:n]), 0)


def _made(value: Any, story: Story) -> Iterator[Observation]:
    for test, item in _items(value):
        made = _observation(test, item, story)
        if made is not None:
            yield made


def _with_result(story: Story, made: Observation) -> Story:
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


def _key(one: Observation) -> tuple[str, Any]:
    """What was measured, and when: of another time it is another result."""
    code = next((each.code for each in one.code.coding if each.system == CODES), None)
    return str(fold(code or words(one.code))), fold(one.effective_date_time)


def _says(one: Observation) -> Any:
    """What is heard of a result: its value, how it is flagged, and whether it is withdrawn."""
    flags = tuple(fold(words(each)) for each in one.interpretation)
    return _value(one), flags, one.status in WITHDRAWN


def _value(one: Observation) -> Any:
    quantity = one.value_quantity
    if quantity is not None:
        return (plain(quantity.value), quantity.unit or quantity.code)
    return fold(one.value_string)


def _observation(test: Json, item: Json, story: Story) -> Observation | None:
    """A component as a finding; None where it has no value, or one that no finding can hold: its neighbours stand."""
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
    number, unit = _number(text), item.get("unit") if isinstance(item.get("unit"), str) else None
    if number is not None:
        found["valueQuantity"] = {"value": number} | ({"unit": unit} if unit else {})
    elif text is not None:
        found["valueString"] = " ".join(filter(None, (str(text), unit)))
    if isinstance(item.get("reference_range"), str) and item["reference_range"]:
        found["referenceRange"] = [{"text": item["reference_range"]}]
    if isinstance(flag := item.get("flag"), str) and flag.strip():
        known = FLAGS.get(_plain(flag))
        found["interpretation"] = [{"coding": [{"code": known}]} if known else {"text": flag.strip()}]
    if (at := _at(test, item)) is not None:
        found["effectiveDateTime"] = at
    if story.patient_id:
        found["subject"] = {"reference": f"Patient/{story.patient_id}"}
    try:
        require_sound(found)
        return Observation.model_validate(found)
    except (ValidationError, NotExact):
        return None


def _number(text: str | float | None) -> Decimal | None:
    """A value as a number; one that nothing measures stays the words that it came in."""
    number = exact(text)
    kept = number is not None and len(str(text)) <= LONGEST_NUMBER and abs(number.adjusted()) <= LARGEST_EXPONENT
    return number if kept else None


def _at(test: Json, item: Json) -> str | None:
    """When it was measured, where that is said to the minute and in a form that can be read."""
    at = item["resulted_at"] if fold(item.get("resulted_at")) is not None else test.get("resulted_at")
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) and "T" in at else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else str(at)


def _result(item: Json) -> str | int | float | None:
    text = item.get("result") if fold(item.get("result")) is not None else item.get("value")
    if not isinstance(text, (str, int, float)) or isinstance(text, bool):
        return None
    return text if str(text).strip() else None


def _status(test: Json, item: Json) -> str:
    """How far it is; where all of the test is withdrawn, each of its components is."""
    of_test, of_item = (STATUS.get(_plain(each.get("status"))) for each in (test, item))
    if of_test in WITHDRAWN:
        return of_test or "unknown"
    return (of_item if fold(item.get("status")) is not None else of_test) or "unknown"


def _put_result_patient(story: Story, value: Any, links: Links) -> Story:
    one = first_of(story, Observation)
    made = refer(SYSTEM, Kind.PATIENT, value, links)
    return change(story, subject=made) if one.subject is None and made is not None else story


def _put_order(story: Story, value: Any, links: Links) -> Story:
    """Say of every result to which order of the clinic it belongs, where the order was placed here."""
    here = links.here(Kind.LAB_ORDER, value) if isinstance(value, str) else None
    if here is None:
        return story
    of_it = [{"reference": f"ServiceRequest/{here}"}]

    def bound(one: Any) -> Any:
        return one.model_copy(update={"basedOn": of_it}) if isinstance(one, Observation) and not is_blank(one) else one

    return replace(story, first=bound(story.first), rest=tuple(map(bound, story.rest)))


def _put_note(story: Story, value: Any, _links: Links) -> Story:
    """What the laboratory remarks of all of it: a finding of its own, so that it stands where the results do."""
    text = value.strip() if isinstance(value, str) else ""
    known = [each for each in _observations(story) if _key(each)[0] == _key(_note(text, story))[0]]
    return story if not text or (known and known[-1].value_string == text) else _with_result(story, _note(text, story))


def _note(text: str, story: Story) -> Observation:
    coding = [{"system": LOINC, "code": "8251-1", "display": "Service comment"}]
    said: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": coding, "text": "Laboratory's note"},
        "performer": [{"display": TITLE}],
        "valueString": text,
    }
    first = story.first
    if isinstance(first, Observation) and first.effective_date_time:
        said["effectiveDateTime"] = first.effective_date_time
    if isinstance(first, Observation) and first.subject is not None:
        said["subject"] = first.subject.model_dump(by_alias=True, exclude_none=True)
    return Observation.model_validate(said)


def _reads_results(value: Any) -> bool:
    """Whether of every component all that it says is read: else it may be that it is critical, or does not hold.

    Its value is a text or a number, everything beside it text that is known. What is finished or flagged has a value.
    """
    if not isinstance(value, list):
        return False
    return all(isinstance(test, dict) and _reads_test(test) for test in value if fold(test) is not None)


def _reads_test(test: Json) -> bool:
    items = test.get("components") or [test]
    if not isinstance(items, list) or (items != [test] and beyond(test, _OF_TEST)):
        return False
    return all(isinstance(item, dict) and _reads_component(test, item) for item in items)


def _reads_component(test: Json, item: Json) -> bool:
    said, value = item.get("result"), item.get("value")
    flag, status = item.get("flag"), item.get("status") if fold(item.get("status")) is not None else test.get("status")
    at = item["resulted_at"] if fold(item.get("resulted_at")) is not None else test.get("resulted_at")
    if (
        beyond(item, _OF_ITEM if item is not test else {**_OF_ITEM, **_OF_TEST})
        or any(each is not None and not _is_plain(each) for each in (said, value))
        or (fold(said) is not None and fold(value) not in {None, fold(said)})
        or not all(isinstance(item.get(name), str | None) for name in ("unit", "reference_range", "component"))
        or (fold(flag) is not None and _plain(flag) not in FLAGS)
    ):
        return False
    if _result(item) is None and _status(test, item) not in WITHDRAWN:
        # What has no value yet is on its way, in whatever words; what is final or flagged has one somewhere.
        return fold(flag) is None and STATUS.get(_plain(status)) not in _FINISHED
    return (
        (fold(status) is None or _plain(status) in STATUS)
        and (fold(at) is None or _at(test, item) is not None)
        and _observation(test, item, blank_result(None)) is not None
    )


def _same_results(value: Any) -> Any:
    """Results as they are compared: of a stamp or a link that has no place here counts that it is there, not where to.

    Those move with every answer. Whatever else stands under a name that nobody knows may be the value itself.
    """
    return fold([_still_test(test, _OF_TEST) for test in value] if isinstance(value, list) else value)


def _still_test(test: Any, known: Shape) -> Any:
    if not isinstance(test, dict):
        return test
    if known is _OF_TEST and not test.get("components"):
        known = {**_OF_TEST, **_OF_ITEM}
    read = {name: each for name, each in test.items() if name in known or _REMARK.search(name)}
    said = {**_still({name: each for name, each in test.items() if name not in read}), **read}
    if known is _OF_TEST and isinstance(items := test.get("components"), list):
        said["components"] = [_still_test(item, _OF_ITEM) for item in items]
    return said


def _still(value: Any) -> Any:
    """What has no place here, without what moves with every answer: of that there is the name alone."""
    if isinstance(value, list):
        return [_still(each) for each in value]
    if not isinstance(value, dict):
        return True if isinstance(value, str) and _MOVING.fullmatch(value.strip()) else value
    said = {name: each for name, each in value.items() if fold(each) is not None}
    return {name: True if _MOVES.search(name) else _still(each) for name, each in said.items()}


def _same_beside(value: Any) -> Any:
    """What is said beside the results; an earlier program kept the names of it alone."""
    return fold(_still(dict.fromkeys(map(str, value), True) if isinstance(value, list) else value))


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


# What a laboratory remarks may undo what it measured: "haemolysed, disregard" is another thing than "ok".
_REMARK = re.compile("comment|note|remark|interpret|disclaim", re.IGNORECASE)
# An instant or an address, and the names of such and of the numbers of an answer itself.
_MOVING = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)? ?(Z|[+-]\d\d:?\d\d)?|https?://\S+", re.IGNORECASE)
_MOVES = re.compile(
    r"(_at|[a-z]At|(?i:(^|[_-])_*(links?|href|ur[li]|pdf|etag|timestamp)|(request|response|trace|correlation)[_-]?id))$"
)
# The members that are read, and those that only number what is said already.
_OF_TEST = shape("id test_code test_name status resulted_at components")
_OF_ITEM = shape("id component result value unit reference_range flag status resulted_at")
_FINISHED = frozenset({"final", "corrected", "amended"})
# What the results of an order say beside them that is read, or that says nothing of them.
_KNOWN = frozenset({
    "id", "order_id", "order_number", "patient_id", "results", "status", "completed_at", "pathologist_id", "notes",
    "created_at", "updated_at", "links", "_links",
})  # fmt: skip


RESULTS = (
    Lens("results", nothing, _put_results, _same_results, told=False, reads=_reads_results),
    Lens("patient_id", nothing, _put_result_patient, told=False),
    shown("components"),
    Lens("notes", nothing, _put_note, told=False, reads=lambda value: isinstance(value, str) and is_sound(value)),
    Lens("order_id", nothing, _put_order, told=False),
    shown("status"),
    shown("completed_at"),
    Lens("beside", nothing, left, _same_beside, told=False, reads=lambda _value: False),
)


def blank_result(story: Story | None) -> Story:
    """Results of which the chart knows nothing yet."""
    first = Observation(resource_type="Observation", status="unknown", code=CodeableConcept())
    return story or Story(Kind.LAB_RESULT, "", 0, None, first)
