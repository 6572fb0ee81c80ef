"""A window small enough for a test, holding the two clinical screens over real services."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.gui.screens.chart.view import ChartView
from clinic_desktop.gui.screens.consultation.view import ConsultationView
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import encounters
from clinic_desktop.services.acts import Desk
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients


class Frame(QWidget):
    """A window small enough for a test: it opens screens, has Ctrl+Enter and Esc, and counts keys."""

    def __init__(self, desk: Desk, today: date) -> None:
        super().__init__()
        self.resize(1208, 660)
        self.keys = 0
        self.errors: list[str] = []
        self.said: list[str] = []
        self.went: list[str] = []
        self.patient: str | None = None
        self.papers: list[bytes] = []
        context = ScreenContext(desk, Immediately(), self, RememberedHere(), lambda: today)
        self.chart, self.consultation = ChartView(context), ConsultationView(context)
        self._stack = QStackedWidget()
        for view in (self.chart, self.consultation):
            self._stack.addWidget(view)
        QVBoxLayout(self).addWidget(self._stack)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._primary)
        QShortcut(QKeySequence("Esc"), self, self._escape)

    def _primary(self) -> None:
        self.current.primary()

    def _escape(self) -> None:
        self.current.escape()

    @property
    def current(self) -> ScreenView:
        view = self._stack.currentWidget()
        assert isinstance(view, ScreenView)
        return view

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        self.keys += 1
        every = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            every |= modifier
        QTest.keyClick(QApplication.focusWidget() or self, key, every)
        if modifiers or key < Qt.Key.Key_Escape:
            QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def text(self, words: str) -> None:
        """Free text: what the budget does not count."""
        QTest.keyClicks(QApplication.focusWidget() or self, words)

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append(screen)
        views = {"chart": self.chart, "consultation": self.consultation}
        if screen in views:
            self._stack.setCurrentWidget(views[screen])
            views[screen].open(**arguments)

    def back(self) -> None:
        self._stack.setCurrentWidget(self.chart)

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        self.errors.append(str(error))
        if isinstance(near, Form):
            near.show_refusal(error)

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        self.said.append(text)
        self.undo = undo

    def set_patient(self, patient_id: str | None) -> None:
        self.patient = patient_id

    def refresh_banner(self) -> None:
        pass

    def set_count(self, screen: str, n: int) -> None:
        pass

    def preview(self, document: Callable[[], bytes], title: str) -> None:  # noqa: ARG002 - the shell's
        self.papers.append(document())


def a_patient(store: Store, **values: object) -> str:
    """Somebody to see."""
    known = {
        "mrn": new_id(),
        "family_name": "Okafor",
        "given_names": "Ngozi",
        "sex": "female",
        "born_on": "1980-05-04",
        "registered_at": to_text(store.clock.now()),
        "family_key": "okafor",
        "given_key": "ngozi",
    }
    with store.write(act=new_id(), session=None) as unit:
        return unit.create(patients, known | values, kind="patient.registered")


def step_of(desk: Desk, patient: str, encounter: str, step: str) -> encounters.StepShown:
    """One step as this person would see it."""
    return encounters.consultation(desk, patient, encounter).step(step)
