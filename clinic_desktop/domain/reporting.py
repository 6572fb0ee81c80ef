"""What a report is: a question, its columns with their kinds and formulas, and how its totals and ratios are made.

One definition gives the rows on the screen, the PDF, the CSV and the Excel file; what stands in a cell is decided here.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import cast

from clinic_desktop.domain.money import minor_digits
from clinic_desktop.domain.refusals import Refusal

# What a report may be narrowed to, and what that is called.
FILTERS = {
    "practitioner": "Practitioner",
    "cashier": "Cashier",
    "insurer": "Payer",
    "service": "Service",
    "sex": "Sex",
    "priority": "Priority",
    "section": "Section",
}

Value = str | int | None
Row = tuple[Value, ...]


class Kind(Enum):
    """What a column holds, which decides how it is written."""

    TEXT = "text"
    DAY = "day"  # 2026-03-10, or 2026-03 for a month
    MOMENT = "moment"  # 2026-03-10 09:00, in the clinic's own zone
    COUNT = "count"
    MONEY = "money"  # minor units of the row's `currency`
    TENTHS = "tenths"  # tenths of whatever `unit` says, so that no binary fraction is ever added up


class Group(Enum):
    """By which part of the clinic's own calendar rows are put together; weeks begin on Monday (ISO 8601)."""

    NONE = "none"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Ratio:
    """A column made of two others: ``over * times / (under * per)``, halves away from zero; none where under is 0."""

    over: str
    under: str
    times: int
    per: int = 1


@dataclass(frozen=True)
class Column:
    """One column: `total` is whether the rows' sum means anything; `formula` says in words how it is measured."""

    name: str
    title: str
    kind: Kind = Kind.TEXT
    formula: str = ""
    unit: str = ""
    total: bool = False
    ratio: Ratio | None = None
    shown: bool = True
    wide: int = 1


@dataclass(frozen=True)
class Report:
    """One report; the first column of a report that is `grouped` is the day, week or month, where that is asked."""

    name: str
    title: str
    question: str
    columns: tuple[Column, ...]
    roles: frozenset[str]
    grouped: bool = True
    about_patient: bool = False
    chart: str = ""  # the column that is drawn
    source: str = ""  # of a clinical rule
    notes: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()  # names of FILTERS

    def made(self, group: Group) -> tuple[Column, ...]:
        """The columns as they are worked with: without the calendar's, where nothing is put together by it."""
        return self.columns if group is not Group.NONE or not self.grouped else self.columns[1:]

    def shown(self, group: Group) -> tuple[Column, ...]:
        """The columns that stand on the paper."""
        return tuple(column for column in self.made(group) if column.shown)


@dataclass(frozen=True)
class Asked:
    """Which report over which of the clinic's own days, the last one counted in."""

    name: str
    first: date
    last: date
    group: Group = Group.NONE
    patient_id: str | None = None
    only: tuple[tuple[str, str], ...] = ()  # (filter, value): what alone is counted
    definition: str = ""  # of a query that somebody put together


