import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def dev() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_where_nothing_may_be_installed_the_exact_line_is_said(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    with pytest.raises(dev.Stop) as stop:
        dev.install_packages(["libegl1", "python3-venv"])
    assert "\n    sudo apt-get install -y --no-install-recommends libegl1 python3-venv\n" in str(stop.value)


def test_a_sudo_that_asks_for_a_password_is_not_waited_for(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def refuse(command: list[str], **_options: object) -> SimpleNamespace:
        asked.append(command)
        return SimpleNamespace(returncode=1)

    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(dev.Stop):
        dev.install_packages(["libegl1"])
    assert asked == [["/usr/bin/sudo", "-n", "true"]]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems carry these libraries")
def test_a_missing_library_asks_for_the_package_that_carries_it(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "can_load", lambda library: library != "libxcb-cursor.so.0")
    monkeypatch.setattr(dev, "works", lambda _python, _code: True)
    assert dev.missing_packages() == ["libxcb-cursor0"]


def test_a_changed_lock_makes_the_environment_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = dev.fingerprint()
    changed = tmp_path / "requirements-dev.lock"
    changed.write_text(dev.LOCK.read_text() + "# one more\n")
    monkeypatch.setattr(dev, "LOCK", changed)
    assert dev.fingerprint() != before


def test_dev_imports_nothing_that_has_to_be_installed() -> None:
    program = f"import runpy; runpy.run_path({str(ROOT / 'dev.py')!r}, run_name='dev')"
    answer = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
