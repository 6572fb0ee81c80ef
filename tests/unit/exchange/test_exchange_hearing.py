"""However much a system says unasked, its turn is no longer than that of another, and no change is lost for it."""

from contextlib import closing
from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.hearing import AGAIN_SECONDS, AT_ONCE, MOST_KEPT, MOST_LOOKS, Hearing
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.remotes import House
from sync.port import Kind, KindProfile
from sync.telling.hints import CATCH_UP, Hint
from tests.conftest import DeskFor
from tests.connected import connected

LOUD, QUIET = "hms_enterprise", "healify"
LISTED, UNLISTED = KindProfile(Kind.PATIENT, listed=True), KindProfile(Kind.PATIENT)


def hearing(clock: SetClock, *systems: str, kind: KindProfile | None = LISTED) -> Hearing:
    return Hearing(systems, clock.steady, lambda _system, one: None if one.kind is None else kind)


def hint(n: int) -> Hint:
    return Hint(Kind.PATIENT, f"p{n}")


def test_so_many_are_kept_and_for_the_others_it_is_looked_through_once_in_a_while(clock: SetClock) -> None:
    heard = hearing(clock, LOUD, QUIET)
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
    heard = hearing(clock, LOUD)
    for one in (hint(1), CATCH_UP, hint(2)):
        heard.take(LOUD, one)
    assert heard.some(LOUD, MOST_LOOKS - 1) == [hint(1), CATCH_UP, CATCH_UP]
    assert not heard.waits(LOUD)


def test_what_no_list_shows_is_kept_however_much_it_is_and_what_is_said_twice_is_one(clock: SetClock) -> None:
    heard = hearing(clock, LOUD, kind=UNLISTED)
    for n in (*range(3 * MOST_KEPT), *range(MOST_KEPT)):
        heard.take(LOUD, hint(n))
    found: list[Hint] = []
    while heard.waits(LOUD):
        found += heard.some(LOUD, len(found))
    assert found == [*map(hint, range(3 * MOST_KEPT))], "nobody else would ever say that they are there"


def test_what_comes_after_a_fault_waits_for_the_next_turn(clock: SetClock) -> None:
    heard, looked = hearing(clock, LOUD), list[Hint]()

    def look(one: Hint) -> None:
        if one == hint(1):
            raise ArithmeticError
        looked.append(one)

    for n in range(4):
        heard.take(LOUD, hint(n))
    with pytest.raises(ArithmeticError):
        heard.look(LOUD, 0, look)
    heard.look(LOUD, 0, look)
    assert looked == [hint(0), hint(2), hint(3), CATCH_UP], "and the one that it was in is looked for with the lists"


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
