"""A paper about a patient of which there is one alone, the same that the command line prints."""

import importlib
from collections.abc import Callable

from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.services.acts import Desk


def paper_of(desk: Desk, name: str, patient_id: str) -> bytes:
    """The paper as PDF, after who opens it is on record. Raises Refusal."""
    # ReportLab and its fonts cost 0.15 s: nobody waits for them before the first paper.
    return bytes(importlib.import_module("clinic_desktop.reports.papers").make(desk, name, patient_id, None)[0])


def previewing(context: ScreenContext, name: str, title: str, patient: Callable[[], str]) -> Callable[[], None]:
    """What a button does that shows the paper of the patient who is open when it is pressed."""

    def show() -> None:
        desk, patient_id = context.desk, patient()
        context.window.preview(lambda: paper_of(desk, name, patient_id), title)

    return show
