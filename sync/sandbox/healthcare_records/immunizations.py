"""Immunizations of Healthcare Records."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.healthcare_records.masking import living, page, permitted, reason, shown
from sync.sandbox.healthcare_records.patients import ADMIN, STAFF, STAFF_AND_PATIENT
from sync.sandbox.healthcare_records.samples import VACCINES
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Record, Response, answer

IMMUNIZATION = Shape(
    {
        "patient_id": "->patients!",
        "vaccine_code": "text!",
        "administration_date": "past!",
        "provider_name": "text",
        "lot_number": "text",
        "expiration_date": "date",
        "site": "text",
        "route": "text",
        "dose_quantity": "number",
        "dose_unit": "text",
        "funding_source": "text",
        "adverse_reactions": "list",
    }
)
LISTED = (
    "id", "patient_id", "vaccine_code", "vaccine_name", "administration_date", "provider_name", "lot_number",
    "expiration_date", "site", "route", "dose_quantity", "dose_unit", "fhir_resource", "created_at", "updated_at",
)  # fmt: skip
ONLY_IN_DETAIL = ("funding_source", "adverse_reactions")


def summary(call: Call, row: Record) -> Record:
    """An immunization as lists show it."""
    seen = shown(call, row, ("provider_name",))
    code = row["vaccine_code"]
    seen["vaccine_name"] = VACCINES.get(code, f"CVX {code}")
    seen["fhir_resource"] = {
        "resourceType": "Immunization",
        "id": row["id"],
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": code}]},
        "patient": {"reference": f"Patient/{row['patient_id']}"},
        "occurrenceDateTime": row["administration_date"],
    }
    return {name: seen.get(name) for name in LISTED}


def detail(call: Call, row: Record) -> Record:
    """An immunization with what only its reading shows."""
    return {**summary(call, row), **{name: row.get(name) for name in ONLY_IN_DETAIL}}


def listing(call: Call) -> Response:
    """``GET /immunizations``."""
    patient = call.request.query.get("patient_id")
    table = call.system.tables["immunizations"]
    rows = table.where("patient_id", patient) if patient else call.rows("immunizations")
    kept = call.matching(living(rows), vaccine_code="vaccine_code")
    return page(call, "immunizations", kept, lambda row: summary(call, row))


def create(call: Call) -> Response:
    """``POST /immunizations``."""
    made = call.new("immunizations", call.checked(IMMUNIZATION))
    return one(call, "immunization", detail(call, made), 201, usual="bare")


def read(call: Call) -> Response:
    """``GET /immunizations/{immunization_id}``."""
    row = call.found("immunizations", call.params["immunization_id"], "Immunization")
    permitted(call, row["patient_id"])
    return one(call, "immunization", detail(call, row), usual="bare")


def update(call: Call) -> Response:
    """``PUT /immunizations/{immunization_id}``."""
    old = call.found("immunizations", call.params["immunization_id"], "Immunization")
    new = call.put("immunizations", old["id"], IMMUNIZATION, old, updated_at=call.stamp)
    return one(call, "immunization", detail(call, new), usual="bare")


def delete(call: Call) -> Response:
    """``DELETE /immunizations/{immunization_id}``: the row stays, and is no longer found."""
    old = call.found("immunizations", call.params["immunization_id"], "Immunization")
    gone = {**old, "_gone": True, "_reason": reason(call), "updated_at": call.stamp}
    call.keep("immunizations", old["id"], gone, "delete")
    return answer(200, {"id": old["id"], "deleted": True, "deleted_at": call.stamp})


ROUTES = (
    Route("GET", "/immunizations", listing, needs=STAFF),
    Route("POST", "/immunizations", create, needs=STAFF),
    Route("GET", "/immunizations/{immunization_id}", read, needs=STAFF_AND_PATIENT),
    Route("PUT", "/immunizations/{immunization_id}", update, needs=STAFF),
    Route("DELETE", "/immunizations/{immunization_id}", delete, needs=ADMIN),
)
