"""Orders, dispenses and money as the clinic's chart tells them: sums, whole prescriptions, and who asked for it."""

from decimal import Decimal
from typing import Any

import pytest

from sync.port import Body, CannotTell, Kind, Remote, Story, Telling
from sync.records.claim import Claim
from sync.records.condition import Condition
from sync.records.coverage import Coverage
from sync.records.dispense import MedicationDispense
from sync.records.elements import Resource
from sync.records.invoice import ChargeItem, Invoice
from sync.records.medication import MedicationRequest
from sync.records.observation import Observation
from sync.records.organization import Organization
from sync.records.payment import PaymentNotice
from sync.records.practitioner import Practitioner
from sync.records.request import ServiceRequest
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.remotes.hms_enterprise.remote import HmsRemote
from sync.telling.work import CPT, procedure_code
from tests.unit.sync.loopback import Watch
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked, Unlinked


def of(kind: type[Resource], **members: Any) -> Any:
    return kind.model_validate({"resourceType": kind.__name__, **members})


def body(remote: Remote, kind: Kind, first: Resource, *rest: Resource, **more: Any) -> Body:
    found = remote.project(Story(kind, more.pop("local_id", "l"), 1, "p", first, rest, **more), Linked())
    assert isinstance(found, Telling), found
    return found.body


def arocord() -> ArocordRemote:
    return ArocordRemote(Recorder(), {})


def hms() -> HmsRemote:
    return HmsRemote(Recorder(), Watch(), {})


HYPERTENSION = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10"}]}
PATIENT = {"reference": "Patient/p"}
DOCTOR = of(Practitioner, id="d", name=[{"text": "Dr. Ada"}])


def charge(total: str, many: int = 1, **code: Any) -> ChargeItem:
    made: ChargeItem = of(
        ChargeItem,
        id="c",
        status="billed",
        code={"text": "Visit", "coding": [{"system": CPT, "code": "99213"}]} | code,
        subject=PATIENT,
        quantity={"value": many},
        priceOverride={"value": Decimal(total), "currency": "USD"},
    )
    return made


def test_a_price_override_is_the_sum_of_the_line_and_the_price_of_one_follows_from_it() -> None:
    told = body(hms(), Kind.CHARGE, charge("50.00", 2))
    assert (told["quantity"], told["unit_price"], told["total_amount"]) == (2, 25, 50)
    [line] = body(arocord(), Kind.INVOICE, of(Invoice, status="issued", subject=PATIENT), charge("50.00", 2))["charges"]
    assert line == {"description": "Visit", "cpt_code": "99213", "quantity": 2, "unit_price": 25, "total": 50}


def test_an_invoice_with_a_discount_is_for_a_person_where_only_its_charges_are_taken() -> None:
    net = {"value": Decimal("160.00"), "currency": "USD"}
    invoice = of(Invoice, status="issued", subject=PATIENT, totalNet=net)
    reduced = arocord().project(Story(Kind.INVOICE, "l", 1, "p", invoice, (charge("200.00"),)), Linked())
    assert isinstance(reduced, CannotTell)
    assert "discount" in reduced.why
    assert body(arocord(), Kind.INVOICE, invoice, charge("100.00", 2), charge("60"))["charges"], "the same sum is told"


def test_a_price_of_one_that_does_not_come_out_even_is_not_told() -> None:
    told = body(hms(), Kind.CHARGE, charge("10.00", 3))
    assert "unit_price" not in told
    assert (told["quantity"], told["total_amount"]) == (3, 10)


@pytest.mark.parametrize("code", ["99213", "0001A", "J3490", "VISIT"])
def test_a_code_of_our_own_list_is_never_told_as_a_procedure_whatever_its_form(code: str) -> None:
    priced = {"system": "urn:x-clinic-desktop:price", "code": code}
    assert procedure_code(charge("1", 1, coding=[priced]).code) is None
    assert procedure_code(charge("1", 1, coding=[priced, {"system": CPT, "code": "99214"}]).code) == "99214"


