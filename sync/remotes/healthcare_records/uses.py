"""Which screen or job uses each documented call of the Healthcare Records API, or why none does."""

from collections.abc import Mapping

USES: Mapping[str, str] = {
    "GET /health": "the test of the connection, and whether it is up before somebody signs in",
    "GET /immunizations": "sync: sweeps; looking for a dose whose answer was lost",
    "POST /immunizations": "sync: sends what was done here",
    "GET /immunizations/{immunization_id}": "sync: details, on demand; before and after a change",
    "PUT /immunizations/{immunization_id}": "sync: sends a correction, where every hidden value is held here",
    "DELETE /immunizations/{immunization_id}": "client only: an administrator's act with a reason, never the sync's",
    "POST /patients": "sync: sends what was done here",
    "GET /patients/{patient_id}": "sync: details, on demand; before and after a change",
    "GET /patients": "sync: sweeps; the test of the connection",
    "PUT /patients/{patient_id}": "sync: sends a change, where every hidden value is held here",
    "DELETE /patients/{patient_id}": "client only: an administrator's act with a reason, never the sync's",
    "GET /patients/search": "sync: the search before a patient is created, and for one whose answer was lost",
    "GET /patients/{patient_id}/consent-status": (
        "`remote ask healthcare_records consent-status`: what it would let be read, beside our own"
    ),
    "POST /documents": "sync: sends notes and documents",
    "GET /documents": "sync: sweeps; looking for a document whose answer was lost",
    "GET /documents/{document_id}": "sync: details, on demand",
    "POST /consents": "sync: sends consents",
    "GET /consents": "sync: sweeps; looking for a consent whose answer was lost",
    "POST /fhir/validate": "`remote ask healthcare_records validate`: beside our own check",
    "POST /anonymize": "client only: a researcher's act that needs a review board's number, never the clinic's",
}
