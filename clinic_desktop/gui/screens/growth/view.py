"""Shows a child's growth: the chart, every measurement with its z-score, and what is measured now."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.growth import Standard
from clinic_desktop.gui.screens.growth.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.curves import Curve, CurveChart, Mark
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Empty, Line, Panel, label
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.growth_shown import MEASURES, Row, Shown

STANDARDS = {"who": "WHO", "cdc": "CDC"}


class GrowthView(ScreenView):
    """The growth page of a record."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("growth")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.measure = SegmentField("", "growth.measure", [(key, _(words)) for key, words in MEASURES.items()])
        self.standard = SegmentField("", "growth.standard", list(STANDARDS.items()))
        self.chart = CurveChart("growth.chart")
        self.table: ListTable[Row] = ListTable(
            "growth.rows",
            [
                Column("on", _("Date"), lambda row: show_date(row.on), width=116, sort=lambda row: row.on),
                Column("age", _("Age"), lambda row: row.age, stretch=True),
                Column("value", _("Measured"), lambda row: row.value, width=210, number=True),
                Column("z", _("Z-score"), lambda row: row.z, width=76, number=True, meaning=lambda row: row.meaning),
                Column("centile", _("Centile"), lambda row: row.centile, width=76, number=True),
                Column("called", _("Reads as"), lambda row: row.called, width=200, meaning=lambda row: row.meaning),
            ],
            key=lambda row: row.key,
            empty=Empty(_("Nothing was measured yet. What you record at the right is drawn here at once.")),
            settings=context.settings,
        )
        self.form = Form(DraftKeeper(lambda fields: self.presenter.draft("growth").keep(fields)))
        self.gestation = Form(DraftKeeper(lambda fields: self.presenter.draft("growth.gestation").keep(fields)))
        self.weeks = NumberField(_("Gestation, &weeks"), "growth.weeks", least=22, most=45)
        self.days = NumberField(_("&days"), "growth.days", least=0, most=6)
        self.set_title(_("Growth"))
        self._build()
        self.add_button(_("&Print chart"), "growth.print", self._print)
        self.set_primary(_("&Record measurement"), self._record, name="growth.record")

    def _build(self) -> None:
        for choice in (self.measure, self.standard):
            choice.edited.connect(self._choose)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        row = QHBoxLayout()
        row.addWidget(self.measure)
        row.addStretch(1)
        row.addWidget(self.standard)
        column.addLayout(row)
        panel = Panel(name="growth.panel")
        panel.add(self.chart, 1)
        column.addWidget(panel, 3)
        column.addWidget(self.table, 2)
        self.set_body(body)
        for key, words in (
            ("weight", _("Weight (kg)")),
            ("height", _("Length or height (cm)")),
            ("head_circumference", _("Head circumference (cm)")),
        ):
            self.form.add(TextField(words, f"growth.{key}", longest=20))
            if key == "height":
                self.form.add(
                    SegmentField(_("Measured"), "growth.posture", [("lying", _("Lying")), ("standing", _("Standing"))])
                )
        side = QWidget()
        context = QVBoxLayout(side)
        context.setContentsMargins(0, 0, 0, 0)
        context.setSpacing(12)
        context.addWidget(label(_("Measured now"), "section"))
        context.addWidget(self.form)
        context.addWidget(
            label(
                _(
                    "The charts mean lying under two years, standing after. Measured the other way, 0.7 cm are added or"
                    " taken off (WHO, 2008)."
                ),
                "secondary",
                wrap=True,
            )
        )
        context.addWidget(Line())
        context.addWidget(label(_("Born preterm?"), "section"))
        context.addWidget(
            label(
                _("Before 37 weeks, ages are corrected to 40 weeks until the second birthday."), "secondary", wrap=True
            )
        )
        self.gestation.add_row(self.weeks, self.days)
        context.addWidget(self.gestation)
        context.addWidget(Button(_("&Keep gestation"), "growth.keep_gestation", self._keep_gestation))
        context.addStretch(1)
        self.set_context(side)

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the growth of ``patient_id``."""
        patient_id = arguments["patient_id"]
        self.context.window.set_patient(patient_id)
        if patient_id != self.presenter.patient_id:
            for form in (self.form, self.gestation):
                form.clear()
            self.chart.show_nothing("")
            self.table.set_rows(())
        self.presenter.open(patient_id)
        self.measure.set_value(self.presenter.measure)
        self.presenter.draft("growth").recall(self._restore(self.form, patient_id))
        self.presenter.draft("growth.gestation").recall(self._restore(self.gestation, patient_id))
        self.form.field("weight").setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something was measured."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        for form in (self.form, self.gestation):
            if form.keeper is not None:
                form.keeper.flush()

    # What the presenter asks --------------------------------------------------------------------------

    def draw(self, shown: Shown, standards: Sequence[str], standard: str) -> None:
        """Draw and list what was asked for."""
        self.standard.setEnabled(len(standards) > 1)
        self.standard.set_value(standard)
        rows = [row for row in shown.rows if row.z != "–"]
        if not shown.lines:
            self.chart.show_nothing(shown.problem or _("Nothing was measured yet."))
        else:
            self.chart.show_curves(
                [Curve(line.name, line.points, line.weight) for line in shown.lines],
                [Mark(row.x, row.y, _said(row), row.meaning) for row in rows],
                shown.ticks,
                x_words=shown.x_words,
                y_words=shown.y_words,
                note="" if rows else _("Nothing was measured yet. Record a measurement at the right (Ctrl+Enter)."),
            )
        self.table.set_rows(tuple(reversed(shown.rows)))
        self.table.setVisible(bool(shown.rows))  # the chart says what goes there, and takes the room

    def show_gestation(self, days: int | None) -> None:
        """Show how long the pregnancy lasted, unless somebody is typing it."""
        if self.gestation.is_touched:
            return
        weeks, rest = (None, None) if days is None else divmod(days, 7)
        self.gestation.set_values({"weeks": weeks, "days": rest})

    def recorded(self, words: str) -> None:
        """An act is done."""
        for form in (self.form, self.gestation):
            if form.keeper is not None:
                form.keeper.forget()
            form.clear()
        self.context.window.say(words)
        self.context.window.refresh_banner()
        self.form.field("weight").setFocus()

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Ask whether what was recorded is right."""
        self.context.window.offer_undo(words, undo)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside the field that it is about."""
        self.context.window.show_error(error, self)

    # Keys ---------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        standard: Standard = "cdc" if self.standard.value() == "cdc" else "who"
        self.presenter.choose(self.measure.value() or "weight", standard)

    def _record(self) -> None:
        if self.form.check():
            entries = {key: text for key, value in self.form.values().items() if (text := str(value or "").strip())}
            self.presenter.record(entries)

    def _keep_gestation(self) -> None:
        if self.gestation.check():
            weeks, days = self.weeks.value(), self.days.value()
            self.presenter.note_gestation(None if weeks is None else int(weeks), 0 if days is None else int(days))

    def _print(self) -> None:
        desk, patient = self.context.desk, self.presenter.patient_id
        measure, standard = self.presenter.measure, self.presenter.standard

        def make() -> bytes:
            from clinic_desktop.reports import growth_papers  # heavy: loaded with the first paper

            return growth_papers.growth_chart(desk, patient, measure, standard)

        self.context.window.preview(make, _("Growth chart"))

    def _restore(self, form: Form, patient_id: str) -> Callable[[Mapping[str, object]], None]:
        def restore(fields: Mapping[str, object]) -> None:
            if patient_id == self.presenter.patient_id:
                form.restore(fields)

        return restore


def _said(row: Row) -> str:
    called = f"\n{row.called}" if row.called else ""
    return (
        _("{on}, {age}\n{value}, z {z}, centile {centile}").format(
            on=show_date(row.on), age=row.age, value=row.value, z=row.z, centile=row.centile
        )
        + called
    )
