"""The JSON of HMS Enterprise-Grade: what is sent holds documented members alone, what is shown keeps whatever came."""

from typing import Any

from pydantic import Field

from sync.telling.asking import Asked, Shown

Number = float | int


class Credentials(Asked):
    """Who signs in."""

    username: str
    password: str
    mfa_code: str | None = None


class Address(Asked):
    """Where somebody lives, or a pharmacy is (with no country)."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    country: str | None = None


class EmergencyContact(Asked):
    """Whom to call."""

    name: str | None = None
    relationship: str | None = None
    phone: str | None = None


class CurrentMedication(Asked):
    """A medicine that is taken."""

    name: str
    dosage: str | None = None
    frequency: str | None = None


class PatientChange(Asked):
    """What can be written of a patient: an update sends all of it, since what it does to the rest is not said."""

    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    gender: str | None = None
    contact_number: str | None = None
    email: str | None = None
    address: Address | None = None
    emergency_contact: EmergencyContact | None = None
    blood_type: str | None = None
    allergies: tuple[str, ...] | None = None
    medical_conditions: tuple[str, ...] | None = None
    current_medications: tuple[CurrentMedication, ...] | None = None


class NewPatient(PatientChange):
    """A patient who is registered."""


class Assessment(Asked):
    """What it is held to be."""

    condition: str | None = None
    icd10_code: str | None = None
    severity: str | None = None
    onset: str | None = None
    notes: str | None = None


class Plan(Asked):
    """What is to be done."""

    type: str | None = None
    description: str | None = None
    reason: str | None = None


class Diagnosis(Asked):
    """A coded diagnosis."""

    code: str | None = None
    description: str | None = None
    type: str | None = None
    confirmed: bool | None = None


class VitalSigns(Asked):
    """What was measured, with no units: as the example has them, in Fahrenheit and per minute."""

    blood_pressure: str | None = None
    heart_rate: Number | None = None
    respiratory_rate: Number | None = None
    temperature: Number | None = None
    oxygen_saturation: Number | None = None


class Examination(Asked):
    """What was found, by system of the body."""

    vital_signs: VitalSigns | None = None
    general: str | None = None
    heent: str | None = None
    cardiovascular: str | None = None
    respiratory: str | None = None
    neurological: str | None = None


class Review(Asked):
    """What was asked, by system of the body."""

    constitutional: str | None = None
    heent: str | None = None
    cardiovascular: str | None = None
    respiratory: str | None = None
    gastrointestinal: str | None = None
    neurological: str | None = None


class EncounterChange(Asked):
    """What can be written of an encounter."""

    encounter_type: str | None = None
    location: str | None = None
    chief_complaint: str | None = None
    history_of_present_illness: str | None = None
    review_of_systems: Review | None = None
    physical_examination: Examination | None = None
    assessment: tuple[Assessment, ...] | None = None
    plan: tuple[Plan, ...] | None = None
    diagnoses: tuple[Diagnosis, ...] | None = None
    patient_id: str | None = None


class NewEncounter(EncounterChange):
    """An encounter, which is completed at its birth."""

    patient_id: str


class Medication(Asked):
    """What is prescribed."""

    name: str
    strength: str | None = None
    form: str | None = None
    ndc: str | None = None


class Dosage(Asked):
    """How it is taken."""

    amount: Number | None = None
    unit: str | None = None
    frequency: str | None = None
    timing: str | None = None
    duration: Number | None = None
    duration_unit: str | None = None
    instructions: str | None = None
    indications: str | None = None


class Refills(Asked):
    """How often it may be filled again."""

    authorized: int
    remaining: int


class Pharmacy(Asked):
    """Where it is filled."""

    name: str | None = None
    ncpdp: str | None = None
    address: Address | None = None
    phone: str | None = None


class NewPrescription(Asked):
    """One medicine that is prescribed."""

    patient_id: str
    provider_id: str
    medication: Medication
    dosage: Dosage | None = None
    substitutions: str | None = None
    refills: Refills | None = None
    pharmacy: Pharmacy | None = None
    diagnosis_codes: tuple[str, ...] | None = None
    notes: str | None = None
    controlled_substance: bool | None = None
    dea_number: str | None = None


class NamedMedication(Asked):
    """A medicine by name and number."""

    name: str
    ndc: str | None = None


class InteractionCheck(Asked):
    """Which medicines are to be looked at together."""

    patient_id: str
    medications: tuple[NamedMedication, ...]


class Test(Asked):
    """One test of an order."""

    test_code: str | None = None
    test_name: str | None = None
    specimen_type: str | None = None
    collection_instructions: str | None = None


class NewLabOrder(Asked):
    """An order of tests."""

    patient_id: str
    provider_id: str
    ordering_location: str | None = None
    priority: str | None = None
    clinical_information: str | None = None
    tests: tuple[Test, ...]
    diagnoses: tuple[str, ...] | None = None
    notes: str | None = None
    collection_date: str | None = None


class NewAppointment(Asked):
    """An appointment; nothing changes or cancels it afterwards."""

    patient_id: str
    provider_id: str
    appointment_type: str | None = None
    start_datetime: str
    end_datetime: str
    location: str | None = None
    reason: str | None = None
    status: str | None = None
    priority: str | None = None
    duration: int | None = None
    notes: str | None = None
    reminder_method: tuple[str, ...] | None = None
    telehealth: bool | None = None


class NewCharge(Asked):
    """What is charged; no currency."""

    patient_id: str
    encounter_id: str | None = None
    charge_date: str | None = None
    charge_code: str | None = None
    description: str | None = None
    quantity: Number | None = None
    unit_price: Number | None = None
    total_amount: Number | None = None
    insurance_amount: Number | None = None
    patient_amount: Number | None = None
    billing_provider_id: str | None = None
    diagnosis_codes: tuple[str, ...] | None = None
    modifiers: tuple[str, ...] | None = None
    notes: str | None = None


class NewClaim(Asked):
    """What an insurer is asked to pay."""

    patient_id: str
    insurance_provider: str
    policy_number: str
    group_number: str | None = None
    charges: tuple[str, ...]
    total_amount: Number
    patient_responsibility: Number | None = None
    submission_method: str | None = None
    diagnoses: tuple[str, ...] | None = None


class Tokens(Shown):
    """What signs the next requests; there is a refresh token and no call that takes it."""

    access_token: str
    refresh_token: str | None = None
    expires_in: int | None = None
    token_type: str | None = None
    scope: str | None = None


class Record(Shown):
    """Anything with an id: a patient, an encounter, a prescription, an order, an appointment, a charge."""

    id: str
    status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None


class Patients(Shown):
    """A page of what was searched."""

    patients: tuple[Record, ...]
    total: int | None = None
    limit: int | None = None
    offset: int | None = None


class Interactions(Shown):
    """What the system says of medicines together: a second opinion, beside the clinic's own alerts."""

    interactions: tuple[dict[str, Any], ...] = ()
    allergies: tuple[dict[str, Any], ...] = ()
    checked_at: str | None = None


class LabResults(Shown):
    """The results of one order."""

    order_id: str
    patient_id: str | None = None
    results: Any = ()  # whatever form it has, what can be read of it is
    status: str | None = None
    completed_at: str | None = None


class Schedule(Shown):
    """What is booked with a provider, and what is free."""

    provider_id: str
    schedule: tuple[Record, ...] = ()
    available_slots: tuple[dict[str, Any], ...] = ()


class Metrics(Shown):
    """Their numbers, counts and percentages mixed: shown as they came, nothing is reckoned with them."""

    start_date: str | None = None
    end_date: str | None = None
    metrics: dict[str, Any] = Field(default_factory=dict)
    demographics: dict[str, Any] | None = None
