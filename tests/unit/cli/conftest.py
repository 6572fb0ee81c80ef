"""A clinic in which one day's work was done: made once, copied for every test of a command."""

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desktop.cli import demo
from clinic_desktop.cli.demo_stories import STORIES
from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.cli.main import main
from clinic_desktop.clock import SetClock
from clinic_desktop.services import patients
from clinic_desktop.services.clinic import confirm_recovery, create_clinic, open_with_key
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.staff import NewStaff, add_staff
from clinic_desktop.vault import KdfParams, Vault

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
STORY = next(story for story in STORIES if story.courses and (story.tests or story.panels))


@dataclass(frozen=True)
class Worked:
    """The clinic's folder, and the record number of whoever was seen there."""

    profile: Path
    seen: str
    twins: tuple[str, str]


Answer = tuple[int, str, str]
Call = Callable[..., Answer]


@pytest.fixture(scope="session")
def worked_once(tmp_path_factory: pytest.TempPathFactory) -> Worked:
    """One visit from registration to receipt, the till closed, and somebody registered twice."""
    profile = tmp_path_factory.mktemp("worked") / "clinic"
    made = create_clinic(
        profile, clinic_name="Harbour Clinic", username="administrator", display_name="Ada Admin",
        password=demo.PASSPHRASE, device_secret="file", kdf=CHEAP,
    )  # fmt: skip
    vault = Vault.open(profile, kdf=CHEAP)
    key = vault.unlock("administrator", demo.PASSPHRASE).data_key
    clinic = open_with_key(profile, key, vault=vault, process="command")
    confirm_recovery(clinic, made.recovery_key)
    administrator = clinic.sign_in("administrator", demo.PASSPHRASE)
    for username, name, role in demo.ACCOUNTS:
        add_staff(administrator, clinic, NewStaff(username, name, role, demo.PASSPHRASE))
    # Yesterday: never after the system's clock, by which the commands go.
    yesterday = datetime.now().astimezone().date() - timedelta(days=1)
    clock = SetClock(administrator.now - timedelta(days=2))
    clinic.store.clock = clock
    people = {user.username: user.user_id for user in clinic.vault.users}
    weeks = Weeks(clock, random.Random(3), lambda who: clinic.begin(people[who]))
    weeks.begin_day(yesterday)
    weeks.stock_up(yesterday)
    front = weeks.desk("frontdesk")
    someone = NewPatient("Okafor", "Ada", "female", date(1975, 7, 14), "day", phone="+234 803 555 0117")
    registered = patients.register_patient(front, someone)
    weeks.open_till()
    entry = weeks.check_in(registered.patient_id, STORY)
    weeks.measure(registered.patient_id, STORY)
    encounter = weeks.consult(registered.patient_id, STORY, entry)
    order = weeks.order(registered.patient_id, STORY, encounter)
    prescription = weeks.prescribe(registered.patient_id, STORY, encounter)
    weeks.sign(encounter, STORY)
    assert order is not None
    assert prescription is not None
    weeks.analyse(registered.patient_id, order)
    weeks.hand_out(registered.patient_id, prescription)
    weeks.bill(registered.patient_id)
    weeks.close_till()
    one = NewPatient("Nguyễn", "Thị Hoa", "female", date(1988, 3, 2), "day", phone="+84 91 555 0102")
    twins = patients.register_patient(front, one).mrn, patients.register_patient(front, one).mrn
    for desk in (*weeks.desks.values(), administrator):
        clinic.sign_out(desk)
    clinic.close()
    return Worked(profile, registered.mrn, twins)


@pytest.fixture
def worked(worked_once: Worked, tmp_path: Path) -> Worked:
    """A copy of it that a test may change."""
    profile = tmp_path / "clinic"
    shutil.copytree(worked_once.profile, profile)
    (tmp_path / "password").write_text(demo.PASSPHRASE + "\n")
    return Worked(profile, worked_once.seen, worked_once.twins)


@pytest.fixture
def call(worked: Worked, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line as somebody; gives the exit code, what it answered and what it said beside it."""

    def call(user: str, *words: str) -> Answer:
        password = str(worked.profile.parent / "password")
        code = main(["--profile", str(worked.profile), "--user", user, "--password-file", password, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def asked(call: Call) -> Callable[..., list[dict[str, object]]]:
    """Call a command with ``--json`` that must be done, with problems listed or without; gives its document."""

    def asked(user: str, *words: str) -> list[dict[str, object]]:
        code, out, err = call(user, *words, "--json")
        assert code in {0, 1}, err  # 1 is done, with problems listed
        document: list[dict[str, object]] = json.loads(out)
        return document

    return asked
