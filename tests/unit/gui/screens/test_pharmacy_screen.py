"""The pharmacy through the window: from the queue to handed out in a few keys."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.screens.pharmacy.view import PharmacyView
from clinic_desktop.services import drafts, pharmacy, prescribing
from clinic_desktop.services.acts import DraftKey
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, amoxicillin, paracetamol, world
from tests.unit.gui.screens.one_screen import OneScreen

RETURN, SPACE, ALT = Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    made = world(store, desk_for)
    made.receive("amoxicillin_500_cap", "SOON", date(2026, 4, 1), 6)
    made.receive("amoxicillin_500_cap", "LATE", date(2027, 1, 1), 90)
    made.receive("amoxicillin_125_liq", "LIQ", date(2027, 1, 1), 500)
    return made


@pytest.fixture
def prescription(clinic: World) -> str:
    lines = [amoxicillin(), paracetamol()]
    return prescribing.sign_prescription(clinic.doctor, clinic.patient, None, lines).prescription_id


def show(qtbot: QtBot, clinic: World) -> OneScreen:
    window = OneScreen(clinic.pharmacist, PharmacyView)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.view.open()
    qtbot.wait(10)
    return window


def screen(window: OneScreen) -> PharmacyView:
    assert isinstance(window.view, PharmacyView)
    return window.view


def state(clinic: World, prescription: str) -> str:
    return prescribing.prescription(clinic.doctor, prescription).status


def test_dispensing_takes_no_more_than_six_keys(clinic: World, prescription: str, qtbot: QtBot) -> None:
    clinic.receive("paracetamol_500_tab", "P1", date(2027, 1, 1), 100)
    window = show(qtbot, clinic)
    assert window.counts == {"pharmacy": 1}
    window.press(RETURN)
    assert window.patients[-1] == clinic.patient
    qtbot.waitUntil(lambda: window.focused == "pharmacy.counselled")
    window.press(SPACE)
    window.primary()
    assert window.errors == []
    assert window.keys == 3
    assert state(clinic, prescription) == "dispensed"
    handed = pharmacy.work_order(clinic.pharmacist, clinic.patient, prescription).lines
    assert [(out.lot, out.quantity) for line in handed for out in line.handed_out] == [
        ("SOON", 6),
        ("LATE", 15),
        ("P1", 40),
    ]
    assert window.counts == {"pharmacy": 0}
    assert window.patients[-1] is None


def test_nothing_goes_out_uncounselled(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    window.primary()
    assert state(clinic, prescription) == "signed"
    box = screen(window).order.counselled
    assert box is not None
    assert box.error()


@pytest.mark.parametrize("typed", ["2O", "20.5", "999", "-3", "1,000"])
def test_nothing_goes_out_while_a_quantity_cannot_be_read(
    clinic: World, prescription: str, qtbot: QtBot, typed: str
) -> None:
    clinic.receive("paracetamol_500_tab", "P1", date(2027, 1, 1), 100)
    window = show(qtbot, clinic)
    window.press(RETURN)
    order = screen(window).order
    order.panels[1].rows[0].quantity.line.setText(typed)
    assert order.counselled is not None
    order.counselled.set_value(True)
    window.primary()
    assert state(clinic, prescription) == "signed"
    assert order.panels[1].rows[0].quantity.error()
    order.panels[1].ask_label()
    assert window.papers == []
    order.panels[1].rows[0].quantity.line.setText("20")
    window.primary()
    assert state(clinic, prescription) == "partly_dispensed"


def test_what_is_short_goes_out_in_part(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    panel = screen(window).order.panels[0]
    panel.rows[1].quantity.set_value(4)
    qtbot.waitUntil(lambda: window.focused == "pharmacy.counselled")
    window.press(SPACE)
    window.primary()
    assert state(clinic, prescription) == "partly_dispensed"
    assert window.said[-1].endswith("handed out in part.")
    window.press(RETURN)
    assert [panel.work.outstanding for panel in screen(window).order.panels] == [11, 40]


def test_an_allergy_recorded_since_stops_it_on_screen(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    clinic.allergic_to("penicillin", group="penicillin")
    window.view.refresh(frozenset({"allergy.recorded"}))
    qtbot.waitUntil(lambda: window.focused == "pharmacy.reason_0")
    box = screen(window).order.counselled
    assert box is not None
    box.set_value(True)
    window.primary()
    assert state(clinic, prescription) == "signed"
    window.text("the doctor was called")
    window.primary()
    assert state(clinic, prescription) == "partly_dispensed"


def test_what_is_typed_stays_when_another_desk_moves_the_stock(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    view = screen(window)
    view.order.panels[0].rows[0].quantity.set_value(2)
    clinic.receive("paracetamol_500_tab", "P1", date(2027, 1, 1), 100)
    window.view.refresh(frozenset({"stock.moved"}))
    assert view.order.panels[0].rows[0].quantity.value() == 2
    assert len(view.order.panels[1].rows) == 1
    key = DraftKey("pharmacy", prescription)
    qtbot.waitUntil(lambda: (drafts.draft(clinic.pharmacist, key) or {}).get("quantity_0_0") == "2", timeout=250)
    again = screen(show(qtbot, clinic))
    again.presenter.open(clinic.patient, prescription)
    assert again.order.panels[0].rows[0].quantity.value() == 2


def test_another_medicine_is_handed_out_with_a_reason(clinic: World, qtbot: QtBot) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    window = show(qtbot, clinic)
    window.press(RETURN)
    panel = screen(window).order.panels[0]
    (liquid,) = [lot.lot_id for option in panel.work.options if option.substitution for lot in option.lots]
    for row in panel.rows:
        row.quantity.set_value(0)
    panel.other.set_value(liquid)
    row = panel.rows[-1]
    row.quantity.set_value(420)
    assert row.covers is not None
    assert row.reason is not None
    row.covers.set_value(21)
    box = screen(window).order.counselled
    assert box is not None
    box.set_value(True)
    window.primary()
    assert window.errors == ["Say why amoxicillin is substituted."]
    row = screen(window).order.panels[0].rows[-1]
    assert row.reason is not None
    row.reason.set_value("cannot swallow capsules")
    window.primary()
    assert state(clinic, signed.prescription_id) == "dispensed"


def test_it_goes_back_to_the_doctor_with_a_reason(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    window.press(Qt.Key.Key_B, ALT)
    qtbot.waitUntil(lambda: screen(window).dialog is not None)
    dialog = screen(window).dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.isAncestorOf(QApplication.focusWidget() or dialog))
    window.text("dose too high")
    window.press(RETURN, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: state(clinic, prescription) == "rejected")
    assert window.counts == {"pharmacy": 0}


def test_what_was_handed_out_is_taken_back(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    qtbot.waitUntil(lambda: window.focused == "pharmacy.counselled")
    window.press(SPACE)
    window.primary()
    window.press(RETURN)
    view = screen(window)
    view._back(view.order.panels[0].work.handed_out[0])
    qtbot.waitUntil(lambda: window.focused == "pharmacy.taking_back.reason")
    window.text("wrong patient")
    window.press(RETURN, Qt.KeyboardModifier.ControlModifier)
    assert window.said[-1] == "Taken back: the stock has returned."
    assert view.order.panels[0].work.outstanding == 6


def test_preparing_is_seen_and_a_label_is_made(clinic: World, prescription: str, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.press(RETURN)
    window.press(Qt.Key.Key_S, ALT)
    qtbot.waitUntil(lambda: state(clinic, prescription) == "preparing")
    window.press(Qt.Key.Key_D, ALT)
    qtbot.waitUntil(lambda: state(clinic, prescription) == "prepared")
    screen(window).order.panels[0].ask_label()
    assert window.papers[0].startswith(b"%PDF")


def test_esc_clears_the_desk_first(clinic: World, prescription: str, qtbot: QtBot) -> None:
    add_patient(clinic.store, "Ali", "Zahra")
    window = show(qtbot, clinic)
    window.press(RETURN)
    window.press(Qt.Key.Key_Escape)
    assert window.patients[-1] is None
    assert window.focused == "pharmacy.queue"
    assert screen(window).escape() is False


def test_a_patient_picked_in_the_palette_has_their_newest_waiting_prescription_on_the_desk(
    clinic: World, prescription: str, qtbot: QtBot
) -> None:
    window = show(qtbot, clinic)
    window.view.open(patient_id=clinic.patient)
    qtbot.wait(10)
    order = screen(window).presenter.order
    assert order is not None
    assert order.prescription.prescription_id == prescription
    assert window.patients[-1] == clinic.patient


def test_a_patient_with_no_prescription_is_shown_and_it_is_said(clinic: World, qtbot: QtBot) -> None:
    window = show(qtbot, clinic)
    window.view.open(patient_id=clinic.patient)
    qtbot.wait(10)
    assert screen(window).presenter.order is None
    assert (window.patients[-1], window.said[-1]) == (clinic.patient, "This patient has no prescription here.")
