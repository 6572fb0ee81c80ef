"""A 401 that was a mistake of somebody between: looked at again by itself where that can do no harm."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Audited
from sync.transport.outcomes import Call, Said, SignInNeeded
from tests.simulation.flows import PATIENT, Day, create

NEVER = 10**9
HOUR = 3_600.0


@pytest.fixture(name="day")
def _day(monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """A system that is signed in to by a token that does not end."""
    monkeypatch.setattr(SignInNeeded, "lasting", True)
    day = Day(NEVER)
    yield day
    day.disk.close()


def paused(day: Day) -> str:
    desk = day.engine.offices["alpha"].desk
    with day.disk.read() as unit:
        return desk.get(Rows(unit), "paused")


def asked(day: Day) -> list[float]:
    """When it was looked again, or sent, and answered with a 401 or otherwise."""
    with day.disk.read() as unit:
        rows = Rows(unit).find(Audited, ("n",), system="alpha", what="asked")
    return [one.at for one in rows]


def state(day: Day, patient: str) -> str:
    return day.engine.state_of("patient", patient)["alpha"].word


def other() -> dict[str, Any]:
    return {**PATIENT, "name": "Bo", "birth": "1931", "phone": "+1-9"}


def test_it_is_looked_at_after_a_minute_ten_minutes_and_then_every_hour(day: Day) -> None:
    create(day)
    day.network.signed_in = False
    day.save("patient", "P2", other())
    day.work(30)
    assert paused(day) == "sign in"
    begun = day.engine.offices["alpha"].desk.now() - 30
    count = len(asked(day))
    day.work(4 * HOUR)
    waits = [at - begun for at in asked(day)[count:]]
    assert waits == pytest.approx([60, 660, 4260, 7860, 11460], abs=60)
    assert paused(day) == "sign in"
    day.network.signed_in = True
    day.work(HOUR)
    assert (paused(day), state(day, "P2")) == ("", "confirmed")


def test_where_reading_is_answered_and_sending_is_not_it_is_sent_ever_more_seldom(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(day)
    sent: list[Call] = []
    through: Callable[..., Any] = day.network.exchange

    def exchange(call: Call, run: Callable[[], Any], *, changes: bool) -> Any:
        if changes:
            sent.append(call)
            raise SignInNeeded(call, 401, Said("UNAUTHORIZED", "sign in"))
        return through(call, run, changes=changes)

    monkeypatch.setattr(day.network, "exchange", exchange)
    day.save("patient", "P2", other())
    day.work(12 * HOUR)
    assert 5 <= len(sent) <= 15
    assert paused(day) == "sign in"
    monkeypatch.undo()
    day.work(HOUR)
    assert state(day, "P2") == "confirmed"


def test_what_a_person_has_paused_stays_paused_whatever_is_answered(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    create(day)
    day.network.signed_in = False
    day.save("patient", "P2", other())
    day.work(10)
    day.engine.people["alpha"].pause("u1")
    day.network.signed_in = True
    day.work(3 * HOUR)
    assert paused(day) == "by u1"
    day.engine.people["alpha"].resume("u1")
    through: Callable[..., Any] = day.network.exchange

    def pausing(call: Call, run: Callable[[], Any], *, changes: bool) -> Any:
        monkeypatch.setattr(day.network, "exchange", through)
        day.engine.people["alpha"].pause("u2")  # while a request is out
        raise SignInNeeded(call, 401, Said("UNAUTHORIZED", "sign in"))

    monkeypatch.setattr(day.network, "exchange", pausing)
    day.work(3 * HOUR)
    assert (paused(day), state(day, "P2")) == ("by u2", "waiting")


def test_a_network_that_is_away_says_nothing_of_the_sign_in(day: Day) -> None:
    create(day)
    day.network.signed_in = False
    day.save("patient", "P2", other())
    day.work(30)
    day.network.signed_in = True
    day.network.rate, day.network.allowed = 1.0, ("no connection",)
    day.work(300)
    assert paused(day) == "sign in"
    day.network.rate = 0.0
    day.work(90)
    assert (paused(day), state(day, "P2")) == ("", "confirmed")


def test_what_ends_by_itself_or_hangs_on_a_password_waits_for_a_person(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignInNeeded, "lasting", False)
    create(day)
    day.network.signed_in = False
    day.save("patient", "P2", other())
    day.work(30)
    requests = day.network.requests
    day.network.signed_in = True
    day.work(4 * HOUR)
    assert (paused(day), day.network.requests) == ("sign in", requests)
    assert day.engine.offices["alpha"].next_at() is None
