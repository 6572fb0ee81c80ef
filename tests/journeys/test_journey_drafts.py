"""Every field of every form is kept within 250 ms of its last change, and stands there again after a kill."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.gui.screens.administration.section import ListSection
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.services import (
    billing,
    cash,
    charting,
    consultation,
    invoices,
    laboratory,
    prescribing,
    queue,
    results,
    scheduling,
    sheets,
)
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy
from clinic_desktop.services.results import Entry
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.journal import drafts
from clinic_desktop.store.tables.staff import staff
from tests.conftest import DeskFor
from tests.medicines import World, amoxicillin, world
from tests.unit.gui.screens.stage import PretendWindow

KEPT_WITHIN_MS = 250
TODAY = date(2026, 3, 10)

# What is typed into and is no part of a form, with the reason.
NO_FORM = {
    "inbox.show": "filters the inbox",
    "growth.measure": "chooses the chart",
    "growth.standard": "chooses the reference",
    "order.search": "adds a test to the order, which is kept; empties after each",
    "consultation.diagnosis": "adds a diagnosis, which is saved at once; empties after each",
    "laboratory.section": "filters the worklist",
    "laboratory.priority": "filters the worklist",
    "stock.act": "no work by itself; kept with what is typed, whose fields would else not be there again",
    "stock.only": "filters the products",
    "pharmacy.other_0": "adds a lot to those picked, which is kept",
    "administration.patient": "searches whose readers are shown",
    "administration.password": "a password is never written anywhere",
}
NO_FORM_ENDINGS = (".filter",)  # the line above a list


class Clinic:
    """A small clinic in which every form can be opened."""

    def __init__(self, store: Store, desk_for: DeskFor, clock: SetClock) -> None:
        self.store, self.desk_for = store, desk_for
        self.world: World = world(store, desk_for)
        self.patient = self.world.patient
        doctor, nurse, anna, desk = (desk_for(role) for role in ("doctor", "nurse", "laboratory", "front_desk"))
        with store.write(act=new_id(), session=None) as unit:
            ben = unit.create(
                staff, {"username": "ben", "display_name": "Ben Two", "role": "laboratory"}, kind="staff.added"
            )
            price = {"code": "drafted", "name": "Drafted", "kind": "other", "amount": 1500, "currency": "USD"}
            unit.create(prices, price, kind="price.added")
        self.world.receive("amoxicillin_500_cap", "SOON", date(2026, 6, 1), 6)
        self.world.receive("amoxicillin_500_cap", "LATE", date(2027, 1, 1), 90)
        self.world.receive("amoxicillin_500_cap", "LAST", date(2027, 9, 1), 90)
        second = Desk(store, Session(new_id(), ben, "ben", "Ben Two", "laboratory", "A7", clock.now()))
        charting.add_allergy(doctor, self.patient, NewAllergy("latex"))
        self.order = laboratory.place_order(doctor, self.patient, tests=("potassium", "sodium", "creatinine")).id
        kinds = tuple({test.specimen for test in self.sheet(anna).tests})
        laboratory.collect_specimen(nurse, self.order, kinds)
        tests = {test.test_code: test for test in self.sheet(anna).tests}
        entered = [Entry(tests["potassium"].order_test_id, "7.9", tests["potassium"].version, confirmed=True)]
        results.enter_results(anna, self.order, tuple(entered))
        there = [test.result for test in self.sheet(anna).tests if test.result is not None]
        results.release_results(second, self.order, tuple((one.id, one.revision) for one in there))
        self.encounter = consultation.open_consultation(doctor, self.patient, "new").encounter_id
        self.prescription = prescribing.sign_prescription(doctor, self.patient, None, [amoxicillin()]).prescription_id
        self.entry = queue.check_in(desk, self.patient, "routine").id
        with store.read() as connection:
            who = connection.execute(select(staff.c.id).where(staff.c.role == "doctor")).scalar_one()
        at = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
        self.appointment = scheduling.book(desk, self.patient, str(who), at, reason="Cough").id

    def sheet(self, desk: Desk) -> sheets.OrderSheet:
        return sheets.order_sheet(desk, self.patient, self.order)

    def charge(self) -> None:
        billing.charge_by_hand(self.desk_for("cashier"), self.patient, "drafted", 2)

    def invoice(self) -> str:
        cashier = self.desk_for("cashier")
        made = billing.charge_by_hand(cashier, self.patient, "drafted", 2)
        cash.open_shift(cashier, 0)
        issued = invoices.issue_invoice(cashier, self.patient, [made])
        cash.take_payment(cashier, issued.id, amount=100, method="cash", reference="")
        return issued.id

    def kept(self, desk: Desk) -> str:
        """Every draft of a person, as text."""
        with self.store.read() as connection:
            rows = connection.execute(select(drafts.c.fields).where(drafts.c.staff_id == desk.session.staff_id))
            return json.dumps([json.loads(row.fields) for row in rows], ensure_ascii=False)


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)


Reach = Callable[[Clinic, ScreenView], None]


def press(name: str) -> Reach:
    """Reach a form by its button."""

    def reach(_clinic: Clinic, view: ScreenView) -> None:
        button = view.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isEnabled(), name
        button.click()

    return reach


def steps(*reaches: Reach) -> Reach:
    """Reach a form by one after another."""

    def reach(clinic: Clinic, view: ScreenView) -> None:
        for each in reaches:
            each(clinic, view)
            QTest.qWait(5)

    return reach


def row(table: str, place: int = 0) -> Reach:
    """Choose a row of a list."""

    def reach(_clinic: Clinic, view: ScreenView) -> None:
        lists: list[ListTable[object]] = view.findChildren(ListTable)
        next(one for one in lists if one.view.objectName() == table).select_row(place)

    return reach


def there(_clinic: Clinic, _view: ScreenView) -> None:
    """The form is there when the screen opens."""


def section(name: str, *, new: bool = False) -> Reach:
    """A section of the administrator's screen: its first row, or a new one."""

    def reach(_clinic: Clinic, view: ScreenView) -> None:
        page = view._pages[name]  # type: ignore[attr-defined]
        if isinstance(page, ListSection):
            page.begin_new() if new else page.table.select_row(0)

    return reach


