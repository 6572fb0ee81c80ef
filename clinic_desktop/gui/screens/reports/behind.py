"""The rows behind one number, beside the report it stands in."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from clinic_desktop.domain.reporting import Kind, clean
from clinic_desktop.domain.reporting_behind import said_amount
from clinic_desktop.gui.screens.reports.presenter import MOST_SHOWN, Things
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.reporting_behind import Thing

WIDTH = 484


class BehindPanel(Side):
    """Its list is `table`; a row is opened with Enter."""

    def __init__(self, settings: Remembered, close: Callable[[], object]) -> None:
        super().__init__()
        self._things: Things | None = None
        self._panel = Panel(name="reports.behind.panel")
        self._panel.add_button(_("C&lose"), "reports.behind.close", close)
        self._said = label("", "secondary", name="reports.behind.said", wrap=True)
        self.table: ListTable[Thing] = ListTable(
            "reports.things",
            (
                Column[Thing]("at", _("When"), _when, 138, sort=lambda one: one.at),
                # Not broken into lines: the heights of 20,000 rows are not measured in the window's thread.
                Column[Thing]("what", _("What"), _what, 130, stretch=True, hint=_what),
                Column[Thing]("patient", _("Patient"), _who, 118, hint=lambda one: " · ".join((_who(one), one.mrn))),
                Column[Thing]("amount", _("Adds"), self._amount, 60, number=True, sort=lambda one: one.amount),
            ),
            key=id, settings=settings, counted=False,
            empty=Empty(_("Nothing stands behind this number: it is nought."), icon="report"),
        )  # fmt: skip
        self._panel.add(self._said)
        self._panel.add(self.table, 1)
        hint = label(_("Enter opens the patient of a row. Esc closes."), "secondary", wrap=True)
        hint.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._panel.add(hint)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.addWidget(self._panel)
        self.setMinimumWidth(WIDTH)
        self.hide()

    def show_things(self, things: Things) -> None:
        """Show what has been read."""
        self._things = things
        self._panel.set_title(things.title)
        self.table.set_rows(things.rows)
        rows = ngettext("{n} row", "{n} rows", things.count)
        parts = [rows if things.done else _("Reading … {rows}").format(rows=rows)]
        if things.people:
            parts.append(ngettext("{n} person", "{n} people", things.people))
        if things.how.kind is not Kind.COUNT or things.sum != things.count:
            together = said_amount(things.how, things.sum, things.currency)
            unit = things.currency if things.how.kind is Kind.MONEY else "min" if things.how.kind is Kind.TENTHS else ""
            parts.append(_("together {sum} {unit}").format(sum=together, unit=unit).strip())
        if things.count > MOST_SHOWN:
            parts.append(_("the first {most} are shown").format(most=f"{MOST_SHOWN:,}"))
        self._said.setText(" · ".join(parts))
        self.show()

    def _amount(self, one: Thing) -> str:
        return "" if self._things is None else said_amount(self._things.how, one.amount, self._things.currency)


def _when(one: Thing) -> str:
    """The day with its month in letters, and the time where there is one."""
    return f"{show_date(date.fromisoformat(one.at[:10]))}{one.at[10:]}" if one.at else ""


def _what(one: Thing) -> str:
    # First what tells rows apart: of a long one the end is cut.
    return clean(" · ".join(part for part in (one.detail, one.what) if part))


def _who(one: Thing) -> str:
    if one.closed:
        return _("restricted record")
    return clean(one.patient) or one.mrn or ("" if not one.person else _("not shown"))
