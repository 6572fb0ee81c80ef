"""The forms of the page Review."""

from collections.abc import Callable
from datetime import date
from typing import Any

from clinic_desktop.domain import break_glass as glass_rules
from clinic_desktop.domain.programmes import CATEGORIES, read_steps, write_steps
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.oversight.presenter import OversightPresenter
from clinic_desktop.gui.screens.oversight.story import OUTCOME_WORDS, told_of
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.dates import DateField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import FormPage
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.break_glass import Broken
from clinic_desktop.services.programmes import NewProgramme, Programme

LINES = ("features", "requirements", "outcomes", "instructors")


class OversightForms:
    """Every form of the page, made once."""

    def __init__(self, presenter: OversightPresenter, today: Callable[[], date]) -> None:
        self._presenter, self._today = presenter, today
        self.broken: Broken | None = None
        self.programme: Programme | None = None
        self._told = Facts()
        self.review, self.edit, self.archive = self._review(), self._edit(), self._archive()

    def _form(self, name: str) -> Form:
        acting = self._presenter.acting
        return Form(DraftKeeper(lambda fields: acting.keep(name, fields)))

    def _review(self) -> FormPage:
        form = self._form("review")
        choices = [(key, _(OUTCOME_WORDS[key])) for key in glass_rules.OUTCOMES]
        self.outcome = form.add(SegmentField(_("What came of it"), "oversight.outcome", choices, required=True))
        note = form.add(NoteEdit(_("What was found, who was spoken to"), "oversight.note", rows=3))

        def submit() -> None:
            if self.broken is not None:
                self._presenter.review(self.broken, self.outcome.value() or "", note.value())

        page = FormPage(_("Review it"), _("&Keep the review"), form, submit)
        page.body.insertWidget(page.body.indexOf(form), self._told)
        return page

    def about_review(self, row: Broken) -> None:
        """Begin the form about one time the glass was broken: why, and what was opened, stand above the answer."""
        self.broken = row
        self.review.set_title(f"{row.who}: {row.patient_name}")
        self._told.show_facts(told_of(row))

    def _edit(self) -> FormPage:
        form = self._form("programme")
        form.add(TextField(_("Name"), "oversight.name", required=True, longest=200))
        form.add(NoteEdit(_("What it is"), "oversight.description", rows=3, required=True))
        form.add_row(
            ChoiceField(_("Kind"), "oversight.category", [(key, _(words)) for key, words in CATEGORIES.items()],
                        required=True),
            TextField(_("How hard"), "oversight.difficulty", longest=60),
            TextField(_("By"), "oversight.provider", longest=200),
        )  # fmt: skip
        form.add_row(
            NumberField(_("Lasts"), "oversight.weeks", unit=_("weeks"), least=1, most=520),
            NumberField(_("Places"), "oversight.capacity", least=1, most=100_000),
            DateField(_("First day"), "oversight.starts_on", today=self._today),
            DateField(_("Last day"), "oversight.ends_on", today=self._today),
        )
        form.add(TextField(_("For whom"), "oversight.eligibility", longest=1000))
        form.add(CheckField(_("Needs the patient's consent"), "oversight.needs_consent"))
        form.add(
            NoteEdit(_("Steps, one a line: title | sessions | week | what is measured"), "oversight.steps", rows=5)
        )
        form.add_row(
            NoteEdit(_("What it holds, one a line"), "oversight.features", rows=2),
            NoteEdit(_("What is needed"), "oversight.requirements", rows=2),
        )
        form.add_row(
            NoteEdit(_("What it brings"), "oversight.outcomes", rows=2),
            NoteEdit(_("Who leads it"), "oversight.instructors", rows=2),
        )
        return FormPage(_("Programme"), _("&Save the programme"), form, self._save)

    def start_edit(self, row: Programme | None) -> None:
        """Begin the form about a programme, or about a new one."""
        self.programme = row
        form = self.edit.form
        form.clear()
        self.edit.set_title(_("New programme") if row is None else row.about.name)
        form.field("steps").setEnabled(row is None)
        form.field("steps").show_hint("" if row is None else _("Steps stay as they are, for those who have begun."))
        if row is None:
            form.set_values({"needs_consent": True})
            return
        about = row.about
        form.set_values(
            {name: getattr(about, name) for name in ("name", "description", "category", "difficulty", "provider",
                                                     "weeks", "capacity", "starts_on", "ends_on", "eligibility",
                                                     "needs_consent")}
            | {name: "\n".join(getattr(about, name)) for name in LINES}
            | {"steps": write_steps(about.steps)}
        )  # fmt: skip

    def _save(self) -> None:
        values: dict[str, Any] = self.edit.form.values()
        chosen = self.programme
        try:
            steps = read_steps(str(values["steps"])) if chosen is None else chosen.about.steps
        except Refusal as refused:
            self._presenter.refused("programme", refused)
            return
        new = NewProgramme(
            name=values["name"],
            description=values["description"],
            category=values["category"] or "",
            steps=steps,
            weeks=None if values["weeks"] is None else int(values["weeks"]),
            difficulty=values["difficulty"],
            provider=values["provider"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            capacity=None if values["capacity"] is None else int(values["capacity"]),
            eligibility=values["eligibility"],
            needs_consent=bool(values["needs_consent"]),
            **{name: tuple(line for line in values[name].splitlines() if line.strip()) for name in LINES},
        )
        self._presenter.save(chosen, new)

    def _archive(self) -> FormPage:
        form = self._form("archive")
        why = form.add(NoteEdit(_("Why"), "oversight.reason", required=True))

        def submit() -> None:
            if self.programme is not None:
                self._presenter.archive(self.programme, why.value())

        return FormPage(_("Offer it no more"), _("&Take it off"), form, submit)
