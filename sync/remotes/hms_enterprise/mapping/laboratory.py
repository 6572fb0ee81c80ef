"""An order of tests there."""

from collections.abc import Mapping
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.elements import CodeableConcept, Reference
from sync.records.request import ServiceRequest
from sync.remotes.hms_enterprise.mapping.names import SYSTEM
from sync.telling.folding import fold, utc
from sync.telling.lenses import Lens, add, change, first_of, left, shown
from sync.telling.words import meant, refer, told_id, words
from sync.telling.work import asked_by, diagnosis_codes, requests_of, test_code

NOBODY = Reference(display="the patient")
CODES = f"urn:x-clinic-desktop:there:{SYSTEM}:test"


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
