"""A stage for the screens of reception: a pretend window, a screen on it, keys and clicks."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import NewPatient

DeskFor = Callable[[str], Desk]
TODAY = date(2026, 3, 10)
OKAFOR = NewPatient("Okafor", "Chidi", "male", date(1985, 7, 4), "day", "+234 803 123 4567")


class PretendWindow:
    """What a screen may ask of the shell, written down."""

    def __init__(self) -> None:
        self.patient: str | None = None
        self.said: list[str] = []
        self.errors: list[str] = []
        self.went: list[tuple[str, dict[str, str]]] = []
        self.counts: dict[str, int] = {}

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append((screen, arguments))

    def back(self) -> None:
        self.went.append(("back", {}))

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        if not isinstance(error, Refusal):
            raise error
        self.errors.append(str(error))
        if isinstance(near, Form):
            near.show_refusal(error)

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
        self.said.append(title)
        self.document = document


class Stage:
    """Screens built for a role, shown, with what they asked of the window."""

    def __init__(self, qtbot: QtBot, desk_for: DeskFor) -> None:
        self.qtbot, self.desk_for = qtbot, desk_for
        self.window = PretendWindow()

    def show(self, name: str, role: str = "front_desk", **arguments: str) -> ScreenView:
        screens = __import__(f"clinic_desktop.gui.screens.{name}.screen", fromlist=["SCREEN"])
        context = ScreenContext(self.desk_for(role), Immediately(), self.window, RememberedHere(), lambda: TODAY)
        view: ScreenView = screens.SCREEN.build(context)
        self.qtbot.addWidget(view)
        view.resize(1280, 800)
        view.show()
        view.activateWindow()
        self.qtbot.waitUntil(view.isActiveWindow)
        view.open(**arguments)
        self.qtbot.wait(5)
        return view

    def type(self, view: QWidget, name: str, text: str) -> None:
        field = view.findChild(QWidget, name)
        assert field is not None, name
        field.setFocus()
        QTest.keyClicks(field, text)

    def click(self, view: QWidget, name: str) -> None:
        button = view.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
