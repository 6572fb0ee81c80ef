"""What schedules showed that seldom comes together, each played by hand: the engine must not stumble over it again."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Work
from sync.port import Create, Put, Seen
from sync.telling.looking import too_many
from sync.transport.outcomes import Call, Forbidden, Said
from tests.simulation.flows import PATIENT, Day
from tests.simulation.remote import profile

NEVER = 10**9
DAY = 86_400.0
DAYS: list[Day] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while DAYS:
        DAYS.pop().disk.close()


def a_day(create: Create = Create.MARKER, put: Put = Put.TOP, *, masks: bool = False, partial: bool = False) -> Day:
    day = Day(NEVER, create=create, put=put, masks=masks)
    DAYS.append(day)
    if partial:
        day.profile = profile("alpha", create, put, partial=True, limits=(12, 4000, 100))
        day.engine = day._build()
    return day


def work_of(day: Day, kind: str, local_id: str) -> Work:
    with day.disk.read() as unit:
        work = Rows(unit).get(Work, "alpha", kind, local_id)
    assert work is not None
    return work


def links(day: Day, kind: str = "patient") -> list[tuple[str, str]]:
    with day.disk.read() as unit:
        return sorted((one.local_id, one.status) for one in Rows(unit).find(Link, system="alpha", kind=kind))


def cards(day: Day) -> list[tuple[str, str]]:
    with day.disk.read() as unit:
        return [(one.sort, one.local_id) for one in Rows(unit).find(Conflict, system="alpha", state="open")]


def signed_in(day: Day, *, yes: bool) -> None:
    day.network.signed_in = yes
    if yes:
        day.engine.people["alpha"].resume("u1")


def test_a_clock_that_is_set_back_before_a_start_leaves_nothing_waiting_for_years() -> None:
    day = a_day()
    day.work()
    signed_in(day, yes=False)
    day.sync_now()
    day.work(5 * DAY)
    day.save("patient", "P1", PATIENT)
    day.work()
    day.clock.wrong_by = -3.2e8
    day.engine = day._build()
    signed_in(day, yes=True)
    day.work(60.0)
    assert work_of(day, "patient", "P1").state == "confirmed"


def test_what_they_hid_from_us_for_a_moment_is_read_back_and_heard_of_later() -> None:
    day = a_day(partial=True)
    day.save("patient", "P1", PATIENT)
    day.work(2 * DAY)
    before = len(day.server.sent)
    day.save("patient", "P1", {**PATIENT, "allergies": ["nuts", "milk"]})
    while len(day.server.sent) == before:
        day.engine.step()
    day.network.rate, day.network.allowed = 1.0, ("403",)
    day.work(60.0)
    assert (work_of(day, "patient", "P1").state, work_of(day, "patient", "P1").why) == (
        "sent", "they hide it from us (403)",
    )  # fmt: skip
    day.network.rate = 0.0
    day.edit_there(notes="first\nseen there")
    reads = day.network.reads
    day.work(DAY / 2)
    assert day.network.reads == reads  # it is hidden: nobody asks again at once
    day.work(DAY)
    assert work_of(day, "patient", "P1").state == "confirmed"
    assert day.story_body("patient", "P1")["notes"] == "first\nseen there"


def test_what_is_not_come_upon_among_too_many_is_not_said_to_be_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    day = a_day(partial=True)
    day.save("patient", "P1", PATIENT)
    exchange = day.network.exchange

    def endless(call: Call, run: Callable[[], Any], *, changes: bool) -> Any:
        if call.endpoint == "GET /patient/id":
            raise too_many("pages")
        return exchange(call, run, changes=changes)

    monkeypatch.setattr(day.network, "exchange", endless)
    day.work(2 * DAY)
    work = work_of(day, "patient", "P1")
    assert (work.state, work.why) == (
        "sent", "There is more there than can be looked through for one record: look there.",
    )  # fmt: skip


def test_what_is_hidden_for_long_is_asked_for_less_and_less() -> None:
    day = a_day(partial=True)
    day.save("patient", "P1", PATIENT)
    day.work()
    asked = []
    exchange = day.network.exchange

    def closed(call: Call, run: Callable[[], Any], *, changes: bool) -> Any:
        if call.endpoint == "GET /patient/id":
            asked.append(day.clock.elapsed)
            raise Forbidden(call, 403, Said("CONSENT_REQUIRED", "no consent"))
        return exchange(call, run, changes=changes)

    day.network.exchange = closed  # type: ignore[method-assign]
    for _ in range(30):
        day.work(2 * DAY)
    assert 4 <= len(asked) <= 7
    assert all(later - one > DAY - 1 for one, later in pairwise(asked))


def test_what_a_person_closed_is_confirmed_again_once_it_was_changed_and_told() -> None:
    day = a_day(Create.NATURAL, Put.CLEAR, masks=True)
    day.server.create("patient", {**PATIENT, "name": "New"}, "", "", "other")
    day.work()
    ((local_id, _),) = links(day)
    body = day.story_body("patient", local_id)
    day.save("patient", local_id, {**body, "address": {"city": "There", "line": "1"}})
    day.work()
    assert work_of(day, "patient", local_id).state == "cannot"
    day.engine.people["alpha"].close_task("patient", local_id, "u1", "by telephone")
    day.save("patient", local_id, {**body, "address": {"city": "There", "line": "1"}, "phone": "+1-777"})
    day.work(DAY)
    assert day.there().body["phone"] == "+1-777"
    assert work_of(day, "patient", local_id).state == "confirmed"


def test_whom_others_rename_before_our_lost_answer_is_looked_for_are_not_made_twice() -> None:
    day = a_day(Create.NATURAL)
    day.failing("answer lost")
    day.save("patient", "P1", PATIENT)
    while not day.server.things["patient"]:
        day.engine.step()
    day.edit_there(name="Somebody")
    day.sync_now()
    day.work(600.0)
    day.work(2 * DAY)
    assert len(day.server.things["patient"]) == 1
    assert links(day) == [("P1", "confirmed")]


def lost_life(day: Day, **there: object) -> None:
    """A patient is told under a new name; then the database is one from before that."""
    signed_in(day, yes=False)
    day.save("patient", "P1", PATIENT)
    day.work()
    backup = day.disk.snapshot()
    signed_in(day, yes=True)
    day.save("patient", "P1", {**PATIENT, "name": "Anna"})
    day.work()
    assert len(day.server.things["patient"]) == 1
    if there:
        day.edit_there(**there)
    day.clock.elapsed += 3 * DAY
    day.restore(backup)
    signed_in(day, yes=True)
    for _ in range(3):
        day.sync_now()
        day.work(4000.0)


def test_who_is_found_after_a_restore_and_was_never_sent_by_this_database_is_linked_by_a_person() -> None:
    day = a_day(Create.NATURAL)
    lost_life(day, name="REFUSED")
    assert len(day.server.things["patient"]) == 1
    assert cards(day) == [("identity", "P1")]
    day.engine.people["alpha"].link(day.there().id, "P1", "u1")
    day.work(4000.0)
    assert links(day) == [("P1", "confirmed")]
    assert len(day.server.things["patient"]) == 1


def test_whom_a_person_is_asked_about_is_not_taken_for_somebody_new_when_they_come_into_sight() -> None:
    day = a_day()
    day.failing("answer lost")
    day.save("patient", "P1", PATIENT)
    while not day.server.things["patient"]:
        day.engine.step()
    day.network.rate, day.network.allowed = 1.0, ("403",)
    day.work(90.0)
    assert work_of(day, "patient", "P1").state == "person"
    day.network.rate = 0.0
    day.edit_there(name="Somebody", birth="1991")
    day.sync_now()
    day.work(DAY)
    assert links(day) == [("P1", "candidate")]
    assert cards(day) == [("identity", "P1")]
    day.engine.people["alpha"].link(day.there().id, "P1", "u1")
    day.work(DAY)
    assert links(day) == [("P1", "confirmed")]


def test_what_was_not_there_is_looked_for_once_more_where_there_was_no_room_to_send_it_for_long() -> None:
    day = a_day(Create.NATURAL)
    day.profile = profile("alpha", Create.NATURAL, Put.TOP, partial=False, limits=(1, 4000, 100))
    day.server.buckets = day.profile.buckets
    day.engine = day._build()
    day.failing("very late")
    day.save("patient", "P1", PATIENT)
    day.work(600.0)
    ((_, carry_out),) = day.network.pending
    day.network.pending = [(day.clock.elapsed + 900.0, carry_out)]
    assert not day.server.things["patient"]
    assert work_of(day, "patient", "P1").state == "waiting"  # of one an hour the first has taken the place
    day.work(DAY)
    assert len(day.server.things["patient"]) == 1
    assert links(day) == [("P1", "confirmed")]
    assert cards(day) == []


def test_what_comes_after_another_was_taken_for_it_is_not_somebody_new() -> None:
    day = a_day(Create.NATURAL)
    day.failing("very late")
    day.save("patient", "P1", PATIENT)
    day.work(31.0)
    ((_, carry_out),) = day.network.pending
    day.network.pending = [(day.clock.elapsed + DAY, carry_out)]
    day.server.create("patient", {**PATIENT, "phone": "+1-0000"}, "", "", "other")
    day.work(600.0)
    assert links(day) == [("P1", "confirmed")]
    day.save("patient", "P1", {**PATIENT, "name": "Zoe"})
    day.work(2 * DAY)
    late = day.server.live("patient")[1]
    day.server.write(late, {"notes": "there", "address": {"city": "Far"}}, "other", day.clock.true())
    day.sync_now()
    day.work(2 * DAY)
    assert links(day) == [("P1", "confirmed"), ("P1", "duplicate")]
    assert ("duplicate", "P1") in cards(day)


def test_what_somebody_adds_to_an_address_before_it_is_read_back_is_no_form_of_their_system() -> None:
    day = a_day()
    day.save("patient", "P1", {**PATIENT, "address": {"line": "1"}})
    while not day.server.things["patient"]:
        day.engine.step()
    day.edit_there(address={"line": "1", "city": "Far"})
    day.work(DAY)
    assert day.story_body("patient", "P1")["address"] == {"line": "1", "city": "Far"}


def test_a_part_that_was_sent_twice_and_comes_once_more_is_not_taken_for_the_part_that_is_not_there() -> None:
    day = a_day()
    day.save("patient", "P1", PATIENT)
    day.work()
    day.failing("very late", "", "request lost")  # of the first part, of that once more, and of the second
    day.save("prescription", "R1", {"lines": ["a", "b"], "code": "c"}, "P1")
    while day.network.script:
        day.work(10.0)
    ((_, carry_out),) = day.network.pending
    day.network.pending = [(day.clock.elapsed, carry_out)]
    day.work(2 * DAY)
    assert [one.body["text"] for one in day.server.live("prescription")] == ["a", "a", "b"]
    assert links(day, "prescription") == [("R1", "confirmed"), ("R1", "confirmed"), ("R1", "duplicate")]
    assert cards(day) == [("duplicate", "R1")]
    assert day.story_body("prescription", "R1")["lines"] == ["a", "b"]


@pytest.mark.parametrize("wrong_by", [3.2e8, -600.0])
def test_how_long_ago_it_was_sent_is_not_known_after_a_clock_that_jumped_while_it_was_off(wrong_by: float) -> None:
    day = a_day(Create.NATURAL)
    day.failing("answer lost")
    day.save("patient", "P1", PATIENT)
    while not day.server.things["patient"]:
        day.engine.step()
    signed_in(day, yes=False)
    day.work(120.0)
    day.clock.elapsed += 3_000
    day.clock.wrong_by = wrong_by
    day.engine = day._build()
    signed_in(day, yes=True)
    day.work(600.0)
    assert len(day.server.things["patient"]) == 1
    assert links(day) == [("P1", "confirmed")]


def test_of_two_that_came_into_sight_the_one_that_a_person_did_not_choose_is_one_too_many() -> None:
    day = a_day()
    day.save("patient", "P1", PATIENT)
    day.work()
    before = len(day.server.sent)
    day.failing("very late")
    day.save("document", "D1", {"text": "a letter", "code": "c"}, "P1")
    while len(day.server.sent) == before:
        day.engine.step()
    day.network.rate, day.network.allowed = 1.0, ("403",)
    day.work(3600.0)
    assert work_of(day, "document", "D1").state == "person"
    day.network.rate = 0.0
    day.work(5000.0)  # it arrives after all
    first = day.there("document")
    day.server.create("document", dict(first.body), first.parent, first.origin)
    day.sync_now()
    day.work(2 * DAY)
    assert cards(day) == [("found", "D1"), ("found", "D1")]
    day.engine.people["alpha"].it_is_there("document", "D1", "u1", first.id)
    day.work(2 * DAY)
    assert cards(day) == [("duplicate", "D1")]
    assert links(day, "document") == [("D1", "confirmed"), ("D1", "duplicate")]


@pytest.mark.parametrize(("kind", "word"), [("appointment", "notes"), ("document", "text")])
def test_what_comes_under_the_one_too_many_of_a_patient_is_not_lost(kind: str, word: str) -> None:
    """In a list of all, and in a list of each patient's own."""
    day = a_day()
    day.save("patient", "P1", PATIENT)
    day.work()
    first = day.there()
    second = day.server.create("patient", dict(first.body), "", first.origin)
    body = {"time": day.clock.true() + 500_000, "status": "booked"} if kind == "appointment" else {"code": "c"}
    before = day.server.create(kind, {**body, word: "before it was decided"}, second.id, "", "other")
    day.sync_now()
    day.work(2 * DAY)
    (card,) = day.engine.people["alpha"].conflicts()
    day.engine.people["alpha"].resolve(card.id, "other", "u1")
    after = day.server.create(kind, {**body, word: "after it was decided"}, second.id, "", "other")
    day.work(2 * DAY)
    day.sync_now()
    day.work(2 * DAY)
    with day.disk.read() as unit:
        found = [Rows(unit).get(Link, "alpha", kind, one.id) for one in (before, after)]
        charts = Rows(unit).run("SELECT DISTINCT patient FROM model_record WHERE kind = ?", (kind,)).fetchall()
    assert charts == [("P1",)]
    assert [one.status for one in found if one is not None] == ["confirmed", "confirmed"]
    here = {body[word] for _, body in day._records(kind)}
    assert here == {"before it was decided", "after it was decided"}


