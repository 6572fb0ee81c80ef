"""The page Programmes as it is seen: what the patient takes part in, what is offered; the chosen one at the right."""

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from clinic_desktop.domain.programmes import CATEGORIES
from clinic_desktop.gui.screens.programmes.forms import ProgrammeForms
from clinic_desktop.gui.screens.programmes.presenter import ProgrammesPresenter, Shown, steps_left
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.formstack import FormStack, Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.programmes import Enrolment, Programme

STATES = {
    "enrolled": (N_("Taking part"), "information"),
    "completed": (N_("Completed"), "good"),
    "withdrawn": (N_("Left"), "neutral"),
}


class ProgrammesView(ScreenView):
    """The page of one patient's programmes."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("programmes")
        self._window = context.window
        self._presenter = ProgrammesPresenter(context.desk, context.tasks, self)
        self._forms = ProgrammeForms(self._presenter, context.today)
        self._detail = Detail()
        self._stack = FormStack(self._detail, self._forms.pages)
        self.taken = ListTable("programmes.taken", _taken_columns(), key=lambda row: row.id, settings=context.settings,
                               empty=Empty(_("The patient takes part in no programme."), icon="progress"))  # fmt: skip
        self.offered = ListTable(
            "programmes.offered", _offered_columns(), key=lambda row: row.id, settings=context.settings,
            empty=Empty(_("No programme is offered. An administrator adds them on the page Review."), icon="plan"),
        )  # fmt: skip
        self.set_title(_("Programmes"))
        self._build()
        self.taken.selected.connect(self._taken_chosen)
        self.offered.selected.connect(self._offered_chosen)

    def _build(self) -> None:
        taking, offered = Panel(_("Takes part in")), Panel(_("On offer"))
        taking.add_button(_("Note a &session"), "programmes.note", lambda: self._about_taken("note"))
        taking.add_button(_("&Complete"), "programmes.complete", self._complete)
        taking.add_button(_("&Leave"), "programmes.leave", lambda: self._about_taken("leave"))
        taking.add(self.taken, 1)
        offered.add_button(_("&Enrol"), "programmes.enrol", self._enrol)
        offered.add(self.offered, 1)
        for table in (self.taken, self.offered):
            table.setMinimumHeight(100)
        self._stack.setMinimumHeight(200)
        left = Side()
        left.column.addWidget(taking, 1)
        left.column.addWidget(offered, 1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(left, 10)
        row.addWidget(self._stack, 11)
        self.set_body(body)

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open the page of ``patient_id``."""
        patient = arguments["patient_id"]
        self.set_primary_busy(False)
        self._stack.flush()
        self._stack.clear()
        self._forms.enrolment = self._forms.programme = None
        self.taken.set_rows([])
        self.offered.set_rows([])
        self._detail.show_nothing()
        self._window.set_patient(patient)
        self._presenter.open(patient)
        self._offer()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again for what changed."""
        self._presenter.refresh(kinds)

    def escape(self) -> bool:
        """Close the form that is open; what was typed stays as a draft."""
        if not self._stack.current:
            return False
        self._close_form()
        return True

    def leave(self) -> None:
        """Hand over drafts still being typed."""
        self._stack.flush()

    # What the presenter shows ----------------------------------------------------------------------------

    def show_all(self, shown: Shown) -> None:
        """Show everything."""
        self.taken.set_rows(shown.enrolments)
        self.offered.set_rows(shown.offered)
        if self.taken.current() is None and shown.enrolments:
            self.taken.select_row(0)
        self._taken_chosen(self.taken.current())
        self._offer()

    def was_done(self, form: str, said: str) -> None:
        """A form led to its act."""
        self.set_primary_busy(False)
        if form in self._stack.pages:
            self._stack.pages[form].form.clear()
        if form and self._stack.current == form:
            self._close_form()
        self._window.say(_(said))

    def show_problem(self, form: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self.set_primary_busy(False)
        page = self._stack.pages.get(form)
        self._window.show_error(error, None if page is None else page.form)

    def restore(self, form: str, draft: Mapping[str, object]) -> None:
        """Put back what was typed before."""
        self._stack.pages[form].form.restore(draft)

    # Acts and forms ---------------------------------------------------------------------------------------

    def _about_taken(self, form: str) -> None:
        row = self.taken.current()
        if row is None or row.status != "enrolled":
            self._window.say(_("Choose a programme that goes on first."))
            return
        self._stack.flush()
        self._forms.start(form, row)
        self._show_form(form, row.id)

    def _complete(self) -> None:
        row = self.taken.current()
        if row is None or row.status != "enrolled":
            self._window.say(_("Choose a programme that goes on first."))
        else:
            self._presenter.complete(row)

    def _enrol(self) -> None:
        row = self.offered.current()
        if row is None:
            self._window.say(_("Choose a programme on offer first."))
            return
        self._stack.flush()
        self._forms.start_enrol(row)
        self._show_form("enrol", row.id)

    def _show_form(self, name: str, record: str) -> None:
        self._stack.show_form(name)
        self._presenter.form_opened(name, record)
        self._offer()

    def _close_form(self) -> None:
        self._stack.close_form()
        self.taken.setFocus()
        self._offer()

    def _offer(self) -> None:
        page = self._stack.pages.get(self._stack.current)
        if page is not None:
            self.set_primary(page.act_words, self._submit)
        elif self._forms.enrolment_goes_on(self.taken.current()):
            self.set_primary(_("Note a session"), lambda: self._about_taken("note"))
        else:
            self.set_primary(_("Enrol"), self._enrol, enabled=self._presenter.ready)

    def _submit(self) -> None:
        self.set_primary_busy(True)
        if not self._stack.pages[self._stack.current].submit():
            self.set_primary_busy(False)

    def _taken_chosen(self, row: Enrolment | None) -> None:
        if row is not None:
            self._detail.show_enrolment(row)
        elif self.offered.current() is None:
            self._detail.show_nothing()
        self._offer()

    def _offered_chosen(self, row: Programme | None) -> None:
        if row is not None:
            self._detail.show_programme(row)


class Detail(QWidget):
    """What is chosen: a programme on offer, or how far the patient has come in one."""

    def __init__(self) -> None:
        super().__init__()
        self._panel = Panel(name="programmes.detail")
        self._text = label("", name="programmes.detail.text", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("programmes.detail.progress")
        self._bar.setTextVisible(False)
        self._facts = Facts()
        self._panel.add(self._text)
        self._panel.add(self._bar)
        self._panel.add(self._facts)
        self._panel.body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._panel)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Say what is shown here."""
        self._begin("", _("Choose a programme to read it here."))

    def show_programme(self, row: Programme) -> None:
        """Show a programme on offer."""
        about = row.about
        self._begin(about.name, about.description)
        self._facts.add(_("Kind"), _(CATEGORIES[about.category]))
        self._facts.add(_("Lasts"), _("{n} weeks").format(n=about.weeks) if about.weeks else "")
        self._facts.add(_("For whom"), about.eligibility)
        self._facts.add(_("Needs"), "\n".join(about.requirements))
        self._facts.add(_("Brings"), "\n".join(about.outcomes))
        self._facts.add(_("By"), about.provider)
        dates = [show_date(day) if day else "…" for day in (about.starts_on, about.ends_on)]
        self._facts.add(_("Runs"), " – ".join(dates) if about.starts_on or about.ends_on else "")
        places = _("{n} of {m} taken").format(n=row.enrolled, m=about.capacity) if about.capacity else str(row.enrolled)
        self._facts.add(_("Places"), places)
        self._facts.add(_("Consent"), _("needed") if about.needs_consent else _("not needed"))
        for step in row.steps:
            self._facts.add(_("Week {n}").format(n=step.week) if step.week else _("Step"), step.title)

    def show_enrolment(self, row: Enrolment) -> None:
        """Show how far a patient has come."""
        self._begin(row.programme, "\n".join(row.goals))
        self._bar.show()
        self._bar.setRange(0, 100)
        self._bar.setValue(row.progress.percent)
        told = _("{n} of {m} sessions, {percent} %")
        self._facts.add(_("Done"), told.format(n=row.progress.done, m=row.progress.total, percent=row.progress.percent))
        until = show_date(row.expected_on) if row.expected_on else "…"
        self._facts.add(_("Since"), f"{show_date(row.starts_on)} – {until}")
        if row.ended_on:
            self._facts.add(_("Ended"), " ".join(filter(None, (show_date(row.ended_on), row.end_reason))))
        for _step, title, done, wanted in steps_left(row):
            self._facts.add(f"{done}/{wanted}", title)
        for one in reversed(row.noted):
            self._facts.add(show_date(one.done_on), ", ".join(filter(None, (one.step, one.value, one.note))))

    def _begin(self, title: str, text: str) -> None:
        self._facts.clear()
        self._panel.set_title(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._bar.hide()


def _taken_columns() -> tuple[Column[Enrolment], ...]:
    return (
        Column[Enrolment]("programme", _("Programme"), lambda row: row.programme, 180, stretch=True, strong=True),
        Column[Enrolment]("since", _("Since"), lambda row: show_date(row.starts_on), 100,
                          sort=lambda row: row.starts_on),
        Column[Enrolment]("done", _("Done"), lambda row: f"{row.progress.percent} %", 64, number=True,
                          sort=lambda row: row.progress.percent),
        Column[Enrolment]("state", _("State"), lambda row: _(STATES[row.status][0]), 112,
                          look=lambda row: Look(_(STATES[row.status][0]), STATES[row.status][1])),
    )  # fmt: skip


def _offered_columns() -> tuple[Column[Programme], ...]:
    return (
        Column[Programme]("name", _("Programme"), lambda row: row.about.name, 200, stretch=True, strong=True),
        Column[Programme]("kind", _("Kind"), lambda row: _(CATEGORIES[row.about.category]), 130, subtle=True),
        Column[Programme]("weeks", _("Weeks"), lambda row: str(row.about.weeks or ""), 60, number=True),
    )
