"""Visits elsewhere and here <-> Encounter."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Mapped, Pointer, Row, clean, concept, first, listed
from sync.records.elements import Coding, Reference
from sync.records.encounter import Encounter
from sync.records.exact import Json

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TELEHEALTH, EMERGENCY, AMBULATORY = "VR", "EMER", "AMB"


def read(record: Encounter) -> Mapped:
    """A visit elsewhere; when it was is not known without a period."""
    kind, reason = first(record.type), first(record.reason_code)
    period = record.period
    start = period.start if period else None
    values = {
        "preset": "outside",
        "status": "void" if record.status == "entered-in-error" else "outside",
        "outside_status": record.status,
        "started_at": when.instant(start) if start else None,
        "started_text": start,
        "ended_text": period.end if period else None,
        "class_system": record.class_.system,
        "class_code": record.class_.code or "",
        "type_system": kind.system,
        "type_code": kind.code,
        "type_title": kind.title or None,
        "reason_system": reason.system,
        "reason_code": reason.code,
        "reason_title": reason.title or None,
        "summary": reason.title or kind.title or _class_words(record.class_),
    }
    names: dict[str, Reference] = {}
    seen_by = next((each.individual for each in record.participant if each.individual is not None), None)
    if seen_by is not None:
        names["outside_practitioner"] = seen_by
    if record.service_provider is not None:
        names["outside_organisation"] = record.service_provider
    if record.location:
        names["outside_place"] = record.location[0].location
    return Mapped(values, {"patient_id": record.subject} if record.subject else {}, names)


def write(row: Row, point: Pointer) -> Json:
    """A visit as an Encounter."""
    outside = row["status"] == "outside" or row["outside_status"] is not None
    period = clean(start=row["started_text"], end=row["ended_text"])
    members = clean(
        status=row["outside_status"] if outside else _STATUS[row["status"]],
        type=listed(concept(row["type_system"], row["type_code"], row["type_title"])),
        subject=point("patients", row["patient_id"]),
        period=period if outside else _period(row),
        reason_code=listed(concept(row["reason_system"], row["reason_code"], row["reason_title"])),
    )
    if row["status"] == "void":
        members["status"] = "entered-in-error"
    members["class"] = clean(system=row["class_system"], code=row["class_code"]) if outside else _class(row["preset"])
    if not outside and row.get("seen_by"):
        members["participant"] = [{"individual": {"display": row["seen_by"]}}]
    if not outside and row["summary"]:
        members["reasonCode"] = [{"text": row["summary"]}]
    return members


_STATUS = {"open": "in-progress", "awaiting_results": "in-progress", "signed": "finished", "void": "entered-in-error"}


def _period(row: Row) -> Json:
    end = when.fhir_instant(row["signed_at"]) if row["signed_at"] else None
    return clean(start=when.fhir_instant(row["started_at"]), end=end)


def _class(preset: str) -> Json:
    code = {"telehealth": TELEHEALTH, "emergency": EMERGENCY}.get(preset, AMBULATORY)
    return {"system": ACT, "code": code}


def _class_words(coding: Coding) -> str | None:
    return coding.display or coding.code
