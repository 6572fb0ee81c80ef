"""The Healthcare Records API's JSON as its document shows it: any protected value may be hidden behind words."""

from typing import Any

from sync.telling.wire import Theirs

Number = int | float


class Health(Theirs):
    """How the service is."""

    status: str | None = None
    service: str | None = None
    fhir_compliance: str | None = None
    phi_encryption: str | None = None


class Immunization(Theirs):
    """A dose of a vaccine."""

    id: str
    patient_id: str | None = None
    vaccine_code: str | None = None
    vaccine_name: str | None = None
    administration_date: str | None = None
    provider_name: str | None = None
    lot_number: str | None = None
    expiration_date: str | None = None
    site: str | None = None
    route: str | None = None
    dose_quantity: Number | str | None = None
    dose_unit: str | None = None
    funding_source: str | None = None
    adverse_reactions: list[Any] | str | None = None
    fhir_resource: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Patient(Theirs):
    """A patient: in FHIR's words with underscores, mostly hidden; an empty list hides what it held."""

    id: str
    identifier: list[Any] | str | None = None
    name: list[Any] | str | None = None
    gender: str | None = None
    birth_date: str | None = None
    address: list[Any] | str | None = None
    telecom: list[Any] | str | None = None
    emergency_contact: dict[str, Any] | str | None = None
    active: bool | None = None
    fhir_resource: dict[str, Any] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Document(Theirs):
    """A clinical document: no answer of it is documented."""

    id: str
    patient_id: str | None = None
    document_type: str | None = None
    title: str | None = None
    content: str | None = None
    author: str | None = None
    classification: str | None = None
    metadata: dict[str, Any] | str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Consent(Theirs):
    """What a patient agreed to: no answer of it is documented."""

    id: str
    patient_id: str | None = None
    consent_type: str | None = None
    status: str | None = None
    granted_date: str | None = None
    expiration_date: str | None = None
    scope: list[Any] | str | None = None
    grantor: str | None = None
    witness: str | None = None
    digital_signature: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Validation(Theirs):
    """What the validation of a FHIR resource found."""

    is_valid: bool
    validation_errors: list[Any] | None = None
    compliance_score: Number | None = None
    recommendations: list[str] | None = None


class Anything(Theirs):
    """An answer that is not documented."""
