"""ServiceRequest: what was asked of a laboratory, a department, a colleague."""

from typing import Literal

from sync.records.elements import (
    Annotation,
    Code,
    CodeableConcept,
    DateTime,
    Flag,
    Identifier,
    Period,
    Reference,
    Resource,
    Text,
)


class ServiceRequest(Resource):
    """A request for a test, a procedure, a consultation."""

    resource_type: Literal["ServiceRequest"]
    requisition: Identifier | None = None
    status: Literal["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]
    intent: Code
    category: tuple[CodeableConcept, ...] = ()
    priority: Literal["routine", "urgent", "asap", "stat"] | None = None
    do_not_perform: Flag | None = None
    code: CodeableConcept | None = None
    order_detail: tuple[CodeableConcept, ...] = ()
    subject: Reference
    encounter: Reference | None = None
    occurrence_date_time: DateTime | None = None
    occurrence_period: Period | None = None
    authored_on: DateTime | None = None
    requester: Reference | None = None
    performer: tuple[Reference, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    specimen: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    patient_instruction: Text | None = None
