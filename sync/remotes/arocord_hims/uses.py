"""What uses each documented endpoint: a screen, a job, or nothing and why."""

from collections.abc import Mapping

_PORTAL = "client only: it takes the patient's own password, which a clinic must never hold"

USES: Mapping[str, str] = {
    "POST /auth/login": "connect wizard and every sign-in that a person completes with a code",
    "POST /auth/refresh": "agent: renews the token a little before it ends, or after a 401",
    "POST /auth/logout": "client only: not used yet; its token ends by itself",
    "GET /patients": "agent: sweep of patients, search before one is registered, probe by MRN after a lost answer",
    "GET /patients/{id}": "agent: read before and after a change; the detail where a list row moved",
    "POST /patients": "agent: a patient registered here",
    "PUT /patients/{id}": "agent: a patient changed here",
    "GET /patients/{id}/medical-history": "agent: allergies, diagnoses and medicines there, for the chart's review",
    "GET /appointments": "agent: sweep by days, read of one appointment, probe after a lost answer",
    "POST /appointments": "agent: an appointment made here",
    "PUT /appointments/{id}": "agent: an appointment moved here",
    "DELETE /appointments/{id}": "agent: an appointment cancelled here",
    "POST /consultations": "agent: a signed visit",
    "GET /consultations/{id}": "agent: how far a consultation is, after each step",
    "PUT /consultations/{id}/step": "agent: vital signs and complaint of a signed visit",
    "POST /consultations/{id}/complete": "agent: the visit was finished here",
    "POST /prescriptions": "agent: a prescription signed here",
    "GET /pharmacy/prescriptions": "agent: sweep of the queue, probe after a lost answer",
    "PUT /pharmacy/prescriptions/{id}/process": (
        "client only: not used yet; the chart tells that a medicine was handed out, not that it is being made ready"
    ),
    "POST /pharmacy/prescriptions/{id}/dispense": "agent: the pharmacy screen handed it out",
    "POST /lab/orders": "agent: tests ordered here",
    "GET /lab/orders": "agent: sweep of orders, probe after a lost answer",
    "PUT /lab/orders/{id}/results": "agent: results released on the laboratory screen",
    "POST /billing/invoices": "agent: an invoice issued on the billing screen",
    "POST /billing/payments": "agent: a payment taken on the billing screen",
    "POST /billing/insurance-claims": "agent: a claim submitted on the insurance screen",
    "GET /notifications": "agent: notices of the system for the administrators' inbox",
    "PUT /notifications/{id}/read": "agent: a notice of theirs was read, or done, in the inbox",
    "POST /notifications": "agent: a notice sent here",
    "GET /analytics/dashboard": "`remote ask arocord_hims dashboard`: their numbers beside ours",
    "GET /analytics/reports/{report_type}": "`remote ask arocord_hims report`: one of their five",
    "GET /analytics/export": "`remote ask arocord_hims export`: a report saved as a file",
    "POST /patient-portal/login": _PORTAL,
    "GET /patient-portal/appointments": _PORTAL,
    "POST /patient-portal/appointments": _PORTAL,
    "GET /patient-portal/medical-records": _PORTAL,
    "GET /patient-portal/health-summary": _PORTAL,
    "POST /webhooks": "client only: not used yet; no address of this clinic can be reached from there",
}
