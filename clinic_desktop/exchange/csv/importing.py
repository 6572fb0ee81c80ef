"""Brings a table in: reads it row by row, tells what cannot be taken cell by cell, hands the rest over in batches."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.csv.fields import KINDS, Field, Reading
from clinic_desktop.exchange.csv.mapping import Mapped, by_name, require_columns, understand
from clinic_desktop.exchange.csv.problems import Problem, in_words
from clinic_desktop.exchange.csv.reading import Line, is_formula, read, require_whole
from clinic_desktop.exchange.halted import naming
from clinic_desktop.exchange.pace import Pace, in_batches
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.administration import clinic_settings, price_list
from clinic_desktop.services.imports import DryRun, RowIn, RowOut, import_rows

_KEYS = {"prices": ("code",), "formulary": ("name", "strength", "form"), "stock": ("delivery", "name", "strength",
         "form", "lot", "quantity")}  # fmt: skip


@dataclass
class Brought:
    """What became of the rows, counted, and what is wrong with the others."""

    read: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    not_kept: Counter[str] = field(default_factory=Counter)  # columns that are no field, and how many cells they hold
    problems: list[Problem] = field(default_factory=list)

    def kept(self) -> dict[str, int]:
        """The counts as they are answered."""
        return {"read": self.read, **{name: self.counts[name] for name in ("new", "same", "changed")}}


@dataclass(frozen=True)
class Asked:
    """What is to be done: the kind of table, its mapping (None: by the columns' names), and whether only to try."""

    kind: str
    mapping: Mapping[str, object] | None = None
    dry_run: bool = False
    currency: str = ""


def bring_in(
    desk: Desk, path: Path, asked: Asked, brought: Brought, progress: Callable[[int], None] = lambda _rows: None
) -> None:
    """Bring a file in; its problems are added to `brought`, and a file that is none is one of them."""
    try:
        mapped = understand(asked.mapping or {}, KINDS[asked.kind]) if asked.mapping is not None else Mapped({})
        if path.is_file():
            require_whole(path, delimiter=mapped.delimiter, encoding=mapped.encoding)
        sheet = read(path, delimiter=mapped.delimiter, encoding=mapped.encoding)
        if not mapped.sources:
            mapped = Mapped(by_name(sheet.columns, KINDS[asked.kind]), *_options(mapped))
        require_columns(mapped, sheet.columns, KINDS[asked.kind])
        rows = _rows(sheet.lines, path, asked, mapped, _today(desk), brought)
        source = f"table:{mapped.source or asked.kind}"
        in_batches(rows, lambda batch, pace: _take(desk, asked, source, batch, path, brought, mapped, pace), progress)
    except Refusal as error:
        brought.problems.append(Problem(str(path), error.field or "", in_words(error)))


def currency_of(desk: Desk) -> str:
    """The currency of amounts that name none: the clinic's, or that of its prices."""
    chosen = {setting.name: setting.value for setting in clinic_settings(desk)}
    return chosen.get("currency") or next((price.currency for price in price_list(desk)), "")


def _options(mapped: Mapped) -> tuple[str, str, str, str, str]:
    return mapped.source, mapped.delimiter, mapped.encoding, mapped.date_format, mapped.currency


def _today(desk: Desk) -> date:
    return desk.now.astimezone().date()


Numbered = tuple[int, RowIn]


def _rows(
    lines: Iterator[Line], path: Path, asked: Asked, mapped: Mapped, today: date, brought: Brought
) -> Iterator[Numbered]:
    """The rows that can be read, each with its number; what is wrong with the others goes into `brought`."""
    seen: Counter[str] = Counter()
    reading = Reading(today, mapped.currency or asked.currency, mapped.date_format)
    for line in lines:
        brought.read += 1
        brought.not_kept.update(column for column, text in line.cells.items() if text and column not in mapped.columns)
        if line.broken:
            brought.problems.append(Problem(str(path), _place(line.number), _(line.broken)))
            continue
        values, problems = _values(line, KINDS[asked.kind], mapped, reading)
        brought.problems += [Problem(str(path), _place(line.number, where), what) for where, what, _stops in problems]
        if any(stops for _where, _what, stops in problems):
            continue
        key = _key(asked.kind, values)
        seen[key] += 1
        if seen[key] > 1 and asked.kind == "patients" and values.get("external_id"):
            what = _("Another row of this file has the same number.")
            brought.problems.append(Problem(str(path), _place(line.number, "external_id"), what))
            continue
        # Two rows alike in one file are two (two deliveries of one lot on a day), and stay two when it comes again.
        key = key if seen[key] == 1 else f"{key}#{seen[key]}"
        yield line.number, RowIn(key, {name: value for name, value in values.items() if name != "external_id"})


def _values(
    line: Line, fields: Sequence[Field], mapped: Mapped, reading: Reading
) -> tuple[dict[str, Any], list[tuple[str, str, bool]]]:
    """The values of a row, and its problems as (column, words, whether the row cannot be taken)."""
    values: dict[str, Any] = {}
    problems: list[tuple[str, str, bool]] = []
    for one in fields:
        source = mapped.sources.get(one.name)
        if source is None:
            continue
        text = source.text(line.cells)
        where = " + ".join(source.columns) or one.name
        if is_formula(text):
            problems.append((where, _("This cell holds a formula. Write its value."), True))
        elif text:
            try:
                _put(values, one, one.read(text, reading))
            except Refusal as error:
                # A person with a birth date that cannot be is registered with an unknown one, and it is said.
                birth = one.name == "born_on"
                problems.append((where, in_words(error) + (f" {_KEPT}" if birth else ""), not birth))
                if birth:
                    values["alert"] = _("Birth date to be asked: the table it came from says “{text}”.").format(
                        text=text
                    )
        elif one.required:
            problems.append((where, _("This may not be empty."), True))
    if any(one.name == "currency" for one in fields):
        values.setdefault("currency", reading.currency)
    if "born_on" in mapped.sources:
        values.setdefault("born_on", None)
        values.setdefault("born_precision", "unknown")
    return values, problems


_KEPT = N_("The row is taken with the birth date unknown.")


def _put(values: dict[str, Any], one: Field, value: object) -> None:
    if one.name == "born_on" and isinstance(value, tuple):
        values["born_on"], values["born_precision"] = value
    else:
        values[one.name] = value


def _key(kind: str, values: Mapping[str, Any]) -> str:
    """How a row is known again: by its number where it has one, by what makes it that row, else by all it says."""
    if values.get("external_id"):
        return str(values["external_id"])
    chosen = {name: values.get(name) for name in _KEYS[kind]} if kind in _KEYS else values
    if kind == "prices":
        return str(values["code"])
    whole = json.dumps(chosen, default=str, sort_keys=True, ensure_ascii=False)
    return "row:" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _place(number: int, column: str = "") -> str:
    return _("row {number}").format(number=number) + (f", {column}" if column else "")


def _take(
    desk: Desk,
    asked: Asked,
    source: str,
    batch: Sequence[Numbered],
    path: Path,
    brought: Brought,
    mapped: Mapped,
    pace: Pace,
) -> None:
    """One transaction; where a row is refused the others of the batch are taken without it."""
    left = list(batch)
    while left:
        try:
            with naming(path, _place(left[0][0])):
                outcomes = import_rows(
                    pace.desk(desk), asked.kind, source, [row for _number, row in left], dry_run=asked.dry_run
                )
        except DryRun as tried:
            outcomes = tried.outcomes
        except Refusal as error:
            if "row" not in error.facts:
                raise
            number, _row = left.pop(int(str(error.facts["row"])))
            named = error.field or ""
            column = " + ".join(mapped.sources[named].columns) if named in mapped.sources else named
            brought.problems.append(Problem(str(path), _place(number, column), in_words(error)))
            continue
        for (number, _row), out in zip(left, outcomes, strict=True):
            _count(brought, path, number, out)
        return


def _count(brought: Brought, path: Path, number: int, out: RowOut) -> None:
    brought.counts[out.outcome] += 1
    for name in out.kept:
        what = _("This was changed here since the table was last brought in, and stays as it is here.")
        brought.problems.append(Problem(str(path), _place(number, name), what))
