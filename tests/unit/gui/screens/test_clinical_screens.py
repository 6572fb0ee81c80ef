"""Chart and consultation with real services, a real store and real key presses."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock, new_id, to_text
from clinic_desktop.gui.screens.chart.view import ChartView
from clinic_desktop.gui.screens.consultation.view import TITLES, ConsultationView
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.drafts import DELAY_MS
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.services import chart, charting, consultation, drafts, encounters, vitals
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.charting import NewAllergy, NewProblem
from clinic_desktop.services.reference import load_starter_pack
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients

DeskFor = Callable[[str], Desk]


class Frame(QWidget):
    """A window small enough for a test: it opens screens, has Ctrl+Enter and Esc, and counts keys."""

    def __init__(self, desk: Desk, today: date) -> None:
        super().__init__()
        self.resize(1208, 660)
        self.keys = 0
        self.errors: list[str] = []
        self.said: list[str] = []
        self.went: list[str] = []
        self.patient: str | None = None
        self.papers: list[bytes] = []
        context = ScreenContext(desk, Immediately(), self, RememberedHere(), lambda: today)
        self.chart, self.consultation = ChartView(context), ConsultationView(context)
        self._stack = QStackedWidget()
        for view in (self.chart, self.consultation):
            self._stack.addWidget(view)
        QVBoxLayout(self).addWidget(self._stack)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._primary)
        QShortcut(QKeySequence("Esc"), self, self._escape)

    def _primary(self) -> None:
        self.current.primary()

    def _escape(self) -> None:
        self.current.escape()

    @property
    def current(self) -> ScreenView:
        view = self._stack.currentWidget()
        assert isinstance(view, ScreenView)
        return view

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        self.keys += 1
        every = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            every |= modifier
        QTest.keyClick(QApplication.focusWidget() or self, key, every)
        if modifiers or key < Qt.Key.Key_Escape:
            QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def text(self, words: str) -> None:
        """Free text: what the budget does not count."""
        QTest.keyClicks(QApplication.focusWidget() or self, words)

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append(screen)
        views = {"chart": self.chart, "consultation": self.consultation}
        if screen in views:
            self._stack.setCurrentWidget(views[screen])
            views[screen].open(**arguments)

    def back(self) -> None:
        self._stack.setCurrentWidget(self.chart)

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:
        self.errors.append(str(error))
        if isinstance(near, Form):
            near.show_refusal(error)

    def offer_undo(self, text: str, undo: Callable[[], None]) -> None:  # noqa: ARG002 - the shell's
        self.said.append(text)

    def set_patient(self, patient_id: str | None) -> None:
        self.patient = patient_id

    def refresh_banner(self) -> None:
        pass

    def set_count(self, screen: str, n: int) -> None:
        pass

    def preview(self, document: Callable[[], bytes], title: str) -> None:  # noqa: ARG002 - the shell's
        self.papers.append(document())


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
    with store.write(act=new_id(), session=None) as unit:
        return unit.create(patients, values, kind="patient.registered")


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


def step_of(desk: Desk, patient: str, encounter: str, step: str) -> encounters.StepShown:
    return encounters.consultation(desk, patient, encounter).step(step)


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


# The consultation -------------------------------------------------------------------------------------------------


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


def test_an_allergen_chosen_from_the_pack_keeps_its_code_through_a_draft(
    store: Store, doctor: Desk, patient: str, frame_for: FrameFor
) -> None:
    with store.write(act=new_id(), session=None) as unit:
        load_starter_pack(unit)
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
    values = {
        "mrn": "B",
        "family_name": "B",
        "given_names": "C",
        "sex": "male",
        "registered_at": to_text(store.clock.now()),
        "family_key": "b",
        "given_key": "c",
    }
    with store.write(act=new_id(), session=None) as unit:
        other = unit.create(patients, values, kind="patient.registered")
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
