"""Claim and ClaimResponse: what an insurer is asked to pay, and what it answers."""

from typing import Literal

from sync.records.elements import (
    Code,
    CodeableConcept,
    Date,
    DateTime,
    Element,
    Flag,
    Money,
    Period,
    Quantity,
    Reference,
    Resource,
    Text,
    Whole,
)


class Diagnosis(Element):
    """What the care was for."""

    sequence: Whole
    diagnosis_codeable_concept: CodeableConcept | None = None
    diagnosis_reference: Reference | None = None


class Insurance(Element):
    """Under which cover it is claimed."""

    sequence: Whole
    focal: Flag
    coverage: Reference
    pre_auth_ref: tuple[Text, ...] = ()


class Item(Element):
    """One thing that is to be paid."""

    sequence: Whole
    diagnosis_sequence: tuple[Whole, ...] = ()
    product_or_service: CodeableConcept
    modifier: tuple[CodeableConcept, ...] = ()
    serviced_date: Date | None = None
    serviced_period: Period | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    net: Money | None = None


class Related(Element):
    """Another claim that this one follows."""

    claim: Reference | None = None
    relationship: CodeableConcept | None = None


class Claim(Resource):
    """A list of services for an insurer."""

    resource_type: Literal["Claim"]
    status: Literal["active", "cancelled", "draft", "entered-in-error"]
    type: CodeableConcept
    use: Literal["claim", "preauthorization", "predetermination"]
    patient: Reference
    billable_period: Period | None = None
    created: DateTime
    insurer: Reference | None = None
    provider: Reference
    priority: CodeableConcept
    related: tuple[Related, ...] = ()
    diagnosis: tuple[Diagnosis, ...] = ()
    insurance: tuple[Insurance, ...]
    item: tuple[Item, ...] = ()
    total: Money | None = None


class Total(Element):
    """A sum of one kind."""

    category: CodeableConcept
    amount: Money


class Payment(Element):
    """What was paid."""

    type: CodeableConcept
    date: Date | None = None
    amount: Money


class ClaimResponse(Resource):
    """An insurer's answer."""

    resource_type: Literal["ClaimResponse"]
    status: Literal["active", "cancelled", "draft", "entered-in-error"]
    type: CodeableConcept
    use: Literal["claim", "preauthorization", "predetermination"]
    patient: Reference
    created: DateTime
    insurer: Reference
    request: Reference | None = None
    outcome: Code
    disposition: Text | None = None
    pre_auth_ref: Text | None = None
    total: tuple[Total, ...] = ()
    payment: Payment | None = None
