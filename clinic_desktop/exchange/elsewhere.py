"""Covers, appointments, requests and messages of others: read for showing, and given back as they came."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Mapped, Meaning, Pointer, Row, Values, clean, first, meaning, notes
from clinic_desktop.exchange.medicines import NOT_NAMED
from sync.records.appointment import Appointment
from sync.records.coverage import Coverage
from sync.records.elements import Period, Reference
from sync.records.exact import Json
from sync.records.message import Communication, Task
from sync.records.request import ServiceRequest

_ABOUT = {"Coverage": "beneficiary", "ServiceRequest": "subject", "Communication": "subject", "Task": "for"}


def read_coverage(record: Coverage) -> Mapped:
    """An insurance that somebody else noted: it pays for nothing here until the desk has made a cover of it."""
    payor = record.payor[0] if record.payor else None
    values = _values("Coverage", record.status, meaning(record.type), period=record.period)
    values["title"] = " ".join(filter(None, (meaning(record.type).title, record.subscriber_id))) or NOT_NAMED
    return _mapped(values, record.beneficiary, payor)


def read_appointment(record: Appointment) -> Mapped:
    """An appointment in another clinic."""
    others = [each.actor for each in record.participant if each.actor is not None and not is_patient(each.actor)]
    named = first(record.service_type)
    said = record.description or first(record.reason_code).title or None
    values = _values("Appointment", record.status, named, starts=record.start, ends=record.end, detail=said)
    values["title"] = named.title or said or "Appointment"
    who = next((each.actor for each in record.participant if each.actor is not None and is_patient(each.actor)), None)
    return _mapped(values, who, others[0] if others else None)


def read_request(record: ServiceRequest) -> Mapped:
    """What somebody else asked for."""
    named = meaning(record.code)
    starts = record.authored_on or record.occurrence_date_time
    said = first(record.reason_code).title or notes(record.note)
    values = _values(
        "ServiceRequest", record.status, named, starts=starts, period=record.occurrence_period, detail=said
    )
    return _mapped(values, record.subject, record.requester, record.encounter)


def read_communication(record: Communication) -> Mapped:
    """A message about a patient."""
    said = " ".join(each.content_string for each in record.payload if each.content_string)
    topic = meaning(record.topic).title or first(record.category).title
    values = _values("Communication", record.status, Meaning(title=topic), starts=record.sent, detail=said or None)
    return _mapped(values, record.subject, record.sender, record.encounter)


def read_task(record: Task) -> Mapped:
    """What somebody elsewhere was to do about a patient."""
    values = _values("Task", record.status, meaning(record.code), starts=record.authored_on, detail=record.description)
    return _mapped(values, record.for_, record.requester, record.encounter)


def write(row: Row, point: Pointer) -> Json:
    """What the chart can say of it; the rest is what came."""
    about = _ABOUT.get(row["kind"])
    members = clean(status=row["status"], encounter=point("encounters", row["encounter_id"]))
    patient = point("patients", row["patient_id"])
    return members | ({about: patient} if about and patient else {})


def actors(resource: Json) -> list[Json]:
    """All who take part in an appointment, those first that say that they are the patient."""
    part = [each.get("actor") for each in resource.get("participant") or () if isinstance(each, dict)]
    found = [actor for actor in part if isinstance(actor, dict)]
    return sorted(found, key=lambda actor: not is_patient(Reference.model_validate(actor)))


def is_patient(actor: Reference) -> bool:
    """Whether somebody who takes part is the patient, by what the reference says."""
    return "Patient/" in (actor.reference or "") or getattr(actor, "type", None) == "Patient"


def _values(
    kind: str,
    status: str,
    named: Meaning,
    *,
    starts: str | None = None,
    ends: str | None = None,
    period: Period | None = None,
    detail: str | None = None,
) -> Values:
    begins = starts or (period.start if period else None)
    return {
        "kind": kind,
        "status": status,
        "code_system": named.system,
        "code": named.code,
        "title": named.title or NOT_NAMED,
        "starts_text": begins,
        "ends_text": ends or (period.end if period else None),
        "starts_at": when.instant(begins) if begins else None,
        "detail": detail,
    }


def _mapped(values: Values, who: Reference | None, by: Reference | None, visit: Reference | None = None) -> Mapped:
    links = {"patient_id": who} if who else {}
    return Mapped(values, links | ({"encounter_id": visit} if visit else {}), {"party": by} if by else {})
