"""Backups, who saw a patient, the safety pack, and the settings of the clinic."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.clock import from_text
from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import FormSection, Section, yes
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Empty, Panel, label
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.access import Sight, sight_words
from clinic_desktop.services.backups import KeptBackup
from clinic_desktop.services.reference import Pack


class BackupSection(Section):
    """The backups of this workstation: make one now, prove any."""

    name = "backups"
    primary_text = N_("&Make a backup now")

    def __init__(self, presenter: Presenter, settings: Remembered) -> None:
        super().__init__()
        self._presenter = presenter
        columns = (
            Column[KeptBackup]("made", _("Made"), lambda row: moment(row.made_at), 160, strong=True,
                               sort=lambda row: row.made_at),
            Column[KeptBackup]("file", _("File"), lambda row: PurePath(row.path).name, 260, stretch=True, subtle=True),
            Column[KeptBackup]("patients", _("Patients"), lambda row: f"{row.patients:,}", 90, number=True,
                               sort=lambda row: row.patients),
            Column[KeptBackup]("size", _("Size"), lambda row: f"{row.size / 1e6:,.1f}", 100, number=True,
                               unit=lambda _row: "MB", sort=lambda row: row.size),
        )  # fmt: skip
        empty = Empty(_("No backup yet. One is made every few hours; make the first now."), icon="save")
        self.table: ListTable[KeptBackup] = ListTable(
            "administration.backups", columns, key=lambda row: row.path, empty=empty, settings=settings
        )
        column = _column(self)
        column.addWidget(
            label(
                _("Each backup is encrypted and was opened by another process after it was made. Copy one to another"
                  " place: this folder is lost with this machine."), "secondary", wrap=True,
            )
        )  # fmt: skip
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addWidget(Button(_("&Check the chosen backup"), "administration.verify_backup", self._verify))
        row.addStretch(1)
        column.addLayout(row)

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the backups."""
        self.table.set_rows([row for row in rows if isinstance(row, KeptBackup)])

    def primary(self) -> None:
        """Make a backup."""
        self._presenter.make_backup()

    def _verify(self) -> None:
        chosen = self.table.current()
        if chosen is not None:
            self._presenter.verify_backup(chosen.path)


class SightSection(Section):
    """Who saw or changed anything of a patient."""

    name = "sights"

    def __init__(self, presenter: Presenter, settings: Remembered, set_patient: Callable[[str | None], None]) -> None:
        super().__init__()
        self._presenter, self._set_patient = presenter, set_patient
        self.search = SearchField(_("&Patient"), "administration.patient", self._ask,
                                  placeholder=_("Name, number or telephone"))  # fmt: skip
        columns = (
            Column[Sight]("at", _("When"), lambda row: f"{_day(row)} {row.at.astimezone():%H:%M}", 148,
                          sort=lambda row: row.at),
            Column[Sight]("who", _("Who"), lambda row: row.who or _("the program"), 170, strong=True),
            Column[Sight]("role", _("Role"), lambda row: row.role.replace("_", " "), 100, subtle=True),
            Column[Sight]("what", _("What"), _what, 220, stretch=True),
            Column[Sight]("wrote", _("Changed it"), lambda row: yes(row.wrote), 84),
            Column[Sight]("reason", _("Reason"), lambda row: row.reason or "", 160, subtle=True),
            Column[Sight]("workstation", _("Workstation"), lambda row: row.workstation, 90, subtle=True),
        )  # fmt: skip
        empty = Empty(_("Choose a patient: everyone who saw or changed anything stands here."), icon="eye")
        self.table: ListTable[Sight] = ListTable("administration.sights", columns, empty=empty, settings=settings)
        column = _column(self)
        column.addWidget(self.search)
        column.addWidget(self.table, 1)
        self.search.chosen.connect(lambda found: self.choose(found.key))

    def choose(self, patient_id: str) -> None:
        """Show who saw a patient."""
        self._set_patient(patient_id)
        self._presenter.show_sights(patient_id)

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show who it was."""
        self.table.set_rows([row for row in rows if isinstance(row, Sight)])

    def _ask(self, text: str, show: Show) -> None:
        self._presenter.find_patients(
            text, lambda found: show([Suggestion(one.patient_id, one.name, one.age, one.mrn) for one in found])
        )


class PackSection(Section):
    """The clinical reference data in force."""

    name = "packs"

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        columns = (
            Column[Pack]("kind", _("Kind"), lambda row: row.kind.replace("_", " "), 160, strong=True),
            Column[Pack]("name", _("Pack"), lambda row: row.name, 240, stretch=True),
            Column[Pack]("version", _("Version"), lambda row: row.version, 90),
            Column[Pack]("rows", _("Rows"), lambda row: f"{row.rows:,}", 80, number=True, sort=lambda row: row.rows),
            Column[Pack]("loaded", _("Loaded"), lambda row: moment(row.loaded_at), 150, subtle=True),
        )
        self.table: ListTable[Pack] = ListTable(
            "administration.packs", columns, key=lambda row: row.kind, empty=Empty(_("No reference data is loaded.")),
            settings=settings,
        )  # fmt: skip
        self._notice = label("", "secondary", wrap=True)
        column = _column(self)
        column.addWidget(self._notice)
        column.addWidget(self.table, 1)
        words = _("A licensed pack replaces this one: clinic-desktop reference import KIND FILE.")
        column.addWidget(label(words, "secondary", wrap=True))

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the packs."""
        packs = [row for row in rows if isinstance(row, Pack)]
        self.table.set_rows(packs)
        self._notice.setText(next((pack.notice for pack in packs if pack.notice), ""))


