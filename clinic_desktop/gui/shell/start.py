"""Starts the window: paints the sign-in first, brings the rest in behind it, and follows the journal."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.callscreen import Calling
    from clinic_desktop.gui.shell.gate import Door, Workplace

KEYS = N_("Ctrl+K finds anything · Ctrl+Enter does the page's act · Alt+letter a button · Esc back · Ctrl+L locks")
HEARD = 50  # events of the background process that are kept for who signs in later
LOOK_MS = 250  # how soon another process's work is seen; a look costs 4 microseconds


def run(door: "Door", screens: Sequence[str], profile: Path) -> int:
    """Show the window until it is closed."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("a window needs a QApplication")
    theme.apply(app, door.remembered.get("theme") or "system")
    window = MainWindow(door, screens, settings=door.remembered)
    follow(window, door, profile)
    again: list[bool] = []

    def afresh() -> None:
        again.append(True)
        window.close()
        app.quit()

    window.start_afresh.connect(afresh)
    window.begin()
    window.show()
    code = app.exec()
    if again:
        os.execv(sys.executable, [sys.executable, "-m", "clinic_desktop", "--profile", str(profile)])  # noqa: S606
    return code


def follow(window: MainWindow, door: "Door", profile: Path) -> None:
    """Connect the window to the journal and to the background process; heavy imports wait for the first paint."""
    look = QTimer(window)
    look.setInterval(LOOK_MS)

    def moved() -> None:
        try:
            kinds = door.moved()
        except Trouble:
            return
        if kinds:
            window.journal_moved(kinds)
            for calling in callings:
                calling.moved(kinds)

    def call() -> None:
        # The sign-in is painted sooner without it.
        from clinic_desktop.gui.shell.callscreen import Calling

        callings.append(Calling(window, door))

    callings: list[Calling] = []

    def opened(_place: object) -> None:
        look.start()
        for notice in door.notices():
            window.frame.say(notice)

    window.first_painted.connect(lambda: QTimer.singleShot(0, lambda: _hear(window)))
    window.first_painted.connect(lambda: QTimer.singleShot(0, call))
    look.timeout.connect(moved)
    window.opened.connect(opened)
    window.left.connect(look.stop)
    window.help_asked.connect(lambda _page: window.frame.say(_(KEYS)))
    _hard_lock(window, door)
    for gone in (window.locked, window.left):
        gone.connect(_forget_copied)
    # A timer alone would fire before the paint.
    window.first_painted.connect(lambda: QTimer.singleShot(0, lambda: _after_first_paint(window, door, profile)))


def _hear(window: MainWindow) -> None:
    # The sign-in is painted sooner without it.
    from clinic_desktop.gui.shell.hearing import Hearing

    Hearing(window)


def _forget_copied() -> None:
    # Not needed before the first paint.
    from clinic_desktop.gui.shell.clipboard import forget_copied

    forget_copied(QApplication.clipboard())


def _hard_lock(window: MainWindow, door: "Door") -> None:
    """Let go of the key when a locked window is left alone: the session ends, and the process is replaced.

    Python cannot wipe what it has held, so the only honest way to forget a key is another process.
    """

    def forget() -> None:
        window.left.connect(lambda: QTimer.singleShot(0, window.start_afresh.emit))
        window.switch_user()

    def begin() -> None:
        # Not needed before the first paint.
        from clinic_desktop.gui.shell.idle import Countdown

        left_alone = Countdown(window)
        left_alone.over.connect(forget)
        window.resumed.connect(left_alone.stop)
        window.left.connect(left_alone.stop)
        left_alone.start(door.hard_lock_minutes())

    window.locked.connect(begin)


def _log(window: MainWindow, profile: Path) -> None:
    """Keep a log where there is a clinic to keep it in, and let no fault pass in silence."""
    # Neither is needed before the first paint.
    import logging

    from clinic_desktop import logs
    from clinic_desktop.gui.shell.faults import watch

    def begin() -> None:
        if profile.exists() and not begun:
            begun.append(True)
            logs.start(profile / "logs", "window")
            logging.getLogger(__name__).info("the window was opened")

    begun: list[bool] = []
    begin()
    window.opened.connect(lambda _place: begin())
    watch(window)


def _after_first_paint(window: MainWindow, door: "Door", profile: Path) -> None:
    window.preload()
    _log(window, profile)
    # Nothing needs the background process before somebody can sign in, and the sign-in is painted sooner without it.
    from clinic_desktop.gui.shell.background import Background

    command = (sys.executable, "-m", "clinic_desktop", "--profile", str(profile), "agent", "--sealed")
    background = Background(command, door.key, window)

    def said(words: str) -> None:
        if window.has_frame and not window.is_locked:
            window.frame.say(words)

    def told(event: object) -> None:
        from clinic_desktop.gui.shell.hearing import Hearing  # with the first event, as above

        hearing = window.findChild(Hearing)
        if hearing is not None and isinstance(event, dict):
            hearing.told(event)

    heard: list[dict[str, object]] = []

    def noted(event: dict[str, object]) -> None:
        """What it told before somebody signed in is told to their screens too."""
        if event.get("event") == "ready":
            heard.clear()
        heard.append(event)
        del heard[:-HEARD]
        if window.has_frame:
            program = window.frame.place.program
            if event.get("event") == "ready":
                program.stopped()
            program.heard(event)

    def opened(place: "Workplace") -> None:
        place.program.restart = background.again
        for event in heard:
            place.program.heard(event)
        background.unlock()

    background.told.connect(noted)
    background.status.connect(said)
    background.told.connect(told)
    window.opened.connect(opened)
    window.left.connect(background.lock)
    window.destroyed.connect(background.stop)
    app = QApplication.instance()
    if app is not None:
        app.aboutToQuit.connect(background.stop)
    if (profile / "clinic.db").exists():
        background.start()
    else:
        window.opened.connect(lambda _place: None if background.pid else background.start())


__all__ = ["follow", "run"]