@dataclass
class Totals:
    """Adds up what may be added, one line for each currency, and makes the ratios of the sums and not of the rows."""

    columns: tuple[Column, ...]
    sums: dict[str, list[int]] = field(default_factory=dict)
    rows: int = 0

    def __post_init__(self) -> None:
        self._added = [at for at, column in enumerate(self.columns) if column.total]
        self._currency = next((at for at, column in enumerate(self.columns) if column.name == "currency"), None)

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows in, many at once."""
        self.rows += len(rows)
        if self._currency is None:
            parts: Mapping[str, Sequence[Row]] = {"": rows}
        else:
            parts = _by_currency(rows, self._currency)
        for currency, some in parts.items():
            if not some:
                continue
            sums = self.sums.setdefault(currency, [0] * len(self.columns))
            for at in self._added:
                sums[at] += sum(value for row in some if isinstance(value := row[at], int))

    def lines(self, known: Mapping[str, Value], word: str) -> tuple[Row, ...]:
        """The lines of the totals; `known` holds what cannot be added up and was counted over all rows together."""
        if not any(column.total or column.name in known for column in self.columns):
            return ()
        return tuple(self._line(currency, sums, known, word) for currency, sums in sorted(self.sums.items()))

    def _line(self, currency: str, sums: Sequence[int], known: Mapping[str, Value], word: str) -> Row:
        values: list[Value] = []
        for at, column in enumerate(self.columns):
            if column.name in known:
                values.append(known[column.name])
            elif column.total:
                values.append(sums[at])
            elif column.name == "currency":
                values.append(currency)
            else:
                values.append(None)
        values = list(with_ratios(self.columns, values))
        first = next(at for at, column in enumerate(self.columns) if column.shown)
        if values[first] is None:
            values[first] = word
        return tuple(values)


def _by_currency(rows: Sequence[Row], place: int) -> Mapping[str, Sequence[Row]]:
    found = {str(row[place] or "") for row in rows}
    if len(found) == 1:
        return {found.pop(): rows}
    parts: dict[str, list[Row]] = {currency: [] for currency in found}
    for row in rows:
        parts[str(row[place] or "")].append(row)
    return parts


def with_ratios(columns: Sequence[Column], values: Sequence[Value]) -> Row:
    """Fill in the columns that are made of others."""
    places = {column.name: at for at, column in enumerate(columns)}
    made = list(values)
    for at, column in enumerate(columns):
        if column.ratio is not None:
            over, under = values[places[column.ratio.over]], values[places[column.ratio.under]]
            made[at] = ratio(over, under, column.ratio.times, column.ratio.per)
    return tuple(made)


def ratio(over: Value, under: Value, times: int, per: int = 1) -> int | None:
    """``over * times / (under * per)`` in whole numbers, halves away from zero; None where under is nothing."""
    if not isinstance(over, int) or not isinstance(under, int) or under == 0:
        return None
    below, negative = abs(under) * per, (over < 0) != (under < 0)
    whole = (2 * abs(over) * times + below) // (2 * below)
    return -whole if negative else whole


def whole_rows(columns: Sequence[Column], rows: list[Row]) -> list[Row]:
    """Rows as they were counted, with the columns that are made of others put in their places."""
    made = [column.ratio is not None for column in columns]
    if not any(made):
        return rows
    whole = []
    for row in rows:
        counted = iter(row)
        whole.append(with_ratios(columns, [None if ratio_here else next(counted) for ratio_here in made]))
    return whole


def cells(columns: Sequence[Column], row: Row) -> tuple[str, ...]:
    """What stands in the cells that are shown, the same on screen, on paper and in files."""
    return Cells(columns).of(row)


class Cells:
    """Writes the cells of many rows, a column at a time: what the column asks for is decided once for all of them."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._shown = [(at, column.kind) for at, column in enumerate(columns) if column.shown]
        self._currency = next((at for at, column in enumerate(columns) if column.name == "currency"), None)

    def of(self, row: Row) -> tuple[str, ...]:
        """The cells of one row."""
        return tuple(one[0] for one in self.columns((row,)))

    def columns(self, rows: Sequence[Row]) -> list[Sequence[str]]:
        """The cells of some rows, column by column."""
        held = list(zip(*rows, strict=True))
        currencies = () if self._currency is None else held[self._currency]
        return [_column(held[at], kind, currencies) for at, kind in self._shown]


def _column(values: Sequence[Value], kind: Kind, currencies: Sequence[Value]) -> Sequence[str]:
    """The cells of one column; most hold texts alone or numbers alone, and are written without looking at each."""
    types = set(map(type, values))
    if types == {str}:
        texts = cast("Sequence[str]", values)
        plain = "".join(texts).isprintable() and max(map(len, texts)) <= _LONGEST
        return texts if plain else [clean(text) for text in texts]
    digits = _digits(kind, currencies)
    if types == {int} and digits is not None:
        return _decimals(cast("Sequence[int]", values), digits)
    written = []
    for at, value in enumerate(values):
        if isinstance(value, str):
            written.append(clean(value))
        elif value is None:
            written.append("")
        else:
            own = digits if digits is not None else minor_digits(str(currencies[at] or ""))
            written.append(decimal(value, own))
    return written


def _digits(kind: Kind, currencies: Sequence[Value]) -> int | None:
    """How many decimals the numbers of a column have; None where their currencies differ in that."""
    if kind is not Kind.MONEY:
        return int(kind is Kind.TENTHS)
    found = {minor_digits(str(currency or "")) for currency in set(currencies)} or {minor_digits("")}
    return found.pop() if len(found) == 1 else None


def _decimals(values: Sequence[int], digits: int) -> list[str]:
    if not digits:
        return list(map(str, values))
    if min(values) < 0:
        return [decimal(value, digits) for value in values]
    form, unit = f"%d.%0{digits}d", 10**digits
    return [form % divmod(value, unit) for value in values]


def decimal(value: int, digits: int) -> str:
    """A whole number of tenths, hundredths or thousandths, written with a point."""
    if not digits:
        return str(value)
    figures = str(abs(value)).zfill(digits + 1)
    return f"{'-' if value < 0 else ''}{figures[:-digits]}.{figures[-digits:]}"


_UNSEEN = re.compile(r"[^\x20-\x7e]")
_FORCED = "\u202d\u202e\ufffe\uffff"
_LONGEST = 30_000  # characters; Excel takes no cell of more than 32,767


def clean(text: str) -> str:
    """Text with every control character named as ``[U+0007]``: it breaks no line, no file and no terminal.

    So is what turns the direction of other text by force: ``exe.gnp`` must not pass for ``png.exe``.
    """
    if text.isprintable() and len(text) <= _LONGEST:
        return text
    named = _UNSEEN.sub(_name, text)
    return named if len(named) <= _LONGEST else named[:_LONGEST] + " […]"


def _name(found: re.Match[str]) -> str:
    character = found[0]
    if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _FORCED:
        return f"[U+{ord(character):04X}]"
    return character


def require_days(first: date, last: date) -> None:
    """Refuse a period that ends before it begins, or is longer than any question."""
    if last < first:
        raise Refusal("The last day lies before the first.", field="to")
    if (last - first).days > 36_600:
        raise Refusal("A report covers a hundred years at the most.", field="to")
