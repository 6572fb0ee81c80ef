"""What Healify holds from the beginning: its directory, its programmes, and the document's sample person."""

from sync.sandbox.wire import Record

PROVIDERS: dict[str, Record] = {
    "doc_456def": {
        "id": "doc_456def",
        "name": "Dr. Sarah Smith",
        "specialty": "General Practice",
        "npi": "1234567890",
    },
    "doc_789ghi": {
        "id": "doc_789ghi",
        "name": "Dr. Omar Haddad",
        "specialty": "Cardiology",
        "npi": "1234567893",
    },
}
PHARMACIES: dict[str, Record] = {
    "phm_789ghi": {
        "id": "phm_789ghi",
        "name": "Main Street Pharmacy",
        "phone": "+1234567892",
        "address": "789 Main St, New York, NY 10001",
    },
    "phm_999xyz": {
        "id": "phm_999xyz",
        "name": "Downtown Pharmacy",
        "phone": "+1234567893",
        "address": "123 Downtown Ave, New York, NY 10002",
    },
}
_WEEKS = [
    ("Introduction to Mindfulness", ["Breath awareness", "Body scan", "Present moment awareness"]),
    ("Building Consistency", ["Daily practice", "Overcoming obstacles", "Mindful movement"]),
]
PROGRAMS: dict[str, Record] = {
    "prg_123abc": {
        "id": "prg_123abc",
        "name": "Mindfulness & Meditation",
        "description": "8-week program to reduce stress and improve mental well-being through guided meditation",
        "category": "wellness",
        "duration_weeks": 8,
        "difficulty": "beginner",
        "provider": "Healify Digital Health",
        "features": [
            "Daily guided meditation sessions",
            "Progress tracking",
            "Expert-led video content",
            "Community support",
        ],
        "requirements": ["15 minutes per day", "Quiet space for practice"],
        "outcomes": ["Reduced stress levels", "Improved sleep quality", "Better emotional regulation"],
        "curriculum": [
            {"week": week, "title": title, "sessions": 7, "topics": topics}
            for week, (title, topics) in enumerate(_WEEKS, 1)
        ],
        "instructors": [
            {
                "name": "Dr. Jane Williams",
                "credentials": "PhD in Clinical Psychology",
                "bio": "20+ years experience in mindfulness-based therapies",
            }
        ],
        "enrollment_count": 1247,
        "rating": 4.8,
        "reviews_count": 342,
        "status": "active",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
    }
}

PATIENT: Record = {
    "id": "pat_123abc",
    "first_name": "John",
    "last_name": "Doe",
    "email": "john.doe@example.com",
    "phone": "+1234567890",
    "date_of_birth": "1985-06-15",
    "gender": "male",
    "address": {"street": "123 Main St", "city": "New York", "state": "NY", "zip": "10001", "country": "US"},
    "emergency_contact": {"name": "Jane Doe", "phone": "+1234567891", "relationship": "spouse"},
    "medical_history": {
        "allergies": ["penicillin", "peanuts"],
        "conditions": ["hypertension", "diabetes"],
        "medications": ["metformin", "lisinopril"],
    },
    "created_at": "2025-01-15T10:00:00Z",
    "updated_at": "2025-01-15T10:00:00Z",
}
RECORD: Record = {
    "id": "rec_123abc",
    "patient_id": "pat_123abc",
    "title": "Annual Physical Examination",
    "type": "examination",
    "date": "2025-01-10T14:00:00Z",
    "provider": {"id": "doc_456def", "name": "Dr. Sarah Smith", "specialty": "General Practice"},
    "diagnosis": ["Hypertension", "Type 2 Diabetes"],
    "notes": "Patient is managing conditions well with current medications.",
    "vitals": {"blood_pressure": "130/85", "heart_rate": 75, "temperature": 98.6, "weight": 185},
    "attachments": [
        {
            "id": "att_789ghi",
            "filename": "lab_results.pdf",
            "url": "https://storage.example.com/records/att_789ghi",
            "type": "application/pdf",
            "size": 245678,
        }
    ],
    "created_at": "2025-01-10T14:00:00Z",
    "updated_at": "2025-01-10T14:00:00Z",
}
PRESCRIPTION: Record = {
    "id": "prx_123abc",
    "patient_id": "pat_123abc",
    "medication": {
        "name": "Metformin",
        "generic_name": "Metformin HCl",
        "ndc": "00093-7214-01",
        "strength": "500mg",
        "form": "tablet",
    },
    "dosage": "500mg twice daily with meals",
    "quantity": 60,
    "refills": 3,
    "refills_remaining": 2,
    "prescriber": {
        "id": "doc_456def",
        "name": "Dr. Sarah Smith",
        "npi": "1234567890",
        "specialty": "General Practice",
    },
    "pharmacy": PHARMACIES["phm_789ghi"],
    "instructions": "Take with food to minimize stomach upset",
    "notes": "Monitor blood glucose levels",
    "prescribed_date": "2025-01-10T14:30:00Z",
    "expires_date": "2026-01-10T14:30:00Z",
    "status": "active",
    "refill_history": [{"date": "2025-01-10T14:30:00Z", "quantity": 60, "pharmacy": "Main Street Pharmacy"}],
    "created_at": "2025-01-10T14:30:00Z",
    "updated_at": "2025-01-10T14:30:00Z",
}
APPOINTMENT: Record = {
    "id": "apt_123abc",
    "patient_id": "pat_123abc",
    "provider": PROVIDERS["doc_456def"],
    "appointment_type": "consultation",
    "reason": "Follow-up for hypertension",
    "scheduled_time": "2025-01-25T14:00:00Z",
    "duration_minutes": 30,
    "status": "scheduled",
    "location": {"type": "in_person", "address": "123 Medical Center Dr, New York, NY 10001", "room": "A-204"},
    "notes": "Please bring recent blood pressure readings",
    "confirmation": {"code": "APT123ABC", "confirmed": True, "confirmed_at": "2025-01-16T09:00:00Z"},
    "reminders": [
        {"type": "email", "sent_at": "2025-01-24T14:00:00Z"},
        {"type": "sms", "sent_at": "2025-01-25T09:00:00Z"},
    ],
    "created_at": "2025-01-15T10:00:00Z",
    "updated_at": "2025-01-16T09:00:00Z",
}
