"""However much a system says unasked, its turn is no longer than that of another, and no change is lost for it."""

from contextlib import closing
from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.hearing import AGAIN_SECONDS, AT_ONCE, MOST_KEPT, MOST_LOOKS, Hearing
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.remotes import House
from sync.port import Kind
from sync.telling.hints import CATCH_UP, Hint
from tests.conftest import DeskFor
from tests.connected import connected

LOUD, QUIET = "hms_enterprise", "healify"


def hint(n: int) -> Hint:
    return Hint(Kind.PATIENT, f"p{n}")


def test_so_many_are_kept_and_for_the_others_it_is_looked_through_once_in_a_while(clock: SetClock) -> None:
    heard = Hearing([LOUD, QUIET], clock.steady)
    for n in range(3 * MOST_KEPT):
        heard.take(LOUD, hint(n))
    heard.take("not connected", hint(1))
    assert not heard.waits(QUIET)
    assert heard.some(LOUD, 0) == [*map(hint, range(AT_ONCE)), CATCH_UP]
    heard.take(QUIET, hint(7))
    assert heard.some(QUIET, 0) == [hint(7)]
    for n in range(3 * MOST_KEPT):
        heard.take(LOUD, hint(n))
    found = [each for _turn in range(MOST_KEPT // AT_ONCE) for each in heard.some(LOUD, 0)]
    assert (len(found), CATCH_UP in found, heard.waits(LOUD)) == (MOST_KEPT, False, False)
    clock.advance(timedelta(seconds=AGAIN_SECONDS))
    assert heard.waits(LOUD)
    assert heard.some(LOUD, 0) == [CATCH_UP]
    assert not heard.waits(LOUD)


def test_where_many_looks_wait_no_more_are_added(clock: SetClock) -> None:
    heard = Hearing([LOUD], clock.steady)
    for one in (hint(1), CATCH_UP, hint(2)):
        heard.take(LOUD, one)
    assert heard.some(LOUD, MOST_LOOKS - 1) == [CATCH_UP, hint(1), CATCH_UP]
    assert not heard.waits(LOUD)


@pytest.mark.usefixtures("small")
def test_who_never_stops_talking_takes_no_turn_from_another_and_keeps_nobody_from_stopping(
    desk_for: DeskFor, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(desk_for("administrator"), QUIET, clock=lambda: clock.now().timestamp()) as there:
        there.connect(QUIET)
        there.run()
        with closing(PostOffice(House.of(there.desk))) as office:
            hinted: list[str] = []

            def hear(_system: str, _kind: str, remote_id: str, _parent: str = "") -> None:
                hinted.append(remote_id)
                office.hear(QUIET, hint(len(hinted)))

            monkeypatch.setattr(office.engine, "hint", hear)
            office.hear(QUIET, hint(0))
            turns = iter(range(20))
            office.run(60.0, until_idle=False, stopped=lambda: next(turns, None) is None)
            assert 0 < len(hinted) <= 20
