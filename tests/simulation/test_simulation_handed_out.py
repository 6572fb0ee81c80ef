"""A number that may stand for somebody else now, or is handed out anew: nothing of one is taken for the other's."""

from collections.abc import Iterator

import pytest

from sync.engine.doubting import UNDER_ANOTHER
from sync.engine.plan import OF_NOBODY
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link
from tests.simulation.flows import PATIENT, Day
from tests.simulation.server import Thing
from tests.simulation.test_simulation_directed import NEVER, open_cards, work_of

OTHER = {
    "name": "Zeb", "birth": "1931", "phone": "+1-9", "address": {"city": "Far", "line": "9"},
    "contacts": [{"who": "wife", "phone": "77"}], "notes": "theirs",
}  # fmt: skip
DAY = 86_400.0


@pytest.fixture(name="day")
def _day() -> Iterator[Day]:
    one = Day(NEVER)
    yield one
    one.disk.close()


def lost_sight_of(day: Day) -> Thing:
    """Their patient is not there any more, for as long as it takes to be sure of it."""
    there = day.there()
    there.deleted = True
    for _ in range(4):
        day.sync_now()
        day.work(DAY)
    return there


def seen_again(day: Day) -> Thing:
    there = lost_sight_of(day)
    there.deleted = False
    day.sync_now()
    day.work(1800)
    return there


@pytest.mark.parametrize("named", [True, False], ids=["under its patient", "in a list that does not say whose it is"])
def test_what_changes_under_a_patient_in_doubt_waits_for_who_it_is(day: Day, named: bool) -> None:
    day.save("patient", "P1", PATIENT)
    time = day.clock.true() + 500_000
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1")
    day.work(600)
    (booked,) = day.server.things["appointment"].values()
    if not named:
        with day.disk.write() as unit:
            unit.driver.execute("UPDATE sync_shadow SET parent = '' WHERE kind = 'appointment'")
        booked.parent = ""
    day.edit_there(**OTHER)
    day.sync_now()
    day.work(1800)
    before = open_cards(day)
    (asked,) = (one for one in before if one.sort == "identity")
    day.server.write(booked, {"time": time + DAY}, "other", day.clock.true())
    for _ in range(3):
        day.sync_now()
        day.work(1800)
    assert day.story_body("appointment", "A1")["time"] == time
    assert open_cards(day) == before
    day.engine.people["alpha"].link(asked.remote_id, "P1", "u1")
    day.work(1800)
    assert day.story_body("appointment", "A1")["time"] == time + DAY, "they are the same: what waited is taken in"


