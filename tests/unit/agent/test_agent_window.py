"""The real background process under the window's side of it."""

import os
import signal
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clinic_desktop import settings
from clinic_desktop.gui.shell import background
from clinic_desktop.gui.shell.background import Background
from clinic_desktop.services.backups import prove_backup
from clinic_desktop.store import schema
from clinic_desktop.vault import KdfParams, create_vault

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
WAIT = 20_000


def test_killed_in_the_middle_of_its_work_it_comes_back_and_makes_the_backup(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "clinic"
    key = create_vault(profile, device_secret="file", kdf=CHEAP).data_key
    schema.create(profile / "clinic.db", key)
    settings.save(profile, settings.Settings(workstation="A7K", clinic_name="Kitgum"))
    monkeypatch.setattr(background, "FIRST_WAIT_MS", 50)
    work = Background((sys.executable, "-m", "clinic_desktop.agent", str(profile)), lambda: key)
    events: list[str] = []
    paths: list[str] = []
    work.told.connect(lambda event: events.append(event["event"]))
    work.told.connect(lambda event: paths.extend(event.get("path", "").split()))
    try:
        work.unlock()
        work.start()
        qtbot.waitUntil(lambda: "opened" in events, timeout=WAIT)
        work.run("backup")
        qtbot.waitUntil(lambda: "job.started" in events, timeout=WAIT)
        os.kill(work.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: events.count("opened") == 2, timeout=WAIT)
        work.run("backup")
        qtbot.waitUntil(lambda: "backup.verified" in events, timeout=WAIT)
    finally:
        work.stop()
    assert prove_backup(Path(paths[-1]), key).size > 0
    assert not list((profile / "backups").glob("*.clinicbackup"))[1:]
