"""Appointment: when somebody is to come."""

from typing import Literal

from sync.records.elements import CodeableConcept, DateTime, Element, Instant, Reference, Resource, Text, Whole


class Participant(Element):
    """Who is to be there, and whether they said so."""

    type: tuple[CodeableConcept, ...] = ()
    actor: Reference | None = None
    status: Literal["accepted", "declined", "tentative", "needs-action"]


class Appointment(Resource):
    """A meeting that is planned."""

    resource_type: Literal["Appointment"]
    status: Literal[
        "proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error",
        "checked-in", "waitlist",
    ]  # fmt: skip
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
    participant: tuple[Participant, ...]
