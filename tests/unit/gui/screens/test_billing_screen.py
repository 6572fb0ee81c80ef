"""Billing with real services, a real store and real keys: from charges to the day's end."""

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import new_id
from clinic_desktop.gui.screens.billing.presenter import BillingPresenter
from clinic_desktop.gui.screens.billing.view import BillingView
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import billing, cash, invoices
from clinic_desktop.services.acts import Desk
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.patients import patients
from tests.unit.gui.screens.stage import PretendWindow
from tests.unit.services.insured import Insured

DeskFor = Callable[[str], Desk]


@pytest.fixture
def patient(store: Store) -> str:
    with store.write(act=new_id(), session=None) as unit:
        price = {"code": "visit", "name": "Visit", "kind": "consultation", "amount": 1500, "currency": "USD"}
        unit.create(prices, price, kind="price.added")
        person = {
            "mrn": "M-1", "family_name": "Okafor", "given_names": "Ada", "sex": "female", "insurer": "NHIA",
            "insurance_share": 70, "registered_at": "x", "family_key": "okafor", "given_key": "ada",
        }  # fmt: skip
        return unit.create(patients, person, kind="patient.registered")


@pytest.fixture
def cashier(desk_for: DeskFor) -> Desk:
    return desk_for("cashier")


@pytest.fixture
def view(qtbot: QtBot, cashier: Desk) -> BillingView:
    context = ScreenContext(desk=cashier, tasks=Immediately(), window=PretendWindow(), settings=RememberedHere())
    shown = BillingView(BillingPresenter(cashier, context.tasks), context)
    qtbot.addWidget(shown)
    shown.resize(1208, 640)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    return shown


def press(view: BillingView, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or view, key)


def test_what_an_insurer_pays_is_told_with_what_the_patient_pays_first(
    view: BillingView, store: Store, desk_for: DeskFor
) -> None:
    insured = Insured(store, desk_for)
    billing.charge_by_hand(insured.cashier, insured.patient, "visit", 2)
    view.open()
    view.waiting.select_row(0)
    said = " | ".join(label.text() for label in view.charges.findChildren(QLabel) if label.isVisible())
    assert "Harbour Mutual pays 80 % after 5.00 USD" in said
    assert "insurer pays 20.00 USD" in said
    view.primary()
    assert "Harbour Mutual pays 80 % after 5.00 USD = 20.00 USD" in view.invoice.about.text()


def test_from_charges_to_the_days_end(view: BillingView, cashier: Desk, patient: str) -> None:
    for quantity in (1, 2):
        billing.charge_by_hand(cashier, patient, "visit", quantity)
    cash.open_shift(cashier, 1000)
    view.open()
    view.waiting.select_row(0)
    assert view.charges.sums.text() == "Patient pays 13.50 USD"
    view.primary()
    issued = invoices.unpaid_invoices(cashier)[0]
    assert view.invoice.amount.minor() == issued.outstanding == 1350
    view.primary()
    assert invoices.unpaid_invoices(cashier) == ()
    shift = cash.my_shift(cashier)
    assert shift is not None
    assert shift.expected_cash == 2350
    view.shift.counted.line.setText("23.49")
    view.shift.act()
    assert "differs" in view.shift.form.field("difference_reason").error()
    view.shift.counted.line.setText("23.50")
    view.shift.act()
    assert cash.my_shift(cashier) is None


def test_a_payment_of_more_than_is_owed_is_refused_beside_its_field(
    view: BillingView, cashier: Desk, patient: str
) -> None:
    made = invoices.issue_invoice(cashier, patient, [billing.charge_by_hand(cashier, patient, "visit")])
    cash.open_shift(cashier, 0)
    view.open(invoice_id=made.id)
    view.invoice.amount.line.setText("4.51")
    view.primary()
    assert "more than is still owed" in view.invoice.amount.error()
    assert invoices.invoice(cashier, made.id).payments == ()


def test_no_money_is_taken_without_a_shift(view: BillingView, cashier: Desk, patient: str) -> None:
    made = invoices.issue_invoice(cashier, patient, [billing.charge_by_hand(cashier, patient, "visit")])
    view.open(invoice_id=made.id)
    assert not view.primary_enabled


def test_paying_takes_two_keys_from_the_list(view: BillingView, cashier: Desk, patient: str) -> None:
    invoices.issue_invoice(cashier, patient, [billing.charge_by_hand(cashier, patient, "visit")])
    cash.open_shift(cashier, 0)
    view.open(show="unpaid")
    assert view.unpaid.isAncestorOf(QApplication.focusWidget() or view)
    press(view, Qt.Key.Key_Down)
    view.primary()  # Ctrl+Enter, which the shell hands to the screen
    assert invoices.unpaid_invoices(cashier) == ()


def test_the_statement_of_whoever_is_open_is_one_key_away(view: BillingView, cashier: Desk, patient: str) -> None:
    view.open()
    assert not view.statement.isEnabled()
    made = billing.charge_by_hand(cashier, patient, "visit")
    number = invoices.issue_invoice(cashier, patient, [made]).number
    view.open(patient_id=patient)
    QTest.keyClick(view, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    QTest.qWait(150)
    window = view.context.window
    assert isinstance(window, PretendWindow)
    assert window.said[-1] == "Statement of account"
    text = PdfReader(io.BytesIO(window.document())).pages[0].extract_text()
    assert number in text
    assert "To pay USD 4.50" in " ".join(text.split())
    assert clashing_keys(view) == []
