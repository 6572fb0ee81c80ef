"""Appointments of Healify, and the times that are free."""

from datetime import UTC, datetime, timedelta

from sync.sandbox.call import Call
from sync.sandbox.healify.paging import page, without
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape, merged
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import instant, moment

APPOINTMENT = Shape(
    {
        "patient_id": "->patients!",
        "provider_id": "->providers!",
        "appointment_type": "text!",
        "reason": "text",
        "scheduled_time": "instant!",
        "duration_minutes": "count",
        "location": "object",
        "notes": "text",
    }
)
CANCELLATION = Shape({"reason": "text", "cancelled_by": "text"})
STATES = ("scheduled", "completed", "cancelled", "no_show")
OPENS, CLOSES = 9, 17  # the hours, UTC, in which a provider sees people
LONGEST_SEARCH = 62  # days
summary = without("confirmation", "reminders", "cancellation")


def listing(call: Call) -> Response:
    """``GET /api/v1/appointments``."""
    patient, provider = (call.request.query.get(name) for name in ("patient_id", "provider_id"))
    wanted = call.one_of("status", STATES)
    table = call.system.tables["appointments"]
    rows = table.where("patient_id", patient) if patient else call.rows("appointments")
    kept = [
        row for row in rows if wanted in {None, row["status"]} and (not provider or row["provider"]["id"] == provider)
    ]
    return page(call, call.between(kept, "scheduled_time", "start_date", "end_date"), summary)


def create(call: Call) -> Response:
    """``POST /api/v1/appointments``."""
    given = call.checked(APPOINTMENT)
    ident = call.system.fresh("apt_")
    made = {
        "id": ident,
        "patient_id": given["patient_id"],
        "provider": call.get("providers", given["provider_id"]),
        "appointment_type": given["appointment_type"],
        "reason": given.get("reason"),
        "scheduled_time": given["scheduled_time"],
        "duration_minutes": given.get("duration_minutes", 30),
        "status": "scheduled",
        "location": given.get("location"),
        "notes": given.get("notes"),
        "confirmation": {"code": ident.replace("_", "").upper(), "confirmed": False},
        "created_at": call.stamp,
        "updated_at": call.stamp,
    }
    call.keep("appointments", ident, made)
    call.tell("appointment.scheduled", _told(made))
    return answer(201, made)


def read(call: Call) -> Response:
    """``GET /api/v1/appointments/{appointment_id}``: with the patient, the confirmation and the reminders."""
    row = call.found("appointments", call.params["appointment_id"], "appointment")
    patient = call.get("patients", row["patient_id"]) or {}
    name = " ".join(str(patient[part]) for part in ("first_name", "last_name") if patient.get(part))
    seen = {
        "id": patient.get("id"),
        "name": name,
        "date_of_birth": patient.get("date_of_birth"),
        "phone": patient.get("phone"),
    }
    stamps = {stamp: row[stamp] for stamp in ("created_at", "updated_at")}
    rest = without("id", "patient_id", "created_at", "updated_at")(row)
    reminders = {"reminders": row.get("reminders", [])}
    return answer(
        200, {"id": row["id"], "patient_id": row["patient_id"], "patient": seen, **rest, **reminders, **stamps}
    )


def update(call: Call) -> Response:
    """``PUT /api/v1/appointments/{appointment_id}``."""
    old = call.found("appointments", call.params["appointment_id"], "appointment")
    if old["status"] != "scheduled":
        raise Problem(409, "Appointment cannot be changed", said=f"Appointment is {old['status']}")
    changes, mode = call.changes("appointments", APPOINTMENT), call.system.knobs.put_of("appointments")
    new = merged(old, changes, mode, APPOINTMENT.fields)
    # A provider is named by id and kept written out.
    provider = call.get("providers", new.pop("provider_id", None)) or old["provider"]
    new = call.keep("appointments", old["id"], {**new, "provider": provider, "updated_at": call.stamp})
    return answer(200, without("reminders")(new))


