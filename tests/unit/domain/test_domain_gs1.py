"""GS1 data from scanners: the shared cases of the standard, round trips, and whatever may be held before a reader."""

import contextlib
import csv
import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desktop.domain import gs1, gs1_link, gs1_scan, packs
from clinic_desktop.domain.gs1 import Element, Gs1Error
from clinic_desktop.domain.gs1_checks import CHECKS, CSET82, check_digit, check_pair

TODAY = date(2026, 11, 29)
GTIN = "09501101530003"


def shared_cases() -> list[dict[str, str]]:
    folder = os.environ.get("CLINIC_CORPUS", "")
    path = Path(folder) / "barcodes_gs1" / "gs1_vectors.csv"
    if not folder or not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judge(kind: str, text: str) -> str | None:
    """One spelling of what is accepted; raises Gs1Error where it is refused."""
    if kind.startswith("lint_"):
        if why := CHECKS[kind.removeprefix("lint_")](text):
            raise Gs1Error(why)
        return None
    if kind == "fnc1_element_string":
        return gs1.message(gs1.elements(text)) and None
    if kind == "scan_data":
        return gs1_scan.read(text).canonical
    found = gs1.bracketed(text)
    if kind.startswith("ai_combination"):
        gs1.check_together(found)
    return gs1.message(found) if kind == "bracketed_ai" else None


def test_every_shared_case_is_judged_as_the_standard_judges_it() -> None:
    cases = shared_cases()
    if not cases:
        pytest.skip("the shared cases are not here (CLINIC_CORPUS)")
    wrong = []
    for case in cases:
        text, wanted = json.loads(case["input_json"]), json.loads(case["expected_output_json"])
        try:
            said = judge(case["kind"], text)
            good = case["expect"] == "valid" and (not wanted or said in {None, wanted})
        except Gs1Error:
            good = case["expect"] == "invalid"
        if not good:
            wrong.append((case["kind"], text))
    assert wrong == []
    assert len(cases) > 800


@pytest.mark.parametrize(
    ("text", "identifier", "why"),
    [
        ("(01)09501101530004", "01", "check digit"),
        (f"(01){GTIN}(17)271332", "17", "month"),
        (f"(01){GTIN}(17)270231", "17", "day"),
        (f"(01){GTIN}(10)ABCDEFGHIJKLMNOPQRSTU", "10", "too long"),
        ("(3338)000123", "3338", "no such application identifier"),
        (f"(01){GTIN}(8008)2711290960", "8008", "minute"),
    ],
)
def test_a_refusal_names_the_identifier_and_why(text: str, identifier: str, why: str) -> None:
    with pytest.raises(Gs1Error) as caught:
        gs1.bracketed(text)
    assert caught.value.identifier == identifier
    assert why in caught.value.why


def test_the_table_has_every_identifier_with_the_lengths_of_the_standard() -> None:
    known = gs1.identifiers()
    assert len(known) == 541
    fixed = {code[:2] for code, one in known.items() if not one.separated}
    # The element strings with a predefined length (General Specifications 7.8.5, figure 7.8.5-2).
    assert fixed == {"00", "01", "02", "03", "11", "12", "13", "15", "16", "17", "20", "31", "32", "33", "34", "35",
                     "36", "41"}  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        f"]d201{GTIN}17271200" + "10AB-1\x1d21S9",
        f"]C101{GTIN}17271200" + "10AB-1\x1d21S9",
        f"]Q301{GTIN}10AB-1\x1d1727120021S9",
        f"]e001{GTIN}17271200" + "10AB-1\x1d21S9",
        f"\x1d01{GTIN}17271200" + "10AB-1\x1d21S9",
        f"01{GTIN}17271200" + "10AB-1\x1d21S9",
        f"(01){GTIN}(17)271200(10)AB-1(21)S9",
        f"https://example.org/some/path/01/{GTIN}/10/AB-1/21/S9?17=271200&lang=en",
        f"]Q1https://id.gs1.org/gtin/{GTIN}/lot/AB-1/ser/S9?17=271200",
        f"]E0{GTIN[1:]}|]e017271200" + "10AB-1\x1d21S9",
    ],
)
def test_a_pack_is_the_same_pack_however_its_code_is_sent(raw: str) -> None:
    pack = packs.pack(raw, TODAY)
    assert pack is not None
    assert (pack.gtin, pack.lot, pack.expires_on, pack.serial) == (GTIN, "AB-1", date(2027, 12, 31), "S9")


