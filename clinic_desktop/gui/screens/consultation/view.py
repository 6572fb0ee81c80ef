"""The consultation as it is seen: the rail of steps, the page of one of them, the patient at a glance."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from clinic_desktop.domain import consultation as path
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.consultation import pages
from clinic_desktop.gui.screens.consultation.pages import StepPage, row_of
from clinic_desktop.gui.screens.consultation.parts import AllergyAnswer, DiagnosisList, Lines, Review
from clinic_desktop.gui.screens.consultation.presenter import SETTLED, ConsultationPresenter
from clinic_desktop.gui.screens.consultation.side import Side
from clinic_desktop.gui.screens.consultation.why import WhyLeftOut
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import Button, LinkButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Panel, label
from clinic_desktop.gui.widgets.results import results_table
from clinic_desktop.gui.widgets.steprail import Step, StepRail
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.gui.widgets.vitals_entry import VitalsEntry
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.encounters import Consultation, StepShown

TITLES = {
    "patient_overview": N_("Overview"),
    "vitals": N_("Vital signs"),
    "symptoms": N_("Symptoms"),
    "history": N_("History"),
    "examination": N_("Examination"),
    "investigations": N_("Investigations"),
    "diagnosis": N_("Diagnosis"),
    "plan": N_("Plan"),
    "prescription": N_("Prescription"),
    "follow_up": N_("Follow-up"),
    "final_review": N_("Final review"),
}
KEYS = ("Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+5", "Ctrl+6", "Ctrl+7", "Ctrl+8", "Ctrl+9", "Ctrl+0", "Ctrl+-")
# The rail's own words for what a person left out.
RAIL_STATES = {"skipped_by_person": "skipped_by_doctor"}


class ConsultationView(ScreenView):
    """One encounter."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("consultation")
        self._window, self._today = context.window, context.today
        self.results = results_table("consultation.results", context.settings)
        self._presenter = ConsultationPresenter(context.desk, context.tasks, self)
        self._shown_place = ("", "")
        self.rail = StepRail("consultation.steps")
        self.rail.gone_to.connect(self._presenter.go)
        self.side = Side()
        self.pages = {
            step: StepPage(step, lambda step=step: self._presenter.keep(step))  # type: ignore[misc]  # bound now
            for step in path.STEPS
        }
        # A layout, not QStackedWidget: that one would paint the page's grey over its panel.
        self._pages_holder = QWidget()
        self._stack = QStackedLayout(self._pages_holder)
        self._head = Panel()
        self._said = label("", "secondary", name="consultation.said", wrap=True)
        self._fill_pages()
        self._build()

    def _fill_pages(self) -> None:
        pages.overview(self.pages["patient_overview"])
        pages.symptoms(self.pages["symptoms"])
        pages.history(self.pages["history"])
        pages.examination(self.pages["examination"])
        pages.plan(self.pages["plan"])
        pages.follow_up(self.pages["follow_up"], self._today)
        self.entry = VitalsEntry("consultation", self._keeper("entries", lambda: self.entry))
        self._signs = Lines()
        self._above("vitals", self.entry, self._signs)
        self.allergies = AllergyAnswer(self._presenter, self._add_allergy)
        self.pages["history"].column.insertWidget(0, self.allergies)
        self._investigations()
        self.diagnoses = DiagnosisList(self._presenter)
        self._above("diagnosis", self.diagnoses)
        self.pages["diagnosis"].form.add(NoteEdit(_("Also considered"), "consultation.differential", rows=2))
        self._prescription()
        self.review = Review()
        self.addendum = Form(self._keeper("addendum", lambda: self.addendum))
        self.addendum.add(NoteEdit(_("Addendum"), "consultation.text", rows=3, required=True))
        self.addendum.add(TextField(_("Why it is added"), "consultation.reason", required=True))
        self._added = Lines()
        self._above("final_review", self.review, self._added, self.addendum)
        for page in self.pages.values():
            page.end()

    def _above(self, step: str, *widgets: QWidget) -> None:
        for place, widget in enumerate(widgets):
            self.pages[step].column.insertWidget(place, widget)

    def _keeper(self, form: str, of: Callable[[], Form]) -> DraftKeeper:
        return DraftKeeper(lambda _fields: self._presenter.keep_form(form, of().draft()))

    def _investigations(self) -> None:
        self._ordered = Lines()
        order = Button(_("&Order tests"), "consultation.order", lambda: self._hand_over("order"))
        park = Button(_("&Wait for the results"), "consultation.park", self._presenter.park)
        self._above("investigations", self._ordered, row_of(order, park))
        page = self.pages["investigations"].column
        page.addWidget(label(_("Results, of this laboratory and from elsewhere"), "strong"))
        page.addWidget(self.results, 10)
        self.results.setMinimumHeight(160)
        form = self.pages["investigations"].form
        form.add(CheckField(_("C&ritical results were acted on"), "consultation.critical_seen"))
        form.add(NoteEdit(_("Notes"), "consultation.investigations_note", rows=2))

    def _prescription(self) -> None:
        self._prescribed = Lines()
        button = Button(_("&Prescribe"), "consultation.prescribe", lambda: self._hand_over("prescribing"))
        self._above("prescription", self._prescribed)
        form = self.pages["prescription"].form
        form.add(CheckField(_("&No medicine is needed"), "consultation.no_medicine"))
        self.pages["prescription"].column.addWidget(row_of(button))

    def _build(self) -> None:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.rail)
        for page in self.pages.values():
            self._stack.addWidget(page)
        self._head.add(self._said)
        self._head.add(self._pages_holder, 1)
        self._reopen = self._head.add_button(_("Open a&gain"), "consultation.reopen", self._open_again)
        self._leave_out = self._head.add_button(_("&Leave out"), "consultation.leave_out", self._ask_why)
        self._why = WhyLeftOut(self._presenter.kept_why, self._presenter.skip)
        self._head.body.insertWidget(1, self._why)
        row.addWidget(self._head, 1)
        side = Panel()
        side.setFixedWidth(288)
        side.add(self.side, 1)
        row.addWidget(side)
        self.set_body(body)
        self._print = self.add_button(_("Print s&ummary"), "consultation.print", self._preview)
        self.add_button(_("C&hart"), "consultation.chart", lambda: self._window.go("chart", patient_id=self._patient()))

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open ``encounter_id`` of ``patient_id``, perhaps at a ``step``."""
        same = arguments["encounter_id"] == self._presenter.encounter_id
        step = arguments.get("step") or (self._presenter.step if same else "")
        self._clear()
        self._window.set_patient(arguments["patient_id"])
        self._presenter.open(arguments["patient_id"], arguments["encounter_id"], step)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again for what changed here or in another window."""
        self._presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over drafts still being typed."""
        for form in self._forms():
            if form.keeper is not None:
                form.keeper.flush()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Put the cursor where typing begins once the page is on screen: it may be filled before its banner is."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._start_shown)

    def escape(self) -> bool:
        """Take back the question why a step is left out."""
        if self._why.isVisible():
            self._why.take_back()
            self.pages[self._presenter.step].start()
            return True
        return False

    # What the presenter shows ----------------------------------------------------------------------------

    def show_visit(self, shown: Consultation, step: str) -> None:
        """Show the encounter with one step open."""
        signed = shown.status == "signed"
        self.set_title(_("Consultation, signed") if signed else _("Consultation"))
        self.rail.set_steps([self._rail_step(each) for each in shown.steps], step)
        self.side.show_patient(shown)
        self._show_parts(shown)
        here = shown.step(step)
        self._head.set_title(_(TITLES[step]))
        self._said.setText(self._words_of(here, shown))
        self._said.setVisible(bool(self._said.text()))
        editable = here.writable and not signed
        for each in shown.steps:
            self.pages[each.step].form.setEnabled(each.writable)
        self._reopen.setVisible(editable and here.state in SETTLED)
        self._leave_out.setVisible(editable and here.state not in SETTLED and step not in path.NEVER_SKIPPED)
        self._print.setVisible(True)
        place = (step, shown.status)
        moved, self._shown_place = place != self._shown_place, place
        if moved:
            self._why.put_away()
            self._stack.setCurrentWidget(self.pages[step])
            self._start(step)
        self._offer(shown, step)

    def _show_parts(self, shown: Consultation) -> None:
        signed = shown.status == "signed"
        titles = {key: _(words) for key, words in TITLES.items()}
        self.entry.setVisible(not signed)
        self.entry.show_for(shown.patient.born_on, self._today())
        lacks = [(_(each.message).format(**each.facts), "warning") for each in shown.step("vitals").missing]
        self._signs.show_lines(lacks, _("All that this visit wants has been measured."))
        self.allergies.show_state(shown)
        self.allergies.setEnabled(not signed)
        orders = [(f"{each.number}   {each.name}   {each.status}", "") for each in shown.ordered]
        self._ordered.show_lines(orders, _("Nothing has been ordered in this visit."))
        self.results.set_rows(shown.results)
        lines = [(f"{each.name}, {each.sig}   {each.number}", "") for each in shown.prescribed]
        self._prescribed.show_lines(lines, _("Nothing has been prescribed in this visit."))
        step = shown.step("diagnosis")
        self.diagnoses.show_diagnoses(path.diagnoses(step.content), writable=step.writable)
        self.review.show_visit(shown, titles)
        words = _("{author}, added later: {text} ({reason})")
        added = [
            (words.format(author=each.author, text=each.text, reason=each.reason), "information")
            for each in shown.addenda
        ]
        self._added.setVisible(bool(added))
        self._added.show_lines(added, "")
        self.addendum.setVisible(signed and self._presenter.may("consultation.add_addendum"))
        for name in ("consultation.order", "consultation.park", "consultation.prescribe", "consultation.all_normal"):
            button = self.findChild(Button, name)
            if button is not None:
                button.setEnabled(not signed)
        for link in self.pages["follow_up"].findChildren(LinkButton):
            link.setEnabled(not signed)

    def typed(self, step: str) -> dict[str, str]:
        """What stands in the fields of a step."""
        return self.pages[step].typed()

    def put(self, step: str, content: Mapping[str, str]) -> None:
        """Put values into fields; not an edit."""
        self.pages[step].put(content)

    def restore(self, form: str, fields: Mapping[str, object]) -> None:
        """Put back what was typed before."""
        (self.entry if form == "entries" else self.addendum).restore(fields)

    def show_problem(self, step: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one; at the foot where no step is named."""
        if not step:
            self._window.show_error(error)
            return
        form = self.entry if step == "vitals" else self.pages[step].form
        if step == "final_review" and self.addendum.isVisible():
            form = self.addendum
        if isinstance(error, Refusal) and error.field:
            error.field = error.field.replace(".", "_")  # a field of the content, as its editor is called
        self._window.show_error(error, form)

    def settled(self) -> None:
        """An act has ended."""
        self.set_primary_busy(False)
        self._window.refresh_banner()

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Say that something was done, with a way back."""
        self._window.offer_undo(words, undo)

    def vitals_kept(self) -> None:
        """Empty the fields of the vital signs."""
        self.entry.clear()

    def addendum_kept(self) -> None:
        """Empty the fields of the addendum."""
        self.addendum.clear()

    # Inside -----------------------------------------------------------------------------------------------

    def _offer(self, shown: Consultation, step: str) -> None:
        here = shown.step(step)
        if shown.status == "signed":
            if self._presenter.may("consultation.add_addendum"):
                self.set_primary(_("&Add the addendum"), self._write_addendum)
            else:
                self.no_primary()
        elif step == "final_review":
            may = self._presenter.may("consultation.sign_consultation")
            self.set_primary(_("&Sign"), self._busily(self._presenter.sign), enabled=may and not shown.needs)
        elif not here.writable:
            self.no_primary()
        elif step == "vitals":
            self.set_primary(_("&Record and go on"), self._busily(self._record))
        else:
            self.set_primary(_("&Complete and go on"), self._busily(self._presenter.complete))

    def _busily(self, act: Callable[[], None]) -> Callable[[], None]:
        """The act, with its button busy until the presenter says that it has ended."""

        def do() -> None:
            self.set_primary_busy(True)
            act()

        return do

    def _record(self) -> None:
        entries = self.entry.entries()
        if entries:
            if self.entry.keeper is not None:
                self.entry.keeper.flush()
            self._presenter.record_vitals(entries, self._presenter.go_on)
        else:
            self._presenter.complete()

    def _write_addendum(self) -> None:
        if self.addendum.check():
            values = self.addendum.values()
            self._presenter.add_addendum(str(values["text"]), str(values["reason"]))

    def _start_shown(self) -> None:
        step, _status = self._shown_place
        if step and self.isVisible():
            self._start(step)

    def _start(self, step: str) -> None:
        """Put the cursor where typing begins on a page."""
        if step == "vitals" and self.entry.isVisibleTo(self):
            next(self.entry.fields()).setFocus()
        elif step == "diagnosis" and self.diagnoses.search.isVisibleTo(self):
            self.diagnoses.search.setFocus()
        elif step == "final_review" and self.addendum.isVisibleTo(self):
            next(self.addendum.fields()).setFocus()
        else:
            self.pages[step].start()

    def _rail_step(self, each: StepShown) -> Step:
        key = KEYS[path.STEPS.index(each.step)]
        return Step(each.step, _(TITLES[each.step]), RAIL_STATES.get(each.state, each.state), each.reason or "", key)

    def _words_of(self, here: StepShown, shown: Consultation) -> str:
        if shown.status == "signed":
            return _("Signed by {who}. What was signed stays; add to it below the final review.").format(
                who=shown.signed_by or ""
            )
        words = [here.reason or ""]
        if here.state not in SETTLED:
            leaning = ", ".join(_(TITLES[step]) for step in here.leaning_on)
            words += [_("Not settled before it: {steps}.").format(steps=leaning)] if leaning else []
        if here.updated_by:
            words.append(_("Last written by {who}.").format(who=here.updated_by))
        return " ".join(filter(None, words))

    def _ask_why(self) -> None:
        self._why.ask(self._presenter.step)

    def _open_again(self) -> None:
        self._presenter.reopen(self._presenter.step)

    def _add_allergy(self) -> None:
        self._window.go("chart", patient_id=self._patient(), form="allergy")

    def _hand_over(self, screen: str) -> None:
        """Go to order or prescribe for this encounter; coming back shows what was done."""
        self._window.go(screen, patient_id=self._patient(), encounter_id=self._presenter.encounter_id)

    def _preview(self) -> None:
        self._window.preview(self._presenter.summary(), _("Visit summary"))

    def _patient(self) -> str:
        return self._presenter.patient_id

    def _forms(self) -> list[Form]:
        return [*(page.form for page in self.pages.values()), self.entry, self.addendum, self._why]

    def _clear(self) -> None:
        """Nothing of another encounter stays on the screen for a moment."""
        self.leave()
        self._why.put_away()
        for page in self.pages.values():
            page.clear()
        self.entry.clear()
        self.addendum.clear()
        self._shown_place = ("", "")
        self.no_primary()
        self._reopen.hide()
        self._leave_out.hide()
