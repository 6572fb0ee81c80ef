"""Keeps what is being typed: every edit reaches `save` within a fifth of a second."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

DELAY_MS = 150  # from the first edit not kept yet: typing on does not put it off


class Kept(Protocol):
    """What a keeper watches: a form, or anything else with a draft."""

    def draft(self) -> dict[str, str]:
        """What was typed, by field."""
        ...


class DraftKeeper(QObject):
    """Hands the draft of a form to `save`; a `Form` given one calls it.

    `save` should return at once (hand the write to `tasks.change`). The shell flushes every keeper of a
    screen before it is locked, left or closed.
    """

    def __init__(self, save: Callable[[dict[str, str]], None], *, delay_ms: int = DELAY_MS) -> None:
        super().__init__()
        self._save = save
        self._form: Kept | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay_ms)
        self._timer.timeout.connect(self.flush)
        self._waiting = False

    def watch(self, form: Kept) -> None:
        """Say whose draft it is."""
        self._form = form

    def touch(self) -> None:
        """Something was typed."""
        self._waiting = True
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Hand over now what is not kept yet."""
        self._timer.stop()
        if self._waiting and self._form is not None:
            self._waiting = False
            self._save(self._form.draft())

    def forget(self) -> None:
        """The draft was signed or thrown away: keep nothing of it."""
        self._timer.stop()
        self._waiting = False

    @property
    def waiting(self) -> bool:
        """Whether something typed has not been handed over."""
        return self._waiting
