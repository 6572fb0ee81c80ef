"""Made-up stories of laboratory results and of notices."""

from dataclasses import replace

from hypothesis import strategies as st

from sync.port import Kind, Story
from sync.records.claim import Claim
from sync.records.dispense import MedicationDispense
from sync.records.elements import Identifier, Reference
from sync.records.invoice import ChargeItem, Invoice
from sync.records.message import Communication
from sync.records.observation import Observation
from sync.records.patient import Patient
from sync.records.request import ServiceRequest
from tests.unit.sync.story_parts import (
    DOCTOR,
    LOINC,
    PATIENT,
    concepts,
    exact,
    ids,
    instants,
    lists,
    made,
    maybe,
    some,
    stories,
    subject,
    texts,
    together,
)

MRN = "urn:x-clinic-desktop:mrn"
ORDER = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"


def results() -> st.SearchStrategy[Observation]:
    """One result, in numbers or in words."""
    amount = st.integers(0, 99999).map(lambda n: {"value": exact(n / 10), "unit": "mg/dL"})
    return made(
        Observation,
        st.one_of(st.tuples(amount, st.none()), st.tuples(st.none(), texts)).flatmap(
            lambda values: some(
                id=ids,
                status=st.sampled_from(["final", "amended"]),
                code=concepts(LOINC),
                subject=st.just(subject(PATIENT)),
                issued=maybe(instants),
                valueQuantity=st.just(values[0]),
                valueString=st.just(values[1]),
                referenceRange=lists(some(text=texts), 1),
                interpretation=lists(st.sampled_from("NHL").map(lambda c: {"coding": [{"code": c}]}), 1),
                performer=lists(st.just({"reference": f"Practitioner/{DOCTOR}"}), 1),
                note=lists(st.fixed_dictionaries({"text": texts}), 1),
            )
        ),
    )


def of_lab_results() -> st.SearchStrategy[Story]:
    """Results of one order."""
    order = made(
        ServiceRequest,
        some(
            id=st.just(ORDER),
            status=st.just("completed"),
            code=concepts(LOINC),
            intent=st.just("order"),
            subject=st.just(subject(PATIENT)),
        ),
    )
    return stories(Kind.LAB_RESULT, together(results(), lists(results(), 3), order))


def of_notices() -> st.SearchStrategy[Story]:
    """Notices to people there."""
    notice = made(
        Communication,
        some(
            id=ids,
            status=st.just("completed"),
            category=lists(concepts(), 1),
            priority=st.sampled_from([None, "routine", "urgent", "stat"]),
            topic=st.fixed_dictionaries({"text": texts}),
            sent=maybe(instants),
            recipient=st.just([{"reference": f"Practitioner/{DOCTOR}"}]),
            payload=lists(st.fixed_dictionaries({"contentString": texts}), 2, 1),
        ),
    )
    return stories(Kind.NOTICE, together(notice))


def with_number(story: Story) -> Story:
    """The patient with a record number of this clinic."""
    assert isinstance(story.first, Patient)
    others = tuple(each for each in story.first.identifier if each.system != MRN)
    ours = next((each for each in story.first.identifier if each.system == MRN and each.value), None)
    number = ours or Identifier(system=MRN, value=f"M{story.local_id[:4]}")
    return replace(story, first=story.first.model_copy(update={"identifier": (number, *others)}))


def of_something(story: Story) -> Story:
    """A dispense of a prescription; a claim for an invoice and its charge."""
    if isinstance(story.first, MedicationDispense):
        filled = (Reference(reference="MedicationRequest/88888888-8888-4888-8888-888888888888"),)
        return replace(story, first=story.first.model_copy(update={"authorizing_prescription": filled}))
    if isinstance(story.first, Claim):
        invoice = Invoice.model_validate({"resourceType": "Invoice", "id": "abc", "status": "issued"})
        charge = ChargeItem.model_validate(
            {
                "resourceType": "ChargeItem",
                "id": "def",
                "status": "billable",
                "code": {"text": "x"},
                "subject": {"display": "x"},
            }
        )
        return replace(story, rest=(*story.rest, invoice, charge))
    return story