def about_appointment(clinic: Clinic) -> dict[str, str]:
    return {"appointment_id": clinic.appointment}


def about_patient(clinic: Clinic) -> dict[str, str]:
    return {"patient_id": clinic.patient}


def about_visit(step: str) -> Callable[[Clinic], dict[str, str]]:
    return lambda clinic: about_patient(clinic) | {"encounter_id": clinic.encounter, "step": step}


def about_order(clinic: Clinic) -> dict[str, str]:
    return about_patient(clinic) | {"order_id": clinic.order}


def about_prescription(clinic: Clinic) -> dict[str, str]:
    return about_patient(clinic) | {"prescription_id": clinic.prescription}


def charged(clinic: Clinic) -> dict[str, str]:
    clinic.charge()
    return about_patient(clinic)


def invoiced(clinic: Clinic) -> dict[str, str]:
    return {"invoice_id": clinic.invoice()}


def plain(**arguments: str) -> Callable[[Clinic], dict[str, str]]:
    return lambda _clinic: arguments


WHY = press("consultation.leave_out")
LEVEL = row("stock.levels")


def chart_form(form: str) -> Callable[[Clinic], dict[str, str]]:
    """The chart of the patient with one of its forms open."""
    return lambda clinic: about_patient(clinic) | {"form": form}


