"""The prescription on the pharmacy's desk: what was said about it, its lines, and the counselling."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.pharmacy import WAITING
from clinic_desktop.gui.screens.pharmacy.lines import LinePanel
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.civil import show_date, show_instant
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.panel import Empty, Panel, clear_layout, label
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.prescriptions import RecordedAlert
from clinic_desktop.services.work_orders import Pick, WorkOrder

STATES = {
    "signed": (N_("Waiting"), "information"),
    "preparing": (N_("Being prepared"), "warning"),
    "prepared": (N_("Prepared"), "accent"),
    "partly_dispensed": (N_("In part"), "warning"),
    "dispensed": (N_("Handed out"), "good"),
    "rejected": (N_("Sent back"), "critical"),
    "cancelled": (N_("Cancelled"), "neutral"),
}
PRIORITIES = {
    "emergency": (N_("Emergency"), "critical"),
    "urgent": (N_("Urgent"), "warning"),
    "routine": (N_("Routine"), "neutral"),
}


def look_of(table: Mapping[str, tuple[str, str]], key: str) -> Look:
    """A state as a pill."""
    words, meaning = table[key]
    return Look(_(words), meaning)


class OrderPanel(QWidget):
    """One prescription, to be filled and handed out."""

    label_asked = Signal(object)
    back_asked = Signal(object)

    def __init__(self, keeper: DraftKeeper) -> None:
        super().__init__()
        self.setObjectName("pharmacy.order")
        self.keeper = keeper
        self.form = Form()
        self.panels: list[LinePanel] = []
        self.reasons: dict[str, TextField] = {}
        self.counselled: CheckField | None = None
        self.note: TextField | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        self._body = QVBoxLayout(inside)
        self._body.setContentsMargins(0, 0, 8, 0)
        self._body.setSpacing(12)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        column.addWidget(scroll)
        self.show_order(None)

    def show_order(self, order: WorkOrder | None) -> None:
        """Show a prescription, or that none is open."""
        clear_layout(self._body)
        self.form = Form(self.keeper)
        self.form.hide()
        self.panels, self.reasons, self.counselled, self.note = [], {}, None, None
        if order is None:
            self._body.addWidget(Empty(_("Choose a prescription from the queue; Enter opens it."), icon="pill"))
            return
        waits = order.prescription.status in WAITING
        self._body.addWidget(self._head(order))
        self._body.addWidget(self.form)
        for alert in order.since:
            self._body.addWidget(self._stop(alert))
        for place, work in enumerate(order.lines):
            panel = LinePanel(place, work, self.form, waits=waits)
            panel.label_asked.connect(self.label_asked)
            panel.back_asked.connect(self.back_asked)
            self.panels.append(panel)
            self._body.addWidget(panel)
        said = [alert for alert in order.prescription.alerts if alert.tier != "quiet"]
        if said:
            self._body.addWidget(self._said(said))
        if waits:
            self.counselled = CheckField(
                _("Patient &counselled: how to take it, what to look out for"), "pharmacy.counselled"
            )
            self.form.adopt(self.counselled)
            self._body.addWidget(self.counselled)
            self.note = TextField(_("What was said, or a word for whoever hands it out"), "pharmacy.note")
            self.form.adopt(self.note)
            self._body.addWidget(self.note)
        self._say_where(order)
        self._body.addStretch(1)

    def _say_where(self, order: WorkOrder) -> None:
        """Say where it is filled, until when, and what whoever prepared it noted."""
        found = order.prescription
        words = [
            _("Prepared {when}: {note}").format(when=show_instant(found.ready_at), note=found.ready_note)
            if found.ready_at and found.ready_note
            else "",
            _("Goes to {pharmacy}").format(pharmacy=found.pharmacy.name) if found.pharmacy else "",
            _("To be filled by {day}").format(day=show_date(date.fromisoformat(found.expires_on)))
            if found.expires_on
            else "",
        ]
        if any(words):
            text = " · ".join(part for part in words if part)
            self._body.insertWidget(1, label(text, "secondary", name="pharmacy.where", wrap=True))

    def restore(self, fields: Mapping[str, object]) -> None:
        """Put a draft back, with the lots that were added to those proposed."""
        for panel in self.panels:
            panel.add_lots(str(fields.get(f"lots_{panel.place}", "")).split())
        self.form.restore(fields)

    def mark_scanned(self, lots: Collection[str]) -> None:
        """Mark the lots of which a pack was scanned and found right."""
        for panel in self.panels:
            for row in panel.rows:
                if row.lot.lot_id in lots:
                    row.mark_scanned()

    def picks(self) -> list[Pick]:
        """What is picked over all lines."""
        return [pick for panel in self.panels for pick in panel.picks()]

    def ask_label(self) -> None:
        """Print the label of the line where one stands, else of the first that has something picked."""
        here = next((panel for panel in self.panels if panel.isAncestorOf(QApplication.focusWidget() or self)), None)
        chosen = here if here is not None and here.picks() else next((one for one in self.panels if one.picks()), None)
        if chosen is not None:
            chosen.ask_label()

    def given_reasons(self) -> dict[str, str]:
        """The reasons for going on, by alert."""
        return {key: field.value() for key, field in self.reasons.items()}

    def said(self) -> str:
        """What is noted of the counselling, or for whoever hands it out."""
        return "" if self.note is None else self.note.value()

    def forget_note(self) -> None:
        """It was kept with the prescription: what is noted at handing out is another."""
        if self.note is not None:
            self.note.set_value("")

    def ask_reason(self) -> bool:
        """Go to a reason that is missing; False where none is."""
        for field in self.reasons.values():
            if not field.value():
                field.show_error(_("Say why, or send it back to the doctor."))
                field.line.setFocus()
                return True
        return False

    def focus_first(self) -> None:
        """Go to what is asked last: everything before it is filled in already."""
        if self.reasons:
            next(iter(self.reasons.values())).line.setFocus()
        elif self.counselled is not None:
            self.counselled.box.setFocus()

    def _head(self, order: WorkOrder) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        found = order.prescription
        words = _("{number} · {doctor} · {when}").format(
            number=found.number, doctor=found.prescriber, when=show_instant(found.signed_at)
        )
        row.addWidget(label(words, "strong", name="pharmacy.number"), 1)
        if found.priority != "routine":
            look = look_of(PRIORITIES, found.priority)
            row.addWidget(Pill(look.text, look.meaning))
        state = look_of(STATES, found.status)
        row.addWidget(Pill(state.text, state.meaning, name="pharmacy.state"))
        return head

    def _stop(self, alert: RecordedAlert) -> Panel:
        box = Panel(alert.drug, name="pharmacy.since")
        box.add_beside_title(Pill(_("Stop: came up after signing"), "critical"))
        box.add(label(alert.text, wrap=True))
        if alert.source:
            box.add(label(f"{alert.source} · {alert.pack}", "secondary", wrap=True))
        field = TextField(_("Reason to go on"), f"pharmacy.reason_{len(self.reasons)}")
        self.form.adopt(field)
        self.reasons[alert.key] = field
        box.add(field)
        return box

    @staticmethod
    def _said(alerts: Sequence[RecordedAlert]) -> Panel:
        box = Panel(_("What the safety check said"), name="pharmacy.alerts")
        for alert in alerts:
            words = f"{alert.drug}: {alert.text}" if alert.drug else alert.text
            box.add(label(words, "", meaning="critical" if alert.tier == "stop" else "", wrap=True))
            if alert.reason:
                box.add(label(_("Reason given: {reason}").format(reason=alert.reason), "secondary", wrap=True))
        return box
