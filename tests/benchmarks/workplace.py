"""The real window over a real profile, in this process, for rows that paint."""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desktop.app import Door
from clinic_desktop.catalogue import SCREENS
from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.window import MainWindow
from tests.benchmarks.account import PASSWORD, USER

PATIENCE = 30.0


def screens() -> list[str]:
    """The screens of the catalogue that are in this copy of the program, said on standard error if some are not."""
    there: list[str] = []
    for name in SCREENS:
        try:
            importlib.import_module(name.partition(":")[0])
        except ModuleNotFoundError as missing:
            sys.stderr.write(f"     without {name.split('.')[3]}: {missing.name} is missing\n")
        else:
            there.append(name)
    return there


@contextmanager
def at_work(profile: Path) -> Iterator[MainWindow]:
    """A window with the doctor signed in, home painted and nothing still to come."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise TypeError("a window needs a QApplication")
    door = Door(profile)
    theme.apply(app, "light")
    window = MainWindow(door, screens(), settings=door.remembered)
    window.begin()
    window.show()
    window.activateWindow()
    window.signin.given.emit(USER, PASSWORD)
    until(lambda: window.has_frame and window.pools.idle)
    yield window
    window.close()


def until(ready: Callable[[], bool]) -> None:
    """Let Qt go on until something is so."""
    app = QApplication.instance()
    end = time.monotonic() + PATIENCE
    while not ready():
        if app is not None:
            app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        if time.monotonic() > end:
            raise TimeoutError("it never came to that")


class Paints(QObject):
    """Counts the paint events of a widget."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__()
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802, ARG002 - Qt's name
        """Count; every event goes on to its widget."""
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False
