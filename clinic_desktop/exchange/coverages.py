"""The covers of this clinic's patients as Coverage."""

from clinic_desktop.exchange.mapped import UCUM, Pointer, Row, clean, concept
from clinic_desktop.exchange.observations import quantity
from clinic_desktop.exchange.sums import money
from sync.records.exact import Json

RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"
CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class"
COPAY = "http://terminology.hl7.org/CodeSystem/coverage-copay-type"
PAYER = "urn:x-clinic-desktop:payer"


def write(row: Row, point: Pointer) -> Json:
    """A cover with its plan: what the patient pays, as a share and by the visit, stands in it."""
    payer = {"system": PAYER, "value": row["payer_code"]} if row["payer_code"] else None
    own_share = quantity(str(100 - row["share"]), "%", "%", UCUM, None)
    costs = [{"type": concept(COPAY, "copaypct", None), "valueQuantity": own_share}]
    if row["copay"]:
        costs.append({"type": concept(COPAY, "copay", None), "valueMoney": money(row["copay"], row["currency"])})
    classes = [{"type": concept(CLASS, "plan", None), "value": row["plan"], "name": row["plan"]}]
    if row["group_number"]:
        classes.append({"type": concept(CLASS, "group", None), "value": row["group_number"]})
    return clean(
        status="cancelled" if row["ended_on"] else "active",
        type={"text": row["plan"]},
        policy_holder=clean(display=row["holder"]) or None,
        subscriber_id=row["policy_number"],
        beneficiary=point("patients", row["patient_id"]),
        relationship=concept(RELATIONSHIP, row["relation"], None),
        period=clean(start=row["valid_from"], end=row["ended_on"] or row["valid_until"]),
        payor=[clean(identifier=payer, display=row["insurer"])],
        order=row["position"],
    ) | {"class": classes, "costToBeneficiary": costs}
