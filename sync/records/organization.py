"""Organization: a hospital, a clinic, an insurer."""

from typing import Literal

from sync.records.elements import Address, CodeableConcept, ContactPoint, Flag, Resource, Text


class Organization(Resource):
    """A body of people with a purpose."""

    resource_type: Literal["Organization"]
    active: Flag | None = None
    type: tuple[CodeableConcept, ...] = ()
    name: Text | None = None
    telecom: tuple[ContactPoint, ...] = ()
    address: tuple[Address, ...] = ()
