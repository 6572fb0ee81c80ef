"""Decides what the pharmacy's screen shows and does. No Qt."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain.packs import Pack
from clinic_desktop.domain.pharmacy import WAITING
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.screens.pharmacy.scanned import wrong_pack
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import _
from clinic_desktop.services import drafts, packs, pharmacy, prescribers, prescribing
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.packs import SeenPack
from clinic_desktop.services.pharmacy import Dispensed, QueueRow, TakenBack
from clinic_desktop.services.prescriptions import Prescription
from clinic_desktop.services.work_orders import Pick, WorkOrder

T = TypeVar("T")

FORM = "pharmacy"
TOUCHES = ("prescription.", "dispense.", "allergy.", "patient.changed", "stock.", "lot.", "medicine.")


class View(Protocol):
    """What the presenter asks of the view."""

    def show_queue(self, rows: Sequence[QueueRow]) -> None: ...  # noqa: D102
    def show_order(self, order: WorkOrder | None) -> None: ...  # noqa: D102
    def restore_form(self, fields: Mapping[str, object]) -> None: ...  # noqa: D102
    def wrong_pack(self, problem: Refusal) -> None: ...  # noqa: D102
    def show_scanned(self, lot_id: str, words: str) -> None: ...  # noqa: D102
    def set_patient(self, patient_id: str | None) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def done(self) -> None: ...  # noqa: D102
    def say(self, words: str) -> None: ...  # noqa: D102
    def refused(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """The queue, and the one prescription on the desk."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.order: WorkOrder | None = None
        self._wanted: tuple[str, str] | None = None
        self._act_id = new_id()

    def reload(self) -> None:
        """Ask for the queue."""
        desk = self.desk
        self.tasks.query("queue", lambda: pharmacy.queue(desk), self.view.show_queue)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when a prescription, an allergy or the stock moved."""
        if any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()
            self._reload_order()

    def open(self, patient_id: str, prescription_id: str) -> None:
        """Put a prescription on the desk, with what was typed for it and not done."""
        if self._wanted != (patient_id, prescription_id):
            self.order, self._act_id = None, new_id()
        self._wanted = (patient_id, prescription_id)
        self.view.set_patient(patient_id)
        desk, key = self.desk, DraftKey(FORM, prescription_id)
        self.tasks.query(
            "order",
            lambda: (pharmacy.work_order(desk, patient_id, prescription_id), drafts.draft(desk, key)),
            lambda found: self._arrived(*found),
        )

    def open_newest(self, patient_id: str) -> None:
        """Put a patient's prescription on the desk: the newest that waits, else the newest there is."""
        self.close()
        self.view.set_patient(patient_id)
        desk = self.desk
        self.tasks.query("newest", lambda: prescribing.last_prescriptions(desk, patient_id), self._newest)

    def _newest(self, found: Sequence[Prescription]) -> None:
        waiting = [one for one in found if one.status in WAITING] or list(found)
        if waiting:
            self.open(waiting[0].patient_id, waiting[0].prescription_id)
        else:
            self.view.say(_("This patient has no prescription here."))

    def close(self) -> None:
        """Clear the desk."""
        self._wanted, self.order = None, None
        self.view.set_patient(None)
        self.view.show_order(None)

    def _reload_order(self) -> None:
        if self._wanted is not None:
            patient, prescription = self._wanted
            desk = self.desk
            self.tasks.query("order", lambda: pharmacy.work_order(desk, patient, prescription), self._arrived)

    def _arrived(self, order: WorkOrder, draft: Mapping[str, object] | None = None) -> None:
        if order == self.order and not draft:
            return
        self.order = order
        self.view.show_order(order)
        if not draft:
            return
        if order.prescription.status in WAITING:
            self.view.restore_form(draft)
        else:
            # It was finished at another desk: nothing of it is unfinished here.
            desk, key = self.desk, DraftKey(FORM, order.prescription.prescription_id)
            self.tasks.change(lambda: drafts.drop_draft(desk, key), None, self.view.refused)

    def keep(self, fields: dict[str, str]) -> None:
        """Keep what is being typed."""
        if self._wanted is not None:
            desk, key = self.desk, DraftKey(FORM, self._wanted[1])
            self.tasks.change(lambda: drafts.keep_draft(desk, key, fields), None, self.view.refused)

    def kept_reason(self, act: str, about: str = "") -> KeptDraft:
        """The draft of why a prescription is sent back or what was handed out is taken back."""
        return KeptDraft(self.desk, self.tasks, f"pharmacy.{act}", about or self._id())

    # A scanned pack ----------------------------------------------------------------------------------

    def scanned(self, pack: Pack, on_the_desk: Collection[str]) -> None:
        """Compare a pack with the prescription: `on_the_desk` are the lots that it is filled from as it stands."""
        desk, prescription = self.desk, self._id()

        def found(seen: SeenPack) -> None:
            # The answer may come when another prescription is on the desk.
            if self.order is None or self._id() != prescription:
                return
            if problem := wrong_pack(self.order, seen, on_the_desk):
                self.view.wrong_pack(problem)
            else:
                words = _("Right: {title}, lot {lot}.").format(title=seen.title, lot=seen.pack.lot)
                self.view.show_scanned(seen.lot_id, words)

        self.tasks.query("pack", lambda: packs.seen_pack(desk, pack), found, self.view.refused)

    # Acts -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Say that this desk works on it."""
        prescription = self._id()
        self._do(
            lambda desk: pharmacy.start_preparing(desk, prescription),
            lambda _done: self._stay(_("Taken up: it is being prepared here.")),
        )

    def prepared(self, note: str, kept: Callable[[], None]) -> None:
        """Say that it lies ready; `kept` is told when the note is with it."""
        prescription = self._id()

        def done(_revision: int) -> None:
            kept()
            self._stay(_("Prepared: it lies ready to be handed out."))

        self._do(lambda desk: pharmacy.prepared(desk, prescription, note), done)

    def fill_here(self) -> None:
        """Have a prescription that was to go elsewhere filled here."""
        found = self._open().prescription
        self._do(
            lambda desk: prescribers.send_elsewhere(desk, found.prescription_id, None, expect=found.revision),
            lambda _done: self._stay(_("It is filled here now.")),
        )

    def reject(self, reason: str) -> None:
        """Send it back to the doctor."""
        prescription = self._id()

        def done(_revision: int) -> None:
            self.view.say(_("Sent back to the doctor."))
            self._finished()

        self._do(lambda desk: pharmacy.reject(desk, prescription, reason), done,
                 draft=self.kept_reason("reject", prescription).key)  # fmt: skip

    def dispense(self, picks: Sequence[Pick], reasons: Mapping[str, str], *, counselled: bool, said: str = "") -> None:
        """Hand out what was picked."""
        order = self._open()
        prescription, revision = order.prescription.prescription_id, order.prescription.revision

        def work(desk: Desk) -> Dispensed:
            return pharmacy.dispense(
                desk, prescription, tuple(picks), counselled=counselled, expect=revision, overrides=dict(reasons),
                counselling_note=said,
            )  # fmt: skip

        def done(answer: Dispensed) -> None:
            words = _("{number} handed out.") if answer.status == "dispensed" else _("{number} handed out in part.")
            self.view.say(words.format(number=answer.number))
            self._finished()

        self._do(work, done, draft=DraftKey(FORM, prescription))

    def take_back(self, dispense_id: str, reason: str) -> None:
        """Take back what was handed out of one lot."""

        def done(answer: TakenBack) -> None:
            words = _("Taken back: the stock has returned.")
            if answer.invoiced:
                words += " " + _("It is on an invoice: the cashier refunds it.")
            self._stay(words)

        self._do(lambda desk: pharmacy.cancel_dispense(desk, dispense_id, reason), done,
                 draft=self.kept_reason("take_back", dispense_id).key)  # fmt: skip

    def _do(self, work: Callable[[Desk], T], done: Callable[[T], None], draft: DraftKey | None = None) -> None:
        desk = self.desk.once(self._act_id, draft=draft)
        self.view.set_busy(True)

        def succeeded(answer: T) -> None:
            self._act_id = new_id()
            self.view.set_busy(False)
            done(answer)

        self.tasks.change(lambda: work(desk), succeeded, self._failed)

    def _failed(self, error: Exception) -> None:
        self.view.set_busy(False)
        if isinstance(error, Refusal):
            # A refused act was not done: what is tried next is another; and another desk may have moved it.
            self._act_id = new_id()
            self.reload()
            self._reload_order()
        self.view.refused(error)

    def _stay(self, words: str) -> None:
        self.view.say(words)
        self.reload()
        self._reload_order()

    def _finished(self) -> None:
        self.view.done()
        self.close()
        self.reload()

    def _open(self) -> WorkOrder:
        if self.order is None:
            raise LookupError("no prescription is open")
        return self.order

    def _id(self) -> str:
        return self._open().prescription.prescription_id
