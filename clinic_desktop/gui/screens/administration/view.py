"""Shows the administrator's sections beside their list."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from clinic_desktop.gui.screens.administration.catalogue import CatalogueSection
from clinic_desktop.gui.screens.administration.directory import DirectorySection
from clinic_desktop.gui.screens.administration.goods import FormularySection, PriceSection
from clinic_desktop.gui.screens.administration.jobs import JobsSection
from clinic_desktop.gui.screens.administration.letters import LetterheadSection, TemplateSection
from clinic_desktop.gui.screens.administration.people import RolesSection, StaffSection
from clinic_desktop.gui.screens.administration.presenter import SECTIONS, Presenter
from clinic_desktop.gui.screens.administration.printers import PrinterSection, PrintLog
from clinic_desktop.gui.screens.administration.records import (
    BackupSection,
    PackSection,
    SettingsSection,
    SightSection,
)
from clinic_desktop.gui.screens.administration.research import ResearchSection
from clinic_desktop.gui.screens.administration.section import ListSection, Section
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.i18n import N_, _

WORDS = {
    "staff": N_("Staff"),
    "roles": N_("Roles"),
    "places": N_("Places"),
    "pharmacies": N_("Pharmacies"),
    "formulary": N_("Formulary"),
    "prices": N_("Prices"),
    "catalogue": N_("Laboratory catalogue"),
    "stock": N_("Receive stock …"),
    "backups": N_("Backups"),
    "sights": N_("Who saw this patient"),
    "packs": N_("Safety pack"),
    "research": N_("Research"),
    "jobs": N_("Scheduled work"),
    "printers": N_("Printers"),
    "prints": N_("What was printed"),
    "templates": N_("Templates"),
    "letterhead": N_("Letterhead"),
    "settings": N_("Settings"),
}
ADD_WORDS = {
    "staff": N_("Add some&body"),
    "prices": N_("Add a &price"),
    "formulary": N_("Add a &product"),
    "places": N_("A&dd a place"),
    "pharmacies": N_("A&dd a pharmacy"),
    "printers": N_("A&dd a printer"),
    "templates": N_("A&dd a template"),
}
TOUCHES = {
    "staff": ("staff.", "staff_hours."),
    "places": ("place.",),
    "pharmacies": ("pharmacy.",),
    "formulary": ("product.",),
    "prices": ("price.",),
    "catalogue": ("lab_test.", "lab_range."),
    "research": ("research.",),
    "printers": ("printer.",),
    "prints": ("print.",),
    "templates": ("template.",),
}


class AdministrationScreen(ScreenView):
    """The administrator's screen."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("administration")
        self._window = context.window
        self.presenter = Presenter(context.desk, context.tasks, context.office, self)
        self._section = "staff"
        self._pages = self._make_pages(context)
        self._choices = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._add = self.add_button(_("Add"), "administration.add", self._begin_new)
        self._build()

    # What the shell calls -----------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open at a section; ``patient_id`` asks who saw that patient."""
        patient_id = arguments.get("patient_id", "")
        self._show(arguments.get("section", "sights" if patient_id else self._section))
        sights = self._pages["sights"]
        if patient_id and isinstance(sights, SightSection):
            sights.choose(patient_id)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again when something of the open section was changed."""
        if any(kind.startswith(TOUCHES.get(self._section, ("-",))) for kind in kinds):
            self.presenter.load(self._section)

    def leave(self) -> None:
        """Hand over what is being typed."""
        for page in self._pages.values():
            page.flush()

    # What the presenter asks --------------------------------------------------------------------------

    def show_rows(self, section: str, rows: Sequence[object]) -> None:
        """Show a section's rows."""
        self._pages[section].show_rows(rows)

    def show_settings(self, values: Mapping[str, str], schedules: Sequence[tuple[str, str]]) -> None:
        """Show the settings."""
        page = self._pages["settings"]
        if isinstance(page, SettingsSection):
            page.show_settings(values, schedules)

    def restore(self, section: str, draft: Mapping[str, object]) -> None:
        """Put a form's draft back."""
        self._pages[section].restore(draft)

    def saved(self, section: str, key: str) -> None:
        """Forget the draft of what was saved."""
        page = self._pages[section]
        if isinstance(page, CatalogueSection) and key.endswith(".range"):
            page.range_saved()
        else:
            page.saved()

    def set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a Qt-style setter
        """Show that the act was heard."""
        self.set_primary_busy(busy)

    def say(self, words: str) -> None:
        """Put words on the status line."""
        self._window.say(words)

    def show_error(self, section: str, error: Exception) -> None:
        """Say what went wrong, beside the field it is about."""
        self._window.show_error(error, self._pages[section].error_place())

    # ---------------------------------------------------------------------------------------------------

    def _make_pages(self, context: ScreenContext) -> dict[str, Section]:
        settings = context.settings
        return {
            "staff": StaffSection(self.presenter, settings),
            "roles": RolesSection(settings),
            "places": DirectorySection(self.presenter, settings, "places"),
            "pharmacies": DirectorySection(self.presenter, settings, "pharmacies"),
            "formulary": FormularySection(self.presenter, settings),
            "prices": PriceSection(self.presenter, settings),
            "catalogue": CatalogueSection(self.presenter, settings),
            "backups": BackupSection(self.presenter, settings),
            "sights": SightSection(self.presenter, settings, context.window.set_patient),
            "packs": PackSection(settings),
            "research": ResearchSection(self.presenter, settings),
            "jobs": JobsSection(self.presenter, settings),
            "printers": PrinterSection(self.presenter, settings, context.window.preview),
            "prints": PrintLog(settings),
            "templates": TemplateSection(self.presenter, settings),
            "letterhead": LetterheadSection(self.presenter),
            "settings": SettingsSection(self.presenter),
        }

    def _build(self) -> None:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        column = QVBoxLayout()
        column.setSpacing(2)
        for name in SECTIONS:
            button = QPushButton(_(WORDS[name]))
            button.setObjectName(f"administration.section.{name}")
            button.setProperty("kind", "row")
            button.setAutoDefault(False)
            button.setFixedWidth(188)
            if name == "stock":
                button.clicked.connect(lambda: self._window.go("stock"))
            else:
                button.setCheckable(True)
                button.clicked.connect(lambda _on, name=name: self._show(name))
                self._choices.addButton(button)
            column.addWidget(button)
        column.addStretch(1)
        row.addLayout(column)
        for page in self._pages.values():
            self._stack.addWidget(page)
        row.addWidget(self._stack, 1)
        self.set_body(body)

    def _show(self, section: str) -> None:
        if section not in self._pages:
            section = "staff"
        if section != self._section:
            self._pages[self._section].flush()
        self._section = section
        page = self._pages[section]
        if section != "sights":
            self._window.set_patient(None)
        button = self.findChild(QPushButton, f"administration.section.{section}")
        if button is not None:
            button.setChecked(True)
        self._stack.setCurrentWidget(page)
        self.set_title(_(WORDS[section]))
        self._add.setVisible(section in ADD_WORDS)
        self._add.set_text(_(ADD_WORDS.get(section, "")))
        if page.primary_text:
            self.set_primary(_(page.primary_text), page.primary, name=f"administration.{section}.save")
        else:
            self.no_primary()
        self.presenter.load(section)

    def _begin_new(self) -> None:
        page = self._pages[self._section]
        if isinstance(page, ListSection):
            page.begin_new()
