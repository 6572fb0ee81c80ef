"""A workstation whose clock is wrong says when it sent something by the clock of the system that it asks."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.remotes import House
from sync.transport.skew import Skew
from tests.conftest import DeskFor
from tests.connected import connected

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AHEAD = timedelta(days=10)


@pytest.mark.parametrize("seconds", [-86_400.0, -300.0, 0.0, 300.0, 3.2e8])
def test_how_far_a_clock_is_ahead_is_told_by_the_last_answer(seconds: float) -> None:
    skew = Skew(lambda: NOW)
    assert skew.seconds() is None
    for apart in (7_200.0, seconds):
        skew.hear({"Date": format_datetime(NOW - timedelta(seconds=apart), usegmt=True)})
    skew.hear({"Date": "some day"})
    assert skew.seconds() == (seconds if abs(seconds) > 300 else 0.0)


def test_when_it_was_sent_is_said_by_their_clock(desk_for: DeskFor, clock: SetClock) -> None:
    def theirs() -> float:
        return (clock.now() - AHEAD).timestamp()

    desk = desk_for("administrator")
    with connected(desk, "healify", clock=theirs) as there:
        there.connect("healify")
        office = PostOffice(House.of(desk), only="healify")
        try:
            told = office.engine.offices["healify"].desk
            assert told.ahead() is None
            office.run(20.0, until_idle=True)
            at = datetime.fromisoformat(told.text_at(told.now()))
        finally:
            office.close()
    assert abs(at - (clock.now() - AHEAD)) < timedelta(seconds=30)
