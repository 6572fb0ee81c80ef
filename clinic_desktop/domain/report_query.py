"""A query that an administrator puts together: about what, which columns, under which conditions, counted by what."""

import json
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
    "empty": "is empty",
    "not_empty": "is not empty",
}
TALLIES = {"count": "how many", "people": "how many people", "sum": "sum of", "mean": "mean of"}
MOST_ROWS, USUAL_ROWS = 1_000_000, 1_000
_LONGEST = 200
_ANY = ("is", "is_not", "empty", "not_empty")
OFFERED: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (*_ANY, "contains"),
    Kind.DAY: (*_ANY, "before", "after", "between"),
    Kind.MOMENT: (*_ANY, "before", "after", "between"),
    Kind.COUNT: (*_ANY, "before", "after", "between"),
    Kind.TENTHS: _ANY,
    Kind.MONEY: ("empty", "not_empty"),  # in which currency a bound is meant cannot be said
}


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
    """A value as it is compared: a whole number, a civil day, or text. Raises Refusal."""
    if len(value) > _LONGEST:
        raise Refusal("That is too long to look for.", field="value")
    if kind is Kind.COUNT:
        try:
            return int(value)
        except ValueError as error:
            raise Refusal("Write a whole number here.", field="value") from error
    if kind in {Kind.DAY, Kind.MOMENT} and how in {"is", "is_not", "before", "after", "between"}:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise Refusal("Write a day as in 2026-03-01.", field="value") from error
    return value
