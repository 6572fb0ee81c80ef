"""Which backups are kept."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.backups import Keeping, shrunk, to_remove

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def every_quarter_hour(days: int) -> dict[str, datetime]:
    return {f"b{n:06d}": NOON - timedelta(minutes=15 * n) for n in range(days * 96)}


def test_the_newest_48_then_one_a_day_then_one_a_month() -> None:
    made = every_quarter_hour(500)
    kept = sorted((made[name] for name in made.keys() - set(to_remove(made))), reverse=True)
    assert kept[:48] == [NOON - timedelta(minutes=15 * n) for n in range(48)]
    days = [at.date() for at in kept[47:]]
    assert len({at.date() for at in kept if at > NOON - timedelta(days=30)}) == 30
    assert len({(at.year, at.month) for at in kept}) == 12
    assert len(days) == len(set(days))


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=6), st.datetimes(timezones=st.just(UTC)), max_size=40),
    st.builds(Keeping, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)),
)
def test_the_newest_is_never_removed(made: dict[str, datetime], keeping: Keeping) -> None:
    removed = to_remove(made, keeping)
    assert len(set(removed)) == len(removed)
    assert set(removed) <= made.keys()
    if made:
        assert max(made.values()) in {made[name] for name in made.keys() - set(removed)}


def test_more_than_one_row_in_a_hundred_gone_is_suspicious() -> None:
    assert shrunk({"patients": 1000}, {"patients": 990}) is None
    assert shrunk({"patients": 1000}, {"patients": 989}) == "patients"
    assert shrunk({"encounters": 5}, {}) == "encounters"
    assert shrunk({}, {"patients": 3}) is None
    assert shrunk({"drafts": 50}, {"drafts": 0}) is None
