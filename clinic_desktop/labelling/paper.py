"""What a screen asks to be printed. Light, so that a screen may name it before its first paint."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clinic_desktop.services.acts import Desk
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.shelf import LotView

if TYPE_CHECKING:
    from clinic_desktop.reports.label_sheets import LabelSheets


@dataclass(frozen=True)
class Paper:
    """Which document of which record; `make` draws it for a roll of so many millimetres."""

    document: str
    record_id: str
    number: str
    make: "Callable[[int], LabelSheets]"
    cash: bool = False  # what was paid in cash opens the drawer

    def __repr__(self) -> str:
        return f"Paper({self.document})"


def asked(desk: Desk, paper: Paper) -> Callable[[], Any]:
    """What makes the job of a paper, or its PDF where no printer is set up for it; not in the window's thread."""

    def make() -> object:
        # ReportLab, its fonts and the symbols cost 0.4 s: nobody waits for them before the first paper.
        return importlib.import_module("clinic_desktop.labelling.jobs").prepare(desk, paper)

    return make


def ticket(desk: Desk, line: QueueLine) -> Callable[[], Any]:
    """What makes the ticket of a place in the queue."""

    def sheets(roll_mm: int) -> Any:
        papers = importlib.import_module("clinic_desktop.reports.label_papers")
        return papers.queue_ticket(desk, line.ticket, line.checked_in_at, roll_mm)

    return asked(desk, Paper("queue-ticket", line.id, str(line.ticket), sheets))


def shelf(desk: Desk, product: str, lot: LotView) -> Callable[[], Any]:
    """What makes the label of a lot on its shelf."""

    def sheets(_roll: int) -> Any:
        papers = importlib.import_module("clinic_desktop.reports.label_papers")
        return papers.shelf_label(desk, product, lot.lot, lot.expires_on, lot.lot_id)

    return asked(desk, Paper("shelf-label", lot.lot_id, f"{product}, {lot.lot}", sheets))
