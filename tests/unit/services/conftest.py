"""A clinic made once by its own services, and a copy of it for each test that damages one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from tests.failing import NOW, make, register


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic made once, with two patients, and copied for each test."""
    profile = tmp_path_factory.mktemp("whole") / "clinic"
    clock = SetClock(NOW)
    make(profile, clock)
    register(profile, clock, "Okafor", "Balogun")
    return profile


@pytest.fixture
def profile(tmp_path: Path, whole: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "clinic"))


@pytest.fixture
def later() -> SetClock:
    return SetClock(NOW + timedelta(hours=1))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB that can be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)], check=False).returncode:
        pytest.skip("this machine does not let us mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)
