"""What stands there in parts, or under another than its patient, is asked about by itself and parted with them."""

from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services import consultation, prescribing
from sync.engine import telling
from sync.engine.desk import Desk as Engine
from sync.engine.plan import Plan
from tests.conftest import DeskFor
from tests.connected import Connected, connected, signed_in_for_weeks
from tests.journeys.small_clinic import Clinic
from tests.medicines import paracetamol, warfarin


def looked(there: Connected, system: str, clock: SetClock, desk_for: DeskFor) -> list[Item]:
    clock.advance(timedelta(hours=26))
    there.desk = desk_for("administrator")
    sync_connecting.sync_now(there.desk)
    there.run(system)
    return list(sync_shown.waiting_items(there.desk))


def rows_of(there: Connected, query: str) -> list[tuple[object, ...]]:
    with there.desk.store.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query).all()]


@pytest.mark.parametrize("part", [0, 1])
def test_each_line_of_a_prescription_that_is_changed_there_is_asked_about_until_it_is_decided(
    desk_for: DeskFor, clock: SetClock, small: Clinic, part: int
) -> None:
    lines = [paracetamol(), warfarin()]
    signed = prescribing.sign_prescription(desk_for("doctor"), small.patient, None, lines).prescription_id
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.begin("healify")
        query = f"SELECT remote_id FROM sync_link WHERE kind = 'prescription' AND local_id = '{signed}' ORDER BY part"
        mine = [str(number) for (number,) in rows_of(there, query)]
        before = {row["id"]: row["dosage"] for row in there.rows("healify", "prescriptions")}
        there.people("healify").edit("prescriptions", mine[part], dosage="changed there")
        found: list[Item] = []
        for _ in range(3):
            found = [one for one in looked(there, "healify", clock, desk_for) if one.sort == "field"]
            assert [one.remote_id for one in found] == [mine[part]]
            # The other line is read again, and is as it should be.
            there.people("healify").edit("prescriptions", mine[1 - part], refills_remaining=0)
            work = f"SELECT state FROM sync_work WHERE kind = 'prescription' AND local_id = '{signed}'"
            assert rows_of(there, work) == [("differs",)]
        sync_deciding.decide(there.desk, found[0], "here")
        assert [one for one in looked(there, "healify", clock, desk_for) if one.sort == "field"] == []
        after = {row["id"]: row["dosage"] for row in there.rows("healify", "prescriptions")}
        assert after == before


