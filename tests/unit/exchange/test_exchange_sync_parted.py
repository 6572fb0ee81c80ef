"""Two who were taken for one: the number of a patient there stands for somebody else, and the link is ended."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_parting, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services.chart_rows import allergies_of
from clinic_desktop.services.patients import change_patient, patient_details
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

HEALIFY = "healify"
SOMEBODY_ELSE = {
    "first_name": "Gaspard", "last_name": "Lindqvist", "date_of_birth": "1949-02-17", "phone": "+15550007777",
    "email": "g.lindqvist@example.org",
}  # fmt: skip


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    del small
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        sandbox.connect(HEALIFY)
        sandbox.run()
        who = sync_connecting.who_is_who(sandbox.desk, HEALIFY, ask=True).staff
        doctor = next(one for one in who if one.role == "doctor")
        known = sandbox.rows(HEALIFY, "providers")[0]["id"]
        sync_connecting.name_practitioner(sandbox.desk, HEALIFY, doctor.staff_id, known)
        sandbox.run()
        yield sandbox


def items(there: Connected, sort: str) -> list[Item]:
    return [one for one in sync_shown.waiting_items(there.desk) if one.sort == sort]


def number_of(there: Connected, name: str) -> str:
    return str(next(row["id"] for row in there.rows(HEALIFY, "patients") if row["last_name"] == name))


def handed_out_again(there: Connected) -> str:
    """Their backup was restored, and the number of our patient is somebody else's now."""
    number = number_of(there, "Okello")
    there.people(HEALIFY).edit("patients", number, **SOMEBODY_ELSE)
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)
    return number


def untouched(there: Connected, number: str) -> None:
    row = next(row for row in there.rows(HEALIFY, "patients") if row["id"] == number)
    said = {name: row[name] for name in SOMEBODY_ELSE}
    assert said == SOMEBODY_ELSE, "nothing of ours was written over it"


def test_who_has_the_number_now_is_asked_about_before_anything_of_theirs_is_taken_in(
    there: Connected, small: Clinic, store: Store
) -> None:
    before = patient_details(there.desk, small.patient).patient
    with store.read() as connection:
        allergies = [one.substance for one in allergies_of(connection, small.patient)]
    number = handed_out_again(there)
    desk = small.desk_for("front_desk")
    known = patient_details(desk, small.patient)
    assert known.patient == before
    with store.read() as connection:
        assert [one.substance for one in allergies_of(connection, small.patient)] == allergies
    change_patient(desk, small.patient, replace(known.patient, phone="+15550000002"), known.revision)
    there.run(HEALIFY)
    untouched(there, number)
    (asked,) = items(there, "identity")
    assert (asked.remote_id, asked.local_id) == (number, small.patient)
    assert sync_deciding.detail(there.desk, asked).acts == ("link", "apart")


def test_a_number_that_is_somebody_elses_now_parts_the_two_and_harms_neither(there: Connected, small: Clinic) -> None:
    number = handed_out_again(there)
    (asked,) = items(there, "identity")
    sync_deciding.decide(there.desk, asked, "apart")
    there.run(HEALIFY)
    assert items(there, "field") == items(there, "identity") == []
    assert patient_details(there.desk, small.patient).patient.family_name == "Okello"
    untouched(there, number)
    assert number_of(there, "Okello") != number, "ours was told anew, under a number of its own"
    marks = sync_shown.record_marks(there.desk, [("patient", small.patient)])["patient", small.patient]
    assert marks[0].word in {"confirmed", "sent"}


def test_a_name_that_was_corrected_there_is_a_question_of_the_name_and_may_be_one_of_two_people(
    there: Connected, small: Clinic
) -> None:
    number = number_of(there, "Okello")
    there.people(HEALIFY).edit("patients", number, last_name="Okello-Byrne", phone="+15550001111")
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)
    (asked,) = items(there, "field")
    assert (asked.member, items(there, "identity")) == ("last_name", [])
    assert sync_deciding.detail(there.desk, asked).acts == ("here", "there", "value", "two")
    sync_deciding.decide(there.desk, asked, "two")
    there.run(HEALIFY)
    assert items(there, "field") == []
    assert number_of(there, "Okello") != number


