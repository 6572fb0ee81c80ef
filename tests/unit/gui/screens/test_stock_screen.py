"""Stock through the window: received, counted, adjusted, reversed."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.stock.view import StockView
from clinic_desktop.services import drafts, shelf
from clinic_desktop.services.acts import DraftKey
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, world
from tests.unit.gui.cut import cut_cells
from tests.unit.gui.screens.one_screen import OneScreen

TAB = Qt.Key.Key_Tab
CODE = "amoxicillin_500_cap"


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


def show(qtbot: QtBot, clinic: World, desk_for: DeskFor, role: str = "pharmacist", **arguments: str) -> OneScreen:
    window = OneScreen(desk_for(role), StockView)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.view.open(**arguments)
    choose(window)
    qtbot.wait(10)
    return window


def choose(window: OneScreen) -> None:
    view = screen(window)
    view.levels.select_row([row.medicine_code for row in view.levels.rows()].index(CODE))


def screen(window: OneScreen) -> StockView:
    assert isinstance(window.view, StockView)
    return window.view


def test_a_delivery_is_received_by_keys(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    window = show(qtbot, clinic, desk_for)
    window.press(Qt.Key.Key_Return)
    assert window.focused == "stock.lot"
    for words in ("ab12", "30-Jun-2027", "3", "7"):
        window.text(words)
        window.press(TAB)
    window.primary()
    assert window.said == ["+307 received into lot AB12: it holds 307."]
    (lot,) = shelf.lots(clinic.pharmacist, clinic.product(CODE))
    assert (lot.lot, lot.expires_on, lot.balance) == ("AB12", date(2027, 6, 30), 307)
    assert screen(window).form.lot.draft() == ""


def test_what_is_typed_is_there_again(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    window = show(qtbot, clinic, desk_for)
    window.press(Qt.Key.Key_Return)
    window.text("AB12")
    key = DraftKey("stock")
    qtbot.waitUntil(lambda: (drafts.draft(clinic.pharmacist, key) or {}).get("lot") == "AB12", timeout=250)
    assert screen(show(qtbot, clinic, desk_for)).form.lot.value() == "AB12"
    screen(window).form.lot.line.clear()
    qtbot.waitUntil(lambda: drafts.my_drafts(clinic.pharmacist) == ())


def test_looking_at_the_stock_is_no_unfinished_work(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    show(qtbot, clinic, desk_for, act="count")
    qtbot.wait(300)
    assert drafts.my_drafts(clinic.pharmacist) == ()


def test_a_count_that_differs_asks_why(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    lot = clinic.receive(CODE, "A1", date(2027, 1, 1), 60)
    window = show(qtbot, clinic, desk_for, act="count")
    screen(window).form.focus_first()
    window.text("58")
    window.primary()
    assert screen(window).form.reason.error() == "The count differs by -2: say why."
    assert window.focused == "stock.reason"
    window.text("two broken")
    window.primary()
    rows = shelf.ledger(clinic.pharmacist, lot)
    assert [(row.kind, row.quantity, row.balance, row.reason) for row in rows][-1] == ("count", -2, 58, "two broken")


def test_less_than_nothing_is_refused_beside_the_field(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    clinic.receive(CODE, "A1", date(2027, 1, 1), 60)
    window = show(qtbot, clinic, desk_for, act="adjust")
    screen(window).form.focus_first()
    window.text("-61")
    window.press(TAB)
    window.text("lost")
    window.primary()
    assert screen(window).form.loose.error() == "Lot A1 holds 60 capsules: 61 cannot go out."


def test_a_movement_is_reversed_and_both_stay(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    clinic.receive(CODE, "A1", date(2027, 1, 1), 60)
    window = show(qtbot, clinic, desk_for)
    view = screen(window)
    view.ledger.select_row(0)
    window.press(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: view.dialog is not None)
    dialog = view.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or dialog))
    window.text("typed twice")
    window.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(
        lambda: [view.ledger.text_of(row, "kind") for row in range(2)] == ["received, cancelled", "reversed"]
    )
    view.ledger.select_row(1)
    assert not view.cancel.isEnabled()


def test_a_lot_is_recalled_and_the_recall_lifted(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    clinic.receive(CODE, "A1", date(2027, 1, 1), 60)
    window = show(qtbot, clinic, desk_for)
    view = screen(window)
    for words, recalled in (("maker's letter", True), ("withdrawn", False)):
        view._recall()
        qtbot.waitUntil(lambda: window.focused == "stock.sure.reason")
        window.text(words)
        window.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert view.lots.rows()[0].recalled is recalled


def test_an_administrator_receives_and_counts_nothing(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    view = screen(show(qtbot, clinic, desk_for, role="administrator"))
    assert view.cancel.isHidden()
    assert view.form.chosen() == "receive"
    view.form.act.set_value("count")
    assert view.form.chosen() == "receive"


def test_what_is_to_be_ordered_is_a_filter(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    clinic.receive(CODE, "A1", date(2027, 1, 1), 600)
    view = screen(show(qtbot, clinic, desk_for))
    before = len(view.levels.rows())
    view.only.set_value("to_order")
    assert len(view.levels.rows()) == before - 1


def test_strength_and_unit_of_every_product_are_read_whole(clinic: World, desk_for: DeskFor, qtbot: QtBot) -> None:
    clinic.receive(CODE, "A1", date(2027, 1, 1), 1_000)
    window = show(qtbot, clinic, desk_for)
    view = screen(window)
    qtbot.wait(30)
    assert any("clavulanic acid" in f"{row.name} {row.strength}" for row in view.levels.rows())
    assert cut_cells(view.levels) == []
    units = {row.medicine_code: column.unit(row) for column in view.levels._model.columns if column.unit
             for row in view.levels.rows()}  # fmt: skip
    assert units[CODE] == "capsules"
    assert units["paracetamol_500_tab"] == "tablets", "there are none of them"
