"""What is agreed about an appointment besides its time: how it is held, where, and how the patient is reminded."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.check import CheckField
from clinic_desktop.gui.widgets.choice import ChoiceField
from clinic_desktop.gui.widgets.civil import show_instant
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.text import NoteEdit
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.bookings import Booking
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.scheduling import Appointment

KIND_WORDS = {
    "new": N_("New patient"),
    "follow_up": N_("Follow-up"),
    "consultation": N_("Consultation"),
    "procedure": N_("Procedure"),
    "vaccination": N_("Vaccination"),
    "results": N_("Results"),
    "check_up": N_("Check-up"),
    "antenatal": N_("Antenatal"),
    "child": N_("Child health"),
}
PRIORITY_WORDS = {"urgent": N_("Urgent"), "emergency": N_("Emergency")}
METHOD_WORDS = {
    "phone": N_("telephone"),
    "sms": N_("text message"),
    "email": N_("e-mail"),
    "post": N_("letter"),
    "app": N_("app"),
}
OFFERED = ("sms", "phone", "email")


class MoreOfBooking:
    """The folded part of the booking form."""

    def __init__(self, form: Form) -> None:
        self._form = form
        kinds = [(key, _(words)) for key, words in KIND_WORDS.items()]
        urgent = [(key, _(words)) for key, words in PRIORITY_WORDS.items()]
        self.kind = ChoiceField(_("Kind of visit"), "schedule.kind", kinds)
        self.priority = ChoiceField(_("Urgency"), "schedule.priority", urgent, none=_("Routine"))
        self.place = ChoiceField(_("Place"), "schedule.place", ())
        self.telehealth = CheckField(_("By telephone or &video"), "schedule.telehealth")
        self.note = NoteEdit(_("Note for the patient"), "schedule.note", rows=2)
        self.reminders = {
            method: CheckField(_(METHOD_WORDS[method]).capitalize(), f"schedule.remind_{method}") for method in OFFERED
        }
        self._section = form.add_section(
            _("More: kind, place, reminders"),
            (self.kind, self.priority),
            (self.place,),
            (self.telehealth,),
            (label(_("To be reminded by"), "secondary"),),
            tuple(self.reminders[method] for method in OFFERED[:2]),
            (self.reminders[OFFERED[2]],),
            (self.note,),
            folded=True,
        )

    def offer_places(self, places: Sequence[Entry]) -> None:
        """Let one of the clinic's places be chosen."""
        self.place.set_choices([(one.id, one.name) for one in places if one.active])

    def show(self, booking: Booking) -> None:
        """Show what was agreed."""
        self._form.set_values(
            {
                "kind": booking.kind,
                "priority": None if booking.priority == "routine" else booking.priority,
                "place": booking.place_id,
                "telehealth": booking.telehealth,
                "note": booking.note,
                **{f"remind_{method}": method in booking.reminders for method in OFFERED},
            }
        )
        self._kept = tuple(method for method in booking.reminders if method not in OFFERED)
        self._section.set_folded(booking == Booking())

    def booking(self) -> Booking:
        """What the form says."""
        wanted = tuple(method for method, box in self.reminders.items() if box.value())
        return Booking(
            self.kind.value(), self.place.value(), self.telehealth.value(), self.priority.value() or "routine",
            self.note.value() or None, (*wanted, *self._kept),
        )  # fmt: skip

    def fold(self) -> None:
        """Begin with it folded away."""
        self._kept = ()
        self._section.set_folded(True)

    _kept: tuple[str, ...] = ()


class Reminded(QWidget):
    """Notes that the patient was reminded: one button for each way."""

    def __init__(self, act: Callable[[str], None]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(_("Was reminded by"), "secondary"))
        row = QHBoxLayout()
        column.addLayout(row)
        for method in OFFERED:
            row.addWidget(LinkButton(_(METHOD_WORDS[method]), f"schedule.reminded.{method}", partial(act, method)))
        row.addStretch(1)

    def show_for(self, one: Appointment) -> None:
        """Offer it while the appointment stands."""
        self.setVisible(one.status == "booked")


def booking_words(one: Appointment) -> list[str]:
    """What is agreed, in lines."""
    more = one.more
    kind = _(KIND_WORDS[more.kind]) if more.kind in KIND_WORDS else more.kind or ""
    urgency = _(PRIORITY_WORDS[more.priority]) if more.priority in PRIORITY_WORDS else ""
    wanted = ", ".join(_(METHOD_WORDS[method]) for method in more.reminders)
    return [
        " · ".join(part for part in (kind, urgency) if part),
        " · ".join(part for part in (one.place, _("by telephone or video") if more.telehealth else "") if part),
        more.note or "",
        _("Code {code}").format(code=one.confirmation_code) if one.confirmation_code else "",
        _("The patient has to be told") if one.tell_patient else "",
        _("Confirmed {when}").format(when=show_instant(one.confirmed_at)) if one.confirmed_at else "",
        _("To be reminded by {how}").format(how=wanted) if wanted else "",
        *(
            _("Reminded by {how}, {when}").format(how=_(METHOD_WORDS[told.method]), when=show_instant(told.sent_at))
            for told in one.reminders
        ),
    ]
