"""How an appointment is held, confirmed, reminded of and cancelled; telehealth and messages need the patient's word."""

from datetime import UTC, datetime

import pytest

from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import bookings, consents, consultation, directory, encounters, queue, scheduling
from clinic_desktop.services.bookings import Booking
from clinic_desktop.services.directory import Address
from clinic_desktop.services.scheduling import Appointment
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import add_patient
from tests.unit.services.consent_case import sign

AT = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


class Desk:
    """A front desk with a patient who has an appointment this afternoon."""

    def __init__(self, store: Store, desk_for: DeskFor, more: Booking | None = None) -> None:
        self.front, self.doctor = desk_for("front_desk"), desk_for("doctor")
        self.patient = add_patient(store)
        self.booked = scheduling.book(
            self.front, self.patient, self.doctor.session.staff_id, AT, room="A-204", more=more or Booking()
        )

    def now(self) -> Appointment:
        return scheduling.appointments_of(self.front, self.patient)[0]


@pytest.mark.parametrize(
    ("field", "more"),
    [("kind", Booking("dance")), ("priority", Booking(priority="soon")), ("reminders", Booking(reminders=("pigeon",))),
     ("place", Booking(place_id="nowhere")), ("note", Booking(note="a\u202eb"))],
)  # fmt: skip
def test_what_cannot_be_agreed_is_refused_at_its_field(
    store: Store, desk_for: DeskFor, field: str, more: Booking
) -> None:
    with pytest.raises(Refusal) as refused:
        Desk(store, desk_for, more)
    assert refused.value.field == field


def test_only_the_code_of_this_appointment_confirms_it_and_only_once(store: Store, desk_for: DeskFor) -> None:
    desk = Desk(store, desk_for)
    with pytest.raises(Refusal, match="not the code"):
        bookings.confirm(desk.front, desk.booked.id, "A7000001X", expect=desk.booked.revision)
    code = desk.booked.confirmation_code
    spoken = f"{code[:2].lower()}-{code[2:]}"
    bookings.confirm(desk.front, desk.booked.id, spoken, expect=desk.booked.revision)
    assert desk.now().confirmed_at is not None
    with pytest.raises(Refusal, match="confirmed already"):
        bookings.confirm(desk.front, desk.booked.id, expect=desk.now().revision)


def test_a_reminder_needs_the_patients_word_for_that_way(store: Store, desk_for: DeskFor) -> None:
    desk = Desk(store, desk_for)
    with pytest.raises(ConsentRefusal):
        bookings.note_reminder(desk.front, desk.booked.id, "sms")
    sign(desk.front, desk.patient, "communication", channels=("sms",))
    bookings.note_reminder(desk.front, desk.booked.id, "sms", "no answer")
    with pytest.raises(ConsentRefusal):
        bookings.note_reminder(desk.front, desk.booked.id, "email")
    assert [(one.method, one.sent_by, one.note) for one in desk.now().reminders] == [
        ("sms", "Front_Desk One", "no answer")
    ]


def test_a_visit_by_video_needs_the_patients_word_when_it_is_booked_and_still_when_it_begins(
    store: Store, desk_for: DeskFor
) -> None:
    with pytest.raises(ConsentRefusal):
        Desk(store, desk_for, Booking(telehealth=True))
    desk = Desk(store, desk_for)
    signed = sign(desk.front, desk.patient, "telehealth")
    moved = scheduling.reschedule(
        desk.front, desk.booked.id, AT, desk.booked.revision, more=Booking(telehealth=True)
    )  # fmt: skip
    consents.withdraw_consent(desk.front, signed, "Changed my mind", expect=1)
    with pytest.raises(ConsentRefusal):
        queue.check_in(desk.front, desk.patient, "routine", moved.id)
    assert desk.now().status == "booked"
    sign(desk.front, desk.patient, "telehealth")
    assert queue.check_in(desk.front, desk.patient, "routine", moved.id).status == "waiting"


def test_who_cancelled_and_whether_the_patient_is_to_be_told_is_kept(store: Store, desk_for: DeskFor) -> None:
    desk = Desk(store, desk_for)
    with pytest.raises(Refusal, match="who cancels"):
        scheduling.cancel(desk.front, desk.booked.id, "flood", cancelled_by="nobody")
    scheduling.cancel(desk.front, desk.booked.id, "flood", desk.booked.revision, tell_patient=True)
    one = desk.now()
    assert (one.status, one.cancelled_by, one.tell_patient, one.cancelled_at is not None) == (
        "cancelled", "clinic", True, True
    )  # fmt: skip
    with pytest.raises(Refusal, match="cancelled already"):
        bookings.confirm(desk.front, one.id, expect=one.revision)


def test_moving_changes_how_it_is_held_in_the_same_act_or_not_at_all(store: Store, desk_for: DeskFor) -> None:
    desk = Desk(store, desk_for, Booking("new"))
    with pytest.raises(Refusal):
        scheduling.reschedule(desk.front, desk.booked.id, AT, desk.booked.revision, 45, more=Booking("dance"))
    assert (desk.now().minutes, desk.now().more.kind) == (15, "new")
    scheduling.reschedule(desk.front, desk.booked.id, AT, desk.booked.revision, 45, reason="", more=Booking("results"))
    assert (desk.now().minutes, desk.now().more.kind, desk.now().reason) == (45, "results", None)
    with pytest.raises(Refusal, match="Somebody changed this meanwhile"):
        scheduling.reschedule(desk.front, desk.booked.id, AT, desk.booked.revision, 15)


def test_the_visit_is_where_the_appointment_was(store: Store, desk_for: DeskFor) -> None:
    place = directory.add_place(desk_for("administrator"), Address("Hill clinic"))
    desk = Desk(store, desk_for, Booking(place_id=place))
    queue.check_in(desk.front, desk.patient, "routine", desk.booked.id)
    visit = consultation.open_consultation(desk.doctor, desk.patient, "new").encounter_id
    shown = encounters.consultation(desk.doctor, desk.patient, visit)
    assert (shown.place, shown.room, shown.appointment_id) == ("Hill clinic", "A-204", desk.booked.id)
