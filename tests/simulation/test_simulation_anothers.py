"""A number that was one patient's and is, or may be, another's: nothing of the one is done to the other."""

from typing import Any

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Link
from sync.port import Echo, Sending
from sync.transport.outcomes import Call, Refused, Said
from tests.simulation.flows import PATIENT, Day
from tests.simulation.remote import ModelRemote
from tests.simulation.server import Thing
from tests.simulation.test_simulation_directed import open_cards, work_of
from tests.simulation.test_simulation_handed_out import DAY, OTHER, _day, booked, looked, lost_sight_of, made_again

__all__ = ["_day"]
NAMESAKE = {**PATIENT, "phone": "+1-999", "allergies": []}


def asked_of(day: Day, local_id: str) -> str:
    """Whose number it is asked of somebody here."""
    return next(one.remote_id for one in open_cards(day) if (one.sort, one.local_id) == ("identity", local_id))


def one_too_many(day: Day) -> Thing:
    """A patient who stands there twice, and of whom the second was said to be one too many: that one."""
    day.save("patient", "P1", PATIENT)
    day.work(600)
    looked(day, 1)
    second = day.server.create("patient", {**PATIENT}, "", "", "other")
    looked(day, 1)
    (twice,) = (one for one in open_cards(day) if one.sort == "duplicate")
    day.engine.people["alpha"].resolve(twice.id, "other", "u1")
    return second


def links_of(day: Day, kind: str, local_id: str) -> dict[str, str]:
    with day.disk.read() as unit:
        found = Rows(unit).find(Link, system="alpha", kind=kind, local_id=local_id)
    return {one.remote_id: one.status for one in found}


def came_from_there(day: Day) -> str:
    """A patient who came from there, and is gone there: who it is here."""
    day.server.create("patient", {**PATIENT, "key": "x"}, "", "", "other")
    looked(day, 1)
    with day.disk.read() as unit:
        (link,) = Rows(unit).find(Link, system="alpha", kind="patient")
    day.sends_allowed[f"ref {link.local_id}"] = 5
    return link.local_id


@pytest.mark.parametrize("decided", ["", "never"])
def test_who_was_gone_is_linked_again_by_a_person_alone_though_a_namesake_was_asked_about_first(
    day: Day, decided: str
) -> None:
    first = came_from_there(day)
    there = lost_sight_of(day)
    if decided:
        (gone,) = open_cards(day)
        day.engine.people["alpha"].resolve(gone.id, decided, "u1")
        day.work(600)
    there.deleted = False
    day.save("patient", "P2", NAMESAKE)
    day.work(1800)
    number = asked_of(day, "P2")
    day.engine.people["alpha"].keep_apart(number, "P2", "u1")
    looked(day)
    assert asked_of(day, first) == number, "it is theirs again by a person alone"
    day.engine.people["alpha"].link(number, first, "u1")
    day.save("patient", first, {**PATIENT, "allergies": ["nuts", "LATEX"]})
    looked(day)
    assert there.body["allergies"] == ["nuts", "LATEX"]
    assert links_of(day, "patient", first) == {number: "confirmed"}
    assert open_cards(day) == []


def test_what_came_under_a_number_that_is_anothers_now_and_has_not_changed_is_left_as_it_is(day: Day) -> None:
    time, _there = booked(day)
    for n in range(3):
        body = {"time": time + n, "status": "booked", "notes": "from there"}
        day.server.create("appointment", body, day.there().id, "", "other")
    looked(day, 1)
    patient = lost_sight_of(day)
    patient.deleted = False
    patient.body.update(OTHER)
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(1800)
    day.engine.people["alpha"].link(asked_of(day, "P2"), "P2", "u1")
    looked(day)
    assert [one for one in open_cards(day) if one.sort == "misfiled"] == []


