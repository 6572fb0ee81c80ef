"""What sync asks a person is answered by keys alone: who is who, what is there twice, refused, or cannot be told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_shown
from clinic_desktop.gui.screens.sync.view import SyncView
from clinic_desktop.gui.tour.keys import clashing_keys
from clinic_desktop.services import prescribing
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic
from tests.unit.gui.screens.stage import Stage

HEALIFY = "healify"
ALT, PLAIN = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
STAMPS = dict.fromkeys(("created_at", "updated_at"), "2026-03-10T09:00:00Z")
OKAFOR = NewPatient("Okafor", "Chidi", "male", date(1985, 7, 4), "day", "+234 803 123 4567")
BALOGUN = NewPatient("Balogun", "Ngozi", "female", date(1979, 2, 14), "day", "+234 803 999 0001")
MENSAH = NewPatient("Mensah", "Kofi", "male", date(1960, 1, 2), "day", "+233 24 111 2222")
SESAY = NewPatient("Sesay", "Mariama", "female", date(1992, 11, 30), "day", email="family@example.org")


@pytest.fixture
def small(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    return Clinic(store, desk_for, clock)


@pytest.fixture
def there(small: Clinic, desk_for: DeskFor, clock: SetClock) -> Iterator[Connected]:
    """Somebody for each question, told and looked at twice."""
    front, doctor = desk_for("front_desk"), desk_for("doctor")
    for new in (OKAFOR, BALOGUN, MENSAH, SESAY):
        register_patient(front, new)
    with connected(desk_for("administrator"), HEALIFY, clock=lambda: clock.now().timestamp()) as sandbox:
        known_there(sandbox, OKAFOR, "pat_77aa00bb11", phone="+15559998877")
        known_there(sandbox, BALOGUN, "pat_77aa00bb12", phone="+15559998878")
        known_there(sandbox, replace(SESAY, given_names="Ibrahim"), "pat_77aa00bb13", email=SESAY.email)
        sandbox.connect(HEALIFY)
        practitioner = next(
            one for one in sync_connecting.who_is_who(sandbox.desk, HEALIFY, ask=False).staff if one.role == "doctor"
        )
        sync_connecting.name_practitioner(sandbox.desk, HEALIFY, practitioner.staff_id, "doc_456def")
        sandbox.run()
        (told,) = (row for row in sandbox.rows(HEALIFY, "patients") if row["last_name"] == "Mensah")
        known_there(sandbox, MENSAH, "pat_77aa00bb14", phone=told["phone"])
        prescribing.cancel_prescription(doctor, small.prescription, "The rash came back")
        sync_connecting.sync_now(sandbox.desk)
        sandbox.run()
        yield sandbox


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def known_there(there: Connected, new: NewPatient, number: str, **more: str | None) -> None:
    body = {"first_name": new.given_names, "last_name": new.family_name, "gender": new.sex, **STAMPS, **more}
    there.people(HEALIFY).add("patients", {**body, "date_of_birth": str(new.born_on)}, number)


def press(view: SyncView, key: Qt.Key) -> None:
    QTest.keyClick(view.items.view, key, ALT)
    QTest.qWait(130)  # Qt shows a button pressed by its key for a tenth of a second before it acts


def choose(view: SyncView, sort: str, name: str) -> None:
    """From the top of the list down to it."""
    place = next(n for n, one in enumerate(view.items.rows()) if (one.sort, name in one.name) == (sort, True))
    view.items.setFocus()
    QTest.keyClick(view.items.view, Qt.Key.Key_Home, PLAIN)
    for _step in range(place):
        QTest.keyClick(view.items.view, Qt.Key.Key_Down, PLAIN)
    while view.decide.resting:
        QTest.qWait(20)
    assert view.decide.sort.isVisible()
    assert clashing_keys(view) == []


def waiting(view: SyncView) -> list[tuple[str, str]]:
    return sorted((one.sort, one.name.partition(",")[0]) for one in view.items.rows())


def test_whatever_waits_for_a_person_is_decided_by_keys(stage: Stage, there: Connected, small: Clinic) -> None:
    view = cast("SyncView", stage.show("sync", "administrator", show="decide"))
    asked = [("cannot", "OKELLO"), ("duplicate", "MENSAH"), ("identity", "BALOGUN"), ("identity", "OKAFOR")]
    assert waiting(view) == [*asked, ("refused", "SESAY")]

    choose(view, "identity", "OKAFOR")
    press(view, Qt.Key.Key_L)
    press(view, Qt.Key.Key_L)  # an impatient hand: it is not meant for whoever has come into view
    assert ("identity", "BALOGUN") in waiting(view)
    assert ("identity", "OKAFOR") not in waiting(view)
    choose(view, "identity", "BALOGUN")
    press(view, Qt.Key.Key_A)

    choose(view, "duplicate", "MENSAH")
    shown = {one.name: (one.there, one.here) for one in view.decide.twins.rows()}
    assert shown["first_name"] == ("Kofi", "Kofi"), "both that are there stand beside one another"
    assert "id" not in shown
    press(view, Qt.Key.Key_O)
    choose(view, "surplus", "MENSAH")
    tell(view, "Telephoned: they take it away")

    choose(view, "cannot", "OKELLO")
    tell(view, "Telephoned the pharmacy")
    marks = sync_shown.record_marks(there.desk, [("prescription", small.prescription)])
    (mark,) = marks["prescription", small.prescription]
    assert mark.word == "closed by a person"
    assert mark.why.startswith("Telephoned the pharmacy (Administrator One, 10-Mar-2026 ")

    choose(view, "refused", "SESAY")
    assert "family@example.org already exists" in view.decide.why.text()
    press(view, Qt.Key.Key_R)
    (went,) = stage.window.went
    correct(stage, went[1]["patient_id"])
    view.activateWindow()
    press(view, Qt.Key.Key_G)

    there.run()
    view.presenter.reload()
    assert waiting(view) == [("field", "OKAFOR")], "linked: which telephone is right is asked as of anybody"
    rows = there.rows(HEALIFY, "patients")
    assert sorted(row["last_name"] for row in rows if row["last_name"] in {"Okafor", "Balogun"}) == [
        "Balogun", "Balogun", "Okafor",
    ]  # fmt: skip
    assert [row["email"] for row in rows if row["first_name"] == "Mariama"] == ["mariama@example.org"]


def tell(view: SyncView, how: str) -> None:
    """Say how they were told; without that it is not closed."""
    before = len(view.items.rows())
    press(view, Qt.Key.Key_T)
    assert len(view.items.rows()) == before
    press(view, Qt.Key.Key_E)
    QTest.keyClicks(view.decide.reason.line, how)
    press(view, Qt.Key.Key_T)
    assert len(view.items.rows()) == before - 1


def correct(stage: Stage, patient_id: str) -> None:
    """Give her an address of her own, where she is registered."""
    page = stage.show("reception", "administrator", patient_id=patient_id)
    mail = page.findChild(QWidget, "reception.email")
    assert mail is not None
    QTest.keyClick(mail, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(mail, "mariama@example.org")
    page.primary()
