"""What Healthcare Records does beside keeping: health, validation, anonymisation, and figures for administrators."""

from collections.abc import Mapping

from sync.sandbox.call import Call
from sync.sandbox.healthcare_records.masking import permitted
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import civil

VALIDATED = Shape({"resource_type": "text!", "resource_data": "object!"})
ANONYMIZED = Shape(
    {
        "patient_ids": "texts!",
        "anonymization_level": "in:full|partial|limited!",
        "preserve_fields": "texts",
        "research_purpose": "text!",
        "irb_approval_number": "text!",
    }
)
# The elements FHIR R4 requires at the root of a resource; several names for one mean a choice of types.
# Source: the resource definitions of HL7 FHIR R4 (4.0.1).
REQUIRED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "Patient": (),
    "Practitioner": (),
    "Organization": (),
    "Observation": (("status",), ("code",)),
    "Condition": (("subject",),),
    "AllergyIntolerance": (("patient",),),
    "Procedure": (("status",), ("subject",)),
    "Encounter": (("status",), ("class",)),
    "Immunization": (("status",), ("vaccineCode",), ("patient",), ("occurrenceDateTime", "occurrenceString")),
    "MedicationRequest": (
        ("status",),
        ("intent",),
        ("medicationCodeableConcept", "medicationReference"),
        ("subject",),
    ),
    "DiagnosticReport": (("status",), ("code",)),
    "ServiceRequest": (("status",), ("intent",), ("subject",)),
    "DocumentReference": (("status",), ("content",)),
    "Consent": (("status",), ("scope",), ("category",)),
}
ADVICE = {"Patient": ("identifier", "Consider adding patient identifier for better interoperability")}
FOR_ADVICE, FOR_ERROR = 1.5, 20.0


def health(call: Call) -> Response:
    """``GET /health``."""
    state = "active" if call.system.knobs.masked else "inactive"
    return answer(
        200,
        {"status": "healthy", "service": "healthcare-records", "fhir_compliance": "enabled", "phi_encryption": state},
    )


def validate(call: Call) -> Response:
    """``POST /fhir/validate``: that the resource is of its type and has what the type requires."""
    given = call.checked(VALIDATED)
    kind, resource = given["resource_type"], given["resource_data"]
    if kind not in REQUIRED:
        raise Problem(422, f"No such resource type: {kind}", code="FHIR_VALIDATION_FAILED")
    errors = []
    if resource.get("resourceType") != kind:
        errors.append(f"resourceType must be {kind}")
    errors += [
        f"{kind}.{names[0]} is required" for names in REQUIRED[kind] if not any(resource.get(name) for name in names)
    ]
    field, said = ADVICE.get(kind, ("id", "Consider adding an id for better interoperability"))
    advice = [] if resource.get(field) else [said]
    score = max(0.0, 100.0 - FOR_ERROR * len(errors) - FOR_ADVICE * len(advice))
    return answer(
        200,
        {"is_valid": not errors, "validation_errors": errors, "compliance_score": score, "recommendations": advice},
    )


def anonymize(call: Call) -> Response:
    """``POST /anonymize``: each patient must have agreed to research."""
    given = call.checked(ANONYMIZED)
    made = []
    for ident in given["patient_ids"]:
        patient = call.found("patients", ident, "Patient")
        permitted(call, ident, "research")
        made.append(_anonymous(call, patient, given.get("preserve_fields") or []))
    ident = call.system.uuid()
    call.keep("anonymizations", ident, {"id": ident, **given, "created_at": call.stamp})
    return answer(
        200,
        {
            "anonymization_id": ident,
            "anonymization_level": given["anonymization_level"],
            "records": made,
            "total": len(made),
            "created_at": call.stamp,
        },
    )


def metrics(call: Call) -> Response:
    """``GET /metrics``: administrators only."""
    lines = ["# TYPE sandbox_rows gauge"]
    lines += [f'sandbox_rows{{table="{name}"}} {len(table)}' for name, table in sorted(call.system.tables.items())]
    lines += ["# TYPE sandbox_requests counter", f"sandbox_requests {len(call.system.log.asked)}", ""]
    return Response(200, {"Content-Type": "text/plain; version=0.0.4"}, "\n".join(lines).encode())


def status(call: Call) -> Response:
    """``GET /status``: administrators only."""
    rows = {name: len(table) for name, table in sorted(call.system.tables.items())}
    return answer(200, {"status": "healthy", "service": "healthcare-records", "time": call.stamp, "rows": rows})


def _anonymous(call: Call, patient: Record, kept: list[str]) -> Record:
    born = str(patient["birth_date"])[:4]
    years = civil(call.now).year - int(born) if born.isdecimal() else -1
    decade = years // 10 * 10
    code = str((patient.get("address") or [{}])[0].get("postal_code") or "")
    all_fields = {
        "age_group": f"{decade}-{decade + 9}" if years >= 0 else "unknown",
        "gender": patient["gender"],
        "zip_code_prefix": code[:3],
    }
    chosen = {name: value for name, value in all_fields.items() if name in kept}
    return {"subject": call.system.world.draw("anonymous", patient["id"]).hex()[:16], **chosen}


STAFF = ("provider", "admin")
ROUTES = (
    Route("GET", "/health", health, free=True),
    Route("POST", "/fhir/validate", validate, needs=STAFF),
    Route("POST", "/anonymize", anonymize, needs=("researcher", "admin")),
    Route("GET", "/metrics", metrics, needs=("admin",), optional=True),
    Route("GET", "/status", status, needs=("admin",), optional=True),
)
