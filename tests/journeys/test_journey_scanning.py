"""Scanned with the real window over a real clinic: a pack in stock receiving, a licence in reception, our own codes."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from clinic_desktop.app import _banner
from clinic_desktop.catalogue import SCREENS
from clinic_desktop.clock import SetClock
from clinic_desktop.devices.gs1 import simulator as gs1
from clinic_desktop.devices.identity_card import simulator as identity_card
from clinic_desktop.domain import cards
from clinic_desktop.domain.instruments import Reading
from clinic_desktop.gui.screens.chart.view import ChartView
from clinic_desktop.gui.screens.pharmacy.view import PharmacyView
from clinic_desktop.gui.screens.reception.view import ReceptionView
from clinic_desktop.gui.screens.stock.view import StockView
from clinic_desktop.gui.shell.burst import Wedge
from clinic_desktop.gui.shell.gate import Workplace
from clinic_desktop.gui.shell.hearing import Hearing
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.services import patients, prescribing, shelf
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.packs import remember_pack
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients as rows
from clinic_desktop.store.tables.pharmacy import stock_moves
from tests.conftest import DeskFor
from tests.medicines import World, amoxicillin, world
from tests.unit.gui.gallery import PretendGate

TODAY = date(2026, 3, 10)
CODE = "amoxicillin_500_cap"
UNTIL = date(2027, 6, 30)


class RealGate(PretendGate):
    """Lets one person of a real clinic in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def unlock(self, username: str, password: str) -> Workplace:
        place = super().unlock(username, password)
        desk = self.desk
        return dataclasses.replace(
            place, desk=desk, role=desk.session.role, today=lambda: TODAY, idle_minutes=0,
            banner=lambda patient_id: _banner(desk, patient_id), find=lambda _text: (), counts=dict,
        )  # fmt: skip


