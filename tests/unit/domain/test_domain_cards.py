"""The codes of cards and labels: written and read back, and a slip is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import cards
from clinic_desktop.domain.cards import CardCode
from clinic_desktop.domain.numbers import ALPHABET, compose
from clinic_desktop.domain.refusals import Refusal

MRN = compose("MRN", "A7", 123)
KINDS = st.sampled_from(list(cards.LETTERS))


@given(KINDS, st.text(min_size=1, max_size=20).filter(lambda text: text.strip() and text.upper().strip() == text))
def test_what_is_written_is_read_back_whatever_the_number(kind: cards.CodeKind, value: str) -> None:
    assert cards.read(cards.write(kind, value)).value.upper() == value.lower().upper() or kind not in {
        "medicine",
        "lot",
    }
    if kind not in {"medicine", "lot"}:
        assert cards.read(cards.write(kind, value)) == CardCode(kind, value)


def test_an_id_comes_back_as_it_is_kept() -> None:
    code = cards.write("medicine", "0198c0de-aaaa-7bbb-8ccc-0123456789ab")
    assert cards.read(code) == CardCode("medicine", "0198c0de-aaaa-7bbb-8ccc-0123456789ab")


@given(st.integers(0, 999_999), st.data())
def test_one_wrong_character_is_found(count: int, data: st.DataObject) -> None:
    code = cards.write("patient", compose("MRN", "A7", count))
    at = data.draw(st.sampled_from([at for at, letter in enumerate(code) if letter in ALPHABET and at > 1]))
    other = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != code[at]]))
    with pytest.raises(Refusal):
        cards.read(code[:at] + other + code[at + 1 :])


@given(st.integers(0, 999_999))
def test_neighbours_that_changed_places_are_found(count: int) -> None:
    code = cards.write("patient", compose("MRN", "A7", count))
    for at in range(len(code) - 1):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        if swapped != code and at > 1:
            with pytest.raises(Refusal):
                cards.read(swapped)


@given(st.text(max_size=400))
def test_whatever_is_scanned_is_read_or_refused(text: str) -> None:
    for scanned in (text, f"CD1:{text}", f"CD1:P:{text}"):
        try:
            cards.read(scanned)
        except Refusal:
            continue


def test_a_scanner_may_type_small_letters_blanks_and_its_symbology() -> None:
    code = cards.write("patient", MRN)
    for scanned in (code.lower(), f"  {code}\r\n", f"]Q1{code}"):
        assert cards.is_ours(scanned)
        assert cards.read(scanned) == CardCode("patient", MRN)


def test_a_code_says_nothing_but_the_number() -> None:
    assert cards.write("patient", MRN)[:-3] == f"CD1:P:{MRN}"
    assert set(cards.write("specimen", "Nº 7/ü")) <= set(ALPHABET + " $%*+-./:")


@pytest.mark.parametrize("value", ["", "   ", "X" * 300])
def test_nothing_and_too_much_are_refused(value: str) -> None:
    with pytest.raises(Refusal):
        cards.write("patient", value)


def test_other_codes_are_not_ours() -> None:
    for other in ("", "01095011015300031714070410AB-123", "https://example.org", "CD", MRN):
        assert not cards.is_ours(other)
