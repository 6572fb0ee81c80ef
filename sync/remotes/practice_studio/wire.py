"""Practice Studio's JSON as its document shows it; every member may be missing, and others are kept."""

from typing import Any

from pydantic import Field

from sync.telling.wire import Count, Theirs, TheirsCamel

Number = int | float


class Token(Theirs):
    """What signing in gives."""

    access_token: str = Field(repr=False)
    token_type: str | None = None
    expires_in: Number | None = None
    scope: str | None = None


class Address(TheirsCamel):
    """A postal address."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class ContactInfo(TheirsCamel):
    """How to reach a patient."""

    email: str | None = None
    phone: str | None = None
    address: Address | None = None


class Cover(TheirsCamel):
    """One insurance."""

    provider: str | None = None
    member_id: str | None = None
    group_number: str | None = None


class Insurance(TheirsCamel):
    """The insurances; lists show the first alone."""

    primary: Cover | None = None
    secondary: Cover | None = None


class EmergencyContact(TheirsCamel):
    """Whom to call."""

    name: str | None = None
    relationship: str | None = None
    phone: str | None = None


class Pharmacy(TheirsCamel):
    """Where the patient fetches medicines."""

    id: str | None = None
    name: str | None = None
    phone: str | None = None


class Allergy(TheirsCamel):
    """What the patient must not be given."""

    allergen: str | None = None
    reaction: str | None = None
    severity: str | None = None
    noted: str | None = None


class Patient(TheirsCamel):
    """A patient."""

    id: str
    mrn: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    gender: str | None = None
    contact_info: ContactInfo | None = None
    insurance: Insurance | None = None
    emergency_contact: EmergencyContact | None = None
    preferred_language: str | None = None
    preferred_pharmacy: Pharmacy | None = None
    allergies: list[Allergy] | None = None
    created: str | None = None
    updated: str | None = None


class Place(TheirsCamel):
    """A place of the practice."""

    id: str | None = None
    name: str | None = None
    address: Address | None = None


class Appointment(TheirsCamel):
    """An appointment."""

    id: str
    patient_id: str | None = None
    provider_id: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    type: str | None = None
    status: str | None = None
    reason: str | None = None
    notes: str | None = None
    location: Place | None = None
    location_id: str | None = None
    created: str | None = None
    updated: str | None = None


class Provider(TheirsCamel):
    """Somebody who cares."""

    id: str
    npi: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    credentials: str | None = None
    specialty: str | None = None
    email: str | None = None
    phone: str | None = None
    active: bool | None = None
    locations: list[Place] | None = None
    schedule: dict[str, Any] | None = None


class Attachment(TheirsCamel):
    """A file of a record."""

    id: str | None = None
    filename: str | None = None
    content_type: str | None = None
    size: int | None = None
    uploaded_at: str | None = None


class Record(TheirsCamel):
    """A record of a patient: written there, read here."""

    id: str
    patient_id: str | None = None
    provider_id: str | None = None
    type: str | None = None
    date: str | None = None
    title: str | None = None
    content: dict[str, Any] | None = None
    attachments: list[Attachment] | None = None


class Item(TheirsCamel):
    """A line of an invoice."""

    code: str | None = None
    description: str | None = None
    unit_price: Number | None = None
    quantity: Number | None = None
    total: Number | None = None


class Payment(TheirsCamel):
    """A payment of an invoice; it has no id."""

    date: str | None = None
    method: str | None = None
    amount: Number | None = None
    reference: str | None = None


class Invoice(TheirsCamel):
    """An invoice: made there, read here; no currency is stated."""

    id: str
    patient_id: str | None = None
    date: str | None = None
    due_date: str | None = None
    status: str | None = None
    amount: Number | None = None
    paid_amount: Number | None = None
    items: list[Item] | None = None
    payments: list[Payment] | None = None


class Listed(TheirsCamel):
    """A page of a list; its items stand under the list's own name and are read one by one."""

    total: Count = None
    limit: int | None = None
    offset: int | None = None


class Anything(Theirs):
    """An answer whose members are not documented."""
