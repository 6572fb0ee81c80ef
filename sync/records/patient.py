"""Patient: who a record is about."""

from typing import Literal

from sync.records.elements import (
    Address,
    CodeableConcept,
    ContactPoint,
    Date,
    DateTime,
    Element,
    Flag,
    HumanName,
    Resource,
)


class Contact(Element):
    """Somebody to call about a patient."""

    relationship: tuple[CodeableConcept, ...] = ()
    name: HumanName | None = None
    telecom: tuple[ContactPoint, ...] = ()


class Communication(Element):
    """A language the patient can be spoken to in."""

    language: CodeableConcept
    preferred: Flag | None = None


class Patient(Resource):
    """A person under care."""

    resource_type: Literal["Patient"]
    active: Flag | None = None
    name: tuple[HumanName, ...] = ()
    telecom: tuple[ContactPoint, ...] = ()
    gender: Literal["male", "female", "other", "unknown"] | None = None
    birth_date: Date | None = None
    deceased_boolean: Flag | None = None
    deceased_date_time: DateTime | None = None
    address: tuple[Address, ...] = ()
    contact: tuple[Contact, ...] = ()
    communication: tuple[Communication, ...] = ()
    marital_status: CodeableConcept | None = None
