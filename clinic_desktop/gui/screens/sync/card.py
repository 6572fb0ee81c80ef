"""One connected system: where it stands, its limits, what was found there, and the counts of each kind."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout

from clinic_desktop.gui.screens.sync.columns import decision_columns, kinds_columns
from clinic_desktop.gui.screens.sync.words import (
    ALONE,
    ANOTHER_DECIDES,
    at,
    found_line,
    found_words,
    limit_words,
    state_look,
    until_words,
)
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.formstack import Side
from clinic_desktop.gui.widgets.howfar import kind_words
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_shown import DecisionShown, KindShown, SystemShown

_SAID = {
    "sign_in": N_(
        "It asks for a sign-in: nothing is sent until an administrator gives it a new password, code or key (Sign in "
        "again). A key or token that has no end is tried again by itself, at first after a minute, then every hour."
    ),
    "away": N_("It could not be reached the last time. It is tried again by itself; nothing is lost."),
    "unreadable": N_(
        "Whatever it is asked, it answers in a form that cannot be read here. Look at its address, and whether the "
        "network asks for a sign-in of its own. It is tried again by itself; nothing is lost."
    ),
    "fault": N_(
        "An error in this program stops it. The other systems go on, and it is tried again by itself, at the latest "
        "after an hour; nothing is lost. The log says where the error is."
    ),
    "again": N_(
        "A backup was restored here. Everything there is read once more before anything is sent; then decide "
        "what waits for you."
    ),
    "paused": N_("Nothing is sent or asked until it is resumed. What happens here waits."),
}


class _Lists(Panel):
    """A list under a heading: where there is little room it scrolls, and no line of the facts is cut."""

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """As high as there is room."""
        return False


class SystemCard(Side):
    """The system that is chosen."""

    def __init__(
        self, settings: Remembered, take_back: "Callable[[DecisionShown], None] | None" = None, *, may: bool
    ) -> None:
        super().__init__()
        self.panel = Panel(" ", name="sync.card")
        self.state = Pill(name="sync.state")
        self.said = label("", meaning="warning", name="sync.said", wrap=True)
        self.facts = Facts()
        self.kinds: ListTable[KindShown] = ListTable(
            "sync.kinds", kinds_columns(), key=lambda row: row.kind, settings=settings, counted=False,
            empty=Empty(_("Nothing was counted yet."), icon="sync"),
        )  # fmt: skip
        self.panel.add_beside_title(self.state)
        self.panel.add(self.said)
        self.panel.add(self.facts)
        self.counts = _Lists(_("Records"), name="sync.counts")
        self.kinds.setMinimumHeight(120)
        self.counts.add(self.kinds, 1)
        self.decisions: ListTable[DecisionShown] = ListTable(
            "sync.decisions", decision_columns(), key=lambda row: row.kind, settings=settings, counted=False
        )
        self.decisions.setMinimumHeight(120)
        self._take_back = take_back
        self.taking_back = Button(_("Take it &back"), "sync.take_back", self._take)
        self.left = _Lists(_("Not told, as was decided"), name="sync.left")
        self.left.add(self.decisions, 1)
        row = QHBoxLayout()
        row.addWidget(self.taking_back)
        row.addStretch(1)
        self.left.body.addLayout(row)
        self.taking_back.setVisible(may and take_back is not None)
        self.column.addWidget(self.panel)
        self.column.addWidget(self.counts, 1)
        self.column.addWidget(self.left)
        said = _(ALONE) if may else f"{_(ALONE)} {_(ANOTHER_DECIDES)}"
        self.column.addWidget(label(said, "secondary", name="sync.alone", wrap=True))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Never lower than its words at this width: where there is little room the side scrolls."""
        size = super().minimumSizeHint()
        return size.expandedTo(QSize(0, self.column.totalMinimumHeightForWidth(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Narrower words are higher: ask for their room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def show_system(self, one: "SystemShown") -> None:
        """Show a system."""
        self.panel.set_title(one.title)
        self.state.show_look(state_look(one.state))
        said = [_(_SAID[one.state])] if one.state in _SAID else []
        said += [one.clock_said] if one.clock_said else []
        self.said.setText("\n".join(said))
        self.said.setVisible(bool(said))
        self.facts.show_facts(_facts(one))
        self.kinds.set_rows([kind for kind in one.kinds if kind.here or kind.conflicts])
        self.left.setVisible(bool(one.decisions))
        self.decisions.set_rows(one.decisions)
        if one.decisions and self.decisions.current() is None:
            self.decisions.select_row(0)

    def _take(self) -> None:
        row = self.decisions.current()
        if row is not None and self._take_back is not None:
            self._take_back(row)


def _facts(one: "SystemShown") -> list[tuple[str, str]]:
    # A look that was begun goes no further while nothing is asked.
    looking = _("now") if one.looking and one.state not in {"sign_in", "paused", "away", "unreadable", "fault"} else ""
    aside = _("{n} that could not be taken in ({kind})")
    found = (f"{found_words(name)}: {found_line(name, value)}" for name, value in one.found if name != "reached")
    return [
        (_("Address"), one.base_url),
        (_("Signed in"), at(one.credentials_at)),
        (_("Looked through"), _joined((at(one.looked_at), looking)) or _("not yet")),
        (_("Cannot be looked through"), _joined(kind_words(kind) for kind in one.torn)),
        (_("Waiting"), _waiting(one)),
        (_("Limit left"), limit_words(one.limits)),
        (_("Found there"), "\n".join(found)),
        (_("Set aside"), _joined(aside.format(n=n, kind=kind_words(kind).lower()) for kind, n in one.set_aside)),
        (_("Says of its version"), _joined(f"{name}: {value}" for name, value in one.endings)),
    ]


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _waiting(one: "SystemShown") -> str:
    if not one.waiting:
        return _("nothing")
    blocked = sum(kind.blocked for kind in one.kinds)
    parts = [str(one.waiting)]
    if one.until:
        # Each record is counted as one request, and each kind as if it were alone.
        parts.append(_("empty {when} at the earliest").format(when=until_words(one.until)))
    if blocked:
        parts.append(_("{n} for somebody or something to be known there").format(n=blocked))
    return _joined(parts)
