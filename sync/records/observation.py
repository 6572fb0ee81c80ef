"""Observation: what was measured, asked or seen."""

from typing import Any, Literal

from sync.records.elements import (
    Annotation,
    CodeableConcept,
    DateTime,
    Element,
    Flag,
    Instant,
    Period,
    Quantity,
    Range,
    Ratio,
    Reference,
    Resource,
    Text,
    Whole,
)


class ReferenceRange(Element):
    """What is normal."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    text: Text | None = None


class Valued(Element):
    """A code with a value of any kind, or the reason why there is none."""

    code: CodeableConcept
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: Text | None = None
    value_boolean: Flag | None = None
    value_integer: Whole | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_sampled_data: dict[str, Any] | None = None
    value_time: Text | None = None
    value_date_time: DateTime | None = None
    value_period: Period | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: tuple[CodeableConcept, ...] = ()
    reference_range: tuple[ReferenceRange, ...] = ()


class Observation(Valued, Resource):
    """One observation, with its components."""

    resource_type: Literal["Observation"]
    status: Literal[
        "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"
    ]
    category: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    encounter: Reference | None = None
    effective_date_time: DateTime | None = None
    effective_period: Period | None = None
    effective_instant: Instant | None = None
    issued: Instant | None = None
    performer: tuple[Reference, ...] = ()
    note: tuple[Annotation, ...] = ()
    component: tuple[Valued, ...] = ()
