"""Connecting a system: which, where, with what; and what it answered, before it is turned on."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.domain.systems import SYSTEMS, WEBHOOK_HOST
from clinic_desktop.gui.screens.sync.columns import can_columns
from clinic_desktop.gui.screens.sync.words import MASKED, SECRETS, SETTINGS, found_line, found_words
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.factlist import Facts
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.howfar import kind_words
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Empty, Panel
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_connecting import Tried
    from clinic_desktop.exchange.sync_shown import Can, SystemShown

# What only some systems are set, beside what the domain names.
_CHOSEN = {
    "practice_studio": ("tier", WEBHOOK_HOST), "hms_enterprise": ("graphql",),
    "healify": (WEBHOOK_HOST,), "arocord_hims": (WEBHOOK_HOST,),
}  # fmt: skip
# Not every account is asked for these.
_MAY_BE_EMPTY = frozenset({"mfa_code", "scope"})


class ConnectForm(Panel):
    """Which system, its address, and what it is signed in to with."""

    def __init__(self, keep: Callable[[dict[str, str]], None], stop: Callable[[], None]) -> None:
        super().__init__(_("Connect a system"), name="sync.connecting")
        self.again = False
        self.form = Form(DraftKeeper(keep))
        self.system = self.form.add(
            ChoiceField(
                _("S&ystem"), "sync.system", [(one.name, one.title) for one in SYSTEMS.values()], required=True,
                none=None,
            )
        )  # fmt: skip
        self.base_url = self.form.add(TextField(_("&Address"), "sync.base_url", required=True, longest=500))
        self.secrets = {
            name: self.form.add(
                TextField(_(words), f"sync.{name}", secret=name in MASKED, longest=16_384 if name in MASKED else 500)
            )
            for name, words in SECRETS.items()
        }
        self.settings = {
            name: self.form.add(TextField(_(words), f"sync.{name}", longest=200))
            for name, words in SETTINGS.items()
            if any(name in chosen for chosen in _CHOSEN.values())
        }
        self.progress = label("", "secondary", name="sync.testing", wrap=True)
        self.stop = Button(_("St&op waiting"), "sync.stop", stop)
        self.add(self.form)
        self.add(self.progress)
        self.add(self.stop)
        self.body.addStretch(1)
        self.system.edited.connect(self._another)
        self.set_testing("")
        self.fit()

    def fit(self) -> None:
        """Ask for what the chosen system is signed in to with, and nothing else."""
        one = SYSTEMS[self.system.value() or next(iter(SYSTEMS))]
        self.base_url.show_hint(_("As its document writes it: {form}").format(form=one.base))
        for name, field in self.secrets.items():
            field.setVisible(name in one.signs_in_with)
            field.show_hint(_("Left empty, what was given before stays.") if self.again else "")
        for name, setting in self.settings.items():
            setting.setVisible(name in _CHOSEN.get(one.name, ()))

    def _another(self) -> None:
        """Another system was chosen: what was said of the one before does not hold of it."""
        self.form.clear_errors()
        self.fit()

    def check(self) -> bool:
        """Show what is missing beside its field; focus the first; return whether nothing is."""
        missing = [
            field
            for name, field in self.secrets.items()
            if name in SYSTEMS[self.chosen()].signs_in_with and name not in _MAY_BE_EMPTY and not field.value()
        ]
        whole = self.form.check()
        if self.again or not missing:
            return whole
        for field in missing:
            field.show_error(_("Please fill this in."))
        if whole:
            missing[0].setFocus()
        return False

    def fresh(self) -> None:
        """A system that is not connected yet."""
        self.again = False
        self.set_title(_("Connect a system"))
        self.system.setEnabled(True)
        self.form.clear()
        self.system.set_value(next(iter(SYSTEMS)))
        self.form.settle()
        self.fit()

    def sign_in_again(self, one: "SystemShown") -> None:
        """A system that is connected: new secrets, or another address; what is left empty stays as it is."""
        self.again = True
        self.set_title(_("Sign in again: {title}").format(title=one.title))
        self.form.clear()
        self.system.set_value(one.system)
        self.system.setEnabled(False)
        self.base_url.set_value(one.base_url)
        self.form.settle()
        self.fit()

    def chosen(self) -> str:
        """The system that is chosen."""
        return self.system.value() or ""

    def typed(self) -> dict[str, str]:
        """What it is signed in to with, as it was typed."""
        needed = SYSTEMS[self.chosen()].signs_in_with
        return {name: field.value() for name, field in self.secrets.items() if name in needed and field.value()}

    def set(self) -> dict[str, str]:
        """What is set for this system beside its secrets."""
        wanted = _CHOSEN.get(self.chosen(), ())
        return {name: field.value() for name, field in self.settings.items() if name in wanted and field.value()}

    def set_testing(self, system: str) -> None:
        """Show that it was heard, and offer to wait no longer."""
        title = SYSTEMS[system].title if system else ""
        self.progress.setText(_("Signing in to {title} and looking what is there…").format(title=title))
        self.progress.setVisible(bool(system))
        self.stop.setVisible(bool(system))


class TriedPanel(QWidget):
    """What a system answered, what it can be told, and what it cannot: that remains a person's work."""

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        self.panel = Panel(" ", name="sync.tried")
        self.found = Facts()
        self.panel.add(label(_("It answers. Nothing is kept or sent before it is turned on."), meaning="good"))
        self.panel.add(self.found)
        self.can: ListTable[Can] = ListTable(
            "sync.can", can_columns(), key=lambda row: row.kind, settings=settings, counted=False,
            empty=Empty(_("Nothing is known of it."), icon="info"),
        )  # fmt: skip
        self.can.setMinimumHeight(180)
        told = Panel(_("What it can be told"), name="sync.told")
        told.add(self.can, 1)
        self.untold = label("", "secondary", name="sync.untold", wrap=True)
        cannot = Panel(_("What it cannot be told: you are asked to do it yourself"), name="sync.cannot")
        cannot.add(self.untold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.panel)
        column.addWidget(told, 1)
        column.addWidget(cannot)

    def show_tried(self, tried: "Tried") -> None:
        """Show what was found."""
        self.panel.set_title(SYSTEMS[tried.system].title)
        self.found.clear()
        self.found.add(_("Address"), tried.base_url)
        for name, value in sorted(tried.found.items()):
            if name != "reached" and name.removeprefix("header ") not in tried.endings:
                self.found.add(found_words(name), found_line(name, value))
        self.found.add(_("Says of its version"), " · ".join(f"{name}: {said}" for name, said in tried.endings.items()))
        self.can.set_rows(tried.can.kinds)
        self.untold.setText("\n".join(f"{kind_words(kind)}: {words}" for kind, _act, words in tried.can.untold))
