"""The documented limits are used up and never exceeded, in whatever way the program is stopped and the clock is set."""

import pytest

from sync.engine.budgets import Budgets
from sync.engine.clock import Ticker
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work
from sync.port import Bucket
from sync.transport.outcomes import Call, NoBudget, Said
from tests.simulation.flows import PATIENT, Day
from tests.simulation.world import Effects, VirtualClock, VirtualDisk

CALL = Call("POST /patient", "POST", "/patient")
TEN = Bucket("ten", 10, 3600.0, lambda call: call.endpoint == "POST /patient")
MINUTE = Bucket("minute", 200, 60.0, lambda _call: True)


@pytest.fixture(name="clock")
def _clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(name="disk")
def _disk() -> VirtualDisk:
    return VirtualDisk(Effects())


def opened(disk: VirtualDisk, clock: VirtualClock, *buckets: Bucket) -> Budgets:
    ticker = Ticker(clock)
    ticker.resume(0.0, 0.0)
    return Budgets("alpha", buckets, disk, ticker)


def taken(budgets: Budgets, call: Call = CALL) -> int:
    """How many places there were until there were none."""
    count = 0
    try:
        while True:
            budgets.ask(call)
            count += 1
    except NoBudget:
        return count


def test_a_small_limit_is_used_to_the_last_place_and_not_beyond(disk: VirtualDisk, clock: VirtualClock) -> None:
    assert taken(opened(disk, clock, TEN)) == 10


def test_a_restart_remembers_what_was_taken(disk: VirtualDisk, clock: VirtualClock) -> None:
    taken(opened(disk, clock, TEN))
    clock.sleep(3000)
    assert taken(opened(disk, clock, TEN)) == 0
    clock.sleep(601)
    assert taken(opened(disk, clock, TEN)) == 10


def test_two_processes_share_a_limit_and_the_silence_that_was_asked_for(disk: VirtualDisk, clock: VirtualClock) -> None:
    sender, window = opened(disk, clock, TEN), opened(disk, clock, TEN)
    for _ in range(3):
        sender.ask(CALL)
        window.ask(CALL)
    assert (taken(window), taken(sender)) == (4, 0)
    clock.sleep(3601)
    assert [taken(one) for one in (sender, window)] == [10, 0]
    clock.sleep(3601)
    window.heard(CALL, 429, {}, Said(retry_after=500.0))
    assert taken(sender) == 0
    clock.sleep(501)
    assert taken(sender) == 10


def test_two_processes_share_a_limit_though_their_routes_are_not_the_same(
    disk: VirtualDisk, clock: VirtualClock
) -> None:
    other = Bucket("other", 50, 3600.0, lambda call: call.endpoint == "PUT /patient")
    sender, window = opened(disk, clock, TEN, other), opened(disk, clock, TEN, other)
    for _ in range(20):
        sender.ask(Call("PUT /patient", "PUT", "/patient"))  # its numbers are ahead of the window's
    assert (taken(window), taken(sender)) == (10, 0)


def test_places_that_were_taken_ahead_are_held_by_a_429_as_well(disk: VirtualDisk, clock: VirtualClock) -> None:
    budgets = opened(disk, clock, MINUTE)
    with budgets.ahead(10):
        budgets.ask(CALL)
        budgets.heard(CALL, 429, {}, Said(retry_after=60.0))
        assert taken(budgets) == 0


def test_a_place_ages_from_its_answer(disk: VirtualDisk, clock: VirtualClock) -> None:
    budgets = opened(disk, clock, Bucket("one", 1, 60.0, lambda _call: True))
    budgets.ask(CALL)
    clock.sleep(30)
    budgets.heard(CALL, 200, {}, None)
    clock.sleep(59)
    with pytest.raises(NoBudget) as refused:
        budgets.ask(CALL)
    assert refused.value.until == pytest.approx(budgets._ticker.time() + 1, abs=0.1)


def test_an_answer_lowers_the_estimate_and_never_raises_it(disk: VirtualDisk, clock: VirtualClock) -> None:
    budgets = opened(disk, clock, TEN)
    budgets.ask(CALL)
    budgets.heard(CALL, 200, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "3"}, None)
    budgets.heard(CALL, 200, {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "900"}, None)
    assert taken(budgets) == 3


def test_silence_that_was_asked_for_is_kept_over_a_restart(disk: VirtualDisk, clock: VirtualClock) -> None:
    opened(disk, clock, TEN).heard(CALL, 429, {}, Said(retry_after=500.0))
    clock.sleep(400)
    assert taken(opened(disk, clock, TEN)) == 0
    clock.sleep(101)
    assert taken(opened(disk, clock, TEN)) == 10


def test_lists_leave_room_for_what_must_be_told(disk: VirtualDisk, clock: VirtualClock) -> None:
    budgets = opened(disk, clock, MINUTE)
    budgets.purpose = "sweep"
    looked = taken(budgets)
    budgets.purpose = "write"
    wrote = taken(budgets)
    budgets.purpose = "person"
    assert looked == 120
    assert looked + wrote == 194
    assert taken(budgets) == 6


def test_with_a_backlog_at_least_95_of_100_places_are_used_and_never_more_than_100() -> None:
    day = Day(10**9)
    for n in range(80):
        day.save("patient", f"P{n:02}", {**PATIENT, "name": f"Ana{n}", "phone": str(n)})
    hours = 5
    day._work(day.clock.elapsed + hours * 3600.0, most=100_000)
    created = len(day.server.things["patient"])
    assert hours * 12 * 0.95 <= created <= (hours + 1) * 12
    assert not day.server.wrong
    with day.disk.read() as unit:
        assert Rows(unit).count(Work, kind="patient", state="waiting") == 80 - created
    line = next(one for one in day.engine.status("alpha") if one.kind == "patient")
    assert line.waiting == 80 - created
    now = day.engine.offices["alpha"].desk.now()
    assert line.eta is not None
    assert line.eta - now == pytest.approx((80 - created) * 300, abs=3600)


def test_a_clock_that_is_set_ten_years_on_frees_nothing(disk: VirtualDisk, clock: VirtualClock) -> None:
    budgets = opened(disk, clock, TEN)
    taken(budgets)
    clock.wrong_by = 3.2e8
    assert taken(budgets) == 0
