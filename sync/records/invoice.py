"""Invoice and ChargeItem: what was charged, and on which invoice it stands."""

from typing import Any, Literal

from sync.records.elements import (
    Annotation,
    CodeableConcept,
    DateTime,
    Element,
    Money,
    Period,
    Quantity,
    Reference,
    Resource,
    Text,
    Whole,
)


class Line(Element):
    """One line of an invoice."""

    sequence: Whole | None = None
    charge_item_reference: Reference | None = None
    charge_item_codeable_concept: CodeableConcept | None = None
    price_component: tuple[dict[str, Any], ...] = ()


class Invoice(Resource):
    """What somebody has to pay."""

    resource_type: Literal["Invoice"]
    status: Literal["draft", "issued", "balanced", "cancelled", "entered-in-error"]
    cancelled_reason: Text | None = None
    subject: Reference | None = None
    recipient: Reference | None = None
    date: DateTime | None = None
    issuer: Reference | None = None
    line_item: tuple[Line, ...] = ()
    total_net: Money | None = None
    total_gross: Money | None = None
    payment_terms: Text | None = None
    note: tuple[Annotation, ...] = ()


class ChargeItem(Resource):
    """One thing that was charged."""

    resource_type: Literal["ChargeItem"]
    status: Literal["planned", "billable", "not-billable", "aborted", "billed", "entered-in-error", "unknown"]
    code: CodeableConcept
    subject: Reference
    context: Reference | None = None
    occurrence_date_time: DateTime | None = None
    occurrence_period: Period | None = None
    quantity: Quantity | None = None
    price_override: Money | None = None
    override_reason: Text | None = None
    entered_date: DateTime | None = None
    reason: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
