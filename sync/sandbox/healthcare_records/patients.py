"""Patients of Healthcare Records: written clear, answered masked."""

from typing import Any

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.healthcare_records.masking import in_force, living, page, permitted, reason, shown
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

PATIENT = Shape(
    {
        "identifier": "objects",
        "name": "objects!",
        "gender": "in:male|female|other|unknown!",
        "birth_date": "past!",
        "address": "objects",
        "telecom": "objects",
        "emergency_contact": "object",
    }
)
# A masked birth date that is written back is taken for a date: the document warns of nothing.
CHANGED = PATIENT.and_also({"birth_date": "text!", "active": "boolean"})
HIDDEN = ("identifier", "name", "birth_date", "address", "telecom", "emergency_contact")
KINDS = ("name", "identifier", "phone", "email")
STAFF, ADMIN = ("provider", "admin"), ("admin",)
STAFF_AND_PATIENT = (*STAFF, "patient")


def words(patient: Record) -> str:
    """What the search of the list looks through: names and identifiers."""
    return " ".join([*_values(patient, "name"), *_values(patient, "identifier")])


def view(call: Call, patient: Record) -> Record:
    """A patient as everyone sees them."""
    seen = shown(call, patient, HIDDEN)
    resource = {
        "resourceType": "Patient",
        "id": patient["id"],
        "active": patient["active"],
        "gender": patient["gender"],
    }
    stamps = {name: seen.pop(name) for name in ("created_at", "updated_at")}
    return {**seen, "fhir_resource": resource, **stamps}


def create(call: Call) -> Response:
    """``POST /patients``: an identifier belongs to one patient."""
    given = call.checked(PATIENT)
    for identifier in _list(given.get("identifier")):
        if _with(call, identifier.get("system"), identifier.get("value")):
            raise Problem(409, "A patient with this identifier exists", fields=(("identifier", "already exists"),))
    row: Record = {
        "identifier": given.get("identifier", []),
        "name": given["name"],
        "gender": given["gender"],
        "birth_date": given["birth_date"],
        "address": given.get("address", []),
        "telecom": given.get("telecom", []),
        "emergency_contact": given.get("emergency_contact", {}),
        "active": True,
    }
    return answer(201, view(call, call.new("patients", row)))


def read(call: Call) -> Response:
    """``GET /patients/{patient_id}``: with the patient's consent."""
    patient = call.found("patients", call.params["patient_id"], "Patient")
    if call.session and call.session.patient not in {"", patient["id"]}:
        raise Problem(403, "The record is somebody else's", code="PHI_ACCESS_DENIED")
    permitted(call, patient["id"])
    return one(call, "patient", view(call, patient), usual="bare")


def listing(call: Call) -> Response:
    """``GET /patients``: those that are active, unless all are asked for."""
    search = call.request.query.get("search", "")
    rows = call.system.tables["patients"].search(search) if search else call.rows("patients")
    active = (call.one_of("active_only", ("true", "false", "True", "False", "1", "0")) or "true").lower()
    if active in {"true", "1"}:
        rows = [row for row in rows if row["active"]]
    return page(call, "patients", rows, lambda row: view(call, row))


def update(call: Call) -> Response:
    """``PUT /patients/{patient_id}``: takes what it is given, a mask too."""
    old = call.found("patients", call.params["patient_id"], "Patient")
    new = call.put("patients", old["id"], CHANGED, old, updated_at=call.stamp)
    return one(call, "patient", view(call, new), usual="bare")


def delete(call: Call) -> Response:
    """``DELETE /patients/{patient_id}``: the row stays, and is no longer found."""
    old = call.found("patients", call.params["patient_id"], "Patient")
    gone = {**old, "active": False, "_gone": True, "_reason": reason(call), "updated_at": call.stamp}
    call.keep("patients", old["id"], gone, "delete")
    return answer(200, {"id": old["id"], "deleted": True, "deleted_at": call.stamp})


def search(call: Call) -> Response:
    """``GET /patients/search``: looks into what is encrypted."""
    query = call.request.query.get("query", "").strip()
    if not query:
        raise Problem(422, "Request data validation failed", fields=(("query", "is required"),))
    kind = call.one_of("search_type", KINDS) or "name"
    exact = (call.one_of("exact_match", ("true", "false", "True", "False", "1", "0")) or "false").lower()
    whole = exact in {"true", "1"}
    wanted = query.lower()
    # By the whole identifier, the index answers; it knows no other case.
    table = call.system.tables["patients"]
    looked = table.where("identifier", query) if kind == "identifier" and whole else call.rows("patients")
    found = [
        row
        for row in living(looked)
        if any(wanted == value.lower() if whole else wanted in value.lower() for value in _values(row, kind))
    ]
    return page(call, "patients", found, lambda row: view(call, row))


def consent_status(call: Call) -> Response:
    """``GET /patients/{patient_id}/consent-status``."""
    patient = call.found("patients", call.params["patient_id"], "Patient")
    rows = call.system.tables["consents"].where("patient_id", patient["id"])
    fields = ("id", "consent_type", "status", "granted_date", "expiration_date", "scope")
    status = {
        "patient_id": patient["id"],
        "has_active_consent": any(in_force(call, row) for row in rows),
        "consents": [{name: row.get(name) for name in fields} for row in rows],
        "checked_at": call.stamp,
    }
    return one(call, "consent_status", status, usual="bare")


def _values(patient: Record, kind: str) -> list[str]:
    if kind == "name":
        return [
            " ".join([*map(str, _list(name.get("given"))), str(name.get("family") or "")]).strip()
            for name in _list(patient.get("name"))
        ]
    if kind == "identifier":
        return [str(entry.get("value")) for entry in _list(patient.get("identifier"))]
    return [str(entry.get("value")) for entry in _list(patient.get("telecom")) if entry.get("system") == kind]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _with(call: Call, system: object, value: object) -> bool:
    return bool(value) and any(
        entry.get("value") == value and entry.get("system") == system
        for row in call.system.tables["patients"].where("identifier", str(value))
        for entry in _list(row.get("identifier"))
        if not row.get("_gone")
    )


ROUTES = (
    Route("POST", "/patients", create, needs=STAFF),
    Route("GET", "/patients/{patient_id}", read, needs=STAFF_AND_PATIENT),
    Route("GET", "/patients", listing, needs=STAFF),
    Route("PUT", "/patients/{patient_id}", update, needs=STAFF),
    Route("DELETE", "/patients/{patient_id}", delete, needs=ADMIN),
    Route("GET", "/patients/search", search, needs=STAFF),
    Route("GET", "/patients/{patient_id}/consent-status", consent_status, needs=STAFF),
)
