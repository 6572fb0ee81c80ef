"""Vaccines that the pharmacy stocks: the lots a dose may be taken from, and the dose that leaves the shelf with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, func, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import stock
from clinic_desktop.services.acts import Act, Read, query
from clinic_desktop.services.immunization_rows import NewImmunization
from clinic_desktop.store.tables.pharmacy import products, stock_lots, stock_moves

IN_ACT = ("from_the_shelf", "take_dose", "put_dose_back")

TAKEN = "dispense"  # how the ledger calls what went to a patient; the dose's id stands where a hand-out's would


@dataclass(frozen=True)
class VaccineLot:
    """A lot of a vaccine on the shelf: how many doses it holds, and whether it may be given today."""

    lot_id: str
    lot: str
    expires_on: date
    doses: int
    product: str
    is_expired: bool


@query
def vaccine_lots(read: Read, cvx: str) -> tuple[VaccineLot, ...]:
    """The lots of a vaccine that hold a dose and were not recalled, the first to expire first; expired ones last."""
    today = read.now.astimezone().date()
    found = [lot for lot in _lots(read.conn, cvx, today) if lot.doses > 0]
    return tuple(sorted(found, key=lambda lot: (lot.is_expired, lot.expires_on, lot.lot)))


def from_the_shelf(connection: Connection, dose: NewImmunization, today: date) -> NewImmunization:
    """A dose given here with the lot of the shelf that it comes from; one typed by hand is looked for there too.

    Lot and expiry are then those of the shelf. A lot that is not there is a vaccine that came from elsewhere and is
    taken as typed. Raises Refusal for a lot of another vaccine.
    """
    if not dose.primary_source or dose.vaccine_code is None:
        return replace(dose, stock_lot_id=None)
    known = _lots(connection, dose.vaccine_code, today)
    if dose.stock_lot_id is not None:
        lot = next((one for one in known if one.lot_id == dose.stock_lot_id), None)
        if lot is None:
            raise Refusal(N_("This lot is recalled, or of another vaccine. Choose another."), field="stock_lot")
    else:
        lot = next((one for one in known if one.lot == dose.lot and one.doses > 0), None)
    if lot is None:
        return dose
    return replace(dose, stock_lot_id=lot.lot_id, lot=lot.lot, expires_on=lot.expires_on)


def take_dose(act: Act, dose: NewImmunization, immunization_id: str) -> None:
    """Take a dose off the shelf inside the act that records it. Raises Refusal where the lot holds none."""
    if dose.stock_lot_id is not None:
        stock.move(act, dose.stock_lot_id, TAKEN, -1, dispense_id=immunization_id)


def put_dose_back(act: Act, immunization_id: str, why: str) -> None:
    """Put a dose that was never given back on the shelf, by a movement that reverses its own."""
    taken = act.conn.execute(
        select(stock_moves.c.id).where(stock_moves.c.dispense_id == immunization_id, stock_moves.c.kind == TAKEN)
    ).scalars()
    for move_id in taken.all():
        stock.reverse(act, move_id, why)


def _lots(connection: Connection, cvx: str, today: date) -> Sequence[VaccineLot]:
    held = func.coalesce(func.sum(stock_moves.c.quantity), 0)
    rows = connection.execute(
        select(stock_lots.c.id, stock_lots.c.lot, stock_lots.c.expires_on, products.c.name, held.label("held"))
        .join(products, products.c.id == stock_lots.c.product_id)
        .outerjoin(stock_moves, stock_moves.c.lot_id == stock_lots.c.id)
        .where(products.c.vaccine_code == cvx, products.c.active == 1, stock_lots.c.recalled == 0)
        .group_by(stock_lots.c.id)
    ).all()
    return [
        VaccineLot(row.id, row.lot, on, int(row.held), row.name, on < today)
        for row in rows
        for on in (date.fromisoformat(row.expires_on),)
    ]
