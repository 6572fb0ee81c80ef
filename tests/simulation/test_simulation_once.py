"""What may have been carried out is not carried out again, and what was done to one record was not done to another."""

from dataclasses import replace
from typing import Any

import pytest

from sync.port import Kind
from sync.transport.outcomes import Call, Said, Slowed
from tests.simulation.flows import Day, create
from tests.simulation.test_simulation_directed import NEVER, open_cards, work_of


@pytest.fixture
def day() -> Any:
    one = Day(NEVER)
    create(one)
    yield one
    one.disk.close()


def test_what_was_given_up_and_may_be_there_is_not_sent_again_with_the_next_edit(day: Day) -> None:
    day.failing("answer lost")
    day.save("payment", "M1", {"text": "100", "code": "c"}, "P1")
    day.work(600)
    assert work_of(day, "payment", "M1").state == "person"
    day.engine.people["alpha"].give_up("payment", "M1", "u1", "they have it, they say")
    day.save("payment", "M1", {"text": "100, corrected", "code": "c"}, "P1")
    day.work(600)
    assert len(day.server.things["payment"]) == 1
    assert work_of(day, "payment", "M1").state == "person", "the edit asks again"


def test_a_503_that_names_a_time_does_not_say_that_nothing_was_carried_out(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = day.network.exchange
    answered: list[Any] = []

    def behind_a_proxy(call: Call, run: Any, *, changes: bool) -> Any:
        came = exchange(call, run, changes=changes)
        if call.endpoint == "POST /payment" and not answered:
            answered.append(came)
            raise Slowed(call, 503, Said(retry_after=30.0), 30.0)
        return came

    monkeypatch.setattr(day.network, "exchange", behind_a_proxy)
    day.save("payment", "M1", {"text": "100", "code": "c"}, "P1")
    day.work(600)
    assert len(day.server.things["payment"]) == 1
    assert work_of(day, "payment", "M1").state == "person"


def test_of_two_of_which_one_was_cancelled_the_chosen_one_is_cancelled_too(day: Day) -> None:
    kp = day.profile.kinds[Kind.APPOINTMENT]
    rules = {**kp.rules, "status": replace(kp.rules["status"], theirs=True)}
    day.profile = replace(day.profile, kinds={**day.profile.kinds, Kind.APPOINTMENT: replace(kp, rules=rules)})
    day.engine = day._build()
    booked = {"time": day.clock.true() + 900_000, "status": "booked", "notes": "n"}
    day.save("appointment", "A1", booked, "P1")
    day.work(600)
    first = day.there("appointment")
    body = {**first.body, "status": "booked"}
    day.save("appointment", "A1", {**booked, "status": "cancelled"}, "P1", act="cancel")
    day.work(600)
    second = day.server.create("appointment", body, first.parent, first.origin)  # our own create, once more and late
    day.sync_now()
    day.work(3600)
    (card,) = open_cards(day)
    day.engine.people["alpha"].resolve(card.id, "this", "u1")
    for _ in range(3):
        day.sync_now()
        day.work(12 * 3600)
    assert second.body["status"] == "cancelled"
    assert day.story_body("appointment", "A1")["status"] == "cancelled"


def test_what_else_changed_of_a_cancelled_record_is_told_though_they_had_cancelled_it_themselves(day: Day) -> None:
    booked = {"time": day.clock.true() + 500_000, "status": "booked", "notes": "n"}
    day.save("appointment", "A1", booked, "P1")
    day.work(600)
    there = day.there("appointment")
    day.server.write(there, {"status": "cancelled"}, "other", day.clock.true())
    day.save("appointment", "A1", {**booked, "status": "cancelled", "notes": "n\nisolate"}, "P1", act="cancel")
    day.work(600)
    day.sync_now()
    day.work(200_000)
    assert there.body["notes"] == "n\nisolate"
    assert work_of(day, "appointment", "A1").state == "confirmed"


def test_a_record_whose_link_is_ended_while_a_request_is_out_goes_on(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work(600)
    first = day.there("prescription")
    second = day.server.create("prescription", dict(first.body), first.parent, first.origin)
    day.sync_now()
    day.work(3600)
    (card,) = open_cards(day)
    exchange = day.network.exchange
    decided: list[str] = []

    def meanwhile(call: Call, run: Any, *, changes: bool) -> Any:
        if call.endpoint.startswith("PUT /prescription") and not decided:
            decided.append(card.id)
            day.engine.people["alpha"].resolve(card.id, "this", "u1")
        return exchange(call, run, changes=changes)

    monkeypatch.setattr(day.network, "exchange", meanwhile)
    day.save("prescription", "R1", {"text": "half the dose", "code": "c"}, "P1")
    day.work(600)
    assert decided
    day.sync_now()
    day.work(200_000)
    assert work_of(day, "prescription", "R1").state != "unknown"
    for asked in open_cards(day):
        if asked.sort == "field":
            day.engine.people["alpha"].resolve(asked.id, "here", "u1")
    day.work(200_000)
    assert second.body["text"] == "half the dose"
