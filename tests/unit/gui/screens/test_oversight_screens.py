"""Programmes of a patient, and the administrator's review, over real services."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain import consents as rules
from clinic_desktop.domain.programmes import Step
from clinic_desktop.gui.screens.oversight.story import OPENED_WORDS
from clinic_desktop.gui.screens.oversight.view import OversightView
from clinic_desktop.gui.screens.programmes.view import ProgrammesView
from clinic_desktop.gui.shell.banner import PatientBanner
from clinic_desktop.gui.shell.closed import closed_patient
from clinic_desktop.gui.shell.gate import BannerFacts
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.services import break_glass, chart, consent_gate, programmes, restrictions, results
from clinic_desktop.services.programmes import NewEnrolment, NewProgramme
from tests.conftest import DeskFor
from tests.unit.gui.screens.one_screen import OneScreen
from tests.unit.services.consent_case import break_open, register, sign

At = Callable[[str, Callable[[ScreenContext], ScreenView]], OneScreen]


@pytest.fixture
def at(qtbot: QtBot, desk_for: DeskFor) -> At:
    """A page as a role sees it."""

    def open_as(role: str, build: Callable[[ScreenContext], ScreenView]) -> OneScreen:
        window = OneScreen(desk_for(role), build)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    return open_as


def find(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None, name
    return found


def press(window: QWidget, name: str) -> None:
    button = find(window, name)
    assert isinstance(button, QAbstractButton)
    button.click()


def fill(window: QWidget, name: str, words: str) -> None:
    widget = find(window, name)
    assert isinstance(widget, QLineEdit | QPlainTextEdit)
    widget.setText(words) if isinstance(widget, QLineEdit) else widget.setPlainText(words)


def test_a_programme_that_ended_while_the_page_was_open_takes_nobody_and_says_when_it_ended(
    at: At, desk_for: DeskFor
) -> None:
    nurse, admin = desk_for("nurse"), desk_for("administrator")
    patient = register(nurse)
    walk = NewProgramme("Walk", "x", "fitness", (Step("a"),), ends_on=date(2026, 3, 20), needs_consent=False)
    made = programmes.add_programme(admin.once(), walk)
    window = at("nurse", ProgrammesView)
    window.view.open(patient_id=patient)
    assert isinstance(window.view, ProgrammesView)
    window.view.offered.select_row(0)
    press(window, "programmes.enrol")
    programmes.change_programme(admin.once(), made, replace(walk, ends_on=date(2026, 3, 9)), expect=1)
    window.primary()
    assert "has ended: 09-Mar-2026 was its last day" in window.errors[-1]
    assert programmes.enrolments_of(nurse, patient) == ()


def test_a_patient_is_enrolled_and_a_session_noted(at: At, desk_for: DeskFor) -> None:
    nurse = desk_for("nurse")
    patient = register(nurse)
    programmes.add_programme(
        desk_for("administrator").once(), NewProgramme("Walk", "Together", "fitness", (Step("Week 1", 1, "", 2),))
    )
    window = at("nurse", ProgrammesView)
    window.view.open(patient_id=patient)
    view = window.view
    assert isinstance(view, ProgrammesView)
    view.offered.select_row(0)
    press(window, "programmes.enrol")
    window.primary()
    assert "no consent in force" in window.errors[-1]
    sign(nurse, patient, "programmes")
    window.primary()
    (taken,) = programmes.enrolments_of(nurse, patient)
    assert taken.starts_on == date(2026, 3, 10)
    view.taken.select_row(0)
    press(window, "programmes.note")
    fill(window, "programmes.value", "118")
    window.primary()
    (taken,) = programmes.enrolments_of(nurse, patient)
    assert (taken.progress.done, taken.progress.total, taken.noted[0].value) == (1, 2, "118")
    press(window, "programmes.complete")
    assert "1 of 2 sessions" in window.errors[-1]
    press(window, "programmes.leave")
    fill(window, "programmes.reason", "Moved away")
    window.primary()
    assert programmes.enrolments_of(nurse, patient)[0].status == "withdrawn"


def test_an_administrator_reviews_and_keeps_the_catalogue(at: At, desk_for: DeskFor) -> None:
    doctor, admin = desk_for("doctor"), desk_for("administrator")
    patient = register(doctor)
    break_open(doctor, patient, "other", "Nobody to be asked")
    window = at("administrator", OversightView)
    window.view.open()
    assert window.counts["oversight"] == 1
    press(window, "oversight.review")
    press(window, "oversight.outcome.unclear")
    window.primary()
    assert "wrong or still open" in window.errors[-1]
    fill(window, "oversight.note", "Spoken to the doctor")
    window.primary()
    assert break_glass.to_review(admin) == ()
    assert window.counts["oversight"] == 0
    press(window, "oversight.new")
    fill(window, "oversight.name", "Breathing")
    fill(window, "oversight.description", "Ten minutes a day")
    find(window, "oversight.category").setProperty("currentIndex", 1)
    fill(window, "oversight.steps", "Week 1 | seven")
    window.primary()
    assert "not a number" in window.errors[-1]
    fill(window, "oversight.steps", "Week 1 | 7 | 1 | minutes\nWeek 2 | 7 | 2")
    window.primary()
    (made,) = programmes.catalogue(admin)
    assert [(step.title, step.sessions, step.week) for step in made.steps] == [("Week 1", 7, 1), ("Week 2", 7, 2)]
    assert made.about.needs_consent


def test_whoever_reviews_reads_why_and_what_was_opened_and_gives_the_answer_themselves(
    at: At, desk_for: DeskFor
) -> None:
    doctor = desk_for("doctor")
    patient = register(doctor)
    restrictions.restrict_record(desk_for("nurse").once(), patient, ["role:laboratory"], "A neighbour")
    break_open(doctor, patient, "life_in_danger", "Unconscious, nobody to be asked")
    chart.open_chart(doctor, patient)
    results.results(doctor, patient)
    window = at("administrator", OversightView)
    window.view.open()
    press(window, "oversight.review")
    read = " | ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())
    assert "A life in danger" in read
    assert "Unconscious, nobody to be asked" in read
    assert re.search(r"\d\d:\d\d:\d\d Chart\n\d\d:\d\d:\d\d Results", read)
    assert "open chart" not in read
    assert not window.view.primary_enabled
    press(window, "oversight.outcome.justified")
    assert window.view.primary_enabled


def test_every_service_that_a_broken_glass_opens_is_called_as_its_page() -> None:
    covered = {name.partition(".")[0] for name in consent_gate.COVERED["treatment"]}
    assert covered <= set(OPENED_WORDS)


def test_a_programme_is_changed_by_what_was_looked_at(at: At, desk_for: DeskFor) -> None:
    admin = desk_for("administrator")
    made = programmes.add_programme(admin.once(), NewProgramme("Walk", "Together", "fitness", (Step("a"),)))
    window = at("administrator", OversightView)
    window.view.open(section="programmes")
    view = window.view
    assert isinstance(view, OversightView)
    view.programmes.select_row(0)
    other = NewProgramme("Walking", "Together", "fitness", (Step("a"),))
    programmes.change_programme(admin.once(), made, other, expect=1)
    fill(window, "oversight.description", "Alone")
    window.primary()
    assert "meanwhile" in window.errors[-1]
    assert programmes.catalogue(admin)[0].about.description == "Together"


def test_what_was_begun_about_one_patient_is_not_shown_for_another(at: At, desk_for: DeskFor) -> None:
    nurse = desk_for("nurse")
    one, other = register(nurse), register(nurse, "Bello")
    made = programmes.add_programme(
        desk_for("administrator").once(),
        NewProgramme("Talk", "x", "wellness", (Step("a"),), needs_consent=False),
    )
    programmes.enrol(nurse.once(), one, made, NewEnrolment())
    window = at("nurse", ProgrammesView)
    view = window.view
    assert isinstance(view, ProgrammesView)
    view.open(patient_id=one)
    press(window, "programmes.leave")
    view.open(patient_id=other)
    assert view.taken.current() is None
    window.press(Qt.Key.Key_Escape)
    assert programmes.enrolments_of(nurse, one)[0].status == "enrolled"


def test_the_banner_stands_on_red_until_its_time_is_over(qtbot: QtBot) -> None:
    banner = PatientBanner()
    qtbot.addWidget(banner)
    facts = BannerFacts("p", "Okafor", "Chidi", "1980", "46 y", "Male", "MRN-1", emergency="Glass broken until 09:30")
    with qtbot.waitSignal(banner.emergency_over, timeout=3000):
        banner.show_facts(facts)
        assert banner.property("panel") == "emergency"
        assert banner.findChild(QWidget, "banner.emergency") is not None
    banner.show_facts(BannerFacts("p", "Okafor", "Chidi", "1980", "46 y", "Male", "MRN-1"))
    assert banner.property("panel") == "bar"


def test_only_a_closed_record_leads_away_and_only_its_own_page() -> None:
    closed = rules.refusal(rules.BY_KEY["treatment"], "p")
    assert closed_patient(closed, "chart", {"patient_id": "p"}) == "p"
    assert closed_patient(closed, "chart", {"patient_id": "q"}) is None
    assert closed_patient(closed, "consents", {"patient_id": "p"}) is None
    assert closed_patient(rules.refusal(rules.BY_KEY["research"], "p"), "chart", {"patient_id": "p"}) is None
    assert closed_patient(ValueError(), "chart", {"patient_id": "p"}) is None
