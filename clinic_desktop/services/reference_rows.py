"""Reading reference files: which columns each kind has, and what is wrong with a row, field by field."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from clinic_desktop.domain.doses import read_strengths
from clinic_desktop.domain.immunizations import SPANS, span
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.reference_fields import FIELDS, KEYS, KINDS, Field, Value

Row = Mapping[str, Value]

LONGEST_FIELD = 4_000
_CODE = re.compile(r"[a-z0-9][a-z0-9_.+>:-]{0,119}\Z")
_LOINC = re.compile(r"[0-9]{1,7}-[0-9]\Z")


@dataclass(frozen=True)
class Problem:
    """What is wrong: the line of the file (1 is the header), the column, and a template with its facts."""

    line: int
    field: str
    what: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The problem in English."""
        return self.what.format(**dict(self.facts))


@dataclass(frozen=True)
class ReadRows:
    """What a file held; with any problem, nothing of it is to be imported."""

    kind: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


# Pairs of columns of which the first may not be above the second.
_ORDERED = (
    ("low", "high"),
    ("critical_low", "low"),
    ("high", "critical_high"),
    ("critical_low", "critical_high"),
    ("plausible_low", "plausible_high"),
    ("age_from_days", "age_to_days"),
    ("age_from_months", "age_to_months"),
    ("min_single", "max_single"),
    ("max_single", "max_daily"),
)


def columns(kind: str) -> tuple[Field, ...]:
    """The columns of a kind of file, in order; raises `Refusal` for a kind that does not exist."""
    if kind not in FIELDS:
        raise Refusal(
            N_("“{kind}” is not a kind of reference file. Kinds: {kinds}."), kind=kind, kinds=", ".join(KINDS)
        )
    return FIELDS[kind]


def read_rows(kind: str, path: Path) -> ReadRows:
    """Read a CSV file (UTF-8, header row) and check every field of every row."""
    wanted = columns(kind)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return _read(kind, wanted, csv.reader(file, strict=True))
    except UnicodeDecodeError:
        return ReadRows(kind, (), (Problem(0, "", N_("The file is not UTF-8 text.")),))
    except csv.Error as error:
        what = Problem(0, "", N_("The file is not CSV: {why}."), (("why", str(error)),))
        return ReadRows(kind, (), (what,))


