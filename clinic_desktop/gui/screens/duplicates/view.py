"""Shows pairs who are likely one person: the list, the evidence beside it, and what is done about a pair."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.duplicates.presenter import Presenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.evidence import evidence_words, family_menu, score_look, score_words
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.identity import Duplicate

NONE = N_("No two registrations look like one person's. New ones are compared while they are typed, too.")
LOOKING = N_("Looking through every registration…")


class DuplicatesView(ScreenView):
    """The list of likely duplicates."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("duplicates")
        self.context = context
        self.presenter = Presenter(context.desk, context.tasks, self)
        self.only = SegmentField("", "duplicates.only", [("likely", _("Likely")), ("perhaps", _("Perhaps too"))])
        self.only.set_value("likely")
        self.pairs: ListTable[Duplicate] = ListTable(
            "duplicates.pairs", _columns(), key=lambda row: (row.a_id, row.b_id),
            empty=Empty(_(LOOKING), icon="people"), settings=context.settings,
        )  # fmt: skip
        self.evidence = label("", name="duplicates.evidence", wrap=True)
        self.who = label("", "strong", name="duplicates.who", wrap=True)
        self.dialog: ConfirmStop | None = None
        self._arrange()
        self.only.edited.connect(lambda: self.presenter.show_only(self.only.value() or "likely"))
        self.pairs.selected.connect(lambda _row: self._offer())
        self.pairs.opened.connect(lambda _row: self._merge())
        self._offer()

    def _arrange(self) -> None:
        self.set_title(_("Duplicates"))
        self.again = self.add_button(_("&Look again"), "duplicates.again", self.presenter.look)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.only)
        column.addWidget(self.pairs, 1)
        self.set_body(body)
        beside = QWidget()
        beside_column = QVBoxLayout(beside)
        beside_column.setContentsMargins(0, 0, 0, 0)
        beside_column.setSpacing(12)
        card = Panel(_("Why they may be one person"), name="duplicates.why")
        card.add(self.who)
        card.add(self.evidence)
        beside_column.addWidget(card)
        self.menu = family_menu(self, "duplicates.kinds", self._link)
        self.open_a = Button(_("Open the f&irst"), "duplicates.open_a", lambda: self._open(first=True))
        self.open_b = Button(_("Open the &second"), "duplicates.open_b", lambda: self._open(first=False))
        self.family = Button(_("Link as &family"), "duplicates.family", self._choose_kind)
        self.different = Button(_("Not &the same"), "duplicates.different", self._not_the_same)
        for button in (self.open_a, self.open_b, self.family, self.different):
            beside_column.addWidget(button)
        beside_column.addStretch(1)
        self.set_context(beside)

    # Called by the shell -----------------------------------------------------------------------------

    def open(self, **_arguments: str) -> None:
        """Look through the clinic."""
        self.context.window.set_patient(None)
        self.presenter.look()
        self.pairs.setFocus()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Somebody merged, parted, or said what two are to one another."""
        self.presenter.refresh(kinds)

    # Called by the presenter --------------------------------------------------------------------------

    def show_pairs(self, pairs: Sequence[Duplicate]) -> None:
        """The pairs, the likeliest first."""
        self.pairs.set_empty_words(_(NONE))
        self.pairs.set_rows(pairs)
        self.context.window.set_count("duplicates", len(pairs))
        if pairs and self.pairs.current() is None:
            self.pairs.select_row(0)
        self._offer()

    def set_looking(self, looking: bool) -> None:  # noqa: FBT001 - as the presenter says it
        """Say that the clinic is being looked through."""
        self.again.set_busy(looking)
        self.pairs.set_empty_words(_(LOOKING) if looking else _(NONE))

    def show_error(self, error: Exception) -> None:
        """Say that something was not done."""
        self.context.window.show_error(error)

    def said(self) -> None:
        """What was said of a pair is kept."""
        self.context.window.say(_("Noted: these two are not offered again."))
        self.pairs.setFocus()

    # ----------------------------------------------------------------------------------------------------

    def _offer(self) -> None:
        pair = self.pairs.current()
        self.who.setText("" if pair is None else f"{_who(pair, first=True)}\n{_who(pair, first=False)}")
        self.evidence.setText(_("Choose a pair.") if pair is None else evidence_words(pair.evidence))
        for button in (self.open_a, self.open_b, self.family, self.different):
            button.setEnabled(pair is not None)
        self.set_primary(_("Look at &merging"), self._merge, name="duplicates.merge", enabled=pair is not None)

    def _merge(self) -> None:
        pair = self.pairs.current()
        if pair is not None:
            self.context.window.go("merge", patient_id=pair.a_id, other_id=pair.b_id)

    def _open(self, *, first: bool) -> None:
        pair = self.pairs.current()
        if pair is not None:
            self.context.window.go("reception", patient_id=pair.a_id if first else pair.b_id)

    def _choose_kind(self) -> None:
        self.menu.popup(self.family.mapToGlobal(self.family.rect().bottomLeft()))

    def _link(self, kind: str) -> None:
        pair = self.pairs.current()
        if pair is not None:
            self.presenter.link(pair, kind)

    def _not_the_same(self) -> None:
        pair = self.pairs.current()
        if pair is None:
            return
        words = f"{_who(pair, first=True)}\n{_who(pair, first=False)}"
        dialog = ConfirmStop(
            self, "duplicates.sure", _("Two different people?"), words, confirm=_("&Two people"),
            reason=_("How is it known?"), meaning="warning", kept=self.presenter.kept_reason(pair),
        )  # fmt: skip
        dialog.accepted.connect(lambda: self.presenter.say_different(pair, dialog.reason()))
        self.dialog = dialog
        dialog.open()


def _who(pair: Duplicate, *, first: bool) -> str:
    name, born_on, mrn = (
        (pair.a_name, pair.a_born_on, pair.a_mrn) if first else (pair.b_name, pair.b_born_on, pair.b_mrn)
    )
    born = "" if born_on is None else show_date(born_on)
    return " · ".join(part for part in (name, born, mrn) if part)


def _columns() -> list[Column[Duplicate]]:
    return [
        Column("score", _("Score"), lambda row: score_words(row.score), width=116, sort=lambda row: -row.score,
               look=lambda row: score_look(row.score)),
        Column("a", _("One registration"), lambda row: row.a_name, width=200, stretch=True, strong=True),
        Column("a_born", _("Born"), lambda row: show_date(row.a_born_on) if row.a_born_on else "", width=104,
               sort=lambda row: row.a_born_on),
        Column("b", _("Another"), lambda row: row.b_name, width=200, stretch=True, strong=True),
        Column("b_born", _("Born"), lambda row: show_date(row.b_born_on) if row.b_born_on else "", width=104,
               sort=lambda row: row.b_born_on),
    ]  # fmt: skip
