"""The appointments of this clinic as Appointment."""

from datetime import timedelta

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Pointer, Row, clean
from sync.records.exact import Json

_STATUS = {
    "booked": "booked", "arrived": "arrived", "completed": "fulfilled", "cancelled": "cancelled", "no_show": "noshow",
}  # fmt: skip


def write(row: Row, point: Pointer) -> Json:
    """An appointment with whom it is for, with whom and where."""
    ends = to_text(from_text(row["starts_at"]) + timedelta(minutes=row["minutes"]))
    patient = point("patients", row["patient_id"])
    there = [patient | {"type": "Patient"} if patient else None, {"display": row["practitioner"]}]
    if row["room"]:
        there.append({"type": "Location", "display": row["room"]})
    cancelled = row["status"] == "cancelled" and row["status_reason"]
    return clean(
        status=_STATUS[row["status"]],
        cancelation_reason={"text": row["status_reason"]} if cancelled else None,
        description=row["reason"],
        start=when.fhir_instant(row["starts_at"]),
        end=when.fhir_instant(ends),
        minutes_duration=row["minutes"],
        comment=row["status_reason"] if not cancelled else None,
        participant=[{"actor": actor, "status": "accepted"} for actor in there if actor],
    )
