"""Coverage: who pays for a patient."""

from pydantic import Field

from sync.records.elements import (
    Code,
    CodeableConcept,
    Element,
    Period,
    Reference,
    Resource,
    Text,
    Whole,
)


class CoverageClass(Element):
    """A group or plan of the cover."""

    type: CodeableConcept | None = None
    value: Text | None = None
    name: Text | None = None


class Coverage(Resource):
    """Who pays for a patient, with which number and for how long."""

    status: Code | None = None
    type: CodeableConcept | None = None
    policy_holder: Reference | None = None
    subscriber: Reference | None = None
    subscriber_id: Text | None = None
    beneficiary: Reference | None = None
    relationship: CodeableConcept | None = None
    period: Period | None = None
    payor: tuple[Reference, ...] = ()
    class_: tuple[CoverageClass, ...] = Field(default=(), alias="class")
    order: Whole | None = None
