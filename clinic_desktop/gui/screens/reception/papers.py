"""What reception prints for a patient: card, wristband, queue ticket, a sheet of small labels, a statement."""

import importlib
from functools import partial
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from clinic_desktop.gui.shell.papers import previewing
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.i18n import _
from clinic_desktop.labelling.paper import Paper, asked, ticket
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import PatientDetails
from clinic_desktop.services.queue import QueueLine


class PapersPanel(Panel):
    """One key for each paper; a ticket once the patient stands in the queue."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__(_("Print"), name="reception.papers")
        self._context = context
        self._patient = self._mrn = ""
        self._line: QueueLine | None = None
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        self.card = Button(_("Car&d"), "reception.print_card", lambda: self._print("patient-card", _("Patient card")))
        self.band = Button(_("&Wristband"), "reception.print_band", lambda: self._print("wristband", _("Wristband")))
        self.ticket = Button(_("&Queue ticket"), "reception.print_ticket", self._ticket)
        self.sheet = Button(_("&Labels on A4"), "reception.print_labels", self._sheet)
        statement = previewing(context, "statement", _("Statement of account"), lambda: self._patient)
        self.statement = Button(_("St&atement"), "reception.print_statement", statement)
        for place, button in enumerate((self.card, self.band, self.ticket, self.sheet, self.statement)):
            grid.addWidget(button, place // 2, place % 2)
        self.statement.setHidden(not context.desk.may("statements.statement"))
        self.add(inside)
        self.show_patient(None)

    def show_patient(self, details: PatientDetails | None) -> None:
        """Whose papers these are; nobody's for a new patient."""
        self._patient = "" if details is None else details.patient_id
        self._mrn = "" if details is None else details.mrn
        self.show_ticket(None)
        self.setVisible(details is not None)

    def show_ticket(self, line: QueueLine | None) -> None:
        """The place in the queue that was just given."""
        self._line = line
        self.ticket.setEnabled(line is not None)

    def _print(self, document: str, title: str) -> None:
        make = partial(_patient_paper, self._context.desk, document, self._patient)
        paper = Paper(document, self._patient, self._mrn, lambda _roll: make())
        self._context.window.preview(asked(self._context.desk, paper), title)

    def _sheet(self) -> None:
        make = partial(_patient_paper, self._context.desk, "label-sheet", self._patient)
        self._context.window.preview(lambda: make().pdf(), _("Sheet of labels"))

    def _ticket(self) -> None:
        if self._line is not None:
            make = ticket(self._context.desk, self._line)
            self._context.window.preview(make, _("Ticket {number}").format(number=self._line.ticket))


def _patient_paper(desk: Desk, document: str, patient_id: str) -> Any:
    """A paper that names a patient, after who opens it is on record."""
    papers = importlib.import_module("clinic_desktop.reports.papers")
    make = getattr(papers.label_papers, document.replace("-", "_"))
    return papers.opened(desk, document, patient_id, lambda: make(desk, patient_id))
