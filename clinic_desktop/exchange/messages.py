"""Notices about a patient and refills that were asked for, as Communication and Task."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Pointer, Row, clean, written_notes
from sync.records.exact import Json

_PRIORITY = {"low": "routine", "normal": "routine", "high": "urgent", "critical": "stat"}
_ASKED = {"asked": "requested", "approved": "completed", "refused": "rejected", "cancelled": "cancelled"}


def write(row: Row, point: Pointer) -> Json:
    """A notice as it was sent; to whom, and what was answered."""
    to = row["to_name"] or (f"all of the role {row['to_role']}" if row["to_role"] else None)
    payload = [{"contentString": text} for text in (row["title"], row["body"]) if text]
    return clean(
        status="completed",
        category=[{"text": row["category"].replace("_", " ")}],
        priority=_PRIORITY[row["priority"]],
        subject=point("patients", row["patient_id"]),
        sent=when.fhir_instant(row["sent_at"]),
        received=when.fhir_instant(row["done_at"]) if row["done_at"] else None,
        recipient=[{"display": to}] if to else None,
        sender={"display": row["from_name"]} if row["from_name"] else None,
        payload=payload,
        note=written_notes(row["done_note"]),
    )


def write_refill(row: Row, point: Pointer) -> Json:
    """A refill that was asked for, with what was decided."""
    members = clean(
        status=_ASKED[row["status"]],
        status_reason={"text": row["reason"]} if row["reason"] else None,
        intent="order",
        code={"text": "Refill of a prescription"},
        description=row["medicine"],
        focus=point("prescription_lines", row["line_id"]),
        authored_on=when.fhir_instant(row["asked_at"]),
        last_modified=when.fhir_instant(row["decided_at"]) if row["decided_at"] else None,
        requester={"display": row["asked_by"]},
        owner={"display": row["decided_by_name"]} if row["decided_by_name"] else None,
        note=written_notes(row["note"]),
    )
    patient = point("patients", row["patient_id"])
    return members | ({"for": patient} if patient else {})
