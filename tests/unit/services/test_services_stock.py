"""Stock: what is received, counted and adjusted, and that no history makes it less than nothing."""

from datetime import date, timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import shelf, stock
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.shelf import Only
from clinic_desktop.services.stock import NewProduct
from tests.conftest import DeskFor

SOME_DAY = date(2027, 6, 30)


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("pharmacist")


@pytest.fixture
def product(desk: Desk) -> str:
    return stock.add_product(desk, NewProduct("paracetamol", "tablet", "500 mg", "tablet", reorder_level=50))


def test_what_was_received_stands_on_the_shelf(desk: Desk, product: str) -> None:
    first = stock.receive_stock(desk, product, " ab12 ", SOME_DAY, 100)
    again = stock.receive_stock(desk, product, "AB12", SOME_DAY, 20)
    assert (first.lot, again.lot_id, again.balance) == ("AB12", first.lot_id, 120)
    (level,) = shelf.stock_levels(desk)
    assert (level.on_hand, level.level, level.next_expiry) == (120, "good", SOME_DAY)


@pytest.mark.parametrize("wrong", [9 * 10**18, 1.5, 0, -5])
def test_no_delivery_is_beyond_all_sense(desk: Desk, product: str, wrong: int) -> None:
    with pytest.raises(Refusal) as told:
        stock.receive_stock(desk, product, "AB12", SOME_DAY, wrong)
    assert told.value.field == "quantity"


def test_a_lot_cannot_have_two_expiry_dates(desk: Desk, product: str) -> None:
    stock.receive_stock(desk, product, "AB12", SOME_DAY, 100)
    with pytest.raises(Refusal, match="30-Jun-2027") as told:
        stock.receive_stock(desk, product, "AB12", SOME_DAY + timedelta(days=1), 100)
    assert told.value.field == "expires_on"


def test_an_expired_delivery_is_sent_back(desk: Desk, product: str) -> None:
    with pytest.raises(Refusal, match="expired"):
        stock.receive_stock(desk, product, "OLD", date(2026, 3, 9), 10)
    assert stock.receive_stock(desk, product, "LAST", date(2026, 3, 10), 10).balance == 10


def test_units_are_whole(desk: Desk, product: str) -> None:
    for quantity in (0, -5):
        with pytest.raises(Refusal, match="at least 1"):
            stock.receive_stock(desk, product, "AB12", SOME_DAY, quantity)
    for half in (1.5, True):
        with pytest.raises(Refusal, match="whole"):
            stock.receive_stock(desk, product, "AB12", SOME_DAY, half)  # type: ignore[arg-type]


def test_a_count_writes_the_difference_with_its_reason(desk: Desk, product: str) -> None:
    lot = stock.receive_stock(desk, product, "AB12", SOME_DAY, 100).lot_id
    with pytest.raises(Refusal, match="say why"):
        stock.count_stock(desk, lot, 97)
    counted = stock.count_stock(desk, lot, 97, "three were broken")
    assert (counted.quantity, counted.balance) == (-3, 97)
    assert stock.count_stock(desk, lot, 97).quantity == 0


def test_stock_cannot_go_below_zero(desk: Desk, product: str) -> None:
    lot = stock.receive_stock(desk, product, "AB12", SOME_DAY, 10).lot_id
    with pytest.raises(Refusal, match="holds 10 tablets: 11 cannot go out"):
        stock.adjust_stock(desk, lot, -11, "lost")
    assert stock.adjust_stock(desk, lot, -10, "lost").balance == 0


def test_a_back_dated_movement_is_checked_against_every_later_balance(
    desk: Desk, product: str, clock: SetClock
) -> None:
    start = clock.now()
    lot = stock.receive_stock(desk, product, "AB12", SOME_DAY, 10).lot_id
    clock.advance(timedelta(hours=2))
    stock.adjust_stock(desk, lot, -8, "broken")
    clock.advance(timedelta(hours=2))
    stock.receive_stock(desk, product, "AB12", SOME_DAY, 100)
    then = start + timedelta(hours=1)
    with pytest.raises(Refusal, match="later left 2: 5 cannot go out"):
        stock.adjust_stock(desk, lot, -5, "lost", moved_at=then)
    assert stock.adjust_stock(desk, lot, -2, "lost", moved_at=then).balance == 100
    assert [row.balance for row in shelf.ledger(desk, lot)] == [10, 8, 0, 100]


