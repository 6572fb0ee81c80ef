"""Charges and claims of HMS: written only."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise.links import linked
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Response, answer

CHARGE = Shape(
    {
        "patient_id": "->patients!",
        "encounter_id": "->encounters",
        "charge_date": "instant!",
        "charge_code": "text!",
        "description": "text",
        "quantity": "count!",
        "unit_price": "money!",
        "total_amount": "money!",
        "insurance_amount": "money",
        "patient_amount": "money",
        "billing_provider_id": "->providers",
        "diagnosis_codes": "texts",
        "modifiers": "texts",
        "notes": "text",
    }
)
CLAIM = Shape(
    {
        "patient_id": "->patients!",
        "insurance_provider": "text!",
        "policy_number": "text!",
        "group_number": "text",
        "charges": "texts!",
        "total_amount": "money!",
        "patient_responsibility": "money",
        "submission_method": "text",
        "diagnoses": "texts",
    }
)


def charge(call: Call) -> Response:
    """``POST /api/v1/billing/charges``."""
    given = call.checked(CHARGE)
    made = call.new("charges", {"charge_number": call.system.numbered("CHG"), **given, "status": "pending"})
    return answer(201, linked(call, "charge", made))


def claim(call: Call) -> Response:
    """``POST /api/v1/billing/claims``."""
    given = call.checked(CLAIM)
    unknown = [ident for ident in given["charges"] if not call.knows("charges", ident)]
    if unknown or not given["charges"]:
        said = f"no such charge: {unknown[0]}" if unknown else "must not be empty"
        raise Problem(422, "Invalid request data", fields=(("charges", said),))
    number = call.system.numbered("CLM")
    made = call.new("claims", {"claim_number": number, **given, "status": "submitted", "submitted_at": call.stamp})
    return one(call, "claim", made, 201, usual="bare")


def read(call: Call) -> Response:
    """``/v1/billing/charges/{id}``: only a link."""
    return answer(200, linked(call, "charge", call.found("charges", call.params["id"])))


ROUTES = (
    Route("POST", "/billing/charges", charge),
    Route("POST", "/billing/claims", claim),
    Route("GET", "/billing/charges/{id}", read, optional=True),
)
