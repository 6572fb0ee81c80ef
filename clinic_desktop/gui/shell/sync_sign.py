"""How all that is told stands, in sight of everybody: the pill of the top bar, and what waits for a decision.

What sync keeps moves without an entry in the journal: it is asked for after each, and every few seconds besides.
"""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from clinic_desktop.gui.shell.gate import Workplace
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.howfar import NEEDS_SOMEBODY, Marks, short_words
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_standing import Standing
    from clinic_desktop.gui.shell.screen import ScreenView
    from clinic_desktop.gui.shell.topbar import TopBar

SCREEN = "sync"
MOVED = "sync.moved"  # what a page is told, as a kind of the journal
EVERY_MS = 5_000
# So long after an act: by then what it wrote has been looked at, and is not said to wait for that.
SETTLES_MS = 1_500
# Of the time of one worker no more than one part in so many goes into asking, however large the clinic is.
SHARE = 20
# An answer that has not come by then was given up with all that somebody would wait for no longer.
LOST_SECONDS = 30.0
# What does not go on: the words of the pill, and those behind the system's name when it is hovered.
STOPPED = {
    "sign_in": (N_("{system} asks for a sign-in"), N_("asks for a sign-in"), "key"),
    "unreadable": (N_("{system} cannot be read"), N_("cannot be read"), "offline"),
    "fault": (
        N_("{system}: stopped by an error"),
        N_("an error in this program stops it, and it is tried again"),
        "alert",
    ),
    "away": (N_("{system} cannot be reached"), N_("cannot be reached"), "offline"),
    "paused": (N_("{system} is paused"), N_("is paused"), "ring"),
    "again": (N_("Reading all again"), N_("all is read again before anything is sent"), "sync"),
    "new": (N_("Not yet asked"), N_("was not asked yet"), "info"),
}


class Shell(Protocol):
    """What the sign needs of the frame."""

    topbar: "TopBar"

    @property
    def current(self) -> "ScreenView | None": ...  # noqa: D102
    def go(self, screen: str, **arguments: str) -> None: ...  # noqa: D102
    def has_screen(self, name: str) -> bool: ...  # noqa: D102
    def set_count(self, screen: str, n: int) -> None: ...  # noqa: D102
    def refresh_banner(self) -> None: ...  # noqa: D102
    def isVisible(self) -> bool: ...  # noqa: D102, N802


class SyncSign(QObject):
    """Asks in a worker while the frame is in sight; where no system is connected there is no sign at all."""

    def __init__(self, frame: Shell, tasks: Tasks, place: Workplace) -> None:
        super().__init__(frame if isinstance(frame, QWidget) else None)
        self._frame, self._tasks, self._place = frame, tasks, place
        self._standing: Standing | None = None
        self._rests_until = 0.0
        self._soon, self._every = QTimer(self), QTimer(self)
        self._soon.setSingleShot(True)
        for timer, after in ((self._soon, SETTLES_MS), (self._every, EVERY_MS)):
            timer.setInterval(after)
            timer.timeout.connect(self.ask)
        self._every.start()
        frame.topbar.state_asked.connect(self._open)

    def moved(self) -> None:
        """Something was written here: ask once it has been looked at."""
        if not self._soon.isActive():
            self._soon.start()

    def ask(self) -> None:
        """Ask how it stands, unless nobody sees it or it was asked only now."""
        if not self._frame.isVisible() or time.monotonic() < self._rests_until:
            return
        self._rests_until = time.monotonic() + LOST_SECONDS

        def work() -> "tuple[Standing | None, float]":
            begun = time.monotonic()
            return self._place.standing(), time.monotonic() - begun

        # What cannot be asked is not said: the last answer stands.
        self._tasks.glance("standing", work, self._arrived, lambda _error: self._rest(0.0))

    def counted(self, screen: str, n: int) -> None:
        """The page that lists what waits for a decision has counted it: the pill says as many, and at once."""
        if screen == SCREEN and self._standing is not None and self._standing.may_decide:
            self._standing = replace(self._standing, to_decide=n)
            self._show(self._standing)

    def _show(self, found: "Standing") -> None:
        self._frame.topbar.show_state(standing_look(found), standing_words(found))

    def _rest(self, took: float) -> None:
        self._rests_until = time.monotonic() + SHARE * took

    def _arrived(self, answer: "tuple[Standing | None, float]") -> None:
        found, took = answer
        self._rest(took)
        if found == self._standing:
            return
        first, self._standing = self._standing is None, found
        if found is None:
            self._frame.topbar.show_state(None)
        else:
            self._show(found)
        self._frame.set_count(SCREEN, found.to_decide if found is not None and found.may_decide else 0)
        if not first:
            self._frame.refresh_banner()
            if self._frame.current is not None:
                self._frame.current.refresh(frozenset({MOVED}))

    def _open(self) -> None:
        if self._frame.has_screen(SCREEN):
            deciding = self._standing is not None and self._standing.may_decide and self._standing.to_decide > 0
            self._frame.go(SCREEN, show="decide" if deciding else "systems")


def standing_look(one: "Standing") -> Look:
    """The one thing to be said of it: what needs somebody before what goes on by itself."""
    stopped = {state: title for title, state in reversed(one.stopped)}

    def said(state: str, meaning: str) -> Look:
        words, _more, icon = STOPPED[state]
        return Look(_(words).format(system=stopped[state]), meaning, icon)

    for state in ("sign_in", "unreadable", "fault"):
        if state in stopped:
            return said(state, "warning")
    if one.to_decide and one.may_decide:
        return Look(_("{n} to decide").format(n=one.to_decide), "warning")
    for state in ("away", "paused"):
        if state in stopped:
            return said(state, "warning")
    if one.waiting:
        return Look(_("{n} waiting").format(n=one.waiting), "information", "clock")
    for state in ("again", "new"):
        if state in stopped:
            return said(state, "information")
    if one.to_decide:  # others decide that: it is said, and is nothing to warn of
        return Look(_("{n} wait for a decision").format(n=one.to_decide), "information", "clock")
    if one.behind:
        return Look(_("Looking what to tell"), "information", "sync")
    return Look(_("All told"), "good")


def standing_words(one: "Standing") -> str:
    """All of it, when hovered."""
    lines = [f"{title}: {_(STOPPED[state][1])}" for title, state in one.stopped]
    lines += [_("Waiting to be sent: {n}").format(n=one.waiting)] if one.waiting else []
    lines += [_("Waiting for a decision: {n}").format(n=one.to_decide)] if one.to_decide else []
    return "\n".join(lines or [_("Every connected system was told all that it is told of.")])


def record_look(marks: Marks, patient_id: str) -> Look | None:
    """How far a patient's registration is at the connected systems, as the banner shows it; None where at none."""
    words = short_words(marks, "patient", patient_id)
    if not words:
        return None
    found = {mark.word for mark in marks["patient", patient_id]}
    meaning = (
        "warning" if found & NEEDS_SOMEBODY
        else "good" if found == {"confirmed"}
        else "information" if found & {"waiting", "sent", "confirmed"}
        else "neutral"
    )  # fmt: skip
    return Look(_("Sync: {state}").format(state=words), meaning, "sync")
