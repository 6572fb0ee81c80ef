"""What stands on the shelf: levels, lots and the ledger of a lot, all derived from the movements."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, and_, func, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import stock as rules
from clinic_desktop.domain.drugs import fold
from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.pharmacy import products, stock_lots, stock_moves
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("levels_of", "lots_of")

SOON = timedelta(days=90)


class Only(StrEnum):
    """Which products are asked for."""

    ALL = "all"
    TO_ORDER = "to_order"
    EXPIRING = "expiring"


@dataclass(frozen=True)
class StockLevel:
    """A product with what may go out (`on_hand`), what may not (`expired`, `recalled`), and how it stands."""

    product_id: str
    medicine_code: str | None
    name: str
    form: str
    strength: str
    unit: str
    pack_size: int
    reorder_level: int
    on_hand: int
    expired: int
    recalled: int
    expiring: int
    next_expiry: date | None
    level: str
    price_code: str | None
    price: int | None
    currency: str | None


@dataclass(frozen=True)
class LotView:
    """A lot with its balance."""

    lot_id: str
    product_id: str
    lot: str
    expires_on: date
    recalled: bool
    expired: bool
    balance: int
    unit: str


@dataclass(frozen=True)
class LedgerRow:
    """One movement of a lot with the balance after it; `cancelled` if another movement reverses it."""

    move_id: str
    kind: str
    quantity: int
    balance: int
    moved_at: str
    recorded_at: str
    by: str
    reason: str
    reverses: str | None
    cancelled: bool


@query
def stock_levels(read: Read, text: str = "", only: Only = Only.ALL) -> tuple[StockLevel, ...]:
    """Every active product by name, as it stands today; `text` filters by words of name, form and strength."""
    today = read.now.astimezone().date()
    found = levels_of(read.conn, today)
    words = fold(text).split()
    if words:
        found = tuple(
            each for each in found if all(word in fold(f"{each.name} {each.form} {each.strength}") for word in words)
        )
    if only == Only.TO_ORDER:
        return tuple(each for each in found if each.level != "good")
    if only == Only.EXPIRING:
        return tuple(each for each in found if each.expired or each.expiring)
    return found


@query
def lots(read: Read, product_id: str) -> tuple[LotView, ...]:
    """The lots of a product, the first to expire first."""
    today = read.now.astimezone().date()
    return lots_of(read.conn, [product_id], today)


@query
def ledger(read: Read, lot_id: str) -> tuple[LedgerRow, ...]:
    """Every movement of a lot in order, with the balance after each."""
    rows = read.conn.execute(
        select(stock_moves, staff.c.display_name)
        .outerjoin(staff, staff.c.id == stock_moves.c.moved_by)
        .where(stock_moves.c.lot_id == lot_id)
    ).all()
    by_id = {row.id: row for row in rows}
    reversed_ids = {row.reverses for row in rows if row.reverses}
    moves = (
        rules.Move(row.id, row.kind, row.quantity, from_text(row.moved_at), row.rowid_, row.reverses) for row in rows
    )
    made = []
    for move, balance in rules.running(moves):
        row = by_id[move.id]
        made.append(
            LedgerRow(
                row.id, row.kind, row.quantity, balance, row.moved_at, row.recorded_at, row.display_name or "",
                row.reason or "", row.reverses, row.id in reversed_ids,
            )
        )  # fmt: skip
    return tuple(made)


# Inside an act -----------------------------------------------------------------------------------------


def levels_of(
    connection: Connection, today: date, medicine_codes: frozenset[str] | None = None
) -> tuple[StockLevel, ...]:
    """How every active product (or those of some medicines) stands today, by name."""
    held = (
        select(
            stock_moves.c.product_id,
            stock_moves.c.lot_id,
            func.sum(stock_moves.c.quantity).label("balance"),
        )
        .group_by(stock_moves.c.product_id, stock_moves.c.lot_id)
        .subquery()
    )
    day, soon = today.isoformat(), (today + SOON).isoformat()
    usable = and_(stock_lots.c.recalled == 0, stock_lots.c.expires_on >= day)

    asked = (
        select(
            products,
            prices.c.amount,
            prices.c.currency,
            func.coalesce(func.sum(held.c.balance).filter(usable), 0).label("on_hand"),
            func.coalesce(func.sum(held.c.balance).filter(stock_lots.c.expires_on < day), 0).label("expired"),
            func.coalesce(
                func.sum(held.c.balance).filter(and_(stock_lots.c.recalled == 1, stock_lots.c.expires_on >= day)), 0
            ).label("recalled"),
            func.coalesce(func.sum(held.c.balance).filter(and_(usable, stock_lots.c.expires_on < soon)), 0).label(
                "expiring"
            ),
            func.min(stock_lots.c.expires_on).filter(and_(usable, held.c.balance > 0)).label("next_expiry"),
        )
        .outerjoin(held, held.c.product_id == products.c.id)
        .outerjoin(stock_lots, stock_lots.c.id == held.c.lot_id)
        .outerjoin(prices, and_(prices.c.code == products.c.price_code, prices.c.active == 1))
        .where(products.c.active == 1)
        .group_by(products.c.id)
        .order_by(func.lower(products.c.name), products.c.strength, products.c.id)
    )
    if medicine_codes is not None:
        asked = asked.where(products.c.medicine_code.in_(sorted(medicine_codes)))
    return tuple(
        StockLevel(
            row.id, row.medicine_code, row.name, row.form, row.strength, row.unit, row.pack_size, row.reorder_level,
            row.on_hand, row.expired, row.recalled, row.expiring,
            date.fromisoformat(row.next_expiry) if row.next_expiry else None,
            rules.level(row.on_hand, row.reorder_level), row.price_code, row.amount, row.currency,
        )
        for row in connection.execute(asked)
    )  # fmt: skip


def lots_of(connection: Connection, product_ids: list[str], today: date) -> tuple[LotView, ...]:
    """The lots of some products with their balances, the first to expire first."""
    rows = connection.execute(
        select(
            stock_lots,
            products.c.unit,
            func.coalesce(
                select(func.sum(stock_moves.c.quantity))
                .where(stock_moves.c.lot_id == stock_lots.c.id)
                .correlate(stock_lots)
                .scalar_subquery(),
                0,
            ).label("balance"),
        )
        .join(products, products.c.id == stock_lots.c.product_id)
        .where(stock_lots.c.product_id.in_(product_ids))
        .order_by(stock_lots.c.expires_on, stock_lots.c.lot, stock_lots.c.id)
    )
    return tuple(
        LotView(
            row.id, row.product_id, row.lot, date.fromisoformat(row.expires_on), bool(row.recalled),
            date.fromisoformat(row.expires_on) < today, row.balance, row.unit,
        )
        for row in rows
    )  # fmt: skip
