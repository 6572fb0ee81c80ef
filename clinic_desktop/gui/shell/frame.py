"""The frame round every screen for one signed-in person: rail, top bar, banner, screen, foot, palette, messages."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.shell.banner import PatientBanner
from clinic_desktop.gui.shell.closed import refused_patient, turn_away
from clinic_desktop.gui.shell.foot import Foot
from clinic_desktop.gui.shell.gate import BannerFacts, Workplace
from clinic_desktop.gui.shell.pace import Pace
from clinic_desktop.gui.shell.palette import PATIENT, Palette
from clinic_desktop.gui.shell.rail import Rail
from clinic_desktop.gui.shell.screen import Screen, ScreenContext, ScreenView
from clinic_desktop.gui.shell.suggestions import DO, own_suggestions
from clinic_desktop.gui.shell.sync_sign import SyncSign
from clinic_desktop.gui.shell.tabs import PatientTabs
from clinic_desktop.gui.shell.topbar import TopBar
from clinic_desktop.gui.tasks_qt import Pools, QtTasks
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.preview import Preview, preview_of
from clinic_desktop.gui.widgets.search import Suggestion
from clinic_desktop.gui.widgets.toast import Toast
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import N_, _

T = TypeVar("T")


class Frame(QWidget):
    """Is the `Window` of `screen.py` for its screens; made at sign-in, thrown away when another person signs in."""

    lock_asked = Signal()
    switch_asked = Signal()
    password_asked = Signal()
    devices_asked = Signal(str)  # "scanner": its settings; "picture": read codes from one; "callscreen"
    theme_asked = Signal()
    help_asked = Signal(str)
    quit_asked = Signal()
    went = Signal(str)  # the name of the screen now open

    def __init__(self, place: Workplace, screens: Sequence[Screen], pools: Pools) -> None:
        super().__init__()
        self.setObjectName("frame")
        self.place = place
        self._pools = pools
        self._screens = {screen.name: screen for screen in screens if place.role in screen.roles}
        self._views: dict[str, ScreenView] = {}
        self._screen_tasks: list[QtTasks] = []
        self._tasks = self._new_tasks()
        self.pace = Pace(self, pools, place.desk, self._tasks.change, {one.name: one.title for one in screens})
        self._history: list[tuple[str, dict[str, str]]] = []
        self._wanted: str | None = None
        self._preview: Preview | None = None
        self._closed = False
        self.rail, self.topbar, self.banner = Rail(), TopBar(), PatientBanner()
        self.tabs = PatientTabs([screen for screen in self._screens.values() if screen.patient_tab])
        self.stack = QStackedWidget()
        self._blank = QWidget()
        self.stack.addWidget(self._blank)
        self.foot = Foot(self.do_primary, pools.cancel_questions)
        self._lay_out()
        self.toast = Toast(self)
        self.palette_box = Palette(self)
        self._sync = SyncSign(self, self._tasks, place)
        self._connect()

    # Where we are ------------------------------------------------------------------------------------

    @property
    def current(self) -> ScreenView | None:
        """The view that is open."""
        return self._views.get(self._history[-1][0]) if self._history else None

    @property
    def screen_name(self) -> str:
        """The name of the screen that is open."""
        return self._history[-1][0] if self._history else ""

    def go(self, screen: str, **arguments: str) -> None:
        """Open a screen; the present one stays behind."""
        if screen not in self._screens:
            self.show_error(Refusal(N_("Your role may not open this page.")))
            return
        self._leave()
        if not self._history or self._history[-1] != (screen, arguments):
            self._history.append((screen, arguments))
        self._open()

    def back(self) -> None:
        """Go back exactly one step; at the first screen nothing happens."""
        if self._preview is not None:
            self._close_preview()
        elif len(self._history) > 1:
            self._leave()
            self._history.pop()
            self._open()

    def _leave(self) -> None:
        self.toast.retire_undo()
        self._close_preview()
        self.palette_box.close_down()
        self.foot.leave_page()
        self.flush()

    def _open(self) -> None:
        (name, arguments), self._wanted = self._history[-1], None
        self.pace.begin(name)
        view = self._view(name)
        if view is not None:
            try:
                view.open(**arguments)
            except Exception as error:  # noqa: BLE001 - one screen's bug must not take the window with it
                self.show_error(error)
        if self._wanted is None:
            self.banner.take_away()
        self.rail.set_current(name)
        self.tabs.set_current(name)
        self.topbar.back_button.setEnabled(len(self._history) > 1)
        self._settle()
        self.went.emit(name)

    def _view(self, name: str) -> ScreenView | None:
        if name not in self._views:
            place = self.place
            context = ScreenContext(
                desk=place.desk, tasks=self._new_tasks(), window=self, settings=place.settings, today=place.today,
                prove=place.prove, office=place.office, program=place.program, write_report=place.write_report,
            )  # fmt: skip
            try:
                view = self._screens[name].build(context)
            except Exception as error:  # noqa: BLE001 - one screen's bug must not take the window with it
                self.show_error(error)
                return None
            view.primary_changed.connect(self._settle)
            self.stack.addWidget(view)
            self._views[name] = view
        return self._views[name]

    def _settle(self) -> None:
        """Show what may be shown: a screen about a patient stays hidden until that patient's banner is painted."""
        view = self.current
        shown: QWidget = view or self._blank
        if self._wanted is not None and self.banner.patient_id != self._wanted:
            shown = self._blank
        if self._preview is not None:
            shown, view = self._preview, None
        if self.stack.currentWidget() is not shown:
            self.stack.setCurrentWidget(shown)
        # Where there is no other page to turn to, no tabs are needed.
        self.tabs.setVisible(self.banner.patient_id is not None and bool({*self.tabs.names} - {self.screen_name}))
        about = bool(self._history) and self._screens[self._history[-1][0]].about_patient
        self.foot.show_primary(view, allowed=shown is view and (not about or self.banner.patient_id is not None))

    def has_screen(self, name: str) -> bool:
        """Whether the person's role has this page."""
        return name in self._screens

    @property
    def may_act(self) -> bool:
        """Whether the open page is shown: one about a patient is, once their banner is."""
        return self.current is not None and self.stack.currentWidget() is self.current

    def ask(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask something for the shell itself, off the window's thread; the newest question wins."""
        self._tasks.query("shell", work, done)

    # What a screen may ask ----------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Put words on the status line."""
        self.foot.say(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        """Say what happened: beside its field where a form near it has that field, else at the foot."""
        turn_away(error, self._history, self._screens, self.go)
        forms = [near] if isinstance(near, Form) else near.findChildren(Form) if near is not None else []
        if isinstance(error, Refusal) and error.field:
            for form in forms:
                if any(field.key == error.field for field in form.fields()) and form.show_refusal(error):
                    return
        if isinstance(near, Form) and near.show_refusal(error):
            return
        self.toast.say(explain(error), meaning="critical", about=refused_patient(error))

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say that something was done, with Undo."""
        self.toast.say(text, undo)

    def set_patient(self, patient_id: str | None) -> None:
        """Show a patient's banner; until it is painted the screen about them is hidden."""
        self._wanted = patient_id
        if patient_id is not None and self.banner.patient_id == patient_id:
            return
        self.banner.take_away()
        self._settle()
        if patient_id is not None:
            self._ask_banner(patient_id)

    def refresh_banner(self) -> None:
        """Ask for the banner's facts again."""
        if self._wanted is not None:
            self._ask_banner(self._wanted)

    def _ask_banner(self, patient_id: str) -> None:
        self._tasks.query("banner", lambda: self.place.banner(patient_id), self._banner_arrived)

    def _banner_arrived(self, facts: BannerFacts) -> None:
        if facts.patient_id == self._wanted:
            self.banner.show_facts(facts)
            self.toast.is_over(facts.patient_id if facts.emergency else "")
            self._settle()

    def set_count(self, screen: str, n: int) -> None:
        """Show a live count in the rail."""
        self.rail.set_count(screen, n)
        self._sync.counted(screen, n)

    def preview(self, document: Callable[[], object], title: str) -> None:
        """Make a PDF or a label off the window's thread and show it, or print it at once where that is set."""
        preview_of(document, title, self._tasks, self._show_preview, self)

    def _show_preview(self, preview: Preview) -> None:
        self._close_preview()
        self.toast.retire_undo()
        self._preview = preview
        preview.closed.connect(self.back)
        self.stack.addWidget(preview)
        self._settle()
        preview.setFocus()

    def _close_preview(self) -> None:
        if self._preview is not None:
            preview, self._preview = self._preview, None
            preview.close_document()
            self.stack.removeWidget(preview)
            preview.deleteLater()
            self._settle()

    # What the window and the app ask ------------------------------------------------------------------

    def do_primary(self) -> None:
        """Do the open screen's primary act."""
        if self.foot.primary.isVisible() and self.foot.primary.isEnabled() and self.current is not None:
            self.toast.retire_undo()
            self.current.primary()

    def journal_moved(self, kinds: frozenset[str]) -> None:
        """The journal moved: the open screen, the banner and the counts ask again."""
        if self._closed:
            return
        if self.current is not None:
            self.current.refresh(kinds)
        self.refresh_banner()
        self.ask_counts()

    def ask_counts(self) -> None:
        """Ask for the live counts of the rail."""
        self._tasks.query("counts", self.place.counts, self._counts_arrived)
        self._sync.moved()

    def _counts_arrived(self, counts: object) -> None:
        for screen, count in counts.items() if isinstance(counts, dict) else ():
            self.rail.set_count(screen, count)

    def flush(self) -> None:
        """Hand over every draft still being typed."""
        if self.current is not None:
            self.current.leave()
        for keeper in self.findChildren(DraftKeeper):
            keeper.flush()

    def close_down(self) -> None:
        """Hand over the drafts, and drop every answer still to come."""
        self.flush()
        self.pace.flush()
        self.palette_box.close_down()
        self._close_preview()
        self._closed = True
        for tasks in self._screen_tasks:
            tasks.close()

    # Building --------------------------------------------------------------------------------------------

    def _new_tasks(self) -> QtTasks:
        tasks = QtTasks(self._pools, self._unhandled)
        self._screen_tasks.append(tasks)
        return tasks

    def _unhandled(self, error: Exception) -> None:
        if self.isVisible():
            self.show_error(error, self.current)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.topbar)
        right.addWidget(self.banner)
        right.addWidget(self.tabs)
        right.addWidget(self.stack, 1)
        right.addWidget(self.foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        in_rail = [screen for screen in self._screens.values() if screen.in_rail]
        self.rail.set_screens(in_rail)
        self.topbar.show_user(self.place.display_name, self.place.role)

    def _connect(self) -> None:
        self.rail.gone_to.connect(self.go)
        self.tabs.gone_to.connect(self._turn_to)
        for work in (self.refresh_banner, self._open):
            self.banner.emergency_over.connect(work)
        self.topbar.find_asked.connect(self.palette_box.open_up)
        self.topbar.back.connect(self.back)
        self.topbar.lock.connect(self.lock_asked)
        self.topbar.switch_user.connect(self.switch_asked)
        self.topbar.change_password.connect(self.password_asked)
        self.topbar.toggle_theme.connect(self.theme_asked)
        self.topbar.quit.connect(self.quit_asked)
        self.topbar.help.connect(self._help)
        self.palette_box.use(self._tasks, self.place.find, own_suggestions(self._screens.values(), self._may))
        self.palette_box.picked.connect(self._picked)
        self.palette_box.closed.connect(self._searched)
        self._pools.busy.connect(self.foot.show_busy)
        own = {"Ctrl+K": self.palette_box.open_up, "Ctrl+Return": self.do_primary, "Ctrl+Enter": self.do_primary,
               "Alt+Left": self.back, "Back": self.back}  # fmt: skip
        for keys, work in own.items():
            QShortcut(QKeySequence(keys), self, work)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(
                QKeySequence(keys), self, lambda step=step: self._turn_to(self.tabs.beside(self.screen_name, step))
            )
        for screen in self._screens.values():
            for act in screen.acts:
                if act.shortcut and self._may(act.roles):
                    go = self._going(screen.name, dict(act.arguments))
                    QShortcut(QKeySequence(act.shortcut), self, go)
            if screen.shortcut and not screen.in_rail:
                QShortcut(QKeySequence(screen.shortcut), self, self._going(screen.name, {}))

    def _turn_to(self, name: str | None) -> None:
        """Open a page of the record of the patient whose banner is shown."""
        if name is None:
            return
        if self.banner.patient_id is None:
            self.say(_("Open a patient first."))
            return
        self.go(name, patient_id=self.banner.patient_id)

    def _going(self, name: str, arguments: dict[str, str]) -> Callable[[], None]:
        return lambda: self.go(name, **arguments)

    def _may(self, roles: frozenset[str] | None) -> bool:
        return roles is None or self.place.role in roles

    # The palette -----------------------------------------------------------------------------------------

    def _picked(self, found: Suggestion) -> None:
        if found.key.startswith(PATIENT):
            self.go(self.place.patient_screen, patient_id=found.key.removeprefix(PATIENT))
        elif found.key.startswith(DO):
            if found.key.removeprefix(DO) in {"scanner", "picture", "callscreen"}:
                self.devices_asked.emit(found.key.removeprefix(DO))
                return
            asked = {"lock": self.lock_asked, "switch": self.switch_asked, "theme": self.theme_asked,
                     "password": self.password_asked}  # fmt: skip
            asked.get(found.key.removeprefix(DO), self.quit_asked).emit()
        elif isinstance(found.data, tuple):
            name, arguments = found.data
            if name in self.tabs.names and not arguments:
                self._turn_to(name)
            else:
                self.go(name, **arguments)

    def _searched(self, text: str, patient: str) -> None:
        self._tasks.change(lambda: self.place.chosen(text, patient or None))

    def _help(self) -> None:
        screen = self._screens.get(self.screen_name)
        self.help_asked.emit(screen.help_page or screen.name if screen else "")

    # Keys ------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc goes back exactly one step; what is inside a screen has had it first."""
        if event.key() == Qt.Key.Key_Escape:
            if self.toast.isVisible():
                self.toast.hide()
            elif self._preview is not None or self.current is None or not self.current.escape():
                self.back()
            return
        super().keyPressEvent(event)
