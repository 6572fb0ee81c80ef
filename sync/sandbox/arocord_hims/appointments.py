"""Appointments of AROCORD; a DELETE cancels, and carries its reason in a body."""

from sync.sandbox.answers import many, one
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Response

STATES = "scheduled|confirmed|requested|completed|cancelled|no_show"
APPOINTMENT = Shape(
    {
        "patient_id": "->patients!",
        "doctor_id": "->doctors!",
        "appointment_type": "text!",
        "scheduled_time": "instant!",
        "duration_minutes": "count",
        "notes": "text",
    }
)
CHANGED = APPOINTMENT.and_also({"status": f"in:{STATES}"})
CANCELLED = Shape({"cancellation_reason": "text", "notify_patient": "boolean"})


def listing(call: Call) -> Response:
    """``GET /appointments``: all at once, there are no pages."""
    patient = call.request.query.get("patient_id")
    table = call.system.tables["appointments"]
    rows = table.where("patient_id", patient) if patient else call.rows("appointments")
    kept = call.matching(rows, doctor_id="doctor_id", status="status")
    return many(call, "appointments", call.between(kept, "scheduled_time", "date_from", "date_to"))


def create(call: Call) -> Response:
    """``POST /appointments``."""
    made = call.new("appointments", {**call.checked(APPOINTMENT), "status": "scheduled"})
    call.tell("appointment.created", {"appointment": made})
    return one(call, "appointment", made, 201)


def update(call: Call) -> Response:
    """``PUT /appointments/{id}``."""
    old = call.found("appointments", call.params["id"])
    _open(old["status"])
    new = call.put("appointments", old["id"], CHANGED, old, updated_at=call.stamp)
    call.tell("appointment.updated", {"appointment": new})
    return one(call, "appointment", new)


def cancel(call: Call) -> Response:
    """``DELETE /appointments/{id}``: the row stays, cancelled."""
    old = call.found("appointments", call.params["id"])
    given = call.checked(CANCELLED) if call.request.body else {}
    if old["status"] == "cancelled":
        return one(call, "appointment", old)
    _open(old["status"])
    why = {
        "cancellation_reason": given.get("cancellation_reason"),
        "notify_patient": given.get("notify_patient", False),
    }
    new = {**old, **why, "status": "cancelled", "updated_at": call.stamp}
    call.keep("appointments", old["id"], new, "cancel")
    call.tell("appointment.updated", {"appointment": new})
    return one(call, "appointment", new)


def _open(status: str) -> None:
    if status in {"completed", "cancelled", "no_show"}:
        raise Problem(409, f"The appointment is {status}", fields=(("status", f"is {status}"),))


ROUTES = (
    Route("GET", "/appointments", listing, "read", ("staff",)),
    Route("POST", "/appointments", create, "write", ("staff",)),
    Route("PUT", "/appointments/{id}", update, "write", ("staff",)),
    Route("DELETE", "/appointments/{id}", cancel, "write", ("staff",)),
)
