"""MedicationDispense: what was handed out."""

from typing import Any

from sync.records.elements import (
    Annotation,
    Code,
    CodeableConcept,
    DateTime,
    Quantity,
    Reference,
    Resource,
)


class MedicationDispense(Resource):
    """What the pharmacy handed out."""

    status: Code | None = None
    medication_codeable_concept: CodeableConcept | None = None
    subject: Reference | None = None
    performer: tuple[dict[str, Any], ...] = ()
    authorizing_prescription: tuple[Reference, ...] = ()
    quantity: Quantity | None = None
    when_handed_over: DateTime | None = None
    note: tuple[Annotation, ...] = ()
