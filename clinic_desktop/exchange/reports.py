"""Reports of laboratories and imaging departments <-> DiagnosticReport."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Mapped, Pointer, Row, clean, concept, first, meaning
from sync.records.exact import Json
from sync.records.report import DiagnosticReport


def read(record: DiagnosticReport) -> Mapped:
    """A report from elsewhere."""
    named, period = meaning(record.code), record.effective_period
    start = record.effective_date_time or (period.start if period else None)
    sorts_by = start or record.issued
    values = {
        "status": record.status,
        "category": first(record.category).code or first(record.category).title or None,
        "code_system": named.system,
        "code": named.code,
        "title": named.title or "(not named)",
        "effective_at": when.instant(sorts_by) if sorts_by else None,
        "effective_text": start,
        "effective_end_text": period.end if period else None,
        "issued_text": record.issued,
        "conclusion": record.conclusion,
    }
    links = {"patient_id": record.subject} if record.subject else {}
    links |= {"encounter_id": record.encounter} if record.encounter else {}
    return Mapped(values, links, {"performer": record.performer[0]} if record.performer else {})


def write(row: Row, point: Pointer) -> Json:
    """A report as a DiagnosticReport; its results are named in what came with it."""
    span = row["effective_end_text"] is not None
    return clean(
        status=row["status"],
        code=concept(row["code_system"], row["code"], row["title"]),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        effective_date_time=None if span else row["effective_text"],
        effective_period=clean(start=row["effective_text"], end=row["effective_end_text"]) if span else None,
        issued=row["issued_text"],
        conclusion=row["conclusion"],
    )
