"""The form beside the board: who is booked, with whom, when, where and why."""

from collections.abc import Callable, Sequence
from datetime import date, time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desktop.gui.screens.schedule.more import MoreOfBooking, Reminded, booking_words
from clinic_desktop.gui.screens.schedule.presenter import Wanted
from clinic_desktop.gui.widgets.buttons import Button, StopButton
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import Birth, show_birth, show_date
from clinic_desktop.gui.widgets.dates import TimeField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.gui.widgets.pill import Look, Pill
from clinic_desktop.gui.widgets.search import SearchField, Show, Suggestion
from clinic_desktop.gui.widgets.text import TextField
from clinic_desktop.i18n import _
from clinic_desktop.services.patients import PatientHit
from clinic_desktop.services.scheduling import Appointment, Practitioner

Find = Callable[[str, Callable[[Sequence[PatientHit]], None]], None]
MINUTES = (10, 15, 20, 30, 45, 60)


class BookingPanel(QWidget):
    """Books at the place chosen on the board, or shows the appointment that stands there."""

    def __init__(
        self,
        find: Find,
        keeper: DraftKeeper,
        acts: dict[str, Callable[[], None]],
        remind: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._find = find
        self.day: date | None = None
        self.appointment: Appointment | None = None
        self.form = Form(keeper)
        self.title = label(_("Book"), "section", name="schedule.title_booking")
        self.patient = SearchField(
            _("&Patient"), "schedule.patient", self._ask, required=True, placeholder=_("Name, phone, MRN")
        )
        self.practitioner = ChoiceField(_("&With"), "schedule.practitioner", [], required=True)
        self.at = TimeField(_("A&t"), "schedule.starts_at", required=True)
        self.minutes = ChoiceField(
            _("&Minutes"), "schedule.minutes", [(str(n), str(n)) for n in MINUTES], none=None, required=True
        )
        self.room = TextField(_("R&oom"), "schedule.room")
        self.reason = TextField(_("Reaso&n"), "schedule.reason")
        self.form.add(self.patient)
        self.form.add(self.practitioner)
        self.form.add_row(self.at, self.minutes)
        self.form.add(self.room)
        self.form.add(self.reason)
        self.more = MoreOfBooking(self.form)
        self.shown = Panel(name="schedule.appointment")
        self._acts = [
            Button(_("Check &in"), "schedule.check_in", acts["check_in"], "Ctrl+I"),
            Button(_("Change or &move"), "schedule.move", acts["move"], "Ctrl+M"),
            Button(_("Con&firmed by the patient"), "schedule.confirm", acts["confirm"]),
            Button(_("&Did not come"), "schedule.no_show", acts["no_show"], "Ctrl+D"),
            StopButton(_("&Cancel appointment"), "schedule.cancel", acts["cancel"], "Ctrl+Del"),
        ]
        self._state = Pill()
        self._words = label("", wrap=True, name="schedule.appointment.words")
        self._name = label("", "strong", wrap=True, name="schedule.appointment.patient")
        self.far = label("", "secondary", wrap=True, name="schedule.appointment.far")
        self.far.hide()
        self.shown.add(self._name)
        self.shown.body.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        self.reminded = Reminded(remind)
        for widget in (self._words, self.far, self.reminded, *self._acts):
            self.shown.add(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.shown)
        column.addWidget(self.form)
        column.addStretch(1)
        self.form.set_values({"minutes": "15"})
        self.show_form(None)

    # Three states: booking, an appointment shown, an appointment being moved. ---------------------------------

    def show_form(self, moving: Appointment | None) -> None:
        """Book a new appointment, or give one another time."""
        self.appointment = moving
        self.shown.hide()
        self.form.show()
        self.patient.setEnabled(moving is None)
        self.title.setText(_("Book") if moving is None else _("Move"))
        if moving is not None:
            self.form.set_values(
                {
                    "patient": Suggestion(moving.patient_id, moving.patient),
                    "minutes": str(moving.minutes),
                    "room": moving.room,
                    "practitioner": moving.practitioner_id,
                    "starts_at": moving.starts_at.astimezone().time(),
                    "reason": moving.reason,
                }
            )
            self.more.show(moving.more)

    def show_appointment(self, one: Appointment) -> None:
        """Show what stands at the place chosen, with what can be done about it."""
        self.appointment = one
        self.title.setText(_("Appointment"))
        self.form.hide()
        self.shown.show()
        self._name.setText(one.patient)
        looks = {
            "booked": Look(_("Booked"), "accent"),
            "arrived": Look(_("Arrived"), "information"),
            "completed": Look(_("Seen"), "good"),
            "no_show": Look(_("Did not come"), "warning"),
            "cancelled": Look(_("Cancelled"), "neutral"),
        }
        self._state.show_look(looks[one.status])
        start = one.starts_at.astimezone()
        lines = [
            f"{start:%H:%M}  {one.minutes} {_('minutes')}",
            one.practitioner,
            "" if not one.room else _("Room {room}").format(room=one.room),
            one.reason or "",
            *booking_words(one),
            one.phone or "",
            one.mrn,
            one.status_reason or "",
        ]
        self._words.setText("\n".join(line for line in lines if line))
        for act in self._acts:
            act.setVisible(one.status == "booked")
        self._acts[2].setVisible(one.status == "booked" and one.confirmed_at is None)
        self.reminded.show_for(one)

    def show_far(self, words: str) -> None:
        """How far the appointment is at each connected system."""
        self.far.setText(words)
        self.far.setVisible(bool(words))

    def take_place(self, practitioner_id: str, at: time) -> None:
        """Fill in the place chosen on the board."""
        self.form.set_values({"practitioner": practitioner_id, "starts_at": at})

    def show_day(self, day: date) -> None:
        """Say which day is booked on."""
        self.day = day
        self.at.show_hint(show_date(day))

    def show_practitioners(self, people: Sequence[Practitioner]) -> None:
        """Offer whom to book with."""
        self.practitioner.set_choices([(one.staff_id, one.name) for one in people])

    def wanted(self) -> Wanted | None:
        """What the form asks for; None while something is wrong in it, which it says."""
        at, patient, practitioner = self.at.value(), self.patient.value(), self.practitioner.value()
        if not self.form.check() or self.day is None or at is None or patient is None or practitioner is None:
            return None
        minutes = int(self.minutes.value() or "15")
        return Wanted(
            patient, practitioner, self.day, at, minutes, self.room.value(), self.reason.value(), self.more.booking()
        )

    def clear(self) -> None:
        """Make room for the next one."""
        self.form.clear()
        self.form.set_values({"minutes": "15"})
        self.more.fold()

    def _ask(self, text: str, show: Show) -> None:
        self._find(text, lambda hits: show([_suggestion(hit) for hit in hits]))


def _suggestion(hit: PatientHit) -> Suggestion:
    born = show_birth(Birth(hit.born_on, hit.born_precision))  # type: ignore[arg-type]
    return Suggestion(hit.patient_id, hit.name, f"{born}  {hit.mrn}", hit.age, icon="person")
