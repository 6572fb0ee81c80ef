"""Invoice and ChargeItem: what was charged."""

from typing import Any

from sync.records.claim import Money
from sync.records.elements import (
    Annotation,
    Code,
    CodeableConcept,
    Date,
    DateTime,
    Element,
    Quantity,
    Reference,
    Resource,
    Text,
    Whole,
)


class ChargeItem(Resource):
    """One thing that is charged."""

    status: Code | None = None
    code: CodeableConcept | None = None
    subject: Reference | None = None
    context: Reference | None = None
    occurrence_date_time: DateTime | None = None
    quantity: Quantity | None = None
    price_override: Money | None = None
    reason: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()


class InvoiceLine(Element):
    """A line of an invoice."""

    sequence: Whole | None = None
    charge_item_reference: Reference | None = None
    charge_item_codeable_concept: CodeableConcept | None = None
    price_component: tuple[dict[str, Any], ...] = ()


class Invoice(Resource):
    """What somebody owes."""

    status: Code | None = None
    subject: Reference | None = None
    recipient: Reference | None = None
    date: DateTime | None = None
    issuer: Reference | None = None
    line_item: tuple[InvoiceLine, ...] = ()
    total_net: Money | None = None
    total_gross: Money | None = None
    payment_terms: Text | None = None
    note: tuple[Annotation, ...] = ()


class PaymentNotice(Resource):
    """A payment that was made."""

    status: Code | None = None
    request: Reference | None = None
    created: DateTime | None = None
    payment: Reference | None = None
    payment_date: Date | None = None
    recipient: Reference | None = None
    amount: Money | None = None
    payment_status: CodeableConcept | None = None
