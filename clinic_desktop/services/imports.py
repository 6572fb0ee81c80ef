"""Rows of a table that comes from elsewhere become records here: each once, however often the table is brought in.

A row is known again by its source and its key; what was last brought in is kept beside it. Of a row that comes again
otherwise, only what differs from the last time is changed, and nothing that was changed here meanwhile.
"""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from sqlalchemy import Row, select

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import administration, patients, stock
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.patient_parts import Contact
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.outside import identifiers
from clinic_desktop.store.tables.patients import patients as patient_rows
from clinic_desktop.store.tables.pharmacy import products

Values = Mapping[str, Any]
Outcome = Literal["new", "same", "changed"]
_SAVED = "csv_mapping."

__all__ = ["DryRun", "Outcome", "RowIn", "RowOut", "import_rows", "save_mapping", "saved_mappings"]


@dataclass(frozen=True)
class RowIn:
    """One row as read: its key in the source, and the value of each field that the table has."""

    key: str
    values: Values

    def __repr__(self) -> str:
        return "RowIn()"


@dataclass(frozen=True)
class RowOut:
    """What became of a row; `kept` are the fields that were changed here meanwhile and stay as they are."""

    outcome: Outcome
    kept: tuple[str, ...] = ()


class DryRun(Exception):  # noqa: N818 - carries the answer out of a transaction that is taken back
    """What would have become of the rows; nothing was written."""

    def __init__(self, outcomes: tuple[RowOut, ...]) -> None:
        super().__init__()
        self.outcomes = outcomes


@command
def import_rows(
    act: Act, kind: str, source: str, rows: Sequence[RowIn], *, dry_run: bool = False
) -> tuple[RowOut, ...]:
    """Take rows of a kind, all of them or none; raises Refusal with the number of the row (`row`) that cannot be."""
    outcomes = []
    met = _known(act, kind, source, [row.key for row in rows])
    for number, row in enumerate(rows):
        try:
            outcomes.append(_take(act, kind, source, row, met))
        except Refusal as error:
            error.facts["row"] = number
            raise
    if dry_run:
        raise DryRun(tuple(outcomes))
    return tuple(outcomes)


@command
def save_mapping(act: Act, name: str, mapping: str) -> None:
    """Keep a mapping (JSON) under a name, for the next table of the same make."""
    if not name.strip() or len(name) > 100:
        raise Refusal(N_("Name the mapping."), field="name")
    known = act.conn.execute(select(settings.c.id).where(settings.c.name == _SAVED + name.strip())).scalar()
    if known is None:
        act.create(settings, {"name": _SAVED + name.strip(), "value": mapping}, kind="mapping.saved")
    else:
        act.change(settings, known, {"value": mapping}, kind="mapping.saved")


@query
def saved_mappings(read: Read) -> dict[str, str]:
    """The mappings kept here (JSON), by name."""
    rows = read.conn.execute(
        select(settings.c.name, settings.c.value).where(settings.c.name.startswith(_SAVED)).order_by(settings.c.name)
    )
    return {row.name.removeprefix(_SAVED): row.value for row in rows}


class _Met(NamedTuple):
    """A row that came before: its identifier, the record it became, and what it said then."""

    id: str
    record_id: str
    digest: str | None
    rest: str | None


# Asked once for a batch, and written out: asking for each row took as long as writing it.
_MET = (
    "SELECT value, id, record_id, digest, rest FROM identifiers WHERE use = 'resource' AND system = ? AND kind = ?"
    " AND value IN (SELECT value FROM json_each(?))"
)


def _known(act: Act, kind: str, source: str, keys: Sequence[str]) -> dict[str, _Met]:
    found = act.conn.exec_driver_sql(_MET, (source, f"table:{kind}", json.dumps(keys)))
    return {row[0]: _Met(*row[1:]) for row in found}


