"""A task to tell them by hand shows the record as it is in the chart now, beside what they were told last."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_shown
from clinic_desktop.exchange.sync_deciding import Detail, detail
from clinic_desktop.services.patients import change_patient, patient_details
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

RECORDS = "healthcare_records"


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), RECORDS, clock=lambda: clock.now().timestamp()) as sandbox:
        yield sandbox


def give_number(small: Clinic, desk_for: DeskFor, phone: str) -> None:
    known = patient_details(desk_for("front_desk"), small.patient)
    change_patient(desk_for("front_desk"), small.patient, replace(known.patient, phone=phone), known.revision)


def opened(there: Connected) -> Detail:
    (task,) = (one for one in sync_shown.waiting_items(there.desk) if (one.sort, one.kind) == ("cannot", "patient"))
    return detail(there.desk, task)


def test_what_cannot_be_told_is_shown_as_it_is_in_the_chart_now(
    there: Connected, small: Clinic, desk_for: DeskFor
) -> None:
    # What this system keeps hidden is not known to stand there as it was sent, so a change of it is told by a person.
    give_number(small, desk_for, "+15550000001")
    there.connect(RECORDS)
    there.run()
    give_number(small, desk_for, "+15550000002")
    there.run()
    give_number(small, desk_for, "+15550000003")
    shown = opened(there)
    by_name = {one.name: one for one in shown.members}
    assert "+15550000001" in by_name["telecom"].before
    assert "+15550000003" in by_name["telecom"].here
    assert [one.name for one in shown.members if one.differs] == ["telecom"], "what changed is marked, and nothing else"
    assert "ENCRYPTED" not in "".join(one.there for one in shown.members)
