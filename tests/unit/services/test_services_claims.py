"""From a cover to money in the ledger: the split, the claim, its check, its batch, the insurer's answer."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import claim_answers, claim_batches, claims, covers, insurance, invoices
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.claim_views import claim, claims_in, to_claim
from clinic_desktop.services.insurance import NewPlan
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import ledger
from tests.conftest import DeskFor
from tests.unit.services.insured import Insured

DAY = date(2026, 3, 10)


@pytest.fixture
def insured(store: Store, desk_for: DeskFor) -> Insured:
    return Insured(store, desk_for)


def balances(store: Store) -> dict[str, int]:
    with store.read() as connection:
        movements = connection.execute(
            select(func.sum(ledger.c.amount)).group_by(ledger.c.movement).having(func.sum(ledger.c.amount) != 0)
        ).all()
        assert movements == []
        rows = connection.execute(select(ledger.c.account, func.sum(ledger.c.amount)).group_by(ledger.c.account))
        return {account: total for account, total in rows if total}


def sent(insured: Insured, quantity: int = 1) -> str:
    one = insured.claim(quantity)
    claims.make_ready(insured.cashier, one.id, expect=one.revision)
    batch = claim_batches.make_batch(insured.cashier, [one.id])
    claim_batches.mark_sent(insured.cashier, batch, expect=1)
    return one.id


def answer(insured: Insured, claim_id: str, kind: str, **amounts: int) -> int:
    new = NewAnswer(kind, DAY, reason="as their letter says", payer_reference="REF 9", **amounts)
    return claim_answers.enter_answer(insured.cashier, claim_id, new, expect=claim(insured.cashier, claim_id).revision)


def test_a_cover_becomes_a_share_a_claim_a_batch_and_money(insured: Insured, store: Store) -> None:
    invoice = invoices.invoice(insured.cashier, insured.invoice(2))
    assert (invoice.insurer, invoice.insurer_owes, invoice.patient_owes) == ("Harbour Mutual", 2000, 1000)
    assert [row.amount for row in to_claim(insured.cashier)] == [2000]
    (made,) = claims.make_claims(insured.cashier, invoice.id)
    assert to_claim(insured.cashier) == ()
    one = claim(insured.cashier, made)
    assert (one.billed, one.claimed, one.open, one.status) == (3000, 2000, 2000, "draft")
    assert {found.field for found in one.findings if found.stops} == {"diagnoses"}
    with pytest.raises(Refusal, match="no diagnosis"):
        claims.make_ready(insured.cashier, made, expect=one.revision)
    one = insured.complete(made)
    assert [found.field for found in one.findings] == ["verified_on"]
    claims.make_ready(insured.cashier, made, expect=one.revision)
    batch = claim_batches.make_batch(insured.cashier, [made])
    claim_batches.mark_sent(insured.cashier, batch, expect=1)
    answer(insured, made, "paid", paid=1500, to_patient=300, written_off=200)
    assert [row.status for row in claims_in(insured.cashier, ["paid"])] == ["paid"]
    assert balances(store) == {
        "bank.insurer": 1500, "written_off": 200, "receivable.patient": 1300, "revenue": -3000
    }  # fmt: skip
    assert invoices.invoice(insured.cashier, invoice.id).outstanding == 1300


def test_a_line_under_the_clinics_own_code_is_said_before_it_is_sent(insured: Insured) -> None:
    (made,) = claims.make_claims(insured.cashier, insured.invoice())
    (own,) = (found for found in claim(insured.cashier, made).findings if found.field == "code")
    assert not own.stops
    assert own.words.format(**dict(own.facts)) == "Line 1 (Visit) bears the code of the clinic's own price list: visit."
    assert "code" not in {found.field for found in insured.complete(made).findings}


def test_an_invoice_tells_the_copay_where_it_explains_what_the_insurer_pays(insured: Insured) -> None:
    plan = insurance.plans_known(insured.cashier)[0]
    first = insured.invoice(2)
    told = [(one.share, one.copay, one.amount) for one in invoices.invoice(insured.cashier, first).shares]
    assert told == [(80, 500, 2000)]
    changed = NewPlan(insured.insurer, "Gold", 80, 700, filing_days=90)
    insurance.change_plan(insured.cashier, insured.plan, changed, expect=plan.revision)
    told = [(one.share, one.copay, one.amount) for one in invoices.invoice(insured.cashier, first).shares]
    assert told == [(80, 0, 2000)], "the plan says something else now"


def test_a_secondary_insurer_owes_its_share_of_what_is_left(insured: Insured) -> None:
    insured.second()
    invoice = invoices.invoice(insured.cashier, insured.invoice())
    assert [(one.insurer, one.amount) for one in invoice.shares] == [("Harbour Mutual", 800), ("Workers' Scheme", 350)]
    assert invoice.patient_owes == 350
    assert len(claims.make_claims(insured.cashier, invoice.id)) == 2


def test_without_a_cover_the_registration_counts_as_before(insured: Insured, desk_for: DeskFor) -> None:
    row = covers.covers_of(insured.cashier, insured.patient)[0]
    covers.end_cover(insured.cashier, row.id, date(2026, 3, 9), reason="left the firm", expect=row.revision)
    invoice = invoices.invoice(insured.cashier, insured.invoice())
    assert (invoice.insurer, invoice.insurer_owes, invoice.shares) == ("NHIA", 1050, ())
    with pytest.raises(Refusal, match="No cover"):
        claims.make_claims(insured.cashier, invoice.id)


def test_a_claim_is_made_once_and_again_after_it_is_cancelled(insured: Insured) -> None:
    one = insured.claim()
    with pytest.raises(Refusal, match="already"):
        claims.make_claims(insured.cashier, one.invoice_id)
    with pytest.raises(Refusal, match="Cancel it"):
        invoices.void_invoice(insured.cashier, one.invoice_id, reason="wrong patient", expect=1)
    claims.cancel_claim(insured.cashier, one.id, reason="wrong patient", expect=one.revision)
    assert len(claims.make_claims(insured.cashier, one.invoice_id)) == 1


def test_the_invoice_of_a_cancelled_claim_can_be_void_and_the_books_are_empty(insured: Insured, store: Store) -> None:
    one = insured.claim()
    claims.cancel_claim(insured.cashier, one.id, reason="wrong patient", expect=one.revision)
    invoices.void_invoice(insured.cashier, one.invoice_id, reason="wrong patient", expect=1)
    assert balances(store) == {}


def test_a_rejected_claim_is_sent_again_and_the_first_takes_no_more_answers(insured: Insured, store: Store) -> None:
    first = sent(insured)
    revision = answer(insured, first, "rejected")
    again = claims.resubmit_claim(insured.cashier, first, expect=revision)
    new, old = claim(insured.cashier, again), claim(insured.cashier, first)
    assert (new.resubmission_of, old.resubmitted_as, new.claimed) == (old.number, new.number, 800)
    assert [found.field for found in new.findings if found.stops] == []
    with pytest.raises(Refusal, match="sent again"):
        answer(insured, first, "paid", paid=1)
    with pytest.raises(Refusal, match="again already"):
        claims.resubmit_claim(insured.cashier, first, expect=revision)


def test_what_was_paid_in_part_is_claimed_again_for_the_rest_alone(insured: Insured) -> None:
    first = sent(insured)
    revision = answer(insured, first, "paid", paid=500)
    assert claim(insured.cashier, first).status == "partly_paid"
    again = claims.resubmit_claim(insured.cashier, first, expect=revision)
    assert claim(insured.cashier, again).claimed == 300


def test_an_answer_taken_back_leaves_the_books_as_they_were(insured: Insured, store: Store) -> None:
    first = sent(insured)
    before = balances(store)
    revision = answer(insured, first, "paid", paid=700, to_patient=100)
    (row,) = claim(insured.cashier, first).answers
    with pytest.raises(Refusal, match="Say why"):
        claim_answers.take_back_answer(insured.cashier, row.id, reason=" ", expect=revision)
    claim_answers.take_back_answer(insured.cashier, row.id, reason="wrong claim", expect=revision)
    one = claim(insured.cashier, first)
    assert (balances(store), one.status, one.open, one.paid) == (before, "sent", 800, 0)
    assert one.answers[0].taken_back == "wrong claim"


@pytest.mark.parametrize(
    ("kind", "amounts", "words"),
    [
        ("paid", {"paid": 801}, "more than is still open"),
        ("paid", {"paid": -1}, "at least 0"),
        ("paid", {}, "Enter what was paid"),
        ("accepted", {"paid": 1}, "not paid yet"),
        ("rejected", {"paid": 1}, "rejected claim"),
        ("lost", {}, "Choose what"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_moves_nothing(
    insured: Insured, store: Store, kind: str, amounts: dict[str, int], words: str
) -> None:
    first = sent(insured)
    before = balances(store)
    with pytest.raises(Refusal, match=words):
        answer(insured, first, kind, **amounts)
    assert balances(store) == before


def test_two_windows_do_not_answer_one_claim_twice(insured: Insured) -> None:
    first = sent(insured)
    seen = claim(insured.cashier, first).revision
    new = NewAnswer("paid", DAY, paid=400)
    claim_answers.enter_answer(insured.cashier, first, new, expect=seen)
    with pytest.raises(Refusal, match="Somebody changed"):
        claim_answers.enter_answer(insured.cashier, first, new, expect=seen)
    assert claim(insured.cashier, first).paid == 400


def test_a_batch_is_a_file_in_which_no_cell_is_a_formula(insured: Insured) -> None:
    one = insured.claim()
    edit = claims.LineEdit(one.lines[0].id, "=1+1", "-25", "1")
    claims.change_claim(
        insured.cashier, one.id, diagnoses="I10, E11.9", authorisation="@a", lines=[edit], expect=one.revision
    )
    claims.make_ready(insured.cashier, one.id, expect=one.revision + 1)
    batch = claim_batches.make_batch(insured.cashier, [one.id])
    (row,) = csv.DictReader(io.StringIO(claim_batches.batch_file(insured.cashier, batch, "csv").text))
    assert (row["code"], row["authorisation"], row["claimed"]) == ("'=1+1", "'@a", "8.00")
    assert (row["policy_number"], row["diagnoses"]) == ("ABC123456", "I10 E11.9")
    file = claim_batches.batch_file(insured.cashier, batch, "json")
    assert json.loads(file.text)[0]["code"] == "=1+1"
    assert file.patients == (insured.patient,)
    assert Path(file.name).name == file.name


def test_a_claim_taken_back_leaves_its_batch_and_an_empty_batch_is_not_sent(insured: Insured) -> None:
    one = insured.claim()
    revision = claims.make_ready(insured.cashier, one.id, expect=one.revision)
    batch = claim_batches.make_batch(insured.cashier, [one.id])
    claims.back_to_draft(insured.cashier, one.id, expect=revision + 1)
    assert claim_batches.batches(insured.cashier) == ()
    with pytest.raises(Refusal, match="no claim"):
        claim_batches.mark_sent(insured.cashier, batch, expect=2)


def test_the_same_service_on_the_same_day_is_pointed_out_but_may_be_done_twice(insured: Insured) -> None:
    insured.claim()
    second = insured.claim()
    assert [found.field for found in second.findings if not found.stops] == ["verified_on", "lines"]


def test_diagnoses_of_the_visit_stand_on_its_claim(insured: Insured) -> None:
    from clinic_desktop.services.acts import Act
    from clinic_desktop.services.billing import add_charge

    with insured.store.write(act="a" * 36, session=None) as unit:
        made = add_charge(
            Act(unit, insured.cashier.session, "A7"), patient_id=insured.patient, encounter_id=insured.visit,
            source_kind="consultation", source_id=insured.visit, price_code="visit", description="Visit",
        )  # fmt: skip
    assert made is not None
    issued = invoices.issue_invoice(insured.cashier, insured.patient, [made])
    (claim_id,) = claims.make_claims(insured.cashier, issued.id)
    one = claim(insured.cashier, claim_id)
    assert (one.diagnoses, one.lines[0].pointers) == (("I10",), "1")


def test_a_nurse_sees_no_claim(insured: Insured, desk_for: DeskFor) -> None:
    with pytest.raises(Refusal, match="role"):
        claims_in(desk_for("nurse"), ["draft"])


def test_a_code_as_long_as_a_price_lists_is_kept_whole_and_a_longer_one_is_refused(insured: Insured) -> None:
    one = insured.claim()
    for code, kept in (("M" * 60, True), ("M" * 61, False)):
        edit = claims.LineEdit(one.lines[0].id, code, "", "1")
        revision = claim(insured.cashier, one.id).revision
        if kept:
            claims.change_claim(
                insured.cashier, one.id, diagnoses="I10", authorisation="", lines=[edit], expect=revision
            )
        else:
            with pytest.raises(Refusal) as refused:
                claims.change_claim(
                    insured.cashier, one.id, diagnoses="I10", authorisation="", lines=[edit], expect=revision
                )
            assert refused.value.field == "code"
    assert claim(insured.cashier, one.id).lines[0].code == "M" * 60
