"""Patients of AROCORD: flat when written and listed, in blocks when read."""

from sync.sandbox.answers import many, one
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer

PATIENT = Shape(
    {
        "mrn": "text!",
        "first_name": "text!",
        "last_name": "text!",
        "date_of_birth": "past!",
        "gender": "text",
        "phone": "text",
        "email": "email",
        "address": "object",
        "emergency_contact": "object",
    }
)
LISTED = ("id", "mrn", "first_name", "last_name", "date_of_birth", "phone", "email", "is_active")


def words(patient: Record) -> str:
    """What a search looks through: the name and the MRN."""
    return f"{patient.get('first_name')} {patient.get('last_name')} {patient.get('mrn')}"


def listing(call: Call) -> Response:
    """``GET /patients``."""
    page, limit = call.whole("page", 1, least=1), call.whole("limit", 20, 100, least=1)
    search = call.request.query.get("search", "")
    status = call.one_of("status", ("active", "inactive", "true", "false"))
    rows = call.system.tables["patients"].search(search) if search else call.rows("patients")
    if status:
        rows = [row for row in rows if row["is_active"] == (status in {"active", "true"})]
    shown = [{name: row.get(name) for name in LISTED} for row in call.ordered(rows)[(page - 1) * limit : page * limit]]
    pages = -(-len(rows) // limit)
    return answer(
        200,
        {
            "success": True,
            "data": {
                "patients": shown,
                "pagination": {"page": page, "limit": limit, "total": len(rows), "pages": pages},
            },
        },
    )


def detail(patient: Record) -> Record:
    """A patient as it is read: in blocks, and with the insurance nobody can write."""
    return {
        "id": patient["id"],
        "mrn": patient["mrn"],
        "demographics": {name: patient.get(name) for name in ("first_name", "last_name", "date_of_birth", "gender")},
        "contact": {name: patient.get(name) for name in ("phone", "email", "address")},
        "emergency_contact": patient.get("emergency_contact"),
        "insurance": patient.get("insurance"),
    }


def read(call: Call) -> Response:
    """``GET /patients/{id}``."""
    return answer(200, {"success": True, "data": {"patient": detail(call.found("patients", call.params["id"]))}})


def create(call: Call) -> Response:
    """``POST /patients``: the MRN is ours to give, once."""
    given = call.checked(PATIENT)
    _only_one(call, given["mrn"], "")
    made = call.keep("patients", ident := call.system.uuid(), {"id": ident, **given, "is_active": True})
    return one(call, "patient", made, 201)


def update(call: Call) -> Response:
    """``PUT /patients/{id}``."""
    old = call.found("patients", call.params["id"])
    _only_one(call, call.changes("patients", PATIENT).get("mrn"), old["id"])
    return one(call, "patient", call.put("patients", old["id"], PATIENT, old))


def history(call: Call) -> Response:
    """``GET /patients/{id}/medical-history``."""
    ident = call.found("patients", call.params["id"])["id"]
    rows = past(call, ident)
    limit, offset = call.whole("limit", 20, 100, least=1), call.whole("offset", 0)
    return many(call, "medical_history", rows[offset : offset + limit], total=len(rows), limit=limit, offset=offset)


def past(call: Call, ident: str) -> list[Record]:
    """All that is known of a patient's past, newest first: what was noted, and what was prescribed here."""
    tables = call.system.tables
    rows = list(tables["history"].where("patient_id", ident))
    for prescription in tables["prescriptions"].where("patient_id", ident):
        rows += [
            {
                "id": f"{prescription['id']}-{number}",
                "patient_id": ident,
                "type": "medication",
                "description": " ".join(str(drug.get(part) or "") for part in ("name", "dosage", "frequency")).strip(),
                "recorded_on": prescription["created_at"][:10],
            }
            for number, drug in enumerate(prescription["medications"], 1)
        ]
    rows.sort(key=lambda row: str(row["recorded_on"]), reverse=True)
    return call.matching(rows, type="type")


def _only_one(call: Call, mrn: object, ident: str) -> None:
    others = call.system.tables["patients"].where("mrn", mrn) if mrn else []
    if any(other["id"] != ident for other in others):
        raise Problem(409, f"A patient with MRN {mrn} already exists", fields=(("mrn", "already exists"),))


ROUTES = (
    Route("GET", "/patients", listing, "search", ("staff",)),
    Route("GET", "/patients/{id}", read, "read", ("staff",)),
    Route("POST", "/patients", create, "write", ("staff",)),
    Route("PUT", "/patients/{id}", update, "write", ("staff",)),
    Route("GET", "/patients/{id}/medical-history", history, "read", ("staff",)),
)
