"""Packs of medicines as a scanner reads them: which product one is of, and how its lot stands on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from clinic_desktop.domain import gs1_scan, packs
from clinic_desktop.domain.packs import Pack, PackRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.stock import civil
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.store.tables.pharmacy import product_packs, products, stock_lots, stock_moves


@dataclass(frozen=True)
class SeenPack:
    """A scanned pack beside what is stocked; with no product nothing here is known to be it."""

    pack: Pack
    product_id: str = ""
    title: str = ""
    medicine_code: str | None = None
    vaccine_code: str | None = None
    lot_id: str = ""
    held: int = 0
    expired: bool = False
    recalled: bool = False
    other_expiry: date | None = None  # the shelf has this lot with another date


def problem_of(seen: SeenPack) -> PackRefusal | None:
    """Why a pack must not be received, handed out or given, in words; None where nothing speaks against it."""
    pack = seen.pack
    if seen.recalled:
        return PackRefusal(N_("Lot {lot} was recalled: keep this pack apart."), field="lot", lot=pack.lot)
    if seen.other_expiry is not None and pack.expires_on is not None:
        return PackRefusal(
            N_("This pack says {says}, the shelf has lot {lot} until {has}: look at it again."),
            field="expires_on", says=civil(pack.expires_on), lot=pack.lot, has=civil(seen.other_expiry),
        )  # fmt: skip
    if seen.expired:
        on = civil(pack.expires_on) if pack.expires_on is not None else N_("a day before today")
        return PackRefusal(N_("This pack (lot {lot}) expired on {on}."), field="expires_on", lot=pack.lot, on=on)
    return None


@query
def seen_pack(read: Read, pack: Pack) -> SeenPack:
    """Find the product and lot of a scanned pack: by its trade item number, else by the one product with its NDC."""
    today = read.now.astimezone().date()
    expired = pack.expires_on is not None and pack.expires_on < today
    product_id = _product(read.conn, pack)
    if product_id is None:
        return SeenPack(pack, expired=expired)
    product = read.conn.execute(select(products).where(products.c.id == product_id)).one()
    title = " ".join(part for part in (product.name, product.strength, product.form) if part)
    lot = read.conn.execute(
        select(stock_lots).where(stock_lots.c.product_id == product_id, stock_lots.c.lot == pack.lot.upper())
    ).one_or_none()
    if lot is None:
        return SeenPack(pack, product_id, title, product.medicine_code, product.vaccine_code, expired=expired)
    on = date.fromisoformat(lot.expires_on)
    held = read.conn.execute(
        select(func.coalesce(func.sum(stock_moves.c.quantity), 0)).where(stock_moves.c.lot_id == lot.id)
    ).scalar_one()
    differs = pack.expires_on is not None and pack.expires_on != on
    return SeenPack(
        pack, product_id, title, product.medicine_code, product.vaccine_code, lot.id, int(held),
        expired or on < today, bool(lot.recalled), on if differs else None,
    )  # fmt: skip


@command
def remember_pack(act: Act, product_id: str, gtin: str) -> str:
    """Remember that a trade item number is a pack of a product; returns the id of what is remembered."""
    number = gs1_scan.trade_number(gtin.strip())
    if not number:
        raise Refusal(N_("This is no trade item number: its check digit does not fit."), field="gtin")
    if act.conn.execute(select(products.c.id).where(products.c.id == product_id)).first() is None:
        raise Refusal(N_("This product is not here."), field="product")
    known = _remembered(act.conn, number)
    if known == product_id:
        raise Refusal(N_("This number is remembered for this product already."), field="gtin")
    if known is not None:
        name = act.conn.execute(select(products.c.name).where(products.c.id == known)).scalar_one()
        raise Refusal(N_("This number is remembered for {name}."), field="gtin", name=name)
    return act.create(product_packs, {"product_id": product_id, "gtin": number}, kind="product.pack_remembered")


@command
def forget_pack(act: Act, gtin: str, reason: str) -> None:
    """Forget a trade item number that was remembered for the wrong product."""
    if not reason.strip():
        raise Refusal(N_("Say why the number is wrong."), field="reason")
    row = act.conn.execute(
        select(product_packs.c.id).where(product_packs.c.gtin == gtin, product_packs.c.active == 1)
    ).one_or_none()
    if row is None:
        raise Refusal(N_("This number is not remembered."), field="gtin")
    act.change(product_packs, row.id, {"active": 0}, kind="product.pack_forgotten", reason=reason)


def _remembered(connection: Connection, gtin: str) -> str | None:
    return connection.execute(
        select(product_packs.c.product_id).where(product_packs.c.gtin == gtin, product_packs.c.active == 1)
    ).scalar_one_or_none()


def _product(connection: Connection, pack: Pack) -> str | None:
    """The one product that a pack can be of; None where there is none, or more than one."""
    if pack.gtin and (known := _remembered(connection, pack.gtin)):
        return known
    if pack.gtin:
        asked = select(stock_lots.c.product_id).where(stock_lots.c.gtin == pack.gtin).distinct()
        if found := _only(connection.execute(asked).scalars().all()):
            return found
    codes = (*packs.national_codes(pack.gtin), *(code for code in pack.national if len(code) == 11))
    asked = select(products.c.id).where(products.c.ndc.in_(codes), products.c.active == 1)
    return _only(connection.execute(asked).scalars().all()) if codes else None


def _only(found: Sequence[str]) -> str | None:
    return found[0] if len(found) == 1 else None
