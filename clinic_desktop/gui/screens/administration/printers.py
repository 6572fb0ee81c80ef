"""Printers of labels and receipts, and the log of what was printed on them."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from clinic_desktop.domain.printing import DOCUMENTS, DPI, ROLLS, Target
from clinic_desktop.gui.screens.administration.presenter import Presenter
from clinic_desktop.gui.screens.administration.section import ListSection, Section, show_only, yes
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import show_instant
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.printing import Printer, PrintRow

KIND_WORDS = {"label": N_("Labels (ZPL)"), "receipt": N_("Receipts (ESC/POS)")}
WAY_WORDS = {
    "network": N_("Network address"),
    "serial": N_("Serial line"),
    "device": N_("Device file"),
    "queue": N_("Queue of the system"),
    "folder": N_("Folder"),
}
DOCUMENT_WORDS = {
    "patient-card": N_("Patient card"),
    "wristband": N_("Wristband"),
    "specimen-label": N_("Specimen label"),
    "medicine-label": N_("Medicine label"),
    "shelf-label": N_("Shelf label"),
    "receipt": N_("Receipt"),
    "queue-ticket": N_("Queue ticket"),
    "test": N_("Test print"),
}
STATES = {
    "sent": (N_("Printed"), "good"),
    "sending": (N_("Sending"), "information"),
    "failed": (N_("Not printed"), "critical"),
}


class PrinterSection(ListSection[Printer]):
    """The printers that are set up, and the form of one."""

    primary_text = N_("&Save printer")

    def __init__(
        self, presenter: Presenter, settings: Remembered, preview: Callable[[Callable[[], Any], str], None]
    ) -> None:
        columns = (
            Column[Printer]("name", _("Name"), lambda row: row.target.name, 130, stretch=True, strong=True),
            Column[Printer]("kind", _("Prints"), lambda row: _(KIND_WORDS[row.target.kind]), 130, subtle=True),
            Column[Printer]("address", _("Where"), lambda row: row.target.address, 150, subtle=True),
            Column[Printer]("active", _("In use"), lambda row: yes(row.active), 60),
        )
        empty = _("No printer of labels or receipts yet: labels and receipts go through the system's printers as PDF.")
        super().__init__(
            "printers", Printer, columns, settings, key=lambda row: row.id, empty=empty, keep=presenter.keep,
            ask_draft=presenter.restore,
        )  # fmt: skip
        self._presenter, self._preview = presenter, preview
        at = "administration.printers"
        self.form.add(TextField(_("&Name"), f"{at}.name", required=True))
        self._what = self.form.add(SegmentField(_("&Prints"), f"{at}.kind", _choices(KIND_WORDS)))
        self.form.add(ChoiceField(_("&Reached by"), f"{at}.way", _choices(WAY_WORDS), none=None))
        hint = _("192.168.1.40:9100 · /dev/ttyUSB0,9600 · /dev/usb/lp0 · a queue's name · a folder")
        self.form.add(TextField(_("&Where"), f"{at}.address", hint=hint, required=True))
        self._dpi = self.form.add(
            SegmentField(_("Dots to the &inch"), f"{at}.dpi", [(str(one), str(one)) for one in DPI])
        )
        self._roll = self.form.add(
            SegmentField(_("Ro&ll, mm"), f"{at}.roll_mm", [(str(one), str(one)) for one in ROLLS])
        )
        self._documents = {
            name: self.form.add(CheckField(_(DOCUMENT_WORDS[name]), f"{at}.{name.replace('-', '_')}"))
            for name in DOCUMENTS
        }
        self.form.add(CheckField(_("Sh&ow before printing"), f"{at}.look_first"))
        self._drawer = self.form.add(CheckField(_("Opens the drawer for &cash"), f"{at}.drawer"))
        self._active = self.form.add(CheckField(_("In &use"), f"{at}.active"))
        self._test = self.add_button(_("&Test print"), "test_print", self._print_test)
        self._what.edited.connect(self._fit)
        self.fill(None)

    def fill(self, row: Printer | None) -> None:
        """Show a printer, or an empty form."""
        self.panel.set_title(_("A new printer") if row is None else row.target.name)
        show_only(row is not None, self._active)
        self._test.setVisible(row is not None)
        target = Target("", "label", "network", "") if row is None else row.target
        values = {
            "name": target.name, "kind": target.kind, "way": target.way, "address": target.address,
            "dpi": str(target.dpi), "roll_mm": str(target.roll_mm), "look_first": target.look_first,
            "drawer": target.drawer, "active": row is None or row.active,
        } | {name.replace("-", "_"): name in target.documents for name in DOCUMENTS}  # fmt: skip
        self.form.set_values(values)
        self._fit()

    def primary(self) -> None:
        """Set the printer up, or change it."""
        if not self.form.check():
            return
        kind = self._what.value() or "label"
        documents = tuple(name for name, field in self._documents.items() if DOCUMENTS[name] == kind and field.value())
        values = self.form.values()
        new = Target(
            str(values["name"] or ""), kind, str(values["way"] or ""), str(values["address"] or ""),
            int(self._dpi.value() or 203) if kind == "label" else 203, int(self._roll.value() or 80), documents,
            bool(values["look_first"]), kind == "receipt" and bool(values["drawer"]),
        )  # fmt: skip
        self._presenter.save_printer(self.chosen, new, active=self.chosen is None or bool(values["active"]))

    def _fit(self) -> None:
        """Show what belongs to a printer of this kind."""
        kind = self._what.value() or "label"
        show_only(kind == "label", self._dpi)
        show_only(kind == "receipt", self._roll, self._drawer)
        for name, field in self._documents.items():
            show_only(DOCUMENTS[name] == kind, field)

    def _print_test(self) -> None:
        printer, desk = self.chosen, self._presenter.desk
        if printer is not None:
            jobs = "clinic_desktop.labelling.jobs"  # heavy: loaded with the first print
            self._preview(lambda: importlib.import_module(jobs).test_job(desk, printer), _("Test print"))


class PrintLog(Section):
    """Every print: who, what, when, where, and why again."""

    name = "prints"

    def __init__(self, settings: Remembered) -> None:
        super().__init__()
        columns = (
            Column[PrintRow]("when", _("When"), lambda row: show_instant(row.asked_at), 140, sort=_when),
            Column[PrintRow]("by", _("Who"), lambda row: row.by, 120, strong=True),
            Column[PrintRow]("document", _("What"), lambda row: _(DOCUMENT_WORDS.get(row.document, row.document)), 120),
            Column[PrintRow]("number", _("Of"), lambda row: row.number, 190, stretch=True),
            Column[PrintRow]("printer", _("Printer"), lambda row: row.printer, 110, subtle=True),
            Column[PrintRow]("copies", _("Copies"), lambda row: str(row.copies), 64, number=True),
            Column[PrintRow]("state", _("State"), _state_words, 110, look=_state),
            Column[PrintRow]("why", _("Why"), _why, 150, subtle=True),
        )
        empty = Empty(_("Nothing was printed on a printer of labels or receipts yet."), icon="print")
        self.table: ListTable[PrintRow] = ListTable(
            "administration.prints", columns, key=lambda row: row.id, empty=empty, settings=settings
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)

    def show_rows(self, rows: Sequence[object]) -> None:
        """Show the log, the newest first."""
        self.table.set_rows([row for row in rows if isinstance(row, PrintRow)])


def _choices(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(key, _(text)) for key, text in words.items()]


def _when(row: PrintRow) -> str:
    return row.asked_at


def _state_words(row: PrintRow) -> str:
    return _(STATES[row.state][0])


def _state(row: PrintRow) -> Look:
    words, meaning = STATES[row.state]
    return Look(_(words), meaning)


def _why(row: PrintRow) -> str:
    again = _("again: {reason}").format(reason=row.reason or "–") if row.again else ""
    return " · ".join(part for part in (again, _(row.why) if row.why else "") if part)
