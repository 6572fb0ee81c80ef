"""What a patient agreed to beyond their care: a share with somebody outside, an enrolment in a programme."""

import json

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Row, clean
from clinic_desktop.exchange.stories import Parts
from clinic_desktop.exchange.told import Told, made


def share_of(told: Told, row: Row) -> Parts | None:
    """A share: the newest signed visit of the record that is shared, who it is for, and the consent it stands on."""
    if not row["recipient_email"]:
        return None
    signed = [each for each in told.of("encounters") if each.row["status"] == "signed"]
    if not signed:
        return None
    newest = max(signed, key=lambda each: str(each.row["signed_at"]))
    note = next((each for each in told.of("notes") if each.row["encounter_id"] == newest.row["id"]), None)
    if note is None:
        return None
    mail = {"identifier": {"system": "mailto", "value": row["recipient_email"]}, "display": row["recipient_name"]}
    letter = {
        "resourceType": "Communication", "id": row["id"], "status": "completed",
        "subject": told.reference("patients", row["patient_id"]), "recipient": [mail],
        "sent": when.fhir_instant(row["created_at"]),
        "category": [{"text": row["recipient_type"]}, *({"text": each} for each in json.loads(row["permissions"]))],
        **clean(payload=[{"contentString": row["message"]}] if row["message"] else None),
    }  # fmt: skip
    consent = told.one("consents", str(row["consent_id"])) if row["consent_id"] else None
    shared = told.resource(note, context={"encounter": [{"reference": f"Encounter/{newest.row['id']}"}]})
    rest = (made(letter), *((told.resource(consent),) if consent else ()))
    act = "revoke" if row["status"] == "withdrawn" else None
    return Parts(shared, rest, act=act, revision=row["revision"])


def enrolment_of(told: Told, row: Row) -> Parts | None:
    """An enrolment in a programme as a Task."""
    said = [*json.loads(row["goals"]), *(f"{name}: {value}" for name, value in json.loads(row["preferences"]).items())]
    task = {
        "resourceType": "Task", "id": row["id"], "intent": "order",
        "status": {"enrolled": "requested", "completed": "completed"}.get(row["status"], "cancelled"),
        "focus": {"reference": f"PlanDefinition/{row['programme_id']}"},
        "for": told.reference("patients", row["patient_id"]), "authoredOn": when.fhir_instant(row["enrolled_at"]),
        "executionPeriod": clean(start=row["starts_on"], end=row["ended_on"]),
        **clean(note=[{"text": str(each)} for each in said]),
    }  # fmt: skip
    return Parts(made(task), act="withdraw" if row["status"] == "withdrawn" else None, revision=row["revision"])
