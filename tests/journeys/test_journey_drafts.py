"""Every field of every form is kept within 250 ms of its last change, and stands there again after a kill."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.screens.administration.section import ListSection
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.gui.widgets.signature import SignatureField
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.services import (
    immunizations,
)  # fmt: skip
from clinic_desktop.services.immunizations import NewImmunization
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.journeys import begun_review, begun_sync, twice
from tests.journeys.begun_claims import claimed, covered
from tests.journeys.begun_documents import begin_documents, titled, unfold
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import PretendWindow

KEPT_WITHIN_MS = 250
TODAY = date(2026, 3, 10)

# What is typed into and is no part of a form, with the reason.
NO_FORM = {
    "inbox.show": "filters the inbox",
    "review.show": "chooses the list",
    "devices.show": "chooses the list",
    "devices.given_token": "shown once, only read",
    "review.raw": "the message as it came, only read",
    "review.other": "looks for another patient; empties after each",
    "claims.show": "chooses the list",
    "claims.kind": "chooses the form",
    "sync.show": "chooses between the systems and what waits",
    "reports.query_kept": "chooses a kept query",
    "reports.preset": "chooses the days of a report",
    "reports.from": "chooses the days of a report",
    "reports.to": "chooses the days of a report",
    "reports.group_by": "chooses how a report is put together",
    "reports.mrn": "chooses whom a report is about",
    "reports.only_practitioner": "narrows a report",
    "reports.only_cashier": "narrows a report",
    "reports.only_insurer": "narrows a report",
    "reports.only_service": "narrows a report",
    "reports.only_sex": "narrows a report",
    "reports.only_priority": "narrows a report",
    "reports.only_section": "narrows a report",
    "growth.measure": "chooses the chart",
    "growth.standard": "chooses the reference",
    "order.search": "adds a test to the order, which is kept; empties after each",
    "consultation.diagnosis": "adds a diagnosis, which is saved at once; empties after each",
    "documents.search": "searches the documents",
    "found.words": "searches the documents of all patients",
    "documents.older": "shows more of the list",
    "laboratory.section": "filters the worklist",
    "laboratory.priority": "filters the worklist",
    "stock.act": "no work by itself; kept with what is typed, whose fields would else not be there again",
    "duplicates.only": "filters the pairs",
    "stock.only": "filters the products",
    "pharmacy.other_0": "adds a lot to those picked, which is kept",
    "administration.patient": "searches whose readers are shown",
    "administration.password": "a password is never written anywhere",
    "imports.password": "a password is never written anywhere",
}
NO_FORM_ENDINGS = (".filter",)  # the line above a list


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


def vaccinated(clinic: Clinic) -> dict[str, str]:
    """A patient with one dose given."""
    new = NewImmunization("", "140", occurred_on=TODAY, lot="L1")
    immunizations.record_immunization(clinic.desk_for("nurse"), clinic.patient, new)
    return about_patient(clinic)


def plain(**arguments: str) -> Callable[[Clinic], dict[str, str]]:
    return lambda _clinic: arguments


def more_of_the_line(clinic: Clinic, view: ScreenView) -> None:
    """What few lines of a prescription need; it is open already where something stands in it."""
    if view.editor.more.isHidden():  # type: ignore[attr-defined]
        press("prescribing.more")(clinic, view)


WHY = press("consultation.leave_out")
LEVEL = row("stock.levels")


def chart_form(form: str) -> Callable[[Clinic], dict[str, str]]:
    """The chart of the patient with one of its forms open."""
    return lambda clinic: about_patient(clinic) | {"form": form}


def with_documents(form: str) -> Callable[[Clinic], dict[str, str]]:
    """The documents of the patient, some of them begun, with one of their forms open."""

    def arguments(clinic: Clinic) -> dict[str, str]:
        begin_documents(clinic.desk_for("doctor"), clinic.patient, TODAY)
        return about_patient(clinic) | {"form": form}

    return arguments


FORMS: dict[str, tuple[str, str, Callable[[Clinic], dict[str, str]], Reach, int]] = {
    # name: screen, role, arguments, how the form is reached, how many fields it has at least
    "registration": ("reception", "front_desk", plain(), there, 5),
    "a query": ("reports", "administrator", plain(), press("reports.query"), 20),
    "registration of somebody known": ("reception", "front_desk", about_patient, there, 5),
    "two registrations": ("merge", "front_desk", twice.registered, there, 3),
    "two registrations parted": ("unmerge", "front_desk", twice.merged, there, 1),
    "two people": ("duplicates", "front_desk", twice.listed, press("duplicates.different"), 1),
    "check-in": ("queue", "front_desk", plain(), there, 4),
    "leaving the queue": ("queue", "nurse", plain(), press("queue.left"), 1),
    "booking": ("schedule", "front_desk", plain(), there, 6),
    "booking with more": ("schedule", "front_desk", plain(), unfold("More: kind, place, reminders"), 13),
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
    "connecting a system": ("sync", "administrator", lambda _clinic: {"show": "connect"}, there, 2),
    "another value": ("sync", "administrator", begun_sync.waits("field"), there, 1),
    "a lost answer": ("sync", "administrator", begun_sync.waits("doubt"), there, 2),
    "a system told by hand": ("sync", "administrator", begun_sync.waits("cannot"), there, 1),
    "who is who there": ("sync", "administrator", begun_sync.staffed, press("sync.who_is_who"), 1),
    "a device to let in": ("devices", "administrator", plain(show="paired"), there, 2),
    "what is listened to": ("devices", "administrator", plain(show="listeners"), there, 8),
    "setting a result aside": ("review", "laboratory", begun_review.doubtful, there, 2),
    "registering somebody told": ("review", "front_desk", begun_review.told("new"), there, 15),
    "taking over what was told": ("review", "front_desk", begun_review.told("news"), there, 5),
    "merging what was told": ("review", "front_desk", begun_review.told("merge"), there, 4),
    "a task for oneself": ("inbox", "nurse", plain(), there, 3),
    "a message": ("inbox", "administrator", plain(), there, 5),
    "a refill": ("refills", "pharmacist", about_patient, there, 3),
    "growth": ("growth", "nurse", about_patient, there, 5),
    "adding a document": ("documents", "doctor", with_documents("add"), unfold("More about it"), 9),
    "writing": ("documents", "doctor", with_documents("write"), there, 3),
    **{
        f"{act} a document": ("documents", "doctor", with_documents(""),
                              steps(titled(title), press(f"documents.{act}")), n)
        for act, title, n in (("edit", "Sick note", 4), ("error", "Sick note", 1), ("copy", "To cardiology", 1))
    },
    "a dose given": ("immunizations", "nurse", chart_form("record"), there, 9),
    "a vaccine not given": ("immunizations", "nurse", chart_form("decline"), there, 4),
    "a reaction": ("immunizations", "nurse", vaccinated,
                   steps(row("immunizations.given"), press("immunizations.add_reaction")), 4),
    "a dose in error": ("immunizations", "nurse", vaccinated,
                        steps(row("immunizations.given"), press("immunizations.was_error")), 1),
    "a cover": ("insurance", "front_desk", covered, there, 7),
    "a cover's end": ("insurance", "cashier", covered, row("insurance.covers"), 9),
    "a claim and its line": ("claims", "cashier", claimed("draft"), row("claims.list"), 6),
    "an insurer's answer": ("claims", "cashier", claimed("sent"), row("claims.list"), 6),
    "cancelling a claim": ("claims", "cashier", claimed("draft"),
                           steps(row("claims.list"), press("claims.cancel")), 1),
    "an insurer": ("claims", "administrator", plain(show="insurers"), there, 6),
    "a plan": ("claims", "administrator", plain(show="insurers"), press("claims.kind.plan"), 7),
    "prescription": ("prescribing", "doctor", about_patient, there, 8),
    "prescription with more": ("prescribing", "doctor", about_patient, more_of_the_line, 14),
    "laboratory order with more": ("order", "doctor", about_patient,
                                   unfold("More: why, and how the specimen is taken"), 7),
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
    "a charge's codes": ("billing", "cashier", charged, steps(row("billing.charges"), press("billing.code")), 7),
    "payment": ("billing", "cashier", invoiced, there, 3),
    "void": ("billing", "cashier", invoiced, press("billing.void"), 1),
    "giving back": ("billing", "cashier", invoiced, steps(row("billing.payments"), press("billing.refund")), 1),
    "opening a shift": ("billing", "cashier", plain(show="shift"), there, 1),
    "somebody on the staff": ("administration", "administrator", plain(section="staff"), section("staff"), 3),
    "somebody new": ("administration", "administrator", plain(section="staff"), section("staff", new=True), 3),
    "somebody's numbers": ("administration", "administrator", plain(section="staff"),
                           steps(section("staff"), unfold("Numbers, reach and hours")), 10),
    "a place": ("administration", "administrator", plain(section="places"), section("places"), 7),
    "a pharmacy": ("administration", "administrator", plain(section="pharmacies"), section("pharmacies", new=True), 9),
    "closing an account": ("administration", "administrator", plain(section="staff"),
                           steps(section("staff"), press("administration.close_account")), 1),
    "a price": ("administration", "administrator", plain(section="prices"), section("prices"), 2),
    "a product": ("administration", "administrator", plain(section="formulary"), section("formulary"), 3),
    "a test with its ranges": ("administration", "administrator", plain(section="catalogue"), section("catalogue"), 10),
    "a new range": ("administration", "administrator", plain(section="catalogue"),
                    steps(section("catalogue"), press("administration.new_range")), 10),
    "taking a range out": ("administration", "administrator", plain(section="catalogue"),
                           steps(section("catalogue"), press("administration.retire_range")), 1),
    "an import": ("imports", "administrator", plain(), there, 3),
    "an export for research": ("administration", "administrator", plain(section="research"), section("research"), 3),
    "a printer": ("administration", "administrator", plain(section="printers"), section("printers", new=True), 9),
    "a template": ("administration", "administrator", plain(section="templates"), section("templates", new=True), 4),
    "the letterhead": ("administration", "administrator", plain(section="letterhead"), section("letterhead"), 2),
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
        if not field.is_secret:  # a password is kept nowhere
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
    if isinstance(widget, SignatureField):
        QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
        QTest.mouseMove(editor, QPoint(120, 60))
        QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
        return
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
