"""Identity cards of North America: the shared cards, what the versions differ in, and damaged ones."""

import contextlib
import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desktop.devices.identity_card.simulator import Holder, compose, compose_old
from clinic_desktop.domain import identity_card
from clinic_desktop.domain.identity_card import CardError
from clinic_desktop.domain.identity_parts import Card, any_date, centimetres, kilograms, whole_name

SAMPLE = Holder("Sample", "Ann", "Marie", date(1985, 6, 30), "female", "D1234567", "12 Oak Street", "Reston", "VA",
                "201900000", date(2031, 6, 30))  # fmt: skip
ALPHABET = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=",$@")


def shared_cards() -> list[Path]:
    folder = os.environ.get("CLINIC_CORPUS", "")
    return sorted((Path(folder) / "id_aamva").glob("*.json")) if folder else []


def as_told(card: Card) -> dict[str, object]:
    return {
        "licence": card.number, "street": card.street, "city": card.city, "state": card.state,
        "postal_raw": card.postal, "birth_date": card.born_on.isoformat() if card.born_on else "",
        "expiry": card.expires_on.isoformat() if card.expires_on else "", "sex": card.sex or None,
        "family": card.family, "given": card.given, "middle": card.middle, "iin": card.iin,
        "name_raw_DAA": card.name_as_written,
    }  # fmt: skip


def test_every_shared_card_is_read_as_it_is_meant() -> None:
    paths = shared_cards()
    if not paths:
        pytest.skip("the shared cards are not here (CLINIC_CORPUS)")
    for path in paths:
        told = json.loads(path.read_text(encoding="utf-8"))
        assert identity_card.looks_like(told["text"]), path.name
        if told["kind"] == "invalid":
            with pytest.raises(CardError):
                identity_card.read(told["text"])
            continue
        read = as_told(identity_card.read(told["text"]))
        assert {key: read[key] for key in told["expected"] if key != "note"} == {
            key: value for key, value in told["expected"].items() if key != "note"
        }, path.name


@pytest.mark.parametrize("version", range(2, 11))
@pytest.mark.parametrize("country", ["USA", "CAN"])
def test_each_version_and_country_is_read_with_its_own_order_of_dates(version: int, country: str) -> None:
    card = identity_card.read(compose(SAMPLE, version=version, country=country))
    assert (card.family, card.given, card.middle) == ("SAMPLE", "ANN", "MARIE")
    assert (card.born_on, card.expires_on, card.sex) == (date(1985, 6, 30), date(2031, 6, 30), "female")
    assert (card.number, card.state, card.country) == ("D1234567", "VA", country[:2] if country == "CAN" else "US")


@pytest.mark.parametrize("separator", ["\x1e", "\x1c", "\x1d", "", " "])
@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_separators_that_scanners_change_are_no_matter(separator: str, line_end: str) -> None:
    text = compose(SAMPLE).replace("\x1e", separator).replace("\n", line_end)
    assert identity_card.read(text).number == "D1234567"


def test_the_first_version_has_the_whole_name_in_one_field() -> None:
    card = identity_card.read(compose_old(SAMPLE))
    assert (card.family, card.given, card.middle) == ("SAMPLE", "ANN", "MARIE")
    assert whole_name("ANN,MARIE,SAMPLE", "636020", 1)[:3] == ("SAMPLE", "ANN", "MARIE")  # Colorado


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@\n\x1d\rANSI 636", "head"),
        ("@\n\x1e\rANSI 636000100002DL00410278DLDAQT1DCSDOEDACJANE", "line ends"),
        ("@\n\x1e\rANSI 636000100002DL00410278DLDAQT1\nDBB01311970\n", "name"),
        ("@\n\x1e\rANSI 636000100002DL00410278DLDCSDOE\nDACJANE\nDBB02311970\n", "birth date"),
        ("@\n\x1e\rANSI 636000100002ZV00410278ZVZVADCSDOE\nZVBX\n", "nothing of a person"),
        ("@\n\x1e\rANSI " + "6" * 9000, "too much"),
    ],
)
def test_a_card_that_was_not_read_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(CardError) as caught:
        identity_card.read(text)
    assert why in caught.value.why.casefold()


def test_what_belongs_to_the_jurisdiction_is_nobody_s_name() -> None:
    text = compose(SAMPLE) + "ZVZVADCSWRONG\nDACWRONG\r"
    card = identity_card.read(text.replace("DL0041", "DL0041"))
    assert card.family == "SAMPLE"


@pytest.mark.parametrize(
    ("written", "cm"), [("5'-04\"", 163), ("509", 175), ("072 IN", 183), ("180 cm", 180), ("600", 183), ("", None),
                        ("9'99", None)],
)  # fmt: skip
def test_heights_are_read_in_every_unit(written: str, cm: int | None) -> None:
    assert centimetres(written, "") == cm


def test_weights_and_dates_are_read_in_every_unit() -> None:
    assert (kilograms("175", ""), kilograms("", "80"), kilograms("080 kg", ""), kilograms("000", "")) == (
        79,
        80,
        80,
        None,
    )
    assert any_date("19850630") == any_date("06301985") == date(1985, 6, 30)
    assert any_date("00000000") is None


@settings(deadline=None)
@given(st.text(ALPHABET, min_size=1, max_size=40), st.text(ALPHABET, min_size=1, max_size=40),
       st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(2, 10), st.sampled_from(["USA", "CAN"]))  # fmt: skip
def test_what_is_written_on_a_card_is_read_back(family: str, given_name: str, born: date, version: int,
                                                country: str) -> None:  # fmt: skip
    holder = Holder(family, given_name, "", born, "male", "X1", "1 Road", "Town", "ON", "K1A0B1", date(2030, 1, 1))
    card = identity_card.read(compose(holder, version=version, country=country))
    if family.upper() not in {"NONE", "UNAVL", "UNAVAIL", "N/A"}:
        assert card.family == family.upper().rstrip(",").strip()
    assert card.born_on == born


@settings(deadline=None)
@given(st.one_of(st.text(max_size=300), st.text(st.sampled_from("@\n\r\x1eANSI 6360DLCSBQ0123;=?%^$"), max_size=120)
                 .map(lambda rest: "@\n\x1e\rANSI 636000100002DL00410278" + rest)))  # fmt: skip
def test_no_card_is_an_error(text: str) -> None:
    identity_card.looks_like(text)
    with contextlib.suppress(CardError):
        identity_card.read(text)


@settings(deadline=None)
@given(st.integers(0, 400))
def test_a_card_that_was_read_in_part_is_refused_or_says_no_more_than_it_has(cut: int) -> None:
    text = compose(SAMPLE)[:cut]
    try:
        card = identity_card.read(text)
    except CardError:
        return
    assert "SAMPLE".startswith(card.family)
    assert card.born_on in {None, date(1985, 6, 30)}
