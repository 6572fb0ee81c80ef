"""Consent: what a patient agreed to."""

from sync.records.elements import (
    Code,
    CodeableConcept,
    Coding,
    DateTime,
    Element,
    Period,
    Reference,
    Resource,
)


class Provision(Element):
    """What is permitted, and for how long."""

    type: Code | None = None
    period: Period | None = None
    purpose: tuple[Coding, ...] = ()
    code: tuple[CodeableConcept, ...] = ()


class Consent(Resource):
    """What a patient agreed to, and when it was given or withdrawn."""

    status: Code | None = None
    scope: CodeableConcept | None = None
    category: tuple[CodeableConcept, ...] = ()
    patient: Reference | None = None
    date_time: DateTime | None = None
    performer: tuple[Reference, ...] = ()
    policy_rule: CodeableConcept | None = None
    provision: Provision | None = None
