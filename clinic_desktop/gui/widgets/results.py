"""The list of a patient's results, of this laboratory and of others: the same words in the chart and in a visit."""

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QTableView

from clinic_desktop.domain.units import written
from clinic_desktop.gui.widgets.flags import flag_look
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.result_words import NO_FLAG, flag_words, name_words, short_value, told_of
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.chart_rows import ResultShown


def abnormal(flag: str) -> Look | None:
    """How a flag looks in a narrow column."""
    full = None if flag in NO_FLAG else flag_look(flag)
    return None if full is None else Look(flag, full.meaning, full.icon)


def results_table(name: str, settings: Remembered) -> ListTable[ResultShown]:
    """The last results, with flags."""
    columns: Sequence[Column[ResultShown]] = (
        Column("test", _("Test"), name_words, 130, stretch=True, wrap=True, detail=told_of),
        Column(
            "value",
            _("Result"),
            short_value,
            124,
            number=True,
            unit=lambda row: written(row.unit),
            strong=True,
        ),
        Column("flag", "", lambda row: flag_words(row.flag), 40, look=lambda row: abnormal(row.flag)),
    )
    empty = Empty(_("No result has been released."), icon="flask")
    table = ListTable(name, columns, key=lambda row: row.id, empty=empty, settings=settings, counted=False)
    kept_low(table.view, empty)
    return table


def kept_low(view: QTableView, empty: Empty, *, headed: bool = True) -> None:
    """Keep a list as high as its panel leaves it, and no higher: the page fits the window and its lists scroll."""
    view.horizontalHeader().setVisible(headed)
    view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    view.setMinimumHeight(72)
    empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
