"""The courier of the background process: what is done here is told by itself, and what is said there is looked at."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.agent.courier import Courier
from clinic_desktop.cli.terminal import Terminal
from clinic_desktop.clock import SetClock, SystemClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.exchange.webhooks import Doors
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.clinic import Clinic, open_clinic
from clinic_desktop.services.patients import NewPatient, register_patient
from clinic_desktop.services.remotes import add_remote, set_remote, webhook_address
from clinic_desktop.store.lock import one_sender, one_sender_in_turn, somebody_waits_to_send
from clinic_desktop.store.tables.patients import patients
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from sync.sandbox.people import People
from tests.backed_up import NEW_PASSWORD, PASSWORD
from tests.failing import make

SYSTEM = "hms_enterprise"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox([SYSTEM], knobs={SYSTEM: Knobs(limits=False)})
    yield made
    made.close()


@pytest.fixture
def desks(tmp_path: Path, sandbox: Sandbox) -> Iterator[tuple[Clinic, Desk, Desk]]:
    """A clinic that is connected to HMS: it, its administrator and its front desk."""
    make(tmp_path / "clinic", SetClock(SystemClock().now() - timedelta(hours=1)))
    clinic, admin = open_clinic(tmp_path / "clinic", "amina", PASSWORD, clock=SystemClock())
    (one,) = sandbox.addresses()
    secrets = {name: one["credentials"][name] for name in ("username", "password", "mfa_code")}
    add_remote(admin, SYSTEM, one["base_url"], secrets)
    yield clinic, admin, clinic.sign_in("bela", NEW_PASSWORD)
    clinic.close()


def until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def test_a_patient_registered_here_is_told_and_what_is_changed_there_is_heard_at_once(
    desks: tuple[Clinic, Desk, Desk], sandbox: Sandbox
) -> None:
    clinic, _admin, front = desks
    told: list[dict[str, object]] = []
    courier = Courier(clinic, told.append)
    try:
        new = NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day", phone="+1-555-0142")
        here = register_patient(front, new).patient_id
        system = sandbox.gates[SYSTEM].system

        def there() -> str | None:
            rows = list(system.tables["patients"])
            return next((str(row["id"]) for row in rows if row.get("last_name") == "Achieng"), None)

        assert until(lambda: there() is not None), told

        def phone() -> str:
            with clinic.store.read() as connection:
                return str(connection.execute(select(patients.c.phone).where(patients.c.id == here)).scalar())

        number = there()
        assert number is not None
        # Whoever works there changes it; the live channel says that something moved, and it is looked at.
        assert until(lambda: bool(getattr(system, "channels", True)))
        time.sleep(2.0)
        People(system).edit("patients", number, contact_number="+1-555-0199")
        # One record is read once a minute at most, and this one has just been.
        assert until(lambda: phone() == "+1-555-0199", 120.0), told
    finally:
        courier.end(10.0)


def test_a_system_that_is_paused_is_left_alone_and_a_second_process_never_sends(
    desks: tuple[Clinic, Desk, Desk], sandbox: Sandbox
) -> None:
    clinic, admin, front = desks
    set_remote(admin, SYSTEM, "state", "paused")
    courier = Courier(clinic, lambda _event: None)
    try:
        register_patient(front, NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day"))
        time.sleep(3.0)
        assert sandbox.gates[SYSTEM].system.log.asked == []
        set_remote(admin, SYSTEM, "state", "on")
        assert until(lambda: bool(sandbox.gates[SYSTEM].system.log.asked))
        with pytest.raises(Trouble, match="sending"):
            clinic.send_alone()
    finally:
        courier.end(10.0)
    clinic.send_alone().release()


def test_a_command_is_given_its_turn_and_the_background_process_goes_on_after_it(
    desks: tuple[Clinic, Desk, Desk], sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic, _admin, front = desks
    told: list[dict[str, object]] = []
    courier = Courier(clinic, told.append)
    log = sandbox.gates[SYSTEM].system.log
    try:
        register_patient(front, NewPatient("Achieng", "Rose", "female", date(1990, 5, 17), "day"))
        assert until(lambda: bool(log.asked))
        held = Terminal(clinic.profile, None, None, as_json=True).turn_to_send(clinic)
        said = capsys.readouterr()
        assert not said.out
        assert "waiting" in said.err
        asked = len(log.asked)
        register_patient(front, NewPatient("Otieno", "Jude", "male", date(1991, 5, 17), "day"))
        time.sleep(3.0)
        assert len(log.asked) == asked, "nobody else sends meanwhile"
        held.release()
        assert until(lambda: len(log.asked) > asked)
        assert told == []
    finally:
        courier.end(10.0)


def test_who_does_not_give_the_turn_is_waited_for_so_long_and_no_longer(tmp_path: Path) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        time.sleep(0.05)

    held = one_sender(tmp_path)
    with pytest.raises(Trouble, match="sending"):
        one_sender_in_turn(tmp_path, wait, 0.3)
    assert waited
    assert not somebody_waits_to_send(tmp_path), "no mark is left behind"
    held.release()
    one_sender_in_turn(tmp_path, time.sleep, 0.3).release()


def test_a_webhook_makes_it_look_at_that_record_at_once(tmp_path: Path) -> None:
    make(tmp_path / "clinic", SetClock(SystemClock().now() - timedelta(hours=1)))
    clinic, admin = open_clinic(tmp_path / "clinic", "amina", PASSWORD, clock=SystemClock())
    sandbox = Sandbox(["healify"], knobs={"healify": Knobs(limits=False)})
    try:
        (one,) = sandbox.addresses()
        add_remote(admin, "healify", one["base_url"], {"token": one["credentials"]["token"]})
        set_remote(admin, "healify", "webhook.host", "hooks.clinic.example")
        courier = Courier(clinic, lambda _event: None)
        doors = Doors(clinic, courier.hear)
        token = str(webhook_address(admin, "healify")).rpartition("/")[2]
        healify = sandbox.gates["healify"].system
        assert until(lambda: courier._office is not None)
        told = {"event": "patient.updated", "timestamp": clinic.store.clock.now().isoformat()}
        raw = json.dumps({**told, "data": {"patient_id": "pat_of_nobody"}}).encode()
        assert doors.knock("healify", token, raw, {}) == "taken"
        assert until(lambda: any("pat_of_nobody" in each.path for each in list(healify.log.asked)))
        courier.end(10)
    finally:
        sandbox.close()
        clinic.close()
