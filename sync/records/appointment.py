"""Appointment: a meeting that is planned."""

from sync.records.elements import (
    Code,
    CodeableConcept,
    DateTime,
    Element,
    Instant,
    Reference,
    Resource,
    Text,
    Whole,
)


class Participant(Element):
    """Who takes part, or where."""

    type: tuple[CodeableConcept, ...] = ()
    actor: Reference | None = None
    status: Code | None = None


class Appointment(Resource):
    """A meeting that is planned."""

    status: Code | None = None
    cancelation_reason: CodeableConcept | None = None
    service_type: tuple[CodeableConcept, ...] = ()
    specialty: tuple[CodeableConcept, ...] = ()
    appointment_type: CodeableConcept | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    priority: Whole | None = None
    description: Text | None = None
    start: Instant | None = None
    end: Instant | None = None
    minutes_duration: Whole | None = None
    created: DateTime | None = None
    comment: Text | None = None
    participant: tuple[Participant, ...] = ()
