"""The one window: first run, sign-in, work, lock. While it is locked nothing of a screen can be seen or reached."""

import gc
import importlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6 import QtGui, QtWidgets
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.garbage import Garbage
from clinic_desktop.gui.shell.signin import LockPage, SignInPage
from clinic_desktop.gui.tasks_qt import Pools, QtTasks
from clinic_desktop.gui.widgets.settings import Remembered, RememberedHere
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.frame import Frame
    from clinic_desktop.gui.shell.gate import Gate, Workplace
    from clinic_desktop.gui.shell.idle import Idle
    from clinic_desktop.gui.shell.screen import Screen

PRELOAD_MS = 5


class MainWindow(QWidget):
    """Made with the gate and the screens' dotted names ("package.module:SCREEN"); nothing heavy is imported for it.

    `opened` carries the `Workplace` once a person works, `locked` says that the screens are covered, `left` that
    the person has gone. The app connects `help_asked` and calls `journal_moved`.
    """

    opened = Signal(object)
    locked = Signal()
    resumed = Signal()
    left = Signal()
    start_afresh = Signal()
    help_asked = Signal(str)
    first_painted = Signal()

    def __init__(self, gate: "Gate", screens: Sequence[str], *, settings: Remembered | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(_("Clinic Desktop"))
        self._gate, self._names = gate, tuple(screens)
        self._settings = settings or RememberedHere()
        self.pools = Pools(self)
        Garbage(self)
        self.pools.orphaned.connect(self._orphaned)
        self._tasks = QtTasks(self.pools, self._trouble)
        self._frame: Frame | None = None
        self._place: Workplace | None = None
        self._covered: list[QWidget] = []
        self._focus: QWidget | None = None
        self.is_locked = False
        self._keys_bound = False
        self._was_painted = False
        self._idle: Idle | None = None
        self._lock_page: LockPage | None = None
        self._pages = QStackedWidget()
        self.signin = SignInPage()
        self._pages.addWidget(self.signin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.signin.given.connect(self._sign_in)
        self._preload = QTimer(self)
        self._preload.setInterval(PRELOAD_MS)
        self._preload.timeout.connect(self._load_one)
        self._to_load = list(self._names)
        self.resize(1280, 800)

    # Before work ----------------------------------------------------------------------------------------

    def begin(self, username: str = "") -> None:
        """Show the sign-in, or the first run where there is no clinic yet."""
        if self._gate.exists():
            self.signin.show_people(self._gate.clinic(), self._gate.staff(), self._gate.demo_words())
            self._pages.setCurrentWidget(self.signin)
            self.signin.begin(username)
        else:
            self._first_run()

    def preload(self) -> None:
        """Import the screens one after another while the sign-in waits; called once it has been painted."""
        self._bind_keys()
        # The sign-in is painted sooner without them.
        from clinic_desktop.gui.theme.faces import add_missing_faces

        add_missing_faces()
        self._preload.start()

    def _load_one(self) -> None:
        if self._to_load:
            _brought(self._to_load.pop(0).partition(":")[0])
        else:
            self._preload.stop()

    def _first_run(self) -> None:
        # Not needed on any other start.
        from clinic_desktop.gui.shell.firstrun import FirstRunPage

        page = FirstRunPage(self._gate, self._tasks)
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)

        def finish(username: str) -> None:
            self.begin(username)
            self._pages.removeWidget(page)
            page.deleteLater()

        page.done.connect(finish)
        page.begin()

    def _sign_in(self, username: str, password: str) -> None:
        self._tasks.change(lambda: self._gate.unlock(username, password), self._work, self._not_signed_in)

    def _not_signed_in(self, error: Exception) -> None:
        self.signin.refuse(explain(error))

    # Work -------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> "Frame":
        """The frame of the person signed in."""
        if self._frame is None:
            raise LookupError("nobody is signed in")
        return self._frame

    @property
    def has_frame(self) -> bool:
        """Whether somebody is signed in, locked or not."""
        return self._frame is not None

    def _work(self, place: "Workplace") -> None:
        if place.recovery_key:
            self._confirm_first(place)
            return
        # The sign-in is painted sooner without it.
        from clinic_desktop.gui.shell.frame import Frame

        self._preload.stop()
        self._bind_keys()
        frame = Frame(place, [load_screen(name) for name in self._names], self.pools)
        frame.lock_asked.connect(self.lock)
        frame.switch_asked.connect(self.switch_user)
        frame.password_asked.connect(self._ask_password)
        frame.theme_asked.connect(self.toggle_theme)
        frame.help_asked.connect(self.help_asked)
        frame.quit_asked.connect(self.close)
        self._frame, self._place, self.is_locked = frame, place, False
        self._pages.addWidget(frame)
        self._pages.setCurrentWidget(frame)
        self.setWindowTitle(f"{place.clinic} – {_('Clinic Desktop')}")
        self.idle.start(place.idle_minutes)
        frame.ask_counts()
        frame.go(place.home)
        self.opened.emit(place)

    def _confirm_first(self, place: "Workplace") -> None:
        """An administrator whose clinic has no confirmed recovery key confirms one before work begins."""
        from clinic_desktop.gui.shell.firstrun import FirstRunPage

        page = FirstRunPage(self._gate, self._tasks)
        self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)

        def finish(_username: str) -> None:
            self._pages.removeWidget(page)
            page.deleteLater()
            self._work(replace(place, recovery_key=""))

        page.done.connect(finish)
        page.ask_for(place.recovery_key)

    @property
    def idle(self) -> "Idle":
        """The watch over an empty chair."""
        if self._idle is None:
            from clinic_desktop.gui.shell.idle import Idle

            self._idle = Idle(self)
            self._idle.idle.connect(self.lock)
        return self._idle

    @property
    def lock_page(self) -> LockPage:
        """The page that covers everything while locked."""
        if self._lock_page is None:
            self._lock_page = LockPage()
            self._lock_page.given.connect(self._resume)
            self._lock_page.switch_user.connect(self.switch_user)
            self._pages.addWidget(self._lock_page)
        return self._lock_page

    def _bind_keys(self) -> None:
        if not self._keys_bound:
            self._keys_bound = True
            for keys, act in (("Ctrl+L", self.lock), ("Ctrl+Shift+L", self.switch_user), ("Ctrl+Q", self.close)):
                QtGui.QShortcut(QtGui.QKeySequence(keys), self, act)

    def journal_moved(self, kinds: frozenset[str]) -> None:
        """The journal moved: screens ask again for what they show."""
        if self.has_frame and not self.is_locked:
            self.frame.journal_moved(kinds)

    # Lock and leave ---------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Cover everything and refuse every act, with what was typed kept; the password lets the person go on."""
        if self._place is None or self.is_locked:
            return
        frame = self.frame
        self._focus = frame.focusWidget()
        frame.flush()
        frame.pace.flush()
        frame.palette_box.close_down()
        self.is_locked = True
        self._cover()
        self._pages.setCurrentWidget(self.lock_page)
        self.setWindowTitle(_("Clinic Desktop"))
        self.lock_page.begin(self._place.display_name)
        self.idle.stop()
        # After the drafts, since acts keep their order.
        self._tasks.change(self._gate.lock)
        self.locked.emit()

    def _cover(self) -> None:
        QtWidgets.QToolTip.hideText()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        self._covered = [
            each
            for each in QApplication.topLevelWidgets()
            if each is not self and each.isVisible() and _ours(each, self)
        ]
        for each in self._covered:
            each.hide()
        for each in self.findChildren(QWidget):
            if each.parent() is self and each is not self._pages and each.isVisible():
                each.hide()

    def _resume(self, password: str) -> None:
        self._tasks.change(lambda: self._gate.resume(password), self._resumed, self._not_resumed)

    def _not_resumed(self, error: Exception) -> None:
        self.lock_page.refuse(explain(error))

    def _resumed(self, _nothing: object) -> None:
        if self._place is None:
            return
        self.is_locked = False
        self.lock_page.begin("")
        self._pages.setCurrentWidget(self.frame)
        self.setWindowTitle(f"{self._place.clinic} – {_('Clinic Desktop')}")
        for each in self._covered:
            each.show()
        self._covered = []
        if self._focus is not None:
            self._focus.setFocus()
        self.idle.start(self._place.idle_minutes)
        self.journal_moved(frozenset())
        self.resumed.emit()

    def switch_user(self) -> None:
        """Keep the drafts, end the session and show the sign-in for the next person."""
        if self._place is None:
            return
        self._let_go()
        # Who has gone has gone, also where a full disk kept it from being written down.
        self._tasks.change(self._gate.leave, lambda _nothing: self.left.emit(), self._left_badly)
        self.begin()

    def _left_badly(self, error: Exception) -> None:
        self.left.emit()
        self.signin.refuse(explain(error))

    def _orphaned(self, error: Exception) -> None:
        """Say of an act that failed after its screen was gone: somebody thought that it was done."""
        words = _("Something you did before could not be done. {why}").format(why=explain(error))
        if self.has_frame and not self.is_locked:
            self.frame.toast.say(words, meaning="critical")
        elif self.is_locked:
            self.lock_page.refuse(words)
        else:
            self.signin.refuse(words)

    def _ask_password(self) -> None:
        # Not needed on any other day.
        from clinic_desktop.gui.shell.password import PasswordDialog

        dialog = PasswordDialog(self)

        def done(_nothing: object) -> None:
            dialog.accept()
            self.frame.say(_("Your password was changed."))

        def failed(error: Exception) -> None:
            dialog.refuse(explain(error), about_old=getattr(error, "field", "old") == "old")

        dialog.given.connect(
            lambda old, new: self._tasks.change(lambda: self._gate.change_password(old, new), done, failed)
        )
        dialog.open()

    def _let_go(self) -> None:
        frame = self.frame
        frame.close_down()
        self.idle.stop()
        for each in self._covered:
            each.deleteLater()
        self._covered, self._focus = [], None
        self._frame, self._place, self.is_locked = None, None, False
        self._pages.setCurrentWidget(self.signin)
        self._pages.removeWidget(frame)
        frame.deleteLater()
        self.setWindowTitle(_("Clinic Desktop"))

    def paintEvent(self, event: "QtGui.QPaintEvent") -> None:  # noqa: N802 - Qt's name
        """Say once that there is something to see: what may wait for that begins then."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.first_painted.emit()

    def closeEvent(self, event: "QtGui.QCloseEvent") -> None:  # noqa: N802 - Qt's name
        """Close without a question: every draft is kept, every act given is done."""
        if self._place is not None:
            self.frame.close_down()
            self._tasks.change(self._gate.leave)
        self._tasks.close()
        self.pools.close()
        super().closeEvent(event)

    # The rest ---------------------------------------------------------------------------------------------

    def toggle_theme(self) -> None:
        """Go from light to dark or back, and remember it."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            wanted = "light" if theme.mode() == "dark" else "dark"
            self._settings.set("theme", wanted)
            theme.apply(app, wanted)

    def _trouble(self, error: Exception) -> None:
        words = explain(error)
        if self.has_frame and not self.is_locked:
            self.frame.toast.say(words, meaning="critical")
        elif self.is_locked:
            self.lock_page.refuse(words)
        else:
            self.signin.refuse(words)


def _brought(module: str) -> ModuleType:
    """Import a module. What it makes lives as long as the program: nobody need look for garbage among it, then or later
    (a quarter of the time that all screens take).
    """
    if module in sys.modules:
        return sys.modules[module]
    looked = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        if looked:
            gc.enable()


def load_screen(name: str) -> "Screen":
    """Import a screen by its dotted name, ``package.module:SCREEN``."""
    from clinic_desktop.gui.shell.screen import Screen

    module, _colon, word = name.partition(":")
    screen = getattr(_brought(module), word or "SCREEN")
    if not isinstance(screen, Screen):
        raise TypeError(f"{name} is not a screen")
    return screen


def _ours(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        parent = parent.parentWidget()
    return parent is window
