"""Laboratory orders of HMS and their results."""

from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.links import linked
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import moment

ORDER = Shape(
    {
        "patient_id": "->patients!",
        "provider_id": "->providers!",
        "ordering_location": "text",
        "priority": "in:routine|urgent|stat|asap",
        "clinical_information": "text",
        "tests": "objects!",
        "diagnoses": "texts",
        "notes": "text",
        "collection_date": "instant",
    }
)
HIDDEN = frozenset({"results", "completed_at", "pathologist_id", "results_notes"})
# What this laboratory reports for a panel: the component, its unit, the range it calls normal, the places shown.
# The ranges are those of the document's own example where it has them, usual adult ones otherwise.
PANELS: dict[str, list[tuple[str, str, float, float, int]]] = {
    "CMP": [
        ("Glucose", "mg/dL", 70, 100, 0),
        ("BUN", "mg/dL", 7, 20, 0),
        ("Creatinine", "mg/dL", 0.6, 1.2, 1),
        ("Sodium", "mmol/L", 135, 145, 0),
        ("Potassium", "mmol/L", 3.5, 5.0, 1),
    ],
    "CBC": [
        ("WBC", "K/uL", 4.0, 11.0, 1),
        ("RBC", "M/uL", 4.2, 5.4, 1),
        ("Hemoglobin", "g/dL", 13.5, 17.5, 1),
        ("Platelets", "K/uL", 150, 400, 0),
    ],
    "LIP": [
        ("Total cholesterol", "mg/dL", 125, 200, 0),
        ("HDL", "mg/dL", 40, 60, 0),
        ("Triglycerides", "mg/dL", 50, 150, 0),
    ],
    "A1C": [("HbA1c", "%", 4.0, 5.6, 1)],
}
# How far beyond its range a drawn value may lie, as a part of the range's width.
SPREAD = 0.35


def create(call: Call) -> Response:
    """``POST /api/v1/laboratory/orders``."""
    given = call.checked(ORDER)
    if not given["tests"]:
        raise Problem(422, "Invalid request data", fields=(("tests", "must not be empty"),))
    row = {
        "order_number": call.system.numbered("LAB"),
        **given,
        "tests": [{**test, "status": "ordered"} for test in given["tests"]],
        "status": "ordered",
        "ordered_at": call.stamp,
    }
    return answer(201, linked(call, "order", call.new("orders", row)))


def results(call: Call) -> Response:
    """``GET /api/v1/laboratory/orders/{order_id}/results``."""
    row = call.found("orders", call.params["order_id"])
    after = call.system.knobs.results_after
    ordered = moment(row["ordered_at"]) or 0.0
    if after is not None and row["status"] == "ordered" and call.now >= ordered + after:
        row = reported(call, row)
    return answer(
        200,
        {
            "order_id": row["id"],
            "patient_id": row["patient_id"],
            "results": row.get("results", []),
            "status": row["status"],
            "completed_at": row.get("completed_at"),
            "pathologist_id": row.get("pathologist_id"),
            "notes": row.get("results_notes"),
            "created_at": row.get("completed_at") or row["created_at"],
            "updated_at": row["updated_at"],
        },
    )


def reported(call: Call, row: Record) -> Record:
    """The order with results drawn from the seed; whoever listens is told."""
    panels = [
        {
            "test_code": test.get("test_code"),
            "test_name": test.get("test_name"),
            "components": _components(call, row["id"], str(test.get("test_code"))),
            "status": "completed",
            "resulted_at": call.stamp,
        }
        for test in row["tests"]
    ]
    new = {
        **row,
        "tests": [{**test, "status": "completed"} for test in row["tests"]],
        "results": panels,
        "status": "completed",
        "completed_at": call.stamp,
        "pathologist_id": call.system.world.uuid("pathologist"),
        "results_notes": "Reported by the sandbox's laboratory",
        "updated_at": call.stamp,
    }
    call.keep("orders", row["id"], new, "results")
    call.tell("lab_result_available", {"order_id": row["id"], "patient_id": row["patient_id"], "status": "completed"})
    return new


def read(call: Call) -> Response:
    """``/v1/laboratory/orders/{id}``: only a link."""
    row = call.found("orders", call.params["id"])
    return answer(200, linked(call, "order", {name: row[name] for name in row if name not in HIDDEN}))


def _components(call: Call, ident: str, code: str) -> list[Record]:
    made = []
    for name, unit, low, high, places in PANELS.get(code, [("Result", "", 0, 1, 0)]):
        part = call.system.world.chance("result", ident, code, name)
        width = high - low
        value = max(0.0, low - SPREAD * width + part * (1 + 2 * SPREAD) * width)
        shown = f"{value:.{places}f}"
        flag = "L" if float(shown) < low else "H" if float(shown) > high else None
        made.append(
            {
                "component": name,
                "result": shown,
                "unit": unit,
                "reference_range": f"{low:g}-{high:g}",
                "flag": flag,
                "status": "final",
            }
        )
    return made


ROUTES = (
    Route("POST", "/laboratory/orders", create),
    Route("GET", "/laboratory/orders/{order_id}/results", results),
    Route("GET", "/laboratory/orders/{id}", read, optional=True),
)
