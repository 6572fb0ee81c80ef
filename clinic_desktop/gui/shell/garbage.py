"""Unreachable circles are looked for in the window's thread alone.

Python looks for them in whichever thread happens to allocate next. A circle that holds a widget would then be taken
apart beside the thread that paints it, and the program ends without a word.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 250
# The oldest are looked through last: it takes the longest, and what a long day leaves can wait for a pause.
OLDEST_EVERY_SECONDS = 30.0


class Garbage(QObject):
    """Takes Python's own looking over for as long as the window lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self.destroyed.connect(lambda: gc.enable())  # noqa: PLW0108 - it takes no argument
        self._looked_at_all = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Look as far as Python would have by now."""
        (young, middle, old), (many, more, most) = gc.get_threshold(), gc.get_count()
        if many <= young:
            return
        if more <= middle:
            gc.collect(0)
        elif most <= old or time.monotonic() - self._looked_at_all < OLDEST_EVERY_SECONDS:
            gc.collect(1)
        else:
            gc.collect(2)
            self._looked_at_all = time.monotonic()
