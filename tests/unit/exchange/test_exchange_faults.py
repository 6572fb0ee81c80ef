"""A fault in what one system says or holds stops that system alone, for a while; the others go on."""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_shown import systems_shown
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import House
from sync.engine.run import Office
from sync.telling.hints import Hint
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

BAD, GOOD = "healify", "practice_studio"


class Poison:
    """One system whose jobs fail once they have begun; counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: BaseException | None = None) -> None:
        self.error: BaseException | None = error or RuntimeError("Achieng, Rose")
        self.steps = 0
        step = Office.step

        def poisoned(office: Office) -> bool:
            if office.desk.system != BAD or not office.started:
                return step(office)
            self.steps += 1
            if self.error is not None:
                raise self.error
            return step(office)

        monkeypatch.setattr(Office, "step", poisoned)


@pytest.fixture
def there(desk_for: DeskFor, clock: SetClock, small: Clinic) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), BAD, GOOD, clock=lambda: clock.now().timestamp()) as found:
        found.connect(BAD)
        found.connect(GOOD)
        found.run()
        yield found


def knows(there: Connected, system: str) -> bool:
    return any("Achieng" in str(row) for row in there.rows(system, "patients"))


def registered(desk_for: DeskFor) -> None:
    new = NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day", phone="+1-555-0142")
    register_patient(desk_for("front_desk"), new)


def state(desk_for: DeskFor) -> dict[str, str]:
    return {one.system: one.state for one in systems_shown(desk_for("administrator"))}


def run(office: PostOffice) -> None:
    office.run(60.0, until_idle=True, patience=-1.0)


def test_the_others_go_on_and_it_is_held_longer_each_time_and_shown(
    there: Connected,
    desk_for: DeskFor,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    registered(desk_for)
    poison = Poison(monkeypatch)
    with closing(PostOffice(House.of(there.desk))) as office, caplog.at_level(logging.ERROR):
        run(office)
        run(office)
        assert poison.steps == 1
        assert (knows(there, GOOD), knows(there, BAD)) == (True, False)
        assert state(desk_for) == {BAD: "fault", GOOD: "on"}
        (line,) = [each for each in office.status() if (each["system"], each["kind"]) == (BAD, "patient")]
        assert (line["eta"], bool(line["why"])) == (None, True)
        for seconds, steps in ((29, 1), (2, 2), (31, 2), (30, 3), (61, 3), (60, 4)):
            clock.advance(timedelta(seconds=seconds))
            run(office)
            assert poison.steps == steps
        for _hour in range(9):
            clock.advance(timedelta(seconds=3601))
            run(office)
        assert poison.steps >= 9, "an hour is the longest"
        assert "Rose" not in caplog.text
        assert f"RuntimeError at {__name__}:" in caplog.text
        poison.error = None
        clock.advance(timedelta(seconds=3601))
        run(office)
        assert knows(there, BAD)
        assert state(desk_for) == {BAD: "on", GOOD: "on"}
        clock.advance(timedelta(seconds=3601))
        poison.error, before = RuntimeError(), poison.steps
        for _try in range(2):
            run(office)
            clock.advance(timedelta(seconds=31))
        assert poison.steps == before + 2, "what went well for long enough begins anew with the shortest"


def test_whoever_wants_it_tried_now_does_not_wait(
    there: Connected, desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(desk_for)
    poison = Poison(monkeypatch)
    with closing(PostOffice(House.of(there.desk))) as office:
        run(office)
        poison.error = None
        run(office)
        assert not knows(there, BAD)
        sync_connecting.sync_now(desk_for("administrator"))
        run(office)
        assert knows(there, BAD)


@pytest.mark.parametrize("error", [Trouble("The disk is full.", remedy="Free some room."), OSError(28, "full")])
def test_what_the_machine_is_in_trouble_with_concerns_all_of_them(
    there: Connected, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    Poison(monkeypatch, error)
    with closing(PostOffice(House.of(there.desk))) as office, pytest.raises(type(error)):
        run(office)


def test_a_hint_that_makes_a_fault_stops_no_other(
    there: Connected, desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(desk_for)
    with closing(PostOffice(House.of(there.desk))) as office:

        def fault(*_hint: object) -> None:
            raise UnicodeEncodeError("utf-8", "Rose", 0, 1, "no")

        monkeypatch.setattr(office.engine, "hint", fault)
        kind = next(iter(office.engine.offices[BAD].desk.remote.profile.kinds))
        office.hear(BAD, Hint(kind, "pat_1"))
        office.hear("no such system", Hint(kind, "pat_1"))
        run(office)
        assert knows(there, GOOD)
        assert state(desk_for)[BAD] == "fault"
