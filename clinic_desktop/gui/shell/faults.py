"""What nobody caught: its kind and its place go into the log, and the person is told that something went wrong."""

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from clinic_desktop.gui.widgets.words import explain

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.window import MainWindow

log = logging.getLogger(__name__)


def watch(window: "MainWindow") -> None:
    """Follow every fault of this process from now on."""

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        # The kind and the places alone: an error's own words may carry what it was working on.
        places = " < ".join(
            f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(traceback.extract_tb(trace)[-6:])
        )
        log.error("%s at %s", kind.__name__, places)
        if window.has_frame and not window.is_locked:
            window.frame.toast.say(explain(error), meaning="critical")

    sys.excepthook = told
