"""What single schedules have taught: a restored backup, and answers that came very late; each played by itself."""

from typing import Any

import pytest

from sync.engine.sent import who_was_sent
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Work
from sync.port import Create, Kind, Seen
from tests.simulation.flows import PATIENT, Day, create
from tests.simulation.server import MASK

NEVER = 10**9
DAYS = 200_000.0


@pytest.fixture
def day() -> Any:
    one = Day(NEVER, create=Create.NATURAL)
    yield one
    one.disk.close()


def open_cards(day: Day) -> list[Conflict]:
    with day.disk.read() as unit:
        return Rows(unit).find(Conflict, ("at",), state="open")


def work_of(day: Day, kind: str, local_id: str) -> Work:
    with day.disk.read() as unit:
        found = Rows(unit).get(Work, "alpha", kind, local_id)
    assert found is not None
    return found


def links(day: Day, kind: str, local_id: str) -> dict[str, tuple[int, str]]:
    with day.disk.read() as unit:
        found = Rows(unit).find(Link, system="alpha", kind=kind, local_id=local_id)
    return {one.remote_id: (one.part, one.status) for one in found}


def sign_in(day: Day) -> None:
    day.network.signed_in = True
    day.engine.people["alpha"].resume("u1")


def restore(day: Day, backup: Any) -> None:
    day.restore(backup)
    sign_in(day)


def waiting_at_the_backup(day: Day, kind: str, local_id: str, body: dict[str, Any], patient: str | None = None) -> Any:
    """A backup in which something was about to be sent, and was not: nobody was signed in."""
    day.network.signed_in = False
    day.save(kind, local_id, body, patient)
    day.work()
    backup = day.disk.snapshot()
    sign_in(day)
    day.work(600)
    assert len(day.server.live(kind)) == 1
    return backup


@pytest.mark.parametrize("edited", [False, True])
def test_who_was_sent_and_renamed_after_the_backup_is_asked_about_and_never_made_twice(
    day: Day, *, edited: bool
) -> None:
    backup = waiting_at_the_backup(day, "patient", "P1", PATIENT)
    renamed = {**PATIENT, "name": "Flo5", "phone": "+1-7064", "allergies": ["bees"], "notes": "other"}
    day.save("patient", "P1", renamed)
    day.work()
    assert day.there().body["name"] == "Flo5"
    restore(day, backup)
    if edited:
        day.save("patient", "P1", {**PATIENT, "notes": "first\nafter"})
    day.work(2 * 3600)
    day.sync_now()
    day.work(DAYS)
    assert len(day.server.things["patient"]) == 1
    (card,) = open_cards(day)
    assert (card.sort, card.local_id) == ("identity", "P1")
    day.engine.people["alpha"].link(card.remote_id, "P1", "u1")
    day.work(DAYS)
    assert len(day.server.things["patient"]) == 1
    assert links(day, "patient", "P1") == {card.remote_id: (0, "confirmed")}


def test_somebody_born_on_another_day_is_nobodys_question_after_a_restore(day: Day) -> None:
    backup = waiting_at_the_backup(day, "patient", "P1", PATIENT)
    restore(day, backup)
    day.server.create("patient", {**PATIENT, "name": "Cy", "birth": "1931", "phone": "+1-9"}, "", "", "other")
    day.work(2 * 3600)
    assert open_cards(day) == []
    assert len(day.server.things["patient"]) == 2
    assert work_of(day, "patient", "P1").state == "confirmed"


def test_a_payment_that_waited_at_the_backup_is_for_a_person_after_it(day: Day) -> None:
    create(day)
    backup = waiting_at_the_backup(day, "payment", "Y1", {"text": "10"}, "P1")
    restore(day, backup)
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work(2 * 3600)
    assert len(day.server.things["payment"]) == 1
    assert work_of(day, "payment", "Y1").state == "person"
    day.engine.people["alpha"].it_is_there("payment", "Y1", "u1", "PAY-7")
    day.work(DAYS)
    assert len(day.server.things["payment"]) == 1
    assert work_of(day, "payment", "Y1").state == "sent"


def test_what_was_given_out_after_the_backup_is_not_given_out_again(day: Day) -> None:
    create(day)
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work()
    backup = waiting_at_the_backup(day, "dispense", "D1", {"of": "R1", "text": "given"}, "P1")
    restore(day, backup)
    day.work(2 * 3600)
    assert len(day.server.things["dispense"]) == 1
    assert work_of(day, "dispense", "D1").state == "person"
    day.engine.people["alpha"].it_is_not_there("dispense", "D1", "u1")
    day.work(DAYS)
    assert len(day.server.things["dispense"]) == 2  # by that person's word


