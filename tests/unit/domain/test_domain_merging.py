"""What is taken over from a registration that is merged."""

import pytest

from clinic_desktop.domain import merging as rules


@pytest.mark.parametrize(
    ("kept", "other", "after"),
    [(1, 0, 1), (0, 1, 1), (None, 1, 1), (1, None, 1), (None, 0, 0), (0, None, 0), (0, 0, 0), (1, 1, 1)],
)
def test_a_pregnancy_is_never_dropped_by_a_merge(kept: int | None, other: int | None, after: int) -> None:
    mine = {"pregnant": kept, "pregnant_on": None if kept is None else "2026-03-01"}
    theirs = {"pregnant": other, "pregnant_on": None if other is None else "2026-03-02"}
    assert (mine | rules.taken_over(mine, theirs, {}))["pregnant"] == after
