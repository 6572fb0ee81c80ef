"""Practitioner: somebody who cares for patients, here or elsewhere."""

from typing import Literal

from sync.records.elements import Address, CodeableConcept, ContactPoint, Element, Flag, HumanName, Resource


class Qualification(Element):
    """What somebody learned."""

    code: CodeableConcept


class Practitioner(Resource):
    """A person who cares for patients."""

    resource_type: Literal["Practitioner"]
    active: Flag | None = None
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: tuple[Address, ...] = ()
    gender: Literal["male", "female", "other", "unknown"] | None = None
    qualification: tuple[Qualification, ...] = ()
