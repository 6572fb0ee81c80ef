"""Decides what the claims screen shows and does. No Qt."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports.whole import written_whole
from clinic_desktop.services import (
    billing,
    claim_answers,
    claim_batches,
    claim_moves,
    claim_views,
    claims,
    insurance,
)
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.claim_answers import NewAnswer
from clinic_desktop.services.claim_batches import Batch, BatchFile
from clinic_desktop.services.claim_moves import Moving
from clinic_desktop.services.claim_views import Claim, ClaimRow, ToClaim
from clinic_desktop.services.claims import LineEdit
from clinic_desktop.services.insurance import Insurer, NewInsurer, NewPlan, Plan

T = TypeVar("T")

TOUCHES = ("claim", "invoice", "insurer.", "plan.", "cover.")
STATUSES = {
    "draft": ("draft",),
    "ready": ("ready",),
    "sent": ("sent", "accepted"),
    "answered": ("rejected", "partly_paid"),
    "closed": ("paid", "cancelled"),
}


class View(Protocol):
    """What the presenter asks of the view."""

    def show_invoices(self, rows: Sequence[ToClaim]) -> None: ...  # noqa: D102
    def show_claims(self, rows: Sequence[ClaimRow]) -> None: ...  # noqa: D102
    def show_claim(self, claim: Claim | None) -> None: ...  # noqa: D102
    def show_list(self, shown: str) -> None: ...  # noqa: D102
    def show_batches(self, rows: Sequence[Batch]) -> None: ...  # noqa: D102
    def show_insurers(self, rows: Sequence[Insurer], plans: Sequence[Plan], currency: str) -> None: ...  # noqa: D102
    def show_moving(self, moving: Moving) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def did(self, words: str, form: str, show: str) -> None: ...  # noqa: D102
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Presenter:
    """The worklists, the claim that is open, the batches, and the insurers with their plans."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.shown = "to_claim"
        self.claim: Claim | None = None
        self._wanted = ""
        self.sought = ""  # the claim to be chosen when its list arrives
        self._act = new_id()

    def choose(self, shown: str) -> None:
        """Show another list."""
        self.shown, self.claim, self._wanted = shown, None, ""
        self.view.show_claim(None)
        self.reload()

    def reload(self) -> None:
        """Ask for the list that is shown."""
        desk, shown = self.desk, self.shown
        if shown == "to_claim":
            self._ask(lambda: claim_views.to_claim(desk), self.view.show_invoices)
        elif shown == "batches":
            self._ask(lambda: claim_batches.batches(desk), self.view.show_batches)
        elif shown == "insurers":
            self._ask(
                lambda: (insurance.insurers_known(desk), insurance.plans_known(desk), _currency_of(desk)),
                lambda found: self.view.show_insurers(*found),
            )
        else:
            self._ask(lambda: claim_views.claims_in(desk, STATUSES[shown]), self.view.show_claims)
            if self.claim is not None:
                self.open_claim(self.claim.id)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Something that these lists show was changed."""
        if any(kind.startswith(TOUCHES) for kind in kinds):
            self.reload()

    def seek(self, claim_id: str) -> None:
        """Turn to the list that one claim is in, and choose it there."""
        desk = self.desk

        def found(one: Claim) -> None:
            self.sought = one.id
            self.view.show_list(next(name for name, held in STATUSES.items() if one.status in held))

        self.tasks.query("sought", lambda: claim_views.claim(desk, claim_id), found, self.view.show_error)

    def open_claim(self, claim_id: str) -> None:
        """Show one claim, checked anew."""
        desk, self._wanted = self.desk, claim_id

        def found(one: Claim) -> None:
            if one.id == self._wanted:
                self.claim = one
                self.view.show_claim(one)

        self.tasks.query("claim", lambda: claim_views.claim(desk, claim_id), found, self.view.show_error)

    def close_claim(self) -> None:
        """Show no claim."""
        self.claim, self._wanted = None, ""
        self.view.show_claim(None)

    def draft(self, form: str, subject: str = "") -> KeptDraft:
        """Where a form is kept while it is typed."""
        if not subject and form in {"edit", "answer"}:
            subject = self.claim.id if self.claim else ""
        return KeptDraft(self.desk, self.tasks, f"claims.{form}", subject)

    # Acts ---------------------------------------------------------------------------------------------

    def make(self, row: ToClaim) -> None:
        """Make the claims of an invoice."""
        desk = self.desk.once(self._act)
        words = _("Claimed: look at it under Drafts")
        self._do(lambda: claims.make_claims(desk, row.invoice_id), words, show="draft")

    def save(
        self,
        diagnoses: str,
        authorisation: str,
        reference: str,
        lines: Sequence[LineEdit],
        *,
        method: str = "",
        expect: int,
    ) -> None:
        """Keep what was completed of the claim as it stood at revision `expect`."""
        one = self.claim
        if one is not None:
            desk = self.desk.once(self._act, draft=self.draft("edit").key)
            self._do(
                lambda: claims.change_claim(
                    desk, one.id, diagnoses=diagnoses, authorisation=authorisation, payer_reference=reference,
                    lines=lines, submission_method=method, expect=expect,
                ),
                _("Saved"),
                form="edit",
            )  # fmt: skip

    def ready(self) -> None:
        """Say that the claim may be sent."""
        one, desk = self.claim, self.desk.once(self._act)
        if one is not None:
            self._leave(lambda: claims.make_ready(desk, one.id, expect=one.revision), _("Ready to be sent"))

    def back(self) -> None:
        """Work on it again."""
        one, desk = self.claim, self.desk.once(self._act)
        if one is not None:
            self._leave(lambda: claims.back_to_draft(desk, one.id, expect=one.revision), _("It is a draft again"))

    def again(self) -> None:
        """Send what is still open again, as a new claim."""
        one, desk = self.claim, self.desk.once(self._act)
        if one is not None:
            words = _("A new claim is under Drafts")
            self._do(lambda: claims.resubmit_claim(desk, one.id, expect=one.revision), words, show="draft")

    def ask_moving(self) -> None:
        """Show what would be moved to the secondary insurer."""
        one = self.claim
        if one is not None:
            view = self.view
            self.tasks.query(
                "moving", lambda: claim_moves.what_moves(self.desk, one.id)[0], view.show_moving, view.show_error
            )

    def move(self, moving: Moving) -> None:
        """Ask the secondary insurer for what is open."""
        desk = self.desk.once(self._act)
        self._do(
            lambda: claim_moves.move_to_secondary(desk, moving.claim_id, expect=moving.revision),
            _("The claim to {insurer} is under Drafts").format(insurer=moving.insurer), show="draft",
        )  # fmt: skip

    def cancel(self, one: Claim, reason: str) -> None:
        """Cancel it."""
        desk = self.desk.once(self._act, draft=self.draft("reason", one.id).key)
        words = _("Cancelled; its invoice can be claimed again")
        self._leave(lambda: claims.cancel_claim(desk, one.id, reason=reason, expect=one.revision), words)

    def answer(self, new: NewAnswer, *, expect: int) -> None:
        """Enter what the insurer answered to the claim as it stood at revision `expect`."""
        one, desk = self.claim, self.desk.once(self._act, draft=self.draft("answer").key)
        if one is not None:
            self._do(
                lambda: claim_answers.enter_answer(desk, one.id, new, expect=expect),
                _("The answer is entered"),
                form="answer",
            )

    def take_back(self, one: Claim, reason: str) -> None:
        """Take back the newest answer that stands."""
        standing = [row for row in one.answers if not row.taken_back]
        desk = self.desk.once(self._act, draft=self.draft("reason", one.id).key)
        if standing:
            self._do(
                lambda: claim_answers.take_back_answer(desk, standing[-1].id, reason=reason, expect=one.revision),
                _("Taken back; its money is reversed"),
            )

    def batch(self, rows: Sequence[ClaimRow]) -> None:
        """Put claims into a batch."""
        desk, ids = self.desk.once(self._act), tuple(row.id for row in rows)
        self._do(lambda: claim_batches.make_batch(desk, ids), _("The batch is made"), show="batches")

    def sent(self, batch: Batch) -> None:
        """Note that a batch went out."""
        desk = self.desk.once(self._act)
        words = _("{number} is noted as sent").format(number=batch.number)
        self._do(lambda: claim_batches.mark_sent(desk, batch.id, expect=batch.revision), words)

    def write(self, batch: Batch, kind: str, path: Path) -> None:
        """Write a batch into a file that a person can send."""
        desk = self.desk

        def written(file: BatchFile) -> None:
            try:
                with written_whole(path) as whole:
                    whole.write(file.text.encode())
            except OSError as error:
                self.view.show_error(
                    Trouble(N_("The file could not be written: {why}."), remedy=N_("Choose another place."),
                            why=error.strerror or str(error))
                )  # fmt: skip
                return
            self.view.did(_("Written: {name}. It holds patients' data.").format(name=path.name), "", "")

        self.tasks.query("batch", lambda: claim_batches.batch_file(desk, batch.id, kind), written, self.view.show_error)

    def save_insurer(self, row: Insurer | None, new: NewInsurer) -> None:
        """Add an insurer, or change one."""
        desk = self.desk.once(self._act, draft=self.draft("insurer", row.id if row else "").key)
        if row is None:
            self._do(lambda: insurance.add_insurer(desk, new), _("Added"), form="insurer")
        else:
            self._do(
                lambda: insurance.change_insurer(desk, row.id, new, expect=row.revision), _("Changed"), form="insurer"
            )

    def save_plan(self, row: Plan | None, new: NewPlan) -> None:
        """Add a plan, or change one."""
        desk = self.desk.once(self._act, draft=self.draft("plan", row.id if row else "").key)
        if row is None:
            self._do(lambda: insurance.add_plan(desk, new), _("Added"), form="plan")
        else:
            self._do(lambda: insurance.change_plan(desk, row.id, new, expect=row.revision), _("Changed"), form="plan")

    def _ask(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        shown = self.shown
        self.tasks.query("list", work, lambda found: done(found) if shown == self.shown else None)

    def _leave(self, work: Callable[[], T], words: str) -> None:
        """An act after which the claim is in another list."""
        self._do(work, words, close=True)

    def _do(self, work: Callable[[], T], words: str, *, form: str = "", show: str = "", close: bool = False) -> None:
        def done(_answer: T) -> None:
            self._act = new_id()
            self.view.set_busy(False)
            if close:
                self.close_claim()
            self.view.did(words, form, show)
            self.reload()

        def failed(error: Exception) -> None:
            if isinstance(error, Refusal):
                self._act = new_id()
            self.view.set_busy(False)
            self.view.show_error(error)

        self.view.set_busy(True)
        self.tasks.change(work, done, failed)


def _currency_of(desk: Desk) -> str:
    """The currency of the price list, in which a new plan counts too."""
    return next((currency for _code, _name, _amount, currency in billing.price_list(desk)), "")


def batchable(rows: Sequence[ClaimRow], chosen: ClaimRow | None) -> list[ClaimRow]:
    """Every ready claim of the insurer and currency of the one chosen that is in no batch yet."""
    return [
        row
        for row in rows
        if chosen is not None
        and row.status == "ready"
        and not row.batch_id
        and (row.insurer_id, row.currency) == (chosen.insurer_id, chosen.currency)
    ]
