"""Shows what parting two registrations does: facts put back, rows that go, rows noted since and whose they are."""

from collections.abc import Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.unmerge.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.facts import column_words, moved_columns
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.i18n import _
from clinic_desktop.services.moved import MovedRow
from clinic_desktop.services.parting import Parting


class UnmergeView(ScreenView):
    """The screen on which two registrations are parted again."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("unmerge")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.keeper = DraftKeeper(self.presenter.keep)
        self.form = Form()
        self.reason = NoteEdit(_("&How is it known that they are two people?"), "unmerge.reason", rows=2, required=True)
        self.about = label("", "strong", name="unmerge.about", wrap=True)
        self.rule = label("", "secondary", wrap=True)
        self.rows: ListTable[MovedRow] = ListTable(
            "unmerge.rows", [self._whose_column(), *moved_columns()], key=lambda row: row.id,
            empty=Empty(_("Nothing was noted since they were merged."), icon="document"), settings=context.settings,
        )  # fmt: skip
        self.rows.setMinimumHeight(200)
        self._facts, self._back = QVBoxLayout(), QVBoxLayout()
        self._arrange()
        self.keeper.watch(self)
        self.rows.opened.connect(lambda _row: self._take())
        self.rows.selected.connect(lambda _row: self._offer())
        self.set_primary(_("&Part them"), self._part, name="unmerge.part", enabled=False)

    def _arrange(self) -> None:
        self.set_title(_("Un-merge two registrations"))
        self.take_button = self.add_button(_("&Give to the other"), "unmerge.take", self._take)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.about)
        column.addWidget(label(_("Noted since they were merged"), "section"))
        column.addWidget(self.rule)
        column.addWidget(self.rows, 1)
        self.set_body(body)
        beside = QWidget()
        beside_column = QVBoxLayout(beside)
        beside_column.setContentsMargins(0, 0, 0, 0)
        beside_column.setSpacing(12)
        self.form.add(self.reason)
        self.form.edited.connect(lambda _key: self.keeper.touch())
        beside_column.addWidget(self.form)
        for title, rows, name in (
            (_("Facts put back"), self._facts, "unmerge.facts"),
            (_("Goes back with the other"), self._back, "unmerge.back"),
        ):
            card = Panel(title, name=name)
            card.body.addLayout(rows)
            beside_column.addWidget(card)
        beside_column.addStretch(1)
        self.set_context(beside)

    # Called by the shell -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Look at a merge: ``patient_id``, and which of theirs (``merge_id``)."""
        self.keeper.flush()
        self.keeper.forget()
        self.set_primary_busy(False)
        self.enable_primary(enabled=False)
        self.form.clear()
        self.rows.set_rows(())
        self.context.window.set_patient(arguments["patient_id"])
        self.presenter.open(arguments["patient_id"], arguments.get("merge_id", ""))
        self._offer()

    def leave(self) -> None:
        """Hand over what is being chosen and typed."""
        self.keeper.flush()

    def draft(self) -> dict[str, str]:
        """What was chosen and typed."""
        return {"reason": self.reason.draft(), "taken": " ".join(sorted(self.presenter.taken))}

    # Called by the presenter --------------------------------------------------------------------------

    def show_parting(self, shown: Parting) -> None:
        """What would be done."""
        merge = shown.merge
        words = _("{name} ({other}) was merged into {kept} on {when} by {who}: {reason}")
        self.about.setText(
            words.format(
                name=merge.other_name, other=merge.other_mrn, kept=merge.kept_mrn, who=merge.merged_by,
                when=show_date(merge.merged_at.astimezone().date()), reason=merge.reason,
            )
        )  # fmt: skip
        words = _(
            "These stay with {kept}, unless you give them to {other}. What was written since into visits, orders and"
            " prescriptions that were {other}'s goes back with them. What a device sent under the number {other} is"
            " given to {other} beforehand: look at it."
        )
        self.rule.setText(words.format(kept=merge.kept_mrn, other=merge.other_mrn))
        self.rows.set_rows(shown.noted_since)
        clear_layout(self._facts)
        for column, before, _after in shown.put_back:
            said = "–" if before in {None, ""} else str(before)
            self._facts.addWidget(label(f"{column_words(column)}: {said}", wrap=True))
        for column in shown.changed_since:
            words = _("{fact}: changed since, left as it is").format(fact=column_words(column))
            self._facts.addWidget(label(words, "warning", wrap=True))
        if not shown.put_back and not shown.changed_since:
            self._facts.addWidget(label(_("None was taken over."), "secondary"))
        clear_layout(self._back)
        for kind in shown.goes_back:
            self._back.addWidget(label(f"{_(kind.title)}: {kind.count}"))
        if not shown.goes_back:
            self._back.addWidget(label(_("No rows."), "secondary"))
        self.enable_primary(enabled=True)
        self.reason.setFocus()
        self._offer()

    def nothing(self) -> None:
        """There is no merge to undo."""
        self.about.setText(_("No merge of this patient stands."))

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put back what was typed; what was chosen is in the presenter."""
        self.form.restore({"reason": draft.get("reason", "")})

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the presenter says it
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def show_error(self, error: Exception) -> None:
        """Say what was not done."""
        self.context.window.show_error(error, self.form)

    def parted(self, words: str) -> None:
        """They are two people again."""
        self.keeper.forget()
        self.context.window.say(words)
        self.context.window.go("reception", patient_id=self.presenter.patient_id)

    def show_pairs_left(self, n: int) -> None:
        """How many pairs still look like one person."""
        self.context.window.set_count("duplicates", n)

    # ----------------------------------------------------------------------------------------------------

    def _whose_column(self) -> Column[MovedRow]:
        def mine(row: MovedRow) -> bool:
            return row.id not in self.presenter.taken

        return Column(
            "whose", _("Goes to"), lambda row: self._mrn(kept=mine(row)), width=170,
            look=lambda row: Look(self._mrn(kept=mine(row)), "neutral" if mine(row) else "information", "person"),
        )  # fmt: skip

    def _mrn(self, *, kept: bool) -> str:
        shown = self.presenter.shown
        return "" if shown is None else shown.merge.kept_mrn if kept else shown.merge.other_mrn

    def _offer(self) -> None:
        row = self.rows.current()
        self.take_button.setEnabled(row is not None)
        taken = row is not None and row.id in self.presenter.taken
        self.take_button.set_text(_("Leave &where it is") if taken else _("&Give to the other"))

    def _take(self) -> None:
        row, shown = self.rows.current(), self.presenter.shown
        if row is not None and shown is not None:
            self.presenter.take(row.id)
            self.rows.set_rows(shown.noted_since)
            self.keeper.touch()
            self._offer()

    def _part(self) -> None:
        if self.form.check():
            self.keeper.flush()
            self.presenter.part(self.reason.value())
