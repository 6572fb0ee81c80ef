"""A clinic made once by its own services, and a copy of it for each test that damages one."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from tests import failing
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
    with failing.small_disk(tmp_path / "disk", 6) as folder:
        yield folder
