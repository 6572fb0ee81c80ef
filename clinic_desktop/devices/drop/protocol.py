"""A table that an analyser wrote, read by a profile of its columns; no I/O.

A profile is data (`resources/analysers/tables/`): by which columns a table is known, and what each of them means.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clinic_desktop.domain.devices import LOINC, Named
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult

LARGEST, ROWS = 8 * 1024 * 1024, 20_000
FLAGS = {"normal": "N", "n": "N", "low": "L", "l": "L", "high": "H", "h": "H", "critical low": "LL",
         "critical high": "HH", "ll": "LL", "hh": "HH", "abnormal": "A", "a": "A"}  # fmt: skip
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d")


class UnreadableError(ValueError):
    """A file that no profile knows, or that is no table."""


@dataclass(frozen=True)
class Table:
    """One profile: `known_by` are the columns that a table of its kind has, `columns` what is read from which."""

    name: str
    known_by: tuple[str, ...]
    columns: Mapping[str, str]
    tests: Mapping[str, Mapping[str, str]]
    controls: re.Pattern[str] | None
    control_kinds: frozenset[str]
    test: Mapping[str, str]


def tables(folder: Path) -> tuple[Table, ...]:
    """Every profile of a folder; the one with the most columns that a table has is taken."""
    found = []
    for path in sorted(folder.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        controls = re.compile(told["controls"], re.IGNORECASE) if told.get("controls") else None
        kinds = frozenset(told.get("control_kinds", ()))
        found.append(
            Table(told["name"], tuple(told["known_by"]), told["columns"], told.get("tests", {}), controls, kinds,
                  told.get("test", {}))
        )  # fmt: skip
    return tuple(found)


def read(content: bytes, known: Sequence[Table], peer: str) -> list[ReceivedMessage]:
    """What is kept of a file: one message for each row that names a specimen. Raises UnreadableError."""
    if len(content) > LARGEST:
        raise UnreadableError(f"the file is larger than {LARGEST} bytes")
    if b"\0" in content[:4096]:
        raise UnreadableError("the file is no text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    for place, line in enumerate(lines[:10]):
        for mark in (",", ";", "\t"):
            names = [name.strip() for name in next(csv.reader([line], delimiter=mark))]
            fitting = [one for one in known if set(one.known_by) <= set(names)]
            if fitting:
                table = max(fitting, key=lambda one: len(one.known_by))
                return _rows(table, names, "\n".join(lines[place + 1 :]), mark, peer)
    raise UnreadableError("no profile knows the columns of this file")


def _rows(table: Table, names: list[str], text: str, mark: str, peer: str) -> list[ReceivedMessage]:
    kept = []
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error as error:
        raise UnreadableError("the file is no table") from error
    if len(rows) > ROWS:
        raise UnreadableError(f"the file has more than {ROWS} rows")
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        told = {meaning: cells.get(column, "") for meaning, column in table.columns.items()}
        raw = (mark.join(names) + "\n" + mark.join(row) + "\n").encode()
        said = Named(
            tuple(("", told[one]) for one in ("mrn",) if told.get(one)),
            (_name(told["name"]),) if told.get("name") else (),
            told.get("born", ""),
        )
        kept.append(
            ReceivedMessage("drop", table.name, "table row", "result", raw, None, peer, "utf-8", said,
                            (_result(table, told),))
        )  # fmt: skip
    if not kept:
        raise UnreadableError("the file holds no result")
    return kept


def _name(text: str) -> tuple[str, str]:
    family, _, given = text.partition(",")
    return family.strip(), given.strip()


def _result(table: Table, told: Mapping[str, str]) -> ReceivedResult:
    specimen = told.get("specimen", "")
    theirs = told.get("code") or table.test.get("code", "")
    meaning = table.tests.get(theirs, table.test)
    control = told.get("kind", "").casefold() in table.control_kinds or bool(
        table.controls and table.controls.search(specimen)
    )
    value = told.get("value", "")
    number = re.fullmatch(r"(<=|>=|<|>)?\s*([-+]?\d+(?:\.\d+)?)", value)
    at = _instant(told.get("at", ""))
    kind = "none" if not value or value.upper() == "NA" else "quantity" if number else "codeable"
    return ReceivedResult(
        identity="/".join((specimen, theirs, told.get("well", ""), at or "")),
        code=meaning.get("loinc") or theirs, code_system=LOINC if meaning.get("loinc") else "",
        title=told.get("title") or theirs, value_kind=kind, value=(number[2] if number else value) or None,
        comparator=number[1] if number else None, unit=told.get("unit") or meaning.get("unit"),
        flag=FLAGS.get(told.get("flag", "").casefold(), ""), range_text=told.get("range", ""), status="F",
        measured_at=at, numbers=(specimen,) if specimen else (), test_code=meaning.get("test"), control=control,
        problem=None if theirs else "the table does not say which test this is",
    )  # fmt: skip


def _instant(text: str) -> str | None:
    for form in TIMES:
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007 - an analyser knows no offset: it is the clinic's own time
        except ValueError:
            continue
        return at.date().isoformat() if form == "%Y-%m-%d" else at.astimezone().isoformat()
    return None
