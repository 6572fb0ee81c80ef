"""They answer that all is well and do not keep a part of it: that is noticed where it can be, and never confirmed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from sync.engine.meeting import MOST_TRIES
from sync.engine.store.rows import Rows
from sync.engine.taking import take
from sync.port import Kind, Seen
from sync.transport.outcomes import Call
from tests.simulation.flows import PATIENT, Day
from tests.simulation.remote import DETAILS, ModelRemote
from tests.simulation.server import Thing
from tests.simulation.test_simulation_directed import NEVER, open_cards

DAY = 86_400.0
OTHER = {**PATIENT, "name": "Bo", "birth": "1971"}


class Forgetful:
    """A day on which what is written to one member is lost, so often as is `left`; it is shown in detail alone."""

    def __init__(self, member: str) -> None:
        self.day, self.left = Day(NEVER), 0
        kinds = dict(self.day.profile.kinds)
        kinds[Kind.PATIENT] = replace(kinds[Kind.PATIENT], only_in_detail=DETAILS)
        self.day.profile = replace(self.day.profile, kinds=kinds)
        self.day.engine = self.day._build()
        write = self.day.server.write

        def forget(thing: Thing, changes: dict[str, Any], who: str, sent_at: float) -> None:
            if self.left and member in changes:
                self.left -= 1
                changes = {name: value for name, value in changes.items() if name != member}
            write(thing, changes, who, sent_at)

        self.day.server.write = forget  # type: ignore[method-assign]

    def word(self) -> str:
        return self.day.engine.state_of("patient", "P1")["alpha"].word


@pytest.fixture(name="forgets")
def _forgets() -> Iterator[Callable[[str], Forgetful]]:
    made: list[Forgetful] = []

    def one(member: str) -> Forgetful:
        made.append(Forgetful(member))
        return made[-1]

    yield one
    for each in made:
        each.day.disk.close()


def test_what_was_not_kept_is_told_again_as_soon_as_it_is_known_to_be_shown(
    forgets: Callable[[str], Forgetful],
) -> None:
    forgetful = forgets("contacts")
    day = forgetful.day
    day.save("patient", "P1", {name: value for name, value in PATIENT.items() if name != "contacts"})
    day.work(600)
    there, forgetful.left = day.there(), 1
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(600)
    assert forgetful.word() == "confirmed", "they took it, and show that member of nobody"
    assert "contacts" not in there.body
    day.save("patient", "P2", OTHER)
    day.work(600)
    day.edit_there(notes="first\ntheirs")
    day.sync_now()
    day.work(200_000)
    assert there.body["contacts"] == PATIENT["contacts"]


@pytest.mark.parametrize("times", [1, NEVER])
def test_what_a_record_never_held_and_was_not_kept_is_told_again_where_others_show_it(
    forgets: Callable[[str], Forgetful], times: int
) -> None:
    forgetful = forgets("contacts")
    day = forgetful.day
    day.save("patient", "P2", OTHER)
    day.save("patient", "P1", {name: value for name, value in PATIENT.items() if name != "contacts"})
    day.work(600)
    (there,) = (one for one in day.server.live("patient") if one.body["name"] == "Ana")
    assert "contacts" not in there.body
    forgetful.left = times
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(200_000)
    if times == 1:
        assert there.body["contacts"] == PATIENT["contacts"]
        assert forgetful.word() == "confirmed"
    else:
        assert [(one.member, one.why) for one in open_cards(day)] == [("contacts", "they do not keep it")]
        assert forgetful.word() == "differs there"


def test_a_list_that_leaves_out_what_was_told_does_not_prove_that_it_was_kept(
    forgets: Callable[[str], Forgetful],
) -> None:
    forgetful = forgets("address")
    day = forgetful.day
    day.save("patient", "P1", PATIENT)
    day.work(600)
    there, forgetful.left = day.there(), 1
    exchange = day.network.exchange
    remote = day.engine.offices["alpha"].desk.remote
    assert isinstance(remote, ModelRemote)
    shown: list[Seen] = []

    def in_a_list_first(call: Call, run: Callable[[], Any], *, changes: bool) -> Any:
        if call.endpoint == "GET /patient/id" and there.body["phone"] == "+1-777" and not shown:
            shown.append(remote._show(there, whole=False))
            with day.disk.write() as unit:
                take(day.engine.offices["alpha"].desk, Rows(unit), shown[0])
            assert forgetful.word() == "sent"
        return exchange(call, run, changes=changes)

    day.network.exchange = in_a_list_first  # type: ignore[method-assign]
    moved = {"city": "There", "line": "1"}
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777", "address": moved})
    day.work(200_000)
    assert shown
    assert "address" not in shown[0].body
    assert there.body["address"] == moved
    assert forgetful.word() == "confirmed"


def test_what_they_do_not_keep_is_asked_once_and_holds_nothing_else_back(
    forgets: Callable[[str], Forgetful],
) -> None:
    forgetful = forgets("phone")
    day = forgetful.day
    day.save("patient", "P1", PATIENT)
    day.work(600)
    forgetful.left = NEVER
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    for _ in range(4):
        day.work(DAY)
        day.sync_now()
    assert NEVER - forgetful.left == MOST_TRIES
    assert [one.member for one in open_cards(day)] == ["phone"]
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777", "notes": "first\nmore"})
    day.work(DAY)
    assert day.there().body["notes"] == "first\nmore"
    assert [one.member for one in open_cards(day)] == ["phone"]


def test_what_they_do_not_keep_is_not_sent_for_as_long_as_something_else_of_it_is_asked_about(
    forgets: Callable[[str], Forgetful],
) -> None:
    forgetful = forgets("notes")
    day = forgetful.day
    day.save("patient", "P1", PATIENT)
    day.work(600)
    forgetful.left = NEVER
    write, there = day.server.write, day.there()

    def cut(thing: Thing, changes: dict[str, Any], who: str, sent_at: float) -> None:
        if "address" in changes:
            changes = {**changes, "address": {"city": "The", "line": "1"}}
        write(thing, changes, who, sent_at)

    day.server.write = cut  # type: ignore[method-assign]
    day.save("patient", "P1", {**PATIENT, "address": {"city": "There", "line": "1"}, "notes": "first\nmore"})
    day.work(DAY)
    assert there.body["address"]["city"] == "The"
    assert NEVER - forgetful.left == MOST_TRIES
    assert sorted(one.member for one in open_cards(day)) == ["address", "notes"]


def test_an_older_attempt_that_arrives_after_all_is_told_what_was_changed_since(
    forgets: Callable[[str], Forgetful], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ModelRemote._show

    def without_notes(remote: ModelRemote, thing: Thing, *, whole: bool = True) -> Seen:
        seen = shown(remote, thing, whole=whole)
        hidden = {"notes"} if thing.kind == "appointment" else set()
        return replace(seen, body={name: value for name, value in seen.body.items() if name not in hidden})

    monkeypatch.setattr(ModelRemote, "_show", without_notes)
    day = forgets("none").day
    day.save("patient", "P1", PATIENT)
    day.work(600)
    booked = {"time": day.clock.true() + 5_000_000, "status": "booked"}
    day.sends_allowed["ref A1"] = 3
    day.failing("very late", *["429 with a time"] * 400)
    day.save("appointment", "A1", {**booked, "notes": "200 mg"}, "P1")
    day.work(3)
    (late,) = day.network.pending
    day.network.pending = []
    day.work(600)
    day.save("appointment", "A1", {**booked, "notes": "20 mg"}, "P1")
    day.work(300)
    late[1]()
    day.network.script = []
    day.sync_now()
    day.work(10 * DAY)
    assert [one.body["notes"] for one in day.server.live("appointment")] == ["20 mg"]


def test_every_part_that_was_changed_here_is_told(forgets: Callable[[str], Forgetful]) -> None:
    day = forgets("none").day
    day.save("patient", "P1", PATIENT)
    day.save("prescription", "R1", {"lines": ["a", "b", "c"], "code": "c"}, "P1")
    day.work(600)
    day.save("prescription", "R1", {"lines": ["a2", "b2", "c2"], "code": "c"}, "P1")
    day.work(1200)
    assert sorted(one.body["text"] for one in day.server.live("prescription")) == ["a2", "b2", "c2"]
    assert day.engine.state_of("prescription", "R1")["alpha"].word == "confirmed"
