"""ServiceRequest: what the laboratory is asked to do."""

from sync.records.elements import (
    Annotation,
    Code,
    CodeableConcept,
    DateTime,
    Reference,
    Resource,
    Text,
)


class ServiceRequest(Resource):
    """An order of a test."""

    status: Code | None = None
    intent: Code | None = None
    category: tuple[CodeableConcept, ...] = ()
    priority: Code | None = None
    code: CodeableConcept | None = None
    order_detail: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    encounter: Reference | None = None
    authored_on: DateTime | None = None
    requester: Reference | None = None
    performer: tuple[Reference, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    specimen: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    patient_instruction: Text | None = None
