"""Refills: asked for once, decided by a prescriber, and an approval passes the safety check like any prescription."""

from datetime import timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import charting, inbox, pharmacy, prescribing, refills
from clinic_desktop.services.charting import NewAllergy
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, add_patient, amoxicillin, paracetamol, world


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor, clock: SetClock) -> World:
    made = world(store, desk_for)
    prescribing.sign_prescription(made.doctor, made.patient, None, [paracetamol()])
    clock.advance(timedelta(minutes=30))
    return made


def ask(clinic: World) -> refills.Refill:
    (line,) = refills.refillable(clinic.pharmacist, clinic.patient)
    refills.ask_refill(clinic.pharmacist, clinic.patient, line.line_id, asked_by="the patient", asked_how="telephone")
    return refills.refills_of(clinic.doctor, clinic.patient)[0]


def test_what_was_prescribed_may_be_asked_for_again_each_medicine_once(clinic: World) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [paracetamol()])
    (line,) = refills.refillable(clinic.pharmacist, clinic.patient)
    assert (line.title, line.waiting) == ("paracetamol 500 mg tablet", False)


def test_the_prescriber_is_told_and_approving_signs_the_same_again(clinic: World) -> None:
    request = ask(clinic)
    (told,) = inbox.inbox(clinic.doctor)
    assert (told.category, told.screen, dict(told.arguments)) == ("refill", "refills", {"patient_id": clinic.patient})
    signed = refills.approve_refill(clinic.doctor, request.id, expect=request.revision)
    assert [row.number for row in pharmacy.queue(clinic.pharmacist)][-1] == signed.number
    (line,) = prescribing.prescription(clinic.doctor, signed.prescription_id).lines
    assert line.title == "paracetamol 500 mg tablet"
    assert inbox.inbox(clinic.doctor) == ()
    assert refills.refills_of(clinic.doctor, clinic.patient)[0].status == "approved"


def test_one_request_at_a_time_for_one_medicine(clinic: World) -> None:
    request = ask(clinic)
    with pytest.raises(Refusal, match="waiting"):
        ask(clinic)
    refills.cancel_refill(clinic.pharmacist, request.id, "asked twice", expect=request.revision)
    assert ask(clinic).status == "asked"


def test_a_refusal_needs_a_reason_and_is_told_to_whoever_took_it_down(clinic: World) -> None:
    request = ask(clinic)
    with pytest.raises(Refusal) as refused:
        refills.refuse_refill(clinic.doctor, request.id, " ", expect=request.revision)
    assert refused.value.field == "reason"
    refills.refuse_refill(clinic.doctor, request.id, "come to the clinic first", expect=request.revision)
    (told,) = inbox.inbox(clinic.pharmacist)
    assert told.body == "come to the clinic first"


def test_an_allergy_noted_since_stops_the_approval_and_nothing_is_half_done(clinic: World, clock: SetClock) -> None:
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    clock.advance(timedelta(minutes=30))
    line = next(one for one in refills.refillable(clinic.doctor, clinic.patient) if "amoxicillin" in one.title)
    refills.ask_refill(clinic.doctor, clinic.patient, line.line_id, asked_by="the patient")
    charting.add_allergy(clinic.doctor, clinic.patient, NewAllergy("penicillin"))
    request = refills.refills_of(clinic.doctor, clinic.patient)[0]
    with pytest.raises(Refusal):
        refills.approve_refill(clinic.doctor, request.id, expect=request.revision)
    assert refills.refills_of(clinic.doctor, clinic.patient)[0].status == "asked"
    assert len(prescribing.last_prescriptions(clinic.doctor, clinic.patient)) == 2


def test_two_doctors_do_not_both_decide(clinic: World) -> None:
    request = ask(clinic)
    refills.approve_refill(clinic.doctor, request.id, expect=request.revision)
    with pytest.raises(Refusal, match="meanwhile"):
        refills.refuse_refill(clinic.doctor, request.id, "too early", expect=request.revision)


@pytest.mark.parametrize(
    ("role", "may"), [("pharmacist", False), ("nurse", False), ("front_desk", False), ("doctor", True)]
)
def test_only_a_prescriber_decides(clinic: World, desk_for: DeskFor, role: str, may: bool) -> None:
    request = ask(clinic)
    if may:
        refills.approve_refill(desk_for(role), request.id, expect=request.revision)
        return
    with pytest.raises(Refusal, match="role"):
        refills.approve_refill(desk_for(role), request.id, expect=request.revision)


@pytest.mark.parametrize(("asked_by", "how", "field"), [("", "telephone", "asked_by"), ("she", "pigeon", "asked_how")])
def test_a_request_that_says_too_little_is_refused_by_its_field(
    clinic: World, asked_by: str, how: str, field: str
) -> None:
    (line,) = refills.refillable(clinic.pharmacist, clinic.patient)
    with pytest.raises(Refusal) as refused:
        refills.ask_refill(clinic.pharmacist, clinic.patient, line.line_id, asked_by=asked_by, asked_how=how)
    assert refused.value.field == field


def test_nobody_asks_for_what_another_patient_was_given(clinic: World) -> None:
    other = add_patient(clinic.store, "Other")
    (line,) = refills.refillable(clinic.pharmacist, clinic.patient)
    with pytest.raises(Refusal) as refused:
        refills.ask_refill(clinic.pharmacist, other, line.line_id, asked_by="somebody")
    assert refused.value.field == "line_id"


def test_what_was_cancelled_cannot_be_asked_for_again(clinic: World) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    prescribing.cancel_prescription(clinic.doctor, signed.prescription_id, "wrong patient")
    assert [one.title for one in refills.refillable(clinic.doctor, clinic.patient)] == ["paracetamol 500 mg tablet"]


def test_a_prescription_sent_back_is_in_the_inbox_of_whoever_wrote_it(clinic: World) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    pharmacy.reject(clinic.pharmacist, signed.prescription_id, "not in stock for a week")
    told = inbox.inbox(clinic.doctor)[0]
    assert (told.category, told.title, told.body) == ("refused_prescription", signed.number, "not in stock for a week")