FORMS: dict[str, tuple[str, str, Callable[[Clinic], dict[str, str]], Reach, int]] = {
    # name: screen, role, arguments, how the form is reached, how many fields it has at least
    "registration": ("reception", "front_desk", plain(), there, 5),
    "registration of somebody known": ("reception", "front_desk", about_patient, there, 5),
    "check-in": ("queue", "front_desk", plain(), there, 4),
    "leaving the queue": ("queue", "nurse", plain(), press("queue.left"), 1),
    "booking": ("schedule", "front_desk", plain(), there, 6),
    "moving": ("schedule", "front_desk", about_appointment, press("schedule.move"), 4),
    "cancelling": ("schedule", "front_desk", about_appointment, press("schedule.cancel"), 1),
    **{
        f"chart {form}": ("chart", "doctor", chart_form(form), there, n)
        for form, n in (("vitals", 8), ("problem", 3), ("allergy", 3), ("medicine", 3))
    },
    **{
        f"consultation {step}": ("consultation", "doctor", about_visit(step), there, n)
        for step, n in (
            ("patient_overview", 5), ("symptoms", 3), ("history", 2), ("vitals", 8), ("examination", 8),
            ("investigations", 2), ("diagnosis", 1), ("prescription", 1), ("plan", 1), ("follow_up", 2),
        )
    },
    "a step left out": ("consultation", "doctor", about_visit("examination"), WHY, 8),
    "a task for oneself": ("inbox", "nurse", plain(), there, 3),
    "a message": ("inbox", "administrator", plain(), there, 5),
    "a refill": ("refills", "pharmacist", about_patient, there, 3),
    "growth": ("growth", "nurse", about_patient, there, 5),
    "prescription": ("prescribing", "doctor", about_patient, there, 8),
    "laboratory order": ("order", "doctor", about_patient, there, 2),
    "results": ("laboratory", "laboratory", about_order, there, 5),
    "correction": ("laboratory", "laboratory", about_order, press("laboratory.correct.potassium"), 5),
    "cancelling an order": ("laboratory", "laboratory", about_order, press("laboratory.cancel"), 1),
    "dispensing": ("pharmacy", "pharmacist", about_prescription, there, 2),
    "sending back": ("pharmacy", "pharmacist", about_prescription, press("pharmacy.reject"), 1),
    "receiving": ("stock", "pharmacist", plain(act="receive"), LEVEL, 3),
    "counting": ("stock", "pharmacist", plain(act="count"), LEVEL, 2),
    "adjusting": ("stock", "pharmacist", plain(act="adjust"), LEVEL, 2),
    "invoice to be": ("billing", "cashier", charged, there, 3),
    "taking a charge off": ("billing", "cashier", charged,
                            steps(row("billing.charges"), press("billing.take_off")), 1),
    "payment": ("billing", "cashier", invoiced, there, 3),
    "void": ("billing", "cashier", invoiced, press("billing.void"), 1),
    "giving back": ("billing", "cashier", invoiced, steps(row("billing.payments"), press("billing.refund")), 1),
    "opening a shift": ("billing", "cashier", plain(show="shift"), there, 1),
    "somebody on the staff": ("administration", "administrator", plain(section="staff"), section("staff"), 3),
    "somebody new": ("administration", "administrator", plain(section="staff"), section("staff", new=True), 3),
    "closing an account": ("administration", "administrator", plain(section="staff"),
                           steps(section("staff"), press("administration.close_account")), 1),
    "a price": ("administration", "administrator", plain(section="prices"), section("prices"), 2),
    "a product": ("administration", "administrator", plain(section="formulary"), section("formulary"), 3),
    "a test with its ranges": ("administration", "administrator", plain(section="catalogue"), section("catalogue"), 10),
    "a new range": ("administration", "administrator", plain(section="catalogue"),
                    steps(section("catalogue"), press("administration.new_range")), 10),
    "taking a range out": ("administration", "administrator", plain(section="catalogue"),
                           steps(section("catalogue"), press("administration.retire_range")), 1),
    "settings": ("administration", "administrator", plain(section="settings"), section("settings"), 3),
}  # fmt: skip


