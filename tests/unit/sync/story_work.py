"""Made-up stories of money, the laboratory and the pharmacy."""

from typing import Any

from hypothesis import strategies as st

from sync.port import Kind, Story
from sync.records.claim import Claim
from sync.records.dispense import MedicationDispense
from sync.records.invoice import ChargeItem, Invoice
from sync.records.payment import PaymentNotice
from sync.records.request import ServiceRequest
from tests.unit.sync.story_parts import (
    DOCTOR,
    LOINC,
    PATIENT,
    amounts,
    codes,
    concepts,
    coverage,
    days,
    ids,
    instants,
    lists,
    made,
    practitioners,
    some,
    stories,
    subject,
    texts,
    together,
)

# What is charged without a code of a list is for a person to tell.
CHARGED = st.fixed_dictionaries(
    {
        "text": texts,
        "coding": st.one_of(
            st.from_regex(r"[0-9]{5}|[A-V][0-9]{4}", fullmatch=True).map(
                lambda code: [{"system": "http://www.ama-assn.org/go/cpt", "code": code}]
            ),
            codes.map(lambda code: [{"system": "http://example.org/codes", "code": f"{code}-X"}]),
        ),
    }
)


def charges() -> st.SearchStrategy[Any]:
    """One thing that is charged."""
    return made(
        ChargeItem,
        some(
            id=ids,
            status=st.just("billable"),
            code=CHARGED,
            subject=st.just(subject(PATIENT)),
            occurrenceDateTime=instants,
            quantity=st.integers(1, 9).map(lambda n: {"value": n}),
            priceOverride=amounts.map(lambda value: {"value": value, "currency": "USD"}),
        ),
    )


def of_charges() -> st.SearchStrategy[Story]:
    """Charges."""
    return stories(Kind.CHARGE, together(charges()))


def of_invoices() -> st.SearchStrategy[Story]:
    """Invoices with their charges."""
    invoice = made(
        Invoice,
        some(
            id=ids,
            status=st.just("issued"),
            subject=st.just(subject(PATIENT)),
            date=days,
        ),
    )
    return stories(Kind.INVOICE, together(invoice, lists(charges(), 3)))


def of_payments() -> st.SearchStrategy[Story]:
    """Payments."""
    payment = made(
        PaymentNotice,
        some(
            id=ids,
            status=st.just("active"),
            request=st.just({"reference": "Invoice/abc"}),
            paymentDate=days,
            created=days,
            amount=amounts.map(lambda value: {"value": value, "currency": "USD"}),
        ),
    )
    return stories(Kind.PAYMENT, together(payment))


def of_claims() -> st.SearchStrategy[Story]:
    """Claims with the cover that is asked."""
    claim = made(
        Claim,
        some(
            id=ids,
            status=st.just("active"),
            use=st.just("claim"),
            type=st.just({"coding": [{"code": "professional"}]}),
            created=days,
            provider=st.just({"reference": f"Practitioner/{DOCTOR}"}),
            priority=st.just({"coding": [{"code": "normal"}]}),
            insurance=st.just([{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c"}}]),
            patient=st.just(subject(PATIENT)),
            total=amounts.map(lambda value: {"value": value, "currency": "USD"}),
        ),
    )
    return stories(Kind.CLAIM, together(claim, coverage(1)))


def of_lab_orders() -> st.SearchStrategy[Story]:
    """Orders of one to three tests under one requisition."""
    test = made(
        ServiceRequest,
        some(
            id=ids,
            status=st.just("active"),
            intent=st.just("order"),
            code=concepts(LOINC),
            priority=st.sampled_from([None, "routine", "stat"]),
            subject=st.just(subject(PATIENT)),
            requester=st.just({"reference": f"Practitioner/{DOCTOR}"}),
            orderDetail=lists(concepts(), 1),
            requisition=st.just({"system": "urn:x-clinic-desktop:order", "value": "L1"}),
        ),
    )
    return stories(Kind.LAB_ORDER, together(test, lists(test, 2), practitioners))


def of_dispenses() -> st.SearchStrategy[Story]:
    """What the pharmacy handed out."""
    one = made(
        MedicationDispense,
        some(
            id=ids,
            status=st.just("completed"),
            subject=st.just(subject(PATIENT)),
            whenHandedOver=instants,
            note=lists(st.fixed_dictionaries({"text": texts}), 1),
        ),
    )
    return stories(Kind.DISPENSE, together(one))
