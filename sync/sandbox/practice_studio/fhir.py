"""The FHIR base of Practice Studio: not there, unless a knob says so; then it reads patients and says that it does."""

from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.wire import Problem, Record, Response, answer

FHIR_TYPE = "application/fhir+json"
GENDERS = {"M": "male", "F": "female", "O": "other"}


def metadata(call: Call) -> Response:
    """``GET /fhir/r4/metadata``."""
    _there(call)
    return _fhir(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": call.stamp,
            "kind": "instance",
            "implementation": {"description": "Practice Studio (sandbox)", "url": f"{call.system.origin}/fhir/r4"},
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "rest": [
                {
                    "mode": "server",
                    "resource": [
                        {"type": "Patient", "interaction": [{"code": "read"}], "versioning": "no-version"},
                    ],
                }
            ],
        }
    )


def patient(call: Call) -> Response:
    """``GET /fhir/r4/Patient/{id}``."""
    _there(call)
    row = call.found("patients", call.params["id"])
    contact = row.get("contactInfo") or {}
    telecom = [{"system": kind, "value": contact[kind]} for kind in ("phone", "email") if contact.get(kind)]
    return _fhir(
        {
            "resourceType": "Patient",
            "id": row["id"],
            "identifier": [{"type": {"text": "MRN"}, "value": row["mrn"]}],
            "active": row.get("_status", "active") == "active",
            "name": [{"family": row["lastName"], "given": [row["firstName"]]}],
            "telecom": telecom,
            "gender": GENDERS.get(str(row.get("gender")), "unknown"),
            "birthDate": row["dateOfBirth"],
        }
    )


def _there(call: Call) -> None:
    if not call.system.knobs.fhir:
        raise Problem(404, "Resource not found")


def _fhir(resource: Record) -> Response:
    response = answer(200, resource)
    response.headers["Content-Type"] = FHIR_TYPE
    return response


ROUTES = (
    Route("GET", "/fhir/r4/metadata", metadata, free=True, extra=True),
    Route("GET", "/fhir/r4/Patient/{id}", patient, needs=("read:patients",), extra=True),
)
