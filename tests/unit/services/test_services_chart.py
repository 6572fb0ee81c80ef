"""The chart: what is written in it, what opening it costs, and who is told that it was opened."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, event, select

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.domain import vitals as signs
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import chart, charting, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import encounters, problems, vital_signs
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.store.tables.patients import patients

DeskFor = Callable[[str], Desk]


def a_patient(store: Store, **values: object) -> str:
    known = {
        "mrn": new_id(),
        "family_name": "Okafor",
        "given_names": "Ngozi",
        "sex": "female",
        "born_on": "1980-05-04",
        "registered_at": to_text(store.clock.now()),
        "family_key": "okafor",
        "given_key": "ngozi",
    }
    with store.write(act=new_id(), session=None) as unit:
        return unit.create(patients, known | values, kind="patient.registered")


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


@pytest.fixture
def patient(store: Store) -> str:
    return a_patient(store)


def visits(store: Store, patient: str, practitioner: str, count: int) -> None:
    """Many signed encounters, each with two measurements and a problem that is over."""
    with store.write(act=new_id(), session=None) as unit:
        for number in range(count):
            at = to_text(store.clock.now() - timedelta(days=2 * (count - number)))
            encounter = unit.create(
                encounters,
                {
                    "patient_id": patient,
                    "practitioner_id": practitioner,
                    "preset": "new",
                    "status": "signed",
                    "started_at": at,
                    "signed_at": at,
                    "summary": f"visit {number}",
                },
                kind="encounter.opened",
            )
            for code, value, unit_ in ((signs.SYSTOLIC, "128", "mm[Hg]"), (signs.WEIGHT, "70", "kg")):
                unit.create(
                    vital_signs,
                    {
                        "patient_id": patient,
                        "encounter_id": encounter,
                        "code": code,
                        "value": value,
                        "unit": unit_,
                        "taken_at": at,
                    },
                    kind="vitals.recorded",
                )
            unit.create(
                problems,
                {
                    "patient_id": patient,
                    "title": f"cold {number}",
                    "certainty": "confirmed",
                    "status": "resolved",
                    "noted_at": at,
                },
                kind="problem.noted",
            )


@contextmanager
def watched(store: Store) -> Iterator[list[str]]:
    """Every statement that a reader runs."""
    said: list[str] = []

    def note(_conn: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    engine = store._readers
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def steps_of(store: Store, patient: str, desk: Desk) -> tuple[int, int, chart.Chart]:
    """Statements run, and thousands of steps of SQLite's machine, for opening a chart."""
    ticks = [0]

    def tick() -> int:
        ticks[0] += 1
        return 0

    with watched(store) as said:
        with store._readers.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.set_progress_handler(tick, 100)
        # The pool hands the same connection out again to the next reader.
        opened = chart.open_chart(desk, patient)
        driver.set_progress_handler(None, 0)
    return len(said), ticks[0], opened


def test_a_chart_with_a_thousand_visits_costs_as_much_as_one_with_two_hundred(store: Store, doctor: Desk) -> None:
    few, many = a_patient(store), a_patient(store)
    visits(store, few, doctor.session.staff_id, 200)
    visits(store, many, doctor.session.staff_id, 1000)
    steps_of(store, few, doctor)
    statements_few, work_few, _ = steps_of(store, few, doctor)
    statements_many, work_many, opened = steps_of(store, many, doctor)
    assert statements_many == statements_few
    assert work_many <= work_few + 8, (work_few, work_many)
    assert len(opened.timeline.visits) == chart.PAGE
    assert (opened.visit_count, opened.counted_all) == (200, False)
    assert [each.key for each in opened.vitals] == ["systolic", "weight"]
    assert opened.problems == ()


def test_the_timeline_turns_its_pages_without_a_gap_or_a_double(store: Store, doctor: Desk, patient: str) -> None:
    visits(store, patient, doctor.session.staff_id, 45)
    page = chart.open_chart(doctor, patient).timeline
    seen = list(page.visits)
    while page.following is not None:
        page = chart.timeline(doctor, patient, page.following)
        seen += page.visits
    assert [each.summary for each in seen] == [f"visit {number}" for number in range(44, -1, -1)]


def test_opening_a_chart_is_in_the_access_log_and_reading_it_again_is_not(
    store: Store, doctor: Desk, patient: str
) -> None:
    with pytest.raises(Refusal, match="Open the chart"):
        chart.chart_again(doctor, patient)
    chart.open_chart(doctor, patient)
    chart.chart_again(doctor, patient)
    with store.read() as connection:
        rows = connection.execute(select(access.c.patient, access.c.session)).all()
    assert [tuple(row) for row in rows] == [(patient, doctor.session.id)]


