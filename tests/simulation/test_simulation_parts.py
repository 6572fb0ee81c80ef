"""A record that stands there in several parts, and what is put back here before it was read back."""

from dataclasses import replace
from typing import Any

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Intent, Link, Shadow
from sync.port import Echo, Kind, Seen, Sending
from sync.transport.outcomes import Call, Forbidden, Garbled, Said
from tests.simulation.flows import PATIENT, Day
from tests.simulation.remote import ModelRemote
from tests.simulation.server import Thing
from tests.simulation.test_simulation_directed import NEVER, open_cards, work_of
from tests.simulation.test_simulation_handed_out import DAY, OTHER, _day

__all__ = ["DAY", "_day"]


def prescribed(day: Day, *lines: str, code: str = "c") -> list[Thing]:
    """A prescription of these lines that they have."""
    day.save("patient", "P1", PATIENT)
    day.save("prescription", "R1", {"lines": list(lines), "code": code}, "P1")
    day.work(600)
    return list(day.server.things["prescription"].values())


def listed_alone(day: Day) -> None:
    """A patient who is known at a system whose appointments lists alone show."""
    kinds = dict(day.profile.kinds)
    kinds[Kind.APPOINTMENT] = replace(kinds[Kind.APPOINTMENT], readable=False, rotation_days=None, work_seconds=None)
    day.profile = replace(day.profile, kinds=kinds)
    day.engine = day._build()
    day.save("patient", "P1", PATIENT)
    day.work(600)
    day.sync_now()
    day.work(600)


def lost(day: Day, line: Thing) -> Conflict:
    """A line is taken away there, for as long as it takes to be sure of it: what is asked of it."""
    line.deleted = True
    for _ in range(4):
        day.sync_now()
        day.work(DAY)
    (gone,) = (one for one in open_cards(day) if one.sort == "gone")
    return gone


def while_it_is_on_its_way(monkeypatch: pytest.MonkeyPatch, day: Day, kind: str, body: dict[str, Any]) -> None:
    """Have a record put back here while the first update of it is on its way."""
    send, done = ModelRemote.send, list[str]()

    def sending(self: ModelRemote, one: Sending) -> Echo:
        echo = send(self, one)
        if one.op == "update" and not done:
            done.append(kind)
            local_id = "P1" if kind == "patient" else "R1"
            day.save(kind, local_id, body, None if kind == "patient" else "P1")
        return echo

    monkeypatch.setattr(ModelRemote, "send", sending)


def test_what_they_hide_and_is_put_back_here_before_it_was_read_back_is_put_back_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day = Day(NEVER, masks=True)
    day.save("patient", "P1", PATIENT)
    day.work(600)
    while_it_is_on_its_way(monkeypatch, day, "patient", PATIENT)
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.sends_allowed["ref P1"] = 3
    day.work(DAY)
    assert day.there().body["phone"] == PATIENT["phone"]
    assert work_of(day, "patient", "P1").state == "confirmed"
    day.disk.close()


