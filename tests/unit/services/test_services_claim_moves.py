"""What the primary insurer does not pay goes to the secondary: shown first, moved by an act, given back by a cancel."""

from datetime import date

import pytest

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import claim_answers, claim_batches, claim_moves, claims
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.claim_views import Claim, claim
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.insurance import invoice_shares
from tests.conftest import DeskFor
from tests.unit.services.insured import Insured

TODAY = date(2026, 3, 10)


@pytest.fixture
def insured(store: Store, desk_for: DeskFor) -> Insured:
    return Insured(store, desk_for, copay=0)


def answered(insured: Insured, made: str, answer: NewAnswer) -> Claim:
    one = insured.complete(made)
    claims.make_ready(insured.cashier, made, expect=one.revision)
    claim_batches.mark_sent(insured.cashier, claim_batches.make_batch(insured.cashier, [made]), expect=1)
    one = claim(insured.cashier, made)
    claim_answers.enter_answer(insured.cashier, made, answer, expect=one.revision)
    return claim(insured.cashier, made)


def owed(insured: Insured) -> list[int]:
    with insured.store.read() as connection:
        rows = connection.execute(invoice_shares.select().order_by(invoice_shares.c.position)).all()
    return [row.amount for row in rows]


def ledger(insured: Insured) -> list[tuple[str, int]]:
    with insured.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT account, sum(amount) FROM ledger GROUP BY account ORDER BY account")
        return [(row[0], row[1]) for row in rows]


REFUSED = NewAnswer("rejected", TODAY, payer_reference="R-1", reason="not covered by this plan")


def test_what_is_refused_is_shown_then_asked_of_the_secondary_with_the_first_answer(insured: Insured) -> None:
    insured.second()
    first, _second = claims.make_claims(insured.cashier, insured.invoice(2))
    one = answered(insured, first, REFUSED)
    before, money = owed(insured), ledger(insured)
    assert (before, one.open) == ([2400, 300], 2400)
    moving, _patient = claim_moves.what_moves(insured.cashier, first)
    assert (moving.open, moving.moved, moving.stays, moving.insurer) == (2400, 1200, 1200, "Workers' Scheme")
    assert owed(insured) == before, "looking moves nothing"
    made = claim_moves.move_to_secondary(insured.cashier, first, expect=one.revision)
    new, old = claim(insured.cashier, made), claim(insured.cashier, first)
    assert (new.claimed, new.insurer, new.position, new.status) == (1200, "Workers' Scheme", 2, "draft")
    assert new.primary is not None
    assert (new.primary.insurer, new.primary.paid, new.primary.reason) == (
        "Harbour Mutual", 0, "not covered by this plan",
    )  # fmt: skip
    assert (old.open, old.moved) == (1200, 1200)
    assert owed(insured) == [1200, 1500]
    assert ledger(insured) == money, "no money moves"
    assert not [one for one in insured.complete(made).findings if one.stops]


def test_part_payment_moves_only_what_is_open_and_a_cancel_gives_it_back(insured: Insured) -> None:
    insured.second(100)
    first, _second = claims.make_claims(insured.cashier, insured.invoice(2))
    one = answered(insured, first, NewAnswer("paid", TODAY, 2000, payer_reference="R"))
    before = owed(insured)
    made = claim_moves.move_to_secondary(insured.cashier, first, expect=one.revision)
    assert claim(insured.cashier, made).claimed == 400
    assert claim(insured.cashier, first).open == 0
    with pytest.raises(Refusal, match="Cancel that claim first"):
        claim_answers.take_back_answer(
            insured.cashier, claim(insured.cashier, first).answers[0].id, reason="typed wrongly",
            expect=claim(insured.cashier, first).revision,
        )  # fmt: skip
    with pytest.raises(Refusal, match="Nothing is open"):
        claim_moves.move_to_secondary(insured.cashier, first, expect=claim(insured.cashier, first).revision)
    claims.cancel_claim(insured.cashier, made, reason="asked by telephone", expect=1)
    assert (claim(insured.cashier, first).open, owed(insured)) == (400, before)


def test_without_a_secondary_cover_on_the_day_nothing_moves_and_the_words_say_so(insured: Insured) -> None:
    (first,) = claims.make_claims(insured.cashier, insured.invoice(2))
    one = answered(insured, first, REFUSED)
    with pytest.raises(Refusal, match="No secondary cover of the patient was in force on 10-Mar-2026"):
        claim_moves.move_to_secondary(insured.cashier, first, expect=one.revision)
    assert owed(insured) == [2400]


def test_a_claim_that_was_not_answered_or_is_the_secondarys_is_not_moved(insured: Insured) -> None:
    insured.second()
    first, second = claims.make_claims(insured.cashier, insured.invoice(2))
    with pytest.raises(Refusal, match="draft"):
        claim_moves.what_moves(insured.cashier, first)
    one = answered(insured, second, REFUSED)
    with pytest.raises(Refusal, match="Only what the first insurer"):
        claim_moves.move_to_secondary(insured.cashier, second, expect=one.revision)


def test_of_two_windows_that_move_it_one_is_refused(insured: Insured) -> None:
    insured.second()
    first, _second = claims.make_claims(insured.cashier, insured.invoice(2))
    one = answered(insured, first, REFUSED)
    claim_moves.move_to_secondary(insured.cashier, first, expect=one.revision)
    before = owed(insured)
    with pytest.raises(Refusal, match="meanwhile"):
        claim_moves.move_to_secondary(insured.cashier, first, expect=one.revision)
    assert owed(insured) == before


@pytest.mark.parametrize("role", ["doctor", "nurse", "front_desk", "pharmacist", "laboratory"])
def test_only_those_who_claim_move(insured: Insured, desk_for: DeskFor, role: str) -> None:
    (first,) = claims.make_claims(insured.cashier, insured.invoice(2))
    with pytest.raises(Refusal, match="may not do this"):
        claim_moves.move_to_secondary(desk_for(role), first, expect=1)
