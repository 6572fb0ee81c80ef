"""A value that a person types for what two sides changed, and how much there is to decide, counted once."""

from collections.abc import Iterator
from datetime import date

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_deciding, sync_shown, sync_wording
from clinic_desktop.services.patients import NewPatient, register_patient
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

STUDIO = "practice_studio"


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), STUDIO, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("typed", "sides", "meant"),
    [
        ("1960-01-31", ["1938-08-08", "1960-01-02"], "1960-01-31"), ("1960-13-45", ["1938-08-08", "1960-01-02"], None),
        ("31 Jan 1960", ["1938-08-08", "1960-01-02"], None), ("1960-01-31", ["+1555", "1960-01-02"], "1960-01-31"),
        ("5551234", ["+1555"], "5551234"), ("5551234", [], "5551234"), ("71.5", [70, 71], 71.5), ("true", [70], None),
        ("a lot", [70], None), ("true", [False], True), ("yes", [False], None), ('["a"]', [["b"]], ["a"]),
        ("a", [["b"]], None), ("", ["+1555"], None),
    ],
)  # fmt: skip
def test_a_third_value_is_of_the_sort_that_the_sides_have(typed: str, sides: list[object], meant: object) -> None:
    if meant is None:
        with pytest.raises(Refusal) as caught:
            sync_deciding._meant(typed, sides)
        assert caught.value.field == "value"
    else:
        assert sync_deciding._meant(typed, sides) == meant


def test_a_question_about_a_record_and_the_record_that_waits_for_it_are_one_thing_to_decide(
    there: Connected, desk_for: DeskFor
) -> None:
    # Much like the one whom the system's document shows.
    new = NewPatient("Doe", "John", "male", date(1980, 5, 15), "day", "+15550123")
    register_patient(desk_for("front_desk"), new)
    there.connect(STUDIO)
    there.run()
    listed = sync_shown.waiting_items(there.desk)
    assert "identity" in {one.sort for one in listed}
    (one,) = sync_shown.systems_shown(there.desk)
    assert one.for_a_person == len(listed)
    assert sum(kind.conflicts + kind.person + kind.refused + kind.cannot_tell for kind in one.kinds) > len(listed)


def test_the_sides_of_a_nested_value_stand_in_one_order_and_differ_only_in_what_they_say() -> None:
    value = {"street": "1 Main St", "lines": ["a", "b"], "is_known": True, "postalCode": "6002"}
    other = {"postalCode": "6002", "is_known": True, "lines": ["a", "b"], "street": "2 Main St"}
    both = sync_wording.member("address", None, value, [other, {"kind": "home", "street": "3"}])
    assert both.there.splitlines()[0].startswith("postal code: 6002"), "a list and an object are not of one order"
    both = sync_wording.member("address", {"street": "0", "more": "x"}, value, other)
    assert [line.partition(":")[0] for line in both.there.splitlines()] == [
        line.partition(":")[0] for line in both.here.splitlines()
    ]
    assert both.before == "street: 0\nmore: x"
    assert not sync_wording.member("address", None, value, {**other, "street": "1 Main St"}).differs
    lists = sync_wording.member("contacts", None, [{"name": "A", "phone": "1"}], [{"phone": "1", "name": "A"}])
    assert (lists.here, lists.differs) == ("name: A, phone: 1", False)
