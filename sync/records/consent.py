"""Consent: what somebody agreed to, or did not."""

from typing import Literal

from sync.records.elements import (
    Attachment,
    CodeableConcept,
    DateTime,
    Element,
    Flag,
    Period,
    Reference,
    Resource,
    Text,
)


class Policy(Element):
    """A rule somebody published."""

    authority: Text | None = None
    uri: Text | None = None


class Verification(Element):
    """That somebody made sure of it."""

    verified: Flag
    verified_with: Reference | None = None
    verification_date: DateTime | None = None


class Provision(Element):
    """What is permitted or denied, to whom and when."""

    type: Literal["deny", "permit"] | None = None
    period: Period | None = None
    actor: tuple[dict[str, object], ...] = ()
    purpose: tuple[dict[str, object], ...] = ()
    code: tuple[CodeableConcept, ...] = ()


class Consent(Resource):
    """A choice of a patient."""

    resource_type: Literal["Consent"]
    status: Literal["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"]
    scope: CodeableConcept
    category: tuple[CodeableConcept, ...]
    patient: Reference | None = None
    date_time: DateTime | None = None
    performer: tuple[Reference, ...] = ()
    organization: tuple[Reference, ...] = ()
    source_attachment: Attachment | None = None
    source_reference: Reference | None = None
    policy: tuple[Policy, ...] = ()
    policy_rule: CodeableConcept | None = None
    verification: tuple[Verification, ...] = ()
    provision: Provision | None = None


def denies(consent: Consent) -> bool:
    """Whether it says what somebody does not allow."""
    return consent.provision is not None and consent.provision.type == "deny"
