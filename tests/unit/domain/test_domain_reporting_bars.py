"""The chart of a report: each row its bar where they are few, each period its bar where they are many."""

from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.reporting import Column, Group, Kind, Ratio, Report, Row, with_ratios
from clinic_desktop.domain.reporting_bars import MOST_BARS, Bar, Bars

COLUMNS = (
    Column("period", "Period", Kind.DAY), Column("who", "Who"), Column("n", "N", Kind.COUNT, total=True),
    Column("seconds", "", Kind.COUNT, total=True, shown=False),
    Column("mean", "Mean", Kind.TENTHS, ratio=Ratio("seconds", "n", 1, 6)),
)  # fmt: skip


def bars(rows: list[Row], chart: str = "n", group: Group = Group.DAY, *, at_once: int = 7) -> Bars:
    made = Bars(Report("r", "R", "?", COLUMNS, frozenset(), chart=chart), COLUMNS, group)
    for at in range(0, len(rows), at_once):
        made.take(rows[at : at + at_once])
    return made


def row(day: str, who: str, n: int, seconds: int = 0) -> Row:
    return with_ratios(COLUMNS, (day, who, n, seconds, None))


def test_few_rows_are_drawn_one_by_one_with_their_words() -> None:
    found = bars([row("2026-03-01", "Ada", 4), row("2026-03-01", "Bela", 2)])
    assert not found.by_period
    assert found.bars() == (Bar("2026-03-01 · Ada", 4, "4", 0), Bar("2026-03-01 · Bela", 2, "2", 1))
    assert bars([row("2026-03-01", "Ada", 4)]).bars() == ()
    assert bars([row("2026-03-01", "Ada", 0)] * 2).bars() == ()


@given(st.lists(st.tuples(st.integers(1, 28), st.integers(0, 9), st.integers(0, 9999)), min_size=MOST_BARS + 1))
def test_many_rows_are_added_up_by_day_and_a_mean_is_made_of_the_sums(drawn: list[tuple[int, int, int]]) -> None:
    rows = [row(f"2026-03-{day:02}", "x", n, seconds) for day, n, seconds in drawn]
    days = sorted({day for day, _n, _seconds in drawn})
    sums = [sum(n for day, n, _s in drawn if day == one) for one in days]
    found = bars(rows)
    assert found.by_period
    wanted = [(f"2026-03-{day:02}", value) for day, value in zip(days, sums, strict=True)]
    assert [(bar.words, bar.value) for bar in found.bars()] == (wanted if len(days) > 1 and any(sums) else [])
    for bar, day in zip(bars(rows, "mean").bars(), days, strict=False):
        n, seconds = (sum(one[at] for one in drawn if one[0] == day) for at in (1, 2))
        assert abs(bar.value * 6 * n - seconds) <= 3 * n or n == 0


def test_more_days_than_bars_are_put_together_by_month_and_more_months_by_year() -> None:
    days = [row(f"2026-{month:02}-{day:02}", "x", 1) for month in (1, 2) for day in range(1, 29)]
    assert bars(days).bars() == (Bar("2026-01", 28, "28", 0), Bar("2026-02", 28, "28", 28))
    months = [row(f"{year}-{month:02}", "x", 1) for year in range(2020, 2024) for month in range(1, 13)]
    assert [(bar.words, bar.value) for bar in bars(months, group=Group.MONTH).bars()] == [
        ("2020", 12), ("2021", 12), ("2022", 12), ("2023", 12),
    ]  # fmt: skip
    assert bars(days, group=Group.NONE).bars() == (), "without periods many rows are drawn by nothing"
