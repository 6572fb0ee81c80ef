"""What a dashboard compares with, and how openings of screens are counted."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import dashboard as rules
from clinic_desktop.domain.dashboard import CARDS_OF, MEASURES, MEASURES_OF, SCALE
from clinic_desktop.domain.reporting_catalogue import REPORTS

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(DAYS, st.integers(-400, 10))
def test_a_day_is_compared_with_the_same_weekdays_before_it_and_none_before_the_clinic(day: date, ago: int) -> None:
    begun = day + timedelta(days=ago)
    found = rules.same_weekdays(day, begun)
    assert {one.weekday() for one in found} <= {day.weekday()}
    assert all(begun <= one < day for one in found)
    assert len(found) == min(max((day - begun).days // 7, 0), 8)
    assert rules.same_weekdays(day, None) == ()


@given(DAYS, st.sampled_from(["day", "week"]))
def test_a_trend_has_whole_days_or_weeks_without_gaps_each_beside_the_period_before(day: date, by: str) -> None:
    made = rules.buckets(day, by)
    assert made[-1].last < day
    assert (day - made[-1].last).days <= (1 if by == "day" else 7)
    for one, following in pairwise(made):
        assert following.first == one.last + timedelta(days=1)
    assert made[0].first == made[-1].before_last + timedelta(days=1)
    for one in made:
        assert one.first.weekday() == one.before_first.weekday()
        assert one.last - one.first == one.before_last - one.before_first


@given(st.lists(st.integers(0, 10**6), max_size=9))
def test_usual_has_as_many_days_below_it_as_above(values: list[int]) -> None:
    found = rules.usual(values)
    if found is None:
        assert values == []
        return
    assert sum(value < found for value in values) <= len(values) / 2
    assert sum(value > found for value in values) <= len(values) / 2


@given(st.lists(st.floats(0, 90_000), min_size=1, max_size=80), st.sampled_from([50, 95]))
def test_a_share_of_the_openings_is_the_step_that_plain_ranking_finds(times: list[float], share: int) -> None:
    counts: dict[int, int] = {}
    for one in times:
        counts[rules.within(one)] = counts.get(rules.within(one), 0) + 1
    ranked = sorted(times)[-(-share * len(times) // 100) - 1]
    assert rules.nearest(list(counts.items()), share) == next((edge for edge in SCALE if ranked <= edge), SCALE[-1])
    assert rules.nearest([], share) is None


def test_each_measure_is_read_from_a_report_that_there_is_and_each_role_has_its_numbers() -> None:
    assert set(MEASURES_OF) == set(CARDS_OF)
    for measure in MEASURES.values():
        assert set(measure.reports) <= set(REPORTS)
        assert any("administrator" in REPORTS[name].roles for name in measure.reports)
    for keys in MEASURES_OF.values():
        assert keys
        assert set(keys) <= set(MEASURES)
