"""Encounters of HMS: complete from the moment they are written."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.links import linked, paged
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

ENCOUNTER = Shape(
    {
        "patient_id": "->patients!",
        "encounter_type": "text!",
        "location": "text",
        "chief_complaint": "text!",
        "history_of_present_illness": "text",
        "review_of_systems": "object",
        "physical_examination": "object",
        "assessment": "objects",
        "plan": "objects",
        "diagnoses": "objects",
    }
)


def made(call: Call, given: Record) -> Record:
    """A new encounter of whoever is signed in."""
    row = {
        "patient_id": given["patient_id"],
        "provider_id": call.session.who if call.session else None,
        **{name: value for name, value in given.items() if name != "patient_id"},
        "status": "completed",
    }
    return call.new("encounters", row)


def create(call: Call) -> Response:
    """``POST /api/v1/clinical/encounters``."""
    return answer(201, linked(call, "encounter", made(call, call.checked(ENCOUNTER))))


def listing(call: Call) -> Response:
    """``GET /api/v1/clinical/encounters``: of one patient."""
    patient = call.request.query.get("patient_id", "")
    if not patient:
        raise Problem(400, "Invalid request data", fields=(("patient_id", "is required"),))
    rows = call.system.tables["encounters"].where("patient_id", call.found("patients", patient)["id"])
    limit, offset = call.whole("limit", 10, 100, least=1), call.whole("offset", 0)
    shown = [linked(call, "encounter", row) for row in call.ordered(rows)[offset : offset + limit]]
    page = paged(call, "encounters", rows, shown, limit, offset)
    shape = call.system.knobs.undocumented
    if shape in {"", "bare"}:
        return answer(200, page)
    return answer(200, {"success": True, "data": page} if shape == "enveloped" else shown)


def update(call: Call) -> Response:
    """``PUT /api/v1/clinical/encounters/{encounter_id}``."""
    old = call.found("encounters", call.params["encounter_id"])
    new = call.put("encounters", old["id"], ENCOUNTER, old, updated_at=call.stamp)
    return one(call, "encounter", linked(call, "encounter", new), usual="bare")


def read(call: Call) -> Response:
    """``/v1/clinical/encounters/{id}``: only a link."""
    return answer(200, linked(call, "encounter", call.found("encounters", call.params["id"])))


ROUTES = (
    Route("POST", "/clinical/encounters", create),
    Route("GET", "/clinical/encounters", listing),
    Route("PUT", "/clinical/encounters/{encounter_id}", update),
    Route("GET", "/clinical/encounters/{id}", read, optional=True),
)
