"""What stands in a cell, how ratios are rounded, and that every report and every documented metric explains itself."""

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import (
    Cells,
    Column,
    Group,
    Kind,
    Ratio,
    Row,
    Totals,
    cells,
    clean,
    ratio,
    require_days,
    with_ratios,
)
from clinic_desktop.domain.reporting_care import ICD10_CHAPTERS
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.domain.reporting_metrics import AROCORD, HMS, METRICS
from clinic_desktop.domain.systems import SYSTEMS

# As the two documents name them.
DOCUMENTED = {
    AROCORD: {
        "total_patients", "active_appointments_today", "average_wait_time", "consultation_completion_rate",
        "prescription_accuracy", "patient_satisfaction", "patient_volume", "appointment-utilization",
        "doctor-performance", "revenue-analysis", "patient-demographics", "queue-analytics",
    },
    HMS: {
        "registrations.total", "registrations.new", "registrations.growth_rate", "visits.total",
        "visits.unique_patients", "visits.average_duration", "revenue.total", "revenue.insurance", "revenue.patient",
        "revenue.growth_rate", "demographics.age_groups", "demographics.gender", "demographics.insurance_types",
        "blood_pressure_control", "diabetes_hba1c_control", "cancer_screening", "medication_reconciliation",
    },
}  # fmt: skip


@pytest.mark.parametrize("system", DOCUMENTED)
def test_every_documented_metric_has_its_formula_or_a_reason(system: str) -> None:
    ours = [metric for metric in METRICS if metric.system == system]
    assert {metric.name for metric in ours} == DOCUMENTED[system]
    assert len(ours) == len(DOCUMENTED[system])
    for metric in ours:
        if metric.is_measured:
            assert set(metric.columns) <= {column.name for column in REPORTS[metric.report].columns if column.shown}
            assert metric.columns
            assert metric.formula
        else:
            assert metric.formula.startswith("Not measured here: ")
            assert len(metric.formula) > 40


def test_a_metric_is_called_in_words_and_its_system_by_its_title() -> None:
    words = {metric.name: metric.words for metric in METRICS}
    assert words["average_wait_time"] == "Average wait time"
    assert words["registrations.growth_rate"] == "Registrations: growth rate"
    assert words["diabetes_hba1c_control"] == "Diabetes HbA1c control"
    assert AROCORD in {system.title for system in SYSTEMS.values()}


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_asks_a_question_and_says_how_each_number_is_measured(name: str) -> None:
    report = REPORTS[name]
    names = [column.name for column in report.columns]
    assert report.question.endswith("?")
    assert len(names) == len(set(names))
    assert report.chart in {"", *names}
    assert "administrator" in report.roles
    assert not report.grouped or names[0] == "period"
    for column in report.columns:
        if column.kind in {Kind.COUNT, Kind.TENTHS, Kind.MONEY}:
            assert column.formula, column.name
        if column.ratio is not None:
            assert {column.ratio.over, column.ratio.under} <= set(names)
        if column.kind is Kind.MONEY:
            assert "currency" in names
        assert bool(column.title) == column.shown or not column.shown
    assert len(report.made(Group.NONE)) == len(names) - report.grouped
    assert report.made(Group.DAY) == report.columns


@given(
    st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6), st.sampled_from([1, 10, 1000]), st.sampled_from([1, 6])
)
def test_a_ratio_is_rounded_half_away_from_zero(over: int, under: int, times: int, per: int) -> None:
    found = ratio(over, under, times, per)
    if under == 0:
        assert found is None
        return
    exact = Fraction(over * times, under * per)
    assert found is not None
    assert abs(exact - found) <= Fraction(1, 2)
    if abs(exact - found) == Fraction(1, 2):
        assert abs(found) > abs(exact)


@given(st.text())
def test_what_is_cleaned_breaks_no_line_and_holds_no_control_character(text: str) -> None:
    found = clean(text)
    assert len(found.splitlines()) <= 1
    assert not any(ord(one) < 32 or 127 <= ord(one) < 160 for one in found)
    found.encode()
    if text.isprintable():
        assert found == text


