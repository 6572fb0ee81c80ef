"""The chart with real services, a real store and real key presses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services import chart, charting, consultation, vitals
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewProblem
from clinic_desktop.services.patients import find_patients
from clinic_desktop.store.engine import Store
from tests.fhir import bundle, everything, taker
from tests.starter import load_pack
from tests.unit.gui.screens.framed import Frame, a_patient

DeskFor = Callable[[str], Desk]


@pytest.fixture
def doctor(desk_for: DeskFor) -> Desk:
    return desk_for("doctor")


@pytest.fixture
def nurse(desk_for: DeskFor) -> Desk:
    return desk_for("nurse")


@pytest.fixture
def patient(store: Store) -> str:
    return a_patient(store)


FrameFor = Callable[[Desk], Frame]


@pytest.fixture
def frame_for(qtbot: QtBot, clock: SetClock) -> FrameFor:
    def make(desk: Desk) -> Frame:
        made = Frame(desk, clock.now().date())
        qtbot.addWidget(made)
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        return made

    return make


# The chart --------------------------------------------------------------------------------------------------------


def test_the_three_allergy_states_read_differently(doctor: Desk, patient: str, frame_for: FrameFor) -> None:
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    words = [frame.chart.allergies._empty._words.text()]
    frame.press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)  # none known
    words.append(frame.chart.allergies._empty._words.text())
    frame.press(Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)  # add one
    frame.text("Latex")
    QApplication.processEvents()
    frame.enter()
    assert frame.errors == []
    assert [row.substance for row in frame.chart.allergies.rows()] == ["Latex"]
    assert chart.open_chart(doctor, patient).allergies[0].ingredient is None
    assert words[0] != words[1]
    assert "10-Mar-2026" in words[1]


def test_a_stray_space_in_a_chart_without_visits_says_nothing_of_allergies(
    desk_for: DeskFor, patient: str, frame_for: FrameFor
) -> None:
    nurse = desk_for("nurse")
    frame = frame_for(nurse)
    frame.go("chart", patient_id=patient)
    QApplication.processEvents()
    frame.press(Qt.Key.Key_Space)
    frame.press(Qt.Key.Key_Return)
    assert chart.open_chart(nurse, patient).patient.allergy_state == "not_asked"
    assert QApplication.focusWidget() is frame.chart.visits._empty


def test_none_known_can_be_undone_at_once_and_later(doctor: Desk, patient: str, frame_for: FrameFor) -> None:
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    frame.press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert chart.open_chart(doctor, patient).patient.allergy_state == "none_known"
    frame.undo()
    assert chart.open_chart(doctor, patient).patient.allergy_state == "not_asked"
    frame.press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    frame.press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)  # now it is "Not asked"
    assert chart.open_chart(doctor, patient).patient.allergy_state == "not_asked"


def test_an_allergen_chosen_from_the_pack_keeps_its_code_through_a_draft(
    store: Store, doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient, form="allergy")
    frame.text("penic")
    frame.press(Qt.Key.Key_Return)
    frame.chart._forms.by_name["allergy"].form.keeper.touch()  # type: ignore[union-attr]  # made with one
    frame.chart.leave()
    other = frame_for(doctor)
    other.go("chart", patient_id=patient, form="allergy")
    other.enter()
    allergy = chart.open_chart(doctor, patient).allergies[0]
    assert (allergy.substance, allergy.allergy_class) == ("penicillins", "penicillin")


def test_nothing_of_the_last_patient_stays_when_another_chart_opens(
    store: Store, doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    charting.add_problem(doctor, patient, NewProblem("Asthma"))
    vitals.record_vitals(doctor, patient, {"weight": "70"})
    other = a_patient(store)
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    assert len(frame.chart.problems.rows()) == 1
    frame.go("chart", patient_id=other)
    assert frame.patient == other
    assert list(frame.chart.problems.rows()) == []
    assert list(frame.chart.signs.rows()) == []


def test_a_visit_left_open_is_gone_on_with(doctor: Desk, patient: str, frame_for: FrameFor) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    frame.enter()
    assert frame.went == ["chart", "consultation"]
    assert frame.consultation._presenter.encounter_id == encounter


def test_the_nurse_is_offered_vital_signs_and_no_consultation(nurse: Desk, patient: str, frame_for: FrameFor) -> None:
    frame = frame_for(nurse)
    frame.go("chart", patient_id=patient)
    frame.enter()
    frame.text("121/79")
    frame.enter()
    assert frame.errors == []
    assert frame.chart.signs.text_of(0, "value") == "121/79"


def test_half_written_vital_signs_come_back_to_the_chart(
    nurse: Desk, patient: str, frame_for: FrameFor, qtbot: QtBot
) -> None:
    frame = frame_for(nurse)
    frame.go("chart", patient_id=patient, form="vitals")
    frame.text("130/8")
    frame.chart.leave()
    other = frame_for(nurse)
    other.go("chart", patient_id=patient, form="vitals")
    assert other.chart._forms.by_name["vitals"].form.field("pressure").value() == "130/8"


def test_a_wrong_pressure_is_taken_out_with_both_its_values_and_a_reason(
    nurse: Desk, patient: str, frame_for: FrameFor
) -> None:
    vitals.record_vitals(nurse, patient, {"pressure": "210/110", "weight": "70"})
    frame = frame_for(nurse)
    frame.go("chart", patient_id=patient)
    frame.press(Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    frame.enter()  # refused: no reason yet
    assert len(frame.chart.signs.rows()) == 2
    frame.text("cuff of the child's size")
    frame.enter()
    assert frame.errors == []
    assert [row.words for row in frame.chart.signs.rows()] == ["Weight"]


# From elsewhere ---------------------------------------------------------------------------------------------------


def test_each_pressure_has_its_own_normal_range_and_says_so(
    nurse: Desk, doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    vitals.record_vitals(nurse, patient, {"pressure": "129/79"})
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    QApplication.processEvents()
    spoken = frame.chart.trend.accessibleName()
    assert "Systolic: normal 90 to 129" in spoken
    assert "Diastolic: normal 60 to 79" in spoken, "a diastolic 79 is normal"


def test_what_came_from_elsewhere_is_on_the_chart_and_its_visit_is_told_not_opened(
    store: Store, desk_for: DeskFor, frame_for: FrameFor, tmp_path: Path
) -> None:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    taker(desk_for("administrator"), tmp_path)(bundle(everything()))
    doctor = desk_for("doctor")
    (found,) = find_patients(doctor, "olafsdottir")
    frame = frame_for(doctor)
    frame.go("chart", patient_id=found.patient_id)
    shown = frame.chart
    assert [row.title for row in shown.acts.rows()] == ["Metabolic panel", "Appendectomy"]
    assert [row.substance for row in shown.allergies.rows()] == ["Allergy to penicillin"]
    assert [(row.name, row.value, row.flag) for row in shown.results.rows()] == [("Potassium", "6.50", "HH")]
    assert len(shown.signs.rows()) == 1
    assert shown._acts_panel.isVisible()
    shown.visits.opened.emit(shown.visits.rows()[0])
    assert "Ngozi Amadi" in frame.said[-1]
    assert "06-May-2019" in frame.said[-1]
    assert frame.went == ["chart"]
    assert frame.errors == []


def test_a_chart_with_nothing_from_elsewhere_has_no_empty_place_for_it(
    doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    assert not frame.chart._acts_panel.isVisible()
