"""When a consent holds, and what is refused before it is kept."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import consents as rules
from clinic_desktop.domain.refusals import Refusal

TODAY = date(2026, 3, 10)
BORN = date(1980, 5, 17)
SOUND = rules.Draft("research", "active", TODAY, TODAY, None, "patient", "OKAFOR, Chidi", "", is_signed=True)


def check(draft: rules.Draft, born_on: date | None = BORN) -> None:
    rules.require_sound(draft, born_on, TODAY, alone_from=18, confidential_from=16)


def test_a_sound_consent_is_taken() -> None:
    check(SOUND)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scope": "anything"}, "scope"),
        ({"grantor": "nobody"}, "grantor"),
        ({"grantor_name": " "}, "grantor_name"),
        ({"grantor_name": "x" * 201}, "grantor_name"),
        ({"grantor": "guardian"}, "grantor_relation"),
        ({"granted_on": date(2026, 3, 11), "valid_from": date(2026, 3, 11)}, "granted_on"),
        ({"granted_on": None}, "granted_on"),
        ({"granted_on": date(1980, 5, 16)}, "granted_on"),
        ({"valid_from": date(2026, 3, 9)}, "valid_from"),
        ({"valid_until": date(2026, 3, 9)}, "valid_until"),
        ({"is_signed": False}, "signature"),
        ({"scope": "communication"}, "channels"),
        ({"scope": "communication", "channels": ("pigeon",)}, "channels"),
    ],
)
def test_what_could_not_have_been_given_so_is_refused_beside_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check(replace(SOUND, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("born_on", "scope", "grantor", "alone"),
    [
        (date(2008, 3, 10), "research", "patient", True),  # 18 today
        (date(2008, 3, 11), "research", "patient", False),  # 18 tomorrow
        (date(2010, 3, 10), "confidential_care", "patient", True),  # 16 today
        (date(2010, 3, 11), "confidential_care", "patient", False),
        (date(2015, 1, 1), "research", "guardian", True),
        (None, "research", "patient", True),  # nothing is known against it
    ],
)
def test_from_which_birthday_a_person_signs_alone(born_on: date | None, scope: str, grantor: str, alone: bool) -> None:
    draft = replace(SOUND, scope=scope, grantor=grantor, grantor_relation="mother" if grantor == "guardian" else "")
    if alone:
        check(draft, born_on)
        return
    with pytest.raises(Refusal, match="guardian"):
        check(draft, born_on)


def test_a_draft_needs_neither_signature_nor_day() -> None:
    check(replace(SOUND, status="draft", is_signed=False, granted_on=None))


DAYS = st.integers(min_value=-400, max_value=400).map(lambda n: TODAY + timedelta(days=n))


@given(
    begins=DAYS, ends=st.none() | DAYS, status=st.sampled_from(["draft", "withdrawn", "rejected", "entered_in_error"])
)
def test_only_what_is_active_by_its_row_is_ever_in_force(begins: date, ends: date | None, status: str) -> None:
    assert rules.state(status, begins, ends, TODAY) == status


@given(begins=DAYS, ends=st.none() | DAYS)
def test_in_force_from_its_first_day_to_its_last(begins: date, ends: date | None) -> None:
    inside = begins <= TODAY and (ends is None or ends >= TODAY)
    assert (rules.state("active", begins, ends, TODAY) == "active") == inside


@given(born=DAYS.map(lambda day: day.replace(year=2000)), on=DAYS)
def test_years_grow_by_one_on_each_birthday(born: date, on: date) -> None:
    assert rules.years(born, on + timedelta(days=1)) - rules.years(born, on) in {0, 1}
    assert rules.years(born, born) == 0


def test_a_birthday_of_29_february_comes_on_1_march() -> None:
    assert rules.years(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert rules.years(date(2008, 2, 29), date(2026, 3, 1)) == 18


@pytest.mark.parametrize("scope", rules.SCOPES, ids=lambda scope: scope.key)
def test_every_refusal_names_its_scope_and_what_to_do(scope: rules.Scope) -> None:
    said = rules.refusal(scope, "p")
    assert scope.name in str(said)
    assert "Consents" in str(said)
    assert ("break the glass" in str(said)) == scope.emergency
