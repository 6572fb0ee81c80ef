"""What AROCORD holds from the beginning: its doctors, and the sample patients its document names."""

from typing import Any

from sync.sandbox.sessions import Account
from sync.sandbox.wire import Record

ACCOUNTS = (
    Account("dr.smith", "secure_password", "123456", "doctor_001", "doctor"),
    Account("admin", "secure_password", "123456", "admin_001", "admin"),
)
PORTAL = (Account("patient@email.com", "secure_password", "", "patient_002", "patient"),)


def _doctor(ident: str, last: str, specialty: str) -> Record:
    return {"id": ident, "first_name": "Dr.", "last_name": last, "specialty": specialty}


def _patient(ident: str, mrn: str, names: tuple[str, str], born: str, gender: str, email: str, **more: Any) -> Record:
    first, last = names
    return {
        "id": ident,
        "mrn": mrn,
        "first_name": first,
        "last_name": last,
        "date_of_birth": born,
        "gender": gender,
        "phone": "+1-555-0123",
        "email": email,
        "address": {"street": "123 Main St", "city": "Anytown", "state": "CA", "zip": "12345"},
        "emergency_contact": {"name": f"Jane {last}", "relationship": "spouse", "phone": "+1-555-0124"},
        "insurance": {"provider": "Blue Cross", "policy_number": "BC123456", "group_number": "GRP001"},
        "is_active": True,
        **more,
    }


DOCTORS = [
    _doctor("doctor_001", "Smith", "Family medicine"),
    _doctor("doctor_002", "Rao", "Cardiology"),
    _doctor("doctor_003", "Lindqvist", "Pediatrics"),
]
PATIENTS = [
    _patient("patient_001", "MRN001", ("John", "Doe"), "1980-05-15", "male", "john.doe@email.com"),
    _patient("patient_002", "MRN0002P", ("Mia", "Doe"), "2016-09-02", "female", "patient@email.com"),
    _patient("patient_003", "MRN0003G", ("Harold", "Finch"), "1941-11-30", "male", "harold.finch@email.com"),
]
HISTORY = [
    ("history_001", "patient_001", "allergy", "Penicillin", "2019-04-02"),
    ("history_002", "patient_001", "diagnosis", "Essential hypertension", "2021-01-12"),
    ("history_003", "patient_001", "medication", "Lisinopril 10mg once daily", "2021-01-12"),
    ("history_004", "patient_002", "allergy", "Peanuts", "2018-10-20"),
    ("history_005", "patient_003", "diagnosis", "Chronic kidney disease, stage 3", "2016-07-08"),
    ("history_006", "patient_003", "diagnosis", "Type 2 diabetes mellitus", "2009-02-17"),
]
APPOINTMENT: Record = {
    "id": "appointment_001",
    "patient_id": "patient_001",
    "doctor_id": "doctor_001",
    "appointment_type": "consultation",
    "scheduled_time": "2025-01-15T09:45:00Z",
    "duration_minutes": 15,
    "notes": "Follow-up visit",
    "status": "scheduled",
    "created_at": "2025-01-10T08:00:00Z",
    "updated_at": "2025-01-10T08:00:00Z",
}
CONSULTATION: Record = {
    "id": "consultation_001",
    "patient_id": "patient_001",
    "doctor_id": "doctor_001",
    "appointment_id": "appointment_001",
    "workflow_type": "adaptive",
    "current_step": 2,
    "total_steps": 11,
    "status": "in_progress",
    "step_data": {
        "patient_overview": {"completed": True},
        "vitals": {"completed": True, "data": {"bp": "120/80"}},
        "symptoms": {"in_progress": True},
    },
    "started_at": "2025-01-15T10:00:00Z",
}
NOTIFICATION: Record = {
    "id": "notification_001",
    "recipient_id": "doctor_001",
    "type": "info",
    "title": "Lab Results Available",
    "message": "CBC results for John Doe are ready for review",
    "priority": "medium",
    "category": "lab",
    "is_read": False,
    "created_at": "2025-01-15T14:30:00Z",
    "action_url": "/lab/results/123",
}
SURVEYS = [5, 4, 5, 5, 4]
