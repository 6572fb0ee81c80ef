"""Events that Practice Studio sends, signed in a header (`signatures`): each is a hint to look there."""

from collections.abc import Mapping

from sync.port import Kind
from sync.remotes.practice_studio.signatures import HEADER, proof
from sync.telling.hints import Hint
from sync.telling.notices import Notice, UnprovedError, event_of, id_of, instant_of, is_recent

_KINDS = {
    "patient.created": Kind.PATIENT,
    "patient.updated": Kind.PATIENT,
    "appointment.created": Kind.APPOINTMENT,
    "appointment.updated": Kind.APPOINTMENT,
    "appointment.canceled": Kind.APPOINTMENT,
    "appointment.completed": Kind.APPOINTMENT,
    "record.created": Kind.ENCOUNTER,
    "invoice.created": Kind.INVOICE,
    "invoice.paid": Kind.INVOICE,
}


def heard(raw: bytes, headers: Mapping[str, str], secret: str | None, now: float) -> Notice:
    """What a call says to look at. Raises UnprovedError where its signature or its instant is not good."""
    if not secret:
        raise UnprovedError("no secret")
    found = proof(secret, headers.get(HEADER.lower(), ""), raw, now)
    if found is None:
        raise UnprovedError("no good signature")
    event = event_of(raw)
    if not found.stamped and not is_recent(instant_of(event.get("timestamp")), now):
        # Then the instant of the header proves nothing: that of the body does.
        raise UnprovedError("not of these minutes")
    kind, data = _KINDS.get(str(event.get("event"))), event.get("data")
    if kind is None or not isinstance(data, dict):
        return Notice(found.once, None)
    patient = None if kind is Kind.PATIENT else id_of(data.get("patientId"))
    return Notice(found.once, Hint(kind, id_of(data.get("id")), signed=True, parent=patient))
