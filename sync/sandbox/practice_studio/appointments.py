"""Appointments and providers of Practice Studio; an appointment that is made cannot be changed from outside."""

from sync.sandbox.call import Call
from sync.sandbox.practice_studio.paging import ROOT, about, linked, page
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import moment

APPOINTMENT = Shape(
    {
        "patientId": "->patients!",
        "providerId": "->providers!",
        "startTime": "instant!",
        "endTime": "instant!",
        "type": "text!",
        "reason": "text",
        "notes": "text",
        "locationId": "->locations",
    }
)
TOLD = ("id", "patientId", "providerId", "startTime", "endTime", "type", "status")


def shown(row: Record) -> Record:
    """An appointment with links."""
    return about(row, "appointments")


def told(row: Record) -> Record:
    """What an event says of an appointment."""
    return {name: row[name] for name in TOLD}


def listing(call: Call) -> Response:
    """``GET /api/v1/appointments``: days are those of UTC."""
    patient = call.request.query.get("patient_id")
    call.one_of("status", ("scheduled", "completed", "cancelled"))
    table = call.system.tables["appointments"]
    rows = table.where("patientId", patient) if patient else call.rows("appointments")
    kept = call.matching(rows, providerId="provider_id", status="status")
    return page(call, "appointments", call.between(kept, "startTime", "start_date", "end_date"), shown)


def create(call: Call) -> Response:
    """``POST /api/v1/appointments``."""
    given = call.checked(APPOINTMENT)
    if (moment(given["endTime"]) or 0.0) <= (moment(given["startTime"]) or 0.0):
        raise Problem(422, "Request semantically incorrect", fields=(("endTime", "must be after startTime"),))
    ident = f"APPT-{54320 + call.system.count('APPT')}"
    made = {
        "id": ident,
        "patientId": given["patientId"],
        "providerId": given["providerId"],
        "startTime": given["startTime"],
        "endTime": given["endTime"],
        "type": given["type"],
        "status": "scheduled",
        "reason": given.get("reason"),
        "notes": given.get("notes"),
        "location": call.get("locations", given.get("locationId")),
        "created": call.stamp,
        "updated": call.stamp,
    }
    call.keep("appointments", ident, made)
    call.tell("appointment.created", told(made))
    return answer(201, shown(made))


def read(call: Call) -> Response:
    """``/api/v1/appointments/{appointment_id}``: only a link."""
    return answer(200, shown(call.found("appointments", call.params["appointment_id"])))


def of_patient(call: Call) -> Response:
    """``/api/v1/patients/{patient_id}/appointments``: only a link."""
    ident = call.found("patients", call.params["patient_id"])["id"]
    return page(call, "appointments", call.system.tables["appointments"].where("patientId", ident), shown)


def providers(call: Call) -> Response:
    """``GET /api/v1/providers``."""
    query = call.request.query
    available = call.one_of("available", ("true", "false"))
    specialty, place = query.get("specialty", "").lower(), query.get("location_id", "")
    kept = [
        row
        for row in call.rows("providers")
        if specialty in {"", row["specialty"].lower()}
        and (not place or any(one["id"] == place for one in row["locations"]))
        and (available is None or row["active"] == (available == "true"))
    ]
    return page(call, "providers", kept, _provider)


def provider(call: Call) -> Response:
    """``/api/v1/providers/{provider_id}``: only a link."""
    return answer(200, _provider(call.found("providers", call.params["provider_id"])))


def of_provider(call: Call) -> Response:
    """``/api/v1/providers/{provider_id}/appointments``: only a link."""
    ident = call.found("providers", call.params["provider_id"])["id"]
    return page(call, "appointments", [row for row in call.rows("appointments") if row["providerId"] == ident], shown)


def _provider(row: Record) -> Record:
    return linked(row, "providers", appointments=f"{ROOT}/providers/{row['id']}/appointments")


READ, WRITE = ("read:appointments",), ("write:appointments",)
ROUTES = (
    Route("GET", f"{ROOT}/appointments", listing, needs=READ),
    Route("POST", f"{ROOT}/appointments", create, needs=WRITE),
    Route("GET", f"{ROOT}/providers", providers, needs=("read:providers",)),
    Route("GET", f"{ROOT}/appointments/{{appointment_id}}", read, needs=READ, optional=True),
    Route("GET", f"{ROOT}/patients/{{patient_id}}/appointments", of_patient, needs=READ, optional=True),
    Route("GET", f"{ROOT}/providers/{{provider_id}}", provider, needs=("read:providers",), optional=True),
    Route("GET", f"{ROOT}/providers/{{provider_id}}/appointments", of_provider, needs=READ, optional=True),
)
