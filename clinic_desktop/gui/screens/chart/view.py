"""The chart as it is seen: lists at the left, signs and their trend in the middle, visits and results at the right."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.domain import vitals
from clinic_desktop.gui.screens.chart import lists
from clinic_desktop.gui.screens.chart.forms import ChartForms, PresetChooser
from clinic_desktop.gui.screens.chart.presenter import ChartPresenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.howfar import HowFar, full_words, named_words
from clinic_desktop.gui.widgets.labels import label, tip
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.gui.widgets.results import results_table
from clinic_desktop.gui.widgets.table import ROW_HEIGHT, ListTable
from clinic_desktop.gui.widgets.trend import Band, Flag, Point, Series, TrendChart
from clinic_desktop.gui.widgets.vital_rows import SignRow, sign_rows
from clinic_desktop.gui.widgets.vitals_entry import VitalsEntry
from clinic_desktop.i18n import _, ngettext
from clinic_desktop.services.chart import Chart, Visit
from clinic_desktop.services.chart_rows import AllergyShown, MedicineTaken
from clinic_desktop.services.vitals import Trend

FLAGS: Mapping[str, Flag] = {"L": "L", "H": "H", "LL": "LL", "HH": "HH"}


class ChartView(ScreenView):
    """The chart of one patient."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("chart")
        self._window, self._today = context.window, context.today
        self._presenter = ChartPresenter(context.desk, context.tasks, self)
        self._visits: list[Visit] = []
        self._pressure: dict[str, Trend] = {}
        self._open_form = ""
        self._fresh = True
        settings = context.settings
        self.problems, self.allergies = lists.problems(settings), lists.allergies(settings)
        self.medicines, self.signs = lists.medicines(settings), lists.signs(settings)
        self.visits, self.results = lists.visits(settings), results_table("chart.results", settings)
        self.acts = lists.acts(settings)
        self._far = HowFar(context.desk, context.tasks)
        self._far.beside(self.visits, "about", ("encounter",), lambda row: row.id)
        self._far.beside(self.results, "test", ("lab_result", "lab_order"), lambda row: row.order_id)
        self.trend = TrendChart("chart.trend")
        self._forms = ChartForms(self._presenter, context.today)
        self._chooser = PresetChooser(self._presenter.start)
        self.set_title(_("Chart"))
        self._build()
        self._connect()

    def _build(self) -> None:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(self._left(), 9)
        row.addLayout(self._middle(), 12)
        self._right = QStackedWidget()
        self._right.addWidget(self._reading())
        self._right.addWidget(self._chooser)
        for form in self._forms.by_name.values():
            self._right.addWidget(form)
        row.addWidget(self._right, 10)
        self.set_body(body)
        self._vaccines = self.add_button("", "chart.vaccines", self._go_to_vaccines)
        self._vaccines.hide()
        self._record = self.add_button(
            _("Record &vital signs"), "chart.record_vitals", lambda: self._show_form("vitals")
        )

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        may = self._presenter.may
        problems = Panel(_("Problems"))
        if may("charting.add_problem"):
            problems.add_button(_("Add &problem"), "chart.add_problem", lambda: self._show_form("problem"))
            problems.add_button(_("Resolved"), "chart.resolve", self._resolve)
        allergies = Panel(_("Allergies"))
        self._none_known = allergies.add_button(_("&None known"), "chart.none_known", self._presenter.none_known)
        self._not_asked = allergies.add_button(_("Not as&ked"), "chart.not_asked", self._presenter.not_asked)
        allergies.add_button(_("Add &allergy"), "chart.add_allergy", lambda: self._show_form("allergy"))
        if may("charting.deactivate_allergy"):
            allergies.add_button(_("End"), "chart.end_allergy", self._end_allergy)
        medicines = Panel(_("Medicines taken"))
        medicines.add_button(_("Add &medicine"), "chart.add_medicine", lambda: self._show_form("medicine"))
        if may("charting.stop_medicine"):
            medicines.add_button(_("Stop"), "chart.stop_medicine", self._stop_medicine)
        tables: Sequence[tuple[Panel, QWidget]] = (
            (problems, self.problems),
            (allergies, self.allergies),
            (medicines, self.medicines),
        )
        for panel, table in tables:
            panel.add(table, 1)
            column.addWidget(panel, 1)
        return column

    def _middle(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        signs, trend = Panel(_("Vital signs")), Panel(_("Trend"))
        signs.add_button(_("Was an &error"), "chart.vital_error", self._vital_error)
        signs.add(self.signs, 1)
        trend.add(self.trend, 1)
        self._trend_panel = trend
        self._family = label("", "secondary", name="chart.family", wrap=True)
        column.addWidget(self._family)
        column.addWidget(signs, 3)
        column.addWidget(trend, 2)
        return column

    def _reading(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._visits_panel = Panel(_("Visits"))
        self._visits_panel.add(self.visits, 1)
        results = Panel(_("Results"))
        results.add(self.results, 1)
        column.addWidget(self._visits_panel, 1)
        column.addWidget(results, 1)
        # Only a chart with records from elsewhere has any: it takes no room in others.
        self._acts_panel = Panel(_("Procedures and reports"))
        self._acts_panel.add(self.acts, 1)
        column.addWidget(self._acts_panel, 1)
        return holder

    def _connect(self) -> None:
        self.signs.selected.connect(self._sign_chosen)
        self.visits.opened.connect(self._visit_opened)
        self.visits.view.verticalScrollBar().valueChanged.connect(self._scrolled)

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open the chart of ``patient_id``; ``form`` opens one of its forms at once."""
        self._close_form()
        self._clear()
        self._fresh = True
        patient = arguments["patient_id"]
        self._window.set_patient(patient)
        self._presenter.open(patient)
        if arguments.get("form") in self._forms.by_name:
            self._show_form(arguments["form"])
        elif arguments.get("form") == "start":
            self._choose_preset()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again for what changed."""
        self._presenter.refresh(kinds)

    def escape(self) -> bool:
        """Close the form that is open; what was typed stays as a draft."""
        if self._open_form:
            self._close_form()
            return True
        return False

    def leave(self) -> None:
        """Hand over drafts still being typed."""
        for form in self._forms.by_name.values():
            form.flush()

    # What the presenter shows ----------------------------------------------------------------------------

    def show_chart(self, chart: Chart) -> None:
        """Show everything."""
        self._visits = list(chart.timeline.visits)
        self.problems.set_rows(chart.problems)
        self.allergies.set_empty_words(lists.allergy_words(chart))
        self.allergies.set_rows(chart.allergies)
        known = chart.patient.allergy_state == "none_known"
        self._none_known.setVisible(not chart.allergies and not known)
        self._not_asked.setVisible(known)
        self.medicines.set_rows(chart.medicines)
        self.signs.set_rows(sign_rows(chart.vitals))
        entry = self._forms.by_name["vitals"].form
        if isinstance(entry, VitalsEntry):
            entry.show_for(chart.patient.born_on, self._today())
        self.results.set_rows(chart.results)
        self.acts.set_rows(chart.acts)
        self._acts_panel.setVisible(bool(chart.acts))
        self.visits.set_rows(self._visits)
        count = f"{chart.visit_count}" if chart.counted_all else f"{chart.visit_count}+"
        self._visits_panel.set_title(_("Visits ({count})").format(count=count))
        if self.signs.current() is None and chart.vitals:
            self.signs.select_row(0)
        else:
            self._sign_chosen(self.signs.current())
        self._fill()
        self._far.ask(("patient", self._presenter.patient_id), then=self._show_family)
        self._show_family()
        self._offer()
        if self._fresh and not self._open_form:
            self.visits.setFocus()
        self._fresh = False

    def _show_family(self) -> None:
        """Who belongs to the patient, and how far the registration is at the connected systems."""
        patient, chart = ("patient", self._presenter.patient_id), self._presenter.chart
        self._family.setText(
            lists.family_words(() if chart is None else chart.family, named_words(self._far.marks, *patient))
        )
        self._family.setToolTip(tip(full_words(self._far.marks, *patient)))
        self._family.setVisible(bool(self._family.text()))

    def show_overdue(self, vaccines: tuple[str, ...]) -> None:
        """Offer to look at the vaccines that are overdue."""
        self._vaccines.setText(ngettext("{n} vaccine overd&ue", "{n} vaccines overd&ue", len(vaccines)))
        self._vaccines.setToolTip(tip(", ".join(_(one) for one in vaccines)))
        self._vaccines.setVisible(bool(vaccines))

    def _go_to_vaccines(self) -> None:
        self._window.go("immunizations", patient_id=self._presenter.patient_id)

    def show_more(self, visits: tuple[Visit, ...], *, more: bool) -> None:
        """Show further visits under those shown."""
        del more
        self._visits += visits
        self.visits.set_rows(self._visits)
        self._far.ask(("patient", self._presenter.patient_id))
        self._fill()

    def show_trend(self, trend: Trend) -> None:
        """Show one sign over time; both blood pressures share a chart."""
        sign = vitals.BY_CODE[trend.code]
        if trend.code not in {vitals.SYSTOLIC, vitals.DIASTOLIC}:
            self.trend.set_series([_series(trend, "")], unit=sign.shown_unit)
            self._trend_panel.set_title(_(sign.name))
            return
        self._pressure[trend.code] = trend
        if trend.code == vitals.SYSTOLIC:
            self._presenter.trend(vitals.DIASTOLIC)
        shown = [
            _series(self._pressure[code], words)
            for code, words in ((vitals.SYSTOLIC, _("Systolic")), (vitals.DIASTOLIC, _("Diastolic")))
            if code in self._pressure
        ]
        self.trend.set_series(shown, unit=sign.shown_unit)
        self._trend_panel.set_title(_("Blood pressure"))

    def restore(self, form: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed before."""
        self._forms.by_name[form].form.restore(fields)

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Say that something was done, with a way back."""
        self._window.offer_undo(words, undo)

    def was_kept(self, form: str) -> None:
        """A form led to its act."""
        self.set_primary_busy(False)
        if form in self._forms.by_name:
            self._forms.by_name[form].form.clear()
            if form == "problem":
                self._forms.by_name[form].form.set_values({"certainty": "confirmed"})
        if self._open_form == form:
            self._close_form()
        self._window.refresh_banner()

    def show_problem(self, form: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self.set_primary_busy(False)
        panel = self._forms.by_name.get(form)
        self._window.show_error(error, None if panel is None else panel.form)

    def go_to_visit(self, encounter_id: str) -> None:
        """Open an encounter."""
        self._window.go("consultation", patient_id=self._presenter.patient_id, encounter_id=encounter_id)

    def _visit_opened(self, visit: Visit) -> None:
        if visit.is_elsewhere:
            self._window.say(lists.outside_words(visit))
        else:
            self.go_to_visit(visit.id)

    # Forms ------------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        """Offer the one primary act of what is shown now; what is offered there is not offered twice."""
        chart = self._presenter.chart
        self._record.setVisible(bool(self._open_form) or self._presenter.may("consultation.open_consultation"))
        if self._open_form in self._forms.by_name:
            form = self._forms.by_name[self._open_form]
            self.set_primary(form.act_words, self._submit, enabled=chart is not None)
        elif self._open_form:
            self.no_primary()
        elif not self._presenter.may("consultation.open_consultation"):
            self.set_primary(_("Record &vital signs"), lambda: self._show_form("vitals"), enabled=chart is not None)
        elif chart is not None and chart.open_visit is not None:
            visit = chart.open_visit
            self.set_primary(_("&Go on with the consultation"), lambda: self.go_to_visit(visit.id))
        else:
            self.set_primary(_("&Start a consultation"), self._choose_preset, enabled=chart is not None)

    def _submit(self) -> None:
        self.set_primary_busy(True)
        if not self._forms.by_name[self._open_form].submit():
            self.set_primary_busy(False)

    def _choose_preset(self) -> None:
        self._open_form = "start"
        self._right.setCurrentWidget(self._chooser)
        self._chooser.start()
        self._offer()

    def _show_form(self, name: str) -> None:
        form = self._forms.by_name[name]
        self._open_form = name
        self._right.setCurrentWidget(form)
        form.start()
        self._presenter.form_opened(name)
        self._offer()

    def _close_form(self) -> None:
        self._open_form = ""
        self._right.setCurrentIndex(0)
        self.visits.setFocus()
        self._offer()

    def _resolve(self) -> None:
        problem = self.problems.current()
        if problem is None:
            self._window.say(_("Choose a problem first."))
        else:
            self._presenter.resolve_problem(problem.id, self._today(), problem.revision)

    def _end_allergy(self) -> None:
        self._ask_why("allergy", self.allergies.current())

    def _stop_medicine(self) -> None:
        self._ask_why("medicine", self.medicines.current())

    def _vital_error(self) -> None:
        row = self.signs.current()
        if row is None:
            self._window.say(_("Choose a line first."))
            return
        self._ask_reason("vitals", " ".join(row.ids), 0)

    def _ask_why(self, kind: str, row: AllergyShown | MedicineTaken | None) -> None:
        if row is None:
            self._window.say(_("Choose a line first."))
            return
        self._ask_reason(kind, row.id, row.revision)

    def _ask_reason(self, kind: str, record: str, revision: int) -> None:
        form = self._forms.by_name["reason"].form
        if form.keeper is not None:
            form.keeper.flush()
        if record != self._presenter.reason_for:
            form.clear()
        self._presenter.reason_for, self._forms.about = record, (kind, record, revision)
        self._show_form("reason")

    # Lists ------------------------------------------------------------------------------------------------

    def _sign_chosen(self, row: SignRow | None) -> None:
        if row is None:
            self.trend.set_series([])
            return
        self._pressure.clear()
        self._presenter.trend(vitals.SYSTOLIC if row.code == vitals.DIASTOLIC else row.code)

    def _fill(self) -> None:
        """Ask for the next page where the list is higher than what it holds."""
        view = self.visits.view
        if view.isVisible() and view.viewport().height() >= len(self._visits) * ROW_HEIGHT:
            self._presenter.more_visits()

    def _scrolled(self, place: int) -> None:
        if place >= self.visits.view.verticalScrollBar().maximum() - 2 * ROW_HEIGHT:
            self._presenter.more_visits()

    def _clear(self) -> None:
        """Nothing of another patient stays on the screen for a moment."""
        tables: Sequence[ListTable[object]] = self.findChildren(ListTable)
        for table in tables:
            table.set_rows([])
        for form in self._forms.by_name.values():
            form.form.clear()
        self._forms.by_name["problem"].form.set_values({"certainty": "confirmed"})
        self.trend.set_series([])
        self._vaccines.hide()
        self._trend_panel.set_title(_("Trend"))


def _series(trend: Trend, name: str) -> Series:
    points = tuple(Point(each.taken_at, float(each.value), FLAGS.get(each.flag, "")) for each in trend.points)
    band = None
    if trend.low is not None or trend.high is not None:
        low = None if trend.low is None else float(trend.low)
        band = Band(low, None if trend.high is None else float(trend.high))
    return Series(name, points, band)
