"""What the chart of a report draws: a bar for each row where they are few, else one for each period of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clinic_desktop.domain.reporting import Cells, Column, Group, Kind, Report, Row, Value, ratio

MOST_BARS: Final = 31
_PERIODS: Final = (10, 7, 4)  # of a day's ten signs: the day or week as asked, else the month, else the year


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, how long it is, its number in words, and the place of the first row that it is of."""

    words: str
    value: int
    said: str
    place: int


class Bars:
    """Grows with the rows, and holds no more of them than are drawn; sums of them all for each period beside."""

    def __init__(self, report: Report, columns: Sequence[Column], group: Group) -> None:
        self._columns, self._cells = columns, Cells(columns)
        self._place = next((at for at, column in enumerate(columns) if column.name == report.chart), None)
        self._rows: list[Row] = []
        self._count = 0
        self._sums: dict[str, list[int]] = {}
        self._firsts: dict[str, int] = {}
        self._parts = self._summed() if report.grouped and group is not Group.NONE else ()

    @property
    def column(self) -> Column | None:
        """The column that is drawn; None where the report has no chart."""
        return None if self._place is None else self._columns[self._place]

    @property
    def by_period(self) -> bool:
        """Whether the bars are of whole periods, because there are more rows than can be drawn."""
        return self._count > MOST_BARS

    def take(self, rows: Sequence[Row]) -> None:
        """Take some rows."""
        self._count += len(rows)
        self._rows += rows[: MOST_BARS - len(self._rows)]
        for number, row in enumerate(rows if self._parts else (), self._count - len(rows)):
            self._firsts.setdefault(str(row[0]), number)
            sums = self._sums.setdefault(str(row[0]), [0] * len(self._parts))
            for at, place in enumerate(self._parts):
                value = row[place]
                sums[at] += value if isinstance(value, int) else 0

    def bars(self) -> tuple[Bar, ...]:
        """The bars from first to last; none where there is nothing that could be told apart."""
        if self._place is None or self._count < 2:
            return ()
        made = self._periods() if self.by_period else self._lines(self._place)
        return made if any(bar.value > 0 for bar in made) else ()

    def _summed(self) -> tuple[int, ...]:
        """The places of what is added up: the column, or both parts of a ratio; none where sums mean nothing."""
        column = self.column
        names = [one.name for one in self._columns]
        if column is None or "currency" in names:
            return ()
        wanted = [column.name] if column.ratio is None else [column.ratio.over, column.ratio.under]
        places = tuple(names.index(name) for name in wanted)
        return places if all(self._columns[place].total for place in places) else ()

    def _lines(self, place: int) -> tuple[Bar, ...]:
        shown = [at for at, column in enumerate(self._columns) if column.shown]
        at = shown.index(place)
        heads = [
            n for n, one in enumerate(shown[:at])
            if self._columns[one].kind in {Kind.TEXT, Kind.DAY} and self._columns[one].name != "currency"
        ]  # fmt: skip
        made = []
        for number, row in enumerate(self._rows):
            line = self._cells.of(row)
            made.append(Bar(" · ".join(line[n] for n in heads if line[n]), _length(row[place]), line[at], number))
        return tuple(made)

    def _periods(self) -> tuple[Bar, ...]:
        for signs in _PERIODS:
            sums: dict[str, list[int]] = {}
            for period, parts in sorted(self._sums.items()):
                known = sums.setdefault(period[:signs], [0] * len(parts))
                sums[period[:signs]] = [a + b for a, b in zip(known, parts, strict=True)]
            if len(sums) <= MOST_BARS:
                return tuple(self._bar(period, parts) for period, parts in sums.items()) if len(sums) > 1 else ()
        return ()

    def _bar(self, period: str, parts: Sequence[int]) -> Bar:
        column = self.column
        if column is None:
            raise ValueError("nothing is drawn")
        value: Value = parts[0]
        if column.ratio is not None:
            value = ratio(parts[0], parts[1], column.ratio.times, column.ratio.per)
        said = Cells((column,)).of((value,))[0]
        return Bar(period, _length(value), said, min(at for one, at in self._firsts.items() if one.startswith(period)))


def _length(value: Value) -> int:
    return value if isinstance(value, int) else 0
