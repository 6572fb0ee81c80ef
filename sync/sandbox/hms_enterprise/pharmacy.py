"""Prescriptions of HMS, and its check of what does not go together."""

from itertools import combinations

from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.links import linked
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Record, Response, answer
from sync.sandbox.world import instant

PRESCRIPTION = Shape(
    {
        "patient_id": "->patients!",
        "provider_id": "->providers!",
        "medication": "object!",
        "dosage": "object!",
        "substitutions": "text",
        "refills": "object",
        "pharmacy": "object",
        "diagnosis_codes": "texts",
        "notes": "text",
        "controlled_substance": "boolean",
        "dea_number": "text",
    }
)
CHECK = Shape({"patient_id": "->patients!", "medications": "objects!"})
VALID_SECONDS = 182 * 86400
# A few well-known pairs, so that a training clinic sees each degree; no reference work. Names in small letters.
PAIRS: dict[frozenset[str], tuple[str, str, str, str]] = {
    frozenset({"lisinopril", "ibuprofen"}): (
        "moderate",
        "increased_risk",
        "Lisinopril and Ibuprofen may increase the risk of kidney damage",
        "Monitor kidney function and blood pressure regularly",
    ),
    frozenset({"warfarin", "aspirin"}): (
        "severe",
        "bleeding",
        "Warfarin and Aspirin together increase the risk of serious bleeding",
        "Avoid together unless a specialist has decided otherwise; monitor the INR",
    ),
    frozenset({"simvastatin", "clarithromycin"}): (
        "contraindicated",
        "metabolism",
        "Clarithromycin raises Simvastatin to levels that may damage muscle",
        "Do not give together; pause Simvastatin during the course",
    ),
    frozenset({"metformin", "cimetidine"}): (
        "minor",
        "excretion",
        "Cimetidine may raise the level of Metformin",
        "Watch glucose control",
    ),
}


def create(call: Call) -> Response:
    """``POST /api/v1/pharmacy/prescriptions``: never to be read by REST again."""
    given = call.checked(PRESCRIPTION)
    row = {
        "prescription_number": call.system.numbered("RX"),
        **given,
        "status": "active",
        "date_written": call.stamp,
        "expires_at": instant(call.now + VALID_SECONDS),
    }
    return answer(201, linked(call, "prescription", call.new("prescriptions", row)))


def check(call: Call) -> Response:
    """``POST /api/v1/pharmacy/drug-interactions``: changes nothing."""
    given = call.checked(CHECK)
    patient = call.found("patients", given["patient_id"])
    names = sorted({str(drug.get("name") or "").strip().lower() for drug in given["medications"]} - {""})
    found = []
    for pair in combinations(names, 2):
        known = PAIRS.get(frozenset(pair))
        if known:
            severity, kind, said, advice = known
            found.append(
                {
                    "severity": severity,
                    "interaction_type": kind,
                    "description": said,
                    "recommendation": advice,
                    "references": [f"Sandbox pair {'-'.join(pair)}"],
                }
            )
    told = {row["medication"]: row for row in call.system.tables["allergies"].where("patient_id", patient["id"])}
    allergies = [_allergy(name, told.get(name)) for name in patient.get("allergies") or []]
    return answer(200, {"interactions": found, "allergies": allergies, "checked_at": call.stamp})


def read(call: Call) -> Response:
    """``/v1/pharmacy/prescriptions/{id}``: only a link."""
    return answer(200, linked(call, "prescription", call.found("prescriptions", call.params["id"])))


def _allergy(name: str, told: Record | None) -> Record:
    known = told or {"severity": "unknown", "reaction": "not recorded"}
    return {"medication": name, "severity": known["severity"], "reaction": known["reaction"]}


ROUTES = (
    Route("POST", "/pharmacy/prescriptions", create),
    Route("POST", "/pharmacy/drug-interactions", check),
    Route("GET", "/pharmacy/prescriptions/{id}", read, optional=True),
)
