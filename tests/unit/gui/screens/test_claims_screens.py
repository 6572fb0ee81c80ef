"""Insurance and claims through the window: covered, claimed, completed, batched, answered, sent again."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.claims.view import ClaimsView
from clinic_desktop.gui.screens.insurance.view import InsuranceView
from clinic_desktop.services import claim_answers, claim_batches, claims, covers, insurance
from clinic_desktop.services.claim_views import claim, claims_in, to_claim
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.gui.screens.stage import Stage
from tests.unit.services.insured import Insured


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


@pytest.fixture
def insured(store: Store, desk_for: DeskFor) -> Insured:
    return Insured(store, desk_for)


def show(stage: Stage, **arguments: str) -> ClaimsView:
    view = stage.show("claims", "cashier", **arguments)
    assert isinstance(view, ClaimsView)
    return view


def page(stage: Stage, insured: Insured, role: str = "front_desk") -> InsuranceView:
    view = stage.show("insurance", role, patient_id=insured.patient)
    assert isinstance(view, InsuranceView)
    return view


def fill(view: ClaimsView | InsuranceView, name: str, text: str) -> None:
    line = view.findChild(QLineEdit, name)
    assert line is not None, name
    line.setText(text)


def test_the_front_desk_adds_a_second_cover_and_a_wrong_number_is_said_at_its_field(
    stage: Stage, insured: Insured
) -> None:
    view = page(stage, insured)
    view.plan.set_value(insured.plan)
    fill(view, "insurance.policy_number", "AB1")
    fill(view, "insurance.valid_from", "1-Jan-2026")
    view.position.set_value("2")
    view.primary()
    assert "no policy number" in view.number.error()
    fill(view, "insurance.policy_number", "12345678")
    view.primary()
    assert [row.position for row in covers.covers_of(insured.cashier, insured.patient)] == [1, 2]
    assert view.number.value() == ""


def test_a_cover_is_verified_changed_and_ended_beside_the_list(stage: Stage, insured: Insured) -> None:
    view = page(stage, insured)
    view.covers.select_row(0)
    assert (view.number.value(), view.form.is_touched) == ("ABC123456", False)
    stage.click(view, "insurance.verify")
    fill(view, "insurance.group_number", "GRP-2")
    view.primary()
    (row,) = covers.covers_of(insured.cashier, insured.patient)
    assert (row.group_number, row.verified_by) == ("GRP-2", "Front_Desk One")
    view.covers.select_row(0)
    view._choose(row)
    fill(view, "insurance.ended_on", "31-Mar-2026")
    stage.click(view, "insurance.end")
    assert view.why.error()
    fill(view, "insurance.reason", "left the firm")
    stage.click(view, "insurance.end")
    assert covers.covers_of(insured.cashier, insured.patient)[0].ended_reason == "left the firm"


def test_a_doctor_reads_covers_and_is_offered_no_act(stage: Stage, insured: Insured) -> None:
    view = page(stage, insured, "doctor")
    assert (len(view.covers.rows()), view.primary_enabled) == (1, False)
    assert not view.verified.isVisible()


def test_from_the_invoice_to_the_money_by_the_screen_alone(
    stage: Stage, insured: Insured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insured.invoice(2)
    view = show(stage)
    assert stage.window.counts["claims"] == 1
    view.primary()
    assert view.presenter.shown == "draft"
    view.primary()
    assert "no diagnosis" in view.edit.diagnoses.error()
    assert "no diagnosis" in view.panel.stops.text()
    fill(view, "claims.diagnoses", "I10")
    fill(view, "claims.code", "99213")
    fill(view, "claims.pointers", "1")
    stage.click(view, "claims.save")
    assert not view.panel.stops.isVisible()
    assert "verified" in view.panel.odd.text()
    view.primary()
    view.shows.set_value("ready")
    view.shows.edited.emit()
    view.primary()
    assert view.presenter.shown == "batches"
    target = tmp_path / "batch.csv"
    monkeypatch.setattr(
        "clinic_desktop.gui.screens.claims.view.QFileDialog.getSaveFileName", lambda *_a: (str(target), "")
    )
    stage.click(view, "claims.csv")
    assert "ABC123456" in target.read_text(encoding="utf-8")
    assert target.stat().st_mode & 0o077 == 0, "for its owner alone"
    view.primary()
    view.shows.set_value("sent")
    view.shows.edited.emit()
    fill(view, "claims.paid", "15.00")
    view.primary()
    assert [row.paid for row in claims_in(insured.cashier, ["partly_paid"])] == [1500]
    view.shows.set_value("answered")
    view.shows.edited.emit()
    stage.click(view, "claims.again")
    assert [row.claimed for row in claims_in(insured.cashier, ["draft"])] == [500]


def test_a_claim_is_cancelled_with_a_reason_and_its_invoice_waits_again(stage: Stage, insured: Insured) -> None:
    insured.claim()
    view = show(stage, show="draft")
    stage.click(view, "claims.cancel")
    assert view.dialog is not None
    reason = view.dialog.findChild(QPlainTextEdit, "claims.sure.reason")
    assert reason is not None
    reason.setPlainText("wrong patient")
    stage.click(view.dialog, "claims.sure.confirm")
    assert len(to_claim(insured.cashier)) == 1


def test_two_windows_that_complete_one_claim_do_not_overwrite_one_another(stage: Stage, insured: Insured) -> None:
    one = insured.claim()
    view = show(stage, show="draft")
    fill(view, "claims.authorisation", "A-1")
    claims.change_claim(insured.cashier, one.id, diagnoses="E11.9", authorisation="", expect=one.revision)
    fill(view, "claims.diagnoses", "J06.9")
    view.refresh(frozenset({"claim.changed"}))  # the other window's change arrives while this one types
    stage.click(view, "claims.save")
    assert "Somebody changed" in stage.window.errors[-1]
    assert claim(insured.cashier, one.id).diagnoses == ("E11.9",)
    assert view.edit.diagnoses.value() == "J06.9"


def test_insurers_and_plans_are_kept_beside_their_lists(stage: Stage, insured: Insured) -> None:
    view = show(stage, show="insurers")
    assert len(view.lists.insurers.rows()) == 1
    stage.click(view, "claims.new")
    fill(view, "claims.insurer.name", "Workers' Scheme")
    view.primary()
    assert [row.name for row in insurance.insurers_known(insured.cashier)] == ["Harbour Mutual", "Workers' Scheme"]
    view.lists.insurers.select_row(1)
    view.insurer.kind.set_value("plan")
    view.insurer.kind.edited.emit()
    fill(view, "claims.plan.name", "Basic")
    fill(view, "claims.plan.share", "50")
    fill(view, "claims.plan.copay", "2.50")
    view.primary()
    assert [(row.insurer, row.share, row.copay) for row in insurance.plans_known(insured.cashier)][1:] == [
        ("Workers' Scheme", 50, 250)
    ]
    view.lists.plans.select_row(0)
    fill(view, "claims.plan.share", "101")
    view.primary()
    assert view.insurer.share.error()


def test_an_insurer_changed_twice_is_changed_twice(stage: Stage, insured: Insured) -> None:
    view = show(stage, show="insurers")
    for phone in ("123 456", "789 012"):
        fill(view, "claims.insurer.phone", phone)
        view.primary()
        assert insurance.insurers_known(insured.cashier)[0].phone == phone
    assert stage.window.errors == []


def test_an_answer_typed_while_another_window_answers_is_refused(stage: Stage, insured: Insured) -> None:
    one = insured.claim()
    claims.make_ready(insured.cashier, one.id, expect=one.revision)
    claim_batches.mark_sent(insured.cashier, claim_batches.make_batch(insured.cashier, [one.id]), expect=1)
    view = show(stage, show="sent")
    fill(view, "claims.paid", "1.00")
    new = claim_answers.NewAnswer("accepted", date(2026, 3, 10))
    revision = claim(insured.cashier, one.id).revision
    claim_answers.enter_answer(insured.cashier, one.id, new, expect=revision)
    view.refresh(frozenset({"claim.accepted"}))
    view.primary()
    assert "Somebody changed" in stage.window.errors[-1]
    assert claim(insured.cashier, one.id).paid == 0


def test_a_claim_asked_for_is_chosen_in_the_list_it_is_in(stage: Stage, insured: Insured) -> None:
    wanted = insured.claim()
    insured.claim()
    view = show(stage, claim_id=wanted.id)
    chosen = view.claims.current()
    assert (view.presenter.shown, chosen and chosen.id) == ("draft", wanted.id)
    assert view.panel.panel.isVisible()
    claims.cancel_claim(insured.cashier, wanted.id, reason="wrong patient", expect=wanted.revision)
    assert show(stage, claim_id=wanted.id).presenter.shown == "closed"


def test_a_gap_that_comes_soon_is_pointed_out(stage: Stage, insured: Insured) -> None:
    assert not page(stage, insured).gap.isVisible()
    covers.end_cover(insured.cashier, insured.cover, date(2026, 3, 31), reason="leaves the firm", expect=1)
    assert "01-Apr-2026" in page(stage, insured).gap.text()


def test_every_list_says_what_goes_there(stage: Stage) -> None:
    view = show(stage)
    for shown in ("to_claim", "draft", "ready", "sent", "answered", "closed", "batches"):
        view.shows.set_value(shown)
        view.shows.edited.emit()
        assert not view.panel.isVisible()
        assert not view.primary_enabled


def test_what_the_first_insurer_refuses_is_shown_and_asked_of_the_second(stage: Stage, insured: Insured) -> None:
    insured.second()
    first = claims.make_claims(insured.cashier, insured.invoice(2))[0]
    one = insured.complete(first)
    claims.make_ready(insured.cashier, first, expect=one.revision)
    claim_batches.mark_sent(insured.cashier, claim_batches.make_batch(insured.cashier, [first]), expect=1)
    refused = claim_answers.NewAnswer("rejected", date(2026, 3, 10), reason="not covered")
    claim_answers.enter_answer(insured.cashier, first, refused, expect=claim(insured.cashier, first).revision)
    view = show(stage, show="answered")
    stage.click(view, "claims.move")
    assert view.dialog is not None
    words = view.dialog.findChild(QLabel, "claims.moving.words")
    assert words is not None
    assert "Workers' Scheme is asked for" in words.text()
    stage.click(view.dialog, "claims.moving.confirm")
    assert view.presenter.shown == "draft"
    (moved,) = [row for row in claims_in(insured.cashier, ["draft"]) if row.insurer == "Workers' Scheme"
                and claim(insured.cashier, row.id).primary is not None]  # fmt: skip
    view.claims.select(moved.id)
    view.presenter.open_claim(moved.id)
    assert "Harbour Mutual paid 0.00 USD" in view.panel.facts.text()