@pytest.mark.parametrize(
    ("digits", "meant"),
    [("271200", date(2027, 12, 31)), ("280200", date(2028, 2, 29)), ("760101", date(2076, 1, 1)),
     ("770101", date(1977, 1, 1)), ("990131", date(1999, 1, 31))],
)  # fmt: skip
def test_a_year_is_of_the_nearest_century_and_day_00_is_the_last_of_its_month(digits: str, meant: date) -> None:
    assert packs.day(digits, TODAY) == meant


@pytest.mark.parametrize(
    ("typed", "gtin"),
    [("9501101530003", GTIN), (GTIN, GTIN), ("012345678905", "00012345678905"), ("02345673", "00000002345673"),
     ("9501101530004", ""), ("00000000", ""), ("1234567", "")],
)  # fmt: skip
def test_a_bare_number_is_an_item_only_with_its_check_digit(typed: str, gtin: str) -> None:
    assert gs1_scan.trade_number(typed) == gtin
    found = packs.pack(typed, TODAY)
    assert (found.gtin if found else "") == gtin


def test_the_three_ways_to_write_a_national_drug_code_are_all_tried() -> None:
    gtin = "0030093721401"
    ten = gtin[3:]
    gtin += check_digit(gtin)
    assert packs.national_codes(gtin) == ("0" + ten, ten[:5] + "0" + ten[5:], ten[:9] + "0" + ten[9:])
    assert packs.national_codes(GTIN) == ()


@settings(deadline=None)
@given(st.text(CSET82, min_size=1, max_size=20), st.text(CSET82, min_size=1, max_size=20), st.dates())
def test_what_is_written_is_read_back(lot: str, serial: str, until: date) -> None:
    found = (Element("01", GTIN), Element("17", f"{until:%y%m%d}"), Element("10", lot), Element("21", serial))
    assert gs1.elements(gs1.message(found)) == found
    assert gs1.bracketed(gs1.in_brackets(found)) == found or "\\" in lot + serial
    assert gs1_scan.pack_elements("]d2" + gs1.message(found)[1:].replace("^", "\x1d")) == found


@settings(deadline=None)
@given(st.text(CSET82, max_size=23))
def test_the_pair_of_check_characters_fits_its_own_number(body: str) -> None:
    assert CHECKS["csumalpha"](body + check_pair(body)) == ""


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")),
        st.tuples(st.sampled_from(["]d2", "]C1", "]E0", "]e0", "^", "(01)", "\x1d", "https://a/01/", "]", ""]),
                  st.text(st.sampled_from("0123456789^()\x1d\\/?=&%|]AbX"), max_size=80)).map("".join),
    )
)  # fmt: skip
def test_nothing_that_is_held_before_a_scanner_is_an_error(text: str) -> None:
    for read in (gs1_scan.read, gs1_scan.pack_elements, gs1.elements, gs1.bracketed, gs1_link.read):
        with contextlib.suppress(Gs1Error):
            read(text)
    for check in CHECKS.values():
        assert isinstance(check(text), str)


def test_too_much_is_refused_at_once() -> None:
    for text in ("]d2" + "9" * 10_000_000, "(10)" + "A" * 10_000_000, "^" * 1_000_000):
        with pytest.raises(Gs1Error):
            gs1_scan.pack_elements(text) or gs1.elements(text)
