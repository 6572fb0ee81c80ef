"""What a person gives up after it was refused, beside what a person decides of the same record."""

from typing import Any

import pytest

from sync.port import Echo, Sending
from sync.transport.outcomes import Call, Refused, Said
from tests.simulation.flows import PATIENT, Day, create
from tests.simulation.remote import ModelRemote
from tests.simulation.test_simulation_directed import NEVER, open_cards, work_of

DAY = 86_400.0


@pytest.fixture(name="refused")
def _refused(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """What they refuse: (what is to be done, a member that is in it, or any)."""
    refused: set[tuple[str, str]] = set()
    carry_out = ModelRemote._carry_out

    def carry(self: ModelRemote, call: Call, sending: Sending, sent_at: float) -> Echo:
        if any(sending.op == op and member in {"", *sending.changed} for op, member in refused):
            raise Refused(call, 422, Said("INVALID", "not allowed", ()))
        return carry_out(self, call, sending, sent_at)

    monkeypatch.setattr(ModelRemote, "_carry_out", carry)
    return refused


@pytest.fixture
def day() -> Any:
    one = Day(NEVER)
    create(one)
    yield one
    one.disk.close()


def looked(day: Day, times: int = 2) -> None:
    for _ in range(times):
        day.sync_now()
        day.work(DAY)


def test_what_was_decided_is_asked_again_where_what_was_refused_is_given_up(
    day: Day, refused: set[tuple[str, str]]
) -> None:
    refused.add(("update", "phone"))
    there, people = day.there(), day.engine.people["alpha"]
    day.edit_there(allergies=[])
    day.save("patient", "P1", {**PATIENT, "phone": "0"})
    looked(day)
    (asked,) = open_cards(day)
    assert work_of(day, "patient", "P1").state == "refused"
    people.resolve(asked.id, "here", "u1")
    people.give_up("patient", "P1", "u1", "they do not take such numbers")
    looked(day)
    assert there.body["allergies"] == []
    (again,) = open_cards(day)
    assert (again.id, again.member, again.sides) == (asked.id, "allergies", asked.sides)
    assert day.engine.state_of("patient", "P1")["alpha"].word == "closed by a person"
    refused.clear()
    people.resolve(again.id, "here", "u1")
    looked(day)
    assert there.body["allergies"] == ["nuts"]
    assert work_of(day, "patient", "P1").state == "confirmed"


def test_what_was_decided_and_they_refused_is_given_up_with_it(day: Day, refused: set[tuple[str, str]]) -> None:
    refused.add(("update", "allergies"))
    people = day.engine.people["alpha"]
    day.edit_there(allergies=[])
    looked(day)
    (asked,) = open_cards(day)
    people.resolve(asked.id, "here", "u1")
    looked(day)
    assert work_of(day, "patient", "P1").state == "refused"
    people.give_up("patient", "P1", "u1", "telephoned")
    looked(day)
    assert open_cards(day) == []
    assert day.story_body("patient", "P1")["allergies"] == ["nuts"]


def asked_of_one_and_other_refused(day: Day, refused: set[tuple[str, str]]) -> Any:
    """One line is asked about, and the other was refused, and entered there by hand."""
    day.save("prescription", "R1", {"lines": ["a"], "code": "c"}, "P1")
    looked(day)
    there, people = day.there("prescription"), day.engine.people["alpha"]
    day.server.write(there, {"text": "theirs"}, "other", day.clock.true())
    refused.add(("create", "text"))
    day.save("prescription", "R1", {"lines": ["mine", "b"], "code": "c"}, "P1")
    looked(day)
    people.give_up("prescription", "R1", "u1", "entered by hand at their portal")
    day.server.create("prescription", {"text": "b", "code": "c"}, there.parent, "", "other")
    refused.clear()
    return there


def test_what_was_given_up_is_not_made_by_itself_once_something_else_is_decided(
    day: Day, refused: set[tuple[str, str]]
) -> None:
    there, people = asked_of_one_and_other_refused(day, refused), day.engine.people["alpha"]
    (asked,) = [one for one in open_cards(day) if one.sort == "field"]
    people.resolve(asked.id, "here", "u1")
    looked(day)
    assert sorted(one.body["text"] for one in day.server.live("prescription")) == ["b", "theirs"]
    work = work_of(day, "prescription", "R1")
    assert work.state == "refused"
    assert work.why.startswith("not allowed (given up before")
    people.edit_and_resend("prescription", "R1", "u1")
    looked(day)
    assert there.body["text"] == "mine"


def test_who_gives_it_up_once_more_was_told_what_goes_with_it(day: Day, refused: set[tuple[str, str]]) -> None:
    asked_of_one_and_other_refused(day, refused)
    people = day.engine.people["alpha"]
    (asked,) = [one for one in open_cards(day) if one.sort == "field"]
    people.resolve(asked.id, "here", "u1")
    people.give_up("prescription", "R1", "u1", "told by telephone, both")
    looked(day)
    assert [one for one in open_cards(day) if one.sort == "field"] == []
    assert work_of(day, "prescription", "R1").state == "closed"


def test_what_was_to_be_done_and_was_given_up_is_not_done_by_itself(day: Day, refused: set[tuple[str, str]]) -> None:
    time, people = day.clock.true() + 90 * DAY, day.engine.people["alpha"]
    booked = {"time": time, "status": "booked", "notes": "n"}
    day.save("appointment", "A1", booked, "P1")
    looked(day)
    there = day.there("appointment")
    day.server.write(there, {"time": time + 2 * DAY}, "other", day.clock.true())
    day.save("appointment", "A1", {**booked, "time": time + DAY}, "P1")
    looked(day)
    refused.add(("act", ""))
    day.save("appointment", "A1", {**booked, "time": time + DAY, "status": "cancelled"}, "P1", act="cancel")
    looked(day)
    assert work_of(day, "appointment", "A1").why == "not allowed"
    people.give_up("appointment", "A1", "u1", "told by telephone")
    refused.clear()
    (asked,) = open_cards(day)
    people.resolve(asked.id, "here", "u1")
    looked(day)
    assert there.body["status"] == "booked"
    assert work_of(day, "appointment", "A1").state == "refused"
