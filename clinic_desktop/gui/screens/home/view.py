"""Shows home: what waits in panels at the left, recent patients and unfinished work at the right."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.home.presenter import NAMES, OPENS, HomePresenter
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.labels import Elided, label
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout
from clinic_desktop.gui.widgets.pill import Pill
from clinic_desktop.i18n import _
from clinic_desktop.reports.wording import PRESET_WORDS
from clinic_desktop.services.home import Group, Waiting
from clinic_desktop.services.patients import PatientHit, sex_words
from clinic_desktop.services.unfinished import Unfinished

# A panel narrower than this cuts its lines short.
PANEL_WIDTH = 400

_LATE_IN_HOURS = 120  # minutes from which on lateness is told in whole hours


class HomeView(ScreenView):
    """The home screen."""

    def __init__(self, presenter: HomePresenter, context: ScreenContext) -> None:
        super().__init__("home")
        self.presenter, self.context = presenter, context
        presenter.view = self
        self.groups: tuple[Group, ...] = ()
        self._here: tuple[Group, ...] = ()
        self._decisions: Group | None = None
        self._panels: list[Panel] = []
        self._columns = 0
        holder = QWidget()
        self._grid = QGridLayout(holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(16)
        self._area = area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_body(area)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._recent = _side_list()
        self._drafts = _side_list()
        column.addWidget(label(_("Unfinished work"), "section"))
        column.addLayout(self._drafts)
        column.addSpacing(8)
        column.addWidget(label(_("Recent patients"), "section"))
        column.addLayout(self._recent)
        column.addStretch(1)
        self.set_context(side)

    # Called by the shell ---------------------------------------------------------------------------------

    def open(self, **_arguments: str) -> None:
        """Show what waits now."""
        self.context.window.set_patient(None)
        name = self.presenter.desk.session.display_name
        self.set_title(_("What waits for you, {name}").format(name=name))
        self.presenter.ask()

    def refresh(self, kinds: frozenset[str]) -> None:  # noqa: ARG002 - whatever moved, somebody waits for it
        """Ask again."""
        self.presenter.ask()

    # Called by the presenter -----------------------------------------------------------------------------

    def show_groups(self, groups: Sequence[Group]) -> None:
        """What waits here."""
        self._here = tuple(groups)
        self._show()

    def show_decisions(self, group: Group | None) -> None:
        """What waits for a decision at the connected systems; None where none is."""
        self._decisions = group
        if self._here:
            self._show()

    def _show(self) -> None:
        """Show what waits; nothing is built again while nothing changed, so that the focus stays."""
        groups = self._here
        if self._decisions is not None:
            groups = (*groups[:1], self._decisions, *groups[1:])  # after what is the role's first care
        if groups == self.groups:
            return
        self.groups = groups
        held = QApplication.focusWidget()
        name = held.objectName() if held is not None and self._area.isAncestorOf(held) else ""
        clear_layout(self._grid)
        # What is empty stands last, in the order the role has it.
        self._panels = [self._panel(group) for group in sorted(groups, key=lambda group: group.count == 0)]
        self._columns = 0
        self._spread()
        if self.isVisible() and (name or self.focusWidget() is None):
            self._focus(name, "home.critical.open")

    def _focus(self, *names: str) -> None:
        """Put the focus on the first of these that is shown now, or on the first of all."""
        links = [link for panel in self._panels for link in panel.findChildren(LinkButton)]
        named = [link for name in names for link in links if link.objectName() == name]
        for link in (named or links)[:1]:
            link.setFocus()

    def show_recent(self, recent: Sequence[PatientHit]) -> None:
        """The patients open last."""
        clear_layout(self._recent)
        for place, one in enumerate(recent):
            facts = "  ".join(part for part in (one.age, sex_words(one.sex), one.mrn) if part)
            act = partial(self.context.window.go, self.presenter.patient_screen, patient_id=one.patient_id)
            self._side(self._recent, one.name, facts, f"home.recent{place}", act)
        if not recent:
            self._recent.addWidget(label(_("Patients you open appear here."), "secondary", wrap=True))

    def show_unfinished(self, begun: Sequence[Unfinished]) -> None:
        """Work begun and not finished."""
        clear_layout(self._drafts)
        for place, one in enumerate(begun):
            act = partial(self.context.window.go, one.screen, **dict(one.arguments))
            title = " – ".join(part for part in (_(NAMES.get(one.screen, one.screen)), one.about) if part)
            self._side(self._drafts, title, _when(one.updated_at), f"home.draft{place}", act)
        if not begun:
            self._drafts.addWidget(label(_("Nothing is left half done."), "secondary", wrap=True))

    # ------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put as many panels beside one another as have room."""
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        columns = max(self._area.viewport().width() // PANEL_WIDTH, 1)
        if columns == self._columns or not self._panels:
            return
        self._columns = columns
        for place, panel in enumerate(self._panels):
            self._grid.addWidget(panel, place // columns, place % columns)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, int(row > (len(self._panels) - 1) // columns))
        self._grid.setRowStretch((len(self._panels) - 1) // columns + 1, 1)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))

    def _panel(self, group: Group) -> Panel:
        panel = Panel(_(group.title), name=f"home.{group.key}")
        panel.setMinimumHeight(150)
        meaning = "critical" if group.urgent else "accent" if group.count else "good"
        panel.add_beside_title(Pill(str(group.count), meaning, name=f"home.{group.key}.count"))
        for row in group.rows:
            panel.body.addLayout(self._row(group, row))
        if not group.rows:
            panel.add(Empty(_("Nothing waits here."), icon="done"))
        else:
            panel.body.addStretch(1)
            words = _("Open all {count}").format(count=group.count) if group.count > len(group.rows) else _("Open")
            act = partial(self.context.window.go, group.screen, **OPENS.get(group.key, {}))
            panel.add(LinkButton(words, f"home.{group.key}.open", act))
        return panel

    def _row(self, group: Group, row: Waiting) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        act = partial(self.context.window.go, row.screen, **dict(row.arguments))
        button = LinkButton(row.title.replace("&", "&&"), f"home.{group.key}.row", act)
        line.addWidget(button)
        detail = Elided(_detail(group, row), "secondary")
        line.addWidget(detail, 1)
        if row.since is not None:
            line.addWidget(label(self._since(group, row.since), "secondary"), 0, Qt.AlignmentFlag.AlignRight)
        return line

    def _since(self, group: Group, since: datetime) -> str:
        now = self.presenter.desk.now
        minutes = int((now - since).total_seconds() // 60)
        if group.key == "appointments":
            words = _(", {n} min late") if minutes < _LATE_IN_HOURS else _(", {h} h late")
            late = words.format(n=minutes, h=minutes // 60) if minutes > 0 else ""
            return f"{since.astimezone():%H:%M}{late}"
        if 0 <= minutes < 100:
            return _("{n} min").format(n=minutes)
        return _when(since) if since.astimezone().date() != now.astimezone().date() else f"{since.astimezone():%H:%M}"

    @staticmethod
    def _side(layout: QVBoxLayout, title: str, detail: str, name: str, act: partial[None]) -> None:
        layout.addWidget(LinkButton(title.replace("&", "&&"), name, act), 0, Qt.AlignmentFlag.AlignLeft)
        words = label(detail, "secondary", wrap=True)
        words.setContentsMargins(4, 0, 0, 4)
        layout.addWidget(words)


def _side_list() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    return column


def _detail(group: Group, row: Waiting) -> str:
    if group.key == "unsigned":
        return _(PRESET_WORDS[row.detail])
    if group.key == "charges":
        return _("{n} charges").format(n=row.detail) if row.detail != "1" else _("1 charge")
    return row.detail


def _when(at: datetime) -> str:
    local = at.astimezone()
    return f"{show_date(local.date())} {local:%H:%M}"
