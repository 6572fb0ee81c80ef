"""Shows two registrations side by side: which facts differ, which is right, and every row that is read as one chart."""

from collections.abc import Mapping

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.domain.merging import BOTH, KEPT, OTHER, Difference
from clinic_desktop.gui.screens.merge.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.facts import FACTS, fact_words, moved_columns
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.i18n import _
from clinic_desktop.services.merging import Registration
from clinic_desktop.services.moved import MovedRow


class MergeView(ScreenView):
    """The screen on which two registrations become one person's."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("merge")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.keeper = DraftKeeper(self.presenter.keep)
        self.form = Form()
        self.reason = NoteEdit(_("&How is it known that they are one person?"), "merge.reason", rows=2, required=True)
        self.choices: dict[str, SegmentField] = {}
        self._proposed: Mapping[str, str] = {}
        self.kept_name = label("", "strong", name="merge.kept", wrap=True)
        self.other_name = label("", "strong", name="merge.other", wrap=True)
        self.count = label("", "section", name="merge.count", wrap=True)
        self.rows: ListTable[MovedRow] = ListTable(
            "merge.rows", moved_columns(), key=lambda row: row.id,
            empty=Empty(_("Nothing stands under the registration that is merged."), icon="document"),
            settings=context.settings,
        )  # fmt: skip
        self.rows.setMinimumHeight(160)
        self._facts = QVBoxLayout()
        self._kinds = QVBoxLayout()
        self._arrange()
        self.keeper.watch(self)
        self.set_primary(_("&Merge"), self._merge, name="merge.merge", enabled=False)

    def _arrange(self) -> None:
        self.set_title(_("Merge two registrations"))
        self.swap_button = self.add_button(_("&Keep the other"), "merge.swap", self._swap)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        names = QHBoxLayout()
        names.setSpacing(12)
        for words, name in ((_("Kept"), self.kept_name), (_("Merged into it"), self.other_name)):
            card = Panel()
            card.add(label(words, "secondary"))
            card.add(name)
            names.addWidget(card, 1)
        column.addLayout(names)
        facts = Panel(_("Where they differ"), name="merge.facts")
        self._facts.setSpacing(8)
        facts.body.addLayout(self._facts)
        column.addWidget(facts)
        column.addWidget(self.count)
        column.addWidget(self.rows, 1)
        self.set_body(body)
        beside = QWidget()
        beside_column = QVBoxLayout(beside)
        beside_column.setContentsMargins(0, 0, 0, 0)
        beside_column.setSpacing(12)
        self.form.add(self.reason)
        beside_column.addWidget(self.form)
        kinds = Panel(_("Read with the kept one"), name="merge.kinds")
        kinds.body.addLayout(self._kinds)
        beside_column.addWidget(kinds)
        words = _(
            "No row moves: each stays under its own number, and both are read as one chart. It can be undone at any"
            " time from the patient's registration."
        )
        beside_column.addWidget(label(words, "secondary", wrap=True))
        beside_column.addStretch(1)
        self.set_context(beside)
        self.form.edited.connect(lambda _key: self.keeper.touch())

    # Called by the shell -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Look at two registrations: ``patient_id`` is kept, ``other_id`` is merged into it."""
        self.keeper.flush()
        self.keeper.forget()
        self.set_primary_busy(False)
        self.enable_primary(enabled=False)
        self.form.clear()
        clear_layout(self._facts)
        self.rows.set_rows(())
        self.context.window.set_patient(arguments["patient_id"])
        self.presenter.open(arguments["patient_id"], arguments.get("other_id", ""))

    def leave(self) -> None:
        """Hand over what is being chosen and typed."""
        self.keeper.flush()

    def draft(self) -> dict[str, str]:
        """What was chosen and typed."""
        chosen = {f"choice.{name}": field.draft() for name, field in self.choices.items() if field.draft()}
        proposed = {f"choice.{name}": one for name, one in self._proposed.items()}
        typed = {name: choice for name, choice in chosen.items() if proposed.get(name) != choice}
        return typed | ({"reason": self.reason.draft()} if self.reason.draft() else {})

    # Called by the presenter --------------------------------------------------------------------------

    def show_two(self, kept: Registration, other: Registration) -> None:
        """Both registrations, and every row of the one that is merged."""
        self.context.window.set_patient(kept.patient_id)
        self.kept_name.setText(f"{kept.name} · {kept.mrn}")
        self.other_name.setText(f"{other.name} · {other.mrn}")
        differing = kept.differs(other)
        clear_layout(self._facts)
        self.choices = {one.field: self._choice(one) for one in differing}
        self._proposed = {one.field: one.proposed for one in differing if not one.must_choose}
        if not differing:
            self._facts.addWidget(label(_("In nothing that is written in both."), "secondary"))
        words = _("{n} rows of {mrn} are read with {kept} from now on")
        self.count.setText(words.format(n=other.count, mrn=other.mrn, kept=kept.mrn))
        self.rows.set_rows([row for kind in other.kinds for row in kind.rows])
        clear_layout(self._kinds)
        for kind in other.kinds:
            self._kinds.addWidget(label(f"{_(kind.title)}: {kind.count}"))
        if not other.kinds:
            self._kinds.addWidget(label(_("No rows."), "secondary"))
        self.enable_primary(enabled=True)
        self.reason.setFocus()

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put back what was chosen and typed."""
        for name, field in self.choices.items():
            if choice := str(draft.get(f"choice.{name}", "")):
                field.restore(choice)
        self.form.restore({"reason": draft.get("reason", "")})

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - as the presenter says it
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def show_error(self, error: Exception) -> None:
        """Say what was not done, beside the fact it is about."""
        field = self.choices.get(getattr(error, "field", None) or "")
        if field is not None:
            field.show_error(_(str(error)))
            field.setFocus()
        else:
            self.context.window.show_error(error, self.form)

    def merged(self, kept_id: str, words: str) -> None:
        """They are one person from now on."""
        self.keeper.forget()
        self.context.window.say(words)
        self.context.window.go("reception", patient_id=kept_id)

    def show_pairs_left(self, n: int) -> None:
        """How many pairs still look like one person."""
        self.context.window.set_count("duplicates", n)

    # ----------------------------------------------------------------------------------------------------

    def _choice(self, one: Difference) -> SegmentField:
        words = {KEPT: fact_words(one.field, one.kept), OTHER: fact_words(one.field, one.other), BOTH: _("Both")}
        field = SegmentField(
            _(FACTS[one.field]), f"merge.fact.{one.field}", [(choice, words[choice]) for choice in one.choices],
            hint=_("A person has only one: choose which is right.") if one.must_choose else "",
        )  # fmt: skip
        if not one.must_choose:
            field.set_value(one.proposed)
        field.edited.connect(self._chosen)
        self._facts.addWidget(field)
        return field

    def _chosen(self, *_from_qt: object) -> None:
        for field in self.choices.values():
            if field.draft():
                field.show_error("")
        self.keeper.touch()

    def _swap(self) -> None:
        """Keep the other: what was chosen of the two is chosen anew; how it is known stays."""
        self.presenter.swap()
        self.keeper.touch()

    def _merge(self) -> None:
        if self.form.check():
            self.keeper.flush()
            chosen = {name: field.draft() for name, field in self.choices.items() if field.draft()}
            self.presenter.merge(chosen, self.reason.value())
