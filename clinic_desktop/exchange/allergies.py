"""Allergies and intolerances <-> AllergyIntolerance."""

from dataclasses import replace

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import (
    Mapped,
    Meaning,
    Pointer,
    Row,
    clean,
    code_of,
    concept,
    holds,
    meaning,
    notes,
    status,
    written_notes,
)
from sync.records.allergy import AllergyIntolerance, Reaction
from sync.records.exact import Json
from sync.telling.allergies import NONE_KNOWN, none_known

CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
NOT_NAMED = "(not named)"
_WEIGHT = {"severe": 3, "moderate": 2, "mild": 1}


def read(record: AllergyIntolerance) -> Mapped:
    """An allergy noted elsewhere; a severe reaction, or a high criticality, makes it severe."""
    named = _substance(record)
    clinical, verified = code_of(record.clinical_status), code_of(record.verification_status)
    none = _is_none_known(named.code, named.title, bare=not record.reaction)
    over = clinical in {"inactive", "resolved"} or verified == "refuted" or none
    values = {
        "substance": named.title or NOT_NAMED,
        "code_system": named.system,
        "code": named.code,
        "kind": record.type,
        "category": ",".join(record.category) or None,
        "criticality": record.criticality,
        "clinical_status": clinical,
        "verification_status": verified,
        "reaction": "; ".join(dict.fromkeys(filter(None, map(_words, record.reaction)))) or None,
        "severity": _severity(record),
        "status": "entered_in_error" if verified == "entered-in-error" else "inactive" if over else "active",
        "onset_text": record.onset_date_time,
        "recorded_text": record.recorded_date,
        "noted_at": when.instant(record.recorded_date) if record.recorded_date else None,
        "note": notes(record.note),
    }
    return Mapped(values, {"patient_id": record.patient})


def write(row: Row, point: Pointer) -> Json:
    """An allergy as an AllergyIntolerance; what the chart says of its state comes first."""
    wrong = row["status"] == "entered_in_error"
    clinical, verified = row["clinical_status"], row["verification_status"]
    # In words alone it was read as an allergy once: such a row is as it came, too.
    none = _is_none_known(row["code"], row["substance"], bare=not row["reaction"] and row["status"] == "inactive")
    was_over = clinical in {"inactive", "resolved"} or verified == "refuted" or none
    was = "entered_in_error" if verified == "entered-in-error" else "inactive" if was_over else "active"
    if row["noted_by"] is not None or row["status"] != was:
        clinical, verified = row["status"], "entered-in-error" if wrong else "confirmed"
    here = row["noted_by"] is not None
    reaction = clean(
        manifestation=[{"text": row["reaction"]}] if row["reaction"] else None,
        severity=row["severity"] if row["severity"] in _WEIGHT else None,
    )
    return clean(
        clinical_status=None if wrong else status(CLINICAL, clinical),
        verification_status=status(VERIFICATION, verified),
        type=row["kind"] or ("allergy" if here else None),
        category=row["category"].split(",") if row["category"] else None,
        criticality=row["criticality"],
        code=concept(row["code_system"], row["code"], row["substance"]),
        patient=point("patients", row["patient_id"]),
        onset_date_time=row["onset_text"],
        recorded_date=row["recorded_text"] or (when.fhir_instant(row["noted_at"]) if here else None),
        note=written_notes(row["note"]),
        reaction=[reaction] if "manifestation" in reaction else None,
    )


def _is_none_known(code: str | None, title: str, *, bare: bool) -> bool:
    """Whether it says that none is known, not that the patient reacts to something of that name.

    In a code, or in words alone ("NKDA") that are `bare` of any reaction.
    """
    return code in NONE_KNOWN or (bare and code is None and none_known(title) is not None)


def _substance(record: AllergyIntolerance) -> Meaning:
    """What is not borne: as it is named, or where that is missing or vague, as the reactions to it name it."""
    named = meaning(record.code)
    found = [meant for each in record.reaction if (meant := meaning(each.substance)).title]
    if not named.title or named.title == NOT_NAMED:
        named = next(iter(found), named)
    if named.code in NONE_KNOWN:
        return named
    title = named.title
    for each in found:
        title = title if holds(title, each.title) else f"{title}; {each.title}"
    return replace(named, title=title)


def _words(reaction: Reaction) -> str:
    said = ", ".join(filter(None, (meaning(each).title for each in reaction.manifestation)))
    return said or reaction.description or ""


def _severity(record: AllergyIntolerance) -> str:
    known = [each.severity for each in record.reaction if each.severity is not None]
    if record.criticality == "high":
        return "severe"
    return max(known, key=lambda each: _WEIGHT[each], default="unknown")
