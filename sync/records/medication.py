"""Medication, MedicationRequest and MedicationStatement: what is given, what was asked for, what is taken."""

from typing import Any, Literal

from sync.records.elements import (
    Annotation,
    CodeableConcept,
    DateTime,
    Element,
    Flag,
    Period,
    Reference,
    Resource,
    Text,
    Whole,
)


class Dosage(Element):
    """How much, how, how often."""

    sequence: Whole | None = None
    text: Text | None = None
    patient_instruction: Text | None = None
    timing: dict[str, Any] | None = None
    as_needed_boolean: Flag | None = None
    route: CodeableConcept | None = None
    dose_and_rate: tuple[dict[str, Any], ...] = ()


class Ingredient(Element):
    """A substance in a medicine."""

    item_codeable_concept: CodeableConcept | None = None
    item_reference: Reference | None = None


class Medication(Resource):
    """A medicine by itself, that others refer to."""

    resource_type: Literal["Medication"]
    code: CodeableConcept | None = None
    status: Literal["active", "inactive", "entered-in-error"] | None = None
    form: CodeableConcept | None = None
    ingredient: tuple[Ingredient, ...] = ()


class MedicationRequest(Resource):
    """A prescription."""

    resource_type: Literal["MedicationRequest"]
    status: Literal["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"]
    status_reason: CodeableConcept | None = None
    intent: Literal[
        "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"
    ]
    category: tuple[CodeableConcept, ...] = ()
    do_not_perform: Flag | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference
    encounter: Reference | None = None
    authored_on: DateTime | None = None
    requester: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    dosage_instruction: tuple[Dosage, ...] = ()
    dispense_request: dict[str, Any] | None = None


class MedicationStatement(Resource):
    """What somebody takes or took, by their own word or another's."""

    resource_type: Literal["MedicationStatement"]
    status: Literal["active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken"]
    category: CodeableConcept | None = None
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    subject: Reference
    context: Reference | None = None
    effective_date_time: DateTime | None = None
    effective_period: Period | None = None
    date_asserted: DateTime | None = None
    information_source: Reference | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    dosage: tuple[Dosage, ...] = ()
