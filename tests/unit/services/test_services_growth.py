"""A child's growth: what was measured stands at its age, corrected where born early, scored by both references."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.reports import papers
from clinic_desktop.services import growth, patients, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.growth import Growth
from clinic_desktop.services.growth_shown import shown
from clinic_desktop.store.tables.patients import patients as rows
from tests.conftest import DeskFor

BORN = date(2025, 3, 10)  # a year old on the day of the tests


@pytest.fixture
def nurse(desk_for: DeskFor) -> Desk:
    return desk_for("nurse")


@pytest.fixture
def child(nurse: Desk) -> str:
    new = patients.NewPatient("Okafor", "Ada", "female", BORN, "day")
    return patients.register_patient(nurse, new).patient_id


def measure(desk: Desk, child: str, days: int, **entries: str) -> None:
    at = datetime.combine(BORN, datetime.min.time(), UTC) + timedelta(days=days, hours=9)
    vitals.record_vitals(desk, child, entries, taken_at=at)


def test_a_weight_of_the_median_scores_nothing_and_stands_at_the_middle(nurse: Desk, child: str) -> None:
    measure(nurse, child, 365, weight="8.9")
    found = growth.growth(nurse, child)
    (point,) = found.of("weight")
    assert (point.days, point.corrected_days, point.value) == (365, 365, 8.9)
    assert point.who is not None
    assert abs(point.who.z) < 0.06
    assert abs(point.who.centile - 50) < 2.5


def test_weight_and_length_of_one_day_make_an_index_and_a_weight_for_length(nurse: Desk, child: str) -> None:
    measure(nurse, child, 100, weight="6.0", height="60")
    measure(nurse, child, 200, weight="7.0")
    found = growth.growth(nurse, child)
    assert [round(point.value, 2) for point in found.of("bmi")] == [16.67]
    assert [point.at_cm for point in found.of("weight_length")] == [60.0]
    assert found.of("weight_height") == ()


def test_a_preterm_childs_ages_are_corrected_and_said_so(nurse: Desk, child: str) -> None:
    measure(nurse, child, 100, weight="4.0")
    before = growth.growth(nurse, child)
    growth.set_gestation(nurse, child, 32, 0, before.revision)
    after = growth.growth(nurse, child)
    assert after.of("weight")[0].corrected_days == 100 - 56
    both = before.of("weight")[0].who, after.of("weight")[0].who
    assert both[0] is not None
    assert both[1] is not None
    assert both[0].z < both[1].z
    assert "corrected" in shown(after, "weight", "who").rows[0].age


@pytest.mark.parametrize(
    ("weeks", "days", "field"), [(21, 6, "weeks"), (46, 0, "weeks"), (30, 7, "days"), (30, -1, "days")]
)
def test_a_gestation_that_cannot_be_is_refused_by_its_field(
    nurse: Desk, child: str, weeks: int, days: int, field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        growth.set_gestation(nurse, child, weeks, days, growth.growth(nurse, child).revision)
    assert refused.value.field == f"gestation_{field}"


def test_two_windows_do_not_write_over_one_another(nurse: Desk, child: str) -> None:
    revision = growth.growth(nurse, child).revision
    growth.set_gestation(nurse, child, 32, 0, revision)
    with pytest.raises(Refusal, match="meanwhile"):
        growth.set_gestation(nurse, child, 34, 0, revision)


def test_a_withdrawn_measurement_stands_on_no_chart(nurse: Desk, child: str) -> None:
    (taken,) = vitals.record_vitals(nurse, child, {"weight": "89"})
    vitals.vitals_entered_in_error(nurse, [taken.id], "a decimal point was missing")
    assert growth.growth(nurse, child).points == ()


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (patients.NewPatient("A", "B", "female", None, "unknown"), "not known to the day"),
        (patients.NewPatient("A", "B", "female", date(2025, 1, 1), "year"), "not known to the day"),
        (patients.NewPatient("A", "B", "other", BORN, "day"), "girls and boys"),
    ],
)
def test_what_cannot_be_scored_is_said_and_never_guessed(nurse: Desk, new: patients.NewPatient, words: str) -> None:
    patient = patients.register_patient(nurse, new).patient_id
    vitals.record_vitals(nurse, patient, {"weight": "9"})
    found = growth.growth(nurse, patient)
    assert (found.points, words in found.problem) == ((), True)
    assert words in shown(found, "weight", "who").problem


def test_a_grown_person_is_beyond_both_references(nurse: Desk) -> None:
    old = patients.NewPatient("A", "B", "male", date(1950, 1, 1), "day")
    patient = patients.register_patient(nurse, old).patient_id
    vitals.record_vitals(nurse, patient, {"weight": "80", "height": "175"})
    (point,) = growth.growth(nurse, patient).of("weight")
    assert point.who is point.cdc is None


@pytest.mark.parametrize("role", ["front_desk", "cashier", "pharmacist", "laboratory", "administrator"])
def test_nobody_but_doctors_and_nurses_sees_it(desk_for: DeskFor, child: str, role: str) -> None:
    with pytest.raises(Refusal, match="role"):
        growth.growth(desk_for(role), child)


def test_what_was_measured_under_a_merged_registration_is_seen(nurse: Desk, child: str) -> None:
    other = patients.register_patient(nurse, patients.NewPatient("Okafor", "Ada", "female", BORN, "day")).patient_id
    measure(nurse, other, 50, weight="5.0")
    with nurse.store.write(act="m", session=None) as unit:
        unit.change(rows, other, {"merged_into": child}, kind="patient.merged")
    assert [point.value for point in growth.growth(nurse, child).of("weight")] == [5.0]


@pytest.mark.parametrize("measure_name", ["weight", "height", "bmi", "head", "by_length"])
def test_each_chart_is_printed_on_one_page_with_every_measurement(nurse: Desk, child: str, measure_name: str) -> None:
    measure(nurse, child, 200, weight="7.0", height="66", head_circumference="42")
    (pdf,) = papers.make(nurse, "growth-chart", child, measure_name)
    assert pdf.startswith(b"%PDF-")


def test_an_unknown_chart_is_refused_by_name(nurse: Desk, child: str) -> None:
    with pytest.raises(Refusal, match="weight, height"):
        papers.make(nurse, "growth-chart", child, "shoe size")


def test_a_chart_of_nobody_is_refused(nurse: Desk) -> None:
    with pytest.raises(Refusal):
        growth.growth(nurse, "nobody")


def test_repr_names_nobody(nurse: Desk, child: str) -> None:
    found: Growth = growth.growth(nurse, child)
    assert "Okafor" not in repr(found)


@pytest.mark.parametrize(
    ("days", "posture", "counts_as", "words"),
    [
        (400, "lying", 75.0, "75.0 cm"),
        (400, "standing", 75.7, "75.0 cm standing, counts as 75.7"),
        (400, "", 75.0, "75.0 cm"),
        (730, "standing", 75.7, "75.0 cm standing, counts as 75.7"),
        (731, "standing", 75.0, "75.0 cm"),
        (731, "lying", 74.3, "75.0 cm lying, counts as 74.3"),
        (1500, "lying", 74.3, "75.0 cm lying, counts as 74.3"),
    ],
)
def test_a_length_measured_the_other_way_is_corrected_by_whos_rule_and_says_so(
    desk_for: DeskFor, clock: SetClock, days: int, posture: str, counts_as: float, words: str
) -> None:
    clock.set(datetime.combine(BORN, datetime.min.time(), UTC) + timedelta(days=1600))
    nurse = desk_for("nurse")
    child = patients.register_patient(nurse, patients.NewPatient("Okafor", "Ada", "female", BORN, "day")).patient_id
    measure(nurse, child, days, height="75", weight="9.5", posture=posture)
    found = growth.growth(nurse, child)
    (point,) = found.of("height")
    assert (point.value, point.measured) == (counts_as, 75.0)
    assert [row.value for row in shown(found, "height", "who").rows] == [words]
    (by_length,) = [*found.of("weight_length"), *found.of("weight_height")]
    assert by_length.at_cm == counts_as
    with nurse.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT code, value, posture FROM vital_signs ORDER BY code").all()
    assert {(code, value, how) for code, value, how in kept if code != "39156-5"} == {
        ("8302-2", "75", posture or None), ("29463-7", "9.5", None),
    }  # fmt: skip


def test_a_posture_that_is_none_is_refused_by_its_field(nurse: Desk, child: str) -> None:
    with pytest.raises(Refusal) as refused:
        vitals.record_vitals(nurse, child, {"height": "75", "posture": "kneeling"})
    assert refused.value.field == "posture"


def test_a_weight_far_from_the_last_ones_is_kept_and_asked_about(nurse: Desk, child: str) -> None:
    measure(nurse, child, 300, weight="8.2")
    measure(nurse, child, 330, weight="8.5")
    (fine, _index) = (*vitals.record_vitals(nurse, child, {"weight": "8.9"}), None)
    assert fine.question == ""
    (odd,) = vitals.record_vitals(nurse, child, {"weight": "19.8"})
    assert odd.question.startswith("Is 19.8 kg right?")
    assert "8.9 kg" in odd.question
    rows = shown(growth.growth(nurse, child), "weight", "who").rows
    assert "right?" in rows[-1].called
    assert "right?" not in rows[0].called


def test_a_grown_persons_weight_is_asked_about_beyond_a_tenth_in_six_months(desk_for: DeskFor, clock: SetClock) -> None:
    nurse = desk_for("nurse")
    old = patients.NewPatient("A", "B", "male", date(1950, 1, 1), "day")
    patient = patients.register_patient(nurse, old).patient_id
    (first,) = vitals.record_vitals(nurse, patient, {"weight": "80"})
    assert first.question == ""
    clock.advance(timedelta(days=30))
    nurse = desk_for("nurse")
    assert vitals.record_vitals(nurse, patient, {"weight": "72"})[0].question == ""
    clock.advance(timedelta(days=30))
    nurse = desk_for("nurse")
    assert "72 kg" in vitals.record_vitals(nurse, patient, {"weight": "64.7"})[0].question
    clock.advance(timedelta(days=200))
    nurse = desk_for("nurse")
    assert vitals.record_vitals(nurse, patient, {"weight": "90"})[0].question == ""
