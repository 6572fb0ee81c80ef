"""Reference packs: the starter set that every clinic begins with, and replacing one kind of it by another version."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Table, delete, insert, select

from clinic_desktop.clock import to_text
from clinic_desktop.domain.drugs import fold
from clinic_desktop.domain.immunizations import Vaccine, split
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.paths import resources
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.immunization_reference import file_of, vaccine_table
from clinic_desktop.services.reference_fields import KEYS, KINDS, Field, Value
from clinic_desktop.services.reference_rows import ReadRows, Row, columns, loinc_is_valid, read_rows
from clinic_desktop.store.tables import billing, laboratory, pharmacy
from clinic_desktop.store.tables import reference as tables
from clinic_desktop.store.unit import Transaction

IN_ACT = ("load_starter_pack", "columns", "read_rows")

__all__ = ["KINDS", "Field", "Imported", "Pack", "ReadRows", "columns", "import_reference", "list_packs",
           "load_starter_pack", "read_rows"]  # fmt: skip

# In the order in which one may speak of another.
_STARTERS = (
    "ingredients", "classes", "allergy_classes", "medicines", "doses", "interactions", "vitals", "prices",
    "lab_tests", "lab_panels", "ranges", "formulary", "vaccines", "manufacturers", "schedule",
)  # fmt: skip
_PLAIN: dict[str, Table] = {
    "ingredients": tables.reference_ingredients,
    "classes": tables.reference_ingredient_classes,
    "allergy_classes": tables.reference_allergy_classes,
    "medicines": tables.reference_medicines,
    "doses": tables.reference_doses,
    "interactions": tables.reference_interactions,
    "vitals": tables.reference_vitals,
    "vaccines": tables.reference_vaccines,
    "manufacturers": tables.reference_manufacturers,
    "schedule": tables.reference_schedule,
}


@dataclass(frozen=True)
class _Records:
    """How rows of a kind become journaled records: the table, its key, columns named otherwise, and the entry."""

    table: Table
    key: tuple[str, ...]
    renamed: Mapping[str, str]
    left_out: frozenset[str]
    kind: str


_RECORDS = {
    "prices": _Records(billing.prices, ("code",), {"amount_minor": "amount"}, frozenset({"source"}), "price"),
    "lab_tests": _Records(laboratory.lab_tests, ("code",), {}, frozenset(), "lab_test"),
    "lab_panels": _Records(laboratory.lab_panels, ("code",), {}, frozenset({"source"}), "lab_panel"),
    "ranges": _Records(
        laboratory.lab_ranges,
        ("test_code", "sex", "age_from_days", "age_to_days"),
        {"test": "test_code"},
        frozenset(),
        "lab_range",
    ),
    "formulary": _Records(
        pharmacy.products,
        ("medicine_code", "name", "form", "strength"),
        {"medicine": "medicine_code"},
        frozenset({"source"}),
        "product",
    ),
}


@dataclass(frozen=True)
class Pack:
    """One kind of reference data in force: where it came from and how many rows it has."""

    kind: str
    name: str
    version: str
    released_on: str | None
    notice: str | None
    loaded_at: str
    rows: int


@dataclass(frozen=True)
class Imported:
    """What an import did: `gone` names the rows that no longer hold, `not_known` the drugs only these rows know.

    A drug that no list of medicines here holds is kept by its name: its rules fire where the name is written.
    """

    kind: str
    rows: int
    added: int
    changed: int
    retired: int
    gone: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()


class _Writer(Protocol):
    """What loading asks of an act, and of the transaction of a clinic that is being made."""

    @property
    def conn(self) -> Connection: ...

    def create(self, table: Table, values: Mapping[str, object], *, kind: str) -> str: ...

    def change(self, table: Table, record: str, changes: Mapping[str, object], *, kind: str) -> int: ...


@dataclass(frozen=True)
class _Origin:
    """The pack that rows come with."""

    name: str
    version: str
    released_on: str | None = None
    notice: str | None = None


def load_starter_pack(unit: Transaction) -> None:
    """Load the files under resources into a clinic that is being made."""
    told = json.loads((resources() / "reference" / "pack.json").read_text(encoding="utf-8"))
    origin = _Origin(told["name"], told["version"], told["released_on"], told["notice"])
    for kind in _STARTERS:
        found = read_rows(kind, file_of(kind))
        if found.problems:
            raise RuntimeError(f"{kind}: {found.problems[0].line}: {found.problems[0].text}")
        _replace(unit, kind, found.rows, origin, to_text(unit.now))


@command
def import_reference(act: Act, rows: ReadRows, name: str, version: str) -> Imported:
    """Replace a whole kind of reference data by another pack's rows, all or nothing."""
    if rows.problems or not rows.rows:
        raise Refusal(N_("The file has {count} problems; nothing was imported."), count=len(rows.problems))
    if not name.strip() or not version.strip():
        raise Refusal(N_("A pack needs a name and a version."), field="version")
    return _replace(act, rows.kind, rows.rows, _Origin(name.strip(), version.strip()), act.at)