def test_what_came_with_the_wrong_number_is_named_to_a_person(there: Connected, small: Clinic, store: Store) -> None:
    number = number_of(there, "Okello")
    there.people(HEALIFY).edit("patients", number, phone="+15550003333", medical_history={"allergies": ["Kiwi"]})
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)
    with store.read() as connection:
        assert "Kiwi" in {one.substance for one in allergies_of(connection, small.patient)}
    sync_parting.part(there.desk, HEALIFY, number)
    (told,) = items(there, "misfiled")
    assert (told.kind, told.local_id, told.clinical) == ("patient", small.patient, True)
    assert sync_deciding.detail(there.desk, told).acts == ("noted",)
    sync_deciding.decide(there.desk, told, "noted", "struck out in the chart")
    assert items(there, "misfiled") == []


def test_a_prescription_that_came_with_the_wrong_number_is_named_and_comes_again_for_whom_it_is(
    there: Connected, small: Clinic
) -> None:
    number = number_of(there, "Okello")
    theirs = {**there.rows(HEALIFY, "prescriptions")[0], "id": "prx_0a1b2c3d4e", "patient_id": number}
    there.people(HEALIFY).add("prescriptions", theirs, "prx_0a1b2c3d4e")
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)
    sync_parting.part(there.desk, HEALIFY, number)
    (told,) = [one for one in items(there, "misfiled") if one.kind == "prescription"]
    assert (told.patient_id, told.remote_id) == (small.patient, "prx_0a1b2c3d4e")


def test_what_we_told_under_the_wrong_number_is_taken_away_there_and_told_anew(there: Connected) -> None:
    before = {row["id"]: row for row in there.rows(HEALIFY, "appointments")}
    number = handed_out_again(there)
    ours = {ident for ident, row in before.items() if row["patient_id"] == number}
    assert ours
    sync_parting.part(there.desk, HEALIFY, number)
    there.run(HEALIFY)
    wrong = {one.remote_id for one in items(there, "surplus") if one.kind == "appointment"}
    assert wrong == ours
    again = [row for row in there.rows(HEALIFY, "appointments") if row["id"] not in before]
    assert {row["patient_id"] for row in again} == {number_of(there, "Okello")}


def test_nobody_is_parted_from_whom_they_are_not_linked_to(there: Connected) -> None:
    with pytest.raises(Refusal, match="linked"):
        sync_parting.part(there.desk, HEALIFY, "pat_0000000000")
    with pytest.raises(Refusal, match="not connected"):
        sync_parting.part(there.desk, "practice_studio", number_of(there, "Okello"))


def test_somebody_registered_from_there_whose_number_is_another_persons_now_keeps_their_chart(
    there: Connected, store: Store
) -> None:
    number = "pat_123abc"

    def linked() -> str:
        with store.read() as connection:
            wanted = "SELECT local_id, status FROM sync_link WHERE kind = 'patient' AND remote_id = ?"
            (found,) = connection.exec_driver_sql(wanted, (number,)).all()
        assert found.status == "confirmed"
        return str(found.local_id)

    def allergies(patient: str) -> set[str]:
        with store.read() as connection:
            return {one.substance for one in allergies_of(connection, patient)}

    first = linked()
    before, listed = patient_details(there.desk, first).patient, allergies(first)
    assert "penicillin" in listed
    history = {"allergies": ["penicillin", "Kiwi"]}
    place = {"address": {"street": "1 A"}, "emergency_contact": None, "medical_history": history}
    there.people(HEALIFY).edit("patients", number, **SOMEBODY_ELSE, **place)
    sync_connecting.sync_now(there.desk)
    there.run(HEALIFY)
    (asked,) = items(there, "identity")
    sync_deciding.decide(there.desk, asked, "apart")
    there.run(HEALIFY)
    second = linked()
    assert second != first
    assert (patient_details(there.desk, first).patient, allergies(first)) == (before, listed)
    assert patient_details(there.desk, second).patient.family_name == "Lindqvist"
    assert allergies(second) == {"penicillin", "Kiwi"}
