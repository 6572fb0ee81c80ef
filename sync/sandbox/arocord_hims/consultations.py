"""Consultations of AROCORD: eleven steps, counted from nought, kept by name and written by number."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

CONSULTATION = Shape(
    {"patient_id": "->patients!", "appointment_id": "->appointments", "workflow_type": "in:adaptive|standard"}
)
STEP = Shape({"step_number": "integer!", "step_data": "object!"})
# The document shows the first three; the number of the third is the one its example writes symptoms to.
STEPS = (
    "patient_overview", "vitals", "symptoms", "medical_history", "examination", "assessment", "investigations",
    "diagnosis", "treatment_plan", "prescription", "summary",
)  # fmt: skip
SHOWN = (
    "id", "patient_id", "doctor_id", "workflow_type", "current_step", "total_steps", "status", "step_data",
    "started_at",
)  # fmt: skip


def start(call: Call) -> Response:
    """``POST /consultations``."""
    given = call.checked(CONSULTATION)
    ident = call.system.uuid()
    made = {
        "id": ident,
        "patient_id": given["patient_id"],
        "doctor_id": call.session.who if call.session else None,
        "appointment_id": given.get("appointment_id"),
        "workflow_type": given.get("workflow_type", "adaptive"),
        "current_step": 0,
        "total_steps": len(STEPS),
        "status": "in_progress",
        "step_data": {STEPS[0]: {"in_progress": True}},
        "started_at": call.stamp,
    }
    return one(call, "consultation", call.keep("consultations", ident, made), 201)


def read(call: Call) -> Response:
    """``GET /consultations/{id}``."""
    row = call.found("consultations", call.params["id"])
    shown = {name: row.get(name) for name in (*SHOWN, *(("completed_at",) if "completed_at" in row else ()))}
    return answer(200, {"success": True, "data": {"consultation": shown}})


def step(call: Call) -> Response:
    """``PUT /consultations/{id}/step``."""
    old = _running(call)
    given = call.checked(STEP)
    number = given["step_number"]
    if not 0 <= number < len(STEPS):
        said = f"must be from 0 to {len(STEPS) - 1}"
        raise Problem(400, "Invalid request data", fields=(("step_number", said),))
    done: Record = {**old["step_data"], STEPS[number]: {"completed": True, "data": given["step_data"]}}
    following = min(number + 1, len(STEPS) - 1)
    if following > number and STEPS[following] not in done:
        done[STEPS[following]] = {"in_progress": True}
    new = {**old, "step_data": done, "current_step": max(old["current_step"], following), "updated_at": call.stamp}
    return one(call, "consultation", call.keep("consultations", old["id"], new, "step"))


def complete(call: Call) -> Response:
    """``POST /consultations/{id}/complete``: cannot be taken back, and lets the doctor know."""
    old = _running(call)
    new = {**old, "status": "completed", "completed_at": call.stamp}
    call.keep("consultations", old["id"], new, "complete")
    ident = call.system.uuid()
    told = {
        "id": ident,
        "recipient_id": old["doctor_id"],
        "type": "info",
        "title": "Consultation completed",
        "message": "The consultation is complete and its summary can be read",
        "priority": "low",
        "category": "consultation",
        "is_read": False,
        "created_at": call.stamp,
        "action_url": f"/consultations/{old['id']}",
    }
    call.keep("notifications", ident, told, "notify")
    return one(call, "consultation", new)


def _running(call: Call) -> Record:
    row = call.found("consultations", call.params["id"])
    if row["status"] != "in_progress":
        raise Problem(409, f"The consultation is {row['status']}", fields=(("status", f"is {row['status']}"),))
    return row


ROUTES = (
    Route("POST", "/consultations", start, "write", ("staff",)),
    Route("GET", "/consultations/{id}", read, "read", ("staff",)),
    Route("PUT", "/consultations/{id}/step", step, "write", ("staff",)),
    Route("POST", "/consultations/{id}/complete", complete, "write", ("staff",)),
)
