"""Immunizations: what is held, refused, not known or out of sight, and what must hold for every history."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from clinic_desktop.domain.immunization_doses import COUNTS
from clinic_desktop.domain.immunization_forecast import COMPLETE, DECISION, forecast, in_sight
from clinic_desktop.domain.immunizations import Declined, Given, Person, is_immunocompromise, said, span
from tests.immunization_cases import CDC, WHO, given, rules, stand, vaccines


@pytest.mark.parametrize(
    ("person", "state"),
    [
        (Person(None), "unknown"),
        (Person(date(2024, 1, 1), "unknown"), "unknown"),
        (Person(date(2024, 1, 1), "year"), "unknown"),
        (Person(date(2024, 1, 1), "estimated"), "unknown"),
        (Person(date(1990, 1, 1), "year"), "overdue"),
    ],
)
def test_nothing_is_guessed_of_a_birth_that_is_not_known(person: Person, state: str) -> None:
    assert stand(CDC, "hepb", person, (), "2026-03-10").state == state


def test_of_a_birth_known_by_its_month_the_last_day_is_taken() -> None:
    found = stand(CDC, "mmr", Person(date(2025, 1, 1), "month"), (), "2025-06-01")
    assert found.earliest == date(2026, 1, 31)


def test_being_born_early_changes_nothing() -> None:
    assert not {one.name for one in fields(Person)} & {"gestation", "weeks", "premature"}


def test_a_dose_whose_day_is_not_known_is_not_counted_and_says_so() -> None:
    dose = Given("d", "03", date(2025, 2, 1), "month", "MMR")
    found = stand(CDC, "mmr", Person(date(2024, 1, 10)), (dose,), "2025-03-10")
    assert (found.number, found.given) == (1, 0)
    assert [str(one.reason) for one in found.uncounted] == [
        "Its day is not known, so it is not counted: look at the card."
    ]


def test_a_dose_of_a_code_that_nobody_knows_counts_for_nothing() -> None:
    found = forecast(
        rules(CDC), vaccines(), Person(date(2024, 1, 10)), given((("9999", "2025-02-01"),)), (), date(2025, 3, 10)
    )
    assert all(not one.verdicts for one in found)


@pytest.mark.parametrize(
    ("person", "antigen", "state"),
    [
        (Person(date(1995, 1, 1), sex="female", pregnant=True), "mmr", "held"),
        (Person(date(1995, 1, 1), sex="female", pregnant=True), "hepb", "overdue"),
        (Person(date(1995, 1, 1), immunocompromised="Leukaemia"), "varicella", "held"),
        (Person(date(2024, 1, 10), severe_allergies=("neomycin anaphylaxis",)), "mmr", "held"),
        (Person(date(2024, 1, 10), severe_allergies=("penicillin",)), "mmr", "overdue"),
        (Person(date(2000, 1, 10), severe_allergies=("yeast",)), "hpv", "held"),
    ],
)
def test_what_may_not_be_given_is_held_with_its_reason(person: Person, antigen: str, state: str) -> None:
    found = stand(CDC, antigen, person, (), "2026-03-10")
    assert found.state == state, found
    if state == "held":
        assert any(word in str(found.reason) for word in ("pregnancy", "problem list", "allergy"))


def test_a_weakened_immune_system_takes_three_doses_of_hpv() -> None:
    person = Person(date(2012, 1, 10), immunocompromised="HIV disease")
    found = stand(CDC, "hpv", person, given((("165", "2025-03-01"), ("165", "2025-08-01"))), "2025-09-01")
    assert (found.of, found.number) == (3, 3)


@pytest.mark.parametrize(("code", "is_one"), [("B20", True), ("C91.00", True), ("Z94.0", True), ("I10", False)])
def test_which_diagnoses_weaken_the_immune_system(code: str, is_one: bool) -> None:
    assert is_immunocompromise(code) is is_one


def test_a_refusal_stands_until_the_dose_is_given() -> None:
    person, no = Person(date(2024, 1, 10)), (Declined("03", date(2025, 2, 1), "no"),)
    refused = stand(CDC, "mmr", person, (), "2025-06-01", no)
    assert (refused.state, refused.declined) == ("overdue", no[0])
    assert stand(CDC, "mmr", person, given((("03", "2025-03-01"),)), "2025-06-01", no).declined is None


def test_boys_are_not_asked_for_what_a_schedule_asks_of_girls() -> None:
    assert stand(WHO, "hpv", Person(date(2014, 1, 10), sex="male"), (), "2026-03-10").state == "not_needed"


def test_what_is_far_away_or_past_and_never_begun_is_out_of_sight() -> None:
    person, today = Person(date(2026, 1, 10)), date(2026, 3, 10)
    seen = {one.antigen for one in forecast(rules(CDC), vaccines(), person, (), (), today) if in_sight(one, today)}
    assert {"hepb", "dtp", "mmr", "hpv"} - seen == {"hpv"}
    assert "zoster" not in seen
    old = forecast(rules(CDC), vaccines(), Person(date(1950, 1, 10)), given((("48", "1951-01-10"),)), (), today)
    assert {one.antigen for one in old if in_sight(one, today)} >= {"hib", "zoster", "flu"}
    assert "rota" not in {one.antigen for one in old if in_sight(one, today)}


def test_the_dead_are_due_nothing() -> None:
    assert forecast(rules(CDC), vaccines(), Person(date(2024, 1, 10), deceased=True), (), (), date(2026, 3, 10)) == ()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("6w", date(2025, 1, 10), date(2025, 2, 21)),
        ("1m", date(2025, 1, 31), date(2025, 3, 1)),
        ("1m", date(2024, 1, 30), date(2024, 3, 1)),
        ("4y", date(2024, 2, 29), date(2028, 2, 29)),
        ("1y", date(2024, 2, 29), date(2025, 3, 1)),
        ("14w6d", date(2025, 1, 10), date(2025, 4, 24)),
        ("27y-1d", date(1999, 1, 10), date(2026, 1, 9)),
        ("12m", date(2025, 12, 31), date(2026, 12, 31)),
    ],
)
def test_ages_are_calendar_ones(text: str, start: date, end: date) -> None:
    assert span(text).after(start) == end


@pytest.mark.parametrize("text", ["", "6", "w", "6 w", "-6w", "1.5m", "6w;", "६w", "9999y"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no age or interval"):
        span(text)


def test_what_is_said_names_dates_with_the_month_in_letters() -> None:
    assert str(said("Due since {day}.", day=date(2026, 3, 1))) == "Due since 01-Mar-2026."


# What must hold for every history -----------------------------------------------------------------------

BORN = date(2020, 2, 29)
CODES = ("08", "20", "110", "48", "49", "133", "119", "116", "10", "03", "21", "94", "83", "198", "140", "165", "115")
days = st.integers(min_value=0, max_value=8 * 366).map(lambda n: BORN + timedelta(days=n))
histories = st.lists(st.tuples(st.sampled_from(CODES), days), max_size=9).map(
    lambda pairs: tuple(
        Given(f"d{place:02}", cvx, on, name=cvx) for place, (cvx, on) in enumerate(sorted(pairs, key=lambda p: p[1]))
    )
)
schedules = st.sampled_from((CDC, WHO))


@settings(max_examples=60, deadline=None)
@for_all(histories, schedules, days)
def test_a_dose_on_the_first_day_that_is_forecast_counts(
    history: tuple[Given, ...], schedule: str, today: date
) -> None:
    past = tuple(one for one in history if one.on is not None and one.on <= today)
    person = Person(BORN, sex="female")
    for found in forecast(rules(schedule), vaccines(), person, past, (), today):
        if found.number is None or found.earliest is None or found.state == "too_late" or found.earliest < today:
            continue
        rule = next(
            one for one in rules(schedule)
            if (one.antigen, one.series, one.dose) == (found.antigen, found.series, min(found.number, found.of))
            or (one.antigen == found.antigen and one.season_from is not None)
        )  # fmt: skip
        usable = [
            one for one in vaccines().values()
            if found.antigen in one.antigens and one.status == "active"
            and (not rule.vaccines or one.cvx in rule.vaccines)
            and (one.min_age is None or one.min_age.after(BORN) <= found.earliest)
        ]  # fmt: skip
        if not usable:
            continue
        alone = min(usable, key=lambda one: (len(one.antigens), one.cvx))
        dose = Given("z", alone.cvx, found.earliest, name=alone.display)
        after = stand(schedule, found.antigen, person, (*past, dose), found.earliest.isoformat())
        verdict = next(one for one in after.verdicts if one.dose.id == "z")
        assert verdict.state in COUNTS, (found, verdict)


@settings(max_examples=60, deadline=None)
@for_all(histories, schedules, st.sampled_from(CODES), days)
def test_a_dose_more_that_counts_never_makes_a_complete_series_incomplete(
    history: tuple[Given, ...], schedule: str, cvx: str, on: date
) -> None:
    today, person = BORN + timedelta(days=9 * 366), Person(BORN, sex="female")
    before = forecast(rules(schedule), vaccines(), person, history, (), today)
    after = forecast(rules(schedule), vaccines(), person, (*history, Given("z", cvx, on, name=cvx)), (), today)
    live = {one.dose.id for found in after for one in found.verdicts if "live vaccine" in str(one.reason)}
    for was, now in zip(before, after, strict=True):
        mine = next((one for one in now.verdicts if one.dose.id == "z"), None)
        # A live vaccine too near another one spoils the other: that is the rule, and it is said.
        if was.state == COMPLETE and (mine is None or mine.state != "invalid") and not live:
            assert now.state == COMPLETE, (was, now)


@settings(max_examples=40, deadline=None)
@for_all(histories, schedules, days)
def test_every_answer_has_its_reason_and_the_order_of_the_record_does_not_matter(
    history: tuple[Given, ...], schedule: str, today: date
) -> None:
    person = Person(BORN, sex="female")
    found = forecast(rules(schedule), vaccines(), person, history, (), today)
    assert found == forecast(rules(schedule), vaccines(), person, tuple(reversed(history)), (), today)
    for one in found:
        assert str(one.reason)
        assert one.state == DECISION or "{" not in str(one.reason)
        if one.state in {"due", "overdue"}:
            assert one.earliest is not None
            assert one.earliest <= today
        assert len({verdict.dose.id for verdict in one.verdicts}) == len(one.verdicts)
