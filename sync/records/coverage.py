"""Coverage: an insurance, or another who pays."""

from typing import Literal

from pydantic import Field

from sync.records.elements import CodeableConcept, Element, Period, Reference, Resource, Text, Whole


class CoverageClass(Element):
    """A group, a plan, a division of an insurance."""

    type: CodeableConcept
    value: Text
    name: Text | None = None


class Coverage(Resource):
    """Who pays for a patient's care."""

    resource_type: Literal["Coverage"]
    status: Literal["active", "cancelled", "draft", "entered-in-error"]
    type: CodeableConcept | None = None
    policy_holder: Reference | None = None
    subscriber: Reference | None = None
    subscriber_id: Text | None = None
    beneficiary: Reference
    dependent: Text | None = None
    relationship: CodeableConcept | None = None
    period: Period | None = None
    payor: tuple[Reference, ...]
    class_: tuple[CoverageClass, ...] = Field((), alias="class")
    order: Whole | None = None
