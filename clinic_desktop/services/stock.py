"""Stock: lots received, counted and adjusted in an append-only ledger, and what stands on the shelf."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.clock import from_text, to_text
from clinic_desktop.domain import coding
from clinic_desktop.domain import stock as rules
from clinic_desktop.domain.counting import whole
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.store.tables.pharmacy import products, stock_lots, stock_moves

IN_ACT = ("move", "reverse", "balance", "lot_of")


@dataclass(frozen=True)
class NewProduct:
    """A product as it is entered: base unit (tablet, mL), how many to a pack, and where to order again."""

    name: str
    form: str
    strength: str
    unit: str
    medicine_code: str | None = None
    pack_size: int = 1
    reorder_level: int = 0
    price_code: str | None = None
    controlled: bool = False
    ndc: str = ""
    vaccine_code: str | None = None  # CVX; one base unit is then one dose


@dataclass(frozen=True)
class Moved:
    """One movement written into the ledger, and what the lot holds after it."""

    move_id: str
    lot_id: str
    lot: str
    quantity: int
    balance: int


@dataclass(frozen=True)
class HeldLot:
    """A lot with the product it is of."""

    lot_id: str
    lot: str
    expires_on: date
    recalled: bool
    product_id: str
    medicine_code: str | None
    name: str
    form: str
    strength: str
    unit: str
    price_code: str | None


@command
def add_product(act: Act, new: NewProduct) -> str:
    """Add a product to what the pharmacy stocks; returns its id."""
    for field, value in (("name", new.name), ("unit", new.unit)):
        if not value.strip():
            raise Refusal(N_("Please fill this in."), field=field)
    whole(new.pack_size, field="pack_size", least=1)
    whole(new.reorder_level, field="reorder_level", least=0)
    values = {
        "name": new.name.strip(),
        "form": new.form.strip(),
        "strength": new.strength.strip(),
        "unit": new.unit.strip(),
        "medicine_code": new.medicine_code,
        "pack_size": new.pack_size,
        "reorder_level": new.reorder_level,
        "price_code": new.price_code,
        "controlled": int(new.controlled),
        "ndc": coding.ndc(new.ndc) or None,
        "vaccine_code": new.vaccine_code,
    }
    return act.create(products, values, kind="product.added")


@command
def set_reorder_level(act: Act, product_id: str, reorder_level: int) -> None:
    """Change the level at which a product is to be ordered again."""
    whole(reorder_level, field="reorder_level", least=0)
    act.change(products, product_id, {"reorder_level": reorder_level}, kind="product.changed")


@command
def receive_stock(
    act: Act,
    product_id: str,
    lot: str,
    expires_on: date,
    quantity: int,
    *,
    gtin: str | None = None,
    moved_at: datetime | None = None,
    reason: str | None = None,
) -> Moved:
    """Put a delivery on the shelf; `quantity` is in base units. A lot known already must expire on the same day."""
    whole(quantity, least=1)
    product = act.conn.execute(select(products).where(products.c.id == product_id)).one_or_none()
    if product is None:
        raise Refusal(N_("This product is not here."), field="product")
    code = lot.strip().upper()
    if not code:
        raise Refusal(N_("Write the lot as it is printed on the pack."), field="lot")
    if expires_on < _today(act):
        raise Refusal(
            N_("This lot expired on {on}: send it back."), field="expires_on", on=rules.civil(expires_on), lot=code
        )
    known = act.conn.execute(
        select(stock_lots).where(stock_lots.c.product_id == product_id, stock_lots.c.lot == code)
    ).one_or_none()
    if known is None:
        values = {"product_id": product_id, "lot": code, "expires_on": expires_on.isoformat(), "gtin": gtin}
        lot_id = act.create(stock_lots, values, kind="lot.added")
    else:
        lot_id = known.id
        if known.expires_on != expires_on.isoformat():
            raise Refusal(
                N_("Lot {lot} is here already and expires on {on}: look at the pack again."),
                field="expires_on", lot=code, on=rules.civil(date.fromisoformat(known.expires_on)),
            )  # fmt: skip
    return move(act, lot_id, "receive", quantity, moved_at=_past(act, moved_at), reason=reason)


@command
def count_stock(act: Act, lot_id: str, counted: int, reason: str = "", *, moved_at: datetime | None = None) -> Moved:
    """Write down what was counted on the shelf; the difference is the movement, and needs a reason unless it is 0."""
    whole(counted, field="counted", least=0)
    at = _past(act, moved_at)
    difference = counted - balance(act.conn, lot_id, at)
    if difference and not reason.strip():
        raise Refusal(N_("The count differs by {difference}: say why."), field="reason", difference=difference)
    return move(act, lot_id, "count", difference, moved_at=at, reason=reason or None)


@command
def adjust_stock(act: Act, lot_id: str, quantity: int, reason: str, *, moved_at: datetime | None = None) -> Moved:
    """Put in or take out a number of base units, for a reason (broken, expired, lost, found)."""
    whole(quantity)
    if not quantity:
        raise Refusal(N_("Say how many units are put in or taken out."), field="quantity")
    if not reason.strip():
        raise Refusal(N_("Say why the stock is adjusted."), field="reason")
    return move(act, lot_id, "adjust", quantity, moved_at=_past(act, moved_at), reason=reason)


@command
def cancel_move(act: Act, move_id: str, reason: str) -> Moved:
    """Reverse a movement that was a mistake; what was dispensed is taken back through the pharmacy instead."""
    if not reason.strip():
        raise Refusal(N_("Say why the movement is cancelled."), field="reason")
    row = _move(act.conn, move_id)
    if row.kind == "dispense":
        raise Refusal(N_("This went to a patient: take it back in the pharmacy, a vaccine on the page Immunizations."))
    return reverse(act, move_id, reason)


@command
def recall_lot(act: Act, lot_id: str, reason: str) -> None:
    """Keep a lot from being dispensed, because its maker or the authority recalled it."""
    if not reason.strip():
        raise Refusal(N_("Say who recalled the lot and why."), field="reason")
    act.change(stock_lots, lot_id, {"recalled": 1}, kind="lot.recalled", reason=reason)


@command
def lift_recall(act: Act, lot_id: str, reason: str) -> None:
    """Let a lot be dispensed again, because the recall was withdrawn."""
    if not reason.strip():
        raise Refusal(N_("Say who withdrew the recall and why."), field="reason")
    act.change(stock_lots, lot_id, {"recalled": 0}, kind="lot.recall_lifted", reason=reason)


# Inside an act -----------------------------------------------------------------------------------------


def move(
    act: Act,
    lot_id: str,
    kind: str,
    quantity: int,
    *,
    moved_at: datetime | None = None,
    reason: str | None = None,
    dispense_id: str | None = None,
    reverses: str | None = None,
) -> Moved:
    """Write one movement, after asking every later balance of the lot whether it may."""
    whole(quantity)
    at = moved_at or act.now
    lot = lot_of(act.conn, lot_id)
    before = balance(act.conn, lot_id, at)
    later = act.conn.execute(
        select(stock_moves.c.quantity)
        .where(stock_moves.c.lot_id == lot_id, stock_moves.c.moved_at > to_text(at))
        .order_by(stock_moves.c.moved_at, stock_moves.c.rowid_)
    ).scalars()
    rules.check_move(before, list(later), quantity, lot=lot.lot, unit=lot.unit)
    values = {
        "product_id": lot.product_id,
        "lot_id": lot_id,
        "kind": kind,
        "quantity": quantity,
        "moved_at": to_text(at),
        "recorded_at": act.at,
        "dispense_id": dispense_id,
        "reverses": reverses,
        "reason": reason.strip() if reason else None,
        "moved_by": act.session.staff_id,
    }
    move_id = act.create(stock_moves, values, kind="stock.moved", reason=reason)
    return Moved(move_id, lot_id, lot.lot, quantity, balance(act.conn, lot_id))


def reverse(act: Act, move_id: str, reason: str) -> Moved:
    """Write the movement that undoes another, now; a movement is undone once."""
    row = _move(act.conn, move_id)
    again = act.conn.execute(select(stock_moves.c.id).where(stock_moves.c.reverses == move_id)).first()
    mistake = rules.Move(row.id, row.kind, row.quantity, from_text(row.moved_at), row.rowid_, row.reverses)
    rules.check_cancel(mistake, reversed_already=again is not None)
    # Never before what it undoes, even where the machine's clock was set back in between.
    at = max(act.now, mistake.moved_at)
    return move(
        act, row.lot_id, "cancel", -row.quantity,
        moved_at=at, reason=reason, dispense_id=row.dispense_id, reverses=move_id,
    )  # fmt: skip


def balance(connection: Connection, lot_id: str, at: datetime | None = None) -> int:
    """What a lot holds, or held at an instant."""
    asked = select(func.coalesce(func.sum(stock_moves.c.quantity), 0)).where(stock_moves.c.lot_id == lot_id)
    if at is not None:
        asked = asked.where(stock_moves.c.moved_at <= to_text(at))
    return int(connection.execute(asked).scalar_one())


def lot_of(connection: Connection, lot_id: str) -> HeldLot:
    """A lot with the product it is of."""
    row = connection.execute(
        select(stock_lots, products)
        .join(products, products.c.id == stock_lots.c.product_id)
        .where(stock_lots.c.id == lot_id)
        .with_only_columns(
            stock_lots.c.id.label("lot_id"), stock_lots.c.lot, stock_lots.c.expires_on, stock_lots.c.recalled,
            products.c.id.label("product_id"), products.c.medicine_code, products.c.name, products.c.form,
            products.c.strength, products.c.unit, products.c.price_code,
        )
    ).mappings().one_or_none()  # fmt: skip
    if row is None:
        raise Refusal(N_("This lot is not here."), field="lot")
    return HeldLot(**{**row, "expires_on": date.fromisoformat(row["expires_on"]), "recalled": bool(row["recalled"])})


def _move(connection: Connection, move_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(stock_moves).where(stock_moves.c.id == move_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This movement is not here."))
    return row


def _past(act: Act, moved_at: datetime | None) -> datetime:
    if moved_at is None:
        return act.now
    if moved_at > act.now:
        raise Refusal(N_("Stock cannot move in the future."), field="moved_at")
    return moved_at


def _today(act: Act) -> date:
    return act.now.astimezone().date()
