"""The directory: pharmacies outside that patients go to, and the clinic's own places."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, Table, select

from clinic_desktop.domain import coding
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.patients import require_reachable
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.store.tables.directory import pharmacies as pharmacy_table
from clinic_desktop.store.tables.directory import places as place_table

IN_ACT = ("pharmacy_of", "place_name", "require_pharmacy", "require_place")


@dataclass(frozen=True)
class Address:
    """A place or a pharmacy as it is entered; `ncpdp` is a pharmacy's alone."""

    name: str
    ncpdp: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    city: str | None = None
    district: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class Entry:
    """One entry of the directory."""

    id: str
    revision: int
    name: str
    ncpdp: str | None
    phone: str | None
    email: str | None
    address: str | None
    city: str | None
    district: str | None
    postal_code: str | None
    country: str | None
    active: bool

    @property
    def where(self) -> str:
        """The address in one line."""
        street = ", ".join(line.strip() for line in (self.address or "").splitlines() if line.strip())
        town = " ".join(part for part in (self.district, self.postal_code) if part)
        return ", ".join(part for part in (street, self.city, town, self.country) if part)


@query
def pharmacies(read: Read) -> tuple[Entry, ...]:
    """The pharmacies outside, those in use first, by name."""
    return _entries(read.conn, pharmacy_table)


@query
def places(read: Read) -> tuple[Entry, ...]:
    """The clinic's places, those in use first, by name."""
    return _entries(read.conn, place_table)


@command
def add_pharmacy(act: Act, new: Address) -> str:
    """Add a pharmacy outside; one with the same number is not added twice. Returns its id. Raises Refusal."""
    return act.create(pharmacy_table, _pharmacy(act.conn, new, ""), kind="pharmacy.added")


@command
def change_pharmacy(act: Act, pharmacy_id: str, new: Address, *, active: bool = True, expect: int) -> int:
    """Change a pharmacy outside, or say that it is not used any more; returns the new revision. Raises Refusal."""
    changes = _pharmacy(act.conn, new, pharmacy_id) | {"active": int(active)}
    return act.change(pharmacy_table, pharmacy_id, changes, kind="pharmacy.changed", expect=expect)


@command
def add_place(act: Act, new: Address) -> str:
    """Add a place of the clinic; returns its id. Raises Refusal."""
    return act.create(place_table, _place(act.conn, new, ""), kind="place.added")


@command
def change_place(act: Act, place_id: str, new: Address, *, active: bool = True, expect: int) -> int:
    """Change a place of the clinic, or say that it is not used any more; returns the new revision. Raises Refusal."""
    changes = _place(act.conn, new, place_id) | {"active": int(active)}
    return act.change(place_table, place_id, changes, kind="place.changed", expect=expect)


def pharmacy_of(connection: Connection, pharmacy_id: str | None) -> Entry | None:
    """A pharmacy by its id; None where there is none."""
    if pharmacy_id is None:
        return None
    return next((one for one in _entries(connection, pharmacy_table) if one.id == pharmacy_id), None)


def place_name(connection: Connection, place_id: str | None) -> str:
    """What a place is called."""
    return str(connection.execute(select(place_table.c.name).where(place_table.c.id == place_id)).scalar() or "")


def require_pharmacy(
    connection: Connection, pharmacy_id: str | None, field: str, *, kept: str | None = None
) -> str | None:
    """The id of a pharmacy in use, or None for none; `kept`, which stands already, may be closed. Raises Refusal."""
    words = N_("Choose the pharmacy from the list.")
    return _require(connection, pharmacy_table, pharmacy_id, field, words, kept)


def require_place(connection: Connection, place_id: str | None, *, kept: str | None = None) -> str | None:
    """The id of a place in use, or None for none; `kept`, which stands already, may be closed. Raises Refusal."""
    return _require(connection, place_table, place_id, "place", N_("Choose the place from the list."), kept)


def _require(
    connection: Connection, table: Table, record: str | None, field: str, words: str, kept: str | None
) -> str | None:
    if not record:
        return None
    found = connection.execute(select(table.c.name, table.c.active).where(table.c.id == record)).one_or_none()
    if found is None:
        raise Refusal(words, field=field)
    if not found.active and record != kept:
        raise Refusal(N_("{name} is not used any more: choose another."), field=field, name=found.name)
    return record


def _entries(connection: Connection, table: Table) -> tuple[Entry, ...]:
    rows = connection.execute(select(table).order_by(table.c.active.desc(), table.c.name)).mappings()
    return tuple(
        Entry(
            row["id"], row["revision"], row["name"], row.get("ncpdp"), row["phone"], row.get("email"), row["address"],
            row["city"], row["district"], row["postal_code"], row["country"], bool(row["active"]),
        )
        for row in rows
    )  # fmt: skip


def _tidied(new: Address) -> dict[str, object]:
    values: dict[str, object] = {
        name: clean(value or "", name, most=500) or None for name, value in asdict(new).items() if name != "address"
    }
    values["address"] = "\n".join(line.strip() for line in (new.address or "").splitlines() if line.strip()) or None
    if values["name"] is None:
        raise Refusal(N_("This may not be empty."), field="name")
    require_reachable(values)
    return values


def _pharmacy(connection: Connection, new: Address, itself: str) -> dict[str, object]:
    values = _tidied(new) | {"ncpdp": coding.ncpdp(new.ncpdp or "") or None}
    if values["ncpdp"] is not None:
        table = pharmacy_table
        same = select(table.c.name).where(table.c.ncpdp == values["ncpdp"], table.c.id != itself)
        if (name := connection.execute(same).scalar()) is not None:
            raise Refusal(N_("{name} has this NCPDP number already."), field="ncpdp", name=name)
    return values


def _place(connection: Connection, new: Address, itself: str) -> dict[str, object]:
    values = {name: value for name, value in _tidied(new).items() if name not in {"ncpdp", "email"}}
    table = place_table
    same = select(table.c.id).where(table.c.name == values["name"], table.c.id != itself, table.c.active == 1)
    if connection.execute(same).first() is not None:
        raise Refusal(N_("A place is called so already."), field="name")
    return values
