"""Shows reception: the form at the left, likely duplicates at the right, register at the bottom."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.identity_parts import Card
from clinic_desktop.domain.patients import warnings
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.scanning import Scan
from clinic_desktop.gui.screens.reception.card import card_words
from clinic_desktop.gui.screens.reception.duplicates import DuplicatesPanel
from clinic_desktop.gui.screens.reception.family import FamilyPanel
from clinic_desktop.gui.screens.reception.fields import RegistrationForm
from clinic_desktop.gui.screens.reception.papers import PapersPanel
from clinic_desktop.gui.screens.reception.presenter import ReceptionPresenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import Birth, show_birth
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import _
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.identity import LikelyDuplicate
from clinic_desktop.services.merging import MergeRow
from clinic_desktop.services.patients import PatientDetails, Registered, sex_words
from clinic_desktop.services.queue import QueueLine
from clinic_desktop.services.relations import Decision, Relative

# After the last key; short enough to seem live, long enough not to ask for every letter.
DEBOUNCE_MS = 150
# Wider, and the eye loses the line between one field and the next.
FORM_WIDTH = 1040
TELLING = frozenset(
    {
        "family_name", "given_names", "sex", "born_on", "phone", "other_phone", "national_id", "address", "city",
        "postal_code",
    }
)  # fmt: skip


class ReceptionView(ScreenView):
    """The reception screen."""

    def __init__(self, presenter: ReceptionPresenter, context: ScreenContext) -> None:
        super().__init__("reception")
        self.presenter, self.context = presenter, context
        presenter.view = self
        self.keeper = DraftKeeper(presenter.keep)
        self.form = RegistrationForm(self.keeper, context.today)
        self.form.edited.connect(self._edited)
        self.may_merge = presenter.desk.may("merging.merge")
        self.duplicates = DuplicatesPanel(self)
        self.family = FamilyPanel(self._open_patient, self._part, may_part=presenter.desk.may("parting.unmerge"))
        self.dialog: ConfirmStop | None = None
        self._card: Card | None = None  # scanned over somebody's registration: it waits for the empty form
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(DEBOUNCE_MS)
        self._looking.timeout.connect(self._look)
        area = QScrollArea()
        area.setWidget(self.form)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.form.setMaximumWidth(FORM_WIDTH)
        self.set_body(area)
        beside = QWidget()
        column = QVBoxLayout(beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.papers = PapersPanel(context)
        column.addWidget(self.papers)
        column.addWidget(self.duplicates, 1)
        column.addWidget(self.family)
        self.set_context(beside)
        self.new_button = self.add_button(_("&New patient"), "reception.new", self._new)
        self.drop_button = self.add_button(_("&Throw away"), "reception.drop", self._throw_away)
        self.check_in_button = self.add_button(_("Check &in"), "reception.check_in", self._check_in, "Ctrl+I")
        self.book_button = self.add_button(_("Boo&k"), "reception.book", self._book, "Ctrl+B")
        self.chart_button = self.add_button(_("&Chart"), "reception.chart", self._chart)

    # Called by the shell ---------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show the patient asked for, or an empty form."""
        self.presenter.ask_pharmacies()
        if patient_id := arguments.get("patient_id"):
            self.presenter.open_patient(patient_id)
        else:
            self.presenter.open_new()

    def leave(self) -> None:
        """Hand over what is still being typed."""
        self.keeper.flush()

    def takes_scan(self, scan: Scan) -> bool:
        """An identity card fills a new registration; it is never saved by that."""
        if scan.card is None:
            return False
        self.keeper.flush()
        if self.presenter.patient_id:
            # What the card says is not typed over somebody who is registered: they come up as a likely duplicate.
            self._card = scan.card
            self.context.window.go("reception")
        else:
            self._fill_card(scan.card)
        return True

    # Called by the presenter -----------------------------------------------------------------------------

    def show_new(self) -> None:
        """An empty form, for a new patient."""
        self.form.clear()
        self.form.kept_names = ()
        self.form.unfold()
        self.context.window.set_patient(None)
        self.context.window.say("")  # what was said of the patient before is not of this one
        self.set_title(_("New patient"))
        self.duplicates.show_found(())
        self.papers.show_patient(None)
        self.family.clear()
        self._offer(new=True)
        self._focus(self.form.family.editor())
        card, self._card = self._card, None
        if card is not None:
            self._fill_card(card)

    def show_patient(self, details: PatientDetails) -> None:
        """The form of a patient who is registered."""
        self.form.show_patient(details.patient)
        self.keeper.forget()
        self.context.window.set_patient(details.patient_id)
        self.set_title(_("Registration of {mrn}").format(mrn=details.mrn))
        self.duplicates.show_found(())
        self.papers.show_patient(details)
        self.family.clear()
        self._offer(new=False)
        self._look()

    def restore(self, fields: Mapping[str, object]) -> None:
        """What was typed and not yet registered."""
        self.form.restore(fields)
        self.drop_button.show()
        self._look()

    def show_duplicates(self, found: Sequence[LikelyDuplicate]) -> None:
        """Those who may be the one being registered."""
        self.duplicates.show_found(found)

    def show_kin(self, family: Sequence[Relative], merges: Sequence[MergeRow], different: Sequence[Decision]) -> None:
        """The family of the patient shown, their merges, and who was said to be somebody else."""
        self.family.show_family(family)
        self.family.show_merges(merges)
        self.family.show_different(different)

    def offer_pharmacies(self, found: Sequence[Entry]) -> None:
        """The pharmacies that a patient may prefer."""
        self.form.offer_pharmacies(found)

    def decided(self) -> None:
        """It was said what somebody like the patient is, or is not, to them."""
        new = not self.presenter.patient_id
        self.context.window.say(_("Noted; it is saved with the registration.") if new else _("Noted"))
        self._look()

    def registered(self, done: Registered) -> None:
        """A new patient is registered."""
        self._done()
        self.context.window.say(_("Registered as {mrn}").format(mrn=done.mrn))

    def changed(self) -> None:
        """The changes are saved."""
        self._done()
        self.context.window.refresh_banner()
        self.context.window.say(_("Saved"))

    def checked_in(self, line: QueueLine) -> None:
        """The patient stands in the queue."""
        self.check_in_button.set_busy(False)
        self.check_in_button.setEnabled(False)
        self.papers.show_ticket(line)
        self.context.window.say(_("{name}: ticket {ticket}").format(name=line.patient, ticket=line.ticket))

    def ask_whether_same(self, before: PatientDetails) -> None:
        """Another name, birth and sex: most likely a new patient typed over this one."""
        self.set_primary_busy(False)
        born = show_birth(Birth(before.patient.born_on, before.patient.born_precision))  # type: ignore[arg-type]
        was = " · ".join((before.name, born, sex_words(before.patient.sex), before.mrn))
        words = _(
            "This is the registration of {was}. Name, birth and sex would all change, as if somebody else were typed "
            "over them, and the chart would become that person's. For a new patient go back and choose New patient."
        )
        dialog = ConfirmStop(
            self, "reception.another", _("This looks like another person"), words.format(was=was),
            confirm=_("It &is the same person"), reason=_("Why it is the same person"),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._save(dialog.reason()))
        dialog.open()

    def refused(self, error: Exception) -> None:
        """An act did not happen: say why beside its field, unfolded."""
        self.set_primary_busy(False)
        self.check_in_button.set_busy(False)
        if isinstance(error, Refusal) and error.field:
            for section in self.form.folding.values():
                if any(field.key == error.field and section.isAncestorOf(field) for field in self.form.fields()):
                    section.set_folded(False)
        self.context.window.show_error(error, self.form)

    # ------------------------------------------------------------------------------------------------------

    def _offer(self, *, new: bool) -> None:
        self.set_primary_busy(False)
        self.set_primary(_("&Register") if new else _("&Save changes"), self._save)
        self.drop_button.hide()
        self.new_button.setVisible(not new)
        desk = self.presenter.desk
        for button, act in (
            (self.check_in_button, "queue.check_in"),
            (self.book_button, "scheduling.book"),
            (self.chart_button, "chart.open_chart"),
        ):
            button.setVisible(not new and desk.may(act))
            button.setEnabled(True)

    def _fill_card(self, card: Card) -> None:
        before = self.form.draft()
        self.form.fill_from(card)
        self.drop_button.show()
        self.keeper.touch()
        self._look()
        told = card_words(card, self.context.today())
        if any(before.values()):
            self.context.window.offer_undo(told, lambda: self._take_card_back(before))
        else:
            self.context.window.say(told)

    def _take_card_back(self, before: Mapping[str, object]) -> None:
        self.form.restore(before)
        self.keeper.touch()
        self._look()

    def _edited(self, key: str) -> None:
        self.drop_button.show()
        if key in TELLING:
            self._looking.start()

    def _look(self) -> None:
        self._looking.stop()
        self._warn()
        self.presenter.look_for_duplicates(self.form.likeness(self.presenter.patient_id))

    def _warn(self) -> None:
        """Say beside its field what is odd but may be true."""
        odd = dict(warnings(asdict(self.form.entered()), self.context.today()))
        self.form.phone.show_hint(_(odd.get("phone", "")) if "phone" in odd else "")
        if "born_on" in odd:
            self.form.born.show_hint(_(odd["born_on"]))

    def _save(self, reason: str = "") -> None:
        if self.form.check():
            self.set_primary_busy(True)
            # Before the act in the same order of work: kept after it, the draft would outlive what it led to.
            self.keeper.flush()
            self.presenter.save(self.form.entered(), reason)

    def _done(self) -> None:
        self.set_primary_busy(False)
        self.keeper.forget()

    def _new(self) -> None:
        self.keeper.flush()
        self.presenter.open_new()

    def _throw_away(self) -> None:
        self.keeper.forget()
        self.presenter.throw_away()

    def _check_in(self) -> None:
        self.check_in_button.set_busy(True)
        self.presenter.check_in()

    def _book(self) -> None:
        self.context.window.go("schedule", patient_id=self.presenter.patient_id)

    def _chart(self) -> None:
        self.context.window.go("chart", patient_id=self.presenter.patient_id)

    # What can be done about a likely duplicate ------------------------------------------------------------

    def open_instead(self, one: LikelyDuplicate) -> None:
        """Go to that registration."""
        self._open_patient(one.patient_id)

    def merge_with(self, one: LikelyDuplicate) -> None:
        """Look at merging the two; what is only being typed is not registered yet: the other is opened instead."""
        mine = self.presenter.patient_id
        if not mine:
            self.context.window.say(_("Nothing is registered yet: go on in that registration."))
            self._open_patient(one.patient_id)
        else:
            self.keeper.flush()
            self.context.window.go("merge", patient_id=one.patient_id, other_id=mine)

    def link_with(self, one: LikelyDuplicate, kind: str) -> None:
        """Say what they are to one another."""
        self.presenter.link(one.patient_id, kind)

    def not_the_same(self, one: LikelyDuplicate) -> None:
        """Say that they are two people, and how that is known."""
        words = _("{name} ({mrn}) will not be offered again for this patient.").format(name=one.name, mrn=one.mrn)
        self.dialog = ConfirmStop(
            self, "reception.different.sure", _("Two different people?"), words, confirm=_("&Two people"),
            reason=_("How is it known?"), meaning="warning", kept=self.presenter.kept_reason(one.patient_id),
        )  # fmt: skip
        dialog = self.dialog
        dialog.accepted.connect(lambda: self.presenter.say_different(one.patient_id, dialog.reason()))
        dialog.open()

    def _open_patient(self, patient_id: str) -> None:
        self.keeper.flush()
        self.context.window.go("reception", patient_id=patient_id)

    def _part(self, merge_id: str) -> None:
        self.keeper.flush()
        self.context.window.go("unmerge", patient_id=self.presenter.patient_id, merge_id=merge_id)

    @staticmethod
    def _focus(widget: QWidget) -> None:
        QTimer.singleShot(0, widget.setFocus)
