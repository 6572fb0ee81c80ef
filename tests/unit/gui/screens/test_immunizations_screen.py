"""The page of immunizations, with real services, a real store and real key presses."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.devices.gs1.simulator import GTIN, compose
from clinic_desktop.domain.scanning import meaning
from clinic_desktop.gui.screens.immunizations.view import ImmunizationsView
from clinic_desktop.gui.widgets.search import SearchField
from clinic_desktop.services import drafts, immunizations, packs, shelf, stock
from clinic_desktop.services.acts import DraftKey
from clinic_desktop.services.immunizations import NewImmunization
from clinic_desktop.services.stock import NewProduct
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.immunizations import immunizations as rows
from clinic_desktop.store.tables.patients import patients
from tests.conftest import DeskFor
from tests.starter import load_pack
from tests.unit.gui.screens.stage import TODAY, Stage


class Page:
    """A child of fourteen months, a nurse, and the page."""

    def __init__(self, stage: Stage, store: Store, desk_for: DeskFor) -> None:
        self.stage, self.store, self.nurse = stage, store, desk_for("nurse")
        with store.write(act=new_id(), session=None) as unit:
            load_pack(unit)
            self.child, self.other = (
                unit.create(
                    patients,
                    {
                        "mrn": f"M-{name}", "family_name": name, "given_names": "Ada", "sex": "female",
                        "born_on": "2025-01-10", "registered_at": to_text(store.clock.now()), "family_key": name,
                        "given_key": "ada",
                    },
                    kind="patient.registered",
                )
                for name in ("eze", "obi")
            )  # fmt: skip
        view = stage.show("immunizations", "nurse", patient_id=self.child)
        assert isinstance(view, ImmunizationsView)
        self.view = view

    def line(self, name: str) -> QLineEdit:
        found = self.view.findChild(QLineEdit, f"immunizations.{name}")
        assert found is not None, name
        return found

    def fill(self, name: str, words: str) -> None:
        field = self.line(name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, words)

    def vaccine(self, words: str, name: str = "vaccine") -> None:
        """Search and choose the first."""
        self.fill(name, words)
        field = self.view.findChild(SearchField, f"immunizations.{name}.field")
        assert field is not None
        assert field.popup.results(), words
        QTest.keyClick(field.line, Qt.Key.Key_Return)

    def given(self) -> list[tuple[str, str | None, str]]:
        with self.store.read() as conn:
            found = conn.execute(select(rows.c.vaccine_code, rows.c.lot, rows.c.status).order_by(rows.c.rowid_)).all()
        return [(row[0], row[1], row[2]) for row in found]

    def give(self, days_ago: int = 0) -> str:
        new = NewImmunization("", "03", occurred_on=TODAY - timedelta(days=days_ago), lot="L1")
        return immunizations.record_immunization(self.nurse, self.child, new)

    def again(self) -> None:
        self.view.refresh(frozenset({"immunization.recorded"}))


@pytest.fixture
def page(qtbot: QtBot, store: Store, desk_for: DeskFor) -> Page:
    return Page(Stage(qtbot, desk_for), store, desk_for)


def test_what_is_overdue_stands_first_with_its_reason_beside_it(page: Page) -> None:
    assert page.stage.window.patient == page.child
    states = [page.view.due.text_of(place, "state") for place in range(len(page.view.due.rows()))]
    assert states == sorted(states, key=["Overdue", "Due now", "By decision", "Not now", "Later", "Complete"].index)
    assert states[0] == "Overdue"
    summary = page.view.findChild(QLabel, "immunizations.summary")
    assert summary is not None
    assert "overdue" in summary.text()


def test_a_dose_is_recorded_with_few_keys_and_the_defaults_of_its_vaccine(page: Page) -> None:
    page.view.primary()
    page.vaccine("mmr")
    assert page.line("dose_amount").text() == "0.5"
    assert page.line("dose_number").text() == "1"
    assert page.line("occurred_on").text() == "10-Mar-2026"
    page.fill("lot", "mm402")
    page.view.primary()
    assert page.given() == [("03", "MM402", "completed")]
    with page.store.read() as conn:
        kept = conn.execute(select(rows)).one()
    assert (kept.site, kept.route, kept.performer_id) == ("left_thigh", "subcutaneous", page.nurse.session.staff_id)
    assert page.view.given.text_of(0, "vaccine") == "MMR"
    assert page.line("lot").text() == "", "the form is empty for the next one"


def test_the_lot_used_last_comes_by_itself(page: Page) -> None:
    page.give(days_ago=1)
    page.view.open(patient_id=page.other)
    page.view.primary()
    page.vaccine("mmr")
    assert page.line("lot").text() == "L1"


def test_an_expired_lot_is_said_beside_the_lot_and_nothing_is_lost(page: Page) -> None:
    page.view.primary()
    page.vaccine("mmr")
    page.fill("lot", "OLD")
    page.fill("expires_on", "1/1/2026")
    page.view.primary()
    assert page.given() == []
    assert page.stage.window.errors == ["Lot OLD expired on 01-Jan-2026; it may not be given on 10-Mar-2026."]
    assert page.line("lot").text() == "OLD"


def test_a_missing_lot_is_asked_for_here_and_not_of_a_card(page: Page) -> None:
    page.view.primary()
    page.vaccine("mmr")
    page.view.primary()
    assert page.given() == []
    page.stage.click(page.view, "immunizations.where.elsewhere")
    page.view.primary()
    assert page.given() == [("03", None, "completed")]


def test_what_speaks_against_a_dose_asks_why_and_takes_the_answer(page: Page) -> None:
    page.give(days_ago=10)
    page.again()
    page.view.primary()
    page.vaccine("mmr")
    page.fill("lot", "B2")
    note = page.view.findChild(QPlainTextEdit, "immunizations.override")
    assert note is not None
    assert not note.isVisible()
    page.view.primary()
    assert note.isVisible()
    assert "Given too soon" in page.stage.window.errors[-1]
    QTest.keyClicks(note, "outbreak")
    page.view.primary()
    assert len(page.given()) == 2


def test_a_vaccine_that_was_refused_is_recorded_with_its_reason(page: Page) -> None:
    page.stage.click(page.view, "immunizations.decline")
    page.vaccine("mmr", "declined_vaccine")
    form = page.view._forms.by_name["decline"].form
    form.field("reason_code").set_value("PATOBJ")
    page.view.primary()
    assert page.given() == [("03", None, "not_done")]
    titles = [one.text() for one in page.view.findChildren(QLabel)]
    assert "What was given, and what was not" in titles, "the list holds a vaccine that was not given"
    names = [row.antigen for row in page.view.due.rows()]
    assert page.view.due.text_of(names.index("mmr"), "state") in {"Due now", "Overdue"}
    assert page.view.given.text_of(0, "worth") == "Not given"


def test_a_reaction_and_an_error_are_about_the_dose_chosen(page: Page) -> None:
    page.stage.click(page.view, "immunizations.add_reaction")
    assert page.stage.window.said[-1] == "Choose a dose in the list first."
    page.give(days_ago=2)
    page.again()
    page.view.given.select_row(0)
    page.stage.click(page.view, "immunizations.add_reaction")
    page.fill("reaction", "fever")
    page.view.primary()
    assert page.view.given.text_of(0, "worth") == "Reaction"
    page.stage.click(page.view, "immunizations.was_error")
    note = page.view.findChild(QPlainTextEdit, "immunizations.reason")
    assert note is not None
    QTest.keyClicks(note, "another child")
    page.view.primary()
    assert page.given() == [("03", "L1", "entered_in_error")]
    assert page.view.given.text_of(0, "worth") == "Error"


def test_what_was_typed_stands_there_again_and_never_under_another_patient(page: Page) -> None:
    page.view.primary()
    page.vaccine("mmr")
    page.fill("lot", "HALF")
    page.view.leave()
    assert drafts.draft(page.nurse, DraftKey("immunizations.record", page.child)) is not None
    page.view.open(patient_id=page.other)
    page.view.primary()
    assert page.line("lot").text() == ""
    page.view.open(patient_id=page.child)
    page.view.primary()
    assert page.line("lot").text() == "HALF"


def test_esc_closes_the_form_and_then_leaves(page: Page) -> None:
    page.view.primary()
    assert page.view.escape()
    assert not page.view.escape()


def test_the_card_is_printed(page: Page) -> None:
    page.give()
    page.stage.click(page.view, "immunizations.print")
    assert page.stage.window.said[-1] == "Immunization card"
    assert page.stage.window.document().startswith(b"%PDF")


def test_another_persons_page_shows_nothing_of_the_one_before(page: Page) -> None:
    page.give()
    page.again()
    assert page.view.given.rows()
    page.view.open(patient_id=page.other)
    assert not page.view.given.rows()


def test_every_act_has_a_key_of_its_own(page: Page) -> None:
    letters = [
        text[text.index("&") + 1].casefold()
        for button in page.view.findChildren(QPushButton)
        if "&" in (text := button.text().replace("&&", ""))
    ]
    letters.append(page.view.primary_text[page.view.primary_text.index("&") + 1].casefold())
    assert len(letters) == len(set(letters)), letters
    assert date(2026, 3, 10) == TODAY


def test_a_scanned_pack_fills_the_dose_and_a_wrong_one_is_said(page: Page, desk_for: DeskFor) -> None:
    pharmacist = desk_for("pharmacist")
    until = TODAY + timedelta(days=200)
    mmr = stock.add_product(pharmacist, NewProduct("MMR", "vial", "0.5 mL", "dose", vaccine_code="03"))
    hepb = stock.add_product(pharmacist, NewProduct("Hepatitis B", "vial", "0.5 mL", "dose", vaccine_code="08"))
    packs.remember_pack(pharmacist, mmr, GTIN)
    packs.remember_pack(pharmacist, hepb, "09506000134352")
    stock.receive_stock(pharmacist, mmr, "FIRST", TODAY + timedelta(days=90), 5)
    stock.receive_stock(pharmacist, mmr, "M7", until, 5)
    window = page.stage.window
    old = meaning(compose(lot="M7", expires_on=TODAY - timedelta(days=1)), TODAY)
    assert page.view.takes_scan(old)
    assert page.line("lot").text() == ""
    page.view.takes_scan(meaning(compose(lot="M7", expires_on=until, serial="S9"), TODAY))
    filled = [page.line(name).text() for name in ("vaccine", "lot", "note")]
    assert filled == ["MMR", "M7", "Serial number of the pack: S9"]
    page.view.takes_scan(meaning(compose("09506000134352", lot="H1", expires_on=until), TODAY))
    assert any("WRONG PACK" in words for words in window.errors)
    assert page.line("lot").text() == "M7"
    page.view.primary()
    assert page.given() == [("03", "M7", "completed")]
    assert {lot.lot: lot.balance for lot in shelf.lots(pharmacist, mmr)} == {"FIRST": 5, "M7": 4}
