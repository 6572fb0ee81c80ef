"""Location: a place where care is given."""

from typing import Literal

from sync.records.elements import Address, Code, CodeableConcept, ContactPoint, Resource, Text


class Location(Resource):
    """A place."""

    resource_type: Literal["Location"]
    status: Code | None = None
    name: Text | None = None
    type: tuple[CodeableConcept, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    address: Address | None = None
