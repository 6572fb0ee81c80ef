"""Patients of Healify."""

from sync.sandbox.call import Call
from sync.sandbox.healify.paging import page, without
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

PATIENT = Shape(
    {
        "first_name": "text!",
        "last_name": "text!",
        "email": "email",
        "phone": "text",
        "date_of_birth": "past!",
        "gender": "text",
        "address": "object",
        "emergency_contact": "object",
    }
)
NO_HISTORY: Record = {"allergies": [], "conditions": [], "medications": []}
KINDS = ("appointment", "prescription", "medical_record")
# Only the reading of one patient shows the history.
plain = without("medical_history")


def words(patient: Record) -> str:
    """What a search looks through."""
    return " ".join(str(patient.get(name) or "") for name in ("first_name", "last_name", "email", "phone"))


def listing(call: Call) -> Response:
    """``GET /api/v1/patients``."""
    search = call.request.query.get("search", "")
    table = call.system.tables["patients"]
    return page(call, table.search(search) if search else call.rows("patients"), plain)


def create(call: Call) -> Response:
    """``POST /api/v1/patients``: an e-mail address belongs to one patient."""
    given = call.checked(PATIENT)
    _only_one(call, given.get("email"), "")
    made = call.new("patients", given, "pat_")
    call.tell("patient.created", {"patient_id": made["id"]})
    return answer(201, made)


def read(call: Call) -> Response:
    """``GET /api/v1/patients/{patient_id}``."""
    patient = call.found("patients", call.params["patient_id"], "patient")
    history = {"medical_history": patient.get("medical_history", NO_HISTORY)}
    stamps = {name: patient[name] for name in ("created_at", "updated_at")}
    return answer(200, {**without("created_at", "updated_at")(patient), **history, **stamps})


def update(call: Call) -> Response:
    """``PUT /api/v1/patients/{patient_id}``."""
    old = call.found("patients", call.params["patient_id"], "patient")
    _only_one(call, call.changes("patients", PATIENT).get("email"), old["id"])
    new = call.put("patients", old["id"], PATIENT, old, updated_at=call.stamp)
    call.tell("patient.updated", {"patient_id": old["id"]})
    return answer(200, plain(new))


def delete(call: Call) -> Response:
    """``DELETE /api/v1/patients/{patient_id}``: for good; what belongs to the patient stays where it is."""
    call.drop("patients", call.found("patients", call.params["patient_id"], "patient")["id"])
    return Response(204)


def history(call: Call) -> Response:
    """``GET /api/v1/patients/{patient_id}/history``: everything, newest first, not in pages."""
    ident = call.found("patients", call.params["patient_id"], "patient")["id"]
    wanted = call.one_of("type", KINDS)
    tables = call.system.tables
    items: list[Record] = [
        {
            "type": "appointment",
            "id": row["id"],
            "date": row["scheduled_time"],
            "provider": row["provider"]["name"],
            "reason": row.get("reason"),
            "status": row["status"],
        }
        for row in tables["appointments"].where("patient_id", ident)
    ]
    items += [
        {
            "type": "prescription",
            "id": row["id"],
            "date": row["prescribed_date"],
            "medication": row["medication"].get("name"),
            "dosage": row["medication"].get("strength"),
            "prescriber": row["prescriber"].get("name"),
        }
        for row in tables["prescriptions"].where("patient_id", ident)
    ]
    items += [
        {
            "type": "medical_record",
            "id": row["id"],
            "date": row["date"],
            "title": row["title"],
            "provider": (row.get("provider") or {}).get("name"),
        }
        for row in tables["records"].where("patient_id", ident)
    ]
    kept = [one for one in call.between(items, "date", "start_date", "end_date") if wanted in {None, one["type"]}]
    kept.sort(key=lambda one: str(one["date"]), reverse=True)
    return answer(200, {"patient_id": ident, "history": kept, "total": len(kept)})


def _only_one(call: Call, email: object, ident: str) -> None:
    others = call.system.tables["patients"].where("email", email) if email else []
    if any(one["id"] != ident for one in others):
        raise Problem(409, "Resource already exists", said=f"Patient with email {email} already exists")


ROUTES = (
    Route("GET", "/api/v1/patients", listing),
    Route("POST", "/api/v1/patients", create),
    Route("GET", "/api/v1/patients/{patient_id}", read),
    Route("PUT", "/api/v1/patients/{patient_id}", update),
    Route("DELETE", "/api/v1/patients/{patient_id}", delete),
    Route("GET", "/api/v1/patients/{patient_id}/history", history),
)
