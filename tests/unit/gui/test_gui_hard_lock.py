"""A locked window that is left alone lets go of the key and starts afresh as another process."""

import os
import subprocess
import sys
from pathlib import Path

from clinic_desktop import settings
from clinic_desktop.services.clinic import create_clinic
from clinic_desktop.services.recovery import check_recovery

ROOT = Path(__file__).parents[3]
PASSWORD = "plain copper ladder 88"

SCRIPT = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from clinic_desktop.app import Door, SCREENS
from clinic_desktop.gui.shell import start, window

profile, marker = Path(sys.argv[1]), Path(sys.argv[2])
real = os.execv
def execv(program, arguments):
    marker.write_text(" ".join(arguments))
    os._exit(0)
os.execv = execv
door = Door(profile)
shown = window.MainWindow.show
def show(self):
    shown(self)
    self._sign_in("hardlock1", sys.argv[3])
    self.opened.connect(lambda _place: QTimer.singleShot(300, self.lock))
window.MainWindow.show = show
start.run(door, SCREENS, profile)
marker.write_text(f"ended with key {door.key()}")
"""


def test_left_alone_it_ends_the_session_and_replaces_the_process(tmp_path: Path) -> None:
    profile = tmp_path / "clinic"
    made = create_clinic(
        profile,
        clinic_name="C",
        username="hardlock1",
        display_name="A",
        password=PASSWORD,
        device_secret="file",
    )
    assert check_recovery(profile, made.recovery_key, process="command")
    body = (profile / "settings").read_text().replace('"hard_lock_minutes": 15', '"hard_lock_minutes": 0')
    (profile / "settings").write_text(body)
    assert settings.load(profile).hard_lock_minutes == 0
    marker = tmp_path / "marker"
    subprocess.run(
        [sys.executable, "-c", SCRIPT, str(profile), str(marker), PASSWORD],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        check=True,
        timeout=60,
    )
    assert marker.read_text().endswith(f"-m clinic_desktop --profile {profile}")