def test_a_number_that_is_handed_out_anew_leaves_what_was_decided_of_the_other(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    day.work(600)
    there = lost_sight_of(day)
    (gone,) = open_cards(day)
    assert gone.sort == "gone"
    day.engine.people["alpha"].resolve(gone.id, "never", "u1")
    day.work(600)
    assert work_of(day, "patient", "P1").state == "closed"
    del day.server.things["patient"][there.id]
    day.server.last_number = 0  # they were restored, and count anew
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(600)
    assert day.there().id == there.id
    assert work_of(day, "patient", "P2").state == "confirmed"
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(DAY)
    assert work_of(day, "patient", "P1").state == "closed", "they are told of P1 no more, as was decided"
    assert [one.body["name"] for one in day.server.live("patient")] == ["Zeb"]
    with day.disk.read() as unit:
        found = {one.local_id: one.status for one in Rows(unit).find(Link, system="alpha", kind="patient")}
    assert found == {"P1": "never", "P2": "confirmed"}


@pytest.mark.parametrize("what", ["never", "recreate"])
def test_what_is_decided_of_who_is_gone_is_not_done_to_whoever_has_the_number_now(day: Day, what: str) -> None:
    day.save("patient", "P1", PATIENT)
    day.work(600)
    there = lost_sight_of(day)
    del day.server.things["patient"][there.id]
    day.server.last_number = 0
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(600)
    (gone,) = (one for one in open_cards(day) if one.sort == "gone")
    day.engine.people["alpha"].resolve(gone.id, what, "u1")
    day.sends_allowed["ref P1"] = 2
    day.work(DAY)
    day.save("patient", "P2", {**PATIENT, **OTHER, "notes": "more"})
    day.work(600)
    assert next(one for one in day.server.live("patient") if one.body["name"] == "Zeb").body["notes"] == "more"
    assert work_of(day, "patient", "P1").state == ("closed" if what == "never" else "confirmed")
    names = sorted(one.body["name"] for one in day.server.live("patient"))
    assert names == (["Zeb"] if what == "never" else ["Ana", "Zeb"])


@pytest.mark.parametrize("what", ["", "leave", "join"])
def test_what_changes_under_a_number_that_is_back_as_perhaps_another_waits_for_who_it_is(day: Day, what: str) -> None:
    day.save("patient", "P1", PATIENT)
    time = day.clock.true() + 50 * DAY
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1")
    day.work(600)
    seen_again(day)
    (asked,) = (one for one in open_cards(day) if one.sort == "restored")
    if what == "leave":
        day.engine.people["alpha"].resolve(asked.id, what, "u1")
    (booked,) = day.server.things["appointment"].values()
    day.server.write(booked, {"time": time + DAY}, "other", day.clock.true())
    for _ in range(2):
        day.sync_now()
        day.work(1800)
    assert day.story_body("appointment", "A1")["time"] == time
    if what == "join":
        day.engine.people["alpha"].resolve(asked.id, what, "u1")
        day.work(1800)
        assert day.story_body("appointment", "A1")["time"] == time + DAY


def test_what_is_done_here_of_whom_was_left_alone_there_is_told_by_a_person(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    booked = {"time": day.clock.true() + 50 * DAY, "status": "booked", "notes": "n"}
    day.save("appointment", "A1", booked, "P1")
    day.work(600)
    seen_again(day)
    day.save("appointment", "A1", booked, "P1", act="cancel")
    day.work(1800)
    assert work_of(day, "appointment", "A1").state == "blocked", "it is not known whose it is"
    (asked,) = (one for one in open_cards(day) if one.sort == "restored")
    day.engine.people["alpha"].resolve(asked.id, "leave", "u1")
    day.save("appointment", "A2", booked, "P1")
    for _ in range(2):
        day.sync_now()
        day.work(DAY)
    states = {name: work_of(day, "appointment", name) for name in ("A1", "A2")}
    assert {name: one.state for name, one in states.items()} == {"A1": "cannot", "A2": "blocked"}
    assert {name: one.why for name, one in states.items()} == {"A1": UNDER_ANOTHER, "A2": OF_NOBODY}
    assert [one.body["status"] for one in day.server.live("appointment")] == ["booked"]


def test_what_no_call_shows_is_not_looked_for_once_its_patient_is_ours_again(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.save("dispense", "D1", {"of": "R1", "text": "given"}, "P1")
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work(600)
    seen_again(day)
    (asked,) = (one for one in open_cards(day) if one.sort == "restored")
    day.engine.people["alpha"].resolve(asked.id, "join", "u1")
    for _ in range(4):
        day.sync_now()
        day.work(DAY)
    assert open_cards(day) == []
    assert work_of(day, "dispense", "D1").state in {"sent", "confirmed"}
    assert work_of(day, "payment", "Y1").state in {"sent", "confirmed"}


def test_who_was_there_again_and_whose_number_is_anothers_now_can_be_made_again(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    day.work(600)
    there = seen_again(day)
    del day.server.things["patient"][there.id]
    day.server.last_number = 0
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(600)
    cards = [one for one in open_cards(day) if one.local_id == "P1"]
    assert {one.sort for one in cards} == {"gone"}
    assert "join" not in day.engine.people["alpha"].choices(cards[0].id)
    day.sends_allowed["ref P1"] = 2
    day.engine.people["alpha"].resolve(cards[0].id, "recreate", "u1")
    day.work(DAY)
    assert work_of(day, "patient", "P1").state == "confirmed"
    assert sorted(one.body["name"] for one in day.server.live("patient")) == ["Ana", "Zeb"]


def test_an_act_under_a_patient_in_doubt_waits_and_is_not_looked_at_again_and_again(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    booked = {"time": day.clock.true() + 5_000_000, "status": "booked", "notes": "n"}
    day.save("appointment", "A1", booked, "P1")
    day.work(600)
    day.edit_there(**OTHER)
    day.sync_now()
    day.work(1800)
    asked = next(one for one in open_cards(day) if one.sort == "identity")
    day.save("appointment", "A1", {**booked, "status": "cancelled"}, "P1", act="cancel")
    reads = day.network.requests
    day.work(3600)
    assert work_of(day, "appointment", "A1").state == "blocked"
    assert day.network.requests - reads < 30
    (there,) = day.server.things["appointment"].values()
    assert there.body["status"] == "booked"
    day.engine.people["alpha"].link(asked.remote_id, "P1", "u1")
    day.work(3600)
    assert there.body["status"] == "cancelled"
    assert work_of(day, "appointment", "A1").state == "confirmed"


def test_an_older_value_that_stands_there_again_before_the_list_was_looked_through_is_seen(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    day.work(600)
    day.sync_now()
    day.work(1800)
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(600)
    assert work_of(day, "patient", "P1").state == "confirmed"
    day.edit_there(phone=PATIENT["phone"])  # and their list is what it was
    day.sync_now()
    day.work(1800)
    assert [(one.member, one.sort) for one in open_cards(day)] == [("phone", "field")]


def booked(day: Day) -> tuple[float, Thing]:
    """A patient and a booking that they have: its time, and what stands there."""
    day.save("patient", "P1", PATIENT)
    time = day.clock.true() + 90 * DAY
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1")
    day.work(600)
    (there,) = day.server.things["appointment"].values()
    return time, there


def looked(day: Day, times: int = 2) -> None:
    for _ in range(times):
        day.sync_now()
        day.work(DAY)


@pytest.mark.parametrize("back", [False, True])
def test_what_was_told_under_a_number_that_is_anothers_now_stays_apart_from_both(day: Day, back: bool) -> None:
    time, there = booked(day)
    patient = seen_again(day) if back else lost_sight_of(day)
    del day.server.things["patient"][patient.id]
    day.server.last_number = 0
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(600)
    assert day.there().id == patient.id
    assert [one.remote_id for one in open_cards(day) if one.sort == "surplus"] == [there.id]
    day.server.write(there, {"time": time + DAY}, "other", day.clock.true())
    looked(day)
    assert day.story_body("appointment", "A1")["time"] == time
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1", act="cancel")
    looked(day)
    assert there.body["status"] == "booked", "it stands under P2"


@pytest.mark.parametrize("what", ["never", "recreate"])
def test_what_changes_under_who_is_back_after_a_decision_waits_for_who_it_is(day: Day, what: str) -> None:
    time, there = booked(day)
    patient = lost_sight_of(day)
    (gone,) = open_cards(day)
    day.sends_allowed["ref P1"] = 2
    day.engine.people["alpha"].resolve(gone.id, what, "u1")
    day.work(DAY)
    patient.deleted = False
    patient.body.update(OTHER)
    day.sync_now()
    day.work(1800)
    assert [one.sort for one in open_cards(day)] == ["restored"]
    day.server.write(there, {"time": time + DAY, "notes": "theirs"}, "other", day.clock.true())
    looked(day)
    assert day.story_body("appointment", "A1")["time"] == time


@pytest.mark.parametrize("how", ["a change", "known under another number"])
def test_what_is_to_be_changed_of_what_stands_under_whom_was_left_alone_is_a_task(day: Day, how: str) -> None:
    time, there = booked(day)
    seen_again(day)
    (asked,) = (one for one in open_cards(day) if one.sort == "restored")
    day.engine.people["alpha"].resolve(asked.id, "leave", "u1")
    if how != "a change":
        day.server.create("patient", {**PATIENT, "key": "x"}, "", "", "other")
        looked(day)
        assert work_of(day, "patient", "P1").state == "closed"
        with day.disk.read() as unit:
            known = Rows(unit).find(Link, system="alpha", kind="patient", local_id="P1", status="confirmed")
        assert len(known) == 1
    changes = {"act": "cancel"} if how != "a change" else {}
    day.save("appointment", "A1", {"time": time + DAY, "status": "booked", "notes": "n"}, "P1", **changes)
    looked(day)
    assert work_of(day, "appointment", "A1").state == "cannot"
    assert (there.body["status"], there.body["time"]) == ("booked", time)


def made_again(day: Day) -> tuple[float, Thing, Conflict]:
    """A patient who was gone and made again under another number, and whose first number is there again."""
    time, there = booked(day)
    patient = lost_sight_of(day)
    (gone,) = open_cards(day)
    day.sends_allowed["ref P1"] = 2
    day.engine.people["alpha"].resolve(gone.id, "recreate", "u1")
    day.work(DAY)
    patient.deleted = False
    day.sync_now()
    day.work(1800)
    (asked,) = (one for one in open_cards(day) if one.sort == "restored")
    assert day.engine.people["alpha"].choices(asked.id) == ("leave",)
    return time, there, asked


@pytest.mark.parametrize("here", [True, False], ids=["cancelled here", "cancelled there"])
def test_what_was_done_while_it_was_asked_who_is_back_is_done_once_it_is_said(day: Day, *, here: bool) -> None:
    time, there, asked = made_again(day)
    if here:
        day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1", act="cancel")
    else:
        day.server.write(there, {"status": "cancelled"}, "other", day.clock.true())
    looked(day)
    day.engine.people["alpha"].resolve(asked.id, "leave", "u1")
    looked(day)
    assert there.body["status"] == "cancelled"
    if not here:
        assert day.story_body("appointment", "A1")["status"] == "cancelled"
    assert work_of(day, "appointment", "A1").state == "confirmed"


@pytest.mark.parametrize("what", ["never", "recreate", ""])
def test_what_is_decided_of_one_is_not_done_to_another_to_whom_they_gave_the_number(day: Day, what: str) -> None:
    time, there = booked(day)
    patient = lost_sight_of(day)
    patient.deleted = False
    patient.body.update(OTHER)  # the number is another's now, by somebody else's hand
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(1800)
    (asked,) = (one for one in open_cards(day) if one.sort == "identity")
    day.engine.people["alpha"].link(asked.remote_id, "P2", "u1")
    looked(day, 1)
    if what:
        (gone,) = (one for one in open_cards(day) if one.local_id == "P1")
        day.sends_allowed |= {"ref P1": 2, "ref A1": 2}
        day.engine.people["alpha"].resolve(gone.id, what, "u1")
    day.save("patient", "P2", {**PATIENT, **OTHER, "allergies": ["nuts", "LATEX"]})
    day.server.write(there, {"time": time + DAY, "notes": "theirs"}, "other", day.clock.true())
    looked(day)
    assert patient.body["allergies"] == ["nuts", "LATEX"]
    assert [one.body["name"] for one in day.server.live("patient")].count("Zeb") == 1
    assert day.story_body("appointment", "A1")["time"] == time


def test_who_was_gone_and_is_linked_again_to_the_same_number_is_told_again(day: Day) -> None:
    booked(day)
    patient = lost_sight_of(day)
    patient.deleted = False
    patient.body.update(OTHER)
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(1800)
    for _ in range(2):  # they look like somebody else: it is asked of P2 first, and then whether they are P1
        (asked,) = (one for one in open_cards(day) if one.sort == "identity")
        day.engine.people["alpha"].link(asked.remote_id, "P1", "u1")
        looked(day)
    assert work_of(day, "patient", "P1").state == "differs", "it is asked of each member who they are"
    assert {one.sort for one in open_cards(day) if one.local_id == "P1"} == {"field"}
    assert work_of(day, "patient", "P2").state == "confirmed"
    with day.disk.read() as unit:
        found = [one.status for one in Rows(unit).find(Link, system="alpha", kind="patient", local_id="P1")]
    assert found == ["confirmed"]


def test_what_came_for_one_and_is_changed_under_another_is_asked_about(day: Day) -> None:
    time, there = booked(day)
    body = {"time": time, "status": "booked", "notes": "from there"}
    came = day.server.create("appointment", body, day.there().id, "", "other")
    looked(day, 1)
    patient = lost_sight_of(day)
    del day.server.things["patient"][patient.id]
    day.server.last_number = 0
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(600)
    assert day.there().id == patient.id
    day.server.write(came, {"status": "cancelled"}, "other", day.clock.true())
    looked(day)
    (asked,) = (one for one in open_cards(day) if one.sort == "misfiled")
    assert asked.remote_id == came.id != there.id
    assert day.story_body("appointment", asked.local_id)["status"] == "booked"
