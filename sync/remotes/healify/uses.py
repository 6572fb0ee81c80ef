"""Which screen or job uses each documented call of Healify, or why none does."""

from collections.abc import Mapping

_SWEEP = "sync: sweeps and hot windows"
_DETAIL = "sync: details that moved, and what a hint names"
_SEND = "sync: sends what was done here"
USES: Mapping[str, str] = {
    "GET /api/v1/patients": f"{_SWEEP}; the search before a patient is created; the test of the connection",
    "POST /api/v1/patients": _SEND,
    "GET /api/v1/patients/{patient_id}": _DETAIL,
    "PUT /api/v1/patients/{patient_id}": _SEND,
    "DELETE /api/v1/patients/{patient_id}": "client only: nothing is deleted there by itself",
    "GET /api/v1/patients/{patient_id}/history": (
        "client only: the same facts are read whole from their own lists; here the provider is a name alone"
    ),
    "GET /api/v1/medical-records": f"{_SWEEP}; looking for a record whose answer was lost",
    "POST /api/v1/medical-records": _SEND,
    "GET /api/v1/medical-records/{record_id}": _DETAIL,
    "PUT /api/v1/medical-records/{record_id}": _SEND,
    "DELETE /api/v1/medical-records/{record_id}": "client only: nothing clinical is deleted",
    "POST /api/v1/medical-records/{record_id}/share": "sharing screen: sent under a recorded consent",
    "GET /api/v1/medical-records/shared": f"{_SWEEP}; sharing screen: what is shared and until when",
    "GET /api/v1/prescriptions": f"{_SWEEP}; looking for a prescription whose answer was lost",
    "POST /api/v1/prescriptions": _SEND,
    "GET /api/v1/prescriptions/{prescription_id}": f"{_DETAIL}; whether a refill was handed out",
    "PUT /api/v1/prescriptions/{prescription_id}": _SEND,
    "POST /api/v1/prescriptions/{prescription_id}/refill": "refills screen: asks for a refill that was approved",
    "GET /api/v1/appointments": f"{_SWEEP}; looking for an appointment whose answer was lost",
    "POST /api/v1/appointments": _SEND,
    "GET /api/v1/appointments/{appointment_id}": _DETAIL,
    "PUT /api/v1/appointments/{appointment_id}": _SEND,
    "DELETE /api/v1/appointments/{appointment_id}": "client only: an appointment is cancelled, never deleted",
    "POST /api/v1/appointments/{appointment_id}/cancel": "sync: sends a cancellation",
    "GET /api/v1/appointments/available-slots": "`remote ask healify slots`: its free times beside our own",
    "GET /api/v1/digital-programs": "programmes screen",
    "GET /api/v1/digital-programs/{program_id}": "programmes screen: one programme",
    "POST /api/v1/digital-programs/{program_id}/enroll": "programmes screen: puts a patient on one",
}
