"""What a clinic sees of sync: days offline, what is refused, what is in doubt, what people decide, what is gone."""

import pytest

from sync.engine.linking import UnknownError
from sync.engine.looking import hint
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Kept, Link, Look, Work
from tests.simulation.flows import (
    PATIENT,
    Day,
    already_there,
    conflict,
    create,
    gone,
    payment_lost,
    refused,
    request_lost,
)

NEVER = 10**9
HERE = {"time": 0.0, "status": "booked", "notes": "n"}


@pytest.fixture(name="day")
def _day() -> Day:
    return Day(NEVER)


def work_of(day: Day, kind: str, local_id: str) -> Work:
    with day.disk.read() as unit:
        work = Rows(unit).get(Work, "alpha", kind, local_id)
    assert work is not None
    return work


def word(day: Day, kind: str, local_id: str) -> str:
    return day.engine.state_of(kind, local_id)["alpha"].word


def test_a_record_is_confirmed_only_after_it_was_read_back(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    while not day.server.things["patient"]:
        day.engine.step()
    assert word(day, "patient", "P1") == "sent"
    day.work()
    assert word(day, "patient", "P1") == "confirmed"


def test_write_only_is_sent_and_never_called_confirmed(day: Day) -> None:
    create(day)
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work(4000)
    assert word(day, "payment", "Y1") == "sent"


def test_many_edits_while_offline_are_one_update(day: Day) -> None:
    create(day)
    before = len(day.server.sent)
    for n in range(20):
        day.save("patient", "P1", {**PATIENT, "phone": str(n)})
    day.work()
    assert [one[1] for one in day.server.sent[before:]] == ["update"]


def test_what_was_made_and_cancelled_offline_is_never_told(day: Day) -> None:
    create(day)
    day.save("appointment", "A1", {**HERE, "time": day.clock.true() + 1e6}, "P1")
    day.save("appointment", "A1", {**HERE, "status": "cancelled"}, "P1", act="cancel")
    day.work()
    assert not day.server.things["appointment"]
    assert word(day, "appointment", "A1") == "saved here"


def test_what_was_cancelled_is_told_by_the_act_alone(day: Day) -> None:
    create(day)
    booked = {**HERE, "time": day.clock.true() + 1e6}
    day.save("appointment", "A1", booked, "P1")
    day.work()
    day.save("appointment", "A1", {**booked, "status": "cancelled"}, "P1", act="cancel")
    day.work()
    assert [one[1] for one in day.server.sent if one[2] == "appointment"] == ["create", "act"]
    assert day.there("appointment").body["time"] == booked["time"]
    assert word(day, "appointment", "A1") == "confirmed"
    day.server.write(day.there("appointment"), {"status": "completed"}, "other", day.clock.true())
    day.sync_now()
    day.work()
    assert [one.member for one in day.engine.people["alpha"].conflicts()] == ["status"], "it ended there otherwise"


def test_after_ninety_days_a_past_appointment_is_a_question_and_the_rest_is_told(day: Day) -> None:
    day.network.signed_in = False
    day.save("patient", "P1", PATIENT)
    day.save("appointment", "A1", {**HERE, "time": day.clock.true() + 86_400}, "P1")
    day.save("document", "X1", {"text": "seen"}, "P1")
    day.work()
    day.clock.sleep(90 * 86_400)
    day.network.signed_in = True
    day.engine.people["alpha"].resume("u1")
    day.work(600)
    assert word(day, "document", "X1") == "confirmed"
    assert (work_of(day, "appointment", "A1").state, day.server.things["appointment"]) == ("person", {})
    day.engine.people["alpha"].send_it("appointment", "A1", "u1")
    day.work()
    assert word(day, "appointment", "A1") == "confirmed"


def test_a_patient_who_is_there_already_is_linked_and_not_made_again(day: Day) -> None:
    already_there(day)
    assert len(day.server.things["patient"]) == 1
    assert word(day, "patient", "P1") == "confirmed"


def test_a_patient_who_may_be_there_waits_for_a_person(day: Day) -> None:
    day.server.create("patient", {**PATIENT, "phone": "other"}, "", "", "other")
    create(day)
    assert len(day.server.things["patient"]) == 1
    assert work_of(day, "patient", "P1").state == "person"
    day.engine.people["alpha"].keep_apart("pat_00001", "P1", "u1")
    day.work()
    assert len(day.server.things["patient"]) == 2
    with pytest.raises(UnknownError):
        day.engine.people["alpha"].link("pat_00002", "P1", "u1")


def test_a_create_that_is_answered_with_somebody_else_brings_nothing_of_theirs(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {**PATIENT, "name": "Old", "birth": "1980-01-01", "phone": "+1-000", "address": {"city": "Far"}}
    other = day.server.create("patient", {**theirs, "contacts": [], "allergies": ["penicillin"]}, "", "", "other")
    monkeypatch.setattr(day.server, "create", lambda *_args: other)
    create(day)
    day.work(600)
    assert "penicillin" not in day.story_body("patient", "P1").get("allergies", [])
    assert {one.sort for one in day.engine.people["alpha"].conflicts()} == {"identity"}


def test_a_refused_record_stops_its_own_patient_alone_and_is_sent_again_after_it_was_edited(day: Day) -> None:
    refused(day)
    assert word(day, "document", "X1") == "refused"
    assert "forbidden word" in work_of(day, "document", "X1").why
    assert word(day, "document", "X2") == "confirmed"
    day.save("document", "X1", {"text": "fine"}, "P1")
    day.work()
    assert word(day, "document", "X1") == "confirmed"


def test_money_whose_answer_was_lost_is_never_sent_again_by_itself(day: Day) -> None:
    payment_lost(day)
    day.work(90_000)
    assert len(day.server.things["payment"]) == 1
    assert word(day, "payment", "Y1") == "needs a person"
    day.engine.people["alpha"].it_is_there("payment", "Y1", "u1", "PAY-7")
    assert word(day, "payment", "Y1") == "sent"
    with day.disk.read() as unit:
        link = Rows(unit).get(Link, "alpha", "payment", "PAY-7")
    assert link is not None


def test_money_that_a_person_did_not_find_there_is_sent_once_more(day: Day) -> None:
    create(day)
    day.failing("request lost")
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work(300)
    assert not day.server.things["payment"]
    day.engine.people["alpha"].it_is_not_there("payment", "Y1", "u1")
    day.work(300)
    assert len(day.server.things["payment"]) == 1


def test_a_lost_request_is_looked_for_twice_a_minute_apart_before_it_is_sent_again(day: Day) -> None:
    request_lost(day)
    sent = [at for at, op, *_ in day.server.sent if op == "create"]
    assert len(sent) == 2
    assert sent[1] - sent[0] >= 120


def test_a_conflict_parks_its_field_and_the_others_go_on(day: Day) -> None:
    conflict(day)
    body = day.there().body
    assert (body["name"], body["phone"]) == ("Anna", "+1-777")
    assert day.bodies("patient")["P1"]["name"] == "Anne"
    assert word(day, "patient", "P1") == "differs there"
    (open_one,) = day.engine.people["alpha"].conflicts()
    assert open_one.sides == {"before": "Ana", "mine": "Anne", "theirs": "Anna"}


@pytest.mark.parametrize(("keep", "name"), [("here", "Anne"), ("there", "Anna")])
def test_a_decision_is_carried_out_on_both_sides(day: Day, keep: str, name: str) -> None:
    conflict(day)
    (open_one,) = day.engine.people["alpha"].conflicts()
    day.engine.people["alpha"].resolve(open_one.id, keep, "u1")
    day.work()
    assert (day.there().body["name"], day.bodies("patient")["P1"]["name"]) == (name, name)
    assert word(day, "patient", "P1") == "confirmed"
    assert not day.engine.people["alpha"].conflicts()


def test_a_third_value_is_taken_in_here_and_told_there(day: Day) -> None:
    conflict(day)
    (open_one,) = day.engine.people["alpha"].conflicts()
    day.engine.people["alpha"].resolve_with(open_one.id, "Annika", "u1")
    day.work()
    assert (day.there().body["name"], day.bodies("patient")["P1"]["name"]) == ("Annika", "Annika")


def test_gone_needs_two_complete_looks_a_day_apart_and_a_404(day: Day) -> None:
    gone(day)
    people = day.engine.people["alpha"]
    for _ in range(5):
        people.sync_now("u1")
        day.work(300)
    assert not [one for one in people.conflicts() if one.sort == "gone"]
    day.clock.sleep(90_000)
    people.sync_now("u1")
    day.work(300)
    assert [one.sort for one in people.conflicts()] == ["gone"]
    assert day.bodies("patient")["P1"]["name"] == "Ana"
    day.there().deleted = False
    people.sync_now("u1")
    day.work(300)
    assert {one.sort for one in people.conflicts()} == {"restored"}  # it takes the place of the question before
    with day.disk.read() as unit:
        assert [one.status for one in Rows(unit).find(Link, kind="patient")] == ["gone"]


def test_a_list_that_is_suddenly_short_makes_nothing_gone(day: Day) -> None:
    for n in range(12):
        day.save("patient", f"P{n:02}", {**PATIENT, "name": f"Ana{n}", "phone": str(n)})
    day.work(300)
    for thing in day.server.live("patient"):
        thing.deleted = True
    for _ in range(4):
        day.clock.sleep(90_000)
        day.engine.people["alpha"].sync_now("u1")
        day.work(300)
    assert {one.sort for one in day.engine.people["alpha"].conflicts()} == {"suspect"}


def test_a_storm_of_hints_reads_a_record_once_a_minute_at_most(day: Day) -> None:
    create(day)
    day.work(200)
    reads = day.network.reads
    for _ in range(50):
        with day.disk.write() as unit:
            hint(day.engine.offices["alpha"].desk, Rows(unit), "patient", "pat_00001")
        day.work(1)
    assert day.network.reads - reads <= 2
    with day.disk.read() as unit:
        assert Rows(unit).count(Look, kind="patient") <= 1


def test_what_cannot_be_told_is_a_task_until_a_person_has_told_them(day: Day) -> None:
    create(day)
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.work()
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1", act="cancel")
    day.work()
    assert word(day, "prescription", "R1") == "cannot be told"
    assert "cancel a prescription" in work_of(day, "prescription", "R1").why
    day.engine.people["alpha"].close_task("prescription", "R1", "u1", "by telephone")
    day.work(90_000)
    assert word(day, "prescription", "R1") == "closed by a person"


def test_a_pause_stops_every_request_and_nothing_is_lost(day: Day) -> None:
    create(day)
    day.engine.people["alpha"].pause("u1")
    requests = day.network.requests
    day.save("patient", "P1", {**PATIENT, "phone": "+1-999"})
    day.work(4000)
    assert day.network.requests == requests
    day.engine.people["alpha"].resume("u1")
    day.work()
    assert day.there().body["phone"] == "+1-999"


def test_with_nothing_new_a_round_asks_for_its_lists_and_nothing_else(day: Day) -> None:
    create(day)
    day.work(200)
    reads, sent = day.network.reads, len(day.server.sent)
    day.engine.people["alpha"].sync_now("u1")
    day.work(100)
    assert (day.network.reads, len(day.server.sent)) == (reads, sent)


def test_a_person_is_told_of_every_refusal_by_a_number_in_the_status(day: Day) -> None:
    refused(day)
    conflict(day)
    lines = {one.kind: one for one in day.engine.status()}
    assert (lines["document"].here, lines["document"].refused, lines["document"].confirmed) == (2, 1, 1)
    assert lines["patient"].conflicts == 1
    with day.disk.read() as unit:
        rows = Rows(unit)
        assert rows.count(Intent, state="rejected") == 1
        assert rows.count(Conflict, state="open") == 1


def test_before_the_first_round_the_status_counts_what_will_be_told(day: Day) -> None:
    for number in range(3):
        day.save("patient", f"P{number}", PATIENT)
    before = {one.kind: (one.here, one.waiting, one.sent, one.eta is None) for one in day.engine.status()}
    assert before["patient"] == (3, 3, 0, False)
    assert all(count == (0, 0, 0, True) for kind, count in before.items() if kind != "patient")
    day.work(600)
    after = {one.kind: (one.here, one.waiting) for one in day.engine.status()}
    assert after["patient"] == (3, 0)


def test_at_another_address_nothing_is_confirmed_or_sent_before_it_is_read_there(day: Day) -> None:
    people = day.engine.people["alpha"]
    people.stands_at("https://here.example")
    create(day)
    day.save("document", "X1", {"text": "seen"}, "P1")
    day.work(4000)
    assert {word(day, "patient", "P1"), word(day, "document", "X1")} == {"confirmed"}
    people.stands_at("https://here.example")
    assert word(day, "patient", "P1") == "confirmed"
    people.stands_at("https://elsewhere.example")
    assert {word(day, "patient", "P1"), word(day, "document", "X1")} == {"sent"}
    day.work(4000)
    assert {word(day, "patient", "P1"), word(day, "document", "X1")} == {"confirmed"}, "it had moved"
    sent = len(day.server.sent)
    for things in day.server.things.values():
        things.clear()
    people.stands_at("https://empty.example")
    day.work(90_000)
    assert word(day, "patient", "P1") != "confirmed", "it is another one"
    assert len(day.server.sent) == sent


@pytest.mark.parametrize("kept", ["https://here.example:443", "https://here.example/api"])
def test_an_address_that_an_earlier_version_kept_in_another_form_is_the_same_once(day: Day, kept: str) -> None:
    people = day.engine.people["alpha"]
    create(day)
    day.work(4000)
    with day.disk.write() as unit:
        Rows(unit).put(Kept("alpha", "address", kept))
    people.stands_at("https://here.example/api", "https://here.example:443")
    assert word(day, "patient", "P1") == "confirmed"
    people.stands_at("https://here.example/other", "https://here.example:443")
    assert word(day, "patient", "P1") == "sent", "once"


def test_an_address_that_an_earlier_version_kept_of_another_place_is_another(day: Day) -> None:
    create(day)
    day.work(4000)
    with day.disk.write() as unit:
        Rows(unit).put(Kept("alpha", "address", "https://elsewhere.example"))
    day.engine.people["alpha"].stands_at("https://here.example/api", "https://here.example")
    assert word(day, "patient", "P1") == "sent"


def test_a_server_elsewhere_that_counts_alike_moves_nobodys_appointment(day: Day) -> None:
    people = day.engine.people["alpha"]
    people.stands_at("https://here.example")
    create(day)
    day.save("patient", "P2", {**PATIENT, "name": "Bo", "birth": "1950", "phone": "+1-999"})
    time = day.clock.true() + 500_000
    booked = {**HERE, "time": time}
    day.save("appointment", "A1", booked, "P1")
    day.work(4000)
    people.stands_at("https://elsewhere.example")
    _first, second = day.server.things["patient"].values()
    moved = day.there("appointment")
    moved.parent, moved.body = second.id, {**booked, "time": time + 7200, "status": "cancelled"}
    day.sync_now()
    day.work(90_000)
    assert day.story_body("appointment", "A1")["time"] == time
    assert "misfiled" in {one.sort for one in people.conflicts()}
