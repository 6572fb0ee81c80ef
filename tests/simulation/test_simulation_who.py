"""Who somebody there is: a question about each who is here and may be meant, and an answer to one of them at a time."""

import itertools

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link
from tests.simulation.flows import PATIENT, Day
from tests.simulation.server import Thing
from tests.simulation.test_simulation_directed import NEVER, open_cards
from tests.simulation.test_simulation_handed_out import DAY, OTHER, _day, booked, looked

__all__ = ["_day"]
THREE = ("P1", "P2", "P3")


def test_who_is_not_the_one_may_still_be_the_other() -> None:
    day = Day(NEVER)
    (there,) = [day.server.create("patient", {**PATIENT, "phone": "other"}, "", "", "other")]
    day.save("patient", "P1", PATIENT)
    day.save("patient", "P2", {**PATIENT, "phone": "777"})
    day.work()

    def asked() -> set[str]:
        with day.disk.read() as unit:
            found = Rows(unit).find(Conflict, system="alpha", sort="identity", state="open")
        return {one.local_id for one in found if one.remote_id == there.id}

    assert asked() == {"P1", "P2"}
    day.engine.people["alpha"].keep_apart(there.id, "P1", "u1")
    day.work(90_000)
    assert asked() == {"P2"}, "nobody has said that they are not the other"
    assert len(day._records("patient")) == 2, "and they are not taken for somebody new meanwhile"
    day.engine.people["alpha"].link(there.id, "P2", "u1")
    day.work(90_000)
    with day.disk.read() as unit:
        link = Rows(unit).get(Link, "alpha", "patient", there.id)
    assert link is not None
    assert (link.local_id, link.status) == ("P2", "confirmed")
    assert len(day.server.live("patient")) == 2, "only the one who was not there has been registered"
    day.disk.close()


def asked_of_three(day: Day) -> tuple[str, Thing, float]:
    """A patient's number that may be somebody else's now, and two here who look like whoever stands there.

    The number, the appointment that was told under it, and its time.
    """
    time, there = booked(day)
    looked(day, 1)
    day.edit_there(phone="+1-321")
    looked(day, 1)
    day.edit_there(**OTHER)
    day.sync_now()
    day.work(1800)
    for who in ("P2", "P3"):
        day.save("patient", who, {**PATIENT, **OTHER})
        day.work(1800)
    day.sends_allowed |= {f"ref {one}": 5 for one in (*THREE, "A1")}
    return day.there().id, there, time


@pytest.mark.parametrize("days", [0, 1], ids=["at once", "a day between"])
@pytest.mark.parametrize("last", ["link", "apart"])
@pytest.mark.parametrize("order", list(itertools.permutations(THREE)), ids="".join)
def test_who_is_asked_of_three_may_be_answered_in_any_order(
    day: Day, order: tuple[str, str, str], last: str, days: int
) -> None:
    number, there, time = asked_of_three(day)
    people = day.engine.people["alpha"]
    for n, who in enumerate(order):
        asked = {one.local_id for one in open_cards(day) if one.sort == "identity"}
        assert asked == set(order[n:]), "nobody has said anything of them"
        if n == 2 and last == "link":
            people.link(number, who, "u1")
        else:
            people.keep_apart(number, who, "u1")
        looked(day, days)
    looked(day)
    day.server.write(there, {"time": time + DAY}, "other", day.clock.true())
    looked(day)
    linked = {one.local_id: one.remote_id for one in _links(day) if one.kind == "patient" and one.status == "confirmed"}
    it_is = order[2] if last == "link" else ""
    assert {who for who in THREE if linked[who] == number} == ({it_is} if it_is else set())
    assert len(set(linked.values())) == len(linked), "each has a number of their own"
    still = it_is == "P1"
    assert (day.story_body("appointment", "A1")["time"] == time + DAY) == still, "it stands under somebody else there"
    cards = [(one.sort, one.local_id) for one in open_cards(day) if one.sort != "field"]
    # What came from there may stand in the chart of P1.
    assert sorted(cards) == ([] if still else [("misfiled", "P1"), ("surplus", "A1")])


def _links(day: Day) -> list[Link]:
    with day.disk.read() as unit:
        return Rows(unit).find(Link, system="alpha")


def test_whoever_was_asked_about_meanwhile_the_number_stood_for_the_first(day: Day) -> None:
    number, there, time = asked_of_three(day)
    day.engine.people["alpha"].link(number, "P3", "u1")
    looked(day)
    day.server.write(there, {"time": time + DAY}, "other", day.clock.true())
    looked(day)
    assert day.story_body("appointment", "A1")["time"] == time, "it stands under P3 there"
    assert [(one.sort, one.remote_id) for one in open_cards(day)] == [("surplus", there.id)]