class Reader:
    """A screen, built anew on the same clinic each time: what a kill leaves is what the store has."""

    def __init__(self, clinic: Clinic, qtbot: QtBot, name: str) -> None:
        self.clinic, self.qtbot = clinic, qtbot
        self.screen, role, arguments, self.reach, self.least = FORMS[name]
        self.desk = clinic.desk_for(role)
        self.arguments = arguments(clinic)

    def show(self) -> ScreenView:
        screens = __import__(f"clinic_desktop.gui.screens.{self.screen}.screen", fromlist=["SCREEN"])
        context = ScreenContext(self.desk, Immediately(), PretendWindow(), RememberedHere(), lambda: TODAY)
        view: ScreenView = screens.SCREEN.build(context)
        self.qtbot.addWidget(view)
        view.resize(1400, 1000)
        view.show()
        view.open(**self.arguments)
        QTest.qWait(10)
        self.reach(self.clinic, view)
        QTest.qWait(10)
        return view


def inputs(view: ScreenView) -> dict[str, QWidget]:
    """Everything that can be typed into or chosen in, by name; a field for what is one."""
    found: dict[str, QWidget] = {}
    fields = [field for field in view.findChildren(Field) if field.isVisible() and field.isEnabled()]
    for field in fields:
        found[field.name] = field
    loose: list[QWidget] = [*view.findChildren(QLineEdit), *view.findChildren(QPlainTextEdit)]
    loose += view.findChildren(QComboBox)
    for widget in loose:
        if widget.isVisible() and widget.isEnabled() and not any(field.isAncestorOf(widget) for field in fields):
            found[widget.objectName()] = widget
    return {name: each for name, each in found.items() if name not in NO_FORM and not name.endswith(NO_FORM_ENDINGS)}


def stands(widget: QWidget) -> str:
    """What stands in an input."""
    if isinstance(widget, Field):
        return widget.draft()
    assert isinstance(widget, QLineEdit)
    return widget.text()


def change(widget: QWidget, place: int) -> None:
    """Change an input as a person does."""
    if isinstance(widget, SegmentField):
        buttons = [one for one in widget.findChildren(QPushButton) if not one.isChecked()]
        buttons[-1].click()
        return
    if isinstance(widget, ChoiceField):
        other = (widget.box.currentIndex() + 1) % widget.box.count()
        widget.box.setCurrentIndex(other)
        widget.box.activated.emit(other)
        return
    editor = widget.editor() if isinstance(widget, Field) else widget
    if isinstance(editor, QAbstractButton):
        editor.click()
        return
    assert isinstance(editor, QLineEdit | QPlainTextEdit), widget.objectName()
    editor.selectAll()
    QTest.keyClicks(editor, str(3 + place))


@pytest.mark.parametrize("name", FORMS)
def test_every_field_is_kept_at_once_and_stands_there_again(name: str, clinic: Clinic, qtbot: QtBot) -> None:
    reader = Reader(clinic, qtbot, name)
    view = reader.show()
    named = inputs(view)
    assert len(named) >= reader.least, sorted(named)
    lost, typed = [], {}
    for place, (each, widget) in enumerate(named.items()):
        if not widget.isVisible() or not widget.isEnabled():
            continue
        before, kept = stands(widget), clinic.kept(reader.desk)
        change(widget, place)
        typed[each] = stands(widget)
        assert typed[each] != before, each
        QTest.qWait(KEPT_WITHIN_MS)
        if clinic.kept(reader.desk) == kept:
            lost.append(each)
    assert lost == [], f"not kept within {KEPT_WITHIN_MS} ms"
    typed = {each: stands(widget) for each, widget in named.items() if each in typed}
    again = inputs(reader.show())
    shown = {each: stands(again[each]) if each in again else "(not there)" for each in typed}
    assert shown == typed


@pytest.mark.parametrize("name", ["leaving the queue", "cancelling", "sending back"])
def test_going_back_throws_the_reason_away(name: str, clinic: Clinic, qtbot: QtBot) -> None:
    reader = Reader(clinic, qtbot, name)
    view = reader.show()
    reasons = [widget for each, widget in inputs(view).items() if each.endswith(".reason") and "ing" in each]
    change(reasons[-1], 1)
    QTest.qWait(KEPT_WITHIN_MS)
    assert clinic.kept(reader.desk) != "[]"
    QTest.keyClick(reasons[-1].window(), Qt.Key.Key_Escape)
    QTest.qWait(20)
    assert clinic.kept(reader.desk) == "[]"
