"""A folder that cannot be written and a disk that is full: said, nothing lost, and it goes on when there is room."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services.audit import verify_audit
from clinic_desktop.services.clinic import open_clinic, open_with_key
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.vault import Vault
from tests.backed_up import CHEAP, NEW_PASSWORD, PASSWORD, everything
from tests.failing import NOW, ROOT, SCRIPT, call

# A folder that cannot be written, a disk that is full. --------------------------------------------------


def script(profile: Path, body: str, *, before: list[str] | None = None) -> str:
    done = subprocess.run(
        [*(before or []), sys.executable, "-c", SCRIPT + body, str(profile)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


FULL = """
clinic, desk = opened()
done, words = fill(desk)
print(len(done) > 20, "disk is full" in words and "Free some space" in words)
print("reads", there(desk, done))
{room}
patients.register_patient(desk.once(), NewPatient("Afterwards", "Ada", "female"))
print("again", len(patients.find_patients(desk, "afterwards")), there(desk, done))
clinic.close()
clinic, desk = opened()
print("opened", len(patients.find_patients(desk, "afterwards")), there(desk, done))
with clinic.store.read() as connection:
    print(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one())
    print("half", connection.exec_driver_sql("SELECT count(*) FROM patients p LEFT JOIN patient_search s"
        " ON s.patient_rowid = p.rowid_ WHERE s.patient_rowid IS NULL").scalar_one())
clinic.close()
"""


def test_a_full_disk_is_said_keeps_what_was_saved_and_goes_on_when_there_is_room(whole: Path, small_disk: Path) -> None:
    profile = Path(shutil.copytree(whole, small_disk / "clinic"))
    room = 'import subprocess; subprocess.run(["mount", "-o", "remount,size=24m", str(profile.parent)], check=True)'
    said_ = script(profile, FULL.replace("{room}", room))
    assert said_.splitlines() == ["True True", "reads True", "again 1 True", "opened 1 True", "ok", "half 0"]
    clinic, admin = open_clinic(profile, "amina", PASSWORD, clock=SetClock(NOW + timedelta(hours=5)))
    assert verify_audit(admin).findings == ()
    clinic.close()


def test_a_disk_that_fails_is_said_keeps_what_was_saved_and_goes_on(profile: Path) -> None:
    """The other path: the system refuses the write itself ("disk I/O error")."""
    body = FULL.replace("disk is full", "did not take what was written").replace("Free some space", "Check the disk")
    limit = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
"""
    body = limit + body.replace(
        "done, words = fill(desk)",
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, resource.RLIM_INFINITY))\ndone, words = fill(desk)",
    ).replace("{room}", "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)")
    assert script(profile, body).splitlines() == [
        "True True", "reads True", "again 1 True", "opened 1 True", "ok", "half 0",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, whole: Path) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a mount that cannot be written to needs root")
    profile = Path(shutil.copytree(whole, tmp_path / "clinic"))
    before = everything(profile)
    if subprocess.run(["mount", "--bind", str(profile), str(profile)], check=False).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(profile)], check=True)
        code, out, err = call(profile, "counts")
        assert (code, out) == (4, "")
        assert "cannot be written to" in err
        with pytest.raises(Trouble, match="cannot be written to"):
            open_with_key(profile, bytes(32), process="agent")
        with pytest.raises(Trouble, match="cannot be written to"):
            connect(profile / "clinic.db", _key(whole), WRITER_PRAGMAS)
    finally:
        subprocess.run(["umount", "-l", str(profile)], check=False)
    assert everything(profile) == before


def _key(profile: Path) -> bytes:
    return Vault.open(profile, kdf=CHEAP).unlock("bela", NEW_PASSWORD).data_key
