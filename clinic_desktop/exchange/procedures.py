"""Procedures <-> Procedure."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import (
    Mapped,
    Pointer,
    Row,
    clean,
    concept,
    first,
    meaning,
    notes,
    titles,
    written_notes,
)
from sync.records.exact import Json
from sync.records.procedure import Procedure


def read(record: Procedure) -> Mapped:
    """What was done elsewhere."""
    named, period = meaning(record.code), record.performed_period
    start = record.performed_date_time or (period.start if period else None)
    reason = first(record.reason_code).title or next((each.display for each in record.reason_reference), None)
    values = {
        "status": record.status,
        "code_system": named.system,
        "code": named.code,
        "title": named.title or "(not named)",
        "category": meaning(record.category).title or None,
        "body_site": titles(record.body_site),
        "reason": reason,
        "outcome": meaning(record.outcome).title or None,
        "performed_at": when.instant(start) if start else None,
        "performed_text": start or record.performed_string,
        "performed_end_text": period.end if period else None,
        "note": notes(record.note),
    }
    links = {"patient_id": record.subject} | ({"encounter_id": record.encounter} if record.encounter else {})
    names = {"performer": record.performer[0].actor} if record.performer else {}
    return Mapped(values, links, names | ({"place": record.location} if record.location else {}))


def write(row: Row, point: Pointer) -> Json:
    """A procedure as a Procedure."""
    dated = row["performed_at"] is not None
    span = row["performed_end_text"] is not None
    return clean(
        status=row["status"],
        code=concept(row["code_system"], row["code"], row["title"]),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        performed_date_time=row["performed_text"] if dated and not span else None,
        performed_period=clean(start=row["performed_text"], end=row["performed_end_text"]) if span else None,
        performed_string=None if dated or span else row["performed_text"],
        note=written_notes(row["note"]),
    )