def test_stock_does_not_move_in_the_future_nor_before_it_came(desk: Desk, product: str, clock: SetClock) -> None:
    lot = stock.receive_stock(desk, product, "AB12", SOME_DAY, 10).lot_id
    with pytest.raises(Refusal, match="future"):
        stock.adjust_stock(desk, lot, 5, "found", moved_at=clock.now() + timedelta(seconds=1))
    with pytest.raises(Refusal, match="holds 0"):
        stock.adjust_stock(desk, lot, -5, "lost", moved_at=clock.now() - timedelta(seconds=1))


def test_cancelling_reverses_once_and_a_cancellation_stays(desk: Desk, product: str) -> None:
    received = stock.receive_stock(desk, product, "AB12", SOME_DAY, 10)
    cancelled = stock.cancel_move(desk, received.move_id, "typed twice")
    assert (cancelled.quantity, cancelled.balance) == (-10, 0)
    with pytest.raises(Refusal, match="cancelled already"):
        stock.cancel_move(desk, received.move_id, "again")
    with pytest.raises(Refusal, match="cannot itself be cancelled"):
        stock.cancel_move(desk, cancelled.move_id, "sorry")
    rows = shelf.ledger(desk, received.lot_id)
    assert [(row.kind, row.cancelled, row.reverses) for row in rows] == [
        ("receive", True, None),
        ("cancel", False, received.move_id),
    ]


def test_a_delivery_already_used_cannot_be_cancelled(desk: Desk, product: str) -> None:
    received = stock.receive_stock(desk, product, "AB12", SOME_DAY, 10)
    stock.adjust_stock(desk, received.lot_id, -1, "broken")
    with pytest.raises(Refusal, match="holds 9"):
        stock.cancel_move(desk, received.move_id, "typed twice")


def test_a_cancellation_after_the_clock_was_set_back_does_not_come_before_its_mistake(
    desk: Desk, product: str, clock: SetClock
) -> None:
    received = stock.receive_stock(desk, product, "AB12", SOME_DAY, 10)
    clock.advance(timedelta(hours=-1))
    assert stock.cancel_move(desk, received.move_id, "typed twice").balance == 0
    assert min(row.balance for row in shelf.ledger(desk, received.lot_id)) == 0


def test_levels_tell_what_is_low_expiring_recalled_and_gone(desk: Desk, product: str, clock: SetClock) -> None:
    other = stock.add_product(desk, NewProduct("amoxicillin", "capsule", "250 mg", "capsule"))
    soon = stock.receive_stock(desk, product, "SOON", date(2026, 4, 1), 30)
    stock.receive_stock(desk, product, "LATER", SOME_DAY, 15)
    levels = {each.product_id: each for each in shelf.stock_levels(desk)}
    assert [each.name for each in shelf.stock_levels(desk)] == ["amoxicillin", "paracetamol"]
    assert (levels[other].level, levels[product].level, levels[product].expiring) == ("out", "low", 30)
    assert {each.product_id for each in shelf.stock_levels(desk, only=Only.TO_ORDER)} == {product, other}
    stock.recall_lot(desk, soon.lot_id, "maker's letter")
    (level,) = shelf.stock_levels(desk, "parac 500")
    assert (level.on_hand, level.recalled, level.expired) == (15, 30, 0)
    stock.lift_recall(desk, soon.lot_id, "withdrawn")
    clock.set(clock.now() + timedelta(days=23))
    (level,) = shelf.stock_levels(desk_again(desk), "PARAC", Only.EXPIRING)
    assert (level.on_hand, level.recalled, level.expired) == (15, 0, 30)
    assert [(lot.lot, lot.expired) for lot in shelf.lots(desk_again(desk), product)] == [
        ("SOON", True),
        ("LATER", False),
    ]


def desk_again(desk: Desk) -> Desk:
    """The same person, signed in again after weeks."""
    desk.session.opened_at = desk.now
    return desk
