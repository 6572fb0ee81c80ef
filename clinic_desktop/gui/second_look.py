"""A measurement that asks for a second look: its question, and the way to take it back. No Qt."""

from collections.abc import Callable, Sequence
from typing import Protocol

from clinic_desktop.domain import vitals as signs
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import vitals
from clinic_desktop.services.acts import Desk


class Asks(Protocol):
    """A view that can ask, with a way to take back what was done."""

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None: ...  # noqa: D102


def ask_of(taken: Sequence[vitals.Taken], desk: Desk, tasks: Tasks, view: Asks) -> None:
    """Ask what a weight raises, if it raises anything; Undo says that it was an error, with the index made of it."""
    question = next((one.question for one in taken if one.question), "")
    if not question:
        return
    ids = [one.id for one in taken if one.code in {signs.WEIGHT, signs.BMI}]
    act = desk.once()
    reason = _("Typed wrongly, taken back at once")
    view.offer_undo(question, lambda: tasks.change(lambda: vitals.vitals_entered_in_error(act, ids, reason)))
