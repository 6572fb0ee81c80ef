"""The door between the window and one clinic: the recovery key is confirmed before the first patient."""

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desktop.app import Door
from clinic_desktop.catalogue import SCREENS
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.services.clinic import create_clinic, open_clinic
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.staff import NewStaff, add_staff

PASSWORD = "plain copper ladder 88"


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A clinic whose recovery key was shown and never typed back, as after a power cut on the first morning."""
    folder = tmp_path / "clinic"
    create_clinic(
        folder, clinic_name="C", username="chief", display_name="Chief", password=PASSWORD, device_secret="file"
    )
    clinic, desk = open_clinic(folder, "chief", PASSWORD, process="command")
    add_staff(desk, clinic, NewStaff("frontdesk", "Front", "front_desk", PASSWORD))
    clinic.sign_out(desk)
    clinic.close()
    return folder


def test_no_patient_is_registered_before_the_recovery_key_was_confirmed(profile: Path) -> None:
    someone = NewPatient("Okafor", "Ada", "female", born_precision="unknown")
    door = Door(profile)
    front = door.unlock("frontdesk", PASSWORD)
    assert front.recovery_key == ""
    with pytest.raises(Refusal, match="recovery key"):
        register_patient(front.desk, someone)
    door.leave()
    assert door.unlock("chief", PASSWORD).recovery_key
    door.confirm_recovery()
    door.leave()
    assert door.unlock("chief", PASSWORD).recovery_key == ""
    door.leave()
    assert register_patient(door.unlock("frontdesk", PASSWORD).desk, someone).mrn
    door.leave()


def test_an_administrator_types_it_back_before_work_begins(profile: Path, qtbot: QtBot) -> None:
    door = Door(profile)
    window = MainWindow(door, SCREENS)
    qtbot.addWidget(window)
    window.begin()
    window.show()
    window._sign_in("chief", PASSWORD)
    page = "firstrun.recovery_key"
    qtbot.waitUntil(lambda: window.findChild(QLabel, page) is not None, timeout=20_000)
    assert not window.has_frame
    shown, typed = window.findChild(QLabel, page), window.findChild(QLineEdit, "firstrun.typed")
    kept, go = window.findChild(QCheckBox, "firstrun.kept"), window.findChild(QPushButton, "firstrun.start")
    assert shown is not None
    assert typed is not None
    assert kept is not None
    assert go is not None
    QTest.keyClicks(typed, " ".join(shown.text().split()))
    kept.click()
    go.click()
    qtbot.waitUntil(lambda: window.has_frame, timeout=20_000)
    window.close()