class Desktop:
    """The window at work, with a scanner plugged into its keyboard."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.window = MainWindow(RealGate(desk), SCREENS)
        qtbot.addWidget(self.window)
        self.window.begin()
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.hearing = Hearing(self.window)
        QTest.keyClicks(self.window.signin.password.line, "green-river-42")
        QTest.keyClick(self.window.signin.password.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: self.window.has_frame, timeout=15_000)
        # A machine that runs the tests types slower than a scanner; speed itself is tested with the filter alone.
        self.hearing.wedge.set_wedge(Wedge(gap_ms=200))

    def scan(self, text: str) -> None:
        """Key by key, as a scanner types; not while the page is being filled."""
        self.qtbot.wait(150)
        handle = self.window.windowHandle()
        for letter in text + "\n":
            if letter in "\n\r":
                QTest.keyClick(handle, Qt.Key.Key_Return)
            elif letter == "\x1d":
                QTest.keyClick(handle, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
            elif letter == "\x1e":
                QTest.keyClick(handle, Qt.Key.Key_AsciiCircum, Qt.KeyboardModifier.ControlModifier)
            else:
                QTest.sendKeyEvent(QTest.KeyAction.Click, handle, Qt.Key(ord(letter.upper())), letter,
                                   Qt.KeyboardModifier.NoModifier)  # fmt: skip

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=15_000)

    @property
    def toast(self) -> str:
        return self.window.frame.toast.accessibleName() if self.window.frame.toast.isVisible() else ""


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


@pytest.fixture
def sit(qtbot: QtBot) -> Iterator[Callable[[Desk], Desktop]]:
    made: list[Desktop] = []

    def down(desk: Desk) -> Desktop:
        made.append(Desktop(qtbot, desk))
        return made[-1]

    yield down
    for one in made:
        one.hearing.end()
        one.window.close()


def test_packs_are_received_by_scanning_and_a_number_is_remembered_once(
    clinic: World, sit: Callable[[Desk], Desktop]
) -> None:
    desktop = sit(clinic.pharmacist)
    desktop.scan(gs1.compose(lot="AB12", expires_on=UNTIL, serial="S1"))
    desktop.until(lambda: desktop.window.frame.screen_name == "stock")
    view = desktop.window.frame.current
    assert isinstance(view, StockView)
    desktop.until(view.form.remember.isVisible)
    assert view.form.lot.value() == "AB12"
    desktop.until(lambda: bool(view.levels.rows()))
    assert not view.primary_enabled
    place = [row.medicine_code for row in view.levels.rows()].index(CODE)
    view.levels.select_row(place)
    view.form.remember.click()
    desktop.until(lambda: not view.form.remember.isVisible())
    desktop.scan(gs1.compose(lot="AB12", expires_on=UNTIL, serial="S2"))
    desktop.until(lambda: view.form.packs.value() == 2)
    desktop.scan(gs1.compose(lot="AB12", expires_on=UNTIL, serial="S2"))
    desktop.until(lambda: "was scanned already" in desktop.toast)
    QTest.keyClick(desktop.window.windowHandle(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desktop.until(lambda: bool(shelf.lots(clinic.pharmacist, clinic.product(CODE))))
    (lot,) = shelf.lots(clinic.pharmacist, clinic.product(CODE))
    assert (lot.lot, lot.expires_on, lot.balance) == ("AB12", UNTIL, 200)
    with clinic.store.read() as conn:
        assert conn.execute(select(stock_moves.c.reason)).scalar_one() == "serial S1, S2"


def test_a_licence_fills_a_registration_and_saves_nothing(
    clinic: World, sit: Callable[[Desk], Desktop], desk_for: DeskFor
) -> None:
    desktop = sit(desk_for("front_desk"))
    card = identity_card.compose(identity_card.SAMPLE)
    desktop.scan(card)
    desktop.until(lambda: desktop.window.frame.screen_name == "reception")
    view = desktop.window.frame.current
    assert isinstance(view, ReceptionView)
    desktop.until(lambda: view.form.family.value() == "Sample")
    entered = view.form.entered()
    assert (entered.given_names, entered.sex, entered.born_on) == ("Alex Jordan", "female", date(1980, 2, 29))
    assert (entered.address, entered.city, entered.postal_code, entered.country) == (
        "1 MAIN STREET", "ANYTOWN", "20190", "US",
    )  # fmt: skip
    with clinic.store.read() as conn:
        assert len(conn.execute(select(rows.c.id)).all()) == 1
    # The same person once registered comes up beside the form; the registration on screen is not typed over.
    done = patients.register_patient(desk_for("front_desk"), entered)
    desktop.window.frame.go("reception", patient_id=done.patient_id)
    desktop.until(lambda: view.presenter.patient_id == done.patient_id)
    desktop.scan(card)
    desktop.until(lambda: not view.presenter.patient_id and view.form.family.value() == "Sample")
    desktop.until(lambda: any(one.patient_id == done.patient_id for one in view.duplicates.found))


def test_our_own_code_opens_the_patient_from_anywhere(
    clinic: World, sit: Callable[[Desk], Desktop], store: Store
) -> None:
    with store.read() as conn:
        mrn = str(conn.execute(select(rows.c.mrn)).scalar_one())
    desktop = sit(clinic.doctor)
    desktop.scan(cards.write("patient", mrn))
    desktop.until(lambda: desktop.window.frame.screen_name == "chart")
    desktop.until(lambda: desktop.window.frame.banner.patient_id == clinic.patient)
    desktop.window.frame.go("home")
    desktop.scan("CD1:P:MRN-A7-000999-1:ZZ")
    desktop.until(lambda: "was not read right" in desktop.toast)
    desktop.scan(mrn)
    desktop.until(lambda: desktop.window.frame.screen_name == "chart")


def test_a_pack_that_is_wrong_is_said_loudly_where_it_is_handed_out(
    clinic: World, sit: Callable[[Desk], Desktop]
) -> None:
    clinic.receive(CODE, "EARLY", date(2026, 4, 1), 90)
    clinic.receive(CODE, "LATE", UNTIL, 90)
    remember_pack(clinic.pharmacist, clinic.product(CODE), gs1.GTIN)
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()]).prescription_id
    desktop = sit(clinic.pharmacist)
    desktop.window.frame.go("pharmacy", patient_id=clinic.patient, prescription_id=signed)
    view = desktop.window.frame.current
    assert isinstance(view, PharmacyView)
    desktop.until(lambda: desktop.window.frame.may_act and bool(view.order.panels))
    desktop.scan(gs1.compose(lot="LATE", expires_on=UNTIL))
    desktop.until(lambda: "ANOTHER LOT" in desktop.toast)
    desktop.scan(gs1.compose(lot="EARLY", expires_on=date(2026, 4, 2)))
    desktop.until(lambda: "look at it again" in desktop.toast)
    desktop.scan(gs1.compose("09506000134352", lot="EARLY"))
    desktop.until(lambda: "Not known here" in desktop.toast)
    desktop.scan(gs1.compose(lot="EARLY", expires_on=date(2026, 1, 31)))
    desktop.until(lambda: "expired" in desktop.toast or "look at it again" in desktop.toast)
    assert not view.order.panels[0].rows[0].scanned.isVisible()
    desktop.scan(gs1.compose(lot="EARLY", expires_on=date(2026, 4, 1)))
    desktop.until(view.order.panels[0].rows[0].scanned.isVisible)
    assert desktop.toast == ""


def test_a_weight_goes_into_the_entry_that_is_open_and_nowhere_else(
    clinic: World, sit: Callable[[Desk], Desktop], clock: SetClock
) -> None:
    desktop = sit(clinic.doctor)
    weight = Reading("weight", Decimal("72.45"), "kg")
    desktop.hearing.measured(weight)  # nobody's banner is shown
    desktop.window.frame.go("chart", patient_id=clinic.patient)
    view = desktop.window.frame.current
    assert isinstance(view, ChartView)
    desktop.until(lambda: desktop.window.frame.may_act)
    desktop.hearing.measured(weight)  # no entry is open
    entry = view._forms.by_name["vitals"].form
    assert entry.field("weight").value() == ""
    desktop.window.frame.go("chart", patient_id=clinic.patient, form="vitals")
    desktop.until(lambda: desktop.window.frame.may_act and entry.isVisible())
    desktop.hearing.measured(weight)
    assert entry.field("weight").value() == "72.45 kg"
    entry.field("weight").set_value("70")
    desktop.hearing.measured(Reading("weight", Decimal("71.00"), "kg"))
    assert entry.field("weight").value() == "70"
    desktop.window.lock()
    desktop.hearing.measured(Reading("temperature", Decimal("37.2"), "Cel"))
    assert entry.field("temperature").value() == ""
    assert clock.now().year == 2026
