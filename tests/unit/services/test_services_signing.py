"""Signing an encounter: what it needs, what it makes in the same act, addenda only after."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain.consultation import Diagnosis
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import chart, charting, consultation, encounters, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import charges, prices
from clinic_desktop.store.tables.chart import consultation_steps
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescriptions, safety_alerts
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
    price = {"code": "consult_new", "name": "Consultation", "kind": "consultation", "amount": 5000, "currency": "USD"}
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


# Signing ----------------------------------------------------------------------------------------------------------


def ready(doctor: Desk, patient: str) -> str:
    encounter = opened(doctor, patient)
    consultation.save_step(doctor, encounter, "patient_overview", IDENTITY)
    charting.confirm_no_known_allergies(doctor, patient)
    return encounter


def test_nobody_signs_without_identity(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    charting.confirm_no_known_allergies(doctor, patient)
    consultation.save_step(doctor, encounter, "patient_overview", {"identity.name": "1"})
    with pytest.raises(Refusal, match="two identifiers"):
        consultation.sign_consultation(doctor, encounter)


def test_nobody_signs_before_allergies_were_asked_for(doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    consultation.save_step(doctor, encounter, "patient_overview", IDENTITY)
    with pytest.raises(Refusal, match="allergies"):
        consultation.sign_consultation(doctor, encounter)
    charting.add_allergy(doctor, patient, NewAllergy("latex"))
    assert consultation.sign_consultation(doctor, encounter).encounter_id == encounter


def test_nobody_signs_over_a_hard_stop(store: Store, doctor: Desk, patient: str) -> None:
    encounter = ready(doctor, patient)
    with store.write(act=new_id(), session=None) as unit:
        prescription = unit.create(
            prescriptions,
            {
                "number": "RX-1",
                "patient_id": patient,
                "encounter_id": encounter,
                "prescriber_id": doctor.session.staff_id,
                "signed_at": to_text(store.clock.now()),
                "status": "signed",
                "pack": "p1",
            },
            kind="prescription.signed",
        )
        alert = {
            "prescription_id": prescription,
            "patient_id": patient,
            "tier": "stop",
            "kind": "allergy",
            "rule": "allergy.same",
            "raised_at": to_text(store.clock.now()),
            "drug": "amoxicillin",
            "text": "allergy",
            "source": "s",
            "pack": "p1",
        }
        made = unit.create(safety_alerts, alert, kind="alert.shown")
    with pytest.raises(Refusal, match="stop"):
        consultation.sign_consultation(doctor, encounter)
    with store.write(act=new_id(), session=None) as unit:
        unit.change(safety_alerts, made, {"override_reason": "tolerated before"}, kind="alert.overridden")
    assert consultation.sign_consultation(doctor, encounter).encounter_id == encounter


def test_signing_notes_problems_charges_and_ends_the_wait_in_one_act(store: Store, doctor: Desk, patient: str) -> None:
    waits(store, patient)
    charting.add_problem(doctor, patient, NewProblem("Essential (primary) hypertension", "I10", "provisional"))
    encounter = ready(doctor, patient)
    found = (
        Diagnosis("I10", "Essential (primary) hypertension", "confirmed"),
        Diagnosis("J20.9", "Acute bronchitis, unspecified", "confirmed"),
        Diagnosis("J18.9", "Pneumonia, unspecified organism", "refuted"),
    )
    consultation.save_step(doctor, encounter, "diagnosis", {each.key: each.value for each in found})
    consultation.save_step(
        doctor, encounter, "symptoms", {"complaint": "cough", "onset": "3 days"}, expect={"complaint": "cough"}
    )
    signed = consultation.sign_consultation(doctor.once("sign"), encounter)
    opened_chart = chart.open_chart(doctor, patient)
    assert [(each.code, each.certainty) for each in opened_chart.problems] == [
        ("I10", "confirmed"),
        ("J20.9", "confirmed"),
    ]
    assert opened_chart.timeline.visits[0].summary == (
        "cough — Essential (primary) hypertension, Acute bronchitis, unspecified, Pneumonia, unspecified organism"
    )
    with store.read() as connection:
        charge = connection.execute(select(charges)).one()
        entry = connection.execute(select(queue_entries)).one()
        acts = set(
            connection.execute(
                select(journal.c.act).where(
                    journal.c.kind.in_(("encounter.signed", "charge.made", "queue.finished", "problem.changed"))
                )
            ).scalars()
        )
    assert (charge.id, charge.price_code, charge.unit_amount) == (signed.charge_id, "consult_new", 5000)
    assert entry.status == "done"
    assert acts == {"sign"}


def test_after_the_signature_only_addenda(doctor: Desk, patient: str, store: Store) -> None:
    encounter = ready(doctor, patient)
    with pytest.raises(Refusal, match="not signed yet"):
        consultation.add_addendum(doctor, encounter, "text", "reason")
    consultation.sign_consultation(doctor, encounter)
    with store.read() as connection:
        before = connection.execute(select(consultation_steps)).all()
    for act in (
        lambda: consultation.save_step(doctor, encounter, "plan", {"advice": "rest"}),
        lambda: consultation.skip_step(doctor, encounter, "plan", "late"),
        lambda: consultation.reopen_step(doctor, encounter, "patient_overview"),
        lambda: consultation.sign_consultation(doctor, encounter),
        lambda: consultation.void_consultation(doctor, encounter, "late"),
    ):
        with pytest.raises(Refusal, match="signed"):
            act()
    with store.read() as connection:
        assert connection.execute(select(consultation_steps)).all() == before
    with pytest.raises(Refusal, match="why"):
        consultation.add_addendum(doctor, encounter, "He also smokes.", " ")
    consultation.add_addendum(doctor, encounter, "He also smokes.", "told at the door")
    shown = encounters.consultation(doctor, patient, encounter)
    assert [(each.author, each.text) for each in shown.addenda] == [("Doctor One", "He also smokes.")]
    assert not any(step.writable for step in shown.steps)


def test_vital_signs_do_not_slip_into_a_signed_encounter(nurse: Desk, doctor: Desk, patient: str) -> None:
    encounter = ready(doctor, patient)
    consultation.sign_consultation(doctor, encounter)
    with pytest.raises(Refusal, match="signed"):
        vitals.record_vitals(nurse, patient, {"weight": "70"}, encounter)
    assert vitals.record_vitals(nurse, patient, {"weight": "70"})


def test_what_is_still_open_is_listed_before_the_signature(doctor: Desk, patient: str) -> None:
    encounter = ready(doctor, patient)
    shown = encounters.consultation(doctor, patient, encounter)
    assert shown.needs == ()
    assert {each.step for each in shown.unresolved} >= {"vitals", "symptoms", "diagnosis", "prescription"}


def test_an_encounter_is_never_shown_under_another_patient(store: Store, doctor: Desk, patient: str) -> None:
    encounter = opened(doctor, patient)
    with store.write(act=new_id(), session=None) as unit:
        values = {
            "mrn": "other",
            "family_name": "B",
            "given_names": "C",
            "sex": "male",
            "registered_at": to_text(store.clock.now()),
            "family_key": "b",
            "given_key": "c",
        }
        other = unit.create(patients, values, kind="patient.registered")
    with pytest.raises(Refusal, match="somebody else"):
        encounters.consultation(doctor, other, encounter)
    with pytest.raises(Refusal, match="somebody else"):
        vitals.record_vitals(doctor, other, {"weight": "70"}, encounter)


def test_the_visit_summary_says_what_was_found_and_planned(doctor: Desk, patient: str) -> None:
    encounter = ready(doctor, patient)
    consultation.save_step(doctor, encounter, "symptoms", {"complaint": "cough", "onset": "3 days"})
    consultation.save_step(doctor, encounter, "examination", {"system.respiratory": "clear"})
    consultation.save_step(doctor, encounter, "plan", {"advice": "rest"})
    consultation.save_step(doctor, encounter, "follow_up", {"date": "2026-03-24"})
    consultation.sign_consultation(doctor, encounter)
    facts = encounters.visit_summary_facts(doctor, patient, encounter)
    assert (facts.complaint, facts.findings, facts.plan) == (
        "cough",
        (("respiratory", "clear"),),
        (("advice", "rest"),),
    )
    assert facts.follow_up_on is not None
    assert facts.follow_up_on.isoformat() == "2026-03-24"
