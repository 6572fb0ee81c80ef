"""What uses each endpoint, documented or not: a screen, a job, or nothing and why."""

from collections.abc import Mapping

_LINK = "client only: the document links to it and does not describe it; off until an administrator turns it on"
_EXAMPLE = "client only: it stands in an example alone; off until an administrator turns it on"

USES: Mapping[str, str] = {
    "POST /auth/token": "connect wizard and every sign-in that a person completes with a code",
    "POST /api/v1/patients": "agent: a patient registered here",
    "GET /api/v1/patients/{patient_id}": "agent: read of a linked patient, before and after a change",
    "PUT /api/v1/patients/{patient_id}": "agent: a patient changed here",
    "GET /api/v1/patients/search": "agent: search before a patient is registered, probe after a lost answer",
    "POST /api/v1/clinical/encounters": "agent: a signed visit",
    "GET /api/v1/clinical/encounters": "agent: visits of a linked patient, probe after a lost answer",
    "PUT /api/v1/clinical/encounters/{encounter_id}": "agent: an addendum to a signed visit",
    "POST /api/v1/pharmacy/prescriptions": "agent: each medicine of a prescription signed here",
    "POST /api/v1/pharmacy/drug-interactions": (
        "`remote ask hms_enterprise interactions`: a second opinion beside our own alerts"
    ),
    "POST /api/v1/laboratory/orders": "agent: tests ordered here",
    "GET /api/v1/laboratory/orders/{order_id}/results": "agent: results of each open order, and after a live hint",
    "POST /api/v1/appointments": "agent: an appointment made here",
    "GET /api/v1/appointments/schedule": (
        "agent: probe and sweep; `remote ask hms_enterprise schedule`: their bookings and free slots"
    ),
    "POST /api/v1/billing/charges": "agent: a charge made on the billing screen",
    "POST /api/v1/billing/claims": "agent: a claim submitted on the insurance screen",
    "GET /api/v1/analytics/patients": "`remote ask hms_enterprise analytics`: their numbers beside ours",
    "GET /api/v1/analytics/clinical-quality": "`remote ask hms_enterprise quality`: their measures",
    "WS /v1/ws": "background process: the courier listens, and looks where it was said that something moved",
    "POST /graphql": "agent: read of a patient's prescriptions after a lost answer, where an address is given",
    "GET /v1/patients/{id}/encounters": _LINK,
    "GET /v1/patients/{id}/appointments": _LINK,
    "GET /v1/providers/{id}": _LINK,
    "GET /v1/clinical/encounters/{id}": _LINK,
    "GET /v1/pharmacy/prescriptions/{id}": _LINK,
    "GET /v1/laboratory/orders/{id}": _LINK,
    "GET /v1/appointments/{id}": _LINK,
    "GET /v1/billing/charges/{id}": _LINK,
    "GET /api/v1/patients": _EXAMPLE,
    "GET /api/v1/appointments": _EXAMPLE,
}