def arriving_late(day: Day) -> None:
    """A create is lost, the patient renamed here and made under the new name; then the lost one arrives."""
    day.failing("very late")
    day.save("patient", "P1", PATIENT)
    day.work(31)
    day.save("patient", "P1", {**PATIENT, "name": "Flo1"})
    while not day.server.things["patient"]:
        day.work(60)
    day.clock.elapsed += 5_000
    day.network.arrive()
    assert [one.body["name"] for one in day.server.live("patient")] == ["Flo1", "Ana"]


def test_a_lost_create_that_comes_late_under_the_old_name_is_known_though_somebody_edited_it_there(day: Day) -> None:
    arriving_late(day)
    late = day.server.live("patient")[1]
    day.server.write(late, {"contacts": [{"who": "friend", "phone": "38"}]}, "other", day.clock.true())
    day.sync_now()
    day.work(DAYS)
    assert [(one.sort, one.local_id, one.remote_id) for one in open_cards(day)] == [("duplicate", "P1", late.id)]


def test_of_a_late_one_that_was_changed_almost_throughout_it_is_asked_who_it_is(day: Day) -> None:
    arriving_late(day)
    late = day.server.live("patient")[1]
    others = {"contacts": [], "phone": "+1-9", "notes": "theirs", "allergies": ["rye"], "address": {"city": "Far"}}
    day.server.write(late, others, "other", day.clock.true())
    day.sync_now()
    day.work(DAYS)
    assert [(one.sort, one.local_id, one.remote_id) for one in open_cards(day)] == [("identity", "P1", late.id)]
    # That it is this patient makes two of them there: which is to be ours is the next question.
    day.engine.people["alpha"].link(late.id, "P1", "u1")
    day.work(DAYS)
    (card,) = open_cards(day)
    assert (card.sort, card.remote_id) == ("duplicate", late.id)
    assert sorted(day.engine.people["alpha"].choices(card.id)) == ["other", "this"]


def test_what_is_hidden_of_somebody_proves_nothing(day: Day) -> None:
    desk = day.engine.offices["alpha"].desk
    intent = Intent("1", "alpha", "patient", "P1", "create", body=dict(PATIENT), attempts=2)
    assert who_was_sent(desk, Seen(Kind.PATIENT, "x", dict(PATIENT)), intent) == "proven"
    assert who_was_sent(desk, Seen(Kind.PATIENT, "x", {**PATIENT, "name": "Bo"}), intent) == ""
    assert who_was_sent(desk, Seen(Kind.PATIENT, "x", {**PATIENT, "name": MASK}), intent) == ""
    intent.before = {"earlier": [{**PATIENT, "name": "Bo"}]}
    assert who_was_sent(desk, Seen(Kind.PATIENT, "x", {**PATIENT, "name": "Bo"}), intent) == "proven"


@pytest.mark.parametrize("status", ["booked", "cancelled"])
def test_an_appointment_told_twice_in_a_life_not_remembered_is_taken_in_once(day: Day, status: str) -> None:
    create(day)
    backup = day.disk.snapshot()
    day.failing("very late")
    booked = {"time": day.clock.true() + 900_000, "status": "booked", "notes": "n"}
    day.save("appointment", "A1", booked, "P1")
    while not day.server.things["appointment"]:
        day.work(60)
    day.restore(backup)
    day.clock.elapsed += 5_000
    day.network.arrive()
    first, second = day.server.live("appointment")
    day.server.write(second, {"status": status}, "other", day.clock.true())
    day.work(2 * 3600)
    (card,) = open_cards(day)
    assert (card.sort, card.remote_id) == ("duplicate", second.id)
    assert len(day._records("appointment")) == 1
    assert links(day, "appointment", card.local_id) == {first.id: (0, "confirmed"), second.id: (0, "duplicate")}


def test_what_a_life_not_remembered_has_only_read_counts_against_the_limits_each_time_it_is_restored(day: Day) -> None:
    create(day)
    backup = day.disk.snapshot()
    counter = day.outside.kept["alpha"].counter
    day.work(5_000)
    assert day.outside.kept["alpha"].counter == counter, "nothing was told meanwhile"
    for _ in range(2):
        day.restore(backup)
        day.engine.offices["alpha"].start()
        assert day.engine.offices["alpha"].desk.budgets.free_at(["all"]) >= day.clock.true() + 3600
        assert work_of(day, "patient", "P1").state == "confirmed", "nothing is in doubt"
    day.work(5_000)
    assert day.engine.offices["alpha"].desk.budgets.left()["all"][0] > 0