def test_who_seems_to_be_another_and_is_said_to_be_that_one_takes_nothing_along(day: Day) -> None:
    _time, there = booked(day)
    looked(day, 1)
    day.edit_there(**OTHER)
    day.sync_now()
    day.work(1800)
    day.save("patient", "P2", {**PATIENT, **OTHER, "allergies": ["LATEX"]})
    day.work(600)
    number = next(one.remote_id for one in open_cards(day) if one.sort == "identity")
    day.sends_allowed |= {"ref P1": 3, "ref A1": 3}
    day.engine.people["alpha"].link(number, "P2", "u1")
    looked(day)
    day.server.write(there, {"status": "cancelled"}, "other", day.clock.true())
    looked(day)
    assert day.story_body("appointment", "A1")["status"] == "booked", "it stands under P2 there"
    assert [one.remote_id for one in open_cards(day) if one.sort == "surplus"] == [there.id]
    allergies = next(one.body["allergies"] for one in day.server.live("patient") if one.id == number)
    assert set(allergies) == {"nuts", "LATEX"}


def test_while_it_is_asked_whose_a_number_is_nothing_under_it_is_taken_in(day: Day) -> None:
    _time, there = booked(day)
    patient = lost_sight_of(day)
    patient.deleted = False
    patient.body.update(OTHER)
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(1800)
    number = asked_of(day, "P2")
    day.server.create("patient", {**PATIENT, **OTHER, "key": "P2"}, "", "", "other")
    looked(day, 1)
    assert links_of(day, "patient", "P2")[number] == "candidate"
    day.server.write(there, {"status": "cancelled"}, "other", day.clock.true())
    looked(day)
    assert day.story_body("appointment", "A1")["status"] == "booked"


def test_who_has_the_number_of_one_too_many_is_not_to_be_taken_away(day: Day) -> None:
    _time, _there, asked = made_again(day)
    day.engine.people["alpha"].resolve(asked.id, "leave", "u1")
    looked(day)
    assert [one.sort for one in open_cards(day)] == ["surplus"]
    del day.server.things["patient"][asked.remote_id]
    last, day.server.last_number = day.server.last_number, 0
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(600)
    day.server.last_number = last
    assert links_of(day, "patient", "P2") == {asked.remote_id: "confirmed"}
    looked(day)
    assert [one for one in open_cards(day) if one.kind == "patient"] == []


