"""A consultation from opening to signature: two people at once, rules kept with their version, addenda only after."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.domain import consultation as path
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import chart, charting, consultation, encounters, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.encounter_facts import rule_book
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.scheduling import queue_entries

DeskFor = Callable[[str], Desk]
IDENTITY = {"identity.name": "1", "identity.born_on": "1"}


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


@pytest.fixture
def nurse(desk_for: DeskFor) -> Desk:
    return desk_for("nurse")


@pytest.fixture
def patient(store: Store) -> str:
    values = {
        "mrn": "MRN-A7-000001-1",
        "family_name": "Okafor",
        "given_names": "Ngozi",
        "sex": "female",
        "born_on": "1980-05-04",
        "registered_at": to_text(store.clock.now()),
        "family_key": "okafor",
        "given_key": "ngozi",
    }
    price = {"code": "consultation", "name": "Consultation", "kind": "consultation", "amount": 5000, "currency": "USD"}
    with store.write(act=new_id(), session=None) as unit:
        unit.create(prices, price, kind="price.set")
        return unit.create(patients, values, kind="patient.registered")


def waits(store: Store, patient: str, complaint: str = "cough") -> str:
    values = {
        "patient_id": patient,
        "priority": "routine",
        "complaint": complaint,
        "checked_in_at": to_text(store.clock.now()),
        "status": "called",
        "ticket": 1,
    }
    with store.write(act=new_id(), session=None) as unit:
        return unit.create(queue_entries, values, kind="queue.checked_in")


def opened(desk: Desk, patient: str, preset: str = "new") -> str:
    return consultation.open_consultation(desk, patient, preset).encounter_id


def states(desk: Desk, patient: str, encounter: str) -> dict[str, str]:
    return {step.step: step.state for step in encounters.consultation(desk, patient, encounter).steps}


def test_an_encounter_opens_with_eleven_steps_and_takes_the_patient_out_of_the_queue(
    store: Store, doctor: Desk, patient: str
) -> None:
    entry = waits(store, patient, "fever and cough")
    made = consultation.open_consultation(doctor, patient, "new", entry)
    shown = encounters.consultation(doctor, patient, made.encounter_id)
    assert [step.step for step in shown.steps] == list(path.STEPS)
    assert shown.step("symptoms").content == {"complaint": "fever and cough"}
    with store.read() as connection:
        row = connection.execute(select(queue_entries)).one()
    assert (row.status, row.encounter_id, row.practitioner_id) == (
        "in_consultation",
        made.encounter_id,
        doctor.session.staff_id,
    )


def test_what_was_left_unfinished_is_taken_up_again(doctor: Desk, patient: str) -> None:
    first = consultation.open_consultation(doctor, patient, "new")
    again = consultation.open_consultation(doctor, patient, "refill")
    assert (again.encounter_id, again.resumed) == (first.encounter_id, True)
    assert [each.encounter_id for each in encounters.my_open_consultations(doctor)] == [first.encounter_id]


def test_a_step_that_a_rule_leaves_out_says_which_rule_of_which_version(doctor: Desk, patient: str) -> None:
    charting.confirm_no_known_allergies(doctor, patient)
    step = encounters.consultation(doctor, patient, opened(doctor, patient, "refill")).step("symptoms")
    assert (step.state, step.rule, step.rule_version) == ("not_applicable", "symptoms.preset", rule_book().version)
    assert step.reason == "Not a part of this kind of visit."


def test_fresh_vital_signs_let_the_step_be_left_out(
    store: Store, nurse: Desk, doctor: Desk, patient: str, clock: SetClock
) -> None:
    vitals.record_vitals(nurse, patient, {"pressure": "120/75", "heart_rate": "70"})
    clock.advance(timedelta(hours=2))
    step = encounters.consultation(doctor, patient, opened(doctor, patient)).step("vitals")
    assert (step.state, step.rule) == ("skipped_by_rule", "vitals.fresh")
    assert step.reason == "Taken 2 h ago, and none is abnormal."


def test_a_severe_complaint_brings_back_what_the_preset_left_out(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient, "follow_up")
    assert states(doctor, patient, encounter)["examination"] == "skipped_by_rule"
    consultation.save_step(doctor, encounter, "symptoms", {"severity": "severe"})
    step = encounters.consultation(doctor, patient, encounter).step("examination")
    assert (step.state, step.rule) == ("not_started", "examination.severe")


# Two windows ------------------------------------------------------------------------------------------------------


def test_the_nurse_and_the_doctor_write_at_once_and_nothing_is_lost(nurse: Desk, doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    consultation.save_step(doctor, encounter, "symptoms", {"complaint": "cough"})
    consultation.save_step(nurse, encounter, "symptoms", {"onset": "3 days"})
    vitals.record_vitals(nurse, patient, {"pressure": "120/75", "heart_rate": "70"})
    consultation.save_step(doctor, encounter, "symptoms", {"severity": "mild"})
    shown = encounters.consultation(doctor, patient, encounter)
    assert shown.step("symptoms").content == {"complaint": "cough", "onset": "3 days", "severity": "mild"}
    assert shown.step("vitals").state == "completed"
    assert shown.step("vitals").updated_by == "Nurse One"
    assert {each.key for each in shown.vitals} == {"systolic", "diastolic", "heart_rate"}


def test_one_field_written_by_both_is_said_and_kept_as_the_first_wrote_it(
    nurse: Desk, doctor: Desk, patient: str
) -> None:
    encounter = opened(doctor, patient)
    consultation.save_step(nurse, encounter, "symptoms", {"complaint": "cough", "onset": "3 days"})
    with pytest.raises(Refusal) as refused:
        consultation.save_step(doctor, encounter, "symptoms", {"complaint": "fever"}, expect={"complaint": ""})
    assert refused.value.field == "complaint"
    assert "cough" in str(refused.value)
    saved = consultation.save_step(doctor, encounter, "symptoms", {"complaint": "fever"}, expect={"complaint": "cough"})
    assert saved.content == {"complaint": "fever", "onset": "3 days"}


def test_half_of_what_is_wanted_leaves_the_vitals_in_progress(nurse: Desk, doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    vitals.record_vitals(nurse, patient, {"pressure": "120/75"})
    assert states(doctor, patient, encounter)["vitals"] == "in_progress"
    vitals.record_vitals(nurse, patient, {"heart_rate": "72"})
    assert states(doctor, patient, encounter)["vitals"] == "completed"


def test_the_nurse_writes_only_in_her_steps(nurse: Desk, doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    with pytest.raises(Refusal, match="role"):
        consultation.save_step(nurse, encounter, "diagnosis", {"note": "x"})
    with pytest.raises(Refusal, match="role"):
        consultation.sign_consultation(nurse, encounter)


def test_the_same_act_sent_twice_is_done_once(doctor: Desk, patient: str, store: Store) -> None:
    once = doctor.once("0001")
    first = consultation.open_consultation(once, patient, "new")
    assert consultation.open_consultation(once, patient, "new") == first
    save = doctor.once("0002")
    saved = consultation.save_step(save, first.encounter_id, "symptoms", {"complaint": "cough"})
    assert consultation.save_step(save, first.encounter_id, "symptoms", {"complaint": "cough"}) == saved
    with store.read() as connection:
        kinds = list(connection.execute(select(journal.c.kind)).scalars())
    assert kinds.count("encounter.opened") == 1
    assert kinds.count("step.saved") == 1


# States -----------------------------------------------------------------------------------------------------------


def test_a_step_is_not_completed_without_its_minimum(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    with pytest.raises(Refusal) as refused:
        consultation.save_step(doctor, encounter, "symptoms", {"complaint": "cough"}, "completed")
    assert refused.value.field == "onset"
    content = {"complaint": "cough", "onset": "3 days"}
    assert consultation.save_step(doctor, encounter, "symptoms", content, "completed").state == "completed"


def test_taking_away_what_a_completed_step_needs_reopens_it(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    consultation.save_step(doctor, encounter, "plan", {"advice": "rest"}, "completed")
    saved = consultation.save_step(doctor, encounter, "plan", {"advice": ""}, expect={"advice": "rest"})
    assert saved.state == "reopened"


def test_a_step_left_out_keeps_the_reason_and_can_be_opened_again(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    with pytest.raises(Refusal, match="why"):
        consultation.skip_step(doctor, encounter, "examination", " ")
    consultation.skip_step(doctor, encounter, "examination", "telephone review")
    step = encounters.consultation(doctor, patient, encounter).step("examination")
    assert (step.state, step.reason) == ("skipped_by_person", "telephone review")
    assert consultation.reopen_step(doctor, encounter, "examination") == "reopened"
    with pytest.raises(Refusal, match="never left out"):
        consultation.skip_step(doctor, encounter, "patient_overview", "no time")


def test_results_can_be_waited_for_and_writing_takes_it_up_again(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    consultation.park_consultation(doctor, encounter)
    assert encounters.consultation(doctor, patient, encounter).status == "awaiting_results"
    consultation.save_step(doctor, encounter, "plan", {"advice": "rest"})
    assert encounters.consultation(doctor, patient, encounter).status == "open"


def test_an_encounter_opened_by_mistake_sends_the_patient_back_to_wait(
    store: Store, doctor: Desk, patient: str
) -> None:
    entry = waits(store, patient)
    encounter = consultation.open_consultation(doctor, patient, "new", entry).encounter_id
    consultation.void_consultation(doctor, encounter, "wrong patient called")
    with store.read() as connection:
        assert connection.execute(select(queue_entries.c.status)).scalar_one() == "waiting"
    assert chart.open_chart(doctor, patient).timeline.visits == ()
    with pytest.raises(Refusal, match="signed or void"):
        consultation.save_step(doctor, encounter, "plan", {"advice": "rest"})
