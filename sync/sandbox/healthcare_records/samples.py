"""What Healthcare Records holds from the beginning: one made-up person with a vaccination, a document and a consent."""

from sync.sandbox.wire import Record

PATIENT_ID = "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a01"
IMMUNIZATION_ID = "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a02"
DOCUMENT_ID = "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a03"
CONSENT_ID = "7c1f0d0e-5b1a-4b6e-9f0a-2d6a4d0c1a04"

# CVX codes a small clinic meets, with the names this system shows. Source: the code set CVX of the US CDC.
VACCINES = {
    "03": "MMR",
    "08": "Hep B, adolescent or pediatric",
    "10": "IPV",
    "20": "DTaP",
    "21": "varicella",
    "33": "pneumococcal polysaccharide PPV23",
    "115": "Tdap",
    "141": "Influenza, seasonal, injectable",
    "150": "Influenza, injectable, quadrivalent, preservative free",
    "208": "COVID-19 mRNA vaccine",
}
PATIENT: Record = {
    "id": PATIENT_ID,
    "identifier": [{"use": "official", "system": "http://hospital.smarthit.org", "value": "MRN100200300"}],
    "name": [{"use": "official", "family": "Doe", "given": ["John", "William"]}],
    "gender": "male",
    "birth_date": "1985-06-15",
    "address": [
        {
            "use": "home",
            "line": ["123 Main St", "Apt 4B"],
            "city": "Anytown",
            "state": "NY",
            "postal_code": "12345",
            "country": "US",
        }
    ],
    "telecom": [
        {"system": "phone", "value": "+1-555-123-4567", "use": "mobile"},
        {"system": "email", "value": "john.doe@email.com", "use": "home"},
    ],
    "emergency_contact": {"name": "Jane Doe", "relationship": "spouse", "phone": "+1-555-987-6543"},
    "active": True,
    "created_at": "2024-01-10T08:00:00Z",
    "updated_at": "2024-01-10T08:00:00Z",
}
IMMUNIZATION: Record = {
    "id": IMMUNIZATION_ID,
    "patient_id": PATIENT_ID,
    "vaccine_code": "208",
    "administration_date": "2024-01-15",
    "provider_name": "Dr. Smith",
    "lot_number": "ABC123",
    "expiration_date": "2025-01-15",
    "site": "left_deltoid",
    "route": "intramuscular",
    "dose_quantity": 0.5,
    "dose_unit": "mL",
    "created_at": "2024-01-15T10:30:00Z",
    "updated_at": "2024-01-15T10:30:00Z",
}
DOCUMENT: Record = {
    "id": DOCUMENT_ID,
    "patient_id": PATIENT_ID,
    "document_type": "immunization_record",
    "title": "COVID-19 Vaccination Record",
    "content": "First dose given, no reaction.",
    "author": "Dr. Smith",
    "classification": "confidential",
    "metadata": {"visit_date": "2024-01-15", "department": "Immunization Clinic"},
    "created_at": "2024-01-15T10:35:00Z",
    "updated_at": "2024-01-15T10:35:00Z",
}
CONSENT: Record = {
    "id": CONSENT_ID,
    "patient_id": PATIENT_ID,
    "consent_type": "treatment",
    "status": "active",
    "granted_date": "2024-01-10",
    "expiration_date": "2034-01-10",
    "scope": ["immunization_data", "clinical_notes"],
    "grantor": "patient",
    "witness": "Dr. Smith",
    "digital_signature": "c2FuZGJveA==",
    "created_at": "2024-01-10T08:05:00Z",
    "updated_at": "2024-01-10T08:05:00Z",
}
