"""How it is measured: every number of the dashboard and every metric of the documented systems, each by its formula."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.dashboard import MEASURES
from clinic_desktop.domain.reporting_care import MEASURES as MEASURES_OF_QUALITY
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.domain.reporting_metrics import METRICS, Metric
from clinic_desktop.gui.screens.dashboard.presenter import Go, Presenter
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.i18n import _

NAMES = 260  # pixels for the names
# Metrics that point at a line or a column of their report: here the line's or the columns' own formula stands too.
QUALITY_OF = {"blood_pressure_control": "blood_pressure", "diabetes_hba1c_control": "hba1c",
              "medication_reconciliation": "reconciliation"}  # fmt: skip
AS_IT_SAYS = "As the report says."


class Measured(QWidget):
    """The formulas in words; a metric opens its report for whoever may run it."""

    def __init__(self, presenter: Presenter, go: Callable[[Go], None], today: Callable[[], date]) -> None:
        super().__init__()
        self.setObjectName("dashboard.measured")
        self._presenter, self._go, self._today = presenter, go, today
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        mine = Panel(_("The numbers of the dashboard"), name="dashboard.measured.mine")
        for key in presenter.measures:
            measure = MEASURES[key]
            self._say(mine, presenter.title(key), _(measure.formula))
        column.addWidget(mine)
        for system in dict.fromkeys(metric.system for metric in METRICS):
            panel = Panel(_("The metrics of {system}").format(system=system), name=f"dashboard.measured.{system}")
            for metric in METRICS:
                if metric.system == system:
                    self._metric(panel, metric)
            column.addWidget(panel)
        column.addStretch(1)

    def _metric(self, panel: Panel, metric: Metric) -> None:
        if not metric.is_measured:
            self._say(panel, _(metric.words), _(metric.formula))
            return
        report = REPORTS[metric.report]
        columns = [column for column in report.columns if column.name in metric.columns and column.shown]
        named = ", ".join(_(column.title) for column in columns)
        said = _("{formula} Report {report}: {columns}.").format(
            formula=_(metric.formula), report=_(report.title), columns=named
        )
        if metric.name in QUALITY_OF:
            said = f"{said} {_(MEASURES_OF_QUALITY[QUALITY_OF[metric.name]][2])}"
        elif metric.formula == AS_IT_SAYS:
            said = " ".join((said, *(f"{_(one.title)}: {_(one.formula)}" for one in columns if one.formula)))
        day = self._today()
        go = self._presenter.report((metric.report,), day.replace(day=1), day)
        self._say(panel, _(metric.words), said, None if go is None else lambda: self._go(go), metric.name)

    @staticmethod
    def _say(panel: Panel, title: str, formula: str, act: Callable[[], None] | None = None, name: str = "") -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        words: QWidget = label(title, "strong", wrap=True)
        if act is not None:
            words = LinkButton(title, f"{panel.objectName()}.{name}", act)
        words.setFixedWidth(NAMES)
        row.addWidget(words, 0, Qt.AlignmentFlag.AlignTop)
        said = label(formula, "secondary", wrap=True)
        said.setMinimumHeight(24)
        row.addWidget(said, 1)
        panel.body.addLayout(row)
