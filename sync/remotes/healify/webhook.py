"""Events that Healify sends. It documents no signature, so that nothing in one is proved.

Whoever knows the address that support was told may send them: each is a hint to look there, and nothing more.
"""

import hashlib
import json
from collections.abc import Mapping

from sync.port import Kind
from sync.telling.hints import Hint
from sync.telling.notices import Notice, UnprovedError, event_of, id_of, instant_of, is_recent

_KINDS = {
    "patient.created": (Kind.PATIENT, "patient_id"),
    "patient.updated": (Kind.PATIENT, "patient_id"),
    "medical_record.created": (Kind.ENCOUNTER, "record_id"),
    "medical_record.shared": (Kind.ENCOUNTER, "record_id"),
    "prescription.created": (Kind.PRESCRIPTION, "prescription_id"),
    "prescription.refill_requested": (Kind.PRESCRIPTION, "prescription_id"),
    "appointment.scheduled": (Kind.APPOINTMENT, "appointment_id"),
    "appointment.cancelled": (Kind.APPOINTMENT, "appointment_id"),
    "appointment.completed": (Kind.APPOINTMENT, "appointment_id"),
    "digital_program.enrollment_completed": (Kind.ENROLMENT, "enrollment_id"),
}


def heard(raw: bytes, headers: Mapping[str, str], secret: str | None, now: float) -> Notice:  # noqa: ARG001 - no scheme
    """What a call says to look at. Raises UnprovedError for what is no event, or none of these minutes."""
    event = event_of(raw)
    if not is_recent(instant_of(event.get("timestamp")), now):
        raise UnprovedError("not of these minutes")
    once = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
    known, data = _KINDS.get(str(event.get("event"))), event.get("data")
    if known is None or not isinstance(data, dict):
        return Notice(once, None)
    kind, name = known
    patient = None if kind is Kind.PATIENT else id_of(data.get("patient_id"))
    return Notice(once, Hint(kind, id_of(data.get(name)), parent=patient))
