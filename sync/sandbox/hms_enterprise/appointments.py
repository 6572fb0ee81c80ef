"""Appointments of HMS: made, and seen on a provider's schedule; nobody can change or cancel them from outside."""

from datetime import UTC, datetime, timedelta

from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.links import linked
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import instant, moment

APPOINTMENT = Shape(
    {
        "patient_id": "->patients!",
        "provider_id": "->providers!",
        "appointment_type": "text!",
        "start_datetime": "instant!",
        "end_datetime": "instant!",
        "location": "text",
        "reason": "text",
        "status": "text",
        "priority": "text",
        "duration": "count",
        "notes": "text",
        "reminder_method": "texts",
        "telehealth": "boolean",
    }
)
SEEN = (
    "id", "appointment_number", "start_datetime", "end_datetime", "patient_id", "patient_name", "appointment_type",
    "location", "status", "duration",
)  # fmt: skip
OPENS, CLOSES, SLOT = 8, 17, 30  # hours and minutes, UTC
LONGEST = 62  # days


def create(call: Call) -> Response:
    """``POST /api/v1/appointments``."""
    given = call.checked(APPOINTMENT)
    start, end = moment(given["start_datetime"]) or 0.0, moment(given["end_datetime"]) or 0.0
    if end <= start:
        raise Problem(422, "Invalid request data", fields=(("end_datetime", "must be after start_datetime"),))
    row = {
        "appointment_number": call.system.numbered("APT"),
        "status": "scheduled",
        "duration": int((end - start) // 60),
        **given,
    }
    made = call.new("appointments", row)
    call.tell("appointment_scheduled", made)
    return answer(201, linked(call, "appointment", made))


def schedule(call: Call) -> Response:
    """``GET /api/v1/appointments/schedule``: what is booked in a span of days, and what is free."""
    provider = call.request.query.get("provider_id", "")
    if not provider:
        raise Problem(400, "Invalid request data", fields=(("provider_id", "is required"),))
    first, last = call.bound("start_date", needed=True), call.bound("end_date", needed=True)
    call.found("providers", provider)
    start, end = (datetime.fromtimestamp(at or 0.0, UTC).date() for at in (first, last))
    if not 0 <= (end - start).days <= LONGEST:
        raise Problem(400, "Invalid request data", fields=(("end_date", "must be on or after start_date"),))
    days = {(start + timedelta(days=number)).isoformat() for number in range((end - start).days + 1)}
    rows = [
        row
        for row in call.system.tables["appointments"].where("provider_id", provider)
        if row["start_datetime"][:10] in days
    ]
    booked = [
        (moment(row["start_datetime"]) or 0.0, moment(row["end_datetime"]) or 0.0)
        for row in rows
        if row["status"] != "cancelled"
    ]
    return answer(
        200,
        {
            "provider_id": provider,
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "schedule": [_seen(call, row) for row in sorted(rows, key=lambda row: str(row["start_datetime"]))],
            "available_slots": [slot for day in sorted(days) for slot in _free(day, booked)],
        },
    )


def read(call: Call) -> Response:
    """``/v1/appointments/{id}``: only a link."""
    return answer(200, linked(call, "appointment", call.found("appointments", call.params["id"])))


def listing(call: Call) -> Response:
    """``GET /api/v1/appointments``: only in an example of the document, with a filter in another spelling."""
    query = call.request.query
    patient = query.get("patientId") or query.get("patient_id")
    table = call.system.tables["appointments"]
    rows = table.where("patient_id", patient) if patient else call.rows("appointments")
    return answer(200, {"appointments": [linked(call, "appointment", row) for row in rows], "total": len(rows)})


def provider(call: Call) -> Response:
    """``/v1/providers/{id}``: only a link."""
    return answer(200, call.found("providers", call.params["id"]))


def _seen(call: Call, row: Record) -> Record:
    patient = call.get("patients", row["patient_id"]) or {}
    name = " ".join(str(patient[part]) for part in ("first_name", "last_name") if patient.get(part))
    return {field: name if field == "patient_name" else row.get(field) for field in SEEN}


def _free(day: str, booked: list[tuple[float, float]]) -> list[Record]:
    at = (moment(day) or 0.0) + OPENS * 3600
    free = []
    for _number in range((CLOSES - OPENS) * 60 // SLOT):
        until = at + SLOT * 60
        if not any(start < until and end > at for start, end in booked):
            free.append({"start_time": instant(at), "end_time": instant(until), "duration": SLOT})
        at = until
    return free


ROUTES = (
    Route("POST", "/appointments", create),
    Route("GET", "/appointments/schedule", schedule),
    Route("GET", "/appointments", listing, optional=True),
    Route("GET", "/appointments/{id}", read, optional=True),
    Route("GET", "/providers/{id}", provider, optional=True),
)
