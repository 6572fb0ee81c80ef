"""What the laboratory's presenter asks of its view, and the words of its acts. No Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from clinic_desktop.gui.screens.laboratory.sheet import SECOND_PERSON, GridRow
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.laboratory import CollectedSpecimen
from clinic_desktop.services.sheets import OrderSheet
from clinic_desktop.services.worklist import Counts, CriticalResult, WaitingOrder

CALL_BACK = "call_back"
TOUCHES = ("lab_order.", "specimen.", "result.", "callback.", "patient.changed")
STAGES = ("collect", "enter", "release", CALL_BACK, "done")


@dataclass(frozen=True)
class Todo:
    """What the screen's primary act is now: its kind, its words, whether it may be done, and the rule if not."""

    kind: str  # collect enter release or nothing
    words: str = ""
    enabled: bool = False
    rule: str = ""


class View(Protocol):
    """What the presenter asks of the view."""

    def show_orders(self, orders: Sequence[WaitingOrder]) -> None: ...  # noqa: D102
    def show_critical(self, critical: Sequence[CriticalResult]) -> None: ...  # noqa: D102
    def show_counts(self, counts: Counts) -> None: ...  # noqa: D102
    def show_sections(self, sections: Sequence[str]) -> None: ...  # noqa: D102
    def show_stage(self, stage: str) -> None: ...  # noqa: D102
    def show_sheet(self, sheet: OrderSheet | None) -> None: ...  # noqa: D102
    def show_rows(self, rows: Sequence[GridRow]) -> None: ...  # noqa: D102
    def show_row(self, row: GridRow) -> None: ...  # noqa: D102
    def show_todo(self, todo: Todo) -> None: ...  # noqa: D102
    def show_labels(self, labels: Sequence[CollectedSpecimen]) -> None: ...  # noqa: D102
    def chosen_kinds(self) -> tuple[str, ...]: ...  # noqa: D102
    def focus_row(self, code: str) -> None: ...  # noqa: D102
    def set_patient(self, patient_id: str | None) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def callback_done(self) -> None: ...  # noqa: D102
    def correction_done(self) -> None: ...  # noqa: D102
    def restore_call_back(self, fields: Mapping[str, object]) -> None: ...  # noqa: D102
    def draft_done(self) -> None: ...  # noqa: D102
    def say(self, words: str) -> None: ...  # noqa: D102
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


def first_with_work(counts: Counts, own: str) -> str:
    """The list to open at when nobody asked for one: the role's own, unless another has work and it has none."""
    return next((stage for stage in (own, *STAGES) if counts.at(stage)), own)


def todos(
    sheet: OrderSheet, kinds: Sequence[str], *, editable: bool, may_collect: bool, may_enter: bool
) -> dict[str, Todo]:
    """What can be done about an order, by its kind."""
    waiting = any(test.status in {"ordered", "rejected"} for test in sheet.tests)
    entered = [test.result for test in sheet.tests if test.result is not None and test.result.status == "entered"]
    found = {}
    if waiting and may_collect:
        found["collect"] = Todo("collect", _("Collect spec&imens"), enabled=bool(kinds))
    if editable:
        found["enter"] = Todo("enter", _("&Save results"))
    if entered and may_enter:
        others = [result for result in entered if not result.entered_by_me]
        rule = "" if len(others) == len(entered) else _(SECOND_PERSON)
        words = ngettext("&Release {n} result", "&Release {n} results", len(others) or len(entered))
        found["release"] = Todo("release", words, bool(others), rule)
    return found


def saved_words(n: int) -> str:
    """What is said of values that were entered."""
    one = "{n} result saved. A second person releases it."
    return ngettext(one, "{n} results saved. A second person releases them.", n)