@pytest.mark.parametrize(
    ("codings", "told"),
    [
        ([{"system": "urn:x-clinic-desktop:price", "code": "99213"}], None),
        ([{"system": "urn:x-clinic-desktop:price", "code": "VISIT"}], "VISIT"),
        ([{"system": "urn:x-clinic-desktop:price", "code": "VISIT"}, {"system": CPT, "code": "99214"}], "99214"),
        ([{"system": CPT, "code": "J3490"}], "J3490"),
        ([{"system": CPT, "code": "0001U"}], "0001U"),
        ([{"system": CPT, "code": "visit"}], None),
        ([{"system": CPT, "code": "99213-25"}], None),
    ],
)
def test_hms_is_told_a_procedure_or_what_looks_like_none_and_without_either_a_person_tells_it(
    codings: list[dict[str, str]], told: str | None
) -> None:
    story = Story(Kind.CHARGE, "l", 1, "p", charge("50.00", coding=codings))
    found = hms().project(story, Linked())
    assert (found.body["charge_code"] if isinstance(found, Telling) else None) == told
    assert isinstance(found, Telling) or "CPT, HCPCS or the clinic's list" in found.why


def test_a_charge_says_why_with_the_diagnoses_of_its_visit() -> None:
    told = body(hms(), Kind.CHARGE, charge("1.00"), of(Condition, code=HYPERTENSION, subject=PATIENT))
    assert told["diagnosis_codes"] == ["I10"]


def test_money_in_another_currency_is_not_told_at_all() -> None:
    euro = charge("1.00").model_copy(update={"price_override": of(ChargeItem, status="billed", code={}, subject=PATIENT,
                  priceOverride={"value": 1, "currency": "EUR"}).price_override})  # fmt: skip
    found = hms().project(Story(Kind.CHARGE, "l", 1, "p", euro), Linked())
    assert isinstance(found, CannotTell)
    assert "EUR" in found.why


def test_a_payment_says_how_it_was_made() -> None:
    paid = of(PaymentNotice, status="active", created="2026-03-10", request={"reference": "Invoice/i"},
              amount={"value": Decimal("20.00"), "currency": "USD"}, paymentStatus={"text": "card"})  # fmt: skip
    assert body(arocord(), Kind.PAYMENT, paid) == {
        "invoice_id": "invoice-i", "payment_method": "credit_card", "amount": 20,
    }  # fmt: skip


def claim(*rest: Resource, code: str = "99213", **more: Any) -> Story:
    first = of(
        Claim, status="active", use="claim", type={"text": "x"}, created="2026-03-10", provider={"display": "Clinic"},
        priority={"text": "normal"}, patient=PATIENT, total={"value": Decimal("50.00"), "currency": "USD"},
        insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c"}}],
        item=[{"sequence": 1, "productOrService": {"coding": [{"system": CPT, "code": code}]}}],
        diagnosis=[{"sequence": 1, "diagnosisCodeableConcept": HYPERTENSION}], **more,
    )  # fmt: skip
    cover = of(Coverage, status="active", beneficiary=PATIENT, subscriberId="B1", order=1,
               payor=[{"reference": "Organization/o"}],
               **{"class": [{"type": {"coding": [{"code": each}]}, "value": each} for each in ("plan", "group")]},
    )  # fmt: skip
    return Story(Kind.CLAIM, "l", 1, "p", first, (cover, of(Organization, id="o", name="Blue Cross"), *rest))


def test_a_claim_names_the_insurer_the_invoice_and_its_charges() -> None:
    story = claim(of(Invoice, id="i", status="issued"), charge("50.00"))
    told, theirs = arocord().project(story, Linked()), hms().project(story, Linked())
    assert isinstance(told, Telling)
    assert told.body == {
        "invoice_id": "invoice-i", "insurance_provider": "Blue Cross", "policy_number": "B1",
        "diagnosis_codes": ["I10"], "procedure_codes": ["99213"],
    }  # fmt: skip
    assert isinstance(theirs, Telling)
    assert (theirs.body["charges"], theirs.body["total_amount"], theirs.body["diagnoses"]) == (
        ["charge-c"],
        50,
        ["I10"],
    )
    assert theirs.body["group_number"] == "group", "the plan is no group"


@pytest.mark.parametrize(("way", "is_told"), [("electronic", True), ("paper", False), ("portal", False)])
def test_a_claim_that_goes_to_its_insurer_another_way_is_for_a_person(way: str, *, is_told: bool) -> None:
    story = claim(of(Invoice, id="i", status="issued"), charge("50.00"), submissionMethod=way)
    for remote in (arocord(), hms()):
        found = remote.project(story, Linked())
        assert isinstance(found, Telling) is is_told
        assert is_told or (isinstance(found, CannotTell) and way in found.why)


