"""Reception, schedule, queue and home with real services, a real store and real key presses."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.sync_shown import Mark
from clinic_desktop.gui.screens.home.view import HomeView
from clinic_desktop.gui.screens.queue.view import QueueView
from clinic_desktop.gui.screens.reception.view import ReceptionView
from clinic_desktop.gui.screens.schedule.view import ScheduleView
from clinic_desktop.gui.shell.screen import ScreenView
from clinic_desktop.gui.widgets import howfar
from clinic_desktop.gui.widgets.stop import ConfirmStop
from clinic_desktop.services import drafts, patients, queue, scheduling
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.patients import NewPatient
from tests.unit.gui.screens.stage import Stage

DeskFor = Callable[[str], Desk]
TODAY = date(2026, 3, 10)
OKAFOR = NewPatient("Okafor", "Chidi", "male", date(1985, 7, 4), "day", "+234 803 123 4567")


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


@pytest.fixture
def desk(desk_for: DeskFor) -> Desk:
    return desk_for("front_desk")


# Reception. --------------------------------------------------------------------------------------------


def fill(stage: Stage, view: ScreenView) -> None:
    stage.type(view, "reception.family_name", "Okafro")
    stage.type(view, "reception.given_names", "Chidi")
    stage.click(view, "reception.sex.male")
    stage.type(view, "reception.born_on", "4/7/1985")
    stage.type(view, "reception.phone", "08031234567")


def test_typing_a_name_shows_who_it_may_be_and_opens_that_one_instead(stage: Stage, desk: Desk) -> None:
    known = patients.register_patient(desk, OKAFOR).patient_id
    view = stage.show("reception")
    assert isinstance(view, ReceptionView)
    fill(stage, view)
    stage.qtbot.waitUntil(lambda: bool(view.duplicates.found))
    assert view.duplicates.found[0].patient_id == known
    shown = "\n".join(label.text() for label in view.duplicates.findChildren(QLabel))
    assert "OKAFOR, Chidi" in shown
    assert "Phone: same" in shown
    stage.click(view, "reception.duplicate0.open")
    assert stage.window.went == [("reception", {"patient_id": known})]


def test_registering_keeps_everything_typed_and_shows_the_banner(stage: Stage, desk: Desk) -> None:
    view = stage.show("reception")
    assert isinstance(view, ReceptionView)
    fill(stage, view)
    view.form.folding["insurance"].set_folded(False)
    view.form.folding["contacts"].set_folded(False)
    stage.type(view, "reception.insurer", "NHIS")
    stage.type(view, "reception.insurance_share", "80")
    stage.type(view, "reception.contact1_name", "Ngozi")
    stage.type(view, "reception.contact1_relation", "mother")
    view.primary()
    (hit,) = patients.find_patients(desk, "okafro")
    assert stage.window.patient == hit.patient_id
    kept = patients.patient_details(desk, hit.patient_id).patient
    assert (kept.born_on, kept.insurer, kept.insurance_share) == (date(1985, 7, 4), "NHIS", 80)
    assert kept.contacts[0].name == "Ngozi"
    assert drafts.draft(desk, DraftKey("reception")) is None


def test_who_asks_what_they_owe_is_given_a_statement_at_the_desk(stage: Stage, desk: Desk) -> None:
    known = patients.register_patient(desk, OKAFOR).patient_id
    view = stage.show("reception", patient_id=known)
    assert isinstance(view, ReceptionView)
    stage.qtbot.waitUntil(view.papers.isVisible)
    stage.click(view, "reception.print_statement")
    assert stage.window.said[-1] == "Statement of account"
    assert stage.window.document().startswith(b"%PDF")


def test_somebody_typed_over_a_registered_patient_is_asked_about_first(stage: Stage, desk: Desk) -> None:
    known = patients.register_patient(desk, OKAFOR).patient_id
    view = stage.show("reception", patient_id=known)
    assert isinstance(view, ReceptionView)
    view.form.set_values({"family_name": "Mensah", "given_names": "Ama", "sex": "female", "born_on": date(1951, 1, 2)})
    view.primary()
    asked = view.findChild(ConfirmStop, "reception.another")
    assert asked is not None
    words = asked.findChild(QLabel, "reception.another.words")
    assert words is not None
    assert "OKAFOR, Chidi" in words.text()
    assert patients.patient_details(desk, known).patient.given_names == "Chidi"
    stage.type(asked, "reception.another.reason", "registered from a wrong card")
    stage.click(asked, "reception.another.confirm")
    assert patients.patient_details(desk, known).patient.given_names == "Ama"


def test_a_registration_half_typed_is_there_again(stage: Stage, desk: Desk) -> None:
    first = stage.show("reception")
    fill(stage, first)
    first.leave()
    again = stage.show("reception")
    assert isinstance(again, ReceptionView)
    assert again.form.draft()["family_name"] == "Okafro"
    assert again.form.sex.value() == "male"
    stage.click(again, "reception.drop")
    assert again.form.is_empty
    assert drafts.draft(desk, DraftKey("reception")) is None


def test_a_name_is_asked_for_beside_its_field_and_nothing_is_lost(stage: Stage) -> None:
    view = stage.show("reception")
    assert isinstance(view, ReceptionView)
    stage.click(view, "reception.sex.unknown")
    stage.type(view, "reception.born_on", "unknown")
    view.primary()
    assert view.form.family.error()
    assert view.form.draft()["born_on"] == "unknown"


def test_what_is_odd_is_said_beside_its_field_and_not_refused(stage: Stage, desk: Desk) -> None:
    view = stage.show("reception")
    assert isinstance(view, ReceptionView)
    stage.type(view, "reception.family_name", "Okafor")
    stage.click(view, "reception.sex.female")
    stage.type(view, "reception.born_on", "1901")
    stage.type(view, "reception.phone", "1234")
    said = view.form.findChildren(QLabel)
    stage.qtbot.waitUntil(lambda: any("short" in label.text() for label in said))
    assert any("more than 120" in label.text() for label in said)
    view.primary()
    assert len(patients.find_patients(desk, "okafor")) == 1


def test_a_refusal_unfolds_the_section_its_field_is_in(stage: Stage) -> None:
    view = stage.show("reception")
    assert isinstance(view, ReceptionView)
    fill(stage, view)
    view.form.folding["address"].set_folded(False)
    stage.type(view, "reception.email", "nobody")
    view.form.folding["address"].set_folded(True)
    view.primary()
    assert not view.form.folding["address"].folded
    assert view.form.field("email").error()


def test_an_age_and_an_unknown_birth_are_registered_as_what_they_are(stage: Stage, desk: Desk) -> None:
    for family, typed, precision in (
        ("Agatha", "34y", "estimated"),
        ("Bruno", "unknown", "unknown"),
        ("Cleo", "1950", "year"),
    ):
        view = stage.show("reception")
        stage.type(view, "reception.family_name", family)
        stage.click(view, "reception.sex.other")
        stage.type(view, "reception.born_on", typed)
        view.primary()
        (hit,) = patients.find_patients(desk, family)
        assert hit.born_precision == precision


def test_changing_a_registration_keeps_the_former_name_findable(stage: Stage, desk: Desk) -> None:
    known = patients.register_patient(desk, OKAFOR).patient_id
    view = stage.show("reception", patient_id=known)
    assert isinstance(view, ReceptionView)
    view.form.family.line.clear()
    stage.type(view, "reception.family_name", "Eze")
    view.primary()
    assert patients.find_patients(desk, "okafor")[0].name == "EZE, Chidi"
    stage.click(view, "reception.check_in")
    assert [line.patient for line in queue.waiting_list(desk)] == ["EZE, Chidi"]


# Queue. ------------------------------------------------------------------------------------------------


def test_a_walk_in_is_found_and_checked_in_by_keys(stage: Stage, desk: Desk) -> None:
    patients.register_patient(desk, OKAFOR)
    view = stage.show("queue", show="check_in")
    assert isinstance(view, QueueView)
    stage.type(view, "queue.patient", "okaf")
    QTest.keyClick(view.check_in.patient.line, Qt.Key.Key_Return)
    stage.click(view, "queue.priority.urgent")
    stage.type(view, "queue.complaint", "Chest pain")
    stage.click(view, "queue.check_in")
    (line,) = queue.waiting_list(desk)
    assert (line.priority, line.complaint) == ("urgent", "Chest pain")
    assert stage.window.counts["queue"] == 1
    assert view.table.text_of(0, "patient") == "OKAFOR, Chidi"
    assert view.check_in.patient.value() is None


def test_the_next_is_called_by_the_primary_act_and_waiting_minutes_are_live(
    stage: Stage, desk: Desk, clock: SetClock
) -> None:
    for family, priority in (("First", "routine"), ("Second", "emergency")):
        queue.check_in(desk, patients.register_patient(desk, NewPatient(family, "A", "female")).patient_id, priority)
    view = stage.show("queue", "doctor")
    assert isinstance(view, QueueView)
    assert [view.table.text_of(row, "patient") for row in range(2)] == ["SECOND, A", "FIRST, A"]
    clock.advance(timedelta(minutes=7))
    view.refresh(frozenset({"queue.checked_in"}))
    assert view.table.text_of(0, "minutes") == "7 min"
    view.primary()
    assert "SECOND, A" in stage.window.said[-1]
    current = view.table.current()
    assert current is not None
    assert current.status == "called"
    stage.click(view, "queue.start")
    assert stage.window.went[-1] == ("chart", {"patient_id": current.patient_id, "form": "start"})


def test_leaving_unseen_asks_why(stage: Stage, desk: Desk) -> None:
    queue.check_in(desk, patients.register_patient(desk, OKAFOR).patient_id)
    view = stage.show("queue")
    stage.click(view, "queue.left")
    reason = view.findChild(QPlainTextEdit, "queue.leaving.reason")
    assert reason is not None
    QTest.keyClicks(reason, "Could not wait")
    stage.click(view, "queue.leaving.confirm")
    assert queue.waiting_list(desk) == ()


def test_somebody_expected_is_taken_with_their_appointment(stage: Stage, desk: Desk, desk_for: DeskFor) -> None:
    patient = patients.register_patient(desk, OKAFOR).patient_id
    doctor = desk_for("doctor").session.staff_id
    scheduling.book(desk, patient, doctor, datetime(2026, 3, 10, 10, 0, tzinfo=UTC), reason="Cough")
    view = stage.show("queue")
    assert isinstance(view, QueueView)
    view.check_in.expected.select_row(0)
    QTest.keyClick(view.check_in.expected.view, Qt.Key.Key_Return)
    stage.click(view, "queue.check_in")
    (line,) = queue.waiting_list(desk)
    assert (line.complaint, line.practitioner_id) == ("Cough", doctor)
    assert scheduling.day_board(desk, TODAY).appointments[0].status == "arrived"


def test_only_those_who_may_call_are_offered_to(stage: Stage) -> None:
    view = stage.show("queue", "administrator")
    assert view.primary_text == ""


# Schedule. ---------------------------------------------------------------------------------------------


def test_booking_by_keys_at_the_place_chosen_on_the_board(stage: Stage, desk: Desk) -> None:
    patient = patients.register_patient(desk, OKAFOR).patient_id
    view = stage.show("schedule", patient_id=patient)
    assert isinstance(view, ScheduleView)
    view.grid.setFocus()
    QTest.keyClick(view.grid, Qt.Key.Key_Home)
    for _ in range(4):
        QTest.keyClick(view.grid, Qt.Key.Key_Down)
    QTest.keyClick(view.grid, Qt.Key.Key_Return)
    QTest.keyClicks(view.booking.reason.line, "Cough")
    view.primary()
    (made,) = scheduling.day_board(desk, TODAY).appointments
    assert (f"{made.starts_at.astimezone():%H:%M}", made.reason, made.patient_id) == ("08:00", "Cough", patient)
    assert view.grid.appointment() == made


def test_an_overlap_is_refused_beside_the_time_and_what_was_typed_stays(
    stage: Stage, desk: Desk, desk_for: DeskFor
) -> None:
    doctor = desk_for("doctor").session.staff_id
    first = patients.register_patient(desk, OKAFOR).patient_id
    scheduling.book(desk, first, doctor, datetime(2026, 3, 10, 10, 0).astimezone(), 30)
    other = patients.register_patient(desk, NewPatient("Eze", "Ada", "female")).patient_id
    view = stage.show("schedule", patient_id=other)
    assert isinstance(view, ScheduleView)
    view.grid.choose(0, 0)
    view.booking.at.line.clear()
    stage.type(view, "schedule.starts_at", "10:15")
    view.primary()
    assert "10:00" in view.booking.at.error()
    assert "10:30" in view.booking.at.error()
    assert view.booking.patient.value() == other
    assert len(scheduling.day_board(desk, TODAY).appointments) == 1


def test_an_appointment_is_moved_cancelled_and_checked_in_from_the_board(
    stage: Stage, desk: Desk, desk_for: DeskFor
) -> None:
    doctor = desk_for("doctor").session.staff_id
    patient = patients.register_patient(desk, OKAFOR).patient_id
    made = scheduling.book(desk, patient, doctor, datetime(2026, 3, 10, 10, 0).astimezone(), 30)
    view = stage.show("schedule", appointment_id=made.id)
    assert isinstance(view, ScheduleView)
    assert view.grid.appointment() == made
    stage.click(view, "schedule.move")
    view.grid.setFocus()
    for _ in range(4):
        QTest.keyClick(view.grid, Qt.Key.Key_Down)
    view.primary()
    moved = scheduling.day_board(desk, TODAY).appointments[0]
    assert f"{moved.starts_at.astimezone():%H:%M}" == "11:00"
    assert moved.minutes == 30
    stage.click(view, "schedule.cancel")
    reason = view.findChild(QPlainTextEdit, "schedule.cancelling.reason")
    assert reason is not None
    QTest.keyClicks(reason, "Travelling")
    stage.click(view, "schedule.cancelling.confirm")
    assert scheduling.day_board(desk, TODAY).appointments[0].status == "cancelled"
    assert view.grid.appointment() is None


def test_days_are_gone_through_by_keys(stage: Stage) -> None:
    view = stage.show("schedule")
    assert isinstance(view, ScheduleView)
    stage.click(view, "schedule.later")
    assert view.presenter.day == date(2026, 3, 11)
    stage.click(view, "schedule.today")
    assert view.presenter.day == TODAY


# Home. -------------------------------------------------------------------------------------------------


def test_home_shows_what_waits_and_every_line_opens_its_thing(stage: Stage, desk: Desk) -> None:
    line = queue.check_in(desk, patients.register_patient(desk, OKAFOR).patient_id, "urgent")
    drafts.keep_draft(desk, DraftKey("reception", ""), {"family_name": "Half"})
    view = stage.show("home")
    assert isinstance(view, HomeView)
    stage.click(view, "home.queue.row")
    stage.click(view, "home.draft0")
    assert stage.window.went == [("queue", {"entry_id": line.id}), ("reception", {})]


def test_unfinished_work_says_about_whom_and_opens_there(stage: Stage, desk: Desk) -> None:
    patient = patients.register_patient(desk, OKAFOR).patient_id
    drafts.keep_draft(desk, DraftKey("reception", patient), {"city": "Enugu"})
    drafts.keep_draft(desk, DraftKey("consultation.history", "gone"), {"note": "x"})
    view = stage.show("home")
    button = view.findChild(QPushButton, "home.draft0")
    assert button is not None
    assert "OKAFOR, Chidi" in button.text()
    assert view.findChild(QPushButton, "home.draft1") is None
    stage.click(view, "home.draft0")
    assert stage.window.went == [("reception", {"patient_id": patient})]


@pytest.mark.parametrize(
    "role", ["doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier", "administrator"]
)
def test_every_role_has_a_home_that_says_what_goes_there(stage: Stage, role: str) -> None:
    view = stage.show("home", role)
    assert isinstance(view, HomeView)
    assert view.groups
    assert any("Nothing waits here." in label.text() for label in view.findChildren(QLabel))


def test_an_appointment_says_how_far_it_is_at_each_system(
    stage: Stage, desk: Desk, desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = patients.register_patient(desk, OKAFOR).patient_id
    doctor = desk_for("doctor").session.staff_id
    made = scheduling.book(desk, patient, doctor, datetime(2026, 3, 10, 10, 0).astimezone(), 30)
    key = ("appointment", made.id)
    marks = {key: (Mark("Practice Studio", "cannot be told", "no call to move it", None),)}
    monkeypatch.setattr(howfar, "ask_marks", lambda _desk, records: marks if key in list(records) else {})
    view = stage.show("schedule", appointment_id=made.id)
    assert isinstance(view, ScheduleView)
    assert view.grid.far == {made.id: "cannot be told"}
    assert view.booking.far.text() == "Practice Studio: cannot be told, no call to move it"
    assert view.booking.far.isVisibleTo(view.booking.shown)


def test_with_no_system_connected_an_appointment_says_nothing_of_any(
    stage: Stage, desk: Desk, desk_for: DeskFor
) -> None:
    patient = patients.register_patient(desk, OKAFOR).patient_id
    doctor = desk_for("doctor").session.staff_id
    made = scheduling.book(desk, patient, doctor, datetime(2026, 3, 10, 10, 0).astimezone(), 30)
    view = stage.show("schedule", appointment_id=made.id)
    assert isinstance(view, ScheduleView)
    assert view.grid.far == {}
    assert view.booking.far.isHidden()
