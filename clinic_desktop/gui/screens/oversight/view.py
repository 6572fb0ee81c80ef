"""The page Review as it is seen: who broke the glass and why, and the catalogue of programmes."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QWidget

from clinic_desktop.domain.programmes import CATEGORIES
from clinic_desktop.gui.screens.oversight.forms import OversightForms
from clinic_desktop.gui.screens.oversight.presenter import OversightPresenter
from clinic_desktop.gui.screens.oversight.story import OUTCOME_WORDS, Story
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.formstack import FormStack, Side
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.break_glass import Broken
from clinic_desktop.services.programmes import Programme

MEANINGS = {"": "warning", "justified": "good", "unclear": "information", "not_justified": "critical"}
SECTIONS = ("glass", "programmes")


class OversightView(ScreenView):
    """The administrator's page of what is looked at afterwards."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("oversight")
        self._window = context.window
        self._presenter = OversightPresenter(context.desk, context.tasks, self)
        self._forms = OversightForms(self._presenter, context.today)
        self.broken = ListTable("oversight.broken", _broken_columns(), key=lambda row: row.id,
                                settings=context.settings,
                                empty=Empty(_("Nobody has broken the glass."), icon="shield"))  # fmt: skip
        self.programmes = ListTable(
            "oversight.programmes", _programme_columns(), key=lambda row: row.id, settings=context.settings,
            empty=Empty(_("No programme yet. Alt+N adds the first."), icon="plan"),
        )  # fmt: skip
        self._story = Story()
        self._stacks = {
            "glass": FormStack(self._story, {"review": self._forms.review}),
            "programmes": FormStack(QWidget(), {"programme": self._forms.edit, "archive": self._forms.archive}),
        }
        self._tabs = QTabWidget()
        self._tabs.setObjectName("oversight.sections")
        self.set_title(_("Review"))
        self._build()
        self.broken.selected.connect(self._broken_chosen)
        self.broken.opened.connect(lambda _row: self._review())
        self.programmes.selected.connect(self._programme_chosen)
        self._tabs.currentChanged.connect(lambda _place: self._offer())
        self._forms.outcome.edited.connect(self._offer)

    def _build(self) -> None:
        glass, offered = Panel(_("The glass was broken")), Panel(_("Digital programmes"))
        glass.add_button(_("&Review"), "oversight.review", self._review)
        glass.add(self.broken, 1)
        offered.add_button(_("&New"), "oversight.new", lambda: self._edit(None))
        offered.add_button(_("&Offer no more"), "oversight.archive", self._archive)
        offered.add(self.programmes, 1)
        for name, panel, words in (("glass", glass, _("Broken glass")), ("programmes", offered, _("Programmes"))):
            side = Side()
            side.column.addWidget(panel)
            page = QWidget()
            row = QHBoxLayout(page)
            row.setContentsMargins(0, 12, 0, 0)
            row.setSpacing(12)
            row.addWidget(side, 10)
            row.addWidget(self._stacks[name], 9)
            self._tabs.addTab(page, words)
        self.set_body(self._tabs)

    @property
    def _section(self) -> str:
        return SECTIONS[self._tabs.currentIndex()]

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open the page; ``section`` and ``form`` go to one of its places at once."""
        self._window.set_patient(None)
        if arguments.get("section") in SECTIONS:
            self._tabs.setCurrentIndex(SECTIONS.index(arguments["section"]))
        self._presenter.open()
        if arguments.get("form") == "new":
            self._edit(None)
        self._offer()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again for what changed."""
        self._presenter.refresh(kinds)

    def escape(self) -> bool:
        """Close the form that is open; what was typed stays as a draft."""
        stack = self._stacks[self._section]
        if not stack.current:
            return False
        stack.close_form()
        (self.broken if self._section == "glass" else self.programmes).setFocus()
        self._offer()
        return True

    def leave(self) -> None:
        """Hand over drafts still being typed."""
        for stack in self._stacks.values():
            stack.flush()

    # What the presenter shows ----------------------------------------------------------------------------

    def show_broken(self, rows: tuple[Broken, ...], waiting: int) -> None:
        """Show every time the glass was broken, those that wait for a review first."""
        self.broken.set_rows(sorted(rows, key=lambda row: bool(row.outcome)))
        self._window.set_count("oversight", waiting)
        if self.broken.current() is None and rows:
            self.broken.select_row(0)
        self._broken_chosen(self.broken.current())

    def show_programmes(self, rows: tuple[Programme, ...]) -> None:
        """Show the catalogue."""
        self.programmes.set_rows(rows)

    def was_done(self, form: str, said: str) -> None:
        """A form led to its act."""
        self.set_primary_busy(False)
        for stack in self._stacks.values():
            if form in stack.pages:
                stack.pages[form].form.clear()
                stack.close_form()
        self._window.say(_(said))
        self._offer()

    def show_problem(self, form: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self.set_primary_busy(False)
        page = next((stack.pages[form] for stack in self._stacks.values() if form in stack.pages), None)
        self._window.show_error(error, None if page is None else page.form)

    def restore(self, form: str, draft: Mapping[str, object]) -> None:
        """Put back what was typed before."""
        for stack in self._stacks.values():
            if form in stack.pages:
                stack.pages[form].form.restore(draft)

    # Acts and forms ---------------------------------------------------------------------------------------

    def _review(self) -> None:
        row = self.broken.current()
        if row is None:
            self._window.say(_("Choose a line first."))
            return
        self._stacks["glass"].flush()
        self._forms.review.form.clear()
        self._forms.about_review(row)
        if row.outcome:
            self._forms.review.form.set_values({"outcome": row.outcome, "note": row.review_note})
        self._show_form("glass", "review", row.id)

    def _edit(self, row: Programme | None) -> None:
        self._stacks["programmes"].flush()
        self._forms.start_edit(row)
        self._show_form("programmes", "programme", "new" if row is None else row.id)

    def _archive(self) -> None:
        row = self.programmes.current()
        if row is None or row.status != "active":
            self._window.say(_("Choose a programme on offer first."))
            return
        self._stacks["programmes"].flush()
        self._forms.programme = row
        self._forms.archive.form.clear()
        self._show_form("programmes", "archive", row.id)

    def _show_form(self, section: str, name: str, record: str) -> None:
        self._tabs.setCurrentIndex(SECTIONS.index(section))
        self._stacks[section].show_form(name)
        self._presenter.form_opened(name, record)
        self._offer()

    def _offer(self) -> None:
        stack = self._stacks[self._section]
        page = stack.pages.get(stack.current)
        if page is not None:
            # Whoever answers for it says what came of it: no answer is given by leaving it as it was.
            answered = page is not self._forms.review or self._forms.outcome.value() is not None
            self.set_primary(page.act_words, self._submit, enabled=answered)
        elif self._section == "glass":
            self.set_primary(_("Review"), self._review, enabled=self.broken.current() is not None)
        else:
            self.set_primary(_("New programme"), lambda: self._edit(None))

    def _submit(self) -> None:
        stack = self._stacks[self._section]
        self.set_primary_busy(True)
        if not stack.pages[stack.current].submit():
            self.set_primary_busy(False)

    def _broken_chosen(self, row: Broken | None) -> None:
        self._story.show_row(row)
        self._offer()

    def _programme_chosen(self, row: Programme | None) -> None:
        if row is not None and not self._forms.edit.form.is_touched:
            self._forms.start_edit(row)
            self._stacks["programmes"].show_form("programme")
            self._presenter.form_opened("programme", row.id)
            self.programmes.setFocus()
            self._offer()


def _moment(at: datetime) -> str:
    here = at.astimezone()
    return f"{show_date(here.date())} {here:%H:%M}"


def _look(row: Broken) -> Look:
    return Look(_(OUTCOME_WORDS[row.outcome]) if row.outcome else _("To review"), MEANINGS[row.outcome])


def _broken_columns() -> tuple[Column[Broken], ...]:
    return (
        Column[Broken]("when", _("When"), lambda row: _moment(row.started_at), 150,
                       sort=lambda row: row.started_at),
        Column[Broken]("who", _("Who"), lambda row: row.who, 130, strong=True),
        Column[Broken]("patient", _("Patient"), lambda row: row.patient_name, 150, stretch=True),
        Column[Broken]("state", _("State"), lambda row: _look(row).text, 120, look=_look),
    )  # fmt: skip


def _programme_columns() -> tuple[Column[Programme], ...]:
    return (
        Column[Programme]("name", _("Programme"), lambda row: row.about.name, 200, stretch=True, strong=True),
        Column[Programme]("kind", _("Kind"), lambda row: _(CATEGORIES[row.about.category]), 130, subtle=True),
        Column[Programme]("in", _("Taking part"), lambda row: str(row.enrolled), 90, number=True,
                          sort=lambda row: row.enrolled),
        Column[Programme]("state", _("State"), lambda row: _("On offer") if row.status == "active" else _("Archived"),
                          110, look=lambda row: Look(_("On offer"), "good") if row.status == "active"
                          else Look(_("Archived"), "neutral")),
    )  # fmt: skip
