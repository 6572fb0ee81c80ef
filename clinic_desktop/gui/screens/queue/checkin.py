"""Checking in: find the patient or take one who is expected, say how urgent it is."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import Button
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import Birth, show_birth
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.patients import PatientHit
from clinic_desktop.services.scheduling import Appointment, Practitioner

Find = Callable[[str, Callable[[Sequence[PatientHit]], None]], None]


class CheckInPanel(QWidget):
    """The context panel of the queue."""

    asked = Signal(str, str, object, str)  # patient, priority, practitioner or None, complaint

    def __init__(self, find: Find, keeper: DraftKeeper) -> None:
        super().__init__()
        self._find = find
        self.form = Form(keeper)
        self.patient = SearchField(
            _("&Patient"), "queue.patient", self._ask, required=True, placeholder=_("Name, phone, MRN")
        )
        self.priority = SegmentField(_("P&riority"), "queue.priority", priorities(), required=True)
        self.complaint = TextField(_("C&omplaint"), "queue.complaint")
        self.practitioner = ChoiceField(_("Waits &for"), "queue.practitioner", [], none=_("Whoever is free"))
        for field in (self.patient, self.priority, self.complaint, self.practitioner):
            self.form.add(field)
        self.button = Button(_("Check &in"), "queue.check_in", self.ask, "Ctrl+I")
        self.expected: ListTable[Appointment] = ListTable(
            "queue.expected",
            [
                Column("at", _("At"), _at, width=56, sort=lambda row: row.starts_at),
                Column("patient", _("Expected"), lambda row: row.patient, width=120, stretch=True),
            ],
            key=lambda row: row.id,
            empty=Empty(_("Nobody else is expected today."), icon="calendar"),
        )
        self.expected.opened.connect(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(_("Check in"), "section"))
        column.addWidget(self.form)
        column.addWidget(self.button)
        column.addWidget(self.expected, 1)
        self.clear()

    def ask(self) -> None:
        """Check in what is filled in."""
        patient = self.patient.value()
        if self.form.check() and patient:
            self.button.set_busy(True)
            if self.form.keeper is not None:
                # In the order of work before the act: kept after it, the draft would outlive what it led to.
                self.form.keeper.flush()
            self.asked.emit(
                patient, self.priority.value() or "routine", self.practitioner.value(), self.complaint.value()
            )

    def take(self, appointment: Appointment) -> None:
        """Fill the form with somebody who was expected."""
        self.patient.set_value(Suggestion(appointment.patient_id, appointment.patient))
        self.complaint.set_value(appointment.reason or "")
        self.practitioner.set_value(appointment.practitioner_id)
        self.button.setFocus()

    def show_practitioners(self, people: Sequence[Practitioner]) -> None:
        """Offer whom to wait for."""
        self.practitioner.set_choices([(one.staff_id, one.name) for one in people])

    def clear(self) -> None:
        """Make room for the next one."""
        self.form.clear()
        self.button.set_busy(False)
        self.form.set_values({"priority": "routine"})

    def _ask(self, text: str, show: Show) -> None:
        self._find(text, lambda hits: show([suggestion(hit) for hit in hits]))


def suggestion(hit: PatientHit) -> Suggestion:
    """A patient found, as a line of the list under the field."""
    born = show_birth(Birth(hit.born_on, hit.born_precision))  # type: ignore[arg-type]
    return Suggestion(hit.patient_id, hit.name, f"{born}  {hit.mrn}", hit.age, icon="person")


def priorities() -> list[tuple[str, str]]:
    """The priorities in words."""
    return [("routine", _("Routine")), ("urgent", _("Urgent")), ("emergency", _("Emergency"))]


def _at(appointment: Appointment) -> str:
    return f"{appointment.starts_at.astimezone():%H:%M}"