@pytest.mark.parametrize("lines", [["a"], ["a", "b"]], ids=["in one part", "in two parts"])
def test_what_they_never_show_and_is_put_back_here_is_put_back_there(
    day: Day, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    shown = ModelRemote._show

    def hide(self: ModelRemote, thing: Thing, *, whole: bool = True) -> Seen:
        seen = shown(self, thing, whole=whole)
        return replace(seen, body={name: value for name, value in seen.body.items() if name != "code"})

    monkeypatch.setattr(ModelRemote, "_show", hide)
    there = prescribed(day, *lines, code="20 mg")
    while_it_is_on_its_way(monkeypatch, day, "prescription", {"lines": lines, "code": "20 mg"})
    day.save("prescription", "R1", {"lines": lines, "code": "200 mg"}, "P1")
    day.sends_allowed |= {f"ref R1/{part}": 4 for part in range(2)} | {"ref R1": 4}
    before = day.network.requests
    day.work(600)
    assert {one.body["code"] for one in there} == {"20 mg"}
    assert day.network.requests - before < 40, "nothing is read again and again"


def test_a_line_of_which_they_are_told_no_more_is_not_made_again_with_another(day: Day) -> None:
    first, second = prescribed(day, "a", "b")
    day.engine.people["alpha"].resolve(lost(day, first).id, "never", "u1")
    day.work(DAY)
    day.save("prescription", "R1", {"lines": ["a", "b2"], "code": "c"}, "P1")
    day.work(DAY)
    assert [one.body["text"] for one in day.server.live("prescription")] == ["b2"]
    assert second.body["text"] == "b2"
    assert work_of(day, "prescription", "R1").state == "confirmed"


def test_what_was_asked_of_a_line_that_is_gone_is_not_asked_of_another(day: Day) -> None:
    first, second = prescribed(day, "a", "b")
    day.server.write(first, {"text": "a-there"}, "other", day.clock.true())
    day.save("prescription", "R1", {"lines": ["a2", "b"], "code": "c"}, "P1")
    day.sync_now()
    day.work(3600)
    assert [one.remote_id for one in open_cards(day)] == [first.id]
    day.engine.people["alpha"].resolve(lost(day, first).id, "never", "u1")
    day.server.write(second, {"text": "b-there"}, "other", day.clock.true())
    day.save("prescription", "R1", {"lines": ["a2", "b2"], "code": "c"}, "P1")
    for _ in range(3):
        day.sync_now()
        day.work(3600)
    (asked,) = open_cards(day)
    assert (asked.remote_id, asked.sides["theirs"]) == (second.id, "b-there")
    day.engine.people["alpha"].resolve_with(asked.id, "b-third", "u1")
    day.work(3600)
    assert day.story_body("prescription", "R1")["lines"] == ["a2", "b-third"]
    assert second.body["text"] == "b-third"


def test_a_part_without_a_number_is_not_made_again_beside_one_that_has_one(day: Day) -> None:
    first, second = prescribed(day, "a", "b")
    with day.disk.write() as unit:
        rows = Rows(unit)
        link = rows.get(Link, "alpha", "prescription", second.id)
        assert link is not None
        rows.remove(Link, system="alpha", kind="prescription", remote_id=second.id)
        link.remote_id = "~R1:1"  # a person has said that it is there
        rows.put(link)
    day.server.things["prescription"].pop(second.id)
    day.save("prescription", "R1", {"lines": ["a2", "b"], "code": "c"}, "P1")
    day.work(DAY)
    assert [one.body["text"] for one in day.server.live("prescription")] == ["a2"]
    assert first.body["text"] == "a2"


def known_without_a_number(day: Day, second: Thing) -> None:
    """What became of the second line nobody knows; a person has said that it is there."""
    work = work_of(day, "prescription", "R1")
    work.state = "person"
    with day.disk.write() as unit:
        rows = Rows(unit)
        made = next(one for one in rows.find(Intent, kind="prescription", local_id="R1") if one.part == 1)
        made.state, made.remote_id = "person", ""  # nobody knows what became of it
        rows.put(made)
        rows.put(work)
        for row in (Link, Shadow):
            rows.remove(row, system="alpha", kind="prescription", remote_id=second.id)
    second.deleted = True
    day.engine.people["alpha"].it_is_there("prescription", "R1", "u1", "")
    day.work(600)


def test_a_part_without_a_number_is_known_by_its_marker_once_a_list_shows_it(day: Day) -> None:
    _first, second = prescribed(day, "a", "b")
    known_without_a_number(day, second)
    second.deleted = False
    for _ in range(2):
        day.sync_now()
        day.work(DAY)
    assert open_cards(day) == []
    assert work_of(day, "prescription", "R1").state == "confirmed"


def test_a_line_that_was_gone_and_is_back_can_be_taken_up_again(day: Day) -> None:
    first, second = prescribed(day, "a", "b")
    lost(day, first)
    first.deleted = False
    day.sync_now()
    day.work(DAY)
    (asked,) = open_cards(day)
    assert day.engine.people["alpha"].choices(asked.id) == ("join", "leave")
    day.engine.people["alpha"].resolve(asked.id, "join", "u1")
    day.work(DAY)
    day.save("prescription", "R1", {"lines": ["a2", "b2"], "code": "c"}, "P1")
    day.work(DAY)
    assert [one.body["text"] for one in (first, second)] == ["a2", "b2"]
    assert open_cards(day) == []


@pytest.mark.parametrize("keep", ["here", "there"])
@pytest.mark.parametrize("member", ["name", "allergies"])
def test_what_was_asked_of_what_they_never_show_again_is_told_once_or_is_over(
    day: Day, monkeypatch: pytest.MonkeyPatch, keep: str, member: str
) -> None:
    day.save("patient", "P1", PATIENT)
    day.work(600)
    day.sync_now()
    day.work(600)
    day.edit_there(**{member: [] if member == "allergies" else "Zed"})
    day.sync_now()
    day.work(3600)
    (asked,) = open_cards(day)
    shown = ModelRemote._show

    def omit(self: ModelRemote, thing: Thing, *, whole: bool = True) -> Seen:
        seen = shown(self, thing, whole=whole)
        return replace(seen, body={name: value for name, value in seen.body.items() if name != member})

    monkeypatch.setattr(ModelRemote, "_show", omit)
    day.engine.people["alpha"].resolve(asked.id, keep, "u1")
    for _ in range(3):
        day.sync_now()
        day.work(DAY)
    assert open_cards(day) == []
    assert day.story_body("patient", "P1")[member] == PATIENT[member]
    updates = sum(one[1] == "update" for one in day.server.sent)
    assert updates == (keep == "here")
    if keep == "here":
        assert day.there().body[member] == PATIENT[member]


@pytest.mark.parametrize("how", ["removed", "cannot be read"])
def test_what_came_while_it_was_asked_whose_it_is_is_not_lost_where_lists_alone_show_it(
    day: Day, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    read, broken = ModelRemote.read, list[str]()

    def through_the_list(self: ModelRemote, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        if kind is Kind.APPOINTMENT and broken:
            raise Garbled(Call("list", "GET", "/"), 200)
        return read(self, kind, remote_id, parent=parent)

    monkeypatch.setattr(ModelRemote, "read", through_the_list)
    listed_alone(day)
    day.edit_there(**OTHER)
    day.sync_now()
    day.work(1800)
    (asked,) = (one for one in open_cards(day) if one.sort == "identity")
    body = {"time": day.clock.true() + 90 * DAY, "status": "booked", "notes": "new there"}
    there = day.server.create("appointment", body, day.there().id, "", "other")
    day.sync_now()
    day.work(1800)
    there.deleted = how == "removed"
    broken.extend(["yes"] if how != "removed" else ())
    day.engine.people["alpha"].link(asked.remote_id, "P1", "u1")
    day.work(DAY)
    with day.disk.read() as unit:
        (link,) = Rows(unit).find(Link, system="alpha", kind="appointment")
    assert day.story_body("appointment", link.local_id)["notes"] == "new there"


@pytest.mark.parametrize("kept", [True, False])
def test_what_lists_alone_show_is_not_confirmed_before_one_has_shown_it(
    day: Day, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    read = ModelRemote.read

    def hidden(self: ModelRemote, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        if kind is Kind.APPOINTMENT:
            raise Forbidden(Call("read", "GET", "/"), None, Said("", "no call shows it"))
        return read(self, kind, remote_id, parent=parent)

    monkeypatch.setattr(ModelRemote, "read", hidden)
    listed_alone(day)
    time = day.clock.true() + 90 * DAY
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1")
    day.work(20)
    (booked,) = day.server.things["appointment"].values()
    booked.deleted = not kept
    booked.body["time"] = time + DAY  # they answered, and kept something else or nothing
    day.edit_there(**OTHER)
    day.engine.hint("alpha", "patient", day.there().id)
    day.work(120)
    (asked,) = (one for one in open_cards(day) if one.sort == "identity")
    day.engine.people["alpha"].link(asked.remote_id, "P1", "u1")
    day.work(60)
    assert work_of(day, "appointment", "A1").state == "sent"
    for _ in range(3):
        day.sync_now()
        day.work(DAY)
    assert work_of(day, "appointment", "A1").state == ("differs" if kept else "sent")
    assert day.story_body("appointment", "A1")["time"] == time


@pytest.mark.parametrize("lines", [1, 2])
def test_a_part_without_a_number_that_is_changed_is_a_task(day: Day, lines: int) -> None:
    made = prescribed(day, *["a", "b"][:lines])
    last = made[-1]
    with day.disk.write() as unit:
        rows = Rows(unit)
        (link,) = rows.find(Link, system="alpha", kind="prescription", remote_id=last.id)
        (shadow,) = rows.find(Shadow, system="alpha", kind="prescription", remote_id=last.id)
        for row in (Link, Shadow):
            rows.remove(row, system="alpha", kind="prescription", remote_id=last.id)
        rows.put(replace(link, remote_id="~R1"))
        rows.put(replace(shadow, remote_id="~R1"))
    last.deleted = True
    day.save("prescription", "R1", {"lines": [*["a2"][: lines - 1], "STOP"], "code": "c"}, "P1")
    day.work(DAY)
    assert work_of(day, "prescription", "R1").state == "cannot"
    assert [one.body["text"] for one in day.server.live("prescription")] == ["a2"][: lines - 1]


def test_what_had_no_number_and_is_gone_by_its_number_is_made_again(day: Day) -> None:
    (there,) = prescribed(day, "a")
    with day.disk.write() as unit:
        rows = Rows(unit)
        (link,) = rows.find(Link, system="alpha", kind="prescription")
        for row in (Link, Shadow):
            rows.remove(row, system="alpha", kind="prescription", remote_id=there.id)
        rows.put(replace(link, remote_id="~R1"))
    day.sync_now()
    day.work(DAY)
    gone = lost(day, there)
    day.sends_allowed |= {"ref R1": 3, "ref R1/0": 3}
    day.engine.people["alpha"].resolve(gone.id, "recreate", "u1")
    day.work(DAY)
    assert len(day.server.live("prescription")) == 1


@pytest.mark.parametrize("decided", [True, False])
def test_what_is_asked_or_is_to_stand_as_it_is_there_is_not_told_while_it_is_not_shown(
    day: Day, monkeypatch: pytest.MonkeyPatch, *, decided: bool
) -> None:
    (there,) = prescribed(day, "a", code="20 mg")
    day.server.write(there, {"code": "5 mg"}, "other", day.clock.true())
    day.save("prescription", "R1", {"lines": ["a"], "code": "10 mg"}, "P1")
    day.sync_now()
    day.work(3600)
    (asked,) = open_cards(day)
    shown, out = ModelRemote._show, ["code"]

    def omit(self: ModelRemote, thing: Thing, *, whole: bool = True) -> Seen:
        seen = shown(self, thing, whole=whole)
        return replace(seen, body={name: value for name, value in seen.body.items() if name not in out})

    monkeypatch.setattr(ModelRemote, "_show", omit)
    day.engine.hint("alpha", "prescription", there.id)
    day.work(60)
    if decided:
        day.engine.people["alpha"].resolve(asked.id, "there", "u1")
    for _ in range(2):
        day.sync_now()
        day.work(DAY)
    assert there.body["code"] == "5 mg"
    assert work_of(day, "prescription", "R1").state == "differs"
    out.clear()
    day.server.write(there, {"text": "a there"}, "other", day.clock.true())
    day.sync_now()
    day.work(DAY)
    assert there.body["code"] == "5 mg"
    assert day.story_body("prescription", "R1")["code"] == ("5 mg" if decided else "10 mg")
    assert [one.member for one in open_cards(day)] == ([] if decided else ["code"])