def test_a_text_no_spreadsheet_takes_is_cut_and_says_so() -> None:
    found = clean("ж" * 40_000)
    assert len(found) < 32_767
    assert found.endswith("[…]")


def test_amounts_are_written_with_the_decimals_of_their_currency() -> None:
    columns = (Column("currency", "Currency"), Column("amount", "Amount", Kind.MONEY), Column("rate", "R", Kind.TENTHS))
    assert cells(columns, ("USD", -5, -15)) == ("USD", "-0.05", "-1.5")
    assert cells(columns, ("JPY", -5, 0)) == ("JPY", "-5", "0.0")
    assert cells(columns, ("KWD", -5, None)) == ("KWD", "-0.005", "")
    assert cells(columns, ("KWD", None, 7)) == ("KWD", "", "0.7")


_VALUES = st.integers(-(10**6), 10**6) | st.none() | st.text(max_size=5) | st.sampled_from(["=1", "\x07", "٣"])


@given(st.lists(st.tuples(st.sampled_from(["USD", "JPY", "KWD", None]), _VALUES, _VALUES, _VALUES), min_size=1))
def test_cells_and_sums_of_many_rows_are_those_of_each(rows: list[Row]) -> None:
    columns = (
        Column("currency", "Currency"), Column("a", "A", Kind.MONEY, total=True), Column("b", "B", Kind.COUNT),
        Column("c", "C", Kind.TENTHS, total=True),
    )  # fmt: skip
    assert list(zip(*Cells(columns).columns(rows), strict=True)) == [cells(columns, row) for row in rows]
    together, apart = Totals(columns), Totals(columns)
    together.add(rows)
    for row in rows:
        apart.add([row])
    assert (together.rows, together.sums) == (apart.rows, apart.sums)


def test_totals_keep_currencies_apart_and_make_ratios_of_the_sums() -> None:
    columns = (
        Column("who", "Who"), Column("currency", "Currency"), Column("a", "A", Kind.MONEY, total=True),
        Column("b", "B", Kind.COUNT, total=True), Column("rate", "Rate", Kind.TENTHS, ratio=Ratio("a", "b", 10)),
    )  # fmt: skip
    totals = Totals(columns)
    rows = (("x", "USD", 1, 1, None), ("y", "KWD", 7, 2, None), ("z", "USD", 2, 3, None), ("n", "USD", None, 0, None))
    whole = [with_ratios(columns, row) for row in rows]
    totals.add(whole[:3])
    totals.add(whole[3:])
    assert totals.lines({}, "Total") == (("Total", "KWD", 7, 2, 35), ("Total", "USD", 3, 4, 8))
    assert totals.rows == 4
    assert Totals(columns[:2]).lines({}, "Total") == ()


def test_chapters_follow_one_another_and_never_overlap() -> None:
    spans = sorted((first, last) for first, last, _number, _title in ICD10_CHAPTERS)
    assert all(last < following for (_first, last), (following, _last) in pairwise(spans))
    assert len({number for _first, _last, number, _title in ICD10_CHAPTERS}) == 22


def test_a_period_that_is_none_is_refused() -> None:
    require_days(date(2028, 2, 29), date(2028, 2, 29))
    for first, last in ((date(2028, 3, 1), date(2028, 2, 29)), (date(1, 1, 2), date(2028, 1, 1))):
        with pytest.raises(Refusal) as refused:
            require_days(first, last)
        assert refused.value.field == "to"


@pytest.mark.parametrize("sign", ["\u202d", "\u202e", "\x00", "\t", "\r", "\n", "\u2028", "\ud800", "\uffff"])
def test_a_sign_that_turns_or_breaks_other_text_is_named_in_a_cell(sign: str) -> None:
    assert clean(f"a{sign}b") == f"a[U+{ord(sign):04X}]b"
