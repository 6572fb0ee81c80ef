"""A signature is kept as it was drawn, and what is none is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import signatures
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.signatures import PAD, Signature

POINTS = st.tuples(st.integers(0, PAD[0]), st.integers(0, PAD[1]))
STROKES = st.lists(st.lists(POINTS, min_size=1, max_size=20).map(tuple), max_size=8).map(tuple)


@given(strokes=STROKES)
def test_every_stroke_comes_back(strokes: tuple[tuple[signatures.Point, ...], ...]) -> None:
    drawn = Signature(PAD, strokes)
    assert signatures.read(signatures.write(drawn)) == drawn


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "null", "x", '{"pad": [9000, 3000]}', '{"pad": [9000, 3000], "strokes": [[1]]}',
        '{"pad": [9000, 3000], "strokes": [[9001, 5]]}', '{"pad": [9000, 3000], "strokes": [[-1, 5]]}',
        '{"pad": [0, 0], "strokes": []}', '{"pad": [1e400, 5], "strokes": []}', "[" * 100_000,
        '{"pad": [9000, 3000], "strokes": [["=1+1", 5]]}',
        json.dumps({"pad": list(PAD), "strokes": [[1, 1] * 60_000]}),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_signature_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        signatures.read(text)
    assert refused.value.field == "signature"


def test_a_touch_of_the_pad_is_no_signature() -> None:
    touch = signatures.write(Signature(PAD, (((100, 100), (900, 100)),)))
    with pytest.raises(Refusal, match="short"):
        signatures.require_signed(touch)
    assert signatures.require_signed(None) is None
    assert signatures.require_signed(signatures.write(Signature(PAD, ()))) is None
    longer = signatures.write(Signature(PAD, (((100, 100), (1200, 100)),)))
    assert signatures.require_signed(longer) == longer
