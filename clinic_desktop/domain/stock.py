"""Stock: an append-only ledger whose balances are only ever derived, and which never stood below zero.

A movement is a whole number of base units (tablets, mL), positive in and negative out, at an instant. A mistake is
put right by a movement that reverses it; nothing is changed or taken away.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clinic_desktop.domain.doses import unit_word
from clinic_desktop.domain.refusals import Refusal

KINDS = ("receive", "dispense", "adjust", "count", "cancel")


@dataclass(frozen=True)
class Move:
    """One movement of one lot; `place` is the order in which it was written down."""

    id: str
    kind: str
    quantity: int
    moved_at: datetime
    place: int
    reverses: str | None = None


@dataclass(frozen=True)
class Lot:
    """A lot with what is left of it."""

    id: str
    lot: str
    expires_on: date
    recalled: bool
    balance: int


@dataclass(frozen=True)
class Pick:
    """So many units out of one lot."""

    lot_id: str
    quantity: int


def in_order(moves: Iterable[Move]) -> list[Move]:
    """The movements as they happened; those of one instant as they were written down."""
    return sorted(moves, key=lambda move: (move.moved_at, move.place))


def running(moves: Iterable[Move]) -> Iterator[tuple[Move, int]]:
    """Each movement in order with the balance after it."""
    balance = 0
    for move in in_order(moves):
        balance += move.quantity
        yield move, balance


def check_move(before: int, later: Sequence[int], quantity: int, *, lot: str, unit: str) -> None:
    """Refuse a movement that would leave the lot below zero at its own instant or at any later one.

    `before` is the balance up to its instant, `later` the quantities of the movements after it, in order.
    """
    if quantity >= 0:
        return
    spare = before
    balance = before
    for each in later:
        balance += each
        spare = min(spare, balance)
    if spare + quantity >= 0:
        return
    if before + quantity < 0:
        raise Refusal(
            "Lot {lot} holds {available} {unit}: {wanted} cannot go out.",
            field="quantity", lot=lot, available=before, unit=unit_word(before, unit), wanted=-quantity,
        )  # fmt: skip
    raise Refusal(
        "Lot {lot} held {before} {unit} then, but what went out later left {available}: {wanted} cannot go out.",
        field="quantity", lot=lot, before=before, available=spare, unit=unit_word(before, unit), wanted=-quantity,
    )  # fmt: skip


def check_cancel(move: Move, *, reversed_already: bool) -> None:
    """Refuse to cancel a cancellation, or a movement twice."""
    if move.kind == "cancel":
        raise Refusal("A cancellation cannot itself be cancelled: record the movement again.")
    if reversed_already:
        raise Refusal("This movement was cancelled already.")


def check_lot_usable(lot: Lot, today: date) -> None:
    """Refuse a recalled lot, and an expired one from the day after the date printed on it."""
    if lot.recalled:
        raise Refusal("Lot {lot} was recalled: it cannot be dispensed.", field="lot", lot=lot.lot)
    if lot.expires_on < today:
        raise Refusal(
            "Lot {lot} expired on {on}: it cannot be dispensed.", field="lot", lot=lot.lot, on=civil(lot.expires_on)
        )


def first_expiring(lots: Iterable[Lot], today: date) -> list[Lot]:
    """The lots that may go out, the first to expire first."""
    usable = (lot for lot in lots if lot.balance > 0 and not lot.recalled and lot.expires_on >= today)
    return sorted(usable, key=lambda lot: (lot.expires_on, lot.lot, lot.id))


def propose(lots: Iterable[Lot], quantity: int, today: date) -> tuple[Pick, ...]:
    """Take a quantity by first expiry, over as many lots as it needs; less where there is not enough."""
    picks: list[Pick] = []
    for lot in first_expiring(lots, today):
        if quantity <= 0:
            break
        taken = min(quantity, lot.balance)
        picks.append(Pick(lot.id, taken))
        quantity -= taken
    return tuple(picks)


def level(usable: int, reorder_level: int) -> str:
    """How a product stands: ``out``, ``low`` at or under its reorder level, else ``good``."""
    if usable <= 0:
        return "out"
    return "low" if usable <= reorder_level else "good"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def civil(day: date) -> str:
    """A date with its month in letters: 14-Jul-2027."""
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year:04d}"