def _read(kind: str, wanted: tuple[Field, ...], lines: Iterable[list[str]]) -> ReadRows:
    iterator = iter(lines)
    header = [name.strip().lower() for name in next(iterator, [])]
    problems = list(_header_problems(header, wanted))
    if problems:
        return ReadRows(kind, (), tuple(problems))
    fields = {field.name: field for field in wanted}
    rows: list[Row] = []
    seen: dict[tuple[Value, ...], int] = {}
    for line, cells in enumerate(iterator, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row, found = _row(line, header, fields, cells)
        if not found:
            found = [*_row_problems(kind, line, row), *_twice(kind, line, row, seen)]
        problems += found
        rows.append(row)
    if not rows:
        problems.append(Problem(1, "", N_("The file has no rows.")))
    if kind == "ranges" and not problems:
        problems += _overlaps(rows)
    if kind == "schedule" and not problems:
        problems += _gaps(rows)
    return ReadRows(kind, tuple(rows), tuple(problems))


def _header_problems(header: list[str], wanted: tuple[Field, ...]) -> Iterator[Problem]:
    names = {field.name for field in wanted}
    for field in wanted:
        if field.required and field.name not in header:
            yield Problem(1, field.name, N_("The column is missing."))
    for name in dict.fromkeys(header):
        if name not in names:
            yield Problem(1, name, N_("There is no such column."))
        elif header.count(name) > 1:
            yield Problem(1, name, N_("The column stands twice."))


def _row(
    line: int, header: list[str], fields: Mapping[str, Field], cells: list[str]
) -> tuple[dict[str, Value], list[Problem]]:
    row: dict[str, Value] = {name: field.default for name, field in fields.items()}
    problems: list[Problem] = []
    if len(cells) > len(header):
        problems.append(Problem(line, "", N_("The row has more fields than the header.")))
    for name, cell in zip(header, cells, strict=False):
        try:
            row[name] = _value(fields[name], cell.strip())
        except ValueError as error:
            problems.append(Problem(line, name, str(error.args[0]), (("value", cell.strip()[:60]),)))
    problems += [
        Problem(line, name, N_("This may not be empty."))
        for name, field in fields.items()
        if field.required and row[name] in {None, ""} and not any(each.field == name for each in problems)
    ]
    return row, problems


def _value(field: Field, text: str) -> Value:
    if not text:
        return field.default
    if len(text) > LONGEST_FIELD:
        raise ValueError(N_("The text is too long."))
    if field.choices:
        if text.lower() not in field.choices:
            raise ValueError(N_("“{value}” is none of the words allowed here."))
        return text.lower()
    if field.type == "code":
        if not _CODE.match(text.lower()):
            raise ValueError(N_("“{value}” is not a code: small letters, digits, _ and -."))
        return text.lower()
    if field.type == "codes":
        parts = [part.strip().lower() for part in text.split(";") if part.strip()]
        if not all(_CODE.match(part) for part in parts):
            raise ValueError(N_("“{value}” is not a list of codes with ; between."))
        return ";".join(parts)
    if field.type == "integer":
        if not re.fullmatch(r"[0-9]{1,12}", text):
            raise ValueError(N_("“{value}” is not a whole number."))
        return int(text)
    if field.type == "flag":
        if text.lower() not in {"0", "1", "no", "yes", "false", "true"}:
            raise ValueError(N_("“{value}” is neither yes nor no."))
        return int(text.lower() in {"1", "yes", "true"})
    return _decimal(text) if field.type == "decimal" else text


def _decimal(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(N_("“{value}” is not a number.")) from None
    if not number.is_finite() or abs(number) > 10**9 or "e" in text.lower():
        raise ValueError(N_("“{value}” is not a number."))
    return text


def _row_problems(kind: str, line: int, row: Row) -> Iterator[Problem]:
    for low, high in _ORDERED:
        below, above = row.get(low), row.get(high)
        if below is not None and above is not None and Decimal(below) > Decimal(above):
            facts = (("low", str(below)), ("high", str(above)), ("other", high))
            yield Problem(line, low, N_("{low} is above {high}, the {other}."), facts)
    loinc = row.get("loinc")
    if isinstance(loinc, str) and loinc and not loinc_is_valid(loinc):
        yield Problem(line, "loinc", N_("“{value}” is not a LOINC code."), (("value", loinc),))
    if kind == "medicines":
        yield from _strength_problems(line, row)
    if kind in {"vaccines", "schedule"}:
        yield from _time_problems(line, row)
    if kind == "lab_tests" and row["kind"] == "choice" and not row["choices"]:
        yield Problem(line, "choices", N_("This may not be empty."))
    if kind == "prices" and not re.fullmatch("[A-Z]{3}", str(row["currency"])):
        yield Problem(line, "currency", N_("“{value}” is not a currency code."), (("value", str(row["currency"])),))


def _strength_problems(line: int, row: Row) -> Iterator[Problem]:
    try:
        strengths = read_strengths(str(row["strength"]), str(row["per"]))
    except Refusal as refusal:
        facts = tuple((name, str(value)) for name, value in refusal.facts.items())
        yield Problem(line, "strength", refusal.message, facts)
        return
    if strengths and len(strengths) != len(str(row["ingredients"]).split(";")):
        yield Problem(line, "strength", N_("There are not as many strengths as ingredients."))


def _time_problems(line: int, row: Row) -> Iterator[Problem]:
    """Ages, intervals, dates and days of a season that cannot be read."""
    for name, value in row.items():
        text = str(value or "")
        if not text:
            continue
        facts = (("value", text[:60]),)
        if name in SPANS and not _reads(span, text):
            yield Problem(line, name, N_("“{value}” is no age or interval such as 6w, 14w6d, 12m or 4y."), facts)
        elif name.startswith("born_") and not _reads(date.fromisoformat, text):
            yield Problem(line, name, N_("“{value}” is no date such as 1957-01-01."), facts)
        elif name.startswith("season_") and not _reads(date.fromisoformat, f"2001-{text}"):
            yield Problem(line, name, N_("“{value}” is no day of a year such as 09-01."), facts)
    if row.get("season_due") and not row.get("season_from"):
        yield Problem(line, "season_from", N_("This may not be empty."))


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _gaps(rows: list[Row]) -> Iterator[Problem]:
    """Series whose doses are not 1, 2, 3 ... without a gap: the dose after a gap would never be reached."""
    series: dict[tuple[Value, ...], list[tuple[Value, int]]] = {}
    for line, row in enumerate(rows, start=2):
        series.setdefault((row["schedule"], row["antigen"], row["series"]), []).append((row["dose"], line))
    for doses in series.values():
        numbers = sorted(_number(dose) for dose, _ in doses)
        if numbers != list(range(1, len(numbers) + 1)):
            yield Problem(doses[-1][1], "dose", N_("The doses of a series are numbered 1, 2, 3 with none left out."))


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _twice(kind: str, line: int, row: Row, seen: dict[tuple[Value, ...], int]) -> Iterator[Problem]:
    key = tuple(row[name] for name in KEYS[kind])
    if kind == "interactions":
        key = tuple(sorted((f"{row['a_kind']}:{row['a']}".lower(), f"{row['b_kind']}:{row['b']}".lower())))
    first = seen.setdefault(key, line)
    if first != line:
        yield Problem(line, KEYS[kind][0], N_("This row stands already on line {first}."), (("first", str(first)),))


def _overlaps(rows: list[Row]) -> Iterator[Problem]:
    """Two ranges of one test and sex that hold for one age: the flag would depend on the order of the rows."""
    last: dict[tuple[Value, Value], int] = {}
    numbered = sorted(enumerate(rows, start=2), key=lambda each: _days(each[1], "age_from_days"))
    for line, row in numbered:
        key = (row["test"], row["sex"])
        if _days(row, "age_from_days") < last.get(key, 0):
            yield Problem(line, "age_from_days", N_("The ages overlap those of another row of this test and sex."))
        last[key] = max(last.get(key, 0), _days(row, "age_to_days"))


def _days(row: Row, name: str) -> int:
    value = row[name]
    return value if isinstance(value, int) else 0


def loinc_is_valid(code: str) -> bool:
    """The code has the shape and the check digit (mod 10) of a LOINC code."""
    if not _LOINC.match(code):
        return False
    digits, _, check = code.partition("-")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return (10 - total % 10) % 10 == int(check)
