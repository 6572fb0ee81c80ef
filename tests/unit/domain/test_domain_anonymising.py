"""Ages, places and dates made coarse, and groups that nobody stands alone in."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import anonymising
from clinic_desktop.domain.anonymising import Person, age_group, make_alike, shifted, year_of, zip_prefix
from clinic_desktop.domain.refusals import Refusal

TODAY = date(2026, 3, 10)
PEOPLE = st.builds(
    Person, st.one_of(st.none(), st.integers(0, 110)), st.sampled_from(("female", "male")),
    st.sampled_from(("", "021", "000")), st.sampled_from(("MA", "NH", "")), st.just("US"), st.booleans(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("age", "width", "group"),
    [(0, 5, "0-4"), (37, 5, "35-39"), (89, 5, "85-89"), (89, 20, "80-89"), (90, 5, "90+"), (107, 20, "90+"),
     (None, 5, "unknown")],
)  # fmt: skip
def test_an_age_stands_in_a_group_and_those_over_89_stand_in_one(age: int | None, width: int, group: str) -> None:
    assert age_group(age, width) == group


@pytest.mark.parametrize(
    ("code", "country", "prefix"),
    [("02155", "US", "021"), ("02155-1234", "USA", "021"), ("03601", "US", "000"), ("89301", "US", "000"),
     ("02155", "Germany", ""), ("02155", None, ""), ("SW1A 1AA", "US", ""), ("0215", "US", ""), ("021556", "US", ""),
     ("٠٢١٥٥", "US", "")],
)  # fmt: skip
def test_a_zip_code_keeps_three_figures_where_many_people_live(code: str, country: str | None, prefix: str) -> None:
    assert zip_prefix(code, country) == prefix


def test_a_year_that_tells_of_more_than_89_years_is_left_out() -> None:
    assert year_of("1938-05-06T10:00:00Z", TODAY) == "1938"
    assert year_of("1936-12-31", TODAY) is None
    assert shifted("1936-12-31", 30, TODAY) is None


def test_shifted_dates_keep_what_lies_between_them_and_lose_the_hour() -> None:
    assert shifted("2020-02-28", -10, TODAY) == "2020-02-18"
    assert shifted("2020-03-01T23:59:00-08:00", -10, TODAY) == "2020-02-20"
    assert shifted("2020-03", -10, TODAY) is None
    assert shifted("2020-13-40", -10, TODAY) is None


@given(st.lists(PEOPLE, min_size=2, max_size=40), st.sampled_from((2, 3, 5)))
def test_nobody_is_told_apart_from_fewer_than_k(people: list[Person], k: int) -> None:
    if len(people) < k:
        with pytest.raises(Refusal):
            make_alike(people, anonymising.FIELDS, k)
        return
    made = make_alike(people, anonymising.FIELDS, k)
    sizes = Counter(one for one in made.combinations if one is not None)
    assert min(sizes.values()) == made.k >= k
    assert made.left_out * 100 <= len(people) * anonymising.MOST_LEFT_OUT


def test_groups_are_no_wider_than_they_have_to_be() -> None:
    alike = [Person(37, "female", "021", "MA", "US", is_dead=False)] * 5
    made = make_alike(alike, ("age_group", "gender", "zip_code_prefix"), 5)
    assert (made.combinations[0], made.wider) == (("35-39", "female", "021"), {})
    mixed = [Person(age, "female", "021", "MA", "US", is_dead=False) for age in (30, 33, 36, 38, 39)]
    made = make_alike(mixed, ("age_group", "gender", "zip_code_prefix"), 5)
    assert (made.combinations[0], made.wider) == (("30-39", "female", "021"), {"age_group": "10 years"})


@pytest.mark.parametrize(
    ("asked", "field"),
    [(("half", (), 5, "IRB-1", ""), "level"), (("full", ("name",), 5, "IRB-1", ""), "preserve"),
     (("full", (), 1, "IRB-1", ""), "k"), (("full", (), 5, " - ", ""), "approval"),
     (("full", (), 5, "IRB-1", "x" * 501), "purpose")],
)  # fmt: skip
def test_what_no_export_can_be_made_of_is_refused_by_its_field(asked: tuple[object, ...], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        anonymising.require_asked(*asked)  # type: ignore[arg-type]
    assert refused.value.field == field
