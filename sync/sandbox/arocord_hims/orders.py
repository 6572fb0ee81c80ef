"""Prescriptions and laboratory orders of AROCORD, from the desk to the counter and to the result."""

from sync.sandbox.answers import many, one
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Response

PRIORITIES = "low|medium|high|urgent|routine|stat"
PRESCRIPTION = Shape(
    {
        "patient_id": "->patients!",
        "doctor_id": "->doctors!",
        "consultation_id": "->consultations",
        "medications": "objects!",
        "priority": f"in:{PRIORITIES}",
    }
)
PROCESSED = Shape({"status": "in:pending|processing|ready!", "notes": "text", "ready_at": "instant"})
DISPENSED = Shape({"dispensed_by": "text!", "counseling_provided": "boolean", "counseling_notes": "text"})
LAB_ORDER = Shape(
    {
        "patient_id": "->patients!",
        "doctor_id": "->doctors!",
        "consultation_id": "->consultations",
        "tests": "objects!",
    }
)
RESULTS = Shape({"results": "objects!", "interpretation": "text", "technician_id": "text", "completed_at": "instant"})
QUEUE = ("pending", "processing", "ready")


def prescribe(call: Call) -> Response:
    """``POST /prescriptions``."""
    given = call.checked(PRESCRIPTION)
    _some(given["medications"], "medications")
    made = call.new("prescriptions", {"priority": "medium", **given, "status": "pending"})
    return one(call, "prescription", made, 201)


def queue(call: Call) -> Response:
    """``GET /pharmacy/prescriptions``: what has been dispensed is no longer in it."""
    wanted = call.one_of("status", QUEUE)
    limit = call.whole("limit", 50, 100, least=1)
    rows = [row for row in call.rows("prescriptions") if row["status"] in QUEUE and wanted in {None, row["status"]}]
    return many(call, "prescriptions", call.matching(rows, priority="priority")[:limit])


def process(call: Call) -> Response:
    """``PUT /pharmacy/prescriptions/{id}/process``."""
    old = call.found("prescriptions", call.params["id"])
    given = call.checked(PROCESSED)
    if old["status"] not in QUEUE:
        raise Problem(409, f"The prescription is {old['status']}", fields=(("status", f"is {old['status']}"),))
    new = {**old, **given, "updated_at": call.stamp}
    call.keep("prescriptions", old["id"], new, "process")
    if new["status"] == "ready" and old["status"] != "ready":
        call.tell("prescription.ready", {"prescription": new})
    return one(call, "prescription", new)


def dispense(call: Call) -> Response:
    """``POST /pharmacy/prescriptions/{id}/dispense``: once."""
    old = call.found("prescriptions", call.params["id"])
    given = call.checked(DISPENSED)
    if old["status"] not in QUEUE:
        raise Problem(409, f"The prescription is {old['status']}", fields=(("status", f"is {old['status']}"),))
    new = {**old, **given, "status": "dispensed", "dispensed_at": call.stamp, "updated_at": call.stamp}
    return one(call, "prescription", call.keep("prescriptions", old["id"], new, "dispense"))


def order(call: Call) -> Response:
    """``POST /lab/orders``."""
    given = call.checked(LAB_ORDER)
    _some(given["tests"], "tests")
    priority = str(given["tests"][0].get("priority") or "routine")
    made = call.new("lab_orders", {**given, "priority": priority, "status": "ordered", "technician_id": None})
    return one(call, "order", made, 201)


def orders(call: Call) -> Response:
    """``GET /lab/orders``: what was asked for, never what came out."""
    kept = call.matching(call.rows("lab_orders"), status="status", priority="priority", technician_id="technician_id")
    hidden = {"results", "interpretation"}
    return many(call, "orders", [{name: row[name] for name in row if name not in hidden} for row in kept])


def results(call: Call) -> Response:
    """``PUT /lab/orders/{id}/results``: the same results again change nothing."""
    old = call.found("lab_orders", call.params["id"])
    given = call.checked(RESULTS)
    new = {**old, **given, "status": "completed", "updated_at": call.stamp}
    new.setdefault("completed_at", call.stamp)
    call.keep("lab_orders", old["id"], new, "results")
    call.tell("lab.results", {"order": new})
    return one(call, "order", new)


def _some(rows: list[object], name: str) -> None:
    if not rows:
        raise Problem(400, "Invalid request data", fields=((name, "must not be empty"),))


ROUTES = (
    Route("POST", "/prescriptions", prescribe, "write", ("staff",)),
    Route("GET", "/pharmacy/prescriptions", queue, "read", ("staff",)),
    Route("PUT", "/pharmacy/prescriptions/{id}/process", process, "write", ("staff",)),
    Route("POST", "/pharmacy/prescriptions/{id}/dispense", dispense, "write", ("staff",)),
    Route("POST", "/lab/orders", order, "write", ("staff",)),
    Route("GET", "/lab/orders", orders, "read", ("staff",)),
    Route("PUT", "/lab/orders/{id}/results", results, "write", ("staff",)),
)
