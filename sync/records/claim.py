"""Claim: what an insurer is asked to pay."""

from sync.records.elements import (
    Code,
    CodeableConcept,
    Date,
    DateTime,
    Element,
    Exact,
    Flag,
    Quantity,
    Reference,
    Resource,
    Whole,
)


class ClaimInsurance(Element):
    """The cover that is asked to pay."""

    sequence: Whole | None = None
    focal: Flag | None = None
    coverage: Reference | None = None


class ClaimDiagnosis(Element):
    """Why it was done."""

    sequence: Whole | None = None
    diagnosis_codeable_concept: CodeableConcept | None = None


class Money(Element):
    """An amount of a currency."""

    value: Exact | None = None
    currency: Code | None = None


class ClaimItem(Element):
    """What was done and what it costs."""

    sequence: Whole | None = None
    product_or_service: CodeableConcept | None = None
    modifier: tuple[CodeableConcept, ...] = ()
    serviced_date: Date | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    net: Money | None = None


class Claim(Resource):
    """What an insurer is asked to pay."""

    status: Code | None = None
    type: CodeableConcept | None = None
    use: Code | None = None
    patient: Reference | None = None
    created: DateTime | None = None
    insurer: Reference | None = None
    provider: Reference | None = None
    priority: CodeableConcept | None = None
    diagnosis: tuple[ClaimDiagnosis, ...] = ()
    insurance: tuple[ClaimInsurance, ...] = ()
    item: tuple[ClaimItem, ...] = ()
    total: Money | None = None
