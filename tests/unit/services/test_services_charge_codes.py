"""How charges are coded, what stands on the invoice and the claim, and when and how it is paid."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import administration, billing, cash, charge_codes, claim_views, claims, invoices
from clinic_desktop.services.cash import Card
from clinic_desktop.services.charge_codes import ChargeCode
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.services.insured import Insured

CODED = ChargeCode("99213", "25", "G44.1", "seen for headache")


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> Insured:
    return Insured(store, desk_for)


def charge(clinic: Insured) -> str:
    return billing.charge_by_hand(clinic.cashier, clinic.patient, "visit")


def test_a_charge_begins_with_the_code_of_its_price_and_has_a_number(clinic: Insured, desk_for: DeskFor) -> None:
    admin = desk_for("administrator")
    price = administration.price_list(admin)[0]
    administration.change_price(
        admin, price.id, name=price.name, amount=price.amount, active=True, procedure_code="99203",
        expect=price.revision,
    )  # fmt: skip
    charge(clinic)
    (shown,) = billing.pending_charges(clinic.cashier, clinic.patient)
    assert (shown.code.procedure_code, shown.number[:4]) == ("99203", "CHG-")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("procedure_code", replace(CODED, procedure_code="visit")), ("modifiers", replace(CODED, modifiers="255")),
     ("procedure_code", replace(CODED, procedure_code="")), ("diagnoses", replace(CODED, diagnoses="headache")),
     ("provider", replace(CODED, provider_id="nobody"))],
)  # fmt: skip
def test_what_cannot_be_billed_so_is_refused_at_its_field(clinic: Insured, field: str, wrong: ChargeCode) -> None:
    made = charge(clinic)
    with pytest.raises(Refusal) as refused:
        charge_codes.code_charge(clinic.cashier, made, wrong, expect=1)
    assert refused.value.field == field


def test_the_codes_go_on_the_invoice_and_the_claim(clinic: Insured) -> None:
    made = charge(clinic)
    charge_codes.code_charge(clinic.cashier, made, CODED, expect=1)
    with pytest.raises(Refusal, match="Somebody changed this meanwhile"):
        charge_codes.code_charge(clinic.cashier, made, replace(CODED, modifiers="59"), expect=1)
    invoice = invoices.issue_invoice(clinic.cashier, clinic.patient, [made], due_on=date(2026, 4, 10)).id
    shown = invoices.invoice(clinic.cashier, invoice)
    assert (shown.due_on, shown.lines[0].procedure_code, shown.lines[0].modifiers) == ("2026-04-10", "99213", "25")
    claim = claim_views.claim(clinic.cashier, claims.make_claims(clinic.cashier, invoice)[0])
    assert (claim.diagnoses, claim.lines[0].code, claim.lines[0].modifiers) == (("G44.1",), "99213", "25")
    with pytest.raises(Refusal, match="invoiced or taken off"):
        charge_codes.code_charge(clinic.cashier, made, CODED, expect=3)


def test_a_claim_is_sent_in_a_way_that_there_is_and_a_new_one_goes_the_same_way(clinic: Insured) -> None:
    claim = clinic.claim()
    kept: dict[str, Any] = {"diagnoses": "I10", "authorisation": ""}
    with pytest.raises(Refusal) as refused:
        claims.change_claim(clinic.cashier, claim.id, **kept, submission_method="owl", expect=claim.revision)
    assert refused.value.field == "submission_method"
    claims.change_claim(clinic.cashier, claim.id, **kept, submission_method="portal", expect=claim.revision)
    claims.change_claim(clinic.cashier, claim.id, **kept, expect=claim.revision + 1)
    assert claim_views.claim(clinic.cashier, claim.id).submission_method == "portal"


def test_an_invoice_is_not_due_before_it_was_made(clinic: Insured) -> None:
    with pytest.raises(Refusal) as refused:
        invoices.issue_invoice(clinic.cashier, clinic.patient, [charge(clinic)], due_on=date(2026, 3, 9))
    assert refused.value.field == "due_on"


def test_no_more_of_a_card_is_kept_than_four_digits_and_only_where_a_card_paid(clinic: Insured) -> None:
    invoice = invoices.issue_invoice(clinic.cashier, clinic.patient, [charge(clinic)]).id
    cash.open_shift(clinic.cashier, 0)
    for method, card, field in (
        ("card", Card("visa", "4111111111111111"), "card_last_four"),
        ("card", Card("owl", "1234"), "card_type"),
        ("cash", Card("visa", "1234"), "card_type"),
    ):
        with pytest.raises(Refusal) as refused:
            cash.take_payment(clinic.cashier, invoice, amount=100, method=method, card=card)
        assert refused.value.field == field
    taken = cash.take_payment(clinic.cashier, invoice, amount=100, method="card", card=Card("visa", "1234"))
    assert cash.receipt(clinic.cashier, taken.id).card == Card("visa", "1234")
    assert len(invoices.invoice(clinic.cashier, invoice).payments) == 1