def test_somebody_else_has_to_open_it_too(desk_for: DeskFor, doctor: Desk, patient: str) -> None:
    chart.open_chart(doctor, patient)
    with pytest.raises(Refusal, match="Open the chart"):
        vitals.vitals_trend(desk_for("nurse"), patient, signs.WEIGHT)


def test_none_known_said_by_mistake_goes_back_to_not_asked(doctor: Desk, patient: str) -> None:
    with pytest.raises(Refusal, match="Nobody"):
        charting.allergies_not_asked(doctor, patient)
    charting.confirm_no_known_allergies(doctor, patient)
    charting.allergies_not_asked(doctor, patient)
    shown = chart.open_chart(doctor, patient).patient
    assert (shown.allergy_state, shown.allergy_state_on, shown.allergy_state_by) == ("not_asked", None, None)
    charting.add_allergy(doctor, patient, NewAllergy("penicillin"))
    with pytest.raises(Refusal, match="Nobody"):
        charting.allergies_not_asked(doctor, patient)


@pytest.mark.parametrize("role", ["pharmacist", "laboratory", "front_desk", "cashier", "administrator"])
def test_who_is_not_clinical_opens_no_chart(desk_for: DeskFor, patient: str, role: str) -> None:
    with pytest.raises(Refusal, match="role"):
        chart.open_chart(desk_for(role), patient)


# Allergies --------------------------------------------------------------------------------------------------------


def test_the_allergy_state_follows_the_list_in_the_same_act(doctor: Desk, patient: str, store: Store) -> None:
    assert chart.open_chart(doctor, patient).patient.allergy_state == "not_asked"
    charting.confirm_no_known_allergies(doctor, patient)
    assert chart.open_chart(doctor, patient).patient.allergy_state == "none_known"
    allergy = charting.add_allergy(doctor, patient, NewAllergy("penicillin", reaction="rash", severity="severe"))
    opened = chart.open_chart(doctor, patient)
    assert (opened.patient.allergy_state, opened.patient.allergy_state_by) == ("listed", "Doctor One")
    assert [(each.substance, each.severity) for each in opened.allergies] == [("penicillin", "severe")]
    with pytest.raises(Refusal, match="listed"):
        charting.confirm_no_known_allergies(doctor, patient)
    assert charting.deactivate_allergy(doctor, allergy, "tolerated amoxicillin twice") == "not_asked"
    assert chart.open_chart(doctor, patient).patient.allergy_state_on is None
    with store.read() as connection:
        acts = connection.execute(
            select(journal.c.act)
            .where(journal.c.kind.in_(("allergy.noted", "patient.changed")))
            .order_by(journal.c.seq)
        ).scalars()
        assert len(set(acts)) == 3  # confirm, add, end: each state in the act that caused it


def test_an_allergy_is_not_listed_twice_and_needs_a_name(doctor: Desk, patient: str) -> None:
    charting.add_allergy(doctor, patient, NewAllergy("Penicillin"))
    with pytest.raises(Refusal, match="already"):
        charting.add_allergy(doctor, patient, NewAllergy(" penicillin "))
    with pytest.raises(Refusal, match="substance"):
        charting.add_allergy(doctor, patient, NewAllergy(" "))


def test_a_nurse_notes_allergies_and_ends_none(desk_for: DeskFor, patient: str) -> None:
    nurse = desk_for("nurse")
    allergy = charting.add_allergy(nurse, patient, NewAllergy("latex"))
    with pytest.raises(Refusal, match="role"):
        charting.deactivate_allergy(nurse, allergy, "because")


# Problems and medicines -------------------------------------------------------------------------------------------


def test_a_problem_is_listed_once_and_ends_with_a_day(doctor: Desk, patient: str) -> None:
    problem = charting.add_problem(doctor, patient, NewProblem("Asthma", "J45.909", onset_on=date(2020, 1, 1)))
    with pytest.raises(Refusal, match="already"):
        charting.add_problem(doctor, patient, NewProblem("Asthma, other words", "J45.909"))
    with pytest.raises(Refusal, match="before"):
        charting.resolve_problem(doctor, problem, date(2019, 1, 1))
    charting.resolve_problem(doctor, problem, date(2026, 1, 1))
    assert chart.open_chart(doctor, patient).problems == ()
    assert [each.title for each in chart.resolved_problems(doctor, patient)] == ["Asthma"]


def test_an_error_needs_a_reason(doctor: Desk, patient: str) -> None:
    problem = charting.add_problem(doctor, patient, NewProblem("Asthma"))
    with pytest.raises(Refusal, match="why"):
        charting.problem_entered_in_error(doctor, problem, " ")
    charting.problem_entered_in_error(doctor, problem, "wrong patient")
    assert chart.open_chart(doctor, patient).problems == ()


