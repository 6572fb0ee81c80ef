"""Invoices, payments and claims of AROCORD: written, and never to be read again."""

from sync.sandbox.answers import one
from sync.sandbox.call import Call
from sync.sandbox.routing import Route
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Response

INVOICE = Shape(
    {
        "patient_id": "->patients!",
        "consultation_id": "->consultations",
        "charges": "objects!",
        "due_date": "date",
    }
)
PAYMENT = Shape(
    {
        "invoice_id": "->invoices!",
        "payment_method": "text!",
        "amount": "money!",
        "payment_details": "object",
    }
)
CLAIM = Shape(
    {
        "invoice_id": "->invoices!",
        "insurance_provider": "text!",
        "policy_number": "text!",
        "diagnosis_codes": "texts",
        "procedure_codes": "texts",
    }
)


def invoice(call: Call) -> Response:
    """``POST /billing/invoices``."""
    given = call.checked(INVOICE)
    total = round(sum(_amount(charge) for charge in given["charges"]), 2)
    number = call.system.numbered("INV")
    made = call.new("invoices", {"invoice_number": number, **given, "total": total, "paid": 0, "status": "open"})
    call.tell("billing.invoice", {"invoice": made})
    return one(call, "invoice", made, 201)


def pay(call: Call) -> Response:
    """``POST /billing/payments``: the same payment sent twice is taken twice, as nothing says otherwise."""
    given = call.checked(PAYMENT)
    bill = call.found("invoices", given["invoice_id"])
    made = call.new("payments", {**given, "status": "completed"})
    paid = round(bill["paid"] + given["amount"], 2)
    state = "paid" if paid >= bill["total"] else "open"
    call.keep("invoices", bill["id"], {**bill, "paid": paid, "status": state}, "pay")
    return one(call, "payment", made, 201)


def claim(call: Call) -> Response:
    """``POST /billing/insurance-claims``."""
    given = call.checked(CLAIM)
    number = call.system.numbered("CLM")
    made = call.new("claims", {"claim_number": number, **given, "status": "submitted", "submitted_at": call.stamp})
    return one(call, "claim", made, 201)


def _amount(charge: dict[str, object]) -> float:
    total = charge.get("total")
    if not isinstance(total, int | float) or isinstance(total, bool):
        raise Problem(400, "Invalid request data", fields=(("charges", "each needs a total"),))
    return float(total)


ROUTES = (
    Route("POST", "/billing/invoices", invoice, "write", ("staff",)),
    Route("POST", "/billing/payments", pay, "write", ("staff",)),
    Route("POST", "/billing/insurance-claims", claim, "write", ("staff",)),
)
