"""The door between the window and one clinic: the recovery key is confirmed before the first patient."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desktop.app import Door
from clinic_desktop.catalogue import SCREENS
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.services.clinic import create_clinic, open_clinic
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.staff import NewStaff, add_staff
from clinic_desktop.store import lock

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


def test_a_sign_out_that_cannot_be_written_lets_the_key_go_all_the_same(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(profile)
    door.unlock("chief", PASSWORD)
    clinic = door._clinic
    assert clinic is not None

    def full(_desk: object, _why: str = "") -> None:
        raise Trouble("The disk is full.", remedy="Free some space.")

    monkeypatch.setattr(clinic, "sign_out", full)
    closed: list[bool] = []
    monkeypatch.setattr(clinic.store, "close", lambda: closed.append(True))
    with pytest.raises(Trouble):
        door.leave()
    assert closed == [True]
    assert door.key() is None


def test_a_window_whose_sign_out_failed_has_been_left(
    profile: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = Door(profile)
    window = MainWindow(door, SCREENS)
    qtbot.addWidget(window)
    window.begin()
    window._sign_in("frontdesk", PASSWORD)
    qtbot.waitUntil(lambda: window.has_frame, timeout=20_000)
    leave = door.leave

    def badly() -> None:
        leave()
        raise Trouble("The disk is full.", remedy="Free some space.")

    monkeypatch.setattr(door, "leave", badly)
    with qtbot.waitSignal(window.left, timeout=20_000):
        window.switch_user()


def test_a_profile_has_one_window(profile: Path) -> None:
    held = lock.one_window(profile)
    with pytest.raises(Trouble, match="open in a window already"):
        lock.one_window(profile)
    held.release()
    lock.one_window(profile).release()


def test_the_process_that_holds_the_key_leaves_no_core(profile: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path; from clinic_desktop.app import Door;"
        "door = Door(Path(sys.argv[1])); door.unlock('chief', sys.argv[2]);"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(profile), PASSWORD], capture_output=True, text=True, check=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert run.stdout.strip() == "0"


def test_where_no_system_is_connected_nothing_of_the_post_office_is_loaded(profile: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from clinic_desktop.app import Door;"
        "from clinic_desktop.services.patients import NewPatient, register_patient;"
        "door = Door(Path(sys.argv[1])); door.unlock('chief', sys.argv[2]); door.confirm_recovery(); door.leave();"
        "place = door.unlock('frontdesk', sys.argv[2]);"
        "who = register_patient(place.desk, NewPatient('Okafor', 'Ada', 'female', born_precision='unknown'));"
        "assert place.standing() is None; place.counts(); assert place.banner(who.patient_id).state is None;"
        "print([name for name in sys.modules if name.split('.')[0] == 'sync'])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(profile), PASSWORD], capture_output=True, text=True, check=True,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert run.stdout.strip() == "[]"
