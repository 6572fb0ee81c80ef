"""What Practice Studio holds from the beginning: its places and providers, and the sample person of its document."""

from sync.sandbox.papers import pdf
from sync.sandbox.sessions import Account
from sync.sandbox.wire import Record

ACCOUNTS = (Account("sarah.johnson", "secure_password", "", "PROV-54321", "provider"),)
LOCATIONS: list[Record] = [
    {
        "id": "LOC-789",
        "name": "Main Clinic",
        "address": {"line1": "100 Health Way", "city": "Springfield", "state": "IL", "postalCode": "62704"},
    },
    {
        "id": "LOC-456",
        "name": "North Clinic",
        "address": {"line1": "8 Prairie Rd", "city": "Springfield", "state": "IL", "postalCode": "62707"},
    },
]
_DAY = {"start": "08:00", "end": "17:00"}
_WEEK = {
    "monday": _DAY,
    "tuesday": _DAY,
    "wednesday": _DAY,
    "thursday": _DAY,
    "friday": {"start": "08:00", "end": "12:00"},
}
_PLACES = [{"id": row["id"], "name": row["name"]} for row in LOCATIONS]
PROVIDERS: list[Record] = [
    {
        "id": "PROV-54321",
        "npi": "1234567890",
        "firstName": "Sarah",
        "lastName": "Johnson",
        "credentials": "MD",
        "specialty": "Family Medicine",
        "email": "sarah.johnson@example.com",
        "phone": "555-444-3333",
        "active": True,
        "locations": _PLACES,
        "schedule": _WEEK,
    },
    {
        "id": "PROV-54322",
        "npi": "1234567893",
        "firstName": "Daniel",
        "lastName": "Ibarra",
        "credentials": "DO",
        "specialty": "Cardiology",
        "email": "daniel.ibarra@example.com",
        "phone": "555-444-3334",
        "active": True,
        "locations": _PLACES[:1],
        "schedule": _WEEK,
    },
]
PATIENT: Record = {
    "id": "PAT-12345",
    "mrn": "MRN-67890",
    "firstName": "John",
    "lastName": "Doe",
    "dateOfBirth": "1980-05-15",
    "gender": "M",
    "contactInfo": {
        "email": "john.doe@example.com",
        "phone": "555-123-4567",
        "address": {
            "line1": "123 Main St",
            "line2": "Apt 4B",
            "city": "Springfield",
            "state": "IL",
            "postalCode": "62701",
            "country": "USA",
        },
    },
    "insurance": {
        "primary": {"provider": "Blue Cross", "memberId": "BC987654321", "groupNumber": "GRP123456"},
        "secondary": {"provider": "Medicare", "memberId": "MED12345", "groupNumber": ""},
    },
    "emergencyContact": {"name": "Jane Doe", "relationship": "Spouse", "phone": "555-987-6543"},
    "preferredLanguage": "English",
    "preferredPharmacy": {"id": "PHARM-123", "name": "City Pharmacy", "phone": "555-111-2222"},
    "allergies": [
        {"allergen": "Penicillin", "reaction": "Hives", "severity": "Moderate", "noted": "2021-06-12T10:30:00Z"}
    ],
    "created": "2022-03-15T14:30:00Z",
    "updated": "2023-01-20T09:45:00Z",
    "_status": "active",
}
APPOINTMENT: Record = {
    "id": "APPT-12345",
    "patientId": "PAT-12345",
    "providerId": "PROV-54321",
    "startTime": "2023-04-15T10:00:00Z",
    "endTime": "2023-04-15T10:30:00Z",
    "type": "Follow-up",
    "status": "scheduled",
    "reason": "Diabetes follow-up",
    "notes": "Patient requested morning appointment",
    "location": LOCATIONS[0],
    "created": "2023-03-01T14:30:00Z",
    "updated": "2023-03-01T14:30:00Z",
}
ATTACHMENT = pdf(["Laboratory results", "", "Made for training by the sandbox; about nobody."])
RECORD: Record = {
    "id": "REC-12345",
    "patientId": "PAT-12345",
    "providerId": "PROV-54321",
    "type": "Progress Note",
    "date": "2023-02-15T09:30:00Z",
    "title": "Follow-up Visit",
    "content": {
        "subjective": "Patient reports improvement in symptoms.",
        "objective": "BP 120/80, Pulse 72, Temp 98.6F.",
        "assessment": "Hypertension, well-controlled.",
        "plan": "Continue current medications.",
    },
    "attachments": [
        {
            "id": "ATT-987",
            "filename": "lab_results.pdf",
            "contentType": "application/pdf",
            "size": len(ATTACHMENT),
            "uploadedAt": "2023-02-15T10:15:00Z",
            "_links": {"download": {"href": "/api/v1/attachments/ATT-987/download"}},
        }
    ],
}
INVOICE: Record = {
    "id": "INV-12345",
    "patientId": "PAT-12345",
    "date": "2023-01-15",
    "dueDate": "2023-02-15",
    "status": "paid",
    "amount": 150.0,
    "paidAmount": 150.0,
    "items": [
        {
            "code": "99213",
            "description": "Office visit, established patient",
            "unitPrice": 120.0,
            "quantity": 1,
            "total": 120.0,
        },
        {"code": "85025", "description": "Complete CBC", "unitPrice": 30.0, "quantity": 1, "total": 30.0},
    ],
    "payments": [
        {"date": "2023-01-20", "method": "Insurance", "amount": 120.0, "reference": "INS-REF-456789"},
        {"date": "2023-01-25", "method": "Credit Card", "amount": 30.0, "reference": "CC-AUTH-123456"},
    ],
}
