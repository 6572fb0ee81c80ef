"""A query that an administrator puts together: about what, which columns, under which conditions, counted by what."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Kind

NAME = "query"  # under which its questions are asked and noted
HOWS = {
    "is": "is",
    "is_not": "is not",
    "before": "before, or less than",
    "after": "after, or more than",
    "between": "between",
    "contains": "contains",
    "begins": "begins with",
    "empty": "is empty",
    "not_empty": "is not empty",
}
TALLIES = {"count": "how many", "people": "how many people", "sum": "sum of", "mean": "mean of"}
MOST_ROWS, USUAL_ROWS = 1_000_000, 1_000
_LONGEST = 200
_ANY = ("is", "is_not", "empty", "not_empty")
OFFERED: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*_ANY, "contains", "begins"),
    Kind.DAY: (*_ANY, "before", "after", "between"),
    Kind.MOMENT: (*_ANY, "before", "after", "between"),
    Kind.COUNT: (*_ANY, "before", "after", "between"),
    Kind.TENTHS: _ANY,
    Kind.MONEY: (*_ANY, "before", "after", "between"),  # so many of the row's own currency, whichever that is
}
# Of what somebody has many of, such as medicines: whether any of them is so, or none is.
OF_MANY = ("is", "is_not", "contains", "begins", "empty", "not_empty")
_AMOUNT = re.compile(r"(-?)([0-9]{1,12})(?:[.,]([0-9]{1,3}))?")


@dataclass(frozen=True)
class Condition:
    """What must be so of a column; `other` is the far end of between, counted in as the near one is."""

    column: str
    how: str
    value: str = ""
    other: str = ""


@dataclass(frozen=True)
class Tally:
    """What is reckoned of each group; without a column it counts."""

    how: str
    column: str = ""


@dataclass(frozen=True)
class Definition:
    """One query."""

    title: str
    subject: str
    columns: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    group_by: tuple[str, ...] = ()
    tallies: tuple[Tally, ...] = ()
    limit: int = USUAL_ROWS

    def text(self) -> str:
        """The query as it is kept, sent to another process and noted."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def read_definition(text: str) -> Definition:
    """A query as `text` wrote it, or as somebody wrote it in a file. Raises Refusal naming what is wrong."""
    try:
        said = dict(json.loads(text).items())
        known = set(Definition.__dataclass_fields__)
        if strange := sorted(set(said) - known):
            raise Refusal("A query has no part called {name}.", field="definition", name=strange[0])
        found = Definition(
            title=str(said.get("title", "")).strip(),
            subject=str(said["subject"]),
            columns=tuple(str(one) for one in said.get("columns", ())),
            where=tuple(Condition(**{key: str(value) for key, value in one.items()}) for one in said.get("where", ())),
            group_by=tuple(str(one) for one in said.get("group_by", ())),
            tallies=tuple(Tally(**{key: str(value) for key, value in one.items()}) for one in said.get("tallies", ())),
            limit=int(said.get("limit", USUAL_ROWS)),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refusal("This is no query: it is not written as one.", field="definition") from error
    if not found.title or len(found.title) > _LONGEST:
        raise Refusal("Give the query a name of at most {most} letters.", field="title", most=_LONGEST)
    if not 1 <= found.limit <= MOST_ROWS:
        raise Refusal("A query gives between 1 and {most} rows.", field="limit", most=MOST_ROWS)
    return found


def bound(kind: Kind, how: str, value: str) -> str | int:
    """A value as it is compared: a whole number, thousandths of a currency, a civil day, or text. Raises Refusal."""
    if len(value) > _LONGEST:
        raise Refusal("That is too long to look for.", field="value")
    if kind is Kind.COUNT:
        try:
            return int(value)
        except ValueError as error:
            raise Refusal("Write a whole number here.", field="value") from error
    if kind is Kind.MONEY:
        return _thousandths(value)
    if kind in {Kind.DAY, Kind.MOMENT} and how in {"is", "is_not", "before", "after", "between"}:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise Refusal("Write a day as in 2026-03-01.", field="value") from error
    return value


def _thousandths(value: str) -> int:
    found = _AMOUNT.fullmatch(value.strip())
    if found is None:
        raise Refusal("Write an amount as in 12.50.", field="value")
    sign, whole, part = found.groups()
    amount = int(whole) * 1000 + int((part or "").ljust(3, "0"))
    return -amount if sign else amount
