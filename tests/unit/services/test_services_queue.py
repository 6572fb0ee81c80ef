"""Booking, arriving, waiting and being called, on a real encrypted store."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import home, patients, queue, scheduling
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import NewPatient

DeskFor = Callable[[str], Desk]
TEN = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


def someone(desk: Desk, family: str) -> str:
    return patients.register_patient(desk, NewPatient(family, "A", "female")).patient_id


def test_a_booked_appointment_is_on_the_board_of_its_day_only(desk: Desk, doctor: Desk) -> None:
    made = scheduling.book(desk, someone(desk, "Okafor"), doctor.session.staff_id, TEN, 20, "1", "Cough")
    board = scheduling.day_board(desk, date(2026, 3, 10))
    assert board.appointments == (made,)
    assert [one.name for one in board.practitioners] == ["Doctor One", "Nurse One"]
    assert scheduling.day_board(desk, date(2026, 3, 11)).appointments == ()


def test_the_same_practitioner_is_not_booked_twice_and_the_words_name_the_other_time(desk: Desk, doctor: Desk) -> None:
    scheduling.book(desk, someone(desk, "Okafor"), doctor.session.staff_id, TEN, 20)
    with pytest.raises(Refusal) as refused:
        scheduling.book(desk, someone(desk, "Eze"), doctor.session.staff_id, TEN + timedelta(minutes=10), 20)
    local = TEN.astimezone()
    assert f"{local:%H:%M}" in str(refused.value)
    assert "Okafor" not in str(refused.value)
    assert refused.value.field == "starts_at"


def test_a_room_holds_one_and_a_patient_is_in_one_place(desk: Desk, desk_for: DeskFor) -> None:
    patient = someone(desk, "Okafor")
    doctor, nurse = desk_for("doctor").session.staff_id, desk_for("nurse").session.staff_id
    scheduling.book(desk, patient, doctor, TEN, 20, "Room 1")
    with pytest.raises(Refusal) as room:
        scheduling.book(desk, someone(desk, "Eze"), nurse, TEN, 20, "room 1")
    assert room.value.field == "room"
    with pytest.raises(Refusal):
        scheduling.book(desk, patient, nurse, TEN, 20, "2")


def test_a_cancelled_time_is_free_again_and_cancelling_needs_a_reason(desk: Desk, doctor: Desk) -> None:
    made = scheduling.book(desk, someone(desk, "Okafor"), doctor.session.staff_id, TEN)
    with pytest.raises(Refusal):
        scheduling.cancel(desk, made.id, " ")
    assert scheduling.cancel(desk, made.id, "Ill", made.revision).status == "cancelled"
    scheduling.book(desk, someone(desk, "Eze"), doctor.session.staff_id, TEN)


def test_moving_keeps_the_rule_ignores_itself_and_expects_the_revision_seen(desk: Desk, doctor: Desk) -> None:
    made = scheduling.book(desk, someone(desk, "Okafor"), doctor.session.staff_id, TEN, 30)
    moved = scheduling.reschedule(desk, made.id, TEN + timedelta(minutes=15), made.revision)
    assert moved.starts_at == TEN + timedelta(minutes=15)
    with pytest.raises(Refusal):
        scheduling.reschedule(desk, made.id, TEN, made.revision)
    scheduling.book(desk, someone(desk, "Eze"), doctor.session.staff_id, TEN + timedelta(hours=2))
    with pytest.raises(Refusal):
        scheduling.reschedule(desk, made.id, TEN + timedelta(minutes=105), moved.revision)


def test_nobody_misses_what_has_not_begun_and_yesterday_is_not_booked(
    desk: Desk, doctor: Desk, clock: SetClock
) -> None:
    made = scheduling.book(desk, someone(desk, "Okafor"), doctor.session.staff_id, TEN)
    with pytest.raises(Refusal):
        scheduling.no_show(desk, made.id)
    clock.advance(timedelta(hours=2))
    assert scheduling.no_show(desk, made.id).status == "no_show"
    with pytest.raises(Refusal):
        scheduling.book(desk, someone(desk, "Eze"), doctor.session.staff_id, TEN - timedelta(days=1))


def test_free_times_leave_out_what_is_booked(desk: Desk, doctor: Desk) -> None:
    before = scheduling.free_times(desk, doctor.session.staff_id, date(2026, 3, 10))
    scheduling.book(desk, someone(desk, "Okafor"), doctor.session.staff_id, TEN, 30)
    after = scheduling.free_times(desk, doctor.session.staff_id, date(2026, 3, 10))
    assert set(before) - set(after) == {TEN, TEN + timedelta(minutes=15)}


def test_checking_in_gives_tickets_marks_the_appointment_and_refuses_a_second_time(
    desk: Desk, doctor: Desk, desk_for: DeskFor, clock: SetClock
) -> None:
    patient = someone(desk, "Okafor")
    made = scheduling.book(desk, patient, doctor.session.staff_id, TEN)
    first = queue.check_in(desk, patient, appointment_id=made.id)
    assert (first.ticket, first.practitioner_id) == (1, doctor.session.staff_id)
    assert scheduling.day_board(desk, date(2026, 3, 10)).appointments[0].status == "arrived"
    with pytest.raises(Refusal):
        queue.check_in(desk, patient)
    assert queue.check_in(desk, someone(desk, "Eze"), "urgent").ticket == 2
    clock.advance(timedelta(days=1))
    tomorrow = desk_for("front_desk")
    assert queue.check_in(tomorrow, someone(tomorrow, "Bello")).ticket == 1


def test_the_most_urgent_is_called_first_then_the_longest_waiting(desk: Desk, doctor: Desk, clock: SetClock) -> None:
    for family, priority in (("First", "routine"), ("Second", "routine"), ("Third", "emergency")):
        queue.check_in(desk, someone(desk, family), priority)
        clock.advance(timedelta(minutes=10))
    assert [line.minutes for line in queue.waiting_list(desk)] == [10, 30, 20]
    called = [queue.call_next(doctor) for _ in range(4)]
    assert [line and line.patient for line in called] == ["THIRD, A", "FIRST, A", "SECOND, A", None]


def test_two_desks_that_call_at_once_never_get_the_same_patient(desk: Desk, desk_for: DeskFor) -> None:
    for place in range(8):
        queue.check_in(desk, someone(desk, f"P{place}"))
    got: list[str] = []
    desks = [desk_for("doctor"), desk_for("nurse")]

    def work(mine: Desk) -> None:
        while (line := queue.call_next(mine)) is not None:
            got.append(line.patient_id)

    threads = [threading.Thread(target=work, args=(mine,)) for mine in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got)) == 8


def test_a_doctor_is_not_given_another_doctors_patient(desk: Desk, desk_for: DeskFor) -> None:
    queue.check_in(desk, someone(desk, "Okafor"), practitioner_id=desk_for("nurse").session.staff_id)
    assert queue.call_next(desk_for("doctor")) is None
    assert queue.call_next(desk_for("nurse")) is not None


def test_an_entry_goes_its_way_once(desk: Desk, doctor: Desk) -> None:
    line = queue.check_in(desk, someone(desk, "Okafor"))
    queue.call(doctor, line.id)
    assert queue.start(doctor, line.id).status == "in_consultation"
    queue.finish(doctor, line.id)
    assert queue.waiting_list(desk) == ()
    with pytest.raises(Refusal):
        queue.call(doctor, line.id)
    gone = queue.check_in(desk, someone(desk, "Eze"))
    with pytest.raises(Refusal):
        queue.left(desk, gone.id, "")
    assert queue.left(desk, gone.id, "Could not wait").status == "left"


def test_home_counts_what_waits_and_opens_it(desk: Desk, desk_for: DeskFor) -> None:
    patient = someone(desk, "Okafor")
    line = queue.check_in(desk, patient, "urgent", complaint="Chest pain")
    for role in ("doctor", "nurse", "front_desk", "administrator"):
        group = next(each for each in home.waits_for_me(desk_for(role)) if each.key == "queue")
        assert (group.count, group.urgent, group.rows[0].detail) == (1, True, "Chest pain")
        assert group.rows[0].arguments == (("entry_id", line.id),)
    for role in ("pharmacist", "laboratory", "cashier"):
        assert all(group.count == 0 for group in home.waits_for_me(desk_for(role)))
