"""`backup`, `jobs` and `agent` as a person or a script calls them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.vault import Vault
from tests.backed_up import CHEAP, NEW_PASSWORD, PASSWORD, Made, count_patients, small_clinic


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> Made:
    clinic = small_clinic(tmp_path / "clinic", clock)
    (tmp_path / "password").write_text(PASSWORD + "\n")
    (tmp_path / "new-password").write_text(NEW_PASSWORD + "\n")
    (tmp_path / "recovery").write_text(clinic.recovery_key + "\n")
    return clinic


def call(made: Made, *words: str, password: str = "password") -> tuple[int, str, str]:
    folder = made.profile.parent
    start = [sys.executable, "-c", "import sys; from clinic_desktop.cli.main import main; sys.exit(main(sys.argv[1:]))"]
    options = ["--json", "--profile", str(made.profile), "--user", "amina", "--password-file", str(folder / password)]
    done = subprocess.run(
        [*start, *options, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_made_proved_and_restored_on_a_clean_machine(made: Made, tmp_path: Path) -> None:
    code, out, err = call(made, "backup", "create", "--to", str(tmp_path / "drive"))
    assert code == 0, err
    path = json.loads(out)["path"]
    assert call(made, "backup", "verify", path)[0] == 0
    shutil.rmtree(made.profile)
    words = ("backup", "restore", path, "--recovery-file", str(tmp_path / "recovery"), "--device-secret", "file")
    code, out, err = call(made, *words, password="new-password")
    assert code == 0, err
    assert json.loads(out)["patients"] == count_patients(made.profile, made.key) == 3
    assert Vault.open(made.profile, kdf=CHEAP).unlock("amina", NEW_PASSWORD).data_key == made.key
    code, out, err = call(made, "jobs", "run", "backup", password="new-password")
    assert code == 0, err
    assert json.loads(out)["event"] == "backup.verified"


def test_a_damaged_one_is_an_environment_error_in_words(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    path.write_bytes(path.read_bytes()[:5000])
    code, out, err = call(made, "backup", "verify", str(path))
    assert (code, out) == (4, "")
    assert "damaged" in err


def test_the_jobs_are_listed(made: Made) -> None:
    code, out, err = call(made, "jobs", "list")
    assert code == 0, err
    assert [job["name"] for job in json.loads(out)] == [
        "backup",
        "escalation",
        "downtime-pack",
        "monthly-reports",
    ]


def test_the_sealed_agent_starts_keyless_and_ends_with_its_input(made: Made) -> None:
    code, out, err = call(made, "agent", "--sealed")
    assert code == 0, err
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["ready", "ended"]
