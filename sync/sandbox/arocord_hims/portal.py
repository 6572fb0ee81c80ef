"""What a patient of AROCORD sees of their own."""

from sync.sandbox.answers import many, one
from sync.sandbox.arocord_hims.patients import detail, past
from sync.sandbox.call import Call
from sync.sandbox.papers import attachment, pdf
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Record, Response, answer

BOOKING = Shape(
    {
        "doctor_id": "->doctors!",
        "appointment_type": "text!",
        "preferred_date": "date!",
        "preferred_time": "time!",
        "reason": "text",
    }
)
# What is left out of a summary unless it is asked for.
SENSITIVE = ("insurance",)


def appointments(call: Call) -> Response:
    """``GET /patient-portal/appointments``."""
    return many(call, "appointments", call.system.tables["appointments"].where("patient_id", _own(call)))


def book(call: Call) -> Response:
    """``POST /patient-portal/appointments``: a wish, until somebody at the desk confirms it."""
    given = call.checked(BOOKING)
    wish = {
        "patient_id": _own(call),
        "doctor_id": given["doctor_id"],
        "appointment_type": given["appointment_type"],
        "scheduled_time": f"{given['preferred_date']}T{given['preferred_time'][:5]}:00Z",
        "duration_minutes": 15,
        "notes": given.get("reason"),
        "status": "requested",
    }
    made = call.new("appointments", wish)
    call.tell("appointment.created", {"appointment": made})
    return one(call, "appointment", made, 201)


def records(call: Call) -> Response:
    """``GET /patient-portal/medical-records``."""
    return many(call, "medical_records", call.between(past(call, _own(call)), "recorded_on", "date_from", "date_to"))


def summary(call: Call) -> Response:
    """``GET /patient-portal/health-summary``: as JSON or as a file."""
    kind = call.one_of("format", ("pdf", "json")) or "json"
    whole = (call.one_of("include_sensitive", ("true", "false")) or "false") == "true"
    patient = detail(call.found("patients", _own(call)))
    shown: Record = {name: value for name, value in patient.items() if whole or name not in SENSITIVE}
    rows = past(call, _own(call))
    if kind == "pdf":
        name = " ".join(str(patient["demographics"][part]) for part in ("first_name", "last_name"))
        lines = [f"Health summary: {name}", f"MRN {patient['mrn']}", f"Made {call.stamp}", ""]
        lines += [f"{row['recorded_on']}  {row['type']}: {row['description']}" for row in rows]
        return attachment(pdf(lines), "application/pdf", "health-summary.pdf")
    return answer(200, {"success": True, "data": {"summary": {"patient": shown, "medical_history": rows}}})


def _own(call: Call) -> str:
    return call.session.patient if call.session else ""


ROUTES = (
    Route("GET", "/patient-portal/appointments", appointments, "read", ("patient",)),
    Route("POST", "/patient-portal/appointments", book, "write", ("patient",)),
    Route("GET", "/patient-portal/medical-records", records, "read", ("patient",)),
    Route("GET", "/patient-portal/health-summary", summary, "read", ("patient",)),
)
