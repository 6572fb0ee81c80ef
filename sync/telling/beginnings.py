"""The emptiest record of each kind: what a body is laid over where the chart holds nothing yet."""

from collections.abc import Mapping
from typing import Any

from sync.port import Kind, Story
from sync.records.appointment import Appointment
from sync.records.consent import Consent
from sync.records.document import DocumentReference
from sync.records.elements import Resource
from sync.records.encounter import Encounter
from sync.records.immunization import Immunization
from sync.records.invoice import Invoice
from sync.records.medication import MedicationRequest
from sync.records.patient import Patient
from sync.records.practitioner import Practitioner

_PRIVACY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}],
}
_NOBODY = {"display": "not known here"}
_EMPTY: Mapping[Kind, tuple[type[Resource], dict[str, Any]]] = {
    Kind.PATIENT: (Patient, {}),
    Kind.PRACTITIONER: (Practitioner, {}),
    Kind.APPOINTMENT: (Appointment, {"status": "booked", "participant": []}),
    Kind.ENCOUNTER: (Encounter, {"status": "finished", "class": {"code": "AMB"}}),
    Kind.DOCUMENT: (DocumentReference, {"status": "current", "content": []}),
    Kind.PRESCRIPTION: (MedicationRequest, {"status": "active", "intent": "order", "subject": _NOBODY}),
    Kind.IMMUNIZATION: (
        Immunization,
        {"status": "completed", "vaccineCode": {"text": "not stated"}, "patient": _NOBODY},
    ),
    Kind.CONSENT: (Consent, {"status": "active", "scope": _PRIVACY, "category": []}),
    Kind.INVOICE: (Invoice, {"status": "issued"}),
}


def beginning(kind: Kind) -> Story:
    """A story that says nothing. Raises KeyError for a kind that is never taken from elsewhere."""
    model, members = _EMPTY[kind]
    first = model.model_validate({"resourceType": model.__name__, **members})
    return Story(kind, "", 0, None, first)
