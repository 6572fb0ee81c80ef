"""What HMS holds from the beginning: its providers, and the sample person of its document."""

from sync.sandbox.sessions import Account
from sync.sandbox.wire import Record

PATIENT_ID = "123e4567-e89b-12d3-a456-426614174000"
PROVIDER_ID = "323e4567-e89b-12d3-a456-426614174001"
ENCOUNTER_ID = "223e4567-e89b-12d3-a456-426614174001"
ORDER_ID = "523e4567-e89b-12d3-a456-426614174003"
CHARGE_ID = "723e4567-e89b-12d3-a456-426614174006"
ACCOUNTS = (Account("doctor_smith", "secure_password", "123456", PROVIDER_ID, "doctor"),)

PROVIDERS: list[Record] = [
    {"id": PROVIDER_ID, "first_name": "Alex", "last_name": "Smith", "specialty": "Family Medicine"},
    {
        "id": "323e4567-e89b-12d3-a456-426614174002",
        "first_name": "Ines",
        "last_name": "Okafor",
        "specialty": "Internal Medicine",
    },
]
PATIENT: Record = {
    "id": PATIENT_ID,
    "patient_id": "P20240001",
    "first_name": "John",
    "last_name": "Doe",
    "date_of_birth": "1990-01-15",
    "gender": "M",
    "contact_number": "+1234567890",
    "email": "john.doe@email.com",
    "address": {"street": "123 Main St", "city": "Anytown", "state": "CA", "zip_code": "12345", "country": "USA"},
    "emergency_contact": {"name": "Jane Doe", "relationship": "Spouse", "phone": "+1234567891"},
    "blood_type": "O+",
    "allergies": ["Penicillin", "Latex"],
    "medical_conditions": ["Hypertension", "Diabetes Type 2"],
    "current_medications": [{"name": "Lisinopril", "dosage": "10mg", "frequency": "Once daily"}],
    "is_active": True,
    "created_at": "2024-01-15T10:30:00Z",
    "updated_at": "2024-01-15T10:30:00Z",
}
ALLERGY: Record = {
    "id": "allergy_1",
    "patient_id": PATIENT_ID,
    "medication": "Penicillin",
    "severity": "severe",
    "reaction": "Anaphylaxis",
}
ENCOUNTER: Record = {
    "id": ENCOUNTER_ID,
    "patient_id": PATIENT_ID,
    "provider_id": PROVIDER_ID,
    "encounter_type": "office_visit",
    "location": "Main Clinic - Room 101",
    "chief_complaint": "Patient presents with persistent headache for 3 days",
    "history_of_present_illness": "Gradual onset over three days, frontal, throbbing, 6/10.",
    "review_of_systems": {"constitutional": "No fever, chills, or weight loss", "respiratory": "No cough"},
    "physical_examination": {
        "vital_signs": {
            "blood_pressure": "120/80",
            "heart_rate": 72,
            "respiratory_rate": 16,
            "temperature": 98.6,
            "oxygen_saturation": 98,
        },
        "general": "No acute distress",
    },
    "assessment": [
        {
            "condition": "Tension Headache",
            "icd10_code": "G44.1",
            "severity": "mild",
            "onset": "acute",
            "notes": "Likely, given the history and a normal examination",
        }
    ],
    "plan": [
        {
            "type": "medication",
            "description": "Acetaminophen 500mg every 6 hours as needed for headache",
            "reason": "Pain relief",
        }
    ],
    "diagnoses": [{"code": "G44.1", "description": "Tension headache", "type": "primary", "confirmed": True}],
    "status": "completed",
    "created_at": "2024-01-15T11:00:00Z",
    "updated_at": "2024-01-15T11:00:00Z",
}
PRESCRIPTION: Record = {
    "id": "423e4567-e89b-12d3-a456-426614174002",
    "prescription_number": "RX20240001",
    "patient_id": PATIENT_ID,
    "provider_id": PROVIDER_ID,
    "medication": {"name": "Lisinopril", "strength": "10mg", "form": "tablet", "ndc": "12345-678-90"},
    "dosage": {
        "amount": 1,
        "unit": "tablet",
        "frequency": "once daily",
        "timing": "morning",
        "duration": 30,
        "duration_unit": "days",
        "instructions": "Take one tablet by mouth once daily in the morning",
        "indications": "Hypertension",
    },
    "substitutions": "allowed",
    "refills": {"authorized": 3, "remaining": 3},
    "pharmacy": {"name": "Main Street Pharmacy", "ncpdp": "1234567", "phone": "+1234567890"},
    "diagnosis_codes": ["I10"],
    "notes": "Blood pressure well controlled",
    "status": "active",
    "date_written": "2024-01-15T11:30:00Z",
    "expires_at": "2024-07-15T11:30:00Z",
    "controlled_substance": False,
    "dea_number": None,
    "created_at": "2024-01-15T11:30:00Z",
    "updated_at": "2024-01-15T11:30:00Z",
}


