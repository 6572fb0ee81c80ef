"""Critical results that systems bring: a doctor is told once of each, and again of one that is new, changed or worse.

What is compared is what stands in the chart before, in the transaction that brings the result and tells of it: where
that is undone, so is what it would be compared with. In doubt it is told once more rather than not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from clinic_desktop.exchange import observations
from clinic_desktop.services.arrival_signs import STANDS
from sync.records.elements import Resource
from sync.records.observation import Observation, Valued

# How long a critical result that comes from elsewhere is news: an older one comes with a first import.
NEWS = timedelta(days=14)
CRITICAL = frozenset({"LL", "HH", "AA"})


class Finding(NamedTuple):
    """A critical value as it is told of: what was measured and when, what came out, how it is flagged."""

    what: str
    at: str | None
    value: tuple[Any, ...]
    flag: str | None
    stands: bool


@dataclass(frozen=True)
class Brought:
    """One critical value of a record, and whom it is about."""

    finding: Finding
    patient: str
    taken: datetime | None
    title: str = ""

    @property
    def words(self) -> str:
        """It in a line: what was measured, what came out, how it is flagged."""
        _kind, value, comparator, unit, _code = self.finding.value
        said = " ".join(filter(None, (f"{comparator or ''}{value or ''}", unit)))
        return f"{self.title or self.finding.what}: {said} ({self.finding.flag})"


def brought(records: Iterable[Resource]) -> list[Brought]:
    """The critical values among records, those of components too."""
    found = []
    for one in records:
        if not isinstance(one, Observation):
            continue
        mapped = observations.read(one)
        subject = one.subject.reference if one.subject is not None else None
        patient = (subject or "").rpartition("/")[2]
        parts: list[tuple[Valued, Mapping[str, Any]]] = [(one, mapped.values)]
        parts += zip(one.component, mapped.parts, strict=True)
        found += [
            Brought(_finding(values, str(mapped.values["status"])), patient, _taken(one), str(values["title"]))
            for each, values in parts
            if _is_critical(each)
        ]
    return found


def news(came: Iterable[Brought], before: frozenset[Finding], now: datetime, *, ever: bool = False) -> list[Brought]:
    """Those that nobody was told of, and that are not of long ago; that one is withdrawn makes it no other.

    What somebody here has ordered is told of whenever it comes (`ever`).
    """
    told = before | {one._replace(stands=False) for one in before}
    since = now - NEWS
    return [one for one in came if one.finding not in told and (ever or one.taken is None or one.taken >= since)]


def standing(rows: Sequence[Mapping[str, Any]], keys: frozenset[str]) -> frozenset[Finding]:
    """The critical values in the chart, oldest first: of these ids each, else the last that was said of a measurement.

    What stands under no id of its own there is another row with every change of it.
    """
    own, last = set(), {}
    for row in rows:
        one = _finding(row, str(row["status"]))
        if row["key"] in keys:
            own.add(one)
        else:
            last[one.what, one.at] = one
    return frozenset(one for one in own | set(last.values()) if one.flag in CRITICAL)


def finding(values: Mapping[str, Any]) -> Finding:
    """What stands in a row, or would, as it is told of."""
    return _finding(values, str(values["status"]))


def _finding(values: Mapping[str, Any], status: str) -> Finding:
    value = tuple(values.get(name) for name in ("value_kind", "value", "comparator", "unit", "value_code"))
    what, at = values["code"] or values["title"], values.get("effective_text")
    return Finding(str(what), at, value, values["interpretation"], status in STANDS)


def _is_critical(one: Valued) -> bool:
    return any(coding.code in CRITICAL for concept in one.interpretation for coding in concept.coding)


def _taken(one: Observation) -> datetime | None:
    """When it was measured, or given out; None where that is not said to the minute."""
    said = one.effective_date_time or one.effective_instant or one.issued
    return datetime.fromisoformat(said).astimezone(UTC) if said and "T" in said else None
