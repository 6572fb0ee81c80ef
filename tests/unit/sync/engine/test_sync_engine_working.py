"""What is being worked at here is read again within minutes, and nothing else is for that."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from sync.engine.store.rows import Rows, Unit
from sync.engine.store.tables import Audited, Look
from sync.port import Kind
from tests.simulation.chart import WORK_SECONDS, ModelChart
from tests.simulation.flows import PATIENT, Day, create

NEVER = 10**9


@pytest.fixture(name="day")
def _day() -> Day:
    day = Day(NEVER)
    day.chart = ModelChart(day.chance.new_id, day.clock.true, works=True)
    day.engine = day._build()
    return day


def reads(day: Day, why: str = "hint") -> list[float]:
    """When something was read for that reason."""
    with day.disk.read() as unit:
        return [
            one.at for one in Rows(unit).find(Audited, ("n",), system="alpha", what="read") if why in str(one.detail)
        ]


def test_what_changes_there_while_it_is_worked_at_is_here_within_minutes(day: Day) -> None:
    create(day)
    day.save("prescription", "R1", {"text": "one a day", "code": "c"}, "P1")
    day.work(120)
    assert day.there("prescription").body["text"] == "one a day"
    day.server.write(day.there("prescription"), {"text": "two a day"}, "other", day.clock.true())
    day.work(300)
    assert day.story_body("prescription", "R1")["text"] == "two a day"


def test_it_is_asked_for_no_oftener_than_the_system_is_asked_for_that_kind(day: Day) -> None:
    create(day)
    day.work(WORK_SECONDS / 2)
    at = reads(day)
    assert 2 <= len(at) <= 3, "a patient every ten minutes"
    assert min(later - sooner for sooner, later in pairwise(at)) >= 600


def test_what_is_worked_at_no_more_is_left_to_the_lists(day: Day) -> None:
    create(day)
    day.work(WORK_SECONDS + 60)
    before = len(reads(day))
    day.work(4 * WORK_SECONDS)
    assert len(reads(day)) == before
    assert day.engine.offices["alpha"]._working.next_at() is None


def test_what_they_hide_keeps_its_own_time(day: Day) -> None:
    create(day)
    with day.disk.write() as unit:
        Rows(unit).put(
            Look("alpha", "patient", day.there().id, "", "hidden", day.engine.offices["alpha"].desk.now() + 86_400, 3)
        )
    day.work(1200)
    with day.disk.read() as unit:
        (kept,) = Rows(unit).find(Look, system="alpha", kind="patient")
    assert (kept.why, kept.tries) == ("hidden", 3)
    assert not reads(day)


def test_while_much_waits_to_be_told_it_has_its_turn(day: Day) -> None:
    create(day)
    for n in range(60):
        day.save("document", f"X{n}", {"text": str(n)}, "P1")
    day.save("patient", "P1", {**PATIENT, "notes": "n"})
    until = day.clock.elapsed + 1200
    while day.clock.elapsed < until and not reads(day):
        day.work(10)
    assert reads(day)


class OneIsHere(ModelChart):
    """A chart of which one patient is being seen."""

    def at_work(self, unit: Unit, kind: Kind) -> Sequence[tuple[str, float]]:
        del unit
        return [("P2", 0.0)] if kind is Kind.PATIENT else []


def test_what_waits_of_who_is_here_goes_before_what_has_waited_longer() -> None:
    day = Day(NEVER)
    day.chart = OneIsHere(day.chance.new_id, day.clock.true)
    day.engine = day._build()
    create(day)
    day.save("patient", "P2", {**PATIENT, "name": "Grace", "birth": "1906-12-09", "phone": "+1-906"})
    day.work()
    for n in range(60):
        day.save("document", f"X{n}", {"text": str(n)}, "P1")
    day.clock.sleep(1200)
    day.save("document", "Y", {"text": "who is here"}, "P2")
    day.work(600)
    order = [thing.body["text"] for thing in day.server.things["document"].values()]
    assert len(order) == 61
    assert order.index("who is here") <= 10, "no later than the telling that was under way"


def test_it_overtakes_what_is_read_in_its_turn(day: Day) -> None:
    create(day)
    day.save("prescription", "R1", {"text": "one a day", "code": "c"}, "P1")
    day.work(120)
    desk = day.engine.offices["alpha"].desk
    with day.disk.write() as unit:
        rows = Rows(unit)
        for n in range(500):
            rows.put(Look("alpha", "appointment", f"apt_{n}", "", "changed", desk.now() - 60.0))
    day.server.write(day.there("prescription"), {"text": "two a day"}, "other", day.clock.true())
    with day.disk.write() as unit:
        Rows(unit).put(Look("alpha", "prescription", day.there("prescription").id, "", "changed", desk.now()))
    day.clock.sleep(300)
    day._work(day.clock.elapsed + 300, most=30)
    assert day.story_body("prescription", "R1")["text"] == "two a day"
