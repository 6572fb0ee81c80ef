"""A clinic of two people made by its own services, to be damaged, filled and cut off."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import clinic as clinics
from clinic_desktop.services import patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.clinic import Clinic, create_clinic, open_clinic
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.staff import NewStaff, add_staff
from tests.backed_up import CHEAP, NEW_PASSWORD, PASSWORD

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk that can be filled; the test is skipped where nobody lets us mount one."""
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(folder)]
    if subprocess.run(words, check=False).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def make(profile: Path, clock: SetClock, name: str = "Kitgum Street Clinic") -> str:
    made = create_clinic(
        profile, clinic_name=name, username="amina", display_name="OKELLO, Amina", password=PASSWORD,
        device_secret="file", clock=clock, kdf=CHEAP,
    )  # fmt: skip
    clinic, admin = open_clinic(profile, "amina", PASSWORD, clock=clock)
    clinics.confirm_recovery(clinic, made.recovery_key)
    clinic.vault._kdf = CHEAP
    add_staff(admin, clinic, NewStaff("bela", "ADEYEMI, Bela", "front_desk", NEW_PASSWORD))
    clinic.sign_out(admin)
    clinic.close()
    return made.recovery_key


def work(profile: Path, clock: SetClock) -> tuple[Clinic, Desk]:
    return open_clinic(profile, "bela", NEW_PASSWORD, clock=clock)


def register(profile: Path, clock: SetClock, *names: str) -> None:
    clinic, desk = work(profile, clock)
    for name in names:
        patients.register_patient(desk, NewPatient(name, "Ada", "female", date(1985, 7, 4), "day"))
    clinic.close()


def names(desk: Desk) -> set[str]:
    return {hit.name for text in ("ada",) for hit in patients.find_patients(desk, text)}


def said(trouble: Trouble) -> str:
    words = f"{trouble.message} {trouble.remedy}".format(**trouble.facts)
    assert "Traceback" not in words
    assert "{" not in words
    assert trouble.remedy
    return words


def call(profile: Path, *words: str, password: str = NEW_PASSWORD, user: str = "bela") -> tuple[int, str, str]:
    """The command line in a process of its own; what a person reads must never be a traceback."""
    secret = profile.parent / "password"
    secret.write_text(password + "\n")
    start = [sys.executable, "-c", "import sys; from clinic_desktop.cli.main import main; sys.exit(main(sys.argv[1:]))"]
    options = ["--profile", str(profile), "--user", user, "--password-file", str(secret)]
    done = subprocess.run(
        [*start, *options, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


SCRIPT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import patients
from clinic_desktop.services.clinic import open_clinic
from clinic_desktop.services.patients import NewPatient
from tests.backed_up import NEW_PASSWORD
profile = Path(sys.argv[1])

def opened():
    return open_clinic(profile, "bela", NEW_PASSWORD, clock=SetClock(datetime(2026, 3, 10, 11, 0, tzinfo=UTC)))

def fill(desk):
    done = []
    for number in range(10000):
        try:
            desk_ = desk.once()
            new = NewPatient(f"F{number}", "Ada", "female", address="x" * 2000)
            patients.register_patient(desk_, new)
        except Trouble as trouble:
            return done, f"{trouble.message} {trouble.remedy}"
        done.append(number)
    return done, ""

def there(desk, done):
    return all(patients.find_patients(desk, f"f{number}") for number in (done[0], done[-1], len(done) // 2))
"""
