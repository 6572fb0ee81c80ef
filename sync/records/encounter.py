"""Encounter: a visit, a stay, a call."""

from typing import Literal

from pydantic import Field

from sync.records.elements import CodeableConcept, Coding, Element, Period, Reference, Resource


class Participant(Element):
    """Who took part."""

    type: tuple[CodeableConcept, ...] = ()
    individual: Reference | None = None


class Place(Element):
    """Where it was."""

    location: Reference


class Encounter(Resource):
    """An interaction of a patient and those who care for them."""

    resource_type: Literal["Encounter"]
    status: Literal[
        "planned",
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "cancelled",
        "entered-in-error",
        "unknown",
    ]
    class_: Coding = Field(alias="class")
    type: tuple[CodeableConcept, ...] = ()
    subject: Reference | None = None
    participant: tuple[Participant, ...] = ()
    period: Period | None = None
    reason_code: tuple[CodeableConcept, ...] = ()
    location: tuple[Place, ...] = ()
    service_provider: Reference | None = None