def test_a_claim_asks_for_what_its_lines_say_since_they_may_be_corrected() -> None:
    invoice = of(Invoice, id="i", status="issued")
    found = arocord().project(claim(invoice, charge("50.00"), code="99214"), Linked())
    assert isinstance(found, Telling)
    assert found.body["procedure_codes"] == ["99214"]


def test_a_claim_for_an_invoice_that_nobody_names_is_for_a_person() -> None:
    for remote in (arocord(), hms()):
        assert isinstance(remote.project(claim(), Linked()), CannotTell)


def test_a_dispense_is_of_the_whole_prescription_and_says_whether_the_patient_was_told() -> None:
    handed = of(
        MedicationDispense, id="h", status="completed", subject=PATIENT,
        performer=[{"actor": {"reference": "Practitioner/d"}}], note=[{"text": "With food."}],
        authorizingPrescription=[{"reference": "MedicationRequest/line"}, {"reference": "RequestGroup/rx"}],
    )  # fmt: skip
    assert body(arocord(), Kind.DISPENSE, handed, act="dispense") == {
        "prescription_id": "prescription-rx", "dispensed_by": "practitioner-d", "counseling_provided": True,
        "counseling_notes": "With food.",
    }  # fmt: skip
    waiting = arocord().project(Story(Kind.DISPENSE, "l", 1, "p", handed, act="dispense"), Unlinked())
    assert isinstance(waiting, Telling)
    assert waiting.needs == ((Kind.PRESCRIPTION, "rx"), (Kind.PRACTITIONER, "d"))


def test_who_ordered_it_is_known_where_the_order_has_a_name_alone() -> None:
    test = of(ServiceRequest, id="t", status="active", intent="order", subject=PATIENT, code={"text": "CBC"},
              requester={"display": "Dr. Ada"})  # fmt: skip
    assert body(arocord(), Kind.LAB_ORDER, test, DOCTOR)["doctor_id"] == "practitioner-d"
    assert body(hms(), Kind.LAB_ORDER, test, DOCTOR)["provider_id"] == "practitioner-d"
    assert isinstance(hms().project(Story(Kind.LAB_ORDER, "l", 1, "p", test), Linked()), CannotTell)


class OneOrder(Linked):
    """Only the order is known there, under its own id."""

    def there(self, kind: Kind, local_id: str) -> str | None:
        return "r-9" if (kind, local_id) == (Kind.LAB_ORDER, "order") else None


def test_results_are_told_under_their_order_whatever_their_test() -> None:
    result = of(
        Observation,
        status="final",
        code={"coding": [{"code": "WBC"}]},
        basedOn=[{"reference": "ServiceRequest/t"}],
        valueQuantity={"value": Decimal("7.20"), "unit": "K/uL"},
    )
    story = Story(Kind.LAB_RESULT, "order", 1, "p", result)
    found = arocord().project(story, OneOrder())
    assert isinstance(found, Telling)
    assert (found.body["order_id"], found.needs) == ("r-9", ())
    waiting = arocord().project(story, Unlinked())
    assert isinstance(waiting, Telling)
    assert waiting.needs == ((Kind.LAB_ORDER, "order"),)


def test_a_prescription_as_it_is_signed_here_keeps_its_sig_its_prescriber_and_its_pharmacy() -> None:
    line = of(
        MedicationRequest, id="m", status="active", intent="order", subject=PATIENT,
        medicationCodeableConcept={"text": "Lisinopril 10mg tablet"},
        requester={"display": "Dr. Ada", "identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1"}},
        reasonCode=[HYPERTENSION, {"text": "Hypertension"}],
        dosageInstruction=[{"text": "1 tablet once daily", "patientInstruction": "In the morning"}],
        dispenseRequest={"numberOfRepeatsAllowed": 3, "quantity": {"value": 30}, "performer": {"display": "Main St"}},
    )  # fmt: skip
    theirs = body(hms(), Kind.PRESCRIPTION, line, DOCTOR)
    assert theirs["provider_id"] == "practitioner-d"
    assert theirs["dosage"] == {"instructions": "1 tablet once daily; In the morning", "indications": "Hypertension"}
    assert (theirs["diagnosis_codes"], theirs["pharmacy"]) == (["I10"], {"name": "Main St"})
    told = body(arocord(), Kind.PRESCRIPTION, line, DOCTOR)
    assert told["doctor_id"] == "practitioner-d"
    assert told["medications"] == [
        {"name": "Lisinopril 10mg tablet", "dosage": "1 tablet once daily", "instructions": "In the morning",
         "quantity": 30, "refills": 3}
    ]  # fmt: skip
