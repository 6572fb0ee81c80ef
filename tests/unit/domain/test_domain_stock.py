"""The ledger's rule against the plainest model there is: lay all movements out and look at every balance."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import pharmacy, stock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.stock import Lot, Move, Pick

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)

Entry = tuple[int, int]  # minutes after the start, quantity


def lowest(entries: list[Entry]) -> int:
    """The lowest balance of a history, those of one minute in the order given."""
    balance = 0
    low = 0
    for _minute, quantity in sorted(entries, key=lambda entry: entry[0]):
        balance += quantity
        low = min(low, balance)
    return low


entry = st.tuples(st.integers(0, 6), st.integers(-9, 9))


@given(st.lists(entry, max_size=30))
def test_a_movement_is_taken_if_and_only_if_no_balance_falls_below_zero(entries: list[Entry]) -> None:
    history: list[Entry] = []
    for minute, quantity in entries:
        before = sum(amount for at, amount in history if at <= minute)
        later = [amount for at, amount in sorted(history, key=lambda each: each[0]) if at > minute]
        try:
            stock.check_move(before, later, quantity, lot="A1", unit="tablet")
        except Refusal:
            assert lowest([*history, (minute, quantity)]) < 0
        else:
            history.append((minute, quantity))
            assert lowest(history) >= 0


@given(st.lists(entry, max_size=20))
def test_the_running_balance_ends_at_the_sum(entries: list[Entry]) -> None:
    moves = [
        Move(str(place), "adjust", quantity, START + timedelta(minutes=minute), place)
        for place, (minute, quantity) in enumerate(entries)
    ]
    balances = [balance for _move, balance in stock.running(reversed(moves))]
    assert (balances[-1] if balances else 0) == sum(quantity for _minute, quantity in entries)
    assert min([0, *balances]) == lowest(entries)


lots = st.lists(
    st.builds(
        Lot,
        st.uuids().map(str),
        st.sampled_from("ABCDE"),
        st.dates(date(2026, 3, 1), date(2026, 4, 1)),
        st.booleans(),
        st.integers(0, 20),
    ),
    max_size=6,
)


@given(lots, st.integers(0, 60))
def test_what_is_proposed_is_usable_first_expiring_and_as_much_as_there_is(found: list[Lot], quantity: int) -> None:
    by_id = {lot.id: lot for lot in found}
    picks = stock.propose(found, quantity, TODAY)
    usable = [lot for lot in found if not lot.recalled and lot.expires_on >= TODAY]
    assert sum(pick.quantity for pick in picks) == min(quantity, sum(lot.balance for lot in usable))
    assert len({pick.lot_id for pick in picks}) == len(picks)
    for pick in picks:
        stock.check_lot_usable(by_id[pick.lot_id], TODAY)
        assert 0 < pick.quantity <= by_id[pick.lot_id].balance
    expiries = [by_id[pick.lot_id].expires_on for pick in picks]
    assert expiries == sorted(expiries)
    taken = {pick.lot_id: pick.quantity for pick in picks}
    left = [lot.expires_on for lot in usable if taken.get(lot.id, 0) < lot.balance]
    assert not left or not expiries or expiries[-1] <= min(left)


def test_a_lot_may_go_out_on_the_day_it_expires_and_not_after() -> None:
    lot = Lot("1", "A1", TODAY, recalled=False, balance=5)
    stock.check_lot_usable(lot, TODAY)
    assert stock.propose([lot], 3, TODAY) == (Pick("1", 3),)
    with pytest.raises(Refusal, match="expired on 10-Mar-2026"):
        stock.check_lot_usable(lot, TODAY + timedelta(days=1))
    assert stock.propose([lot], 3, TODAY + timedelta(days=1)) == ()


@given(st.integers(0, 10_000), st.integers(1, 500))
def test_packs_and_loose_units_are_exact(quantity: int, size: int) -> None:
    whole, loose = pharmacy.packs(quantity, size)
    assert whole * max(size, 1) + loose == quantity
    assert size == 1 or loose < size


@pytest.mark.parametrize(("usable", "level"), [(0, "out"), (1, "low"), (50, "low"), (51, "good")])
def test_a_product_is_low_at_its_reorder_level(usable: int, level: str) -> None:
    assert stock.level(usable, 50) == level
