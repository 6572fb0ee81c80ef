"""Patients of HMS: made, read, changed and searched; there is no list of them."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.links import linked, linked_patient, paged
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

PATIENT = Shape(
    {
        "first_name": "text!",
        "last_name": "text!",
        "date_of_birth": "past!",
        "gender": "in:M|F|O|U|male|female|other|unknown!",
        "contact_number": "text",
        "email": "email",
        "address": "object",
        "emergency_contact": "object",
        "blood_type": "text",
        "allergies": "texts",
        "medical_conditions": "texts",
        "current_medications": "objects",
    }
)
FOUND = ("id", "patient_id", "first_name", "last_name", "date_of_birth", "gender", "contact_number", "email")


def words(patient: Record) -> str:
    """What a search looks through."""
    return " ".join(
        str(patient.get(name) or "") for name in ("first_name", "last_name", "patient_id", "contact_number", "email")
    )


def create(call: Call) -> Response:
    """``POST /api/v1/patients``."""
    given = call.checked(PATIENT)
    made = call.new("patients", {"patient_id": call.system.numbered("P"), **given, "is_active": True})
    return answer(201, linked_patient(call, made))


def read(call: Call) -> Response:
    """``GET /api/v1/patients/{patient_id}``: by the UUID."""
    patient = linked_patient(call, call.found("patients", call.params["patient_id"]))
    return one(call, "patient", patient, usual="bare")


def update(call: Call) -> Response:
    """``PUT /api/v1/patients/{patient_id}``."""
    old = call.found("patients", call.params["patient_id"])
    new = call.put("patients", old["id"], PATIENT, old, updated_at=call.stamp)
    call.tell("patient_updated", new)
    return one(call, "patient", linked_patient(call, new), usual="bare")


def search(call: Call) -> Response:
    """``GET /api/v1/patients/search``."""
    query = call.request.query.get("query", "").strip()
    if not query:
        raise Problem(400, "Invalid request data", fields=(("query", "is required"),))
    return _page(call, call.system.tables["patients"].search(query))


def listing(call: Call) -> Response:
    """``GET /api/v1/patients``: only in an example of the document."""
    return _page(call, call.rows("patients"))


def encounters(call: Call) -> Response:
    """``/v1/patients/{id}/encounters``: only a link."""
    rows = call.system.tables["encounters"].where("patient_id", call.found("patients", call.params["id"])["id"])
    return answer(200, {"encounters": [linked(call, "encounter", row) for row in rows], "total": len(rows)})


def appointments(call: Call) -> Response:
    """``/v1/patients/{id}/appointments``: only a link."""
    rows = call.system.tables["appointments"].where("patient_id", call.found("patients", call.params["id"])["id"])
    return answer(200, {"appointments": [linked(call, "appointment", row) for row in rows], "total": len(rows)})


def _page(call: Call, rows: list[Record]) -> Response:
    limit, offset = call.whole("limit", 10, 100, least=1), call.whole("offset", 0)
    shown = [{name: row.get(name) for name in FOUND} for row in call.ordered(rows)[offset : offset + limit]]
    return answer(200, paged(call, "patients", rows, shown, limit, offset))


ROUTES = (
    Route("POST", "/patients", create),
    Route("GET", "/patients/{patient_id}", read),
    Route("PUT", "/patients/{patient_id}", update),
    Route("GET", "/patients/search", search),
    Route("GET", "/patients", listing, optional=True),
    Route("GET", "/patients/{id}/encounters", encounters, optional=True),
    Route("GET", "/patients/{id}/appointments", appointments, optional=True),
)
