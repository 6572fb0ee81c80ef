import random
from collections.abc import Callable

import pytest
from bidi import get_display

from clinic_desktop.reports import bidi as subject

LETTERS = "abc אבג عرب 012 ٣٤ +-,./:$%!?\u200f\u200e\u0301\u064e  "


def shown(text: str, base: int) -> str:
    found = subject.levels(text, base)
    parts = []
    for start, end, level in subject.visual_runs(found, text, base):
        parts.append(text[start:end][::-1] if level % 2 else text[start:end])
    return "".join(parts)


def bracketed(pick: random.Random) -> str:
    return "".join(pick.choice(LETTERS + "()[]") for _at in range(pick.randint(1, 14)))


def isolated(pick: random.Random) -> str:
    # The oracle pairs brackets across isolates, which rule N0 does not: so brackets and isolates apart.
    text = "".join(pick.choice(LETTERS) for _at in range(pick.randint(1, 14)))
    start = pick.randint(0, len(text))
    end = pick.randint(start, len(text))
    return text[:start] + pick.choice("\u2066\u2067\u2068") + text[start:end] + "\u2069" + text[end:]


@pytest.mark.parametrize("made", [bracketed, isolated])
def test_the_order_is_that_of_an_independent_engine(made: Callable[[random.Random], str]) -> None:
    pick = random.Random(2026)
    for _turn in range(1500):
        text = made(pick)
        for base in (0, 1):
            assert shown(text, base) == get_display(text, base_dir="LR"[base]), ascii(text)


def test_a_paragraph_takes_the_direction_of_its_first_strong_letter() -> None:
    assert subject.base_level("12 محمد abc") == 1
    assert subject.base_level("12 abc محمد") == 0
    assert subject.base_level("\u2066abc\u2069 محمد") == 1