def test_a_medicine_from_elsewhere_is_listed_until_it_is_stopped(doctor: Desk, patient: str) -> None:
    medicine = charting.add_outside_medicine(doctor, patient, OutsideMedicine("ibuprofen", "400 mg when needed"))
    assert [(each.name, each.source) for each in chart.open_chart(doctor, patient).medicines] == [
        ("ibuprofen", "outside")
    ]
    charting.stop_medicine(doctor, medicine, "stomach pain")
    assert chart.chart_again(doctor, patient).medicines == ()
    with pytest.raises(Refusal, match="meanwhile"):
        charting.stop_medicine(doctor, medicine, "again")


# Vital signs ------------------------------------------------------------------------------------------------------


def test_a_nurse_records_vital_signs_with_flags_and_the_index_worked_out(desk_for: DeskFor, patient: str) -> None:
    nurse = desk_for("nurse")
    kept = vitals.record_vitals(
        nurse, patient, {"pressure": "182/95", "weight": "80", "height": "160", "temperature": "98.6F", "pain": ""}
    )
    assert {each.code: (each.value, each.flag) for each in kept} == {
        signs.SYSTOLIC: ("182", "HH"),
        signs.DIASTOLIC: ("95", "H"),
        signs.WEIGHT: ("80", "none"),
        signs.HEIGHT: ("160", "none"),
        signs.TEMPERATURE: ("37", "N"),
        signs.BMI: ("31.3", "H"),
    }


def test_one_value_that_cannot_be_true_keeps_none_of_them(store: Store, desk_for: DeskFor, patient: str) -> None:
    with pytest.raises(Refusal) as refused:
        vitals.record_vitals(desk_for("nurse"), patient, {"pressure": "120/80", "temperature": "370"})
    assert refused.value.field == "temperature"
    with store.read() as connection:
        assert connection.execute(select(vital_signs)).all() == []


def test_nothing_measured_is_nothing_recorded(doctor: Desk, patient: str) -> None:
    with pytest.raises(Refusal, match="Nothing"):
        vitals.record_vitals(doctor, patient, {"pressure": " "})


def test_a_grown_patients_last_height_gives_the_index_and_a_childs_does_not(
    store: Store, desk_for: DeskFor, doctor: Desk, patient: str, clock: SetClock
) -> None:
    child = a_patient(store, born_on="2020-01-01")
    for each in (patient, child):
        vitals.record_vitals(doctor, each, {"height": "120"})
    clock.advance(timedelta(days=40))
    desk = desk_for("doctor")
    assert signs.BMI in {each.code for each in vitals.record_vitals(desk, patient, {"weight": "60"})}
    assert signs.BMI not in {each.code for each in vitals.record_vitals(desk, child, {"weight": "22"})}


def test_an_error_leaves_the_trend_and_stays_in_the_record(
    store: Store, doctor: Desk, patient: str, clock: SetClock
) -> None:
    first = vitals.record_vitals(doctor, patient, {"weight": "70"})[0]
    clock.advance(timedelta(hours=1))
    vitals.record_vitals(doctor, patient, {"weight": "71"})
    chart.open_chart(doctor, patient)
    assert [str(each.value) for each in vitals.vitals_trend(doctor, patient, signs.WEIGHT).points] == ["70", "71"]
    with pytest.raises(Refusal, match="why"):
        vitals.vitals_entered_in_error(doctor, [first.id], "")
    vitals.vitals_entered_in_error(doctor, [first.id], "another patient's")
    assert [str(each.value) for each in vitals.vitals_trend(doctor, patient, signs.WEIGHT).points] == ["71"]
    with store.read() as connection:
        assert connection.execute(select(vital_signs.c.status).where(vital_signs.c.id == first.id)).scalar_one() == (
            "entered_in_error"
        )


def test_a_trend_brings_its_limits_and_their_source(doctor: Desk, patient: str) -> None:
    vitals.record_vitals(doctor, patient, {"pressure": "150/90"})
    chart.open_chart(doctor, patient)
    trend = vitals.vitals_trend(doctor, patient, signs.SYSTOLIC)
    assert (str(trend.low), str(trend.high)) == ("90", "129")
    assert trend.source
    assert [each.flag for each in trend.points] == ["H"]


def test_a_time_still_to_come_is_refused(doctor: Desk, patient: str, clock: SetClock) -> None:
    with pytest.raises(Refusal, match="still to come"):
        vitals.record_vitals(doctor, patient, {"weight": "70"}, taken_at=clock.now() + timedelta(minutes=1))