@pytest.mark.parametrize(
    ("told", "there"), [("1.5 mg", "15 mg"), ("1/2 tablet", "12 tablet"), ("take 5-10", "take 510")]
)
def test_what_is_not_what_was_told_is_never_taken_for_its_form(
    day: Day, monkeypatch: pytest.MonkeyPatch, told: str, there: str
) -> None:
    create(day)
    made = day.server.create

    def edited_at_once(kind: str, body: dict[str, Any], *more: Any) -> Any:
        thing = made(kind, body, *more)
        day.server.write(thing, {"text": there}, "other", day.clock.true())
        return thing

    monkeypatch.setattr(day.server, "create", edited_at_once)
    day.save("prescription", "R1", {"text": told, "code": "c"}, "P1")
    day.work(DAYS)
    (here,) = [body["text"] for _, body in day._records("prescription")]
    assert here == there or open_cards(day), "it is confirmed as if they had what was told"


def test_two_appointments_of_one_patient_after_a_restore_are_two(day: Day) -> None:
    create(day)
    backup = day.disk.snapshot()
    for n in (1, 2):
        booked = {"time": day.clock.true() + 900_000, "status": "booked", "notes": "n"}
        day.save("appointment", f"A{n}", booked, "P1")
    day.work()
    day.restore(backup)
    day.work(2 * 3600)
    assert open_cards(day) == []
    assert len(day._records("appointment")) == 2


def test_the_parts_of_a_record_are_told_apart_when_they_are_looked_for_after_a_restore(day: Day) -> None:
    create(day)
    day.failing("answer lost")
    day.save("prescription", "R1", {"lines": ["a", "b"], "code": "c"}, "P1")
    day._work(day.clock.elapsed + 31, most=4)
    backup = day.disk.snapshot()
    day.work(600)
    assert len(day.server.live("prescription")) == 2
    day.restore(backup)
    day.work(2 * 3600)
    day.sync_now()
    day.work(DAYS)
    assert open_cards(day) == []
    assert len(day.server.things["prescription"]) == 2
    assert sorted(links(day, "prescription", "R1").values()) == [(0, "confirmed"), (1, "confirmed")]


def test_what_stands_there_under_another_patient_is_never_linked_into_this_chart(day: Day) -> None:
    create(day)
    day.failing("answer lost")
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day._work(day.clock.elapsed + 31, most=4)
    other = day.server.create("patient", {**PATIENT, "name": "Cy", "birth": "1931", "phone": "+1-9"}, "", "", "other")
    day.there("prescription").parent = other.id
    day.work(DAYS)
    assert len(day.server.things["prescription"]) == 1
    assert work_of(day, "prescription", "R1").why == "it is there in the record of another patient"
    assert links(day, "prescription", "R1") == {}


def test_what_a_person_called_surplus_is_ours_again_by_a_person_alone(day: Day) -> None:
    create(day)
    twin = day.server.create("patient", {**PATIENT}, "", "", "other")
    day.sync_now()
    day.work(60)
    (card,) = open_cards(day)
    day.engine.people["alpha"].resolve(card.id, "other", "u1")
    first = day.there()
    first.deleted, first.deleted_at = True, day.clock.elapsed
    for _ in range(4):
        day.sync_now()
        day.work(90_000)
    gone = next(one for one in open_cards(day) if one.sort == "gone")
    day.engine.people["alpha"].resolve(gone.id, "recreate", "u1")
    day.work(600)
    assert len(day.server.things["patient"]) == 2
    asked = next(one for one in open_cards(day) if one.sort == "identity")
    assert asked.remote_id == twin.id
    day.engine.people["alpha"].link(twin.id, "P1", "u1")
    day.work(600)
    assert links(day, "patient", "P1")[twin.id] == (0, "confirmed")


