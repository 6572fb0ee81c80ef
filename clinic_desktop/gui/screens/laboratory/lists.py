"""The two lists of the laboratory: orders that wait, and critical results that nobody was called about."""

from clinic_desktop.domain.units import written
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.words import minutes_words
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.worklist import CriticalResult, WaitingOrder

PRIORITY_LOOKS = {
    "stat": (N_("Stat"), "critical", "alert"),
    "urgent": (N_("Urgent"), "warning", "up"),
    "routine": (N_("Routine"), "neutral", "ring"),
}
EMPTY = {
    "collect": N_("No specimen waits to be taken. Orders appear here as soon as a doctor places them."),
    "enter": N_("No specimen waits to be measured."),
    "release": N_("No result waits to be released."),
    "done": N_("Nothing was released yet."),
}


def priority_look(priority: str) -> Look:
    """The pill of a priority."""
    words, meaning, icon = PRIORITY_LOOKS[priority]
    return Look(_(words), meaning, icon)


def orders_table(settings: Remembered) -> ListTable[WaitingOrder]:
    """The list of orders at a stage."""
    columns = (
        Column[WaitingOrder](
            "priority", _("Priority"), lambda row: row.priority, 94, look=lambda row: priority_look(row.priority)
        ),
        Column[WaitingOrder]("patient", _("Patient"), lambda row: row.patient_name, 150, strong=True),
        Column[WaitingOrder]("tests", _("Tests"), _tests, 120, stretch=True, subtle=True),
        Column[WaitingOrder](
            "waiting", _("Waiting"), lambda row: minutes_words(row.waiting_minutes), 70, number=True,
            sort=lambda row: row.waiting_minutes, meaning=_late,
        ),
    )  # fmt: skip
    empty = Empty(_(EMPTY["enter"]), icon="flask")
    return ListTable("laboratory.orders", columns, key=lambda row: row.order_id, empty=empty, settings=settings)


def critical_table(settings: Remembered) -> ListTable[CriticalResult]:
    """The list of critical results to call back."""
    columns = (
        Column[CriticalResult]("flag", _("Flag"), lambda row: row.flag, 78, look=_critical),
        Column[CriticalResult]("patient", _("Patient"), lambda row: row.patient_name, 130, strong=True),
        Column[CriticalResult](
            "test", _("Result"), lambda row: f"{row.test} {row.value} {written(row.unit)}", 120, stretch=True
        ),
        Column[CriticalResult](
            "waiting", _("Waiting"), lambda row: minutes_words(row.waiting_minutes), 70, number=True,
            sort=lambda row: row.waiting_minutes, meaning=lambda _row: "critical",
        ),
    )  # fmt: skip
    empty = Empty(_("Every critical result was called back."), icon="done")
    return ListTable("laboratory.critical_list", columns, key=lambda row: row.result_id, empty=empty, settings=settings)


def _critical(row: CriticalResult) -> Look:
    return Look(row.flag, "critical")


def _tests(row: WaitingOrder) -> str:
    words = ", ".join(row.tests)
    if row.rejected:
        words = _("again: {tests}").format(tests=words)
    return f"{len(row.tests)} · {words}" if len(row.tests) > 1 else words


def _late(row: WaitingOrder) -> str:
    # Turn-around that a small laboratory promises itself: a stat within half an hour, an urgent one within two.
    limit = {"stat": 30, "urgent": 120}.get(row.priority)
    return "critical" if limit is not None and row.waiting_minutes > limit else ""