@query
def list_packs(read: Read) -> tuple[Pack, ...]:
    """The reference data in force, one row for each kind."""
    packs = tables.reference_packs.c
    rows = read.conn.execute(
        select(
            packs.kind, packs.name, packs.version, packs.released_on, packs.notice, packs.loaded_at, packs.rows
        ).where(packs.current == 1)
    ).all()
    return tuple(sorted((Pack(*row) for row in rows), key=lambda pack: KINDS.index(pack.kind)))


def _replace(writer: _Writer, kind: str, rows: Sequence[Row], origin: _Origin, at: str) -> Imported:
    plain = kind in _PLAIN
    done = _replace_rows(writer.conn, kind, rows) if plain else _replace_records(writer, kind, rows)
    packs = tables.reference_packs
    before = writer.conn.execute(select(packs.c.id).where(packs.c.kind == kind, packs.c.current == 1)).scalars()
    for pack in before.all():
        writer.change(packs, pack, {"current": 0}, kind="reference.replaced")
    writer.create(
        packs,
        {
            "kind": kind,
            "name": origin.name,
            "version": origin.version,
            "released_on": origin.released_on,
            "notice": origin.notice,
            "loaded_at": at,
            "rows": done.rows,
            "current": 1,
        },
        kind="reference.loaded",
    )
    return done


def _replace_rows(conn: Connection, kind: str, rows: Sequence[Row]) -> Imported:
    table = _PLAIN[kind]
    not_known: tuple[str, ...] = ()
    if kind == "interactions":
        rows, not_known = _resolved(conn, rows)
    _check_references(conn, kind, rows)
    key = [table.c[name] for name in KEYS[kind]]
    stood = {" ".join(str(part) for part in row if part is not None) for row in conn.execute(select(*key))}
    stands = {" ".join(str(row[name]) for name in KEYS[kind] if row[name] is not None) for row in rows}
    gone = conn.execute(delete(table)).rowcount
    conn.execute(insert(table), [dict(row) for row in rows])
    names = list(_names(kind, rows))
    if kind in {"ingredients", "allergy_classes", "medicines"}:
        conn.execute(delete(tables.reference_names).where(tables.reference_names.c.origin == kind))
    if names:
        conn.execute(insert(tables.reference_names), names)
    return Imported(kind, len(rows), len(rows), 0, gone, tuple(sorted(stood - stands)), not_known)


def _names(kind: str, rows: Iterable[Row]) -> Iterable[dict[str, str]]:
    """Every name by which a person or another program may call what these rows are about."""
    found: dict[tuple[str, str], None] = {}
    for row in rows:
        if kind == "ingredients":
            code = str(row["ingredient"])
            words = [code.replace("_", " "), str(row["name"]), *str(row["synonyms"] or "").split(";")]
            found.update({(fold(word), code): None for word in words})
        elif kind == "allergy_classes":
            group = str(row["class"])
            words = [group.replace("_", " "), str(row["name"]), *str(row["synonyms"] or "").split(";")]
            found.update({(fold(word), group): None for word in words})
        elif kind == "medicines":
            words = [str(row["name"]), *str(row["brands"] or "").split(";")]
            for code in str(row["ingredients"]).split(";"):
                found.update({(fold(word), code): None for word in words})
    return [{"name": name, "code": code, "origin": kind} for name, code in found if name]


