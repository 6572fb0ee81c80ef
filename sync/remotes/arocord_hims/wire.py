"""The JSON of AROCORD-HIMS: what is sent holds documented members alone, what is shown keeps whatever came."""

from typing import Any

from pydantic import Field

from sync.telling.asking import Asked, Shown


class Login(Asked):
    """Who signs in."""

    username: str
    password: str
    mfa_code: str | None = None


class Refresh(Asked):
    """What renews a token."""

    refresh_token: str


class Address(Asked):
    """Where somebody lives; no country, no second line."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None


class EmergencyContact(Asked):
    """Whom to call."""

    name: str | None = None
    relationship: str | None = None
    phone: str | None = None


class PatientChange(Asked):
    """What may change of a patient: the members of the create, any of them."""

    mrn: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    gender: str | None = None
    phone: str | None = None
    email: str | None = None
    address: Address | None = None
    emergency_contact: EmergencyContact | None = None


class NewPatient(PatientChange):
    """A patient who is registered: flat, as the list shows it and unlike the detail."""


class AppointmentChange(Asked):
    """What may change of an appointment: its document gives no body, so that it is that of the create."""

    patient_id: str | None = None
    doctor_id: str | None = None
    appointment_type: str | None = None
    scheduled_time: str | None = None
    duration_minutes: int | None = None
    notes: str | None = None


class NewAppointment(AppointmentChange):
    """An appointment that is made."""


class Cancellation(Asked):
    """Why an appointment is cancelled."""

    cancellation_reason: str
    notify_patient: bool


class NewConsultation(Asked):
    """A consultation that begins."""

    patient_id: str
    appointment_id: str | None = None
    workflow_type: str


class Step(Asked):
    """What was found at one step of a consultation; `step_data` is free."""

    step_number: int
    step_data: dict[str, Any]


class Medication(Asked):
    """One line of a prescription."""

    drug_id: str | None = None
    name: str
    dosage: str | None = None
    frequency: str | None = None
    duration: str | None = None
    instructions: str | None = None
    quantity: float | int | None = None
    refills: int | None = None


class NewPrescription(Asked):
    """A prescription with its lines."""

    patient_id: str
    doctor_id: str | None = None
    consultation_id: str | None = None
    medications: tuple[Medication, ...]
    priority: str | None = None


class Processing(Asked):
    """How far the pharmacy is."""

    status: str
    notes: str | None = None
    ready_at: str | None = None


class Dispensing(Asked):
    """Who handed it out, and what was said."""

    dispensed_by: str | None = None
    counseling_provided: bool | None = None
    counseling_notes: str | None = None


class Test(Asked):
    """One test of an order."""

    test_type: str | None = None
    test_code: str | None = None
    priority: str | None = None
    specimen_type: str | None = None
    collection_instructions: str | None = None


class NewLabOrder(Asked):
    """An order of tests."""

    patient_id: str
    doctor_id: str | None = None
    consultation_id: str | None = None
    tests: tuple[Test, ...]


class Result(Asked):
    """One result."""

    test_code: str
    value: str
    unit: str | None = None
    reference_range: str | None = None
    flag: str | None = None


class Results(Asked):
    """The results of an order."""

    results: tuple[Result, ...]
    interpretation: str | None = None
    technician_id: str | None = None
    completed_at: str | None = None


class Charge(Asked):
    """One line of an invoice; no currency."""

    description: str | None = None
    cpt_code: str | None = None
    quantity: float | int | None = None
    unit_price: float | int | None = None
    total: float | int | None = None


class NewInvoice(Asked):
    """An invoice."""

    patient_id: str
    consultation_id: str | None = None
    charges: tuple[Charge, ...]
    due_date: str | None = None


class PaymentDetails(Asked):
    """What tells one payment from another."""

    card_type: str | None = None
    last_four: str | None = None
    transaction_id: str | None = None


class NewPayment(Asked):
    """Money that was received."""

    invoice_id: str
    payment_method: str
    amount: float | int
    payment_details: PaymentDetails | None = None


class NewClaim(Asked):
    """What an insurer is asked to pay."""

    invoice_id: str
    insurance_provider: str
    policy_number: str
    diagnosis_codes: tuple[str, ...] = ()
    procedure_codes: tuple[str, ...] = ()


class NewNotice(Asked):
    """A notification to people there."""

    recipient_ids: tuple[str, ...]
    type: str
    title: str
    message: str
    priority: str | None = None
    category: str | None = None
    action_url: str | None = None


class PortalLogin(Asked):
    """A patient's own sign-in: never the clinic's to hold."""

    email: str
    password: str


class PortalBooking(Asked):
    """An appointment that a patient asks for; day and time with no zone."""

    doctor_id: str
    appointment_type: str
    preferred_date: str
    preferred_time: str
    reason: str | None = None


class NewWebhook(Asked):
    """Where events are to be told."""

    url: str
    events: tuple[str, ...]
    secret: str
    active: bool


class Tokens(Shown):
    """What signs the next requests."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int | None = None


class SignedIn(Shown):
    """Who is signed in."""

    user: dict[str, Any]
    tokens: Tokens


class PatientRow(Shown):
    """A patient as the list shows them: eight members and no time of change."""

    id: str
    mrn: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    phone: str | None = None
    email: str | None = None
    is_active: bool | None = None


class PatientDetail(Shown):
    """A patient as the detail shows them: nested, with the insurance."""

    id: str
    mrn: str | None = None
    demographics: dict[str, Any] | None = None
    contact: dict[str, Any] | None = None
    emergency_contact: dict[str, Any] | None = None
    insurance: dict[str, Any] | None = None


class Consultation(Shown):
    """How far a consultation is; its data by the name of the step."""

    id: str
    patient_id: str | None = None
    doctor_id: str | None = None
    workflow_type: str | None = None
    current_step: int | None = None
    total_steps: int | None = None
    status: str | None = None
    step_data: dict[str, Any] = Field(default_factory=dict)
    started_at: str | None = None


class Notification(Shown):
    """A notification to whoever is signed in."""

    id: str
    type: str | None = None
    title: str | None = None
    message: str | None = None
    priority: str | None = None
    category: str | None = None
    is_read: bool | None = None
    created_at: str | None = None
    action_url: str | None = None


class Dashboard(Shown):
    """Their own numbers: shown as they came, nothing is reckoned with them."""

    metrics: dict[str, Any] = Field(default_factory=dict)
    trends: dict[str, Any] = Field(default_factory=dict)