def test_what_is_put_into_the_record_of_somebody_else_there_changes_no_chart_before_a_person_has_said_whose_it_is() -> (
    None
):
    day = a_day()
    day.save("patient", "P1", PATIENT)
    day.save("patient", "P2", {**PATIENT, "name": "Bo", "birth": "1950", "phone": "+1-999"})
    day.work()
    first, second = day.server.things["patient"].values()
    booked = {"time": day.clock.true() + 500_000, "status": "booked", "notes": "of the first"}
    moved = day.server.create("appointment", booked, first.id, "", "other")
    day.sync_now()
    day.work(2 * DAY)
    ((here, _),) = day._records("appointment")
    moved.parent, moved.body = second.id, {**booked, "notes": "of the second"}
    for _ in range(3):
        day.sync_now()
        day.work(2 * DAY)
    assert cards(day) == [("misfiled", here)]
    assert [body["notes"] for _, body in day._records("appointment")] == ["of the first"]
    (card,) = day.engine.people["alpha"].conflicts()
    day.engine.people["alpha"].resolve(card.id, "noted", "u1")
    day.work(2 * DAY)
    with day.disk.read() as unit:
        found = Rows(unit).run("SELECT patient, body FROM model_record WHERE kind = 'appointment' ORDER BY patient")
        charts = [(patient, json.loads(body)["notes"]) for patient, body in found.fetchall()]
    assert charts == [("P1", "of the first"), ("P2", "of the second")]
    assert cards(day) == []


def test_where_more_is_there_than_can_be_looked_through_a_person_is_asked_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = a_day()

    def probe(_sending: object) -> list[Seen]:
        raise too_many("pages")

    monkeypatch.setattr(day.engine.offices["alpha"].desk.remote, "probe", probe)
    day.failing("request lost")
    day.save("patient", "P1", PATIENT)
    day.work(600)
    day.save("patient", "P2", {**PATIENT, "name": "Bo", "key": "K2"})
    day.work(DAY)
    assert (work_of(day, "patient", "P1").state, work_of(day, "patient", "P2").state) == ("person", "confirmed")
    assert [op for _at, op, *_ in day.server.sent].count("create") == 2, "each once"
