"""What insurers are asked to pay, and what they answered, as Claim and ClaimResponse."""

from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import ICD10CM, Pointer, Row, clean, concept
from clinic_desktop.exchange.sums import money
from sync.records.exact import Json, Number

CLAIM = "urn:x-clinic-desktop:claim"
PRICE = "urn:x-clinic-desktop:price"
PAYER_CLAIM = "urn:x-clinic-desktop:payer-claim"
TYPE = ("http://terminology.hl7.org/CodeSystem/claim-type", "professional", "Professional")
PRIORITY = ("http://terminology.hl7.org/CodeSystem/processpriority", "normal", None)
FOLLOWS = ("http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship", "prior", None)
ADJUDICATION = "http://terminology.hl7.org/CodeSystem/adjudication"
PAYMENT = "http://terminology.hl7.org/CodeSystem/ex-paymenttype"
_OUTCOME = {"accepted": "queued", "rejected": "error", "paid": "complete", "partly_paid": "partial"}


def write(row: Row, point: Pointer) -> Json:
    """A claim with its lines; one that follows a refused one names it."""
    before = point("claims", row["resubmission_of"])
    insurance = {
        "sequence": 1,
        "focal": True,
        "coverage": point("covers", row["cover_id"]) or {"display": row["insurer"]},
    }
    if row["authorisation"]:
        insurance["preAuthRef"] = [row["authorisation"]]
    served = sorted(line["served_on"] for line in row["lines"])
    return clean(
        identifier=[{"system": CLAIM, "value": row["number"]}],
        status={"draft": "draft", "cancelled": "cancelled"}.get(row["status"], "active"),
        type=concept(*TYPE),
        use="claim",
        patient=point("patients", row["patient_id"]),
        billable_period=clean(start=served[0], end=served[-1]) if served else None,
        created=when.fhir_instant(row["made_at"]),
        insurer={"display": row["insurer"]},
        provider={"display": row["clinic"]},
        priority=concept(*PRIORITY),
        related=[{"claim": before, "relationship": concept(*FOLLOWS)}] if before else None,
        diagnosis=[
            {"sequence": place, "diagnosisCodeableConcept": concept(ICD10CM, code, None)}
            for place, code in enumerate((row["diagnoses"] or "").split(), start=1)
        ],
        insurance=[insurance],
        item=[_item(line, row["currency"]) for line in row["lines"]],
        total=money(row["claimed"], row["currency"]),
    )


def write_answer(row: Row, point: Pointer) -> Json:
    """What an insurer answered; an answer that was taken back is cancelled."""
    currency = row["currency"]
    sums = (("benefit", row["paid"]), ("copay", row["to_patient"]), ("deductible", row["written_off"]))
    said = " ".join(filter(None, (row["answer"].replace("_", " "), row["reason"], row["taken_back"])))
    paid = {"type": concept(PAYMENT, "complete" if row["answer"] == "paid" else "partial", None)}
    return clean(
        identifier=[{"system": PAYER_CLAIM, "value": row["payer_reference"]}] if row["payer_reference"] else None,
        status="cancelled" if row["taken_back"] else "active",
        type=concept(*TYPE),
        use="claim",
        patient=point("patients", row["patient_id"]),
        created=when.fhir_instant(row["entered_at"]),
        insurer={"display": row["insurer"]},
        request=point("claims", row["claim_id"]),
        outcome=_OUTCOME[row["answer"]],
        disposition=said,
        total=[
            {"category": concept(ADJUDICATION, code, None), "amount": money(amount, currency)}
            for code, amount in sums if amount
        ],
        payment=paid | {"date": row["answered_on"], "amount": money(row["paid"], currency)} if row["paid"] else None,
    )  # fmt: skip


def _item(line: Row, currency: str) -> Json:
    return clean(
        sequence=line["position"],
        diagnosis_sequence=[int(place) for place in (line["pointers"] or "").split()],
        product_or_service=concept(PRICE if line["code"] else None, line["code"], line["description"]),
        modifier=[{"text": one} for one in (line["modifiers"] or "").split()],
        serviced_date=line["served_on"],
        quantity={"value": Number(str(line["quantity"]))},
        net=money(line["amount"], currency),
    )
