"""What was measured, found, prescribed and written here, as the records that others read: one way out."""

import base64
from typing import Any

from clinic_desktop.domain import ranges, vitals
from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import ICD10CM, LOINC, UCUM, Pointer, Row, clean, listed, written_notes
from clinic_desktop.exchange.observations import CATEGORY, INTERPRETATION, quantity
from clinic_desktop.services.arrival_documents import VISIT_NOTE
from sync.records.exact import Json

TESTS = "urn:x-clinic-desktop:laboratory-test"
NDC = "http://hl7.org/fhir/sid/ndc"
NPI = "http://hl7.org/fhir/sid/us-npi"
PRESCRIPTION = "urn:x-clinic-desktop:prescription"
NOTE = ("34108-1", "Outpatient Note")
_PRESCRIBED = {
    "signed": "active", "preparing": "active", "prepared": "active", "partly_dispensed": "active",
    "dispensed": "completed", "rejected": "cancelled", "cancelled": "cancelled",
}  # fmt: skip


def vital_sign(row: Row, point: Pointer) -> Json:
    """A vital sign measured here as an Observation."""
    sign = vitals.BY_CODE[row["code"]]
    return clean(
        status="entered-in-error" if row["status"] == "entered_in_error" else "final",
        category=_category("vital-signs"),
        code={"coding": [{"system": LOINC, "code": sign.code, "display": sign.name}], "text": sign.name},
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        effective_date_time=when.fhir_instant(row["taken_at"]),
        performer=_by(row["taken_by_name"]),
        value_quantity=quantity(row["value"], sign.shown_unit, row["unit"], UCUM, None),
        interpretation=_interpretation(row["flag"]),
        note=written_notes(row["note"]),
    )


def lab_result(row: Row, point: Pointer) -> Json:
    """A released result of this laboratory as an Observation."""
    system, code = (LOINC, row["loinc"]) if row["loinc"] else (TESTS, row["test_code"])
    amount = ranges.amount(row["value"]) if row["kind"] == "numeric" else None
    value: Json = {"valueString": row["value"]}
    if amount is not None:
        number = format(amount.number, "f")
        measured = quantity(number, row["unit"], row["unit"], UCUM if row["unit"] else None, amount.relation or None)
        value = {"valueQuantity": measured}
    return value | clean(
        status="corrected" if row["supersedes"] else "final",
        category=_category("laboratory"),
        code={"coding": [{"system": system, "code": code, "display": row["name"]}], "text": row["name"]},
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        effective_date_time=when.fhir_instant(row["collected_at"] or row["released_at"]),
        issued=when.fhir_instant(row["released_at"]),
        interpretation=_interpretation(row["flag"]),
        reference_range=[{"text": row["range_text"]}] if row["range_text"] else None,
        based_on=listed(point("lab_order_tests", row["order_test_id"])),
        note=written_notes(row["note"]),
    )


def prescription(row: Row, point: Pointer) -> Json:
    """A line of a prescription signed here as a MedicationRequest."""
    name = " ".join(filter(None, (row["name"], row["strength"], row["form"])))
    dose = clean(
        text=row["sig"],
        as_needed_boolean=bool(row["as_needed"]) or None,
        route={"text": row["route"]} if row["route"] else None,
        patient_instruction=row["instructions"],
    )
    return clean(
        status=_PRESCRIBED[row["status"]],
        status_reason={"text": row["status_reason"]} if row["status_reason"] else None,
        intent="order",
        priority={"stat": "stat", "urgent": "urgent"}.get(row["priority"], "routine"),
        medication_codeable_concept=clean(
            coding=[{"system": NDC, "code": row["ndc"]}] if row["ndc"] else None, text=name
        ),
        subject=point("patients", row["patient_id"]),
        encounter=point("encounters", row["encounter_id"]),
        authored_on=when.fhir_instant(row["signed_at"]),
        requester=clean(
            display=row["prescriber"],
            identifier={"system": NPI, "value": row["prescriber_npi"]} if row["prescriber_npi"] else None,
        ),
        reason_code=_reasons(row["diagnoses"], row["indication"]),
        group_identifier={"system": PRESCRIPTION, "value": row["number"]},
        dosage_instruction=[dose],
        dispense_request={
            "numberOfRepeatsAllowed": row["refills"],
            "quantity": clean(value=row["quantity"], unit=row["quantity_unit"]),
        }
        | clean(
            validity_period={"end": row["expires_on"]} if row["expires_on"] else None,
            performer={"display": row["pharmacy"]} if row["pharmacy"] else None,
        ),
        substitution={"allowedBoolean": bool(row["substitution_allowed"])},
    )


def _reasons(diagnoses: str | None, indication: str | None) -> list[Json] | None:
    coded: list[Json] = [{"coding": [{"system": ICD10CM, "code": code}]} for code in (diagnoses or "").split()]
    said: list[Json] = [{"text": indication}] if indication else []
    return coded + said or None


def note(row: Row, point: Pointer) -> Json:
    """What was signed at a visit here as a DocumentReference that carries its text."""
    text = "\n\n".join((*(_step(name, content) for name, content in row["steps"]), *map(_addendum, row["addenda"])))
    content = base64.b64encode(text.encode()).decode()
    code, title = NOTE
    encounter = point("encounters", row["encounter_id"])
    return clean(
        identifier=[{"system": VISIT_NOTE, "value": row["encounter_id"]}],
        status="current",
        doc_status="amended" if row["addenda"] else "final",
        type={"coding": [{"system": LOINC, "code": code, "display": title}], "text": title},
        subject=point("patients", row["patient_id"]),
        date=when.fhir_instant(row["signed_at"]),
        author=[{"display": row["author"]}],
        content=[{"attachment": {"contentType": "text/plain; charset=utf-8", "data": content, "title": title}}],
        context={"encounter": [encounter]} if encounter else None,
    )


def _step(name: str, content: Any) -> str:
    return f"{name.replace('_', ' ').capitalize()}\n{_said(content)}"


def _said(content: Any) -> str:
    """The fields of a step as lines, whatever they hold."""
    if isinstance(content, dict):
        return "\n".join(f"{str(name).replace('_', ' ')}: {_said(value)}" for name, value in content.items() if value)
    if isinstance(content, list):
        return "; ".join(_said(each) for each in content)
    return str(content)


def _addendum(row: Row) -> str:
    return f"Addendum of {when.fhir_instant(row['written_at'])} by {row['author']}: {row['text']} ({row['reason']})"


def _category(code: str) -> list[Json]:
    words = {"vital-signs": "Vital Signs", "laboratory": "Laboratory"}[code]
    return [{"coding": [{"system": CATEGORY, "code": code, "display": words}]}]


def _interpretation(flag: str) -> list[Json] | None:
    return None if flag in {"none", ""} else [{"coding": [{"system": INTERPRETATION, "code": flag}]}]


def _by(name: str | None) -> list[Json] | None:
    return [{"display": name}] if name else None
