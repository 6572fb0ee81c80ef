"""Condition: a problem, a diagnosis, a concern."""

from typing import Any, Literal

from sync.records.elements import (
    Annotation,
    CodeableConcept,
    DateTime,
    Period,
    Quantity,
    Range,
    Reference,
    Resource,
    Text,
)


class Condition(Resource):
    """What is or was wrong."""

    resource_type: Literal["Condition"]
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    severity: CodeableConcept | None = None
    code: CodeableConcept | None = None
    body_site: tuple[CodeableConcept, ...] = ()
    subject: Reference
    encounter: Reference | None = None
    onset_date_time: DateTime | None = None
    onset_age: Quantity | None = None
    onset_period: Period | None = None
    onset_range: Range | None = None
    onset_string: Text | None = None
    abatement_date_time: DateTime | None = None
    abatement_age: Quantity | None = None
    abatement_period: Period | None = None
    abatement_range: Range | None = None
    abatement_string: Text | None = None
    recorded_date: DateTime | None = None
    note: tuple[Annotation, ...] = ()
    stage: tuple[dict[str, Any], ...] = ()