def _component(name: str, result: str, unit: str, reference: str) -> Record:
    return {
        "component": name,
        "result": result,
        "unit": unit,
        "reference_range": reference,
        "flag": None,
        "status": "final",
    }


def _panel(code: str, name: str, components: list[Record]) -> Record:
    return {
        "test_code": code,
        "test_name": name,
        "components": components,
        "status": "completed",
        "resulted_at": "2024-01-16T10:30:00Z",
    }


RESULTS: list[Record] = [
    _panel(
        "CMP",
        "Comprehensive Metabolic Panel",
        [
            _component("Glucose", "95", "mg/dL", "70-100"),
            _component("BUN", "15", "mg/dL", "7-20"),
            _component("Creatinine", "0.9", "mg/dL", "0.6-1.2"),
        ],
    ),
    _panel(
        "CBC",
        "Complete Blood Count",
        [
            _component("WBC", "7.5", "K/uL", "4.0-11.0"),
            _component("RBC", "4.8", "M/uL", "4.2-5.4"),
            _component("Hemoglobin", "14.5", "g/dL", "13.5-17.5"),
        ],
    ),
]
ORDER: Record = {
    "id": ORDER_ID,
    "order_number": "LAB20240001",
    "patient_id": PATIENT_ID,
    "provider_id": PROVIDER_ID,
    "ordering_location": "Main Clinic",
    "priority": "routine",
    "clinical_information": "Annual physical examination",
    "tests": [
        {
            "test_code": "CMP",
            "test_name": "Comprehensive Metabolic Panel",
            "specimen_type": "serum",
            "status": "completed",
        },
        {
            "test_code": "CBC",
            "test_name": "Complete Blood Count",
            "specimen_type": "whole_blood",
            "status": "completed",
        },
    ],
    "diagnoses": ["Z00.00"],
    "notes": "Routine annual physical",
    "status": "completed",
    "ordered_at": "2024-01-15T12:00:00Z",
    "collection_date": "2024-01-16T08:00:00Z",
    "created_at": "2024-01-15T12:00:00Z",
    "updated_at": "2024-01-16T10:30:00Z",
    "results": RESULTS,
    "completed_at": "2024-01-16T10:30:00Z",
    "pathologist_id": "623e4567-e89b-12d3-a456-426614174004",
    "results_notes": "All results within normal limits",
}
APPOINTMENT: Record = {
    "id": "623e4567-e89b-12d3-a456-426614174005",
    "appointment_number": "APT20240001",
    "patient_id": PATIENT_ID,
    "provider_id": PROVIDER_ID,
    "appointment_type": "office_visit",
    "start_datetime": "2024-01-20T14:00:00Z",
    "end_datetime": "2024-01-20T14:30:00Z",
    "location": "Main Clinic - Room 101",
    "reason": "Follow-up for hypertension",
    "status": "scheduled",
    "priority": "normal",
    "duration": 30,
    "notes": "Doing well on the current medication",
    "reminder_method": ["email", "sms"],
    "telehealth": False,
    "created_at": "2024-01-15T13:00:00Z",
    "updated_at": "2024-01-15T13:00:00Z",
}
CHARGE: Record = {
    "id": CHARGE_ID,
    "charge_number": "CHG20240001",
    "patient_id": PATIENT_ID,
    "encounter_id": ENCOUNTER_ID,
    "charge_date": "2024-01-15T11:00:00Z",
    "charge_code": "99213",
    "description": "Office visit, established patient",
    "quantity": 1,
    "unit_price": 100.0,
    "total_amount": 100.0,
    "insurance_amount": 80.0,
    "patient_amount": 20.0,
    "status": "pending",
    "billing_provider_id": PROVIDER_ID,
    "diagnosis_codes": ["G44.1"],
    "modifiers": [],
    "notes": "Routine office visit for headache",
    "created_at": "2024-01-15T13:30:00Z",
    "updated_at": "2024-01-15T13:30:00Z",
}
