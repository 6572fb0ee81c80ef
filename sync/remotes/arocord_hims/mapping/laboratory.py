"""An order of tests there, and the results that are entered for it: written, and never read back."""

from collections.abc import Mapping
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.elements import CodeableConcept, Reference
from sync.records.observation import Observation
from sync.records.request import ServiceRequest
from sync.remotes.arocord_hims.mapping.names import SYSTEM
from sync.telling.folding import fold, utc
from sync.telling.lenses import Lens, add, change, first_of, of, shown
from sync.telling.notes import with_marker, without_marker
from sync.telling.words import meant, refer, told_id, words
from sync.telling.work import asked_by, exact, extra, plain, requests_of, test_code

NOBODY = Reference(display="the patient")
CODES = f"urn:x-clinic-desktop:there:{SYSTEM}:test"
FLAGS: Mapping[str, str] = {
    "N": "normal", "H": "high", "L": "low", "HH": "critical", "LL": "critical", "A": "abnormal", "AA": "critical",
}  # fmt: skip


def test_body(request: ServiceRequest) -> Body:
    """One test."""
    found = {
        "test_type": words(request.code),
        "test_code": test_code(request.code, CODES),
        "priority": request.priority,
        "specimen_type": next(filter(None, map(words, request.order_detail)), None),
        "collection_instructions": request.patient_instruction,
    }
    return {name: value for name, value in found.items() if value}


def _tests(story: Story, _links: Links) -> list[Body]:
    return [test_body(each) for each in requests_of(story)]


def marked(body: Body, marker: str) -> Body:
    """The order with our marker in the first test's instructions, where the list gives it back."""
    tests = [dict(each) for each in body.get("tests", [])]
    if tests:
        tests[0]["collection_instructions"] = with_marker(tests[0].get("collection_instructions"), marker)
    return body | {"tests": tests}


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


_TEST = ("code", "priority", "order_detail", "patient_instruction")


def _request(base: ServiceRequest, item: Mapping[str, Any]) -> ServiceRequest:
    code, text = item.get("test_code"), item.get("test_type")
    coding = [{"system": CODES, "code": code}] if isinstance(code, str) and code.strip() == code and code else []
    meaning = CodeableConcept.model_validate({"coding": coding} | ({"text": text} if isinstance(text, str) else {}))
    specimen = meant(item.get("specimen_type") if isinstance(item.get("specimen_type"), str) else None)
    said = item.get("collection_instructions")
    return base.model_copy(
        update={
            "code": meaning,
            "priority": item.get("priority") if isinstance(item.get("priority"), str) else None,
            "order_detail": (specimen,) if specimen else (),
            "patient_instruction": (without_marker(said) or None) if isinstance(said, str) else None,
        }
    )


def ordered_by(story: Story) -> Reference | None:
    """Who ordered it."""
    return asked_by(story, first_of(story, ServiceRequest).requester)


def compared(value: Any) -> Any:
    """Tests as they are compared: without a marker of ours, and whatever their order."""
    if not isinstance(value, list):
        return fold(value)
    tests = []
    for each in value:
        said = each.get("collection_instructions") if isinstance(each, dict) else None
        bare = {**each, "collection_instructions": without_marker(said)} if isinstance(said, str) else each
        tests.append(fold({n: v for n, v in bare.items() if n != "status"} if isinstance(bare, dict) else bare))
    return sorted(tests, key=str)


def _refer(name: str, kind: Kind) -> Any:
    def put(story: Story, value: Any, links: Links) -> Story:
        made = refer(SYSTEM, kind, value, links)
        blank = getattr(first_of(story, ServiceRequest), name) in (None, NOBODY)
        return change(story, **{name: made}) if made is not None and blank else story

    return put


_ASKED = frozenset({"test_type", "test_code", "priority", "specimen_type", "collection_instructions"})
LENSES = (
    Lens(
        "patient_id",
        lambda story, links: told_id(first_of(story, ServiceRequest).subject, SYSTEM, Kind.PATIENT, links),
        _refer("subject", Kind.PATIENT),
    ),
    Lens(
        "doctor_id",
        lambda story, links: told_id(ordered_by(story), SYSTEM, Kind.PRACTITIONER, links),
        _refer("requester", Kind.PRACTITIONER),
    ),
    Lens(
        "consultation_id",
        lambda story, links: told_id(first_of(story, ServiceRequest).encounter, SYSTEM, Kind.ENCOUNTER, links),
        _refer("encounter", Kind.ENCOUNTER),
    ),
    Lens("tests", _tests, _put_tests, same=compared, parts=_ASKED),
    shown("status"),
)


# Results
def observations_of(story: Story) -> list[Observation]:
    """The results of an order."""
    return [each for each in (story.first, *story.rest) if isinstance(each, Observation)]


def order_of(story: Story) -> Reference | None:
    """The order that was resulted: as the result says, else the request that is told with it."""
    found = extra(first_of(story, Observation), "basedOn")
    if isinstance(found, (list, tuple)) and found and isinstance(found[0], dict):
        return Reference.model_validate(found[0])
    request = next(iter(of(story, ServiceRequest)), None)
    return Reference(reference=f"ServiceRequest/{request.id}") if request is not None and request.id else None


def _order_there(story: Story, links: Links) -> str | None:
    """The id there of that order; results are told under the id of their order, and each says its test."""
    return told_id(order_of(story), SYSTEM, Kind.LAB_ORDER, links) or links.there(Kind.LAB_ORDER, story.local_id)


