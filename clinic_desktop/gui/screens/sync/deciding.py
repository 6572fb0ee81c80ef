"""What waits for a person: the list at the left, both sides of one and what can be done about it at the right."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desktop.gui.screens.sync.columns import item_columns, member_columns, record_columns, twin_columns
from clinic_desktop.gui.screens.sync.words import (
    ACTS,
    ANOTHER,
    BACK_SAID,
    GROUP_SAID,
    NOBODY_WAITS,
    SAID,
    SORTS,
    at,
    born,
    member_words,
    sort_of,
)
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.howfar import kind_words
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_deciding import Detail
    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_wording import Member
    from clinic_desktop.services.remotes import Whom

# What comes into view after a decision is not decided by a second press that was meant for the one before.
AT_REST_MS = 600
# Which sides a sort has: what was sent has one, what came into sight there the other.
_BOTH_AND_BEFORE = frozenset({"field", "overwrite"})
_THERE = frozenset({"duplicate", "restored", "gone", "found", "suspect", "surplus", "misfiled"})
_BOTH = _BOTH_AND_BEFORE | _THERE | {"identity", "doubt", "unread", "aside"}
_REASONED = frozenset({"give_up", "told", "not_told", "void", "seen"})
# What a card's words say already.
_PLAIN_WHY = frozenset({"both changed it", "it may be this patient", "it was sent, and no answer came", ANOTHER})


def item_list(settings: Remembered) -> "ListTable[Item]":
    """What waits for a person."""
    return ListTable(
        "sync.items", item_columns(), key=lambda row: row.id, settings=settings,
        empty=Empty(_(NOBODY_WAITS), icon="done"),
    )  # fmt: skip


class DecidePanel(Side):
    """One thing to decide."""

    def __init__(
        self,
        settings: Remembered,
        keep: Callable[[dict[str, str]], None],
        decide: Callable[[str, str], None],
        decide_like: Callable[[str], None],
        open_patient: Callable[[str], None],
        open_record: "Callable[[Item], None]",
    ) -> None:
        super().__init__()
        self._decide = decide
        self.shown = ""
        self.waiting = False  # whether there is anything to choose at the left
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(AT_REST_MS)
        self._busy = self.opens_itself = False
        self.panel = Panel(" ", name="sync.item")
        self.sort = Pill(name="sync.sort")
        self.said = label("", "secondary", name="sync.item_said", wrap=True)
        self.why = label("", "strong", name="sync.why", wrap=True)
        self.facts = Facts()
        self.members: ListTable[Member] = ListTable(
            "sync.members", member_columns(), key=lambda row: row.name, settings=settings, counted=False,
            empty=Empty(_("There is nothing more to show of it."), icon="document"),
        )  # fmt: skip
        self.twins: ListTable[Member] = ListTable(
            "sync.twins", twin_columns(), key=lambda row: row.name, settings=settings, counted=False,
            empty=Empty(_("There is nothing more to show of it."), icon="document"),
        )  # fmt: skip
        self.records: ListTable[Item] = ListTable(
            "sync.records", record_columns(), key=lambda row: row.id, settings=settings,
            empty=Empty(_("None of them waits any more."), icon="done"),
        )  # fmt: skip
        self.records.opened.connect(open_record)
        for table in (self.members, self.twins, self.records):
            table.setMinimumHeight(100)
        self.room = QWidget()  # beneath what has no sides to compare, so that its words stand together
        self.form = Form(DraftKeeper(keep))
        self.value = self.form.add(TextField(_("Or another val&ue"), "sync.value", longest=2000))
        self.number = self.form.add(TextField(_("Their nu&mber"), "sync.number", longest=200))
        self.reason = self.form.add(TextField(_("R&eason, or how they were told"), "sync.reason", longest=500))
        self.buttons = {name: Button(_(words), f"sync.{name}", self._press(name)) for name, words in ACTS.items()}
        self.registration = Button(
            _("Open the &registration"), "sync.open_patient", lambda: open_patient(self._patient)
        )
        self._patient = ""
        self._decide_like = decide_like
        self.all_here = Button(_("Keep here for a&ll"), "sync.all_here", lambda: self.press_all("here"))
        self.all_there = Button(_("Keep there f&or all"), "sync.all_there", lambda: self.press_all("there"))
        self._arrange()
        self.show_detail(None, 0)

    def _arrange(self) -> None:
        self.panel.add_beside_title(self.sort)
        for part in (self.said, self.why, self.facts):
            self.panel.add(part)
        self.panel.add(self.members, 1)
        self.panel.add(self.twins, 1)
        self.panel.add(self.records, 1)
        self.panel.add(self.form)
        self.panel.add(self.room, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (*self.buttons.values(), self.all_here, self.all_there, self.registration):
            row.addWidget(button)
        row.addStretch(1)
        self.panel.body.addLayout(row)
        self.empty = Empty(_("Choose what waits at the left: both sides of it stand here."), icon="sync")
        self.column.addWidget(self.panel, 1)
        self.column.addWidget(self.empty, 1)

    def _press(self, act: str) -> Callable[[], None]:
        return lambda: self.press(act)

    def press(self, act: str) -> None:
        """Do an act with what was typed for it; not of what has only just opened by itself."""
        # The buttons stay live: were they not, their keys would be typed into the field.
        if self.resting:
            return
        if self.form.keeper is not None:
            self.form.keeper.flush()
        typed = {"value": self.value, "is_there": self.number}.get(act, self.reason)
        text = typed.value() if act in {"value", "is_there", "noted", *_REASONED} else ""
        self._decide(act, text)

    @property
    def resting(self) -> bool:
        """Whether no act is taken now: one is carried out, or the next has only just opened by itself."""
        return self._busy or self._rest.isActive()

    def press_all(self, keep: str) -> None:
        """Keep one side of all that are alike."""
        if not self.resting:
            self._decide_like(keep)

    def set_waiting(self, waiting: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Ask for a choice only where there is one."""
        self.waiting = waiting
        self.empty.setVisible(waiting and not self.shown)

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """While a decision is carried out nothing more is decided."""
        self._busy = busy

    def show_detail(self, opened: "Detail | None", alike: int, *, of_many: bool = False) -> None:
        """Show one, or that none is chosen; `alike` may be decided together with it, `of_many` stand for it."""
        self.panel.setVisible(opened is not None)
        self.empty.setVisible(opened is None and self.waiting)
        if opened is None:
            self.shown = ""
            self.members.set_rows(())
            self.twins.set_rows(())
            self.records.set_rows(())
            return
        item = opened.item
        self.panel.set_title(f"{kind_words(item.kind)} · {item.title}")
        # A member that could be taken in by nobody but a person is shown as what cannot be read.
        sort = "unread" if item.sort == "field" and "noted" in opened.acts else sort_of(item)
        self.sort.show_look(Look(_(SORTS[sort]), "warning" if item.clinical else "neutral"))
        said = _(GROUP_SAID).format(title=item.title) if item.count else _(SAID[sort])
        self.said.setText(f"{said} {_(BACK_SAID)}" if of_many else said)
        theirs = item.sort == "refused"
        self.why.setText(f"“{item.why}”" if theirs else item.why[:1].upper() + item.why[1:])
        self.why.setVisible(bool(item.why) and item.why not in _PLAIN_WHY)
        self._facts(opened)
        twice = bool(opened.twin)
        self.twins.set_rows(opened.members if twice else ())
        self.members.set_rows(() if twice else opened.members)
        self.records.set_rows(opened.records)
        if opened.records and self.records.current() is None:
            self.records.select_row(0)
        self.twins.setVisible(twice)
        self.members.setVisible(not twice and not item.count and item.sort != "inexact")
        self.records.setVisible(bool(item.count))
        self.room.setVisible(item.sort == "inexact")
        # Of what was set aside each side is shown that there is: it may be nobody's here yet.
        aside = item.sort == "aside"
        before = any(one.before for one in opened.members) if aside else item.sort in _BOTH_AND_BEFORE
        here = any(one.here for one in opened.members) if aside else item.sort not in _THERE
        for place, shown in ((1, before), (2, here), (3, item.sort in _BOTH)):
            self.members.view.setColumnHidden(place, not shown)
        if self.shown != item.id:
            self.shown = item.id
            if self.opens_itself:
                self._rest.start()
            self.opens_itself = False
            self.form.clear()
            (self.number if item.sort == "doubt" else self.value).set_value(opened.value or "")
            self.form.settle()
        offered = [act for act in opened.acts if act != "value" or opened.value is not None]
        for name, button in self.buttons.items():
            button.setVisible(name in offered)
        self.value.setVisible("value" in offered)
        self.number.setVisible("is_there" in offered)
        self.reason.setVisible(bool(_REASONED & set(offered)))
        for every, words in (
            (self.all_here, _("Keep here for a&ll {n}")),
            (self.all_there, _("Keep there f&or all {n}")),
        ):
            every.set_text(words.format(n=alike))
            every.setVisible(alike > 1)
        # What was refused is corrected where it was written.
        self._patient = item.patient_id if item.sort == "refused" and item.kind == "patient" else ""
        self.registration.setVisible(bool(self._patient))

    def _facts(self, opened: "Detail") -> None:
        self.facts.clear()
        add, item, one = self.facts.add, opened.item, opened.whom
        if one is not None:
            add(_("Patient"), " · ".join(part for part in (one.name, one.mrn, _born(one)) if part))
        if item.sort == "identity":
            add(_("Or"), " · ".join(f"{each.name} ({each.mrn})" for each in opened.others))
        if item.member:
            add(_("Field"), member_words(item.member) + (_(" (clinical)") if item.clinical else ""))
        changed = opened.changed
        if changed is not None:
            add(_("Here it is"), changed.number)
            # An entry of nobody's, without a name: another system brought the record.
            add(
                _("Changed here"),
                " · ".join(part for part in (at(changed.at), changed.who or _("came from elsewhere")) if part),
            )
        there = " · ".join(part for part in (at(opened.there_at), opened.there_by) if part)
        add(_("Changed there"), there or (_("they do not say") if item.sort == "field" else ""))
        add(_("Records"), str(item.count or ""))
        add(_("Waits since"), at(item.at))
        add(_("The newest since"), at(item.newest))
        if item.sort == "aside" and one is None and item.name != item.remote_id:
            add(_("Their patient"), item.name)
        named = item.sort != "suspect" and not item.remote_id.startswith(("~", "?"))
        number = item.remote_id if named else ""
        add(_("This one") if opened.twin else _("Their number"), number)
        add(_("The other one"), opened.twin)


def _born(one: "Whom") -> str:
    return born(one.born_on, one.born_precision)