def _resolved(conn: Connection, rows: Sequence[Row]) -> tuple[Sequence[Row], tuple[str, ...]]:
    """Turn names of ingredients into codes, adding those nobody knew, so that a drug with a rule is a drug known.

    Returns the rows and the names that were added.
    """
    names = tables.reference_names.c
    known: dict[str, str] = {
        row.name: row.code for row in conn.execute(select(names.name, names.code).where(names.origin == "ingredients"))
    }
    added: dict[str, dict[str, Value]] = {}
    resolved: list[Row] = []
    for row in rows:
        sides: dict[str, Value] = {}
        for side in ("a", "b"):
            sides[side] = text = str(row[side])
            if row[f"{side}_kind"] == "class":
                continue
            word = fold(text)
            if word not in known:
                code = re.sub("[^a-z0-9]+", "_", word).strip("_") or word
                known[word] = code
                added[code] = {
                    "ingredient": code,
                    "name": text,
                    "display": text,
                    "synonyms": "",
                    "source": row["source"],
                }
            sides[side] = known[word]
        resolved.append({**row, **sides, "code": row["code"] or f"{sides['a']}+{sides['b']}"})
    if added:
        conn.execute(insert(tables.reference_ingredients), list(added.values()))
        conn.execute(insert(tables.reference_names), list(_names("ingredients", added.values())))
    return resolved, tuple(sorted(str(each["name"]) for each in added.values()))


def _check_references(conn: Connection, kind: str, rows: Sequence[Row]) -> None:
    """Refuse rows that speak of what is not there."""
    ingredients = set(conn.execute(select(tables.reference_ingredients.c.ingredient)).scalars())
    classes = set(conn.execute(select(tables.reference_ingredient_classes.c["class"]).distinct()).scalars())
    vaccines = vaccine_table(conn) if kind == "schedule" else {}
    for row in rows:
        wanted: list[tuple[object, set[str]]] = []
        if kind in {"classes", "doses"}:
            wanted = [(row["ingredient"], ingredients)]
        elif kind == "medicines":
            wanted = [(code, ingredients) for code in str(row["ingredients"]).split(";")]
        elif kind == "allergy_classes":
            wanted = [(each, classes) for each in (row["class"], row["cross_reacts_with"]) if each]
        elif kind == "schedule":
            wanted = _of_vaccines(row, vaccines)
        elif kind == "interactions":
            wanted = [(row[side], classes) for side in ("a", "b") if row[f"{side}_kind"] == "class"]
        for code, known in wanted:
            if code not in known:
                raise Refusal(N_("The {kind} speak of “{code}”, which is not known."), kind=kind, code=code)


def _of_vaccines(row: Row, vaccines: Mapping[str, Vaccine]) -> list[tuple[object, set[str]]]:
    """The vaccines and antigens a rule of a schedule speaks of, with those there are."""
    antigens = {antigen for vaccine in vaccines.values() for antigen in vaccine.antigens}
    spoken: list[tuple[object, set[str]]] = [(code, set(vaccines)) for code in split(row["vaccines"])]
    return [*spoken, *((row[name], antigens) for name in ("antigen", "apart_from") if row[name])]


def _replace_records(writer: _Writer, kind: str, rows: Sequence[Row]) -> Imported:
    """Bring records to what the rows say: changed where they differ, added, and retired where they are gone."""
    how = _RECORDS[kind]
    _check_tests(writer.conn, kind, rows)
    before = {tuple(row[name] for name in how.key): row for row in writer.conn.execute(select(how.table)).mappings()}
    added = changed = 0
    gone: list[str] = []
    for row in rows:
        values: dict[str, object] = {
            how.renamed.get(name, name): value for name, value in row.items() if name not in how.left_out
        }
        values["active"] = 1
        old = before.pop(tuple(values[name] for name in how.key), None)
        if old is None:
            writer.create(how.table, values, kind=f"{how.kind}.added")
            added += 1
        elif any(old[name] != value for name, value in values.items()):
            writer.change(how.table, str(old["id"]), values, kind=f"{how.kind}.changed")
            changed += 1
    for old in before.values():
        if old["active"]:
            writer.change(how.table, str(old["id"]), {"active": 0}, kind=f"{how.kind}.retired")
            gone.append(" ".join(str(old[name]) for name in how.key if old[name] is not None))
    return Imported(kind, len(rows), added, changed, len(gone), tuple(sorted(gone)))


def _check_tests(conn: Connection, kind: str, rows: Sequence[Row]) -> None:
    if kind not in {"ranges", "lab_panels"}:
        return
    known = set(conn.execute(select(laboratory.lab_tests.c.code)).scalars())
    for row in rows:
        for code in str(row["tests"]).split(";") if kind == "lab_panels" else [row["test"]]:
            if kind == "ranges" and loinc_is_valid(str(code)):
                continue  # what is measured elsewhere needs no test of this laboratory
            if code not in known:
                raise Refusal(N_("There is no laboratory test “{code}”."), field="test", code=code)
