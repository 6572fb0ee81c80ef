"""The mappings both ways: whatever a record holds comes back, and reading what was written changes nothing."""

import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.exchange import documents, subjects, when
from clinic_desktop.exchange.mapped import Mapped
from clinic_desktop.exchange.subjects import SUBJECTS
from sync.records.exact import Json, Number, digest, loads
from tests.fhir import everything, text

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
CODES = st.from_regex(r"[A-Za-z0-9.\-]{1,12}", fullmatch=True)
DATES = st.one_of(
    st.dates().map(str), st.dates().map(lambda day: str(day)[:7]), st.dates().map(lambda day: str(day)[:4])
)
MOMENTS = st.one_of(DATES, st.datetimes().map(lambda at: at.isoformat(timespec="milliseconds") + "-07:00"))
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,8})\.[0-9]{1,12}", fullmatch=True).map(Number)
FLAGS = st.booleans()


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object with any of the members."""
    return st.fixed_dictionaries({}, optional=members)


CONCEPTS = st.fixed_dictionaries(
    {"text": WORDS}, optional={"coding": st.lists(some(system=WORDS, code=CODES, display=WORDS), max_size=3)}
)
QUANTITIES = some(value=NUMBERS, unit=WORDS, code=CODES, comparator=st.sampled_from(["<", ">="]), system=WORDS)
PERIODS = some(start=MOMENTS, end=MOMENTS)
SUBJECT = st.fixed_dictionaries({"reference": st.just("Patient/p")}, optional={"display": WORDS})
VISIT = st.just({"reference": "Encounter/e"})
NOTES = st.lists(st.fixed_dictionaries({"text": WORDS}, optional={"time": MOMENTS}), max_size=2)
NAMES = st.lists(some(use=st.sampled_from(["official", "old", "maiden"]), text=WORDS, family=WORDS,
                      given=st.lists(WORDS, max_size=3)), max_size=3)  # fmt: skip
VALUES = {
    "valueQuantity": QUANTITIES, "valueCodeableConcept": CONCEPTS, "valueString": WORDS, "valueBoolean": FLAGS,
    "valueInteger": st.integers(-999, 999), "valueRange": some(low=QUANTITIES, high=QUANTITIES),
    "valueRatio": some(numerator=QUANTITIES, denominator=QUANTITIES), "valueDateTime": MOMENTS,
    "valuePeriod": PERIODS, "valueTime": st.just("10:11:12"), "valueSampledData": st.just({"dimensions": 1}),
}  # fmt: skip
VALUED = st.sampled_from(sorted(VALUES)).flatmap(lambda name: some(**{name: VALUES[name]}))
RANGES = st.lists(some(low=QUANTITIES, high=QUANTITIES, text=WORDS, type=CONCEPTS), max_size=2)


def whole(kind: str, must: dict[str, st.SearchStrategy[Any]], may: dict[str, st.SearchStrategy[Any]]) -> Any:
    more = {"extension": st.just([{"url": "urn:x", "valueString": "kept"}]), "language": st.just("is")}
    return st.fixed_dictionaries({"resourceType": st.just(kind), **must}, optional=may | more)


CONTENTS = st.binary(min_size=1, max_size=30).map(lambda content: base64.b64encode(content).decode())
ATTACHMENTS = some(
    title=WORDS, data=CONTENTS, contentType=st.just("text/plain"), url=st.just("Binary/b1"), size=st.integers(1, 99)
)
RESOURCES = {
    "Patient": whole("Patient", {}, {
        "name": NAMES, "gender": st.sampled_from(["female", "other"]), "birthDate": DATES, "active": FLAGS,
        "telecom": st.lists(some(system=st.sampled_from(["phone", "email", "fax"]), value=WORDS, use=CODES)),
        "address": st.lists(some(line=st.lists(WORDS), city=WORDS, state=WORDS, district=WORDS), max_size=2),
        "deceasedDateTime": MOMENTS,
        "contact": st.lists(some(name=some(text=WORDS, family=WORDS), relationship=st.lists(CONCEPTS, max_size=1)),
                            max_size=2),
        "communication": st.lists(st.fixed_dictionaries({"language": CONCEPTS}), max_size=2),
    }),
    "Encounter": whole("Encounter", {
        "status": st.sampled_from(["finished", "planned", "entered-in-error"]), "class": some(code=CODES, system=WORDS),
    }, {
        "subject": SUBJECT, "period": PERIODS, "type": st.lists(CONCEPTS, max_size=2),
        "reasonCode": st.lists(CONCEPTS, max_size=2),
    }),
    "Condition": whole("Condition", {"subject": SUBJECT}, {
        "code": CONCEPTS, "onsetDateTime": MOMENTS, "abatementString": WORDS, "recordedDate": MOMENTS, "note": NOTES,
        "encounter": VISIT, "onsetAge": QUANTITIES,
        "clinicalStatus": st.sampled_from(["active", "resolved", "remission"]).map(lambda c: {"coding": [{"code": c}]}),
        "verificationStatus": st.sampled_from(["refuted", "confirmed"]).map(lambda c: {"coding": [{"code": c}]}),
    }),
    "AllergyIntolerance": whole("AllergyIntolerance", {"patient": SUBJECT}, {
        "code": CONCEPTS, "criticality": st.sampled_from(["low", "high"]), "recordedDate": MOMENTS, "note": NOTES,
        "category": st.lists(st.sampled_from(["food", "medication"]), max_size=2, unique=True),
        "reaction": st.lists(st.fixed_dictionaries({"manifestation": st.lists(CONCEPTS, min_size=1, max_size=2)},
                                                   optional={"severity": st.just("mild")}), max_size=2),
    }),
    "MedicationRequest": whole("MedicationRequest", {
        "subject": SUBJECT, "status": st.sampled_from(["active", "on-hold", "stopped", "draft", "unknown"]),
        "intent": st.sampled_from(["order", "plan"]),
    }, {
        "medicationCodeableConcept": CONCEPTS, "authoredOn": MOMENTS, "doNotPerform": FLAGS, "note": NOTES,
        "dosageInstruction": st.lists(some(text=WORDS, asNeededBoolean=FLAGS), max_size=2),
    }),
    "MedicationStatement": whole("MedicationStatement", {
        "subject": SUBJECT, "status": st.sampled_from(["active", "not-taken", "completed", "intended"]),
    }, {
        "medicationCodeableConcept": CONCEPTS, "effectivePeriod": PERIODS, "dateAsserted": MOMENTS, "context": VISIT,
    }),
    "Observation": st.tuples(
        whole("Observation", {"status": st.sampled_from(["final", "amended", "entered-in-error"]), "code": CONCEPTS}, {
            "subject": SUBJECT, "encounter": VISIT, "effectiveDateTime": MOMENTS, "note": NOTES,
            "category": st.lists(CONCEPTS, max_size=2), "interpretation": st.lists(CONCEPTS, max_size=2),
            "referenceRange": RANGES, "dataAbsentReason": CONCEPTS,
            "component": st.lists(st.tuples(st.fixed_dictionaries({"code": CONCEPTS}), VALUED).map(
                lambda both: both[0] | both[1]), max_size=3),
        }), VALUED).map(lambda both: both[0] | both[1]),
    "Procedure": whole("Procedure", {"subject": SUBJECT, "status": st.just("completed")}, {
        "code": CONCEPTS, "performedPeriod": PERIODS, "performedString": WORDS, "note": NOTES, "outcome": CONCEPTS,
    }),
    "DiagnosticReport": whole("DiagnosticReport", {"status": st.just("final"), "code": CONCEPTS}, {
        "subject": SUBJECT, "effectivePeriod": PERIODS, "conclusion": WORDS, "category": st.lists(CONCEPTS, max_size=2),
    }),
    "Immunization": whole("Immunization", {
        "patient": SUBJECT, "vaccineCode": CONCEPTS, "status": st.sampled_from(["completed", "not-done"]),
    }, {
        "occurrenceDateTime": MOMENTS, "occurrenceString": WORDS, "lotNumber": WORDS, "doseQuantity": QUANTITIES,
        "primarySource": FLAGS, "statusReason": CONCEPTS,
        "protocolApplied": st.lists(some(doseNumberString=WORDS, series=WORDS), max_size=2),
    }),
    "Binary": whole("Binary", {"contentType": st.just("text/plain")}, {"data": CONTENTS}),
    "DocumentReference": whole("DocumentReference", {
        "status": st.sampled_from(["current", "superseded", "entered-in-error"]),
        "content": st.lists(some(attachment=ATTACHMENTS), min_size=1, max_size=2).filter(all),
    }, {
        "subject": SUBJECT, "type": CONCEPTS, "description": WORDS, "author": st.lists(some(display=WORDS), max_size=2),
        "date": MOMENTS.filter(lambda at: "T" in at), "context": some(period=PERIODS), "docStatus": st.just("final"),
    }),
    "Consent": whole("Consent", {
        "status": st.sampled_from(["active", "draft", "rejected", "inactive", "entered-in-error"]),
        "scope": CONCEPTS, "category": st.lists(CONCEPTS, min_size=1, max_size=2),
    }, {
        "patient": SUBJECT, "dateTime": MOMENTS, "policyRule": CONCEPTS, "performer": st.lists(SUBJECT, max_size=1),
        "provision": some(type=st.sampled_from(["deny", "permit"]), period=PERIODS),
    }),
    "Coverage": whole("Coverage", {
        "status": st.just("active"), "beneficiary": SUBJECT,
        "payor": st.lists(some(display=WORDS), min_size=1, max_size=2),
    }, {"type": CONCEPTS, "subscriberId": WORDS, "period": PERIODS}),
    "Appointment": whole("Appointment", {
        "status": st.sampled_from(["booked", "noshow"]),
        "participant": st.lists(st.fixed_dictionaries({"actor": SUBJECT, "status": st.just("accepted")}), min_size=1,
                                max_size=2),
    }, {"description": WORDS, "serviceType": st.lists(CONCEPTS, max_size=1),
        "reasonCode": st.lists(CONCEPTS, max_size=1)}),
    "ServiceRequest": whole("ServiceRequest", {
        "status": st.just("active"), "intent": st.just("order"), "subject": SUBJECT,
    }, {"code": CONCEPTS, "authoredOn": MOMENTS, "occurrencePeriod": PERIODS, "note": NOTES}),
    "Communication": whole("Communication", {"status": st.just("completed")}, {
        "subject": SUBJECT, "topic": CONCEPTS, "sent": MOMENTS,
        "payload": st.lists(some(contentString=WORDS), max_size=2),
    }),
    "Task": whole("Task", {"status": st.just("requested"), "intent": st.just("order")}, {
        "for": SUBJECT, "code": CONCEPTS, "description": WORDS, "authoredOn": MOMENTS,
    }),
    "Practitioner": whole("Practitioner", {}, {"name": NAMES, "active": FLAGS, "gender": st.just("male")}),
    "Organization": whole("Organization", {}, {"name": WORDS, "type": st.lists(CONCEPTS, max_size=2)}),
    "Location": whole("Location", {}, {"name": WORDS, "status": st.sampled_from(["active", "inactive"])}),
    "Medication": whole("Medication", {}, {"code": CONCEPTS, "status": st.just("active")}),
}  # fmt: skip


def through(resource: Json) -> Json:
    """A resource read into its columns, what has none beside it, and written again."""
    subject = SUBJECTS[resource["resourceType"]]
    kept: dict[str, bytes] = {}
    if subject.kind in documents.CARRIERS:
        resource, contents = documents.lift(resource)
        kept = {hashlib.sha256(each).hexdigest(): each for each in contents}
    what = subjects.mapped(subject, subjects.record(resource))
    left = subjects.rest(subject, resource, what)
    written = subject.write(subjects._as_row(what), subjects._came(what))
    back = {"resourceType": subject.kind, **subjects.restored(subject, written, left)}
    return documents.fill(back, kept.__getitem__)


def test_every_kind_has_a_strategy() -> None:
    assert set(RESOURCES) == set(SUBJECTS)


@pytest.mark.parametrize("kind", sorted(RESOURCES))
def test_whatever_a_record_holds_comes_back(kind: str) -> None:
    @given(RESOURCES[kind])
    def holds(resource: Json) -> None:
        assert digest(through(resource)) == digest(resource)

    holds()


def test_the_columns_alone_hold_what_a_clinician_reads() -> None:
    """The rest is for what has no column: the code, value, unit and time of an observation are never in it."""
    for resource in everything():
        parsed = loads(text(resource))
        subject = SUBJECTS[parsed["resourceType"]]
        left = subjects.rest(subject, parsed, subjects.mapped(subject, subjects.record(parsed)))
        named = {"code", "valueQuantity", "effectiveDateTime", "status", "vaccineCode", "performedDateTime", "period"}
        assert not named & set(left), subject.kind


def test_the_chart_wins_where_it_says_something_else_now() -> None:
    resource = {
        "resourceType": "Condition", "subject": {"reference": "Patient/p"}, "code": {"text": "Gout"},
        "clinicalStatus": {"coding": [{"code": "active", "display": "Active"}]}, "severity": {"text": "bad"},
    }  # fmt: skip
    subject = SUBJECTS["Condition"]
    what = subjects.mapped(subject, subjects.record(resource))
    left = subjects.rest(subject, resource, what)
    resolved = Mapped(what.values | {"status": "resolved", "resolved_on": "2024-05-06"}, what.links)
    written = subject.write(subjects._as_row(resolved), subjects._came(resolved))
    out = subjects.restored(subject, written, left)
    assert out["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert (out["abatementDateTime"], out["severity"]) == ("2024-05-06", {"text": "bad"})


@pytest.mark.parametrize(
    ("text_", "at"),
    [
        ("2019-05-06T23:30:00-08:00", "2019-05-07T07:30:00.000000Z"),
        ("2019-05-06T23:30:00.123456789Z", "2019-05-06T23:30:00.123456Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_an_instant_is_read_with_its_offset(text_: str, at: str) -> None:
    assert when.instant(text_) == at


def test_a_civil_day_is_the_one_that_was_written() -> None:
    assert when.civil("2019-05-06T23:30:00-08:00") == "2019-05-06"
    assert when.civil("2019-05") is None


@given(MOMENTS)
def test_every_date_has_an_instant_that_sorts(moment: str) -> None:
    assert len(when.instant(moment)) == len("2026-11-20T11:51:44.123456Z")