def result_body(one: Observation) -> Body:
    """One result: its value as it is written, with its unit, its range and its flag."""
    quantity = one.value_quantity
    value = one.value_string or words(one.value_codeable_concept)
    if quantity is not None and quantity.value is not None:
        value = f"{quantity.comparator or ''}{getattr(quantity.value, 'text', None) or plain(quantity.value)}"
    flags = [code for each in one.interpretation for coding in each.coding if (code := coding.code)]
    found = {
        "test_code": test_code(one.code, CODES) or words(one.code) or "test",
        "value": value or "",
        "unit": (quantity.unit or quantity.code) if quantity else None,
        "reference_range": _range(one),
        "flag": next((FLAGS[each] for each in flags if each in FLAGS), None),
    }
    return {name: each for name, each in found.items() if each is not None}


def _range(one: Observation) -> str | None:
    if not one.reference_range:
        return None
    first = one.reference_range[0]
    if first.text:
        return first.text
    low, high = (plain(each.value) if each and each.value is not None else None for each in (first.low, first.high))
    if low is None and high is None:
        return None
    return f"{low}-{high}" if low is not None and high is not None else f">={low}" if high is None else f"<={high}"


def _results(story: Story, _links: Links) -> list[Body]:
    return [result_body(each) for each in observations_of(story) if each.status != "entered-in-error"]


def _interpretation(story: Story, _links: Links) -> str | None:
    texts = (note.text for each in observations_of(story) for note in each.note)
    return "\n".join(dict.fromkeys(texts)) or None


def _completed(story: Story, _links: Links) -> str | None:
    issued = first_of(story, Observation).issued
    return utc(issued) if issued else None


def _put_results(story: Story, value: Any, _links: Links) -> Story:
    """A signed result is never rewritten: what came from there is unverified evidence and another record."""
    if first_of(story, Observation).code.coding or not isinstance(value, list):
        return story
    made = [_observation(item) for item in value if isinstance(item, dict) and exact_text(item.get("value"))]
    if not made:
        return story
    first, *rest = made
    return add(change(story, **{name: getattr(first, name) for name in _RESULT}), *rest)


_RESULT = ("code", "status", "value_quantity", "value_string", "reference_range", "interpretation")


def exact_text(value: Any) -> str | None:
    """A value as text; None for none."""
    return str(value) if isinstance(value, (str, int, float)) and str(value) and not isinstance(value, bool) else None


def _observation(item: Mapping[str, Any]) -> Observation:
    text, unit = exact_text(item.get("value")) or "", item.get("unit")
    number = exact(text)
    code = str(item.get("test_code") or "test").strip() or "test"
    flag = {"high": "H", "low": "L", "normal": "N", "abnormal": "A", "critical": "AA"}.get(str(item.get("flag")))
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {"coding": [{"system": CODES, "code": " ".join(code.split())}]},
    }
    if number is not None:
        found["valueQuantity"] = {"value": number} | ({"unit": unit} if isinstance(unit, str) and unit else {})
    else:
        found["valueString"] = text
    if isinstance(item.get("reference_range"), str) and item["reference_range"]:
        found["referenceRange"] = [{"text": item["reference_range"]}]
    if flag:
        found["interpretation"] = [{"coding": [{"code": flag}]}]
    return Observation.model_validate(found)


def _technician(story: Story, links: Links) -> str | None:
    performers = first_of(story, Observation).performer
    return told_id(performers[0], SYSTEM, Kind.PRACTITIONER, links) if performers else None


def _put_technician(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.PRACTITIONER, value, links)
    blank = not first_of(story, Observation).performer
    return change(story, performer=(made,)) if made is not None and blank else story


def _put_completed(story: Story, value: Any, _links: Links) -> Story:
    blank = first_of(story, Observation).issued is None
    return change(story, issued=value) if blank and isinstance(value, str) and "T" in value else story


def _put_order(story: Story, value: Any, links: Links) -> Story:
    made = refer(SYSTEM, Kind.LAB_ORDER, value, links) if order_of(story) is None else None
    return story if made is None else change(story, basedOn=[made.model_dump(by_alias=True, exclude_unset=True)])


RESULTS = (
    # In the path of the call, and so no member of what is sent.
    Lens("order_id", _order_there, _put_order),
    Lens("results", _results, _put_results),
    Lens("interpretation", _interpretation, lambda story, _value, _links: story),
    Lens("technician_id", _technician, _put_technician),
    Lens("completed_at", _completed, _put_completed),
)


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of an order that has no place there."""
    tests = requests_of(story)
    said = {
        "reason": any(each.reason_code for each in tests),
        "remarks": any(each.note for each in tests),
        "specimen": any(each.specimen for each in tests),
        "time of the order": any(each.authored_on for each in tests),
    }
    return tuple(name for name, has in said.items() if has)


def blank(story: Story | None) -> Story:
    """An order of which the chart knows nothing yet."""
    first = ServiceRequest(resource_type="ServiceRequest", status="active", intent="order", subject=NOBODY)
    return story or Story(Kind.LAB_ORDER, "", 0, None, first)


def blank_result(story: Story | None) -> Story:
    """A result of which the chart knows nothing yet."""
    first = Observation(resource_type="Observation", status="preliminary", code=CodeableConcept())
    return story or Story(Kind.LAB_RESULT, "", 0, None, first)
