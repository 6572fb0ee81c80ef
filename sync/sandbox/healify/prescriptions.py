"""Prescriptions of Healify and their refills."""

from datetime import UTC, datetime

from sync.sandbox.call import Call
from sync.sandbox.healify.paging import page, without
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import moment

PRESCRIPTION = Shape(
    {
        "patient_id": "->patients!",
        "medication": "object!",
        "dosage": "text!",
        "quantity": "count",
        "refills": "count",
        "prescriber": "object!",
        "pharmacy": "object",
        "instructions": "text",
        "notes": "text",
    }
)
REFILL = Shape({"pharmacy_id": "->pharmacies", "notes": "text"})
STATES = ("active", "expired", "cancelled")
summary = without("instructions", "notes", "refill_history")


def listing(call: Call) -> Response:
    """``GET /api/v1/prescriptions``."""
    patient = call.request.query.get("patient_id")
    wanted = call.one_of("status", STATES)
    table = call.system.tables["prescriptions"]
    rows = table.where("patient_id", patient) if patient else call.rows("prescriptions")
    standing = [_standing(call, row) for row in rows]
    return page(call, [row for row in standing if wanted in {None, row["status"]}], summary)


def create(call: Call) -> Response:
    """``POST /api/v1/prescriptions``: valid for one year from now."""
    given = call.checked(PRESCRIPTION)
    refills = given.get("refills", 0)
    row: Record = {
        "patient_id": given["patient_id"],
        "medication": given["medication"],
        "dosage": given["dosage"],
        "quantity": given.get("quantity"),
        "refills": refills,
        "refills_remaining": refills,
        "prescriber": _prescriber(call, given["prescriber"]),
        "pharmacy": _pharmacy(call, given.get("pharmacy")),
        **{name: given[name] for name in ("instructions", "notes") if name in given},
        "prescribed_date": call.stamp,
        "expires_date": _a_year_on(call.now),
        "status": "active",
    }
    made = call.new("prescriptions", row, "prx_")
    call.tell("prescription.created", {"prescription_id": made["id"], "patient_id": made["patient_id"]})
    return answer(201, made)


def read(call: Call) -> Response:
    """``GET /api/v1/prescriptions/{prescription_id}``."""
    row = _standing(call, call.found("prescriptions", call.params["prescription_id"], "prescription"))
    stamps = {name: row[name] for name in ("created_at", "updated_at")}
    history = {"refill_history": row.get("refill_history", [])}
    return answer(200, {**without("created_at", "updated_at")(row), **history, **stamps})


def update(call: Call) -> Response:
    """``PUT /api/v1/prescriptions/{prescription_id}``."""
    old = call.found("prescriptions", call.params["prescription_id"], "prescription")
    given = call.changes("prescriptions", PRESCRIPTION)
    server: Record = {"updated_at": call.stamp}
    if given.get("pharmacy"):
        server["pharmacy"] = _pharmacy(call, given["pharmacy"])
    if given.get("prescriber"):
        server["prescriber"] = _prescriber(call, given["prescriber"])
    new = call.put("prescriptions", old["id"], PRESCRIPTION, old, **server)
    return answer(200, without("refill_history")(_standing(call, new)))


def refill(call: Call) -> Response:
    """``POST /api/v1/prescriptions/{prescription_id}/refill``: counted off while it is still pending."""
    old = _standing(call, call.found("prescriptions", call.params["prescription_id"], "prescription"))
    given = call.checked(REFILL) if call.request.body else {}
    if old["status"] != "active" or old["refills_remaining"] < 1:
        said = "No refills remaining" if old["status"] == "active" else f"Prescription is {old['status']}"
        raise Problem(409, "Refill cannot be requested", said=said)
    pharmacy = call.get("pharmacies", given.get("pharmacy_id")) or old.get("pharmacy") or {}
    ident = call.system.fresh("rfr_")
    asked = {"id": ident, "status": "pending", "requested_at": call.stamp, "pharmacy": pharmacy.get("name")}
    call.keep("refills", ident, {**asked, "prescription_id": old["id"], "notes": given.get("notes")})
    new = {**old, "refills_remaining": old["refills_remaining"] - 1, "updated_at": call.stamp}
    call.keep("prescriptions", old["id"], new, "refill")
    call.tell("prescription.refill_requested", {"prescription_id": old["id"], "refill_request_id": ident})
    return answer(200, {**summary(new), "refill_request": asked})


def _standing(call: Call, row: Record) -> Record:
    ends = moment(str(row.get("expires_date")))
    return {**row, "status": "expired"} if row["status"] == "active" and ends and ends <= call.now else row


def _prescriber(call: Call, given: Record) -> Record:
    known = call.get("providers", given.get("id")) or {}
    return {**given, **({"specialty": known["specialty"]} if "specialty" in known else {})}


def _pharmacy(call: Call, given: Record | None) -> Record | None:
    known = call.get("pharmacies", given.get("id")) if given else None
    return {**given, **known} if given and known else given


def _a_year_on(now: float) -> str:
    then = datetime.fromtimestamp(int(now), UTC)
    leap = then.month == 2 and then.day == 29
    return then.replace(year=then.year + 1, day=28 if leap else then.day).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES = (
    Route("GET", "/api/v1/prescriptions", listing),
    Route("POST", "/api/v1/prescriptions", create),
    Route("GET", "/api/v1/prescriptions/{prescription_id}", read),
    Route("PUT", "/api/v1/prescriptions/{prescription_id}", update),
    Route("POST", "/api/v1/prescriptions/{prescription_id}/refill", refill),
)
