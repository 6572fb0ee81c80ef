"""A workstation whose clock is wrong says when it sent something by the clock of the system that it asks."""

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import House
from sync.sandbox.wire import Request, Response
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


@pytest.mark.parametrize("ahead", [20, -20, None])
@pytest.mark.parametrize("system", ["healify", "practice_studio"])
def test_a_gateway_with_a_clock_of_its_own_makes_nobody_twice(
    desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch, system: str, ahead: int | None
) -> None:
    def date_of(_at: float, *, usegmt: bool) -> str:
        return "" if ahead is None else format_datetime(clock.now() + timedelta(minutes=ahead), usegmt=usegmt)

    def theirs() -> float:
        return clock.now().timestamp() - (1_200.0 if ahead is None else 0.0)

    monkeypatch.setattr("sync.sandbox.server.formatdate", date_of)
    with connected(desk_for("administrator"), system, clock=theirs) as there:
        shop = there.sandbox.gates[system].system
        handle = shop.handle
        lost: list[int] = []

        def lose_the_answer(request: Request) -> Response:
            found = handle(request)
            if request.method == "POST" and request.path.endswith("/patients") and found.status < 300 and not lost:
                lost.append(found.status)
                return Response(502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>")
            return found

        monkeypatch.setattr(shop, "handle", lose_the_answer)
        there.connect(system)
        there.desk = desk_for("administrator")
        office = PostOffice(House.of(there.desk))
        try:
            office.run(60.0, until_idle=True, patience=-1.0)
            new = NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day", phone="+1-555-0142")
            register_patient(desk_for("front_desk"), new)
            for _ in range(8):
                office.run(60.0, until_idle=True, patience=-1.0)
                clock.advance(timedelta(seconds=75))
        finally:
            office.close()
        assert lost
        assert sum("Achieng" in str(row) for row in shop.tables["patients"]) == 1
