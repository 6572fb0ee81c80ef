"""Working hours in lines: read as they are written, and written as they are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain.hours import Stretch, hours_text, read_hours
from clinic_desktop.domain.refusals import Refusal


def test_lines_of_days_alike_are_read() -> None:
    found = read_hours("mon - thu 8:00 - 17:00 Main clinic\n\nFriday 08:00–12:00")
    assert found == (
        *(Stretch(day, "08:00", "17:00", "Main clinic") for day in range(4)),
        Stretch(4, "08:00", "12:00"),
    )
    assert hours_text(found) == "Mon-Thu 08:00-17:00 Main clinic\nFri 08:00-12:00"


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 3), st.sampled_from(["", "Main clinic", "Hill clinic"])),
               max_size=8))  # fmt: skip
def test_what_is_written_is_read_back(chosen: set[tuple[int, int, str]]) -> None:
    once = {(day, part): place for day, part, place in chosen}
    made = tuple(sorted(Stretch(day, f"{6 + 4 * part:02}:00", f"{9 + 4 * part:02}:30", place)
                        for (day, part), place in once.items()))  # fmt: skip
    assert read_hours(hours_text(made)) == made


@pytest.mark.parametrize(
    "line",
    ["tomorrow 08:00-17:00", "Mon 8-17", "Mon 25:00-26:00", "Mon 17:00-08:00", "Fri-Mon 08:00-17:00", "Mon 08:60-09:00",
     "Mon 08:00-12:00\nMon 11:00-13:00", "Mon 08:00-08:00"],
)  # fmt: skip
def test_a_line_that_says_no_hours_is_refused_at_its_field(line: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_hours(line)
    assert refused.value.field == "hours"
