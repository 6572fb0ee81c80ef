"""Procedure: what was done."""

from typing import Literal

from sync.records.elements import (
    Annotation,
    CodeableConcept,
    DateTime,
    Element,
    Period,
    Reference,
    Resource,
    Text,
)


class Performer(Element):
    """Who did it."""

    actor: Reference


class Procedure(Resource):
    """An action on or for a patient."""

    resource_type: Literal["Procedure"]
    status: Literal[
        "preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"
    ]
    category: CodeableConcept | None = None
    code: CodeableConcept | None = None
    subject: Reference
    encounter: Reference | None = None
    performed_date_time: DateTime | None = None
    performed_period: Period | None = None
    performed_string: Text | None = None
    performer: tuple[Performer, ...] = ()
    location: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    reason_reference: tuple[Reference, ...] = ()
    body_site: tuple[CodeableConcept, ...] = ()
    outcome: CodeableConcept | None = None
    note: tuple[Annotation, ...] = ()
