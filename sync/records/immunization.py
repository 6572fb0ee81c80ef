"""Immunization: a vaccine that was given, or was not and why."""

from typing import Literal

from sync.records.elements import (
    Annotation,
    CodeableConcept,
    Date,
    DateTime,
    Element,
    Flag,
    Quantity,
    Reference,
    Resource,
    Text,
    Whole,
)


class Performer(Element):
    """Who gave it."""

    actor: Reference


class Protocol(Element):
    """Which dose of which series it was."""

    series: Text | None = None
    dose_number_positive_int: Whole | None = None
    dose_number_string: Text | None = None
    series_doses_positive_int: Whole | None = None
    series_doses_string: Text | None = None


class Immunization(Resource):
    """One dose."""

    resource_type: Literal["Immunization"]
    status: Literal["completed", "entered-in-error", "not-done"]
    status_reason: CodeableConcept | None = None
    vaccine_code: CodeableConcept
    patient: Reference
    encounter: Reference | None = None
    occurrence_date_time: DateTime | None = None
    occurrence_string: Text | None = None
    primary_source: Flag | None = None
    report_origin: CodeableConcept | None = None
    location: Reference | None = None
    manufacturer: Reference | None = None
    lot_number: Text | None = None
    expiration_date: Date | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    dose_quantity: Quantity | None = None
    performer: tuple[Performer, ...] = ()
    note: tuple[Annotation, ...] = ()
    program_eligibility: tuple[CodeableConcept, ...] = ()
    funding_source: CodeableConcept | None = None
    protocol_applied: tuple[Protocol, ...] = ()
