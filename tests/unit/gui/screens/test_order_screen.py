"""Ordering laboratory tests, with real services, a real store and real key presses."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.exchange.sync_shown import Mark
from clinic_desktop.gui.screens.order.view import OrderScreen
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets import howfar
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import drafts, laboratory
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders
from clinic_desktop.store.tables.patients import patients
from tests.starter import load_pack

DeskFor = Callable[[str], Desk]


class PretendWindow:
    """What a screen may ask of the shell, written down."""

    def __init__(self) -> None:
        self.patient: str | None = None
        self.said: list[str] = []
        self.errors: list[str] = []
        self.near: QWidget | None = None
        self.went: list[tuple[str, dict[str, str]]] = []
        self.counts: dict[str, int] = {}
        self.undo: Callable[[], None] | None = None
        self.paper: tuple[Callable[[], bytes], str] | None = None

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append((screen, arguments))

    def back(self) -> None:
        self.went.append(("back", {}))

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        self.errors.append(str(error))
        self.near = near

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.said.append(text)
        self.undo = undo

    def set_patient(self, patient_id: str | None) -> None:
        self.patient = patient_id

    def refresh_banner(self) -> None:
        return None

    def set_count(self, screen: str, n: int) -> None:
        self.counts[screen] = n

    def preview(self, document: Callable[[], bytes], title: str) -> None:
        self.paper = (document, title)


class Ordering:
    """A patient, a doctor, and the screen."""

    def __init__(self, store: Store, desk: Desk, qtbot: QtBot) -> None:
        self.store, self.desk, self.qtbot = store, desk, qtbot
        with store.write(act=new_id(), session=None) as unit:
            load_pack(unit)
            person = {
                "mrn": "MRN-1", "family_name": "Otieno", "given_names": "Grace", "sex": "female",
                "born_on": "1986-01-05", "family_key": "otieno", "given_key": "grace",
                "registered_at": "2026-01-01T00:00:00.000000Z",
            }  # fmt: skip
            self.patient = unit.create(patients, person, kind="patient.registered")

    def screen(self) -> OrderScreen:
        self.window = PretendWindow()
        context = ScreenContext(self.desk, Immediately(), self.window, RememberedHere(), lambda: date(2026, 3, 10))
        view = OrderScreen(context)
        self.qtbot.addWidget(view)
        view.resize(1160, 700)
        with self.qtbot.waitActive(view):
            view.show()
            view.activateWindow()
        view.open(patient_id=self.patient)
        return view

    def orders(self) -> list[str]:
        with self.store.read() as connection:
            return list(connection.execute(select(lab_orders.c.priority)).scalars())

    def tests(self) -> list[str]:
        with self.store.read() as connection:
            return list(connection.execute(select(lab_order_tests.c.test_code)).scalars())


@pytest.fixture
def ordering(store: Store, desk_for: DeskFor, qtbot: QtBot) -> Ordering:
    return Ordering(store, desk_for("doctor"), qtbot)


def press(view: OrderScreen, name: str) -> None:
    button = view.findChild(QPushButton, name)
    assert button is not None, name
    button.click()


def search(view: OrderScreen, text: str) -> None:
    box = view.findChild(QWidget, "order.search")
    assert box is not None
    box.setFocus()
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def shown(view: OrderScreen) -> list[str]:
    return [line.name for line in view._lines.rows()]


def heads(table: QTableView) -> list[str]:
    """The words above the columns."""
    model = table.model()
    return [str(model.headerData(at, Qt.Orientation.Horizontal)) for at in range(model.columnCount())]


def test_what_a_line_holds_stands_under_words_that_say_so(ordering: Ordering) -> None:
    view = ordering.screen()
    press(view, "order.panel.ue")
    search(view, "c-rea")
    assert heads(view._lines.view) == ["Test or panel", "Tests, specimen", "Ordered already"]
    first, second = [str(view._lines.view.model().index(row, 1).data()) for row in (0, 1)]
    assert first.endswith(" · serum")
    assert second == "serum"


def test_tests_and_panels_are_chosen_and_placed_with_one_press(ordering: Ordering) -> None:
    view = ordering.screen()
    assert not view.primary_enabled
    press(view, "order.panel.ue")
    search(view, "c-rea")
    assert shown(view) == ["Urea and electrolytes", "C-reactive protein"]
    press(view, "order.priority.urgent")
    view.primary()
    assert ordering.orders() == ["urgent"]
    assert "crp" in ordering.tests()
    assert "sodium" in ordering.tests()
    assert ordering.window.went == [("back", {})]
    assert "LAB-A7-000001" in ordering.window.said[0]


def test_del_takes_a_line_out_again(ordering: Ordering) -> None:
    view = ordering.screen()
    press(view, "order.panel.ue")
    search(view, "c-rea")
    table = view.findChild(QTableView, "order.lines")
    assert table is not None
    view._lines.select("panel:ue")
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert shown(view) == ["C-reactive protein"]


def test_what_was_put_together_comes_back(ordering: Ordering) -> None:
    view = ordering.screen()
    press(view, "order.panel.ue")
    press(view, "order.priority.stat")
    keeper = view.findChild(DraftKeeper)
    assert keeper is not None
    keeper.flush()
    again = ordering.screen()
    assert shown(again) == ["Urea and electrolytes"]
    again.primary()
    assert ordering.orders() == ["stat"]
    assert drafts.draft(ordering.desk, DraftKey("order", ordering.patient)) is None


def test_what_is_ordered_already_is_marked(ordering: Ordering) -> None:
    placed = laboratory.place_order(ordering.desk, ordering.patient, tests=("sodium",))
    view = ordering.screen()
    press(view, "order.panel.ue")
    assert [line.already for line in view._lines.rows()] == [placed.number]


def test_one_press_places_one_order_even_when_pressed_twice(ordering: Ordering) -> None:
    view = ordering.screen()
    press(view, "order.panel.ue")
    view.primary()
    view.primary()
    assert len(ordering.orders()) == 1


def test_an_order_says_how_far_it_is_at_each_system(ordering: Ordering, monkeypatch: pytest.MonkeyPatch) -> None:
    made = laboratory.place_order(ordering.desk, ordering.patient, tests=("potassium",))
    key = ("lab_order", made.id)
    monkeypatch.setattr(
        howfar,
        "ask_marks",
        lambda _desk, records: {
            one: (Mark("AROCORD-HIMS", "refused", "no such test", None), Mark("HMS", "sent", "", None))
            for one in records
            if one == key
        },
    )
    view = ordering.screen()
    heading = view.findChild(QLabel, f"order.open.{made.number}")
    assert isinstance(heading, QLabel)
    assert heading.text().endswith("· refused (AROCORD-HIMS) · sent (HMS)")
    assert "AROCORD-HIMS: refused, no such test" in heading.toolTip()
    assert "HMS: sent" in heading.toolTip()
