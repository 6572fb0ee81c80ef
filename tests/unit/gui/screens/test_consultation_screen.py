"""The consultation with real services, a real store and real key presses."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.gui.screens.consultation import pages, parts
from clinic_desktop.gui.screens.consultation.pages import StepPage
from clinic_desktop.gui.screens.consultation.view import TITLES
from clinic_desktop.gui.widgets.drafts import DELAY_MS
from clinic_desktop.gui.widgets.result_words import name_words, short_value
from clinic_desktop.services import chart, charting, consultation, drafts, encounters, vitals
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.store.engine import Store
from tests.unit.gui.screens.framed import Frame, a_patient, step_of
from tests.unit.services.reported_case import reported

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


# The budget -------------------------------------------------------------------------------------------------------


def test_a_follow_up_visit_takes_at_most_25_keys_beyond_free_text(
    doctor: Desk, nurse: Desk, patient: str, frame_for: FrameFor
) -> None:
    first = consultation.open_consultation(doctor, patient, "new").encounter_id
    charting.add_allergy(doctor, patient, NewAllergy("latex"))
    charting.add_problem(doctor, patient, NewProblem("Essential (primary) hypertension", "I10"))
    consultation.save_step(
        doctor,
        first,
        "patient_overview",
        {"identity.name": "1", "identity.born_on": "1", "alerts_read": "1"},
        "completed",
    )
    consultation.save_step(doctor, first, "history", {"medicines_reconciled": "1"}, "completed")
    consultation.sign_consultation(doctor, first)
    vitals.record_vitals(nurse, patient, {"pressure": "124/76", "heart_rate": "72"})

    frame = frame_for(doctor)
    frame.go("chart", patient_id=patient)
    frame.enter()  # start a consultation
    frame.press(Qt.Key.Key_2)  # follow-up
    encounter = frame.consultation._presenter.encounter_id
    assert encounter
    frame.press(Qt.Key.Key_Space)  # name
    frame.press(Qt.Key.Key_Tab)
    frame.press(Qt.Key.Key_Space)  # date of birth
    frame.press(Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)  # alerts read
    frame.enter()
    frame.text("no complaints, came for tablets")
    frame.press(Qt.Key.Key_Tab)
    frame.text("since the last visit")
    frame.enter()
    frame.press(Qt.Key.Key_Space)  # no medicine
    frame.enter()
    frame.text("10/6/2026")
    frame.enter()
    frame.enter()  # sign
    assert frame.errors == []
    shown = encounters.consultation(doctor, patient, encounter)
    assert shown.status == "signed"
    assert shown.unresolved == ()
    assert shown.step("symptoms").content["onset"] == "since the last visit"
    assert shown.step("follow_up").content == {"date": "2026-06-10"}
    assert frame.keys <= 25, frame.keys


# Two windows ------------------------------------------------------------------------------------------------------


def test_vital_signs_of_the_nurse_appear_while_the_doctor_writes(
    doctor: Desk, nurse: Desk, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    mine, hers = frame_for(doctor), frame_for(nurse)
    mine.go("consultation", patient_id=patient, encounter_id=encounter, step="symptoms")
    QTest.keyClicks(mine.consultation.pages["symptoms"].form.field("complaint").editor(), "cough")
    hers.go("chart", patient_id=patient, form="vitals")
    entry = hers.chart._forms.by_name["vitals"].form
    QTest.keyClicks(entry.field("pressure").editor(), "188/96")
    QTest.keyClicks(entry.field("heart_rate").editor(), "104")
    hers.chart.primary()
    consultation.save_step(nurse, encounter, "symptoms", {"onset": "3 days"})
    mine.consultation.refresh(frozenset({"vitals.recorded", "step.saved"}))
    page = mine.consultation.pages["symptoms"].form
    assert page.field("complaint").value() == "cough"
    assert page.field("onset").value() == "3 days"
    assert step_of(doctor, patient, encounter, "vitals").state == "completed"
    mine.consultation.primary()
    assert mine.errors == []
    content = step_of(doctor, patient, encounter, "symptoms").content
    assert content == {"complaint": "cough", "onset": "3 days"}


def test_a_field_both_wrote_is_said_and_neither_text_is_lost(
    doctor: Desk, nurse: Desk, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="symptoms")
    form = frame.consultation.pages["symptoms"].form
    form.field("complaint").restore("fever")
    consultation.save_step(nurse, encounter, "symptoms", {"complaint": "cough"})
    frame.consultation.refresh(frozenset({"step.saved"}))
    frame.consultation._presenter.save("symptoms")
    assert frame.errors
    assert "cough" in frame.errors[-1]
    assert form.field("complaint").value() == "fever"
    assert step_of(doctor, patient, encounter, "symptoms").content == {"complaint": "cough"}


# Nothing typed is lost --------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_within_a_quarter_of_a_second_and_comes_back(
    doctor: Desk, patient: str, frame_for: FrameFor, qtbot: QtBot
) -> None:
    assert DELAY_MS <= 250
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="symptoms")
    frame.text("chest pain on stairs")
    key = DraftKey("consultation.symptoms", encounter)
    qtbot.waitUntil(lambda: drafts.draft(doctor, key) is not None, timeout=1000)
    other = frame_for(doctor)  # as after a crash: nothing was saved, nothing was handed over
    other.go("consultation", patient_id=patient, encounter_id=encounter)
    form = other.consultation.pages["symptoms"].form
    assert form.field("complaint").value() == "chest pain on stairs"
    assert step_of(doctor, patient, encounter, "symptoms").content == {}
    other.consultation._presenter.save("symptoms")
    assert drafts.draft(doctor, key) is None


def test_a_draft_from_before_never_writes_over_what_came_since(
    doctor: Desk, nurse: Desk, patient: str, frame_for: FrameFor, qtbot: QtBot
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="symptoms")
    frame.text("fever")
    frame.consultation.leave()
    consultation.save_step(nurse, encounter, "symptoms", {"complaint": "cough", "onset": "today"})
    other = frame_for(doctor)
    other.go("consultation", patient_id=patient, encounter_id=encounter, step="symptoms")
    other.consultation._presenter.save("symptoms")
    assert "cough" in other.errors[-1]
    assert step_of(doctor, patient, encounter, "symptoms").content == {"complaint": "cough", "onset": "today"}


# The consultation -------------------------------------------------------------------------------------------------


def test_what_a_red_flag_would_ask_for_is_said_as_long_as_none_is_ticked(qtbot: QtBot) -> None:
    page = StepPage("symptoms", lambda: None)
    qtbot.addWidget(page)
    pages.symptoms(page)
    said = page.form.field("red_flag").findChildren(QLabel)
    assert "If ticked, examination and vital signs are required." in [one.text() for one in said]


def test_the_final_review_writes_the_day_of_the_next_visit_as_days_are_written() -> None:
    assert parts._field_words("date", "2026-12-08") == "08-Dec-2026"
    assert parts._field_words("date", "in spring") == "in spring"


def test_every_step_is_one_key_away(doctor: Desk, patient: str, frame_for: FrameFor) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter)
    keys = [getattr(Qt.Key, f"Key_{digit}") for digit in "1234567890"] + [Qt.Key.Key_Minus]
    for step, key in zip(TITLES, keys, strict=True):
        frame.press(key, Qt.KeyboardModifier.ControlModifier)
        assert frame.consultation._presenter.step == step


def test_an_impossible_value_is_said_beside_its_field_and_nothing_is_recorded(
    doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="vitals")
    frame.text("1200/80")
    frame.enter()
    assert frame.consultation.entry.field("pressure").error()
    assert chart.open_chart(doctor, patient).vitals == ()


def test_a_step_is_left_out_with_a_reason_and_opened_again(doctor: Desk, patient: str, frame_for: FrameFor) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="examination")
    frame.press(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    frame.text("telephone review")
    frame.press(Qt.Key.Key_Return)
    step = step_of(doctor, patient, encounter, "examination")
    assert (step.state, step.reason) == ("skipped_by_person", "telephone review")
    frame.consultation._presenter.go("examination")
    frame.consultation._open_again()
    assert step_of(doctor, patient, encounter, "examination").state == "reopened"


def test_the_nurse_sees_the_doctors_steps_and_cannot_write_in_them(
    doctor: Desk, nurse: Desk, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(nurse)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="plan")
    assert not frame.consultation.pages["plan"].form.isEnabled()
    assert frame.consultation.primary_text == ""
    assert frame.consultation.pages["symptoms"].form.isEnabled()


def test_after_signing_the_page_is_read_and_an_addendum_is_written_with_its_reason(
    doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    charting.confirm_no_known_allergies(doctor, patient)
    consultation.save_step(doctor, encounter, "patient_overview", {"identity.card": "1"}, "completed")
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="plan")
    frame.text("rest and fluids")
    frame.press(Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    frame.enter()
    assert step_of(doctor, patient, encounter, "plan").content == {"treatment": "rest and fluids"}
    assert not frame.consultation.pages["plan"].form.isEnabled()
    frame.text("She also smokes.")
    frame.enter()  # refused: no reason yet
    assert encounters.consultation(doctor, patient, encounter).addenda == ()
    form = frame.consultation.addendum
    assert form.field("reason").error()
    QTest.keyClicks(form.field("reason").editor(), "told at the door")
    frame.enter()
    assert [each.text for each in encounters.consultation(doctor, patient, encounter).addenda] == ["She also smokes."]
    frame.consultation._preview()
    assert frame.papers[0].startswith(b"%PDF")


def test_signing_is_not_offered_while_something_needed_is_missing(
    doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="final_review")
    assert not frame.consultation.primary_enabled
    assert [each.step for each in frame.consultation._presenter.shown.needs] == ["patient_overview", "history"]  # type: ignore[union-attr]  # opened


# Results of others --------------------------------------------------------------------------------------------------


def test_what_came_from_elsewhere_stands_in_the_visit_as_soon_as_it_is_in_the_chart(
    doctor: Desk, store: Store, patient: str, frame_for: FrameFor
) -> None:
    encounter = consultation.open_consultation(doctor, patient, "new").encounter_id
    frame = frame_for(doctor)
    frame.go("consultation", patient_id=patient, encounter_id=encounter, step="investigations")
    assert frame.consultation.results.rows() == []
    for number in range(9):
        reported(store, patient, f"Trace {number}", "1")
    reported(
        store,
        patient,
        "Lactate",
        "9.1",
        interpretation="HH",
        status="preliminary",
        effective_at="2026-03-01T08:00:00.000000Z",
    )
    reported(store, patient, "Laboratory's note", "wrong patient's blood, disregard", value_kind="string")
    frame.consultation.refresh(frozenset({"observation.received"}))
    rows = frame.consultation.results.rows()
    assert {"Lactate", "Trace 0", "Laboratory's note"} <= {row.name for row in rows}
    note = next(row for row in rows if row.name == "Laboratory's note")
    assert name_words(note) == "Laboratory's note: wrong patient's blood, disregard"
    assert short_value(note) == ""
    QTest.qWait(20)  # labels are shown once the events say so
    said = [each.text() for each in frame.consultation.side.findChildren(QLabel) if not each.isHidden()]
    theirs = said[said.index("Results from elsewhere") + 1 :]
    assert theirs[0].startswith("Lactate 9.1 mmol/L HH, ")
    assert theirs[0].endswith("from County laboratory · preliminary")
    assert theirs[-1] == "and 3 more, with the investigations"
