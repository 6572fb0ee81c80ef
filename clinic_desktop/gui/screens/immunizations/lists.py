"""The two lists of the page: what is due, and what was given."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from PySide6.QtWidgets import QSizePolicy

from clinic_desktop.domain.immunization_forecast import Forecast, in_sight
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.immunization_words import STATE_ORDER, STATE_WORDS, counts_words, given_words, next_words
from clinic_desktop.services.immunization_chart import DoseShown

R = TypeVar("R")

MEANINGS = {
    "overdue": "critical",
    "due": "warning",
    "decision": "information",
    "held": "critical",
    "later": "neutral",
    "complete": "good",
    "too_late": "neutral",
    "not_needed": "neutral",
    "unknown": "warning",
}


def in_order(forecasts: Sequence[Forecast], today: date) -> list[Forecast]:
    """What is overdue and due first; what is past and was never begun, or is far away, is left out."""
    shown = [one for one in forecasts if in_sight(one, today)]
    return sorted(shown, key=_urgency)


def _urgency(row: Forecast) -> tuple[int, date]:
    return STATE_ORDER.index(row.state), row.recommended or row.earliest or date.max


def due(settings: Remembered) -> ListTable[Forecast]:
    """What is due, by antigen."""
    columns: Sequence[Column[Forecast]] = (
        Column("name", _("Against"), lambda row: _(row.name), 150, stretch=True, strong=True),
        Column("state", _("State"), lambda row: _(STATE_WORDS[row.state]), 116, look=_state),
        Column("dose", _("Dose"), _dose, 72, subtle=True),
        Column("next", _("Next"), next_words, 108, sort=lambda row: row.recommended or row.earliest),
    )
    empty = Empty(_("No schedule is followed: an administrator chooses one in the settings."), icon="syringe")
    return _fitted("immunizations.due", columns, lambda row: row.antigen, empty, settings)


def given(settings: Remembered) -> ListTable[DoseShown]:
    """What was given, newest first, with what was refused and what was an error."""
    columns: Sequence[Column[DoseShown]] = (
        Column("on", _("Given"), given_words, 108, sort=lambda row: row.occurred_on, strong=True),
        Column("vaccine", _("Vaccine"), lambda row: row.vaccine_name, 168),
        Column("counts", _("Counts as"), counts_words, 150, stretch=True, subtle=True),
        Column("lot", _("Lot"), lambda row: row.lot or "", 72, subtle=True),
        Column("worth", _("State"), lambda row: _(worth(row).text), 112, look=lambda row: _translated(worth(row))),
    )
    empty = Empty(_("No immunization is recorded yet."), icon="syringe")
    return _fitted("immunizations.given", columns, lambda row: row.id, empty, settings)


def _fitted(
    name: str, columns: Sequence[Column[R]], key: Callable[[R], object], empty: Empty, settings: Remembered
) -> ListTable[R]:
    """A list as high as its panel leaves it, so that both fit the window and scroll by themselves."""
    table = ListTable(name, columns, key=key, empty=empty, settings=settings, counted=False)
    table.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    table.view.setMinimumHeight(96)
    empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
    return table


def worth(dose: DoseShown) -> Look:
    """How a dose stands in one word."""
    if dose.status == "entered_in_error":
        return Look(N_("Error"), "neutral", "void")
    if dose.status == "not_done":
        return Look(N_("Not given"), "warning", "skip")
    if any(one.severity == "severe" for one in dose.reactions):
        return Look(N_("Reaction"), "critical", "allergy")
    states = {one.state for one in dose.counted}
    if "invalid" in states:
        return Look(N_("Repeat"), "critical")
    if dose.reactions:
        return Look(N_("Reaction"), "warning", "allergy")
    if "late" in states or (states and states <= {"extra"}):
        return Look(N_("Extra") if states <= {"extra"} else N_("Late"), "neutral")
    return Look(N_("Counts"), "good") if states else Look(N_("Recorded"), "neutral")


def _translated(look: Look) -> Look:
    return Look(_(look.text), look.meaning, look.icon)


def _state(row: Forecast) -> Look:
    if row.declined is not None and row.state in {"overdue", "due"}:
        return Look(_("Refused"), "warning", "skip")
    return Look(_(STATE_WORDS[row.state]), MEANINGS[row.state])


def _dose(row: Forecast) -> str:
    if row.state == "complete":
        return _("{n} given").format(n=row.given)
    if row.number is None or not row.of:
        return ""
    return _("{n} of {of}").format(n=row.number, of=row.of)
