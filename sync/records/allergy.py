"""AllergyIntolerance: what somebody must not be given."""

from typing import Literal

from sync.records.elements import Annotation, CodeableConcept, DateTime, Element, Reference, Resource, Text


class Reaction(Element):
    """How somebody reacted once."""

    substance: CodeableConcept | None = None
    manifestation: tuple[CodeableConcept, ...]
    description: Text | None = None
    onset: DateTime | None = None
    severity: Literal["mild", "moderate", "severe"] | None = None


class AllergyIntolerance(Resource):
    """A risk of harm from a substance."""

    resource_type: Literal["AllergyIntolerance"]
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    type: Literal["allergy", "intolerance"] | None = None
    category: tuple[Literal["food", "medication", "environment", "biologic"], ...] = ()
    criticality: Literal["low", "high", "unable-to-assess"] | None = None
    code: CodeableConcept | None = None
    patient: Reference
    encounter: Reference | None = None
    onset_date_time: DateTime | None = None
    recorded_date: DateTime | None = None
    note: tuple[Annotation, ...] = ()
    reaction: tuple[Reaction, ...] = ()
