"""Which screen or job uses each documented call of Practice Studio, or why none does."""

from collections.abc import Mapping

USES: Mapping[str, str] = {
    "POST /oauth/token": "sync: signs in by itself (client credentials), or renews what a person consented to",
    "GET /api/v1/patients": "sync: sweeps; the search before a patient is created; the test of the connection",
    "GET /api/v1/patients/{patient_id}": "sync: details that moved, and what a hint names",
    "POST /api/v1/patients": "sync: sends what was done here",
    "PUT /api/v1/patients/{patient_id}": "sync: sends what was done here",
    "GET /api/v1/appointments": "sync: sweeps and hot windows; looking for an appointment whose answer was lost",
    "POST /api/v1/appointments": "sync: sends what was done here",
    "GET /api/v1/providers": (
        "sync: the directory that practitioners are known by; `remote ask practice_studio providers`"
    ),
    "GET /api/v1/patients/{patient_id}/records": "sync: what was written there arrives in the chart",
    "GET /api/v1/patients/{patient_id}/invoices": (
        "sync: sweeps; `remote ask practice_studio invoices`: theirs beside our own"
    ),
}
