"""Every field of every form is kept within 250 ms of its last change, and stands there again after a kill."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.fields import Field
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.gui.widgets.signature import SignatureField
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.journeys.forms import FORMS, TODAY
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import PretendWindow

KEPT_WITHIN_MS = 250

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
    "sync.sorts": "chooses what of it is listed",
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
