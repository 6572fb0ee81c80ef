"""What other systems keep is typed, kept and seen again in the window, by the people whose work it is."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import (
    billing,
    cash,
    directory,
    hours,
    invoices,
    lab_orders,
    patients,
    pharmacy,
    prescribing,
    scheduling,
    staff,
)  # fmt: skip
from clinic_desktop.services.prescribers import Outside
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.journeys.small_clinic import TODAY, Clinic
from tests.medicines import amoxicillin
from tests.unit.gui.screens.stage import PretendWindow
from tests.unit.services.consent_case import sign


class Open:
    """A screen over a small clinic, worked with by names."""

    def __init__(self, clinic: Clinic, qtbot: QtBot, screen: str, role: str, **arguments: str) -> None:
        self.desk = clinic.desk_for(role)
        self.window = PretendWindow()
        made = __import__(f"clinic_desktop.gui.screens.{screen}.screen", fromlist=["SCREEN"])
        self.view: ScreenView = made.SCREEN.build(
            ScreenContext(self.desk, Immediately(), self.window, RememberedHere(), lambda: TODAY)
        )
        qtbot.addWidget(self.view)
        self.view.resize(1400, 1000)
        self.view.show()
        self.view.open(**arguments)
        QTest.qWait(10)

    def type(self, name: str, text: str) -> None:
        line = self.view.findChild(QLineEdit, name) or self.view.findChild(QPlainTextEdit, name)
        assert line is not None, name
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        line.selectAll()
        QTest.keyClicks(line, text)

    def choose(self, name: str, words: str) -> None:
        box = self.view.findChild(QComboBox, name)
        assert box is not None, name
        box.setCurrentIndex(box.findText(words))

    def press(self, name: str) -> None:
        button = self.view.findChild(QPushButton, name)
        assert button is not None, name
        button.click()
        QTest.qWait(10)

    def says(self, words: str) -> bool:
        return any(words in one.text() for one in self.view.findChildren(QLabel))


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)


def test_reception_keeps_marital_status_and_the_preferred_pharmacy(clinic: Clinic, qtbot: QtBot) -> None:
    stage = Open(clinic, qtbot, "reception", "front_desk", patient_id=clinic.patient)
    stage.choose("reception.marital_status", "Widowed")
    stage.choose("reception.preferred_pharmacy_id", "Harbour Street Pharmacy")
    stage.view.primary()
    kept = patients.patient_details(stage.desk, clinic.patient).patient
    shop = directory.pharmacies(stage.desk)[0].id
    assert (kept.marital_status, kept.preferred_pharmacy_id) == ("widowed", shop)
    writing = Open(clinic, qtbot, "prescribing", "doctor", patient_id=clinic.patient)
    assert writing.says("The patient prefers Harbour Street Pharmacy")


def test_the_administrator_is_told_beside_the_field_which_number_is_mistyped(clinic: Clinic, qtbot: QtBot) -> None:
    stage = Open(clinic, qtbot, "administration", "administrator", section="staff")
    page = stage.view._pages["staff"]  # type: ignore[attr-defined]
    doctor = next(one for one in staff.staff_members(stage.desk) if one.role == "doctor")
    page.table.select(doctor.id)
    stage.type("administration.npi", "1234567890")
    stage.type("administration.hours", "Mon-Fri 08:00-17:00 Hill Clinic")
    stage.view.primary()
    assert stage.says("This NPI is mistyped")
    stage.type("administration.npi", "1234567893")
    stage.view.primary()
    kept = next(one for one in staff.staff_members(stage.desk) if one.role == "doctor")
    assert kept.practice.npi == "1234567893"
    works = next(one for one in hours.working_hours(stage.desk) if one.staff_id == kept.id)
    assert works.text == "Mon-Fri 08:00-17:00 Hill Clinic"


def test_an_appointment_is_confirmed_and_reminded_of_from_the_board(clinic: Clinic, qtbot: QtBot) -> None:
    front = clinic.desk_for("front_desk")
    sign(front, clinic.patient, "communication", channels=("sms",))
    stage = Open(clinic, qtbot, "schedule", "front_desk", appointment_id=clinic.appointment)
    stage.press("schedule.confirm")
    stage.press("schedule.reminded.sms")
    (kept,) = scheduling.appointments_of(front, clinic.patient)
    assert (kept.confirmed_at is not None, [one.method for one in kept.reminders]) == (True, ["sms"])
    assert stage.says("Reminded by text message")
    stage.press("schedule.reminded.email")
    assert stage.window.errors


def test_a_prescription_for_another_pharmacy_is_filled_here_only_after_somebody_says_so(
    clinic: Clinic, qtbot: QtBot
) -> None:
    doctor = clinic.desk_for("doctor")
    shop = directory.pharmacies(doctor)[0].id
    signed = prescribing.sign_prescription(
        doctor, clinic.patient, None, [amoxicillin()], outside=Outside(shop, date(2026, 9, 10))
    )
    made = signed.prescription_id
    stage = Open(clinic, qtbot, "pharmacy", "pharmacist", patient_id=clinic.patient, prescription_id=made)
    assert stage.says("Goes to Harbour Street Pharmacy · To be filled by 10-Sep-2026")
    stage.view.primary()
    QTest.qWait(20)  # the panel that was there before is gone
    assert made in {row.prescription_id for row in pharmacy.queue(stage.desk)}
    stage.type("pharmacy.note", "In the fridge")
    stage.press("pharmacy.prepared")
    order = pharmacy.work_order(stage.desk, clinic.patient, made)
    assert order.prescription.ready_note == "In the fridge"
    assert stage.says("In the fridge")


def test_the_cashier_codes_a_charge_sets_when_it_is_due_and_notes_the_card(clinic: Clinic, qtbot: QtBot) -> None:
    clinic.charge()
    cashier = clinic.desk_for("cashier")
    cash.open_shift(cashier, 0)
    stage = Open(clinic, qtbot, "billing", "cashier", patient_id=clinic.patient)
    stage.press("billing.code")
    stage.type("billing.procedure_code", "9921")
    stage.press("billing.keep_codes")
    assert stage.says("A procedure code has five characters")
    stage.type("billing.procedure_code", "99213")
    stage.type("billing.modifiers", "25")
    stage.press("billing.keep_codes")
    codes = [one.code for one in billing.pending_charges(cashier, clinic.patient)]
    assert ("99213", "25") in {(one.procedure_code, one.modifiers) for one in codes}
    stage.type("billing.due_on", "10-Apr-2026")
    stage.view.primary()
    (row,) = invoices.invoices_of(cashier, clinic.patient)
    assert row.due_on == "2026-04-10"
    stage.press("billing.method.card")
    stage.choose("billing.card_type", "Visa")
    stage.type("billing.card_last_four", "1234")
    stage.view.primary()
    (paid,) = invoices.invoice(cashier, row.id).payments
    assert (paid.card_type, paid.card_last_four) == ("visa", "1234")


def test_the_laboratory_is_told_why_and_says_what_it_concludes(clinic: Clinic, qtbot: QtBot) -> None:
    ordering = Open(clinic, qtbot, "order", "doctor", patient_id=clinic.patient)
    ordering.view.presenter.choose("test:crp")  # type: ignore[attr-defined]
    ordering.type("order.clinical_information", "Tired for a month")
    ordering.type("order.diagnoses", "tired")
    ordering.view.primary()
    assert ordering.window.errors == ["“TIRED” is no ICD-10 code."]
    ordering.type("order.diagnoses", "R53.83")
    ordering.view.primary()
    newest = lab_orders.orders_of(clinic.desk_for("doctor"), clinic.patient)[0]
    assert (newest.details.clinical_information, newest.details.diagnoses) == ("Tired for a month", "R53.83")
    bench = Open(clinic, qtbot, "laboratory", "laboratory", patient_id=clinic.patient, order_id=clinic.order)
    bench.type("laboratory.conclusion", "Repeat at once")
    bench.press("laboratory.conclude")
    kept = lab_orders.order_of(clinic.desk_for("doctor"), clinic.patient, clinic.order)
    assert kept.conclusion == "Repeat at once"
