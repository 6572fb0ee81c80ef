"""How the program is started: a new clinic with no window, and a bundle asked to prove a backup."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desktop.cli.main import main
from clinic_desktop.clock import SetClock
from clinic_desktop.services import recovery
from clinic_desktop.vault import Vault
from tests.backed_up import PASSWORD, small_clinic


def start(*words: str, asked: str = "") -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "clinic_desktop", *words]
    return subprocess.run(program, input=asked, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display is never missing elsewhere")
def test_a_machine_with_no_display_is_told_so_in_words(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    environment.pop("QT_QPA_PLATFORM", None)
    program = [sys.executable, "-m", "clinic_desktop", "--profile", str(tmp_path / "clinic")]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert "no display" in done.stderr


def initialised(tmp_path: Path) -> list[str]:
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return [
        "--json", "--profile", str(tmp_path / "clinic"), "init", "--clinic", "Harbour Clinic", "--admin", "amina",
        "--password-file", str(tmp_path / "password"), "--recovery-out", str(tmp_path / "recovery"),
        "--device-secret", "file",
    ]  # fmt: skip


def test_a_new_clinic_with_no_window_opens_with_its_password_and_its_recovery_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = initialised(tmp_path)
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["device_secret"] == "file"
    assert (tmp_path / "recovery").stat().st_mode & 0o077 == 0, "for its owner alone"
    vault = Vault.open(tmp_path / "clinic")
    recovered = vault.unlock_with_recovery((tmp_path / "recovery").read_text().strip())
    assert vault.unlock("amina", PASSWORD).data_key == recovered
    signed = ["--profile", str(tmp_path / "clinic"), "--user", "amina", "--password-file", str(tmp_path / "password")]
    assert main([*signed, "counts"]) == 0


def test_a_recovery_key_that_does_not_open_the_clinic_is_a_fault_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "confirm_recovery", lambda _clinic, _typed: False)
    assert main(initialised(tmp_path)) == 70


def test_the_program_of_a_bundle_answers_the_question_of_a_proof(tmp_path: Path, clock: SetClock) -> None:
    made = small_clinic(tmp_path / "clinic", clock)
    backup = made.backup(tmp_path / "drive")
    done = start("--prove-backup", asked=json.dumps({"key": made.key.hex(), "path": str(backup)}))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["patients"] == 3
    backup.write_bytes(backup.read_bytes()[:5000])
    done = start("--prove-backup", asked=json.dumps({"key": made.key.hex(), "path": str(backup)}))
    assert "trouble" in json.loads(done.stdout)
