"""Healify's JSON as its document shows it; every member may be missing, and others are kept."""

from typing import Any

from pydantic import Field

from sync.telling.wire import Count, Theirs


class Address(Theirs):
    """Where a patient lives."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None


class EmergencyContact(Theirs):
    """Whom to call."""

    name: str | None = None
    phone: str | None = None
    relationship: str | None = None


class MedicalHistory(Theirs):
    """What only the reading of one patient shows, in words."""

    # Of any form: what cannot be read of a list keeps nobody out, and is what cannot be read of them.
    allergies: Any = None
    conditions: Any = None
    medications: Any = None


class Patient(Theirs):
    """A patient."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    date_of_birth: str | None = None
    gender: str | None = None
    address: Address | None = None
    emergency_contact: EmergencyContact | None = None
    medical_history: MedicalHistory | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Provider(Theirs):
    """Somebody who cares, by value."""

    id: str | None = None
    name: str | None = None
    specialty: str | None = None
    npi: str | None = None


class Vitals(Theirs):
    """Vital signs without units."""

    blood_pressure: str | None = None
    heart_rate: int | float | None = None
    temperature: int | float | None = None
    weight: int | float | None = None


class Attachment(Theirs):
    """A file on another host."""

    id: str | None = None
    filename: str | None = None
    url: str | None = None
    type: str | None = None
    size: int | None = None


class Record(Theirs):
    """A medical record."""

    id: str
    patient_id: str | None = None
    title: str | None = None
    type: str | None = None
    date: str | None = None
    provider: Provider | None = None
    diagnosis: list[str] | None = None
    notes: str | None = None
    vitals: Vitals | None = None
    attachments: list[Attachment] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Share(Theirs):
    """A record shown to somebody outside."""

    share_id: str
    record_id: str | None = None
    record_title: str | None = None
    recipient_email: str | None = None
    recipient_type: str | None = None
    message: str | None = None
    status: str | None = None
    access_link: str | None = None
    expires_at: str | None = None
    permissions: list[str] | None = None
    created_at: str | None = None


class Medication(Theirs):
    """A medicine."""

    name: str | None = None
    generic_name: str | None = None
    ndc: str | None = None
    strength: str | None = None
    form: str | None = None


class Pharmacy(Theirs):
    """Where it is fetched."""

    id: str | None = None
    name: str | None = None
    phone: str | None = None
    address: str | None = None


class RefillRequest(Theirs):
    """A refill that was asked for: shown once, in the answer to asking."""

    id: str | None = None
    status: str | None = None
    requested_at: str | None = None
    pharmacy: str | None = None


class Refill(Theirs):
    """A refill that was handed out."""

    date: str | None = None
    quantity: int | float | None = None
    pharmacy: str | None = None


class Prescription(Theirs):
    """A prescription of one medicine."""

    id: str
    patient_id: str | None = None
    medication: Medication | None = None
    dosage: str | None = None
    quantity: int | float | None = None
    refills: int | None = None
    refills_remaining: int | None = None
    refill_request: RefillRequest | None = None
    refill_history: list[Refill] | None = None
    prescriber: Provider | None = None
    pharmacy: Pharmacy | None = None
    instructions: str | None = None
    notes: str | None = None
    prescribed_date: str | None = None
    expires_date: str | None = None
    status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Place(Theirs):
    """Where an appointment is."""

    type: str | None = None
    address: str | None = None
    room: str | None = None


class Confirmation(Theirs):
    """Whether the patient confirmed."""

    code: str | None = None
    confirmed: bool | None = None
    confirmed_at: str | None = None


class Cancellation(Theirs):
    """Why an appointment was cancelled, and by whom."""

    reason: str | None = None
    cancelled_by: str | None = None
    cancelled_at: str | None = None


class Appointment(Theirs):
    """An appointment."""

    id: str
    patient_id: str | None = None
    patient: dict[str, Any] | None = None
    provider: Provider | None = None
    provider_id: str | None = None
    appointment_type: str | None = None
    reason: str | None = None
    scheduled_time: str | None = None
    duration_minutes: int | None = None
    status: str | None = None
    location: Place | None = None
    notes: str | None = None
    confirmation: Confirmation | None = None
    cancellation: Cancellation | None = None
    reminders: list[dict[str, Any]] | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Slot(Theirs):
    """A free time."""

    start_time: str
    end_time: str
    duration_minutes: int | None = None


class SlotDay(Theirs):
    """The free times of a day."""

    date: str
    slots: list[Slot] = Field(default_factory=list)


class Slots(Theirs):
    """When somebody is free."""

    provider: Provider | None = None
    available_slots: list[SlotDay] = Field(default_factory=list)
    total_slots: int | None = None


class Programme(Theirs):
    """A digital programme."""

    id: str
    name: str | None = None
    description: str | None = None
    category: str | None = None
    duration_weeks: int | None = None
    difficulty: str | None = None
    provider: str | None = None
    features: list[str] | None = None
    requirements: list[str] | None = None
    outcomes: list[str] | None = None
    curriculum: list[dict[str, Any]] | None = None
    instructors: list[dict[str, Any]] | None = None
    enrollment_count: int | None = None
    rating: int | float | None = None
    reviews_count: int | None = None
    status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Enrolment(Theirs):
    """A patient on a programme: shown once, in the answer to enrolling."""

    enrollment_id: str
    program_id: str | None = None
    patient_id: str | None = None
    program_name: str | None = None
    start_date: str | None = None
    expected_completion_date: str | None = None
    status: str | None = None
    progress: dict[str, Any] | None = None
    goals: list[str] | None = None
    preferences: dict[str, Any] | None = None
    next_session: dict[str, Any] | None = None
    created_at: str | None = None


class Event(Theirs):
    """One line of a patient's history."""

    type: str | None = None
    id: str | None = None
    date: str | None = None


class History(Theirs):
    """A patient's history in short; the provider in it is a name alone and proves nobody."""

    patient_id: str | None = None
    history: list[Event] = Field(default_factory=list)
    total: Count = None


class Listed(Theirs):
    """A page of a list; its items are read one by one."""

    data: list[Any]
    total: Count = None
    limit: int | None = None
    offset: int | None = None
    has_more: bool | None = None
