"""Numbers and codes that others gave: every slip of the pen is found, and one spelling is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import coding
from clinic_desktop.domain.refusals import Refusal

DIGITS = "0123456789"


def digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=least, max_size=most or least)


@pytest.mark.parametrize("number", ["1234567893", "1245319599", " 123-456-7893 "])
def test_an_npi_whose_check_digit_fits_is_kept_as_ten_digits(number: str) -> None:
    assert coding.npi(number) == number.strip().replace("-", "")


@given(digits(8), st.integers(0, 9), st.integers(1, 9))
def test_every_npi_with_one_wrong_digit_is_refused(middle: str, place: int, slip: int) -> None:
    body = "1" + middle
    (sound,) = [body + last for last in DIGITS if _is_npi(body + last)]
    wrong = sound[:place] + str((int(sound[place]) + slip) % 10) + sound[place + 1 :]
    assert not _is_npi(wrong)


@pytest.mark.parametrize("number", ["1234567890", "3234567893", "123456789", "12345678933", "12345A7893", "١٢٣٤٥٦٧٨٩٣"])
def test_what_is_no_npi_is_refused_at_its_field(number: str) -> None:
    with pytest.raises(Refusal) as refused:
        coding.npi(number)
    assert refused.value.field == "npi"


@pytest.mark.parametrize("number", ["AB1234563", "ab1234563", "F91234563", "AB 1234563"])
def test_a_dea_number_is_kept_in_capitals(number: str) -> None:
    assert coding.dea(number) == number.replace(" ", "").upper()


@given(digits(6), st.integers(0, 6), st.integers(1, 9))
def test_a_dea_number_with_one_wrong_digit_is_refused_wherever_its_sum_tells(body: str, place: int, slip: int) -> None:
    sums = [int(one) for one in body]
    sound = f"AB{body}{(sum(sums[0::2]) + 2 * sum(sums[1::2])) % 10}"
    assert coding.dea(sound) == sound
    wrong = sound[: 2 + place] + str((int(sound[2 + place]) + slip) % 10) + sound[3 + place :]
    if place in {1, 3, 5} and slip == 5:
        return  # twice five is ten: the one slip that this sum cannot tell
    with pytest.raises(Refusal, match="mistyped"):
        coding.dea(wrong)


@pytest.mark.parametrize("number", ["A11234563", "ABC123456", "AB123456", "AB12345678", "1B1234563", "AB12345٣٣"])
def test_what_is_no_dea_number_is_refused_at_its_field(number: str) -> None:
    with pytest.raises(Refusal) as refused:
        coding.dea(number)
    assert refused.value.field == "dea"


@given(digits(9, 11), st.sampled_from([(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)]))
def test_every_spelling_of_an_ndc_comes_to_eleven_digits(text: str, form: tuple[int, int, int]) -> None:
    body = text.ljust(11, "7")
    parts = [body[: form[0]], body[form[0] : form[0] + form[1]], body[form[0] + form[1] :][: form[2]]]
    made = coding.ndc("-".join(parts))
    assert len(made) == 11
    assert (made[:5], made[5:9], made[9:]) == (parts[0].zfill(5), parts[1].zfill(4), parts[2].zfill(2))
    assert coding.ndc(coding.ndc_words(made)) == coding.ndc(made) == made


def test_the_same_package_in_two_spellings_is_one_code() -> None:
    assert coding.ndc("0093-7214-01") == coding.ndc("00093-7214-01") == coding.ndc("00093721401") == "00093721401"


@pytest.mark.parametrize(
    "text", ["0093721401", "12-34-56", "00093-7214", "00093-7214-0A", "0009372140100", "-", "1-2-3"]
)
def test_an_ndc_that_may_be_read_in_several_ways_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        coding.ndc(text)
    assert refused.value.field == "ndc"


@pytest.mark.parametrize("code", ["99213", "85025", "0001U", "0001F", "0042T", "0002M", "J1885", "G0008", "D0120"])
def test_procedure_codes_of_every_shape_are_kept(code: str) -> None:
    assert coding.procedure(code.lower()) == code


@pytest.mark.parametrize("code", ["9921", "992133", "X1234", "0001Z", "9921 3", "ABCDE", "=1+1", "99213;"])
def test_what_is_no_procedure_code_is_refused(code: str) -> None:
    with pytest.raises(Refusal) as refused:
        coding.procedure(code)
    assert refused.value.field == "procedure_code"


def test_modifiers_are_two_characters_and_at_most_four() -> None:
    assert coding.modifiers("25, lt 25") == "25 LT"
    for wrong in ("2", "250", "25 LT 59 76 77", "2\u0665"):
        with pytest.raises(Refusal) as refused:
            coding.modifiers(wrong)
        assert refused.value.field == "modifiers"


def test_diagnosis_codes_have_the_shape_of_icd_10() -> None:
    assert coding.diagnosis_codes("i10, e11.9 I10") == "I10 E11.9"
    for wrong in ("10", "I", "I10.", "I10.12345", "hypertension"):
        with pytest.raises(Refusal):
            coding.diagnosis_codes(wrong)


def test_a_pharmacys_number_has_seven_digits_and_a_card_shows_four() -> None:
    assert coding.ncpdp(" 123-4567 ") == "1234567"
    assert coding.last_four("1234") == "1234"
    for check, wrong in ((coding.ncpdp, "123456"), (coding.ncpdp, "12345678"), (coding.last_four, "4111111111111111")):
        with pytest.raises(Refusal):
            check(wrong)


def test_nothing_typed_is_nothing_kept() -> None:
    checks = (coding.npi, coding.dea, coding.ndc, coding.ncpdp, coding.procedure, coding.modifiers, coding.last_four)
    assert {check("  ") for check in checks} == {""}


def _is_npi(number: str) -> bool:
    try:
        coding.npi(number)
    except Refusal:
        return False
    return True