def test_what_is_decided_of_each_line_at_once_is_carried_out_of_each(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    lines = [paracetamol(), warfarin()]
    prescribing.sign_prescription(desk_for("doctor"), small.patient, None, lines)
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.begin("healify")
        before = {row["id"]: row["dosage"] for row in there.rows("healify", "prescriptions")}
        mine = [number for (number,) in rows_of(there, "SELECT remote_id FROM sync_intent WHERE kind = 'prescription'")]
        for number in mine:
            there.people("healify").edit("prescriptions", str(number), dosage=f"changed {number}")
        found = [one for one in looked(there, "healify", clock, desk_for) if one.sort == "field"]
        assert len(found) == len(mine) >= 2
        for one in found:
            sync_deciding.decide(there.desk, one, "here")
        there.run("healify")
        assert {row["id"]: row["dosage"] for row in there.rows("healify", "prescriptions")} == before


@pytest.mark.parametrize("lines", [1, 2])
def test_what_was_decided_is_told_where_they_show_nothing_of_it_any_more(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    medicines = [paracetamol(), warfarin()][:lines]
    signed = prescribing.sign_prescription(desk_for("doctor"), small.patient, None, medicines).prescription_id
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.begin("healify")
        query = f"SELECT remote_id FROM sync_link WHERE kind = 'prescription' AND local_id = '{signed}' ORDER BY part"
        number = str(rows_of(there, query)[0][0])
        before = next(row for row in there.rows("healify", "prescriptions") if row["id"] == number)["dosage"]
        there.people("healify").edit("prescriptions", number, dosage="changed there")
        (asked,) = (one for one in looked(there, "healify", clock, desk_for) if one.sort == "field")
        table = there.people("healify")._system.tables["prescriptions"]
        row = {name: value for name, value in table.rows[number].items() if name != "dosage"}
        table.put(number, row)
        reads, look_first = list[str](), telling._look_first

        def few(desk: Engine, plan: Plan, local_id: str) -> None:
            reads.append(local_id)
            assert len(reads) < 20, "it is read again and again"
            look_first(desk, plan, local_id)

        monkeypatch.setattr(telling, "_look_first", few)
        sync_deciding.decide(there.desk, asked, "here")
        there.run("healify")
        state = f"SELECT state FROM sync_work WHERE kind = 'prescription' AND local_id = '{signed}'"
        assert [one for one in sync_shown.waiting_items(there.desk) if one.sort == "field"] == []
        after = next(row for row in there.rows("healify", "prescriptions") if row["id"] == number)["dosage"]
        assert (after, rows_of(there, state)) == (before, [("confirmed",)])


def test_of_two_who_were_taken_for_one_the_bookings_of_a_doctors_day_are_parted_too(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in_for_weeks(monkeypatch)
    system = "hms_enterprise"
    with connected(desk_for("administrator"), system, clock=lambda: clock.now().timestamp()) as there:
        there.begin(system)
        ours = dict(there.rows(system, "appointments")[-1])
        left_out = ("id", "appointment_number", "created_at", "updated_at", "notes", "reason")
        theirs = {name: value for name, value in ours.items() if name not in left_out}
        theirs |= {"start_datetime": "2026-03-25T10:00:00Z", "end_datetime": "2026-03-25T10:15:00Z"}
        there.people(system).add("appointments", theirs)
        looked(there, system, clock, desk_for)
        stranger = {"last_name": "Smith", "first_name": "Gracia", "date_of_birth": "1979-07-15"}
        there.people(system).edit("patients", ours["patient_id"], **stranger, contact_number="+15550007777")
        asked = next(one for one in looked(there, system, clock, desk_for) if one.sort == "identity")
        sync_deciding.decide(there.desk, asked, "apart")
        found = {one.sort for one in looked(there, system, clock, desk_for) if one.kind == "appointment"}
        assert found >= {"surplus", "misfiled"}, "ours stands under them, and theirs in our patient's chart"
        there.people(system).edit("appointments", ours["id"], status="cancelled")
        looked(there, system, clock, desk_for)
        assert rows_of(there, "SELECT status FROM appointments") == [("booked",)], "it is somebody else's there"
        assert small.patient in {owner for (owner,) in rows_of(there, "SELECT patient_id FROM appointments")}


def test_a_record_that_is_called_another_sort_there_is_asked_about_and_not_taken_in_twice(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    assert small.patient
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.begin("healify")
        looked(there, "healify", clock, desk_for)
        there.people("healify").edit("records", "rec_123abc", type="lab_result", notes="AMENDED")
        for _ in range(2):
            found = [one for one in looked(there, "healify", clock, desk_for) if one.sort == "unread"]
            assert [one.kind for one in found] == ["encounter"]
            links = "SELECT kind, status FROM sync_link WHERE remote_id = 'rec_123abc'"
            assert rows_of(there, links) == [("encounter", "confirmed")]
        there.people("healify").edit("records", "rec_123abc", type="examination")
        assert [one for one in looked(there, "healify", clock, desk_for) if one.sort == "unread"] == []


@pytest.mark.parametrize("seen_before", [True, False])
@pytest.mark.parametrize("theirs", [None, "ALLERGIC TO PENICILLIN"])
def test_what_is_added_here_to_a_record_that_is_called_another_sort_there_waits_for_a_person(
    desk_for: DeskFor, clock: SetClock, small: Clinic, theirs: str | None, *, seen_before: bool
) -> None:
    doctor = desk_for("doctor")
    seen = {"identity.name": "1", "identity.born_on": "1"}
    consultation.save_step(doctor, small.encounter, "patient_overview", seen)
    consultation.sign_consultation(doctor, small.encounter)
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.begin("healify")
        told = "SELECT remote_id FROM sync_intent WHERE op = 'create' AND kind = 'encounter'"
        ((number,),) = rows_of(there, told)
        kind = next(row["type"] for row in there.rows("healify", "records") if row["id"] == number)
        there.people("healify").edit("records", str(number), type="lab_result", notes=theirs)
        if seen_before:
            looked(there, "healify", clock, desk_for)
        consultation.add_addendum(desk_for("doctor"), small.encounter, "Sleeps badly, too.", "forgotten")
        there.run("healify")
        state = f"SELECT state FROM sync_work WHERE kind = 'encounter' AND local_id = '{small.encounter}'"
        assert rows_of(there, state) == [("person",)]
        there.people("healify").edit("records", str(number), type=kind)
        for _ in range(2):
            looked(there, "healify", clock, desk_for)
        assert rows_of(there, state) == [("confirmed" if theirs is None else "differs",)]
        notes = next(row for row in there.rows("healify", "records") if row["id"] == number)["notes"]
        assert theirs in {None, notes}, "what they wrote meanwhile stands until a person has decided"
