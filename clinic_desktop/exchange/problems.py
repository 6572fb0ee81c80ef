"""Problems <-> Condition."""

from typing import Any

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import (
    ICD10CM,
    Mapped,
    Pointer,
    Row,
    clean,
    code_of,
    concept,
    first,
    meaning,
    notes,
    status,
    titles,
    written_notes,
)
from sync.records.condition import Condition
from sync.records.elements import Period, Quantity, Range
from sync.records.exact import Json

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

_CERTAINTY = {
    "confirmed": "confirmed", "refuted": "refuted", "unconfirmed": "provisional", "provisional": "provisional",
    "differential": "provisional", "entered-in-error": "confirmed",
}  # fmt: skip
_OVER = {"inactive", "remission", "resolved"}


def read(record: Condition) -> Mapped:
    """A problem noted elsewhere; one that was refuted is not on the active list."""
    named = meaning(record.code, ICD10CM)
    clinical, verified = code_of(record.clinical_status), code_of(record.verification_status)
    over = clinical in _OVER or (clinical is None and _ended(record)) or verified == "refuted"
    ours = named.system == ICD10CM
    values = {
        "code": named.code,
        "code_system": None if ours and named.code else named.system,
        "title": named.title or "(not named)",
        "certainty": _CERTAINTY.get(verified or "", "confirmed"),
        "status": "entered_in_error" if verified == "entered-in-error" else "resolved" if over else "active",
        "clinical_status": clinical,
        "verification_status": verified,
        "category": first(record.category).code,
        "severity": meaning(record.severity).title or None,
        "body_site": titles(record.body_site),
        "onset_on": when.civil(record.onset_date_time),
        "onset_text": record.onset_date_time or _said(record.onset_age, record.onset_period, record.onset_range)
        or record.onset_string,
        "resolved_on": when.civil(record.abatement_date_time),
        "resolved_text": record.abatement_date_time
        or _said(record.abatement_age, record.abatement_period, record.abatement_range) or record.abatement_string,
        "recorded_text": record.recorded_date,
        "noted_at": when.instant(record.recorded_date or record.onset_date_time or "")
        if record.recorded_date or record.onset_date_time else None,
        "note": notes(record.note),
    }  # fmt: skip
    links = {"patient_id": record.subject}
    return Mapped(values, links | ({"encounter_id": record.encounter} if record.encounter else {}))


def write(row: Row, point: Pointer) -> Json:
    """A problem as a Condition; what the chart says of its state comes before what came from elsewhere."""
    wrong = row["status"] == "entered_in_error"
    clinical, verified = row["clinical_status"], row["verification_status"]
    if row["noted_by"] is not None or _changed(row):
        clinical = {"active": "active", "resolved": "resolved"}.get(row["status"])
        verified = "entered-in-error" if wrong else row["certainty"]
    return clean(
        clinical_status=None if wrong else status(CLINICAL, clinical),
        verification_status=status(VERIFICATION, verified),
        code=concept(row["code_system"] or (ICD10CM if row["code"] else None), row["code"], row["title"]),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        onset_date_time=_day(row["onset_text"], row["onset_on"]),
        abatement_date_time=_day(row["resolved_text"], row["resolved_on"]),
        recorded_date=row["recorded_text"] or (when.fhir_instant(row["noted_at"]) if row["noted_by"] else None),
        note=written_notes(row["note"]),
    )


def _changed(row: Row) -> bool:
    """Whether somebody here has resolved, reopened or withdrawn what came from elsewhere."""
    over = row["clinical_status"] in _OVER or row["verification_status"] == "refuted"
    was = {"active"} if not over else {"resolved"}
    if row["clinical_status"] is None:
        was = {"active", "resolved"}
    if row["verification_status"] == "entered-in-error":
        was = {"entered_in_error"}
    return row["status"] not in was


def _day(text: str | None, on: str | None) -> str | None:
    """The date as it came, unless the chart says another day now."""
    if text is not None and (on is None or text[:10] == on):
        return text if text[:4].isdigit() and (len(text) < 5 or text[4] == "-") else None
    return on


def _ended(record: Condition) -> bool:
    return any(
        each is not None
        for each in (
            record.abatement_date_time, record.abatement_age, record.abatement_period, record.abatement_range,
            record.abatement_string,
        )
    )  # fmt: skip


def _said(age: Quantity | None, period: Period | None, between: Range | None) -> str | None:
    """When, in words, where it is no date."""
    if age is not None:
        return f"age {_amount(age)}"
    if period is not None:
        return f"from {period.start or '?'} to {period.end or '?'}"
    return None if between is None else f"between {_amount(between.low)} and {_amount(between.high)}"


def _amount(quantity: Quantity | None) -> str:
    value: Any = None if quantity is None else quantity.value
    return "?" if quantity is None else f"{value} {quantity.unit or quantity.code or ''}".strip()
