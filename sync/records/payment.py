"""PaymentReconciliation and PaymentNotice: that something was paid, and what for."""

from typing import Literal

from sync.records.elements import (
    Code,
    CodeableConcept,
    Date,
    DateTime,
    Element,
    Identifier,
    Money,
    Reference,
    Resource,
    Text,
)


class Detail(Element):
    """What a part of a payment was for."""

    type: CodeableConcept
    request: Reference | None = None
    date: Date | None = None
    amount: Money | None = None


class PaymentReconciliation(Resource):
    """A payment with what it settles."""

    resource_type: Literal["PaymentReconciliation"]
    status: Literal["active", "cancelled", "draft", "entered-in-error"]
    created: DateTime
    outcome: Code | None = None
    disposition: Text | None = None
    payment_date: Date
    payment_amount: Money
    payment_identifier: Identifier | None = None
    detail: tuple[Detail, ...] = ()


class PaymentNotice(Resource):
    """That a payment was made, told to somebody."""

    resource_type: Literal["PaymentNotice"]
    status: Literal["active", "cancelled", "draft", "entered-in-error"]
    request: Reference | None = None
    created: DateTime
    payment: Reference | None = None
    payment_date: Date | None = None
    amount: Money
    payment_status: CodeableConcept | None = None
