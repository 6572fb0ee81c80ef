"""The five shipped remotes over the sandbox: nobody is asked about our own work, and always about who somebody is."""

from dataclasses import replace
from typing import Any

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link, Shadow
from sync.port import Kind, Seen, Telling
from sync.records.patient import Patient
from sync.sandbox.people import People
from tests.contract.test_remotes_over_sandbox import ADA, ADA_HERE
from tests.simulation.test_simulation_remotes import OPENED, Town

DAY = 86_400.0
# How each system calls what says who somebody is: a birth date, a sex, a name that others there write.
BORN = {"healthcare_records": "birth_date", "practice_studio": "dateOfBirth"}
SEX = {"hms_enterprise": "M", "practice_studio": "M"}
MOVED = {"phone": "+1-555-010-0001", "email": "ada.king@example.org"}


class Staffed(Town):
    """A town with somebody who signs in again whenever a system asks for it."""

    def work(self, seconds: float) -> None:
        ends = max(office.desk.now() for office in self.engine.offices.values()) + seconds
        while (left := ends - max(office.desk.now() for office in self.engine.offices.values())) > 0:
            super().work(min(left, 3 * 3600.0))
            for name, way in self.ways.items():
                with self.disk.read() as unit:
                    asked = self.engine.offices[name].desk.get(Rows(unit), "paused")
                if asked == "sign in":
                    way.secrets.known.clear()
                    way.secrets.known.update({key: str(one) for key, one in way.system.credentials().items()})
                    for gone in ("tried", "token"):
                        way.secrets.put(gone, None)
                    self.engine.people[name].resume("u1")


def settled(system: str) -> Town:
    """A clinic whose patient is known at a system."""
    town = Staffed(system)
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(3600)
    assert town.state(system) == "confirmed"
    return town


def patient_of(town: Town, system: str) -> tuple[str, dict[str, Any]]:
    with town.disk.read() as unit:
        link = Rows(unit).find(Link, system=system, kind="patient", local_id=ADA_HERE.local_id)[0]
    return link.remote_id, town.ways[system].system.tables["patients"].rows[link.remote_id]


def cards(town: Town) -> list[Conflict]:
    with town.disk.read() as unit:
        return [one for one in Rows(unit).find(Conflict) if one.state == "open"]


def here(town: Town) -> Patient:
    with town.disk.read() as unit:
        story = town.chart.story(unit, Kind.PATIENT, ADA_HERE.local_id)
    assert story is not None
    assert isinstance(story.first, Patient)
    return story.first


def change(town: Town, **fields: Any) -> None:
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
    assert town.state(system) in {"confirmed", "sent"}


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


def _shown(town: Town, system: str, remote_id: str) -> dict[str, Any]:
    with town.disk.read() as unit:
        shadow = Rows(unit).get(Shadow, system, "patient", remote_id)
    assert shadow is not None
    return dict(shadow.raw)


def test_the_rule_stands_in_every_profile_for_every_member_that_says_who_somebody_is() -> None:
    """A member whose value changes name, sex, birth date or number of the patient is one of identity; all systems."""
    for system in OPENED:
        town = Town(system)
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
