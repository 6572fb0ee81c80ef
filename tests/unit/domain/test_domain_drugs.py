"""Reading written names of medicines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.drugs import fold, named, phrases

KNOWN = {
    "amoxicillin": ("amoxicillin",),
    "clavulanate": ("clavulanic_acid",),
    "metformin": ("metformin",),
    "insulin nph": ("insulin_human_nph",),
    "penicillin g": ("benzylpenicillin",),
    "penicillin": ("penicillin",),
    "co trimoxazole": ("sulfamethoxazole", "trimethoprim"),
}


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", ("amoxicillin", "clavulanic_acid"), ()),
        ("24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet", ("metformin",), ()),
        ("Co-trimoxazole 480 mg", ("sulfamethoxazole", "trimethoprim"), ()),
        ("INSULIN NPH 100 UNT/ML", ("insulin_human_nph",), ()),
        ("Penicillin G", ("benzylpenicillin",), ()),
        ("Allergy to penicillin", ("penicillin",), ()),
        ("Métformine", (), ("metformine",)),
        ("Amoxicillin 5 mg / Nosuchdrug 10 mg", ("amoxicillin",), ("nosuchdrug",)),
        ("penicillin shellfish", ("penicillin",), ("shellfish",)),
        ("amoxicillin floxapen 500 mg", ("amoxicillin",), ("floxapen",)),
        ("severe penicillin anaphylaxis in 2019 (rash as a child)", ("penicillin",), ()),
        ("rash", (), ("rash",)),
        ("", (), ()),
    ],
)
def test_names_are_read_and_what_nobody_knows_is_told_apart(
    text: str, codes: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    found = named(text, {phrase: KNOWN[phrase] for phrase in phrases(text) & KNOWN.keys()})
    assert (found.codes, found.unknown) == (codes, unknown)


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    found = named(text, {})
    assert found.codes == ()
    assert all(phrase == phrase.strip() for phrase in phrases(text))