def delete(call: Call) -> Response:
    """``DELETE /api/v1/appointments/{appointment_id}``."""
    call.drop("appointments", call.found("appointments", call.params["appointment_id"], "appointment")["id"])
    return Response(204)


def cancel(call: Call) -> Response:
    """``POST /api/v1/appointments/{appointment_id}/cancel``: again is not an error, and changes nothing."""
    old = call.found("appointments", call.params["appointment_id"], "appointment")
    given = call.checked(CANCELLATION) if call.request.body else {}
    if old["status"] in {"completed", "no_show"}:
        raise Problem(409, "Appointment cannot be cancelled", said=f"Appointment is {old['status']}")
    new = old
    if old["status"] == "scheduled":
        how = {
            "reason": given.get("reason"),
            "cancelled_by": given.get("cancelled_by"),
            "cancelled_at": call.stamp,
        }
        new = {**old, "status": "cancelled", "cancellation": how, "updated_at": call.stamp}
        call.keep("appointments", old["id"], new, "cancel")
        call.tell("appointment.cancelled", _told(new))
    return answer(200, without("notes", "confirmation", "reminders")(new))


def slots(call: Call) -> Response:
    """``GET /api/v1/appointments/available-slots``: working hours less what is booked."""
    provider = call.request.query.get("provider_id", "")
    first, last = call.bound("start_date", needed=True), call.bound("end_date", needed=True)
    if not provider or first is None or last is None:
        raise Problem(400, "Invalid request parameters", fields=(("provider_id", "is required"),))
    minutes = call.whole("duration_minutes", 30, 480, least=5)
    doctor = call.found("providers", provider, "provider")
    start, end = (datetime.fromtimestamp(at, UTC).date() for at in (first, last))
    if not 0 <= (end - start).days <= LONGEST_SEARCH:
        raise Problem(400, "Invalid request parameters", fields=(("end_date", "must be on or after start_date"),))
    busy = _busy(call, provider)
    days = []
    for number in range((end - start).days + 1):
        day = start + timedelta(days=number)
        free = _free(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(), minutes, busy)
        if free:
            days.append({"date": day.isoformat(), "slots": free})
    return answer(
        200,
        {
            "provider": without("npi")(doctor),
            "available_slots": days,
            "total_slots": sum(len(day["slots"]) for day in days),
        },
    )


def _busy(call: Call, provider: str) -> list[tuple[float, float]]:
    found = []
    for row in call.rows("appointments"):
        at = moment(row["scheduled_time"])
        if row["status"] == "scheduled" and row["provider"]["id"] == provider and at is not None:
            found.append((at, at + 60 * (row["duration_minutes"] or 30)))
    return found


def _free(midnight: float, minutes: int, busy: list[tuple[float, float]]) -> list[Record]:
    free = []
    at, closes = midnight + OPENS * 3600, midnight + CLOSES * 3600
    while at + minutes * 60 <= closes:
        until = at + minutes * 60
        if not any(start < until and end > at for start, end in busy):
            free.append({"start_time": instant(at), "end_time": instant(until), "duration_minutes": minutes})
        at = until
    return free


def _told(row: Record) -> Record:
    return {"appointment_id": row["id"], "patient_id": row["patient_id"], "scheduled_time": row["scheduled_time"]}


ROUTES = (
    Route("GET", "/api/v1/appointments", listing),
    Route("POST", "/api/v1/appointments", create),
    Route("GET", "/api/v1/appointments/{appointment_id}", read),
    Route("PUT", "/api/v1/appointments/{appointment_id}", update),
    Route("DELETE", "/api/v1/appointments/{appointment_id}", delete),
    Route("POST", "/api/v1/appointments/{appointment_id}/cancel", cancel),
    Route("GET", "/api/v1/appointments/available-slots", slots),
)
