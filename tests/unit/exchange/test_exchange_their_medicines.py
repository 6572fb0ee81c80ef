"""What a system changes in a prescription of ours is not in the chart, and is put before a person."""

from datetime import timedelta

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_shown
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "arocord_hims"


def test_another_dose_and_another_medicine_there_are_asked_about(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        (ours,) = there.rows(SYSTEM, "prescriptions")
        lines = [{**ours["medications"][0], "dosage": "take 4 capsules every hour", "quantity": 900}]
        lines.append({**ours["medications"][0], "name": "methotrexate 10 mg tablet", "drug_id": "d-99"})
        there.people(SYSTEM).edit("prescriptions", ours["id"], medications=lines)
        clock.advance(timedelta(minutes=10))
        sync_connecting.sync_now(there.desk)
        there.run(SYSTEM)
        (card,) = [one for one in sync_shown.waiting_items(there.desk) if one.kind == "prescription"]
        assert (card.sort, card.member, card.clinical) == ("field", "medications", True)
        marks = sync_shown.record_marks(there.desk, [("prescription", card.local_id or "")])
        assert [one.word for each in marks.values() for one in each] == ["differs there"]