@pytest.mark.parametrize(("lines", "lost"), [(["a"], 0), (["a", "b"], 0), (["a", "b"], 1)])
def test_what_was_told_in_parts_and_comes_once_more_is_a_second_of_its_part_alone(
    day: Day, lines: list[str], lost: int
) -> None:
    create(day)
    day.failing(*[""] * lost, "very late")
    day.save("prescription", "R1", {"lines": lines, "code": "c"}, "P1")
    while len(day.server.things["prescription"]) < len(lines):
        day.work(60)
    day.clock.elapsed += 5_000
    day.network.arrive()
    day.sync_now()
    day.work(DAYS)
    late = day.server.live("prescription")[-1]
    assert [(one.sort, one.remote_id) for one in open_cards(day)] == [("duplicate", late.id)]
    parts = {(part, "confirmed") for part, _ in enumerate(lines)}
    assert {*links(day, "prescription", "R1").values()} == {*parts, (lost, "duplicate")}


def test_a_create_that_was_lost_under_an_earlier_name_is_looked_for_under_that_name_too(day: Day) -> None:
    """Its second sending was lost for good, and its first arrives before the looking: no third is sent."""
    day.failing("very late", "request lost")
    day.save("patient", "P1", PATIENT)
    day.work(31)
    day.save("patient", "P1", {**PATIENT, "name": "Flo1", "phone": "+1-9"})
    while day.network.script:
        day.work(10)
    while not day.server.things["patient"]:  # within what a clock may be wrong by
        day.network.pending = [(day.clock.elapsed, run) for _, run in day.network.pending]
        day.network.arrive()
    day.work(DAYS)
    assert len(day.server.things["patient"]) == 1
    assert [*links(day, "patient", "P1").values()] == [(0, "confirmed")]
    assert day.there().body["name"] == "Flo1"


def test_whose_registering_was_never_heard_of_is_asked_about_though_others_renamed_them_there(day: Day) -> None:
    day.failing("answer lost")
    day.save("patient", "P1", PATIENT)
    day._work(day.clock.elapsed + 31, most=4)
    with day.disk.write() as unit:  # looking there did not tell, time after time
        (intent,) = Rows(unit).find(Intent, system="alpha", op="create")
        intent.state = "person"
        Rows(unit).put(intent)
    day.edit_there(name="Anna-Maria", phone="+1-9", notes="theirs")
    day.sync_now()
    day.work(600)
    (card,) = open_cards(day)
    assert (card.sort, card.local_id, card.remote_id) == ("identity", "P1", day.there().id)
    assert len(day._records("patient")) == 1
    day.engine.people["alpha"].link(card.remote_id, "P1", "u1")
    day.work(DAYS)
    assert links(day, "patient", "P1") == {card.remote_id: (0, "confirmed")}
    with day.disk.read() as unit:
        (intent,) = Rows(unit).find(Intent, system="alpha", op="create")
    assert intent.state == "acked"


def look_for_it(day: Day, after: float) -> None:
    """Have the lost create looked for after so long: the limit may leave no room before."""
    with day.disk.write() as unit:
        (intent,) = Rows(unit).find(Intent, system="alpha", state="unknown")
        intent.probe_at = day.engine.offices["alpha"].desk.now() + after
        Rows(unit).put(intent)


def waiting_for_the_lost_one(day: Day) -> Any:
    """A create was lost, cannot be looked for now, and somebody there may be the one."""
    day.failing("request lost")
    day.save("patient", "P1", PATIENT)
    day._work(day.clock.elapsed + 31, most=4)
    look_for_it(day, 10 * 86_400.0)
    other = day.server.create("patient", {**PATIENT, "name": "Cy", "phone": "+1-9"}, "", "", "other")
    day.sync_now()
    day.work(90)
    assert links(day, "patient", "")[other.id] == (0, "waiting")
    return other


def test_who_waits_for_a_lost_answer_is_read_ever_less_often_and_once_an_hour_at_the_least(day: Day) -> None:
    waiting_for_the_lost_one(day)
    day.network.reads = 0
    day.work(3_600.0)
    assert 3 <= day.network.reads <= 7  # after 1, 2, 4, 8, 16 and 32 minutes
    day.network.reads = 0
    day.work(12 * 3_600.0)
    assert 11 <= day.network.reads <= 13


def test_who_waits_for_a_lost_answer_is_read_at_once_on_a_hint_and_soon_when_it_is_settled(day: Day) -> None:
    other = waiting_for_the_lost_one(day)
    day.work(6 * 3_600.0)
    day.network.reads = 0
    day.engine.hint("alpha", "patient", other.id)
    day.work(61)
    assert day.network.reads == 1
    look_for_it(day, 0.0)
    day.work(3_700.0)
    # What was lost was not there, and was sent again; the other is somebody new here.
    assert len(day.server.things["patient"]) == 2
    assert len(day._records("patient")) == 2
    assert links(day, "patient", "P1").keys().isdisjoint({other.id})