def test_what_cannot_be_made_again_can_be_joined_to_what_is_back(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    _time, there = booked(day)
    there.deleted = True
    looked(day, 4)
    (gone,) = open_cards(day)
    send = ModelRemote.send

    def refuse(self: ModelRemote, one: Sending) -> Echo:
        if one.op == "create":
            raise Refused(Call("create", "POST", "/"), 422, Said("TAKEN", "the time is taken"))
        return send(self, one)

    monkeypatch.setattr(ModelRemote, "send", refuse)
    there.deleted = False
    day.engine.people["alpha"].resolve(gone.id, "recreate", "u1")
    day.work(600)
    looked(day, 1)
    (back,) = (one for one in open_cards(day) if one.sort == "restored")
    day.engine.people["alpha"].resolve(back.id, "join", "u1")
    looked(day)
    assert work_of(day, "appointment", "A1").state == "confirmed"
    assert open_cards(day) == []


def told(day: Day, **body: Any) -> None:
    day.save("prescription", "R1", {"lines": ["a 5 mg", "b 5 mg"], "code": "c", **body}, "P1")


@pytest.mark.parametrize("answer", ["leave", "never"])
def test_what_is_said_of_one_line_closes_no_other(day: Day, answer: str) -> None:
    day.save("patient", "P1", PATIENT)
    told(day)
    day.work(600)
    first, second = day.server.things["prescription"].values()
    first.deleted = True
    looked(day, 4)
    told(day, lines=["a 5 mg", "b 50 mg"])
    looked(day)
    if answer == "leave":
        first.deleted = False
        looked(day, 1)
    (asked,) = open_cards(day)
    day.engine.people["alpha"].resolve(asked.id, answer, "u1")
    day.work(DAY)
    assert second.body["text"] == "b 50 mg"
    assert work_of(day, "prescription", "R1").state == "confirmed"
    assert len(day.server.things["prescription"]) == 2


def test_a_line_of_which_nobody_knows_whether_it_came_is_not_sent_again_by_what_is_said_of_another(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    told(day, lines=["a", "b", "c"])
    day.work(600)
    first, _second, third = day.server.things["prescription"].values()
    with day.disk.write() as unit:
        rows = Rows(unit)
        made = next(one for one in rows.find(Intent, kind="prescription", local_id="R1") if one.part == 2)
        made.state, made.remote_id = "person", ""
        rows.put(made)
        rows.remove(Link, system="alpha", kind="prescription", remote_id=third.id)
    third.body["mark"] = ""
    first.deleted = True
    looked(day, 4)
    first.deleted = False
    looked(day, 1)
    asked = next(one for one in open_cards(day) if one.sort == "restored")
    day.engine.people["alpha"].resolve(asked.id, "leave", "u1")
    told(day, lines=["a", "b2", "c"])
    looked(day)
    assert [one.body["text"] for one in day.server.live("prescription")].count("c") == 1


@pytest.mark.parametrize("order", [["P1", "P2"], ["P2", "P1"], ["P1"]])
def test_who_it_is_not_is_told_apart_and_nobody_else_is(day: Day, order: list[str]) -> None:
    time, there = booked(day)
    looked(day, 1)
    day.edit_there(**OTHER)
    day.sync_now()
    day.work(1800)
    number = day.there().id
    day.save("patient", "P2", {**PATIENT, **OTHER})
    day.work(1800)
    day.sends_allowed |= {"ref P1": 3, "ref P2": 3, "ref A1": 3}
    for who in order:
        assert asked_of(day, who) == number
        day.engine.people["alpha"].keep_apart(number, who, "u1")
        looked(day)
    if "P2" not in order:
        assert asked_of(day, "P2") == number, "of P2 nothing was said"
        assert set(links_of(day, "patient", "P2").values()) == {"candidate"}
    day.server.write(there, {"time": time + DAY}, "other", day.clock.true())
    looked(day)
    assert day.story_body("appointment", "A1")["time"] == time, "it stands under somebody else there"
    assert [one.remote_id for one in open_cards(day) if one.sort == "surplus"] == [there.id]
    assert [one for one in open_cards(day) if one.sort == "duplicate"] == []
    assert "confirmed" in links_of(day, "appointment", "A1").values(), "it is told anew, of P1"


@pytest.mark.parametrize("answer", ["apart", "link"])
def test_what_stands_under_one_too_many_goes_on_once_it_is_said_whose_that_is(day: Day, answer: str) -> None:
    second = one_too_many(day)
    time = day.clock.true() + 90 * DAY
    body = {"time": time, "status": "booked", "notes": "n"}
    there = day.server.create("appointment", body, second.id, "", "other")
    looked(day, 1)
    with day.disk.read() as unit:
        (link,) = Rows(unit).find(Link, system="alpha", kind="appointment")
    day.save("patient", "P2", {**PATIENT})
    day.work(1800)
    day.save("appointment", link.local_id, {**body, "time": time + DAY}, "P1")
    day.work(3600)
    if answer == "apart":
        day.engine.people["alpha"].keep_apart(second.id, "P2", "u1")
    else:
        day.engine.people["alpha"].link(second.id, "P2", "u1")
    looked(day)
    assert work_of(day, "appointment", link.local_id).state != "blocked"
    surplus = [one for one in open_cards(day) if (one.kind, one.sort) == ("patient", "surplus")]
    if answer == "link":
        assert surplus == [], "it is P2's record there now"
    assert there.body["time"] == (time if answer == "link" else time + DAY) or open_cards(day)


def test_who_was_linked_once_in_place_of_another_keeps_what_was_agreed_since(day: Day) -> None:
    second = one_too_many(day)
    day.work(600)
    day.save("patient", "P2", {**PATIENT})
    day.work(1800)
    day.engine.people["alpha"].link(second.id, "P2", "u1")
    looked(day)
    moved = {"name": "Anabel", "birth": "1991", "phone": "+1-9", "address": {"city": "Far", "line": "9"}}
    day.server.write(second, {**moved, "contacts": [], "allergies": []}, "other", day.clock.true())
    day.sync_now()
    day.work(3600)
    day.engine.people["alpha"].link(asked_of(day, "P2"), "P2", "u1")
    looked(day)
    why = {one.member: one.why for one in open_cards(day) if one.sort == "field"}
    assert why["allergies"] == "something was taken out there"
    assert (second.body["allergies"], second.body["contacts"]) == ([], [])