class SettingsSection(FormSection):
    """The clinic as its papers and its sign-in page name it, its money, and when the screen locks."""

    name = "settings"
    primary_text = N_("&Save settings")

    def __init__(self, presenter: Presenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._keeper = DraftKeeper(lambda fields: presenter.keep(self.name, "new", fields))
        self.form = Form(self._keeper)
        self.form.add(TextField(_("&Name of the clinic"), "administration.clinic_name", required=True))
        self.form.add(NoteEdit(_("&Address"), "administration.clinic_address", rows=3))
        self.form.add(TextField(_("&Telephone"), "administration.clinic_phone"))
        self.form.add_row(
            TextField(_("&Currency"), "administration.currency", hint=_("Three capital letters, such as KES")),
            NumberField(_("&Lock after"), "administration.idle_lock_minutes", unit=_("minutes idle"), least=1, most=60),
            NumberField(_("Largest &file kept"), "administration.attachment_limit_mb", unit="MB", least=1, most=150),
        )
        self.form.add_row(
            NumberField(_("Broken glass lasts"), "administration.break_glass_minutes", unit=_("min"), least=5, most=60,
                        hint=_("30 unless set")),
            NumberField(_("Signs alone from"), "administration.consent_age", unit=_("years"), least=10, most=21,
                        hint=_("18 unless set")),
            NumberField(_("Confidential from"), "administration.confidential_age", unit=_("years"), least=10, most=21,
                        hint=_("16 unless set")),
        )  # fmt: skip
        self._schedule = ChoiceField(
            _("&Immunization schedule"),
            "administration.immunization_schedule",
            (),
            none=_("None chosen: the first of the list is followed"),
        )
        self.form.add(self._schedule)
        panel = Panel(_("This clinic"))
        panel.setMaximumWidth(720)
        panel.add(self.form)
        column = _column(self)
        column.addWidget(panel)
        column.addStretch(1)

    def show_settings(self, values: Mapping[str, str], schedules: Sequence[tuple[str, str]]) -> None:
        """Show the settings, and the immunization schedules to choose from."""
        self._schedule.set_choices(schedules)
        if not self._keeper.waiting:
            known = {field.key for field in self.form.fields()}
            self.form.set_values({name: value for name, value in values.items() if name in known})
            self._presenter.restore(self.name, "new")

    def primary(self) -> None:
        """Save what was changed; what was left empty and never set is left alone."""
        if self.form.check():
            self._presenter.save_settings(self.form.values())


def moment(text: str) -> str:
    """An instant as it is shown: 14-Jul-2026 09:30."""
    return moment_of(from_text(text))


def moment_of(at: datetime) -> str:
    """The same of an instant."""
    here = at.astimezone()
    return f"{show_date(here.date())} {here:%H:%M}"


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    return column


def _day(row: Sight) -> str:
    return show_date(row.at.astimezone().date())


def _what(row: Sight) -> str:
    return sight_words(row.what)
