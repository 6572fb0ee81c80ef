"""What a screen is, what it may ask of the window, and the view that every screen starts from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.shell.program import Program
from clinic_desktop.gui.tasks import Tasks, WriteReport, nothing_written
from clinic_desktop.gui.widgets.buttons import Button, ToolButton
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.labels import Elided
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.domain.scanning import Scan
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.office import Office


class Window(Protocol):
    """What a screen may ask of the shell."""

    def go(self, screen: str, **arguments: str) -> None:
        """Open a screen by its name, as in ``go("chart", patient_id=...)``; the present one stays behind."""
        ...

    def back(self) -> None:
        """Go back exactly one step."""
        ...

    def say(self, text: str) -> None:
        """Put words on the status line for a few seconds."""
        ...

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        """Say what happened in plain words; a `Form` as `near` shows it beside the field it is about."""
        ...

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say that something was done, with an Undo button for a few seconds."""
        ...

    def set_patient(self, patient_id: str | None) -> None:
        """Show the banner of the patient this screen is about; the primary act waits until it is painted."""
        ...

    def refresh_banner(self) -> None:
        """Ask for the banner's facts again, after an act changed them."""
        ...

    def set_count(self, screen: str, n: int) -> None:
        """Show a live count beside a screen's name in the rail; 0 hides it."""
        ...

    def preview(self, document: Callable[[], Any], title: str) -> None:
        """Make a PDF, or the job of a label or receipt, off the window's thread and show it, to be printed or saved.

        A job whose printer is set to print at once is sent without being shown.
        """
        ...


def _nothing_proved(_password: str) -> None:
    return None


@dataclass(frozen=True)
class ScreenContext:
    """What a screen is built with: who acts where, its own tasks, the window, and the person's settings."""

    desk: "Desk"
    tasks: Tasks
    window: Window
    settings: Remembered
    today: Callable[[], date] = date.today
    office: "Office | None" = None  # what needs the clinic's keys; an administrator's only
    prove: Callable[[str], None] = _nothing_proved  # checks the person's own password again, for one act
    program: Program = field(default_factory=Program)  # what runs beside the window
    write_report: WriteReport = nothing_written  # writes a report's file in a process of its own


@dataclass(frozen=True)
class PaletteAct:
    """An act listed in the palette: choosing it opens the screen with these arguments."""

    title: str  # marked with N_
    arguments: tuple[tuple[str, str], ...] = ()
    shortcut: str = ""
    roles: frozenset[str] | None = None  # None: whoever may open the screen


@dataclass(frozen=True)
class Screen:
    """One word in the catalogue: everything the shell knows of a screen before it is built."""

    name: str
    title: str  # marked with N_
    icon: str  # a name of gui/icons.py
    roles: frozenset[str]
    build: Callable[[ScreenContext], "ScreenView"]
    shortcut: str = ""  # as in "Alt+2"
    in_rail: bool = True
    about_patient: bool = False  # acts wait until the banner is shown
    patient_tab: bool = False  # one of the tabs beneath the banner; opened with `patient_id`
    help_page: str = ""
    acts: tuple[PaletteAct, ...] = ()


class ScreenView(QWidget):
    """A screen's view: title row, work area, foldable context panel; the shell draws its primary act.

    In the constructor call `set_title`, `set_body`, perhaps `set_context`, `add_button`, `set_primary`.
    """

    primary_changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}.view")
        self.screen_name = name
        self.primary_text = ""
        self.primary_name = f"{name}.primary"
        self.primary_enabled = False
        self.primary_busy = False
        self._primary: Callable[[], None] | None = None
        self._title = Elided(kind="title", name=f"{name}.title")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._fold = ToolButton("panel", _("Fold the side panel away"), f"{name}.fold")
        self._fold.setCheckable(True)
        self._fold.setChecked(True)
        self._fold.hide()
        self._body = _scroll(f"{name}.body")
        self._context = QFrame()
        self._context.setProperty("panel", "context")
        self._context.setFixedWidth(320)
        self._context_box = _scroll(f"{name}.context")
        self._context_box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self._context)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self._context_box)
        self._context.hide()
        self._fold.toggled.connect(self._context.setVisible)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addLayout(self._buttons)
        head.addWidget(self._fold)
        work = QVBoxLayout()
        work.setContentsMargins(24, 16, 24, 16)
        work.setSpacing(12)
        work.addLayout(head)
        work.addWidget(self._body, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(work, 1)
        row.addWidget(self._context)

    # What the shell calls; screens override what they need. -----------------------------------------

    def open(self, **arguments: str) -> None:
        """Show what the arguments ask for; called each time the screen is gone to."""

    def refresh(self, kinds: frozenset[str]) -> None:
        """The journal moved by entries of these kinds: ask again for what they touch."""

    def primary(self) -> None:
        """Do the primary act (its button, or Ctrl+Enter)."""
        if self._primary is not None and self.primary_enabled and not self.primary_busy:
            # What was just typed goes into its draft first, so that the act can take the draft away with it.
            for keeper in self.findChildren(DraftKeeper):
                keeper.flush()
            self._primary()

    def leave(self) -> None:
        """Called before the screen is left, locked or closed: hand over drafts still being typed."""

    def escape(self) -> bool:
        """Esc was pressed: undo one step inside the screen and return True, or False to go back."""
        return False

    def takes_scan(self, scan: "Scan") -> bool:  # noqa: ARG002 - most screens take none
        """A scanner read something: take it and return True, or leave it to the shell."""
        return False

    # What a screen calls. -----------------------------------------------------------------------------

    def set_title(self, text: str) -> None:
        """Set the screen's title."""
        self._title.setText(text)
        self._title.setVisible(bool(text))

    def set_body(self, body: QWidget) -> None:
        """Put the work area in."""
        self._body.setWidget(body)

    def set_context(self, context: QWidget) -> None:
        """Put a widget into the context panel (320 px, folds away)."""
        self._context_box.setWidget(context)
        self._context.setVisible(self._fold.isChecked())
        self._fold.show()

    def add_button(self, text: str, name: str, act: Callable[[], None], shortcut: str = "") -> Button:
        """Add a secondary button beside the title; `text` carries its mnemonic as in "&New patient"."""
        button = Button(text, name, act, shortcut)
        self._buttons.addWidget(button)
        return button

    def set_primary(self, text: str, act: Callable[[], None], *, name: str = "", enabled: bool = True) -> None:
        """Offer the screen's one primary act, at the bottom right of the window."""
        self.primary_text, self._primary, self.primary_enabled = text, act, enabled
        self.primary_name = name or f"{self.screen_name}.primary"
        self.primary_changed.emit()

    def no_primary(self) -> None:
        """Offer no primary act."""
        self.primary_text, self._primary, self.primary_enabled = "", None, False
        self.primary_changed.emit()

    def enable_primary(self, enabled: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Let the primary act be done, or not."""
        self.primary_enabled = enabled
        self.primary_changed.emit()

    def set_primary_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard, and take no second press while it runs."""
        self.primary_busy = busy
        self.primary_changed.emit()


def _scroll(name: str) -> QScrollArea:
    # A page taller than the window scrolls; without it the window would grow past the screen.
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
