"""The vaccines, manufacturers and schedules in force: those imported, or those beside the program."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Table, select

from clinic_desktop.domain.drugs import fold
from clinic_desktop.domain.immunizations import Rule, Vaccine, rule_of, vaccine_of
from clinic_desktop.paths import resources
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.reference_rows import Row, read_rows
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.reference import (
    reference_manufacturers,
    reference_packs,
    reference_schedule,
    reference_vaccines,
)

IN_ACT = ("file_of", "vaccine_table", "manufacturers", "schedule_ids", "chosen_schedule")

SETTING = "immunization_schedule"
SHOWN = 12
_FILES = {"ranges": "lab_ranges"}
_IMMUNIZATIONS = frozenset({"vaccines", "manufacturers", "schedule"})


@dataclass(frozen=True)
class Schedule:
    """One schedule in force: its versioned id, its name, its rules."""

    id: str
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class VaccineFound:
    """A vaccine that a search found, with how it is usually given."""

    cvx: str
    display: str
    name: str
    status: str
    antigens: tuple[str, ...]
    dose_amount: str | None
    dose_unit: str | None
    route: str | None
    site: str | None


@dataclass(frozen=True)
class ScheduleShown:
    """A schedule that a clinic can follow."""

    id: str
    name: str
    rules: int
    chosen: bool


def file_of(kind: str) -> Path:
    """Where the file of a kind of reference data lies beside the program."""
    folder = "immunizations" if kind in _IMMUNIZATIONS else "reference"
    return resources() / folder / f"{_FILES.get(kind, kind)}.csv"


@lru_cache(maxsize=4)
def _beside(kind: str) -> tuple[Row, ...]:
    """The rows beside the program, for a clinic that was made before there were such tables."""
    return read_rows(kind, file_of(kind)).rows


# A pack never changes: another version of it is another pack. So its rows are read once.
_vaccines: dict[str | None, dict[str, Vaccine]] = {}
_schedules: dict[str | None, tuple[Schedule, ...]] = {}


def _pack(conn: Connection, kind: str) -> str | None:
    return conn.execute(
        select(reference_packs.c.id).where(reference_packs.c.kind == kind, reference_packs.c.current == 1)
    ).scalar_one_or_none()


def _rows(conn: Connection, kind: str, table: Table, pack: str | None) -> list[Mapping[str, object]]:
    if pack is None:
        return list(_beside(kind))
    return [dict(row) for row in conn.execute(select(table).order_by(table.c.rowid_)).mappings()]


def vaccine_table(conn: Connection) -> Mapping[str, Vaccine]:
    """Every vaccine by its CVX code."""
    pack = _pack(conn, "vaccines")
    if pack not in _vaccines:
        made = [vaccine_of(row) for row in _rows(conn, "vaccines", reference_vaccines, pack)]
        _vaccines.clear()
        _vaccines[pack] = {one.cvx: one for one in made}
    return _vaccines[pack]


def manufacturers(conn: Connection) -> Mapping[str, str]:
    """The name of every manufacturer by its MVX code."""
    pack = _pack(conn, "manufacturers")
    rows = _rows(conn, "manufacturers", reference_manufacturers, pack)
    return {str(row["mvx"]): str(row["name"]) for row in rows}


def _all_schedules(conn: Connection) -> tuple[Schedule, ...]:
    pack = _pack(conn, "schedule")
    if pack not in _schedules:
        named: dict[str, tuple[str, list[Rule]]] = {}
        for row in _rows(conn, "schedule", reference_schedule, pack):
            name = str(row["schedule_name"])
            named.setdefault(str(row["schedule"]), (name, []))[1].append(rule_of(row))
        _schedules.clear()
        _schedules[pack] = tuple(Schedule(code, name, tuple(rules)) for code, (name, rules) in named.items())
    return _schedules[pack]


def schedule_ids(conn: Connection) -> frozenset[str]:
    """The ids of every schedule in force."""
    return frozenset(one.id for one in _all_schedules(conn))


def chosen_schedule(conn: Connection) -> Schedule | None:
    """The schedule the clinic follows: the one it chose; else the only one, or the first of the starter set.

    None where the one chosen is no longer there and there are several: another is never taken in silence.
    """
    every = _all_schedules(conn)
    chosen = conn.execute(select(settings.c.value).where(settings.c.name == SETTING)).scalar_one_or_none()
    if chosen is None:
        return every[0] if every else None
    found = next((one for one in every if one.id == chosen), None)
    return every[0] if found is None and len(every) == 1 else found


@query
def schedules(read: Read) -> tuple[ScheduleShown, ...]:
    """The schedules that can be followed."""
    chosen = chosen_schedule(read.conn)
    return tuple(
        ScheduleShown(one.id, one.name, len(one.rules), chosen is not None and chosen.id == one.id)
        for one in _all_schedules(read.conn)
    )


@query
def find_vaccines(read: Read, text: str) -> tuple[VaccineFound, ...]:
    """Vaccines by CVX code or by words of their name, those in use first."""
    words = fold(text).split()
    if not words:
        return ()
    rank = {"active": 0, "not_us": 1, "inactive": 2, "never_active": 3}
    found = [
        one
        for one in vaccine_table(read.conn).values()
        if one.status != "never_active"
        and (one.cvx == text.strip() or all(word in fold(f"{one.display} {one.name}") for word in words))
    ]
    found.sort(key=lambda one: (one.cvx != text.strip(), rank[one.status], len(one.display), one.cvx))
    return tuple(
        VaccineFound(
            one.cvx,
            one.display,
            one.name,
            one.status,
            one.antigens,
            one.dose_amount,
            one.dose_unit,
            one.route,
            one.site,
        )
        for one in found[:SHOWN]
    )


@query
def find_manufacturers(read: Read, text: str) -> tuple[tuple[str, str], ...]:
    """Manufacturers by MVX code or by the words of their name: code and name."""
    words = fold(text).split()
    every = manufacturers(read.conn).items()
    found = [(code, name) for code, name in every if all(word in fold(f"{code} {name}") for word in words)]
    return tuple(sorted(found, key=lambda one: (fold(one[0]) != fold(text), one[1]))[:SHOWN])
