"""The forms of the page Programmes."""

from collections.abc import Callable
from datetime import date

from clinic_desktop.gui.screens.programmes.presenter import ProgrammesPresenter, next_step, steps_left
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormPage
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.programmes import Enrolment, Programme


class ProgrammeForms:
    """Every form of the page, made once."""

    def __init__(self, presenter: ProgrammesPresenter, today: Callable[[], date]) -> None:
        self._presenter, self._today = presenter, today
        self.programme: Programme | None = None
        self.enrolment: Enrolment | None = None
        self.pages = {"enrol": self._enrol(), "note": self._note(), "leave": self._leave()}

    def enrolment_goes_on(self, row: Enrolment | None) -> bool:
        """Whether a session of it can be noted."""
        return row is not None and row.status == "enrolled" and next_step(row) is not None

    def start(self, form: str, row: Enrolment) -> None:
        """Begin a form about an enrolment."""
        self.enrolment = row
        page = self.pages[form].form
        page.clear()
        if form == "note":
            self._step.set_choices([(step, f"{title} ({done}/{all_})") for step, title, done, all_ in steps_left(row)])
            following = next_step(row)
            page.set_values({"step": "" if following is None else following.id, "done_on": self._today()})

    def start_enrol(self, row: Programme) -> None:
        """Begin the form about a programme on offer."""
        self.programme = row
        self.pages["enrol"].form.clear()
        self.pages["enrol"].form.set_values({"starts_on": self._today()})
        self.pages["enrol"].set_title(row.about.name)

    def _form(self, name: str) -> Form:
        acting = self._presenter.acting
        return Form(DraftKeeper(lambda fields: acting.keep(name, fields)))

    def _enrol(self) -> FormPage:
        form = self._form("enrol")
        begins = form.add(DateField(_("From"), "programmes.starts_on", today=self._today, required=True))
        goals = form.add(NoteEdit(_("What the patient wants, one a line"), "programmes.goals", rows=3))
        reminder = form.add(TextField(_("When to be reminded"), "programmes.reminder", placeholder=_("08:00, daily")))

        def submit() -> None:
            if self.programme is not None:
                self._presenter.enrol(self.programme, begins.value(), goals.value(), reminder.value())

        return FormPage(_("Enrol"), _("Enrol &now"), form, submit)

    def _note(self) -> FormPage:
        form = self._form("note")
        self._step = form.add(ChoiceField(_("What was done"), "programmes.step", (), required=True))
        done_on = form.add(DateField(_("On"), "programmes.done_on", today=self._today, past=True, required=True))
        value = form.add(TextField(_("What was measured"), "programmes.value"))
        note = form.add(NoteEdit(_("Note"), "programmes.session_note", rows=2))

        def submit() -> None:
            if self.enrolment is not None:
                step = self._step.value() or ""
                self._presenter.note(self.enrolment, step, done_on.value(), value.value(), note.value())

        return FormPage(_("Note a session"), _("&Keep it"), form, submit)

    def _leave(self) -> FormPage:
        form = self._form("leave")
        why = form.add(NoteEdit(_("Why"), "programmes.reason", required=True))

        def submit() -> None:
            if self.enrolment is not None:
                self._presenter.leave(self.enrolment, why.value())

        return FormPage(_("Leave the programme"), _("&Take out"), form, submit)
