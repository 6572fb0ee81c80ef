"""One patient's immunizations: what is due above what was given; beside them the detail, or the form that is open."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.domain.immunization_forecast import Forecast
from clinic_desktop.domain.packs import PackRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scanning import Scan
from clinic_desktop.gui.screens.immunizations import lists
from clinic_desktop.gui.screens.immunizations.detail import Detail
from clinic_desktop.gui.screens.immunizations.forms import DoseForms
from clinic_desktop.gui.screens.immunizations.presenter import Defaults, Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.howfar import HowFar
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.immunization_chart import Card, DoseShown
from clinic_desktop.services.immunization_reference import VaccineFound
from clinic_desktop.services.packs import SeenPack, problem_of


class ImmunizationsView(ScreenView):
    """The page of one patient's immunizations."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("immunizations")
        self._window = context.window
        self._presenter = Presenter(context.desk, context.tasks, self)
        self._forms = DoseForms(self._presenter, context.today)
        self._open_form = ""
        self._fresh = True
        self.due, self.given = lists.due(context.settings), lists.given(context.settings)
        self._far = HowFar(context.desk, context.tasks)
        self._far.beside(self.given, "on", ("immunization",), lambda row: row.id)
        self._summary = label("", "strong", name="immunizations.summary", wrap=True)
        self._detail = Detail()
        self.set_title(_("Immunizations"))
        self._build()
        self.due.selected.connect(self._antigen_chosen)
        self.given.selected.connect(self._dose_chosen)

    def _build(self) -> None:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.setSpacing(12)
        self._due_panel = Panel(_("What is due"))
        self._due_panel.add(self._summary)
        self._due_panel.add(self.due, 1)
        given = Panel(_("What was given, and what was not"))
        given.add_button(_("Add rea&ction"), "immunizations.add_reaction", self._react)
        given.add_button(_("Was an &error"), "immunizations.was_error", self._withdraw)
        given.add(self.given, 1)
        left.addWidget(self._due_panel, 3)
        left.addWidget(given, 2)
        reading = Panel()
        reading.add(self._detail, 1)
        self._right = QStackedWidget()
        self._right.addWidget(_scrolled(reading))
        self._places = {name: _scrolled(form) for name, form in self._forms.by_name.items()}
        for place in self._places.values():
            self._right.addWidget(place)
        row.addLayout(left, 3)
        row.addWidget(self._right, 2)
        self.set_body(body)
        self.add_button(_("&Not given"), "immunizations.decline", lambda: self._show_form("decline"))
        self.add_button(_("&Print card"), "immunizations.print", self._print)

    # The shell --------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open the immunizations of ``patient_id``; ``form`` opens one of its forms at once."""
        self._close_form()
        self._clear()
        self._fresh = True
        patient = arguments["patient_id"]
        self._window.set_patient(patient)
        self._presenter.open(patient, arguments.get("encounter_id", ""))
        if arguments.get("form") in {"record", "decline"}:
            self._show_form(arguments["form"])

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

    def takes_scan(self, scan: Scan) -> bool:
        """The pack of a vaccine fills the form of a dose."""
        if scan.pack is None or self._presenter.card is None:
            return False
        self._presenter.scanned(scan.pack)
        return True

    # What the presenter shows -----------------------------------------------------------------------

    def show_card(self, card: Card) -> None:
        """Show everything."""
        overdue = sum(one.state == "overdue" for one in card.forecasts)
        due = sum(one.state == "due" for one in card.forecasts)
        self._due_panel.set_title(_("What is due: {schedule}").format(schedule=_(card.schedule_name)))
        self._summary.setText(_due_words(overdue, due) if card.schedule else "")
        self._summary.setProperty("meaning", "critical" if overdue else None)
        self._summary.style().unpolish(self._summary)
        self._summary.style().polish(self._summary)
        self.due.set_rows(lists.in_order(card.forecasts, card.today))
        self.given.set_rows(card.doses)
        self._far.ask()
        if self._fresh and not self._open_form:
            self.due.select_row(0)
            self.due.setFocus()
        self._fresh = False
        self._offer()

    def restore(self, form: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed before."""
        self._forms.restore(form, fields)

    def was_kept(self, form: str) -> None:
        """A form led to its act."""
        self.set_primary_busy(False)
        self._forms.forget(form)
        if self._open_form == form:
            self._close_form()
        self._window.say(_("Recorded."))

    def show_problem(self, form: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self.set_primary_busy(False)
        if form == "record" and isinstance(error, Refusal) and error.field == "override":
            self._forms.ask_override()
        if form == "decline" and isinstance(error, Refusal) and error.field in {"vaccine", "occurred_on"}:
            error.field = "declined_vaccine" if error.field == "vaccine" else "declined_on"
        panel = self._forms.by_name.get(form)
        self._window.show_error(error, None if panel is None else panel.form)

    def fill_in(self, defaults: Defaults) -> None:
        """Fill in how the chosen vaccine is usually given."""
        self._forms.fill_in(defaults)

    def take_pack(self, seen: SeenPack, vaccine: VaccineFound | None) -> None:
        """A pack was scanned: nothing of one that must not be given is filled in."""
        if problem := problem_of(seen):
            self._window.show_error(problem)
            return
        if self._open_form != "record":
            self._show_form("record")
        chosen = self._forms.chosen_vaccine()
        if vaccine is not None and chosen is not None and chosen[0] != vaccine.cvx:
            self._window.show_error(
                PackRefusal(
                    N_("WRONG PACK: this is {pack}, chosen is {chosen}."), pack=vaccine.display, chosen=chosen[1]
                )
            )
            return
        if seen.product_id and vaccine is None:
            self._window.show_error(PackRefusal(N_("WRONG PACK: {title} is no vaccine here."), title=seen.title))
            return
        self._forms.take_pack(seen, vaccine)
        known = _("Read from the pack: {words}.") if vaccine else _("Not known here: {words}. Choose the vaccine.")
        self._window.say(known.format(words=seen.pack.words))

    # Forms ------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        ready = self._presenter.card is not None
        if self._open_form:
            self.set_primary(self._forms.by_name[self._open_form].act_words, self._submit, enabled=ready)
        else:
            self.set_primary(_("&Record a dose"), lambda: self._show_form("record"), enabled=ready)

    def _submit(self) -> None:
        self.set_primary_busy(True)
        if not self._forms.by_name[self._open_form].submit():
            self.set_primary_busy(False)

    def _show_form(self, name: str) -> None:
        form = self._forms.by_name[name]
        self._open_form = name
        self._right.setCurrentWidget(self._places[name])
        self._forms.ready(name)
        form.start()
        self._presenter.form_opened(name)
        self._offer()

    def _close_form(self) -> None:
        self._open_form = ""
        self._right.setCurrentIndex(0)
        self.due.setFocus()
        self._offer()

    def _react(self) -> None:
        self._about_dose("reaction", wanted=("completed",))

    def _withdraw(self) -> None:
        self._about_dose("reason", wanted=("completed", "not_done"))

    def _about_dose(self, form: str, wanted: tuple[str, ...]) -> None:
        dose = self.given.current()
        if dose is None or dose.status not in wanted:
            self._window.say(_("Choose a dose in the list first."))
            return
        if dose.id != self._presenter.about:
            for name in ("reaction", "reason"):
                keeper = self._forms.by_name[name].form.keeper
                if keeper is not None:
                    keeper.flush()
                self._forms.forget(name)
        self._presenter.about = dose.id
        self._show_form(form)

    def _print(self) -> None:
        patient, desk = self._presenter.patient_id, self._presenter.desk

        def make() -> bytes:
            from clinic_desktop.reports import papers  # heavy: loaded with the first paper

            return papers.make(desk, "immunization-card", patient, None)[0]

        self._window.preview(make, _("Immunization card"))

    # Lists ------------------------------------------------------------------------------------------

    def _antigen_chosen(self, row: Forecast | None) -> None:
        if row is not None:
            self._detail.show_antigen(row)

    def _dose_chosen(self, row: DoseShown | None) -> None:
        if row is not None:
            self._detail.show_dose(row)

    def _clear(self) -> None:
        """Nothing of another patient stays on the screen for a moment."""
        self._detail.clear()
        self._summary.setText("")
        self.due.set_rows([])
        self.given.set_rows([])
        self._presenter.about = ""
        for name in self._forms.by_name:
            self._forms.forget(name)


def _scrolled(page: QWidget) -> QScrollArea:
    """A page that scrolls by itself, so that a long form does not push the lists off the screen."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    return area


def _due_words(overdue: int, due: int) -> str:
    parts = []
    if overdue:
        parts.append(_("{n} overdue").format(n=overdue))
    if due:
        parts.append(_("{n} due now").format(n=due))
    return ", ".join(parts) or _("Nothing is due now.")
