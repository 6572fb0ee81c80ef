"""What was charged here, the invoices it stands on and what was paid: ChargeItem, Invoice, PaymentReconciliation."""

from clinic_desktop.clock import from_text
from clinic_desktop.domain.money import money_text
from clinic_desktop.exchange import when
from clinic_desktop.exchange.claims import PRICE
from clinic_desktop.exchange.mapped import Pointer, Row, clean, concept, status
from clinic_desktop.exchange.sums import money
from sync.records.exact import Json, Number

INVOICE = "urn:x-clinic-desktop:invoice"
RECEIPT = "urn:x-clinic-desktop:receipt"
PAYMENT = "http://terminology.hl7.org/CodeSystem/payment-type"
_CHARGED = {"pending": "billable", "invoiced": "billed", "cancelled": "aborted"}


def write(row: Row, point: Pointer) -> Json:
    """An invoice; what the patient owes of it and what insurers owe is said beside the sum."""
    currency, net = row["currency"], row["total"] - row["discount"]
    parts = [{"type": "base", "amount": money(row["total"], currency)}]
    if row["discount"]:
        parts.append({"type": "discount", "amount": money(-row["discount"], currency)})
    owed = ((row["insurer"] or "insurers", row["insurer_owes"]), ("the patient", row["patient_owes"]))
    return clean(
        identifier=[{"system": INVOICE, "value": row["number"]}],
        status="cancelled" if row["status"] == "void" else "issued",
        cancelled_reason=row["void_reason"],
        subject=point("patients", row["patient_id"]),
        date=when.fhir_instant(row["issued_at"]),
        line_item=[_line(line, currency, point) for line in row["lines"]],
        total_price_component=parts,
        total_net=money(net, currency),
        total_gross=money(net, currency),
        note=[{"text": f"Owed by {who}: {money_text(amount, currency)}"} for who, amount in owed if amount],
    )


def write_charge(row: Row, point: Pointer) -> Json:
    """One thing that was charged."""
    return clean(
        status=_CHARGED[row["status"]],
        code=concept(PRICE if row["price_code"] else None, row["price_code"], row["description"]),
        subject=point("patients", row["patient_id"]),
        context=point("encounters", row["encounter_id"]),
        occurrence_date_time=when.fhir_instant(row["charged_at"]),
        quantity={"value": Number(str(row["quantity"]))},
        price_override=money(row["unit_amount"] * row["quantity"], row["currency"]),
        override_reason=row["reason"],
        entered_date=when.fhir_instant(row["charged_at"]),
    )


def write_payment(row: Row, point: Pointer) -> Json:
    """A payment, or money given back, with the invoice it is for."""
    back = row["kind"] == "refund"
    amount = money(-row["amount"] if back else row["amount"], row["currency"])
    on = from_text(row["paid_at"]).astimezone().date().isoformat()
    detail = clean(
        type=status(PAYMENT, "adjustment" if back else "payment"),
        request=point("invoices", row["invoice_id"]),
        date=on,
        amount=amount,
    )
    said = (row["kind"], "by", row["method"].replace("_", " "), row["reference"], row["reason"])
    return clean(
        status="active",
        created=when.fhir_instant(row["paid_at"]),
        outcome="complete",
        disposition=" ".join(filter(None, said)),
        payment_date=on,
        payment_amount=amount,
        payment_identifier={"system": RECEIPT, "value": row["number"]},
        detail=[detail],
    )


def _line(line: Row, currency: str, point: Pointer) -> Json:
    charge = point("charges", line["charge_id"])
    what = {"chargeItemReference": charge} if charge else {"chargeItemCodeableConcept": {"text": line["description"]}}
    price = {"type": "base", "factor": Number(str(line["quantity"])), "amount": money(line["amount"], currency)}
    return {"sequence": line["position"] + 1} | what | {"priceComponent": [price]}
