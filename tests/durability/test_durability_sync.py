"""The background process is killed again and again while it tells three systems: nothing is lost, nothing doubled."""

import json
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic_desktop.clock import SetClock, SystemClock
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.clinic import open_clinic, open_with_key
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import add_remote
from clinic_desktop.store.engine import Store
from sync.engine.audit import broken
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Intent, Link
from tests.backed_up import NEW_PASSWORD, PASSWORD
from tests.failing import ROOT, make

KILLS = 50
PATIENTS = 90
SYSTEMS = ("healify", "arocord_hims", "practice_studio")
SECRETS = {"token", "username", "password", "mfa_code", "client_id", "client_secret", "scope"}


class Sandbox:
    """The documented systems in a process of their own."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "clinic_desktop", "--json", "sandbox", "--no-limits", "--control", "--empty"]
        self._process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        text = ""
        assert self._process.stdout is not None
        while not text.rstrip().endswith("}") or '"ready"' not in text:
            text += self._process.stdout.readline()
        self.said: dict[str, Any] = json.loads(text)

    def log(self, system: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.said['control']}/log/{system}", timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def end(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)


@pytest.fixture
def sandbox() -> Any:
    made = Sandbox()
    yield made
    made.end()


def connected(profile: Path, sandbox: Sandbox) -> bytes:
    """A clinic of ninety people, connected to three systems; its key."""
    make(profile, SetClock(SystemClock().now() - timedelta(hours=1)))
    clinic, admin = open_clinic(profile, "amina", PASSWORD, clock=SystemClock())
    for one in sandbox.said["systems"]:
        if one["system"] in SYSTEMS:
            secrets = {name: value for name, value in one["credentials"].items() if name in SECRETS}
            if one["system"] == "practice_studio":
                del secrets["username"], secrets["password"]
            add_remote(admin, one["system"], one["base_url"], secrets)
    front = clinic.sign_in("bela", NEW_PASSWORD)
    for number in range(PATIENTS):
        born = datetime(1950, 1, 1, tzinfo=UTC).date() + timedelta(days=257 * number)
        phone = f"+1-555-{number // 100:03d}-{number:04d}"
        register_patient(
            front, NewPatient(f"Wanjiru{number:03d}", f"Rose{number % 7}", "female", born, "day", phone=phone)
        )
    key = clinic.data_key
    clinic.close()
    return key


def killed_after(profile: Path, key: bytes, seconds: float) -> None:
    """Start the background process with the key, and kill it after so long."""
    words = [sys.executable, "-m", "clinic_desktop.agent", str(profile)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"key {key.hex()}\n")
    process.stdin.flush()
    while '"opened"' not in process.stdout.readline():
        pass
    time.sleep(seconds)
    process.kill()
    process.wait()


def settle(profile: Path, key: bytes) -> Store:
    """Work to the end with a clock that is set on: what no answer came to is looked for, and sent once more at most."""
    clock = SetClock(SystemClock().now())
    clinic = open_with_key(profile, key, process="command", clock=clock)
    for _minute in range(40):
        office = PostOffice(clinic)
        office.run(60.0, until_idle=True, patience=0.0)
        waiting = sum(line["waiting"] for line in office.status() if line["kind"] == "patient")
        office.close()
        if not waiting:
            break
        clock.advance(timedelta(seconds=61))
    return clinic.store


def test_fifty_kills_of_the_background_process_lose_nothing_and_double_nothing(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    profile = tmp_path / "clinic"
    key = connected(profile, sandbox)
    chance = random.Random(11)
    for _ in range(KILLS):
        killed_after(profile, key, chance.uniform(0.05, 0.7))
    told = [len(sandbox.log(system)["effects"]) for system in SYSTEMS]
    for n in range(KILLS):
        if min(told) >= 3:
            break
        # A busy machine has hardly begun in so little time: it is killed some more, a little later each.
        killed_after(profile, key, chance.uniform(0.5, 2.0) + n / 10)
        told = [len(sandbox.log(system)["effects"]) for system in SYSTEMS]
    # How far it comes in so little time the machine decides; some of it was told, and most of it was not.
    assert min(told) >= 3, "the kills came in the middle of the work"
    store = settle(profile, key)
    with store.read() as connection:
        people = connection.exec_driver_sql("SELECT count(*) FROM patients").scalar_one()
        unit = type("Unit", (), {"conn": connection})()
        rows = Rows(unit)
        links = {system: rows.find(Link, system=system, kind="patient", status="confirmed") for system in SYSTEMS}
        intents = {system: rows.find(Intent, system=system, kind="patient") for system in SYSTEMS}
        assert [broken(rows, system) for system in SYSTEMS] == [None] * len(SYSTEMS)
    assert people == PATIENTS
    for system in SYSTEMS:
        log = sandbox.log(system)
        made = [one for one in log["effects"] if one["act"] == "create" and one["table"] == "patients"]
        assert len(made) == PATIENTS, system
        assert log["duplicates"] == [], system
        assert len(links[system]) == len({link.local_id for link in links[system]}) == PATIENTS
        # Nothing was sent that was not written down before.
        assert {one.local_id for one in intents[system]} == {link.local_id for link in links[system]}
        assert Counter(link.remote_id for link in links[system]).most_common(1)[0][1] == 1
    store.close()
