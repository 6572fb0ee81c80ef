"""The inbox: who is told, what each did with it, and what happens when nobody answers."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_desktop.clock import SetClock
from clinic_desktop.domain import inbox as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import inbox, results
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.inbox import Item, Notice
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.laboratory import lab_results
from tests.conftest import NOW, DeskFor
from tests.unit.services.lab_case import Lab


def titles(desk: Desk, show: str = "open") -> list[str]:
    return [item.title for item in inbox.inbox(desk, show)]


def only(desk: Desk, show: str = "open") -> Item:
    (item,) = inbox.inbox(desk, show)
    return item


def send(desk: Desk, to: str, title: str = "Read this", **more: object) -> str:
    values = {"category": "message", "priority": "normal", "title": title, "to": to} | more
    (made,) = inbox.send(desk, Notice(**values))  # type: ignore[arg-type]
    return made


@pytest.fixture
def admin(desk_for: DeskFor) -> Desk:
    return desk_for("administrator")


def test_a_message_to_a_role_is_in_the_inbox_of_everybody_of_it_and_of_nobody_else(
    admin: Desk, desk_for: DeskFor
) -> None:
    send(admin, "nurse", "The fridge is repaired")
    assert titles(desk_for("nurse")) == ["The fridge is repaired"]
    assert titles(desk_for("doctor")) == titles(admin) == []


def test_a_message_to_a_person_is_theirs_alone(admin: Desk, desk_for: DeskFor) -> None:
    doctor = desk_for("doctor")
    send(admin, doctor.session.staff_id)
    assert only(doctor).sender == "Administrator One"
    assert titles(desk_for("nurse")) == []


def test_the_pressing_come_first_then_the_oldest(admin: Desk, desk_for: DeskFor, clock: SetClock) -> None:
    for title, priority in (("a", "normal"), ("b", "low"), ("c", "critical"), ("d", "normal")):
        send(admin, "nurse", title, priority=priority)
        clock.advance(timedelta(seconds=1))
    assert titles(desk_for("nurse")) == ["c", "a", "d", "b"]


def test_reading_is_each_persons_own_and_counts_down(admin: Desk, desk_for: DeskFor) -> None:
    made = send(admin, "nurse")
    nurse = desk_for("nurse")
    assert inbox.unread(nurse) == 1
    inbox.mark_read(nurse, made)
    inbox.mark_read(nurse, made)
    assert (inbox.unread(nurse), only(nurse).read) == (0, True)


def test_what_is_put_off_comes_back_at_its_time(admin: Desk, desk_for: DeskFor, clock: SetClock) -> None:
    made, nurse = send(admin, "nurse"), desk_for("nurse")
    inbox.snooze(nurse, made, clock.now() + timedelta(hours=1))
    assert (titles(nurse), titles(nurse, "snoozed")) == ([], ["Read this"])
    clock.advance(timedelta(hours=1))
    assert (titles(nurse), titles(nurse, "snoozed")) == (["Read this"], [])


@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=-1), timedelta(days=32)])
def test_nothing_is_put_off_into_the_past_or_for_ever(
    admin: Desk, desk_for: DeskFor, clock: SetClock, after: timedelta
) -> None:
    made = send(admin, "nurse")
    with pytest.raises(Refusal) as refused:
        inbox.snooze(desk_for("nurse"), made, clock.now() + after)
    assert refused.value.field == "until"


def test_what_one_has_done_is_done_for_the_role_and_can_be_taken_back(admin: Desk, desk_for: DeskFor) -> None:
    made, nurse = send(admin, "nurse", category="task", due_on=date(2026, 3, 12)), desk_for("nurse")
    revision = inbox.done(nurse, made, "cleaned")
    closed = only(nurse, "done")
    assert (titles(nurse), closed.done_by, closed.done_note) == ([], "Nurse One", "cleaned")
    with pytest.raises(Refusal, match="meanwhile"):
        inbox.done(nurse, made)
    inbox.reopen(nurse, made, expect=revision)
    assert titles(nurse) == ["Read this"]


def test_nobody_closes_or_reads_what_was_not_sent_to_them(admin: Desk, desk_for: DeskFor) -> None:
    made = send(admin, "nurse")
    for act in (lambda: inbox.done(desk_for("cashier"), made), lambda: inbox.mark_read(desk_for("cashier"), made)):
        with pytest.raises(Refusal, match="not sent to you"):
            act()


@pytest.mark.parametrize(
    ("notice", "field"),
    [
        (Notice("message", "normal", "  ", "nurse"), "title"),
        (Notice("message", "normal", "x" * 201, "nurse"), "title"),
        (Notice("message", "normal", "x", "nurse", "y" * 5001), "body"),
        (Notice("message", "urgent", "x", "nurse"), "priority"),
        (Notice("gossip", "normal", "x", "nurse"), "category"),
        (Notice("critical_result", "normal", "x", "nurse"), "category"),
        (Notice("message", "normal", "x", "nobody"), "to"),
        (Notice("message", "normal", "x", ""), "to"),
        (Notice("task", "normal", "x", "nurse", due_on=date(2026, 3, 9)), "due_on"),
        (Notice("message", "normal", "a\0b", "nurse"), "title"),
    ],
)
def test_a_message_that_cannot_be_is_refused_by_its_field(admin: Desk, notice: Notice, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        inbox.send(admin, notice)
    assert refused.value.field == field


def test_only_administrators_send_and_everybody_has_tasks_of_their_own(desk_for: DeskFor) -> None:
    cashier = desk_for("cashier")
    with pytest.raises(Refusal, match="role"):
        send(cashier, "nurse")
    inbox.remind_me(cashier, "Order receipt rolls", due_on=date(2026, 3, 10))
    assert (only(cashier).category, only(cashier).due_on) == ("task", date(2026, 3, 10))


@pytest.fixture
def lab(store: Store, desk_for: DeskFor, clock: SetClock) -> Lab:
    return Lab(store, desk_for, clock)


def critical(lab: Lab) -> Item:
    lab.released(potassium="6.9")
    return only(lab.doctor)


def test_a_critical_result_is_told_to_whoever_ordered_it_and_the_call_back_answers_it(lab: Lab) -> None:
    told = critical(lab)
    assert (told.category, told.priority, told.must_answer) == ("critical_result", "critical", True)
    assert "HH" in told.title
    result = lab.rows(lab_results)[0].id
    results.record_callback(lab.anna, str(result), "Dr One", read_back=True)
    assert titles(lab.doctor) == []


def test_what_must_be_answered_needs_words_and_is_put_off_for_a_quarter_of_an_hour_at_most(
    lab: Lab, clock: SetClock
) -> None:
    told = critical(lab)
    with pytest.raises(Refusal) as refused:
        inbox.done(lab.doctor, told.id)
    assert refused.value.field == "note"
    with pytest.raises(Refusal):
        inbox.snooze(lab.doctor, told.id, clock.now() + timedelta(minutes=16))
    inbox.snooze(lab.doctor, told.id, clock.now() + timedelta(minutes=15))


def test_unanswered_it_goes_up_the_ladder_and_one_answer_answers_all(
    lab: Lab, desk_for: DeskFor, clock: SetClock
) -> None:
    critical(lab)
    nurse, admin = desk_for("nurse"), desk_for("administrator")
    clock.advance(timedelta(minutes=14))
    assert inbox.escalate(lab.store) == 0
    clock.advance(timedelta(minutes=1))
    assert inbox.escalate(lab.store) == 2
    assert inbox.escalate(lab.store) == 0
    assert (only(nurse).level, titles(admin)) == (1, [])
    clock.advance(timedelta(minutes=15))
    assert inbox.escalate(lab.store) == 1
    assert only(admin).level == 2
    clock.advance(timedelta(hours=2))
    assert inbox.escalate(lab.store) == 0
    inbox.done(nurse, only(nurse).id, "the doctor on call was told")
    assert [titles(desk) for desk in (lab.doctor, nurse, admin)] == [[], [], []]
    assert inbox.escalate(lab.store) == 0


def test_a_long_silence_climbs_one_rung_at_a_time(lab: Lab, clock: SetClock) -> None:
    critical(lab)
    clock.advance(timedelta(hours=5))
    assert inbox.escalate(lab.store) == 2
    assert inbox.escalate(lab.store) == 1
    assert inbox.escalate(lab.store) == 0


@given(st.lists(st.integers(0, 40), max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rung_is_never_climbed_before_its_time(minutes: list[int]) -> None:
    now, level = NOW, 0
    for step in minutes:
        now += timedelta(minutes=step)
        rung = rules.rung_due(NOW, level, now)
        if rung is None:
            assert level == len(rules.LADDER) or now - NOW < rules.LADDER[level].after
        else:
            assert now - NOW >= rung.after
            level += 1
