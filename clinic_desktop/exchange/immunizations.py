"""Doses of vaccines, given here or elsewhere <-> Immunization."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import (
    Mapped,
    Meaning,
    Pointer,
    Row,
    Values,
    clean,
    concept,
    first,
    meaning,
    notes,
    written_notes,
)
from clinic_desktop.exchange.observations import quantity
from sync.records.exact import Json
from sync.records.immunization import Immunization, Protocol

CVX = "http://hl7.org/fhir/sid/cvx"
MVX = "http://hl7.org/fhir/sid/mvx"
_STATUS = {"completed": "completed", "not-done": "not_done", "entered-in-error": "entered_in_error"}
_WRITTEN = {kept: status for status, kept in _STATUS.items()}
_PRECISION = {len("2026"): "year", len("2026-01"): "month"}


def read(record: Immunization) -> Mapped:
    """A dose noted elsewhere; a vaccine that CVX does not code is kept by its name."""
    named = meaning(record.vaccine_code, CVX)
    why, origin = meaning(record.status_reason), meaning(record.report_origin)
    dose = record.dose_quantity
    values = {
        "status": _STATUS[record.status],
        "vaccine_code": named.code if named.system == CVX else None,
        "vaccine_name": named.title or "(not named)",
        **_occurred(record.occurrence_date_time),
        "occurred_text": record.occurrence_string,
        "manufacturer": record.manufacturer.display if record.manufacturer else None,
        "lot": record.lot_number,
        "expires_on": when.civil(record.expiration_date),
        "site": meaning(record.site).title or None,
        "route": meaning(record.route).title or None,
        "dose_amount": _amount(record),
        "dose_unit": dose.unit or dose.code if dose else None,
        **_protocol(record.protocol_applied),
        "funding_source": meaning(record.funding_source).title or None,
        "eligibility": first(record.program_eligibility).title or None,
        "reason_code": why.code,
        "reason_text": why.title or None,
        "primary_source": 0 if record.primary_source is False else 1,
        "report_origin": _origin(origin),
        "note": notes(record.note),
    }
    links = {"patient_id": record.patient} | ({"encounter_id": record.encounter} if record.encounter else {})
    names = {"performer_name": record.performer[0].actor} if record.performer else {}
    names |= {"location": record.location} if record.location else {}
    return Mapped(values, links, names | ({"manufacturer": record.manufacturer} if record.manufacturer else {}))


def write(row: Row, point: Pointer) -> Json:
    """A dose as an Immunization."""
    here = row["recorded_by"] is not None
    amount = quantity(row["dose_amount"], row["dose_unit"], None, None, None) if row["dose_amount"] else None
    return clean(
        status=_WRITTEN[row["status"]],
        status_reason=concept(None, None, row["reason_text"]) if row["status"] == "not_done" else None,
        vaccine_code=concept(CVX if row["vaccine_code"] else None, row["vaccine_code"], row["vaccine_name"]),
        patient=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        occurrence_date_time=_when(row),
        occurrence_string=None if _when(row) else row["occurred_text"],
        manufacturer={"display": row["manufacturer"]} if here and row["manufacturer"] else None,
        lot_number=row["lot"],
        expiration_date=row["expires_on"],
        site=concept(None, None, row["site"]),
        route=concept(None, None, row["route"]),
        dose_quantity=amount,
        performer=[{"actor": {"display": row["performer_name"]}}] if here and row["performer_name"] else None,
        location={"display": row["location"]} if here and row["location"] else None,
        note=written_notes(row["note"]),
        funding_source=concept(None, None, row["funding_source"]) if here else None,
        protocol_applied=[_written_protocol(row)] if row["dose_number"] else None,
    ) | {"primarySource": bool(row["primary_source"])}


def _occurred(text: str | None) -> Values:
    if text is None:
        return {"occurred_on": None, "occurred_precision": "unknown", "occurred_at": None}
    return {
        "occurred_on": f"{text}-01-01"[: len("2026-01-01")] if len(text) < len("2026-01-01") else text[:10],
        "occurred_precision": _PRECISION.get(len(text), "day"),
        "occurred_at": when.instant(text) if "T" in text else None,
    }


def _when(row: Row) -> str | None:
    if row["occurred_at"]:
        return when.fhir_instant(row["occurred_at"])
    on = row["occurred_on"]
    return None if on is None else on[: {"year": 4, "month": 7}.get(row["occurred_precision"], 10)]


def _amount(record: Immunization) -> str | None:
    value = record.dose_quantity.value if record.dose_quantity else None
    return None if value is None else getattr(value, "text", None) or format(value, "f")


def _protocol(applied: tuple[Protocol, ...]) -> Values:
    one = applied[0] if applied else None
    number = (one.dose_number_positive_int or one.dose_number_string) if one else None
    doses = (one.series_doses_positive_int or one.series_doses_string) if one else None
    return {
        "series_name": one.series if one else None,
        "dose_number": None if number is None else str(number),
        "series_doses": None if doses is None else str(doses),
    }


def _written_protocol(row: Row) -> Json:
    members = clean(series=row["series_name"])
    for name, value in (("doseNumber", row["dose_number"]), ("seriesDoses", row["series_doses"])):
        if value:
            whole = value.isascii() and value.isdigit()
            members |= {f"{name}PositiveInt": int(value)} if whole else {f"{name}String": value}
    return members


def _origin(origin: Meaning) -> str | None:
    return origin.title or origin.code
