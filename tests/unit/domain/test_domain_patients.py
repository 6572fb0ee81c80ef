"""Names, births and what a registration refuses."""

from datetime import date, timedelta

import pytest

from clinic_desktop.domain.patients import (
    age,
    digits_of,
    fold,
    name_key,
    pregnancy_known,
    read_birth_date,
    require_sound,
    searchable_words,
    show_name,
    warnings,
    words_of,
)  # fmt: skip
from clinic_desktop.domain.refusals import Refusal

TODAY = date(2026, 3, 10)
GOOD: dict[str, object] = {
    "family_name": "Okafor", "given_names": "Chi", "sex": "female", "born_on": None, "born_precision": "unknown",
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Müller", "muller"), ("O’Brien", "obrien"), ("Łukasz", "lukasz"), ("Straße", "strasse"), ("Nguyễn", "nguyen"),
        ("أحمد", "احمد"), ("ЁЛКИН", "елкин"), ("किरण", "किरण"), ("ﾀﾅｶ", "タナカ"), ("Æsa", "aesa"), ("İnci", "inci"),
    ],
)  # fmt: skip
def test_folding_drops_accents_and_keeps_letters(typed: str, kept: str) -> None:
    assert fold(typed) == kept


def test_words_are_split_at_signs_and_ideographs_stand_alone() -> None:
    assert words_of("Smith-Jones, Mary Ann") == ["smith", "jones", "mary", "ann"]
    assert words_of("王小明") == ["王", "小", "明"]
    assert words_of("김민수") == ["김", "민", "수"]
    assert set(searchable_words("O'Neil-Smith")) >= {"oneil", "smith", "oneilsmith", "neil"}


def test_a_name_of_signs_alone_is_its_own_key() -> None:
    assert name_key("!@#$") == "!@#$"


@pytest.mark.parametrize(
    ("family", "shown"),
    [
        ("okafor", "OKAFOR, Chi"),
        ("Straßer", "STRAßER, Chi"),
        ("გელაშვილი", "გელაშვილი, Chi"),
        ("王", "王, Chi"),
        ("", "Chi"),
    ],
)
def test_a_name_is_shown_family_first_in_capitals_letter_for_letter(family: str, shown: str) -> None:
    assert show_name(family, "Chi") == shown


def test_digits_leave_signs_and_trunk_zeros_out_in_any_script() -> None:
    assert digits_of("+234 (0)803-12") == "234080312"
    assert digits_of("0803 12") == "80312"
    assert digits_of("٠٨٠٣") == "803"


@pytest.mark.parametrize(
    ("born", "count", "unit"),
    [
        (date(2026, 3, 5), 5, "days"),
        (date(2026, 1, 10), 8, "weeks"),
        (date(2025, 1, 10), 14, "months"),
        (date(1945, 3, 11), 80, "years"),
    ],
)
def test_age_is_in_the_unit_a_clinician_uses(born: date, count: int, unit: str) -> None:
    found = age(born, TODAY)
    assert (found.count, found.unit) == (count, unit)


@pytest.mark.parametrize("typed", ["14/7/1945", "14.7.45", "1945-07-14", "14 jul 1945", "14-Jul-1945"])
def test_birth_dates_are_read_as_people_type_them(typed: str) -> None:
    assert read_birth_date(typed, TODAY) == date(1945, 7, 14)


@pytest.mark.parametrize("typed", ["31/2/1990", "0801234", "jul", "14/13/1990"])
def test_what_is_no_date_is_not_read_as_one(typed: str) -> None:
    assert read_birth_date(typed, TODAY) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family_name": " ", "given_names": "\u200b"}, "family_name"),
        ({"sex": ""}, "sex"),
        ({"born_on": date(2026, 3, 12), "born_precision": "day"}, "born_on"),
        ({"born_on": date(1800, 1, 1), "born_precision": "day"}, "born_on"),
        ({"born_precision": "day"}, "born_on"),
        ({"email": "nobody"}, "email"),
        ({"insurer": "NHIS", "insurance_share": 101}, "insurance_share"),
        ({"insurance_number": "1"}, "insurer"),
        ({"blood_type": "C+"}, "blood_type"),
        ({"phone": "x"}, "phone"),
    ],
)
def test_each_refusal_names_its_field(wrong: dict[str, object], field: str) -> None:
    require_sound(GOOD, TODAY)
    with pytest.raises(Refusal) as refused:
        require_sound(GOOD | wrong, TODAY)
    assert refused.value.field == field


def test_one_name_is_enough() -> None:
    require_sound(GOOD | {"family_name": ""}, TODAY)


def test_a_great_age_warns_and_is_not_refused() -> None:
    old = GOOD | {"born_on": date(1901, 1, 1), "born_precision": "year"}
    require_sound(old, TODAY)
    assert [field for field, _ in warnings(old, TODAY)] == ["born_on"]


@pytest.mark.parametrize(
    ("answer", "days_ago", "known"),
    [
        (None, 0, None),
        (False, 0, False),
        (False, 30, False),
        (False, 31, None),
        (True, 300, True),
        (True, 301, None),
        (True, None, True),
        (False, None, None),
    ],
)
def test_an_answer_about_pregnancy_holds_for_a_time(
    answer: bool | None,
    days_ago: int | None,
    known: bool | None,
) -> None:
    today = date(2026, 3, 10)
    asked_on = None if days_ago is None else today - timedelta(days=days_ago)
    assert pregnancy_known(answer, asked_on, today) is known


@pytest.mark.parametrize(
    "name", ["\u3164", "\u2800", "Okafor\u202egnp", "Oka\u2028for", "Oka\u2066for", "O" * 501, "\u115f\u1160"]
)
def test_a_name_that_hides_something_is_refused_at_its_field(name: str) -> None:
    fields = {"family_name": name, "given_names": "", "sex": "female", "born_precision": "unknown", "born_on": None}
    with pytest.raises(Refusal) as refused:
        require_sound(fields, date(2026, 3, 10))
    assert refused.value.field == "family_name"


def test_joiners_and_marks_that_names_need_stay() -> None:
    for name in ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0d28\u0d4d\u200d", "\u05d3\u200e"):
        fields = {"family_name": name, "given_names": "", "sex": "female", "born_precision": "unknown", "born_on": None}
        require_sound(fields, date(2026, 3, 10))
