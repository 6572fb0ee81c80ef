"""JSON that keeps numbers as they are written, and refuses what cannot be kept."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.records import exact
from sync.records.exact import NotExact, digest, dumps, loads

# A whole number has no negative nought.
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True).filter(
    lambda number: number != "-0"
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: "\0" not in text)
PLAIN = st.none() | st.booleans() | TEXTS | st.integers(-999, 999)


@given(NUMBERS)
def test_a_number_is_written_as_it_was_read(number: str) -> None:
    assert dumps(loads(f'{{"a":[{number}]}}')) == f'{{"a":[{number}]}}'


def test_one_and_a_half_is_not_one_point_five_nought() -> None:
    assert loads("[1.50]") != loads("[1.5]")
    assert digest(loads("[1.50]")) != digest(loads("[1.5]"))


@given(st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20))
def test_everything_else_is_json_as_others_read_it(document: object) -> None:
    assert loads(json.dumps(document)) == document
    assert json.loads(dumps(document)) == document


@pytest.mark.parametrize(
    "text",
    ['{"a":"\\u0000"}', '{"\\u0000":1}', '["\\ud800"]', '["\\uDFFF"]', "[NaN]", "[1e401]", "[" + "9" * 65 + "]",
     '{"a":1,"a":2}', "[" * 65 + "]" * 65, "[" * 100_000, "[1,]", ""],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(NotExact):
        loads(text)


def test_sixty_four_levels_are_kept() -> None:
    assert loads("[" * 64 + "]" * 64)


@given(st.text(alphabet='{["\\u0000d8ab,:]}', max_size=60))
def test_the_quick_look_never_misses_what_the_careful_one_refuses(text: str) -> None:
    try:
        found = exact.DECODER.decode(text)
    except (ValueError, RecursionError):
        return
    assert _refuses(lambda: exact.require_sound_text(found, text, 0, len(text))) == _refuses(
        lambda: exact.require_sound(found)
    )


@pytest.mark.parametrize("deep", [63, 64, 65, 66, 500])
@pytest.mark.parametrize("beside", ["", ',{"a":[1,"]"]}'])
def test_the_quick_look_counts_floors_as_the_careful_one_does(deep: int, beside: str) -> None:
    text = "[" * deep + "1" + "]" * (deep - 1) + beside * 30 + "]"
    found = exact.DECODER.decode(text)
    assert _refuses(lambda: exact.require_sound_text(found, text, 0, len(text))) == (deep > exact.DEEPEST)
    assert _refuses(lambda: exact.require_sound(found)) == (deep > exact.DEEPEST)


def _refuses(work: Callable[[], None]) -> bool:
    try:
        work()
    except exact.NotExact:
        return True
    return False
