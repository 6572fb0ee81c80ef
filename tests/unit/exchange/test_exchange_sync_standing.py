"""How all that is told stands, in a few counts: the same as the page Sync has them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_shown
from clinic_desktop.exchange.sync_standing import Standing, standing
from clinic_desktop.services.patients import NewPatient, change_patient, patient_details, register_patient
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

STUDIO = "practice_studio"


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), STUDIO, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def stands(there: Connected) -> Standing:
    found = standing(there.desk)
    assert found is not None
    return found


def test_where_nothing_is_connected_nothing_is_said(there: Connected) -> None:
    assert standing(there.desk) is None


def test_what_waits_for_a_person_is_counted_as_the_page_counts_it(there: Connected, desk_for: DeskFor) -> None:
    # Much like the one whom the system's document shows.
    new = NewPatient("Doe", "John", "male", date(1980, 5, 15), "day", "+15550123")
    register_patient(desk_for("front_desk"), new)
    there.connect(STUDIO)
    assert stands(there).behind, "before it was first looked at nobody can say that all is told"
    there.run()
    mine = stands(there)
    listed = sync_shown.waiting_items(there.desk)
    (shown,) = sync_shown.systems_shown(there.desk)
    assert listed
    assert mine.to_decide == len(listed) == shown.for_a_person
    assert (mine.may_decide, mine.behind, mine.stopped) == (True, False, ())
    assert mine.waiting == shown.waiting
    theirs = standing(desk_for("doctor"))
    assert theirs == replace(mine, may_decide=False), "who may not decide is told how much there is all the same"


def test_what_was_written_and_not_looked_at_yet_is_not_told(there: Connected, desk_for: DeskFor, small: Clinic) -> None:
    there.connect(STUDIO)
    there.run()
    known = patient_details(desk_for("front_desk"), small.patient)
    change_patient(desk_for("front_desk"), small.patient, replace(known.patient, phone="+15550000002"), known.revision)
    assert stands(there).behind


def test_a_system_that_does_not_go_on_is_named(there: Connected) -> None:
    there.connect(STUDIO)
    assert stands(there).stopped == (("Practice Studio", "new"),)
    sync_connecting.pause(there.desk, STUDIO)
    assert stands(there).stopped == (("Practice Studio", "paused"),)
