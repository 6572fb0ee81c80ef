"""What a patient agreed to beyond their care: a share with somebody outside, an enrolment in a programme."""

import json
from datetime import date, timedelta

from clinic_desktop.clock import local_midnight, to_text
from clinic_desktop.domain import sharing
from clinic_desktop.exchange import when
from clinic_desktop.exchange.consents import in_force
from clinic_desktop.exchange.mapped import Row, clean
from clinic_desktop.exchange.stories import Parts
from clinic_desktop.exchange.told import Told, made
from clinic_desktop.services.departures import Leaving
from sync.records.exact import Json

# What a letter says of the share that it goes with: FHIR's Communication has no member for either.
SHARE_END = "urn:x-clinic-desktop:share-end"
SHARE_SECTION = "urn:x-clinic-desktop:share-section"


def share_of(told: Told, row: Row, today: date) -> Parts | None:
    """A share: the newest signed visit of the record that is shared, who it is for, and the consent it stands on.

    A consent that does not hold today, or is not about sharing, is left out; a share that is over is a letter stopped.
    """
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
    consent = told.one("consents", str(row["consent_id"])) if row["consent_id"] else None
    holds = consent is not None and _allows(consent.row, today)
    ends = date.fromisoformat(row["expires_at"])
    letter = {
        "resourceType": "Communication", "id": row["id"],
        "status": "stopped" if sharing.state(row["status"], ends, today) == "expired" else "completed",
        "subject": told.reference("patients", row["patient_id"]), "recipient": [mail],
        "sent": when.fhir_instant(row["created_at"]),
        "topic": {"text": row["recipient_type"]},
        "category": [{"text": each} for each in json.loads(row["permissions"])],
        "extension": _said(ends, consent, json.loads(row["sections"])),
        **clean(payload=[{"contentString": row["message"]}] if row["message"] else None),
    }  # fmt: skip
    shared = told.resource(note, context={"encounter": [{"reference": f"Encounter/{newest.row['id']}"}]})
    rest = (made(letter), *((told.resource(consent),) if consent and holds else ()))
    act = "revoke" if row["status"] == "withdrawn" else None
    return Parts(shared, rest, act=act, revision=row["revision"])


def _allows(consent: Row, today: date) -> bool:
    return consent["scope"] == "disclosure" and in_force(consent, today)


def _said(ends: date, consent: Leaving | None, sections: list[str]) -> list[Json]:
    """When the last day of the share, or of the consent where that is earlier, is over here; and what is shared."""
    until = consent.row["valid_until"] if consent else None
    last = min(ends, date.fromisoformat(until)) if until else ends
    over = to_text(local_midnight(last + timedelta(days=1)) - timedelta(seconds=1))
    parts = [{"url": SHARE_SECTION, "valueCode": each} for each in sections]
    return [{"url": SHARE_END, "valueDateTime": when.fhir_instant(over)}, *parts]


def enrolment_of(told: Told, row: Row) -> Parts | None:
    """An enrolment in a programme as a Task."""
    wished = json.loads(row["preferences"]).items()
    task = {
        "resourceType": "Task", "id": row["id"], "intent": "order",
        "status": {"enrolled": "requested", "completed": "completed"}.get(row["status"], "cancelled"),
        "focus": {"reference": f"PlanDefinition/{row['programme_id']}"},
        "for": told.reference("patients", row["patient_id"]), "authoredOn": when.fhir_instant(row["enrolled_at"]),
        "executionPeriod": clean(start=row["starts_on"], end=row["ended_on"]),
        **clean(
            note=[{"text": str(each)} for each in json.loads(row["goals"])],
            input=[{"type": {"text": str(name)}, "valueString": str(value)} for name, value in wished],
        ),
    }  # fmt: skip
    return Parts(made(task), act="withdraw" if row["status"] == "withdrawn" else None, revision=row["revision"])
