"""Shows the claims: worklists by state, one claim with what it lacks, batches, insurers and plans."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.claims.detail import ClaimPanel
from clinic_desktop.gui.screens.claims.forms import AnswerForm, EditForms
from clinic_desktop.gui.screens.claims.insurers import InsurerForms, InsurerLists
from clinic_desktop.gui.screens.claims.lists import batch_list, batch_paper, claim_list, claim_paper, invoice_list
from clinic_desktop.gui.screens.claims.moving import ask_to_move
from clinic_desktop.gui.screens.claims.presenter import Presenter, batchable
from clinic_desktop.gui.screens.claims.words import EMPTY, SHOWS, side_words
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.i18n import _
from clinic_desktop.services.claim_batches import Batch
from clinic_desktop.services.claim_moves import Moving
from clinic_desktop.services.claim_views import Claim, ClaimRow, LineView, ToClaim
from clinic_desktop.services.insurance import Insurer, Plan

INVOICES, CLAIMS, BATCHES, INSURERS = range(4)
PLACES = {"to_claim": INVOICES, "batches": BATCHES, "insurers": INSURERS}
NOTHING, EDIT, ANSWER, INSURER = range(4)


class ClaimsView(ScreenView):
    """The claims screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("claims")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.dialog: ConfirmStop | None = None
        self.shows = SegmentField("", "claims.show", [(key, _(words)) for key, words in SHOWS.items()])
        self.invoices = invoice_list(context.settings)
        self.claims = claim_list(context.settings)
        self.batches = batch_list(context.settings)
        self.panel = ClaimPanel(context.settings)
        self.lists = InsurerLists(context.settings)
        self.edit = EditForms(self._keep("edit"), self._keep_line, self._save)
        self.answer = AnswerForm(self._keep("answer"), context.today)
        self.insurer = InsurerForms(
            lambda kind, subject, fields: self.presenter.draft(kind, subject).keep(fields), context.today
        )  # fmt: skip
        self.set_title(_("Claims"))
        self._build()
        self.shows.set_value("to_claim")
        self._listen()
        self._offer()

    def _build(self) -> None:
        add = self.add_button
        self.print = add(_("Print c&laim"), "claims.print", self._print)
        self.again = add(_("Send a&gain"), "claims.again", self.presenter.again)
        self.moving = add(_("To the seco&nd insurer"), "claims.move", self.presenter.ask_moving)
        self.taking_back = add(_("Take answer &back"), "claims.take_back", self._take_back)
        self.to_draft = add(_("&Back to draft"), "claims.to_draft", self.presenter.back)
        self.cancelling = add(_("Ca&ncel claim"), "claims.cancel", self._cancel)
        self.csv = add(_("Save &CSV"), "claims.csv", lambda: self._write("csv"))
        self.json = add(_("Save &JSON"), "claims.json", lambda: self._write("json"))
        self.printing = add(_("Print &list"), "claims.print_batch", self._print_batch)
        self.fresh = add(_("Ne&w"), "claims.new", self._new)
        self.stack = QStackedWidget()
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.claims.setMinimumHeight(140)
        column.addWidget(self.claims, 2)
        column.addWidget(self.panel, 3)
        for page in (self.invoices, both, self.batches, self.lists):
            self.stack.addWidget(page)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(self.shows)
        whole.addWidget(self.stack, 1)
        self.set_body(body)
        self.side = QStackedWidget()
        self.words = label("", "secondary", name="claims.words", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        for beside in (self.words, self.edit, self.answer, self.insurer):
            self.side.addWidget(beside)
        self.set_context(self.side)

    def _listen(self) -> None:
        self.shows.edited.connect(lambda: self._show(self.shows.value() or "to_claim"))
        self.claims.selected.connect(self._open)
        self.invoices.selected.connect(lambda _row: self._offer())
        self.invoices.opened.connect(lambda _row: self._make())
        self.batches.selected.connect(lambda _row: self._offer())
        self.panel.lines.selected.connect(self._line)
        self.lists.insurers.selected.connect(self._insurer)
        self.lists.plans.selected.connect(self._plan)
        self.insurer.kind.edited.connect(self._recall_insurer)

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Show a list (``show``), or one claim (``claim_id``)."""
        self.context.window.set_patient(None)
        if claim_id := arguments.get("claim_id"):
            self.presenter.seek(claim_id)
            return
        self.show_list(arguments.get("show") or self.presenter.shown)
        (self.invoices, self.claims, self.batches, self.lists.insurers)[self.stack.currentIndex()].setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """The journal moved."""
        self.presenter.refresh(kinds)

    def leave(self) -> None:
        """Hand over what is being typed."""
        for form in self._forms():
            if form.keeper is not None:
                form.keeper.flush()

    # What the presenter asks --------------------------------------------------------------------------

    def show_invoices(self, rows: Sequence[ToClaim]) -> None:
        """What is still to be claimed."""
        self.invoices.set_rows(rows)
        self.context.window.set_count("claims", len(rows))
        if rows and self.invoices.current() is None:
            self.invoices.select_row(0)
        self._offer()

    def show_claims(self, rows: Sequence[ClaimRow]) -> None:
        """The claims of the list."""
        self.claims.set_rows(rows)
        sought = self.claims.select(self.presenter.sought) if self.presenter.sought else False
        if rows and not sought and self.claims.current() is None:
            self.claims.select_row(0)
        self.presenter.sought = ""
        self._offer()

    def show_list(self, shown: str) -> None:
        """Turn to another list; the segment tells of a choice that changes."""
        if self.shows.value() == shown:
            self._show(shown)
        self.shows.set_value(shown)

    def show_claim(self, claim: Claim | None) -> None:
        """The claim that is open."""
        self.panel.show_claim(claim)
        if claim is not None:
            if self.panel.lines.current() is None and claim.lines:
                self.panel.lines.select_row(0)
            self.edit.show_claim(claim)
            self.answer.show_claim(claim)
        self._offer()

    def show_batches(self, rows: Sequence[Batch]) -> None:
        """The batches."""
        self.batches.set_rows(rows)
        if rows and self.batches.current() is None:
            self.batches.select_row(0)
        self._offer()

    def show_insurers(self, rows: Sequence[Insurer], plans: Sequence[Plan], currency: str) -> None:
        """Insurers and plans, and the currency in which a new plan counts."""
        self.insurer.currency = currency
        self.lists.show_rows(rows, plans)
        self.insurer.renew(rows, plans)
        self._recall_insurer()
        self._offer()

    def show_moving(self, moving: Moving) -> None:
        """Show what would go to the second insurer, and ask."""
        self.dialog = ask_to_move(self, moving, self.presenter.move)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def did(self, words: str, form: str, show: str) -> None:
        """An act is done; what was typed for it is settled."""
        if form == "edit":
            line = self.edit.line
            for each in self.edit.forms():
                self._settle(each)
            if line is not None:
                self.presenter.draft("line", line.id).drop()
        elif form == "answer":
            self._settle(self.answer.form)
        elif form:
            self._settle(self.insurer.form())
            if (self.insurer.insurer if form == "insurer" else self.insurer.plan) is None:
                self.insurer.choose_insurer(self.insurer.insurer)
        self.context.window.say(words)
        if show:
            self.show_list(show)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, beside the field that it is about."""
        for form in self._forms():
            named = isinstance(error, Refusal) and any(field.key == error.field for field in form.fields())
            if named and form.isVisible() and form.show_refusal(error):
                return
        self.context.window.show_error(error, self)

    # Keys ---------------------------------------------------------------------------------------------

    def _show(self, shown: str) -> None:
        self.leave()
        self.stack.setCurrentIndex(PLACES.get(shown, CLAIMS))
        if shown in EMPTY:
            self.claims.set_empty_words(_(EMPTY[shown]))
        self.claims.set_rows(())
        self.presenter.choose(shown)

    def _open(self, row: ClaimRow | None) -> None:
        if row is None or (self.presenter.claim is not None and self.presenter.claim.id == row.id):
            return
        self.leave()
        self.edit.begin()
        self.answer.begin()
        self.presenter.open_claim(row.id)
        self.presenter.draft("edit", row.id).recall(self.edit.form.restore)
        self.presenter.draft("answer", row.id).recall(self.answer.form.restore)

    def _line(self, row: LineView | None) -> None:
        before = self.edit.line
        if self.edit.line_form.keeper is not None:
            self.edit.line_form.keeper.flush()
        if row is not None and before is not None and row.id != before.id:
            self.edit.line_form.settle()
        self.edit.show_line(row)
        if row is not None and (before is None or before.id != row.id):
            self.presenter.draft("line", row.id).recall(self.edit.line_form.restore)

    def _insurer(self, row: Insurer | None) -> None:
        if row is not None and (self.insurer.insurer is None or self.insurer.insurer.id != row.id):
            self.insurer.choose_insurer(row)
            self.lists.show_plans()
            self._recall_insurer()
        self._offer()

    def _plan(self, row: Plan | None) -> None:
        if row is not None and (self.insurer.plan is None or self.insurer.plan.id != row.id):
            self.insurer.kind.set_value("plan")
            self.insurer.choose_plan(row)
            self._recall_insurer()

    def _new(self) -> None:
        """A new one of the kind that is shown."""
        if self.insurer.chosen() == "insurer":
            self.insurer.choose_insurer(None)
            self.lists.insurers.view.clearSelection()
            self.insurer.name.setFocus()
        else:
            self.insurer.choose_plan(None)
            self.lists.plans.view.clearSelection()
            self.insurer.plan_name.setFocus()
        self._recall_insurer()

    def _recall_insurer(self) -> None:
        kind, form = self.insurer.chosen(), self.insurer.form()
        if not form.is_touched:
            self.presenter.draft(kind, self.insurer.subject(kind)).recall(form.restore)

    def _offer(self) -> None:
        shown, claim = self.presenter.shown, self.presenter.claim
        status = claim.status if claim is not None and self.stack.currentIndex() == CLAIMS else ""
        batch = self.batches.current() if shown == "batches" else None
        for button, offered in (
            (self.print, bool(status)),
            (self.again, status in {"rejected", "partly_paid"}),
            (self.moving, claim is not None and status in {"rejected", "partly_paid"} and claim.position == 1),
            (self.taking_back, claim is not None and bool(status) and any(not row.taken_back for row in claim.answers)),
            (self.to_draft, status == "ready"),
            (self.cancelling, status in {"draft", "ready", "sent"}),
            *((each, batch is not None) for each in (self.csv, self.json, self.printing)),
            (self.fresh, shown == "insurers"),
        ):
            button.setVisible(offered)
        self._offer_side(shown, status)
        self._offer_primary(shown, status, batch)

    def _offer_side(self, shown: str, status: str) -> None:
        page = INSURER if shown == "insurers" else NOTHING
        if status == "draft":
            page = EDIT
        elif status in {"sent", "accepted", "rejected", "partly_paid"}:
            page = ANSWER
        self.side.setCurrentIndex(page)
        self.words.setText(side_words(shown))

    def _offer_primary(self, shown: str, status: str, batch: Batch | None) -> None:
        if shown == "to_claim":
            self.set_primary(_("Ma&ke claim"), self._make, name="claims.make", enabled=bool(self.invoices.current()))
        elif status == "draft":
            self.set_primary(_("Mark &ready"), self._ready, name="claims.ready")
        elif status == "ready":
            any_loose = bool(batchable(self.claims.rows(), self.claims.current()))
            self.set_primary(_("Make &a batch"), self._batch, name="claims.batch", enabled=any_loose)
        elif status in {"sent", "accepted", "rejected", "partly_paid"}:
            self.set_primary(_("&Enter answer"), self._answer, name="claims.enter_answer")
        elif shown == "batches":
            unsent = batch is not None and batch.sent_at is None
            self.set_primary(_("Mark &sent"), self._sent, name="claims.mark_sent", enabled=unsent)
        elif shown == "insurers":
            self.set_primary(_("&Save"), self._save_insurer, name="claims.save_insurer")
        else:
            self.no_primary()

    def _make(self) -> None:
        if (row := self.invoices.current()) is not None:
            self.presenter.make(row)

    def _save(self) -> None:
        if all(form.check() for form in self.edit.forms()):
            edit = self.edit
            self.presenter.save(
                edit.diagnoses.value(), edit.authorisation.value(), edit.reference.value(), edit.edits(),
                method=edit.method.value() or "", expect=edit.revision,
            )  # fmt: skip

    def _ready(self) -> None:
        if any(form.is_touched for form in self.edit.forms()):
            self.edit.form.show_error(_("Save the changes first: what is checked is what is saved."))
        else:
            self.presenter.ready()

    def _answer(self) -> None:
        if (new := self.answer.entered()) is not None:
            self.presenter.answer(new, expect=self.answer.revision)

    def _batch(self) -> None:
        self.presenter.batch(batchable(self.claims.rows(), self.claims.current()))

    def _sent(self) -> None:
        if (batch := self.batches.current()) is not None:
            self.presenter.sent(batch)

    def _save_insurer(self) -> None:
        forms = self.insurer
        if not forms.form().check():
            return
        if forms.chosen() == "insurer":
            self.presenter.save_insurer(forms.insurer, forms.new_insurer())
        else:
            self.presenter.save_plan(forms.plan, forms.new_plan())

    def _cancel(self) -> None:
        if (claim := self.presenter.claim) is not None:
            words = _("{number} is not asked for any more; it stays on record.").format(number=claim.number)
            self._ask(claim, _("Cancel this claim?"), words, _("&Cancel claim"), self.presenter.cancel)

    def _take_back(self) -> None:
        if (claim := self.presenter.claim) is not None:
            words = _("The newest answer does not count any more and its money is reversed; both stay on record.")
            self._ask(claim, _("Take the answer back?"), words, _("&Take back"), self.presenter.take_back)

    def _ask(self, claim: Claim, title: str, words: str, confirm: str, act: Callable[[Claim, str], None]) -> None:
        self.dialog = dialog = ConfirmStop(
            self, "claims.sure", title, words, confirm=confirm, reason=_("&Reason"),
            kept=self.presenter.draft("reason", claim.id),
        )  # fmt: skip
        dialog.accepted.connect(lambda: act(claim, dialog.reason()))
        dialog.open()

    def _write(self, kind: str) -> None:
        if (batch := self.batches.current()) is not None:
            name = f"{batch.number}.{kind}"
            chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as"), name, f"{kind.upper()} (*.{kind})")
            if chosen:
                self.presenter.write(batch, kind, Path(chosen))

    def _print(self) -> None:
        if (claim := self.presenter.claim) is not None:
            self.context.window.preview(lambda: claim_paper(self.presenter.desk, claim), claim.number)

    def _print_batch(self) -> None:
        if (batch := self.batches.current()) is not None:
            self.context.window.preview(lambda: batch_paper(self.presenter.desk, batch.id), batch.number)

    def _keep(self, form: str) -> Callable[[dict[str, str]], None]:
        return lambda fields: self.presenter.draft(form).keep(fields) if self.presenter.claim else None

    def _keep_line(self, fields: dict[str, str]) -> None:
        if self.edit.line is not None:
            self.presenter.draft("line", self.edit.line.id).keep(fields)

    def _forms(self) -> tuple[Form, ...]:
        return (*self.edit.forms(), self.answer.form, self.insurer.of_insurer, self.insurer.of_plan)

    def _settle(self, form: Form) -> None:
        if form.keeper is not None:
            form.keeper.forget()
        form.settle()
