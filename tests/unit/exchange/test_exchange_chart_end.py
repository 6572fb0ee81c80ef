"""The chart as sync sees it: every change leads to the record it belongs to, and what comes is never laid over ours."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.chart_end import marker
from clinic_desktop.exchange.told import made, written
from clinic_desktop.services import (
    charting,
    merging,
    prescribing,
    restrictions,
    scheduling,
)
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.inbox import inbox
from clinic_desktop.services.patients import NewPatient, find_patients, patient_details, register_patient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import allergies, medicines_taken, problems
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.outside import observations
from clinic_desktop.store.tables.patients import patients
from sync.engine.chart import Because
from sync.port import Kind
from sync.records.appointment import Appointment
from sync.records.elements import Resource
from sync.records.exact import loads
from sync.remotes.healify.mapping.appointment import cancelling
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.medicines import amoxicillin, world
from tests.unit.exchange.heard_case import HEALIFY, Heard


@pytest.fixture
def heard(store: Store, clock: SetClock) -> Heard:
    return Heard(store, clock)


def test_every_kind_of_work_is_told_as_the_record_it_belongs_to(small: Clinic, heard: Heard) -> None:
    small.invoice()
    touched = heard.touched()
    assert {kind for kind, _ in touched} >= {
        Kind.PATIENT, Kind.APPOINTMENT, Kind.ENCOUNTER, Kind.PRESCRIPTION, Kind.LAB_ORDER, Kind.LAB_RESULT,
        Kind.CHARGE, Kind.INVOICE, Kind.PAYMENT,
    }  # fmt: skip
    stories = {each: heard.story(*each) for each in touched}
    told = {kind for (kind, _), story in stories.items() if story is not None}
    assert told >= {
        Kind.PATIENT, Kind.APPOINTMENT, Kind.PRESCRIPTION, Kind.LAB_ORDER, Kind.LAB_RESULT, Kind.CHARGE, Kind.INVOICE,
        Kind.PAYMENT,
    }  # fmt: skip
    assert stories[Kind.ENCOUNTER, small.encounter] is None, "a visit that is not signed is nothing yet to be told"


def test_the_records_of_a_story_know_each_other_by_our_ids(small: Clinic, heard: Heard) -> None:
    story = heard.story(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    assert isinstance(story.first, Appointment)
    named = {each.actor.reference for each in story.first.participant if each.actor}
    assert named == {f"{each.resource_type}/{each.id}" for each in story.rest}
    assert story.first.id == small.appointment
    assert story.marker == marker(small.appointment)


def test_a_cancelled_appointment_is_told_as_an_act(small: Clinic, heard: Heard, desk_for: DeskFor) -> None:
    scheduling.cancel(desk_for("front_desk"), small.appointment, "She called")
    story = heard.story(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    assert story.act == "cancel"


def test_what_is_here_of_each_kind_is_counted_before_anybody_is_told(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    small.invoice()
    again = register_patient(desk_for("front_desk"), NewPatient("Okello", "Maria", "female", date(1990, 1, 1), "day"))
    chosen = {"sex": "kept", "born_on": "kept"}
    merging.merge(desk_for("front_desk"), small.patient, again.patient_id, chosen=chosen, reason="Registered twice")
    with heard.store.write(act=new_id(), session=None) as unit:
        here = {str(kind): heard.chart.count(unit, kind) for kind in Kind}
    one = ("patient", "appointment", "encounter", "prescription", "lab_order", "lab_result", "invoice", "payment")
    assert {kind: count for kind, count in here.items() if kind in one} == dict.fromkeys(one, 1)
    assert here["dispense"] == here["consent"] == here["practitioner"] == 0


def test_of_a_restricted_record_nothing_is_told(small: Clinic, heard: Heard, desk_for: DeskFor) -> None:
    restrictions.restrict_record(desk_for("doctor"), small.patient, ["role:doctor"], "At her wish")
    for kind, record in ((Kind.PATIENT, small.patient), (Kind.APPOINTMENT, small.appointment)):
        assert heard.story(kind, record) is None


def test_what_a_system_changes_in_a_registration_is_changed_and_nothing_beside_it(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    desk = desk_for("front_desk")
    before = patient_details(desk, small.patient)
    came = heard.patient(small.patient)
    resource = written(came) | {"telecom": [{"system": "phone", "value": "+1-555-0199"}]}
    heard.adopt(Kind.PATIENT, small.patient, made(resource))
    after = patient_details(desk, small.patient)
    assert after.patient.phone == "+1-555-0199"
    assert after.patient == replace(before.patient, phone="+1-555-0199")
    with heard.store.read() as connection:
        last = connection.execute(
            select(journal).where(journal.c.kind == "patient.changed").order_by(journal.c.seq.desc())
        ).first()
    assert last is not None
    assert last.reason == "Healify"


def test_a_name_changed_elsewhere_keeps_the_former_one_findable(small: Clinic, heard: Heard, desk_for: DeskFor) -> None:
    came = heard.patient(small.patient)
    former = came.name[0].family or ""
    renamed = made(written(came) | {"name": [{"family": "Zwingli", "given": ["Ada"]}]})
    with pytest.raises(Refusal):  # who somebody is never changes without a person
        heard.adopt(Kind.PATIENT, small.patient, renamed)
    heard.adopt(Kind.PATIENT, small.patient, renamed, because=replace(HEALIFY, who="u1"))
    desk = desk_for("front_desk")
    assert [each.patient_id for each in find_patients(desk, "zwingli")] == [small.patient]
    assert [each.patient_id for each in find_patients(desk, former)] == [small.patient]


def test_an_allergy_that_a_system_knows_is_added_once_and_ours_stay(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    charting.add_allergy(desk_for("doctor"), small.patient, charting.NewAllergy("penicillin"))
    came = heard.patient(small.patient)
    new = made(
        {
            "resourceType": "AllergyIntolerance", "patient": {"reference": f"Patient/{small.patient}"},
            "code": {"text": "peanuts"},
        }
    )  # fmt: skip
    for _again in range(2):
        heard.adopt(Kind.PATIENT, small.patient, came, new)
    with heard.store.read() as connection:
        found = connection.execute(select(allergies.c.substance).where(allergies.c.status == "active")).scalars().all()
    assert sorted(found) == ["latex", "peanuts", "penicillin"]


def test_what_was_prescribed_here_does_not_come_back_as_another_medicine(
    store: Store, heard: Heard, desk_for: DeskFor
) -> None:
    clinic = world(store, desk_for)
    prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    with heard.store.read() as connection:
        (ours,) = connection.execute(select(medicines_taken)).all()
    came = heard.patient(clinic.patient)

    def taken(name: str) -> object:
        about = {"subject": {"reference": f"Patient/{clinic.patient}"}, "status": "unknown"}
        return made({"resourceType": "MedicationStatement", "medicationCodeableConcept": {"text": name}, **about})

    said = (f"{ours.name} {ours.dose}", ours.name.upper(), f"{ours.name} twice as much", "metformin")
    heard.adopt(Kind.PATIENT, clinic.patient, came, *map(taken, said))
    with heard.store.read() as connection:
        found = connection.execute(select(medicines_taken.c.name).order_by(medicines_taken.c.rowid_)).scalars().all()
    assert found == [ours.name, f"{ours.name} twice as much", "metformin"], "another dose is news, an echo is none"


def test_an_appointment_cancelled_elsewhere_is_cancelled_here_and_the_front_desk_is_told(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    story = heard.story(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    gone = made(written(story.first) | {"status": "cancelled", "cancelationReason": {"text": "by telephone"}})
    heard.adopt(Kind.APPOINTMENT, small.appointment, gone)
    after = heard.story(Kind.APPOINTMENT, small.appointment)
    assert after is not None
    assert after.act == "cancel"
    assert [item.title for item in inbox(desk_for("front_desk"), "open")] == ["An appointment was changed elsewhere"]
    with pytest.raises(Refusal):
        heard.adopt(Kind.APPOINTMENT, small.appointment, story.first)


def test_a_patient_who_is_only_known_there_is_registered_under_a_number_of_ours(
    heard: Heard, desk_for: DeskFor
) -> None:
    desk: Desk = desk_for("front_desk")
    came = made(
        {
            "resourceType": "Patient", "id": "pat-1", "name": [{"family": "Doe", "given": ["John"]}],
            "gender": "male", "birthDate": "1985-06-15",
        }
    )  # fmt: skip
    first = heard.adopt(Kind.PATIENT, None, came)
    assert first is not None
    assert heard.adopt(Kind.PATIENT, None, came) == first, "the same again is the same person"
    (found,) = find_patients(desk, "doe")
    assert found.patient_id == first
    assert heard.patient(first).identifier[0].value == found.mrn


def test_somebody_new_comes_with_their_allergies_conditions_and_medicines(heard: Heard, desk_for: DeskFor) -> None:
    told = (
        {"resourceType": "Patient", "name": [{"family": "Doe", "given": ["John"]}], "gender": "male",
         "birthDate": "1985-06-15"},
        {"resourceType": "AllergyIntolerance", "code": {"text": "penicillin"}, "patient": {"display": "patient"}},
        {"resourceType": "Condition", "code": {"text": "hypertension"}, "subject": {"display": "patient"}},
        {"resourceType": "MedicationStatement", "status": "unknown",
         "medicationCodeableConcept": {"text": "metformin"}, "subject": {"display": "patient"}},
    )  # fmt: skip
    came = [made(one) for one in told]
    first = heard.adopt(Kind.PATIENT, None, *came)
    assert first is not None
    with heard.store.read() as connection:
        of_them = [
            connection.execute(select(func.count()).select_from(one).where(one.c.patient_id == first)).scalar()
            for one in (allergies, problems, medicines_taken)
        ]
    assert of_them == [1, 1, 1]
    assert heard.adopt(Kind.PATIENT, None, *came) == first, "the same again is the same person"


def test_a_visit_that_comes_with_its_note_is_taken_in_with_it(small: Clinic, heard: Heard) -> None:
    whom = {"reference": f"Patient/{small.patient}"}
    told = (
        {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": whom,
         "period": {"start": "2026-01-15T10:00:00Z"}},
        {"resourceType": "DocumentReference", "status": "current",
         "type": {"coding": [{"system": "http://loinc.org", "code": "55107-7"}]},
         "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": "YWxsIHdlbGw="}}]},
    )  # fmt: skip
    because = Because("healify", "rec_1")
    assert heard.adopt(Kind.ENCOUNTER, None, *(made(one) for one in told), because=because) is not None


def test_somebody_whose_name_is_hidden_there_is_not_registered_here(heard: Heard) -> None:
    hidden = made({"resourceType": "Patient", "gender": "female", "birthDate": "1990-01-01"})
    assert heard.adopt(Kind.PATIENT, None, hidden) is None
    with heard.store.read() as connection:
        assert connection.execute(select(patients.c.id)).all() == []


def test_results_from_elsewhere_stand_beside_ours_and_whoever_ordered_is_told(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    result = made(
        {
            "resourceType": "Observation", "status": "final", "id": "LAB-9",
            "subject": {"reference": f"Patient/{small.patient}"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "Potassium"},
            "effectiveDateTime": "2026-03-10T08:00:00Z", "valueQuantity": {"value": 7, "unit": "mmol/L"},
            "interpretation": [{"coding": [{"code": "HH"}]}],
        }
    )  # fmt: skip
    heard.adopt(Kind.LAB_RESULT, small.order, result, because=Because("hms_enterprise", "LAB-9"))
    with heard.store.read() as connection:
        rows = connection.execute(select(observations).where(observations.c.patient_id == small.patient)).all()
    assert [row.code for row in rows] == ["2823-3"]
    (told,) = [item for item in inbox(desk_for("doctor"), "open") if item.title.startswith("Results came")]
    assert told.must_answer


@pytest.mark.parametrize(
    ("taken", "flag", "told"),
    [
        ("2026-03-10T08:00:00Z", "HH", True), ("2026-03-01T08:00:00+02:00", "LL", True),
        ("2026-03-10T08:00:00Z", "H", False), ("2026-01-10T08:00:00Z", "HH", False), ("2026-03", "HH", True),
    ],
)  # fmt: skip
def test_a_critical_result_of_nobodys_order_here_is_before_a_doctor_while_it_is_news(
    small: Clinic, heard: Heard, desk_for: DeskFor, taken: str, flag: str, *, told: bool
) -> None:
    result = made(
        {
            "resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{small.patient}"},
            "code": {"text": "Potassium"}, "effectiveDateTime": taken,
            "component": [{"code": {"text": "Potassium"}, "valueQuantity": {"value": 7, "unit": "mmol/L"},
                           "interpretation": [{"coding": [{"code": flag}]}]}],
        }
    )  # fmt: skip
    assert heard.adopt(Kind.LAB_RESULT, None, result, because=Because("hms_enterprise", "LAB-7")) is not None
    came = [item for item in inbox(desk_for("doctor"), "open") if item.title.startswith("Results came")]
    assert [item.must_answer for item in came] == ([True] if told else [])
    for one in came:
        assert "Potassium: 7 mmol/L (" in one.body
        assert (one.screen, one.arguments) == ("chart", (("patient_id", small.patient),)), "a key opens the chart"


def potassium(clinic: Clinic, value: str, flag: str, **more: object) -> Resource:
    return made(
        {
            "resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{clinic.patient}"},
            "code": {"text": "Potassium"}, "effectiveDateTime": "2026-03-10T08:00:00Z",
            "valueQuantity": {"value": loads(value), "unit": "mmol/L"},
            "interpretation": [{"coding": [{"code": flag}]}],
        }
        | more
    )  # fmt: skip


LATER = {"effectiveDateTime": "2026-03-10T09:00:00Z"}


@pytest.mark.parametrize("ours", [False, True])
def test_of_a_critical_value_a_doctor_is_told_once_and_again_where_it_is_another_or_worse(
    small: Clinic, heard: Heard, desk_for: DeskFor, *, ours: bool
) -> None:
    order, order_1 = small.order if ours else None, Because("hms_enterprise", "LAB_1")

    def alarms(*came: object) -> int:
        heard.adopt(Kind.LAB_RESULT, order or heard_of, *came, because=order_1)
        return sum(each.must_answer for each in inbox(desk_for("doctor"), "open") if "Results came" in each.title)

    heard_of = None if ours else heard.adopt(Kind.LAB_RESULT, None, potassium(small, "5", "N"), because=order_1)
    assert alarms(potassium(small, "6.1", "H")) == 0
    assert alarms(potassium(small, "7", "HH")) == 1
    sodium = {"code": {"text": "Sodium"}, "effectiveDateTime": "2026-03-10T08:01:00Z"}
    for _again in range(2):
        assert alarms(potassium(small, "7", "HH", note=[{"text": "seen"}])) == 1, "its order has changed, not the value"
        assert alarms(potassium(small, "7", "HH"), potassium(small, "4", "N", **LATER)) == 1
    assert alarms(potassium(small, "7", "HH"), potassium(small, "101", "LL", **sodium)) == 2, "a second one"
    assert alarms(potassium(small, "7.4", "HH"), potassium(small, "101", "LL", **sodium)) == 3, "it is another value"
    assert alarms(potassium(small, "7.4", "HH"), potassium(small, "101", "LL", **sodium)) == 3
    assert alarms(potassium(small, "7.4", "HH", **LATER)) == 4, "it was measured once more"
    assert alarms(potassium(small, "7.4", "HH", status="corrected", **LATER)) == 4
    assert alarms(potassium(small, "7.4", "HH", status="entered-in-error", **LATER)) == 4
    assert alarms(potassium(small, "7.4", "HH", status="corrected", **LATER)) == 5, "it stands again"


def test_a_critical_value_that_was_taken_in_and_undone_is_told_of_when_it_is_taken_in(
    small: Clinic, heard: Heard, desk_for: DeskFor
) -> None:
    because, came = Because("hms_enterprise", "LAB_2"), potassium(small, "7", "HH")

    def cut_off() -> None:
        with heard.store.write(act=new_id(), session=None) as unit:
            heard.chart.adopt(unit, Kind.LAB_RESULT, None, [came], because)
            raise OSError("power")

    with pytest.raises(OSError, match="power"):
        cut_off()
    assert [each for each in inbox(desk_for("doctor"), "open") if "Results came" in each.title] == []
    heard.adopt(Kind.LAB_RESULT, None, came, because=because)
    assert [each.must_answer for each in inbox(desk_for("doctor"), "open") if "Results came" in each.title] == [True]


@pytest.mark.parametrize(("who", "told"), [("patient", "patient"), ("clinic", "provider"), ("other", "provider")])
def test_who_cancelled_is_told_as_it_was_said_and_not_guessed_from_the_reason(
    small: Clinic, heard: Heard, desk_for: DeskFor, who: str, told: str
) -> None:
    scheduling.cancel(desk_for("front_desk"), small.appointment, "Closed; every patient was called", cancelled_by=who)
    story = heard.story(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    assert (story.act, cancelling(story)["cancelled_by"]) == ("cancel", told)


def test_who_did_not_come_has_not_been_cancelled(
    small: Clinic, heard: Heard, desk_for: DeskFor, clock: SetClock
) -> None:
    clock.advance(timedelta(hours=3))
    scheduling.no_show(desk_for("front_desk"), small.appointment)
    story = heard.story(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    assert story.act == "no_show", "nobody is told that the clinic has cancelled it"


def test_an_appointment_whose_time_has_passed_is_a_question_and_not_a_booking(
    small: Clinic, heard: Heard, clock: SetClock
) -> None:
    story = heard.story(Kind.APPOINTMENT, small.appointment)
    assert story is not None
    with heard.store.write(act=new_id(), session=None) as unit:
        assert heard.chart.question(unit, story, 60.0) is None
        clock.advance(timedelta(hours=3))
        assert heard.chart.question(unit, story, 60.0) is not None


def test_likely_people_are_named_with_what_speaks_for_and_against(small: Clinic, heard: Heard) -> None:
    came = heard.patient(small.patient)
    with heard.store.write(act=new_id(), session=None) as unit:
        (best, *_others) = heard.chart.alike(unit, [came])
        other = made(written(came) | {"gender": "male" if came.gender != "male" else "female"})
        (against, *_more) = heard.chart.alike(unit, [other])
    assert best.local_id == small.patient
    assert "own_number" in best.strong
    assert best.birth_equal
    assert best.name_fits
    assert "sex" in against.against
    with heard.store.read() as connection:
        assert connection.execute(select(patients.c.id)).scalars().all() == [small.patient]
