"""The five shipped remotes over the sandbox: nobody is asked about our own work, and always about who somebody is."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from sync.engine.linking import UnknownError
from sync.engine.run import Engine
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited, Conflict, Link, Shadow
from sync.port import Kind, Seen, Telling
from sync.records.patient import Patient
from sync.sandbox.people import People
from tests.contract.test_remotes_over_sandbox import ADA, ADA_HERE
from tests.simulation import flows
from tests.simulation.town.town import Town
from tests.simulation.town.way import OPENED
from tests.simulation.world import Outside

DAY = 86_400.0
# How each system calls what says who somebody is: a birth date, a sex, a name that others there write.
BORN = {"healthcare_records": "birth_date", "practice_studio": "dateOfBirth"}
SEX = {"hms_enterprise": "M", "practice_studio": "M"}
MOVED = {"phone": "+1-555-010-0001", "email": "ada.king@example.org"}


class Staffed(Town):
    """A town with somebody who signs in again whenever a system asks for it."""

    def work(self, seconds: float, most: int = 5_000) -> int:
        done = 0
        ends = max(office.desk.now() for office in self.engine.offices.values()) + seconds
        while (left := ends - max(office.desk.now() for office in self.engine.offices.values())) > 0:
            done += super().work(min(left, 3 * 3600.0), most)
            for name, way in self.ways.items():
                with self.disk.read() as unit:
                    asked = self.engine.offices[name].desk.get(Rows(unit), "paused")
                if asked == "sign in":
                    way.secrets.known.clear()
                    way.secrets.known.update({key: str(one) for key, one in way.system.credentials().items()})
                    for gone in ("tried", "token"):
                        way.secrets.put(gone, None)
                    self.engine.people[name].resume("u1")
        return done

    def told(self, system: str) -> str:
        """How far the one patient is at a system."""
        return self.state(system, Kind.PATIENT, ADA_HERE.local_id)


def settled(system: str) -> Staffed:
    """A clinic whose patient is known at a system."""
    town = Staffed(system)
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(3600)
    assert town.told(system) == "confirmed"
    return town


def patient_of(town: Staffed, system: str) -> tuple[str, dict[str, Any]]:
    with town.disk.read() as unit:
        link = Rows(unit).find(Link, system=system, kind="patient", local_id=ADA_HERE.local_id)[0]
    return link.remote_id, town.ways[system].system.tables["patients"].rows[link.remote_id]


def cards(town: Staffed) -> list[Conflict]:
    with town.disk.read() as unit:
        return [one for one in Rows(unit).find(Conflict) if one.state == "open"]


def here(town: Staffed) -> Patient:
    with town.disk.read() as unit:
        story = town.chart.story(unit, Kind.PATIENT, ADA_HERE.local_id)
    assert story is not None
    assert isinstance(story.first, Patient)
    return story.first


def change(town: Staffed, **fields: Any) -> None:
    now = here(town)
    changed = Patient.model_validate(now.model_dump(by_alias=True, exclude_unset=True) | fields)
    with town.disk.write() as unit:
        town.chart.write(unit, replace(ADA_HERE, first=changed))


@pytest.mark.parametrize("system", OPENED)
def test_our_own_changes_raise_no_card_however_often_they_are_looked_at(system: str) -> None:
    town = settled(system)
    for number in range(2):
        telecom = [{"system": "phone", "value": f"+1-555-010-000{number}"},
                   {"system": "email", "value": "ada.king@example.org"}]  # fmt: skip
        address = {"line": [f"{number + 2} High Street"], "city": "Shelbyville", "state": "IL", "postalCode": "62565",
                   "country": "US"}  # fmt: skip
        change(town, telecom=telecom, address=[address])
        town.work(3600)
        assert cards(town) == []
        town.engine.people[system].sync_now("u1")
        town.work(2 * DAY)
        assert cards(town) == []
        town.engine.people[system].sync_now("u1")
        town.work(2 * DAY)
        assert cards(town) == []
    assert town.told(system) in {"confirmed", "sent"}


def test_who_wrote_there_at_the_same_moment_is_still_found_out() -> None:
    """Somebody writes between our reading and our writing: the members that we did not send tell of it."""
    town = settled("practice_studio")
    remote_id, _row = patient_of(town, "practice_studio")
    way = town.ways["practice_studio"]
    handle = way.handle_request

    def between(request: Any) -> Any:
        if request.method == "PUT":
            People(way.system).edit("patients", remote_id, lastName="Lovelace")
        return handle(request)

    way.handle_request = between  # type: ignore[method-assign]
    change(town, telecom=[{"system": "phone", "value": "+1-555-010-0009"}])
    town.work(3600)
    assert "overwrite" in {one.sort for one in cards(town)}


@pytest.mark.parametrize("what", ["birth date", "sex"])
@pytest.mark.parametrize("system", OPENED)
def test_who_somebody_is_waits_for_a_person_and_nothing_else_does(system: str, what: str) -> None:
    town = settled(system)
    remote_id, row = patient_of(town, system)
    member, value = {
        "birth date": (BORN.get(system, "date_of_birth"), "1958-12-10"),
        "sex": ("gender", SEX.get(system, "male")),
    }[what]
    assert member in row
    before = here(town)
    People(town.ways[system].system).edit("patients", remote_id, **{member: value})
    town.engine.people[system].sync_now("u1")
    # A system with no list of all is looked through one patient after another.
    town.work(3 * DAY)
    after = here(town)
    assert (after.birth_date, after.gender) == (before.birth_date, before.gender)
    if town.engine.offices[system].desk.remote.masked(_shown(town, system, remote_id)) & {member}:
        return  # what they hide cannot be seen, and so is never taken in either
    card = next(one for one in cards(town) if one.sort == "field" and one.member == member)
    assert card.sides["before"] != card.sides["theirs"]
    assert card.sides["before"] == card.sides["mine"]
    # Nothing else waits for it.
    change(town, telecom=[{"system": "phone", "value": "+1-555-010-0404"}])
    town.work(3 * DAY)
    assert "010-0404" in str(patient_of(town, system)[1])
    assert patient_of(town, system)[1][member] == value
    town.engine.people[system].resolve(card.id, "there", "u1")
    town.work(DAY)
    decided = here(town)
    assert (decided.birth_date, decided.gender) != (before.birth_date, before.gender)
    assert [one for one in cards(town) if one.sort == "field"] == []


def _shown(town: Staffed, system: str, remote_id: str) -> dict[str, Any]:
    with town.disk.read() as unit:
        shadow = Rows(unit).get(Shadow, system, "patient", remote_id)
    assert shadow is not None
    return dict(shadow.raw)


def test_the_rule_stands_in_every_profile_for_every_member_that_says_who_somebody_is() -> None:
    """A member whose value changes name, sex, birth date or number of the patient is one of identity; all systems."""
    for system in OPENED:
        town = Staffed(system)
        desk = town.engine.offices[system].desk
        with town.disk.read() as unit:
            known = desk.known(Rows(unit))
            telling = desk.remote.project(ADA_HERE, known)
            rules = desk.remote.profile.kinds[Kind.PATIENT].rules
            assert sum(rule.identity for rule in rules.values()) >= 4, system
            assert isinstance(telling, Telling)
            for member in telling.body:
                other = _another(telling.body[member], system, member)
                laid = desk.remote.adopt(Seen(Kind.PATIENT, "x", {member: other}), ADA_HERE, known)[0]
                who = {name: getattr(laid, name) for name in ("name", "gender", "birth_date", "identifier")}
                same = {name: getattr(ADA, name) for name in who}
                assert (who == same) or rules[member].identity, (system, member)


def _another(value: Any, system: str, member: str) -> Any:
    if member == "gender":
        return SEX.get(system, "male")
    if member in {"birth_date", "dateOfBirth", "date_of_birth"}:
        return "1958-12-10"
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, dict):
        return {name: _another(each, system, "") for name, each in value.items()}
    if isinstance(value, list):
        return [_another(each, system, "") for each in value]
    return value


def gone_there(system: str = "healify") -> tuple[Staffed, str, Conflict]:
    """The patient was deleted there, and two looks a day apart have not shown them."""
    town = settled(system)
    remote_id, _row = patient_of(town, system)
    People(town.ways[system].system).remove("patients", remote_id)
    town.work(5 * DAY)
    (card,) = cards(town)
    assert card.sort == "gone"
    return town, remote_id, card


def row(remote_id: str, town: Staffed) -> dict[str, Any] | None:
    return town.ways["healify"].system.tables["patients"].rows.get(remote_id)


def test_what_is_gone_there_is_made_again_once_and_known_under_its_new_number() -> None:
    town, remote_id, card = gone_there()
    assert town.engine.people["healify"].choices(card.id) == ("recreate", "never", "void")
    town.engine.people["healify"].resolve(card.id, "recreate", "u1")
    town.work(DAY)
    assert town.ways["healify"].created == 2
    assert town.told("healify") == "confirmed"
    assert cards(town) == []
    with town.disk.read() as unit:
        links = Rows(unit).find(Link, system="healify", kind="patient", local_id=ADA_HERE.local_id)
    assert {link.remote_id: link.status for link in links}[remote_id] == "replaced"
    assert sum(link.status == "confirmed" for link in links) == 1


@pytest.mark.parametrize("act", ["never", "void"])
def test_what_is_never_told_again_stays_untold_whatever_changes_here(act: str) -> None:
    town, _remote_id, card = gone_there()
    town.engine.people["healify"].resolve(card.id, act, "u1")
    change(town, telecom=[{"system": "phone", "value": "+1-555-010-0404"}])
    town.work(3 * DAY)
    assert town.ways["healify"].created == 1
    assert town.told("healify") == "closed by a person"
    assert cards(town) == []
    assert here(town).birth_date == ADA.birth_date


def test_only_to_read_a_card_closes_nothing() -> None:
    town, _remote_id, card = gone_there()
    for act in ("noted", "here", "there", "this", ""):
        with pytest.raises(UnknownError):
            town.engine.people["healify"].resolve(card.id, act, "u1")
    assert [one.id for one in cards(town)] == [card.id]


@pytest.mark.parametrize("act", ["join", "leave"])
def test_what_comes_back_is_taken_up_again_or_left_alone_as_a_person_says(act: str) -> None:
    town = settled("healify")
    remote_id, before = patient_of(town, "healify")
    People(town.ways["healify"].system).remove("patients", remote_id)
    town.work(5 * DAY)
    People(town.ways["healify"].system).add("patients", {**before, "phone": "+15550001111"}, remote_id)
    town.work(3 * DAY)
    (card,) = cards(town)  # that it was gone is no question any more
    assert card.sort == "restored"
    town.engine.people["healify"].resolve(card.id, act, "u1")
    town.work(3 * DAY)
    assert town.ways["healify"].created == 1
    assert ("0001111" in str(here(town).telecom)) == (act == "join")
    assert town.told("healify") == ("confirmed" if act == "join" else "closed by a person")
    assert cards(town) == []


@pytest.mark.parametrize("act", ["this", "other"])
def test_of_two_there_one_is_ours_and_the_other_is_somebodys_task(act: str) -> None:
    town = settled("healify")
    first, before = patient_of(town, "healify")
    twin = "pat_00aa11bb22"
    People(town.ways["healify"].system).add("patients", {**before, "id": twin, "first_name": "Ada"}, twin)
    town.engine.people["healify"].sync_now("u1")
    town.work(DAY)
    (card,) = cards(town)
    assert (card.sort, card.remote_id) == ("duplicate", twin)
    town.engine.people["healify"].resolve(card.id, act, "u1")
    town.work(DAY)
    ours, too_many = (twin, first) if act == "this" else (first, twin)
    task = next(one for one in cards(town) if one.sort == "surplus")
    assert task.remote_id == too_many
    # The name was written shorter in the other one: who somebody is, is asked about.
    assert [one.member for one in cards(town) if one.sort == "field"] == (["first_name"] if act == "this" else [])
    for one in cards(town):
        if one.sort == "field":
            town.engine.people["healify"].resolve(one.id, "here", "u1")
    change(town, telecom=[{"system": "phone", "value": "+1-555-010-0404"}])
    town.work(DAY)
    assert "0404" in str(row(ours, town))
    assert "0404" not in str(row(too_many, town))
    town.engine.people["healify"].resolve(task.id, "told", "u1", "asked their desk by telephone")
    town.work(3 * DAY)
    assert cards(town) == []
    assert town.ways["healify"].created == 1


def test_after_a_restored_backup_everything_is_read_before_anything_is_sent() -> None:
    day = flows.Day(10**9)
    try:
        backup = day.disk.snapshot()
        flows.create(day)
        day.restore(backup)
        day.save("patient", "P2", {**flows.PATIENT, "name": "Somebody else", "birth": "1931", "phone": "77"})
        day.work(2 * 3600)  # the limits count as used up, for nobody knows
        with day.disk.read() as unit:
            said = [one.what for one in Rows(unit).find(Audited, ("n",), system="alpha")]
        again, all_read = said.index("restored"), said.index("read all again")
        assert "send" not in said[again:all_read]
        assert "looked through" in said[again:all_read]
        assert "send" in said[all_read:]
        assert {one.body["name"] for one in day.server.live("patient")} == {"Ana", "Somebody else"}
    finally:
        day.disk.close()


def test_what_the_background_process_holds_back_is_tried_again_when_the_window_says_so() -> None:
    town = settled("healify")
    way = town.ways["healify"]
    handle, asked = way.handle_request, []

    def no_network(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    def seen(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        return handle(request)

    way.handle_request = no_network  # type: ignore[method-assign]
    change(town, telecom=[{"system": "phone", "value": "+1-555-010-0404"}])
    town.work(120)
    desk = town.engine.offices["healify"].desk
    assert desk.held("away")
    way.handle_request = seen  # type: ignore[method-assign]
    assert not town.engine.step()
    window = Engine(town.chart, town.disk, town.clock, town.chance.new_id, town.chance.random.random, Outside())
    window.connect("healify", way.open)
    window.people["healify"].sync_now("u1")
    for _ in range(12):
        town.engine.step()
    assert "PUT" in asked
    assert "0404" in str(patient_of(town, "healify")[1])