def _take(act: Act, kind: str, source: str, row: RowIn, met: dict[str, _Met]) -> RowOut:
    content = json.dumps(row.values, default=_plain, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    known = met.get(row.key)
    taking = _KINDS[kind]
    if known is None:
        record, outcome = taking.make(act, row.values)
        values = {
            "record_kind": taking.table,
            "record_id": record,
            "patient_id": record if taking.table == "patients" else None,
            "use": "resource",
            "kind": f"table:{kind}",
            "system": source,
            "value": row.key,
            "digest": digest,
            "rest": content,
            "received_at": act.at,
        }
        met[row.key] = _Met(act.create(identifiers, values, kind="identifier.noted"), record, digest, content)
        return RowOut(outcome)
    if known.digest == digest:
        return RowOut("same")
    before = json.loads(known.rest or "{}")
    now = json.loads(content)
    wanted = {name: row.values[name] for name in now if now[name] != before.get(name)}
    kept = taking.change(act, known.record_id, before, wanted)
    act.change(identifiers, known.id, {"digest": digest, "rest": content}, kind="identifier.noted")
    met[row.key] = known._replace(digest=digest, rest=content)
    return RowOut("changed", kept)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def _differs(here: object, before: object) -> bool:
    """Whether a field was changed here since the table was last brought in."""
    return (here.isoformat() if isinstance(here, date) else here) != before


# Patients -----------------------------------------------------------------------------------------------


def _make_patient(act: Act, values: Values) -> tuple[str, Outcome]:
    made = patients.register_patient.inside(act, _registration(values))
    return made.patient_id, "new"


def _registration(values: Values) -> patients.NewPatient:
    own = {name: value for name, value in values.items() if not name.startswith("contact_")}
    contacts: tuple[Contact, ...] = ()
    if values.get("contact_name"):
        relation = values.get("contact_relation") or ""
        contacts = (Contact(values["contact_name"], relation, values.get("contact_phone")),)
    missing = {"family_name": "", "given_names": "", "sex": "unknown"}
    return patients.NewPatient(**{**missing, **own}, contacts=contacts)


def _change_patient(act: Act, record: str, before: Values, wanted: Values) -> tuple[str, ...]:
    row = patients.require_patient(act.conn, record)
    here = {
        one.name: row._mapping[one.name] for one in dataclasses.fields(patients.NewPatient) if one.name in row._fields
    }
    kept = tuple(name for name in wanted if name in here and _differs(here[name], before.get(name)))
    changes = {name: value for name, value in wanted.items() if name in here and name not in kept}
    now = patients.patient_details.inside(Read(act.conn, act.session, act.now), record).patient
    contacts = _registration({**before, **wanted, **_NO_BIRTH}).contacts
    if contacts and any(name.startswith("contact_") for name in wanted):
        changes["contacts"] = (*now.contacts, *(one for one in contacts if one not in now.contacts))
    if changes:
        patients.change_patient.inside(
            act, record, dataclasses.replace(now, **changes), row.revision, "imported again from its table"
        )
    return kept


_NO_BIRTH = {"born_on": None, "born_precision": "unknown"}


# What is sold and stocked ---------------------------------------------------------------------------------


def _make_price(act: Act, values: Values) -> tuple[str, Outcome]:
    known = act.conn.execute(select(prices).where(prices.c.code == values["code"])).one_or_none()
    currency = values.get("currency")
    if not currency:
        raise Refusal(N_("Write the currency in three letters, as in KES."), field="currency")
    if known is None:
        made = administration.add_price.inside(
            act, values["code"], values["name"], values["kind"], values["amount"], currency
        )
        if values.get("active") is False:
            act.change(prices, made, {"active": 0}, kind="price.changed")
        return made, "new"
    if known.currency != currency:
        raise Refusal(N_("This is priced in {currency} here."), field="currency", currency=known.currency)
    return known.id, _price_changed(act, known, values)


def _price_changed(act: Act, known: Row[Any], values: Values) -> Outcome:
    """Take a price of the list that was there before the table: the table's word counts, from now on."""
    active = bool(known.active) if values.get("active") is None else values["active"]
    after = administration.change_price.inside(
        act, known.id, name=values["name"], amount=values["amount"], active=active, expect=known.revision
    )
    return "same" if after == known.revision else "changed"


def _change_price(act: Act, record: str, before: Values, wanted: Values) -> tuple[str, ...]:
    row = act.conn.execute(select(prices).where(prices.c.id == record)).one()
    here = {"name": row.name, "amount": row.amount, "active": bool(row.active)}
    if {"kind", "currency"} & wanted.keys():
        raise Refusal(N_("The kind and the currency of a price stay as they are; give it another code."), field="kind")
    kept = tuple(name for name in wanted if name in here and before.get(name) is not None
                 and here[name] != before[name])  # fmt: skip
    now = here | {name: value for name, value in wanted.items() if name in here and name not in kept}
    administration.change_price.inside(
        act, record, name=now["name"], amount=now["amount"], active=now["active"], expect=row.revision
    )
    return kept


def _make_product(act: Act, values: Values) -> tuple[str, Outcome]:
    known = _product(act, values)
    if known is not None:
        before = {name: known._mapping[name] for name in _STOCKED}
        _change_product(act, known.id, before, {name: values[name] for name in _STOCKED if name in values})
        after = act.conn.execute(select(products.c.revision).where(products.c.id == known.id)).scalar_one()
        return known.id, "same" if after == known.revision else "changed"
    defaults = {"form": "", "strength": "", "pack_size": 1, "reorder_level": 0, "controlled": False}
    given = {name: value for name, value in values.items() if value is not None and name != "active"}
    made = stock.add_product.inside(act, stock.NewProduct(**{**defaults, **given}))
    if values.get("active") is False:
        act.change(products, made, {"active": 0}, kind="product.changed")
    return made, "new"


_STOCKED = ("pack_size", "reorder_level", "price_code", "controlled", "active")


def _change_product(act: Act, record: str, before: Values, wanted: Values) -> tuple[str, ...]:
    row = act.conn.execute(select(products).where(products.c.id == record)).one()
    if named := [name for name in wanted if name not in _STOCKED]:
        raise Refusal(N_("What a product is stays as it is; a changed one is another product."), field=named[0])
    here = {name: row._mapping[name] for name in _STOCKED} | {
        name: bool(row._mapping[name]) for name in ("controlled", "active")
    }
    kept = tuple(name for name in wanted if before.get(name) is not None and here[name] != before[name])
    now = here | {name: value for name, value in wanted.items() if name not in kept and value is not None}
    administration.change_product.inside(act, record, **now, expect=row.revision)
    return kept


def _product(act: Act, values: Values) -> Row[Any] | None:
    """The product a row speaks of: by its reference code, else by name, and strength and form where they are given."""
    if values.get("medicine_code"):
        found = act.conn.execute(select(products).where(products.c.medicine_code == values["medicine_code"])).all()
        if found:
            return found[0]
    rows = act.conn.execute(select(products).where(products.c.active == 1)).all()
    wanted = {name: str(values.get(name) or "").strip().casefold() for name in ("name", "strength", "form")}
    found = [
        row
        for row in rows
        if row.name.casefold() == wanted["name"]
        and all(not wanted[name] or row._mapping[name].casefold() == wanted[name] for name in ("strength", "form"))
    ]
    if len(found) > 1:
        raise Refusal(N_("Several products have this name: give the strength and the form."), field="name")
    return found[0] if found else None


def _make_delivery(act: Act, values: Values) -> tuple[str, Outcome]:
    product = _product(act, values)
    if product is None:
        raise Refusal(N_("There is no such product in the formulary."), field="name")
    reason = f"delivery {values['delivery']}" if values.get("delivery") else None
    moved = stock.receive_stock.inside(
        act, product.id, values["lot"], values["expires_on"], values["quantity"], gtin=values.get("gtin"), reason=reason
    )
    return moved.move_id, "new"


def _keep_delivery(_act: Act, _record: str, _before: Values, wanted: Values) -> tuple[str, ...]:
    field = next(iter(wanted), "quantity")
    raise Refusal(N_("This delivery was taken already; correct the ledger by a count or an adjustment."), field=field)


@dataclass(frozen=True)
class _Taking:
    table: str
    make: Callable[[Act, Values], tuple[str, Outcome]]
    change: Callable[[Act, str, Values, Values], tuple[str, ...]]


_KINDS = {
    "patients": _Taking(patient_rows.name, _make_patient, _change_patient),
    "prices": _Taking(prices.name, _make_price, _change_price),
    "formulary": _Taking(products.name, _make_product, _change_product),
    "stock": _Taking("stock_moves", _make_delivery, _keep_delivery),
}
