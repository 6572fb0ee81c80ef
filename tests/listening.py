"""A real background process with listeners over a real clinic, and senders that know nothing of its code."""

import contextlib
import json
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clinic_desktop.cli import demo
from clinic_desktop.services import patients
from clinic_desktop.services.clinic import Clinic, confirm_recovery, create_clinic, open_with_key
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.vault import KdfParams, Vault

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)


@dataclass
class Home:
    """A clinic with one patient, and its key."""

    profile: Path
    key: bytes = field(repr=False)
    mrn: str = ""

    def open(self) -> Clinic:
        return open_with_key(self.profile, self.key, process="command")


def made(folder: Path) -> Home:
    """Make a clinic with one patient."""
    profile = folder / "clinic"
    new = create_clinic(
        profile, clinic_name="Harbour", username="administrator", display_name="Ada", password=demo.PASSPHRASE,
        device_secret="file", kdf=CHEAP,
    )  # fmt: skip
    vault = Vault.open(profile, kdf=CHEAP)
    key = vault.unlock("administrator", demo.PASSPHRASE).data_key
    clinic = open_with_key(profile, key, vault=vault, process="command")
    confirm_recovery(clinic, new.recovery_key)
    desk = clinic.sign_in("administrator", demo.PASSPHRASE)
    known = patients.register_patient(desk, NewPatient("Otieno", "Grace", "female", date(1986, 1, 5), "day"))
    clinic.sign_out(desk)
    clinic.close()
    return Home(profile, key, known.mrn)


class Agent:
    """A started background process that listens; `sealed` leaves it without the key."""

    def __init__(self, home: Home, *words: str, sealed: bool = False, module: str = "clinic_desktop") -> None:
        self.home = home
        command = [sys.executable, "-m", module, "--profile", str(home.profile), "agent", "--sealed", *words]
        self.passed_by: list[dict[str, object]] = []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.told = self.hear("sealing") if sealed else self.unlock()

    def unlock(self) -> dict[str, object]:
        """Hand over the key, as the window does."""
        self.say(f"key {self.home.key.hex()}")
        return self.hear("listening")

    def lock(self) -> dict[str, object]:
        """Take the key away: the process is replaced, and seals."""
        self.say("lock")
        self.told = self.hear("sealing")
        return self.told

    def say(self, line: str) -> None:
        assert self.process.stdin
        self.passed_by.clear()
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, event: str) -> dict[str, object]:
        assert self.process.stdout
        # The letterbox may be empty before the listeners say that they listen.
        for place, before in enumerate(self.passed_by):
            if before["event"] == event:
                return self.passed_by.pop(place)
        while line := self.process.stdout.readline():
            told: dict[str, object] = json.loads(line)
            assert told["event"] != "failed", told
            if told["event"] == event:
                return told
            self.passed_by.append(told)
        raise AssertionError(f"ended without {event}")

    def port(self, name: str) -> int:
        return int(str(self.told[name]))

    def rss_mib(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) // 1024

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def result(mrn: str, control: str, value: int, *, code: str = "2345-7") -> bytes:
    """A result message, written out here."""
    return (
        f"MSH|^~\\&|BENCH|LAB|CLINIC|LAB|20260310080000||ORU^R01|{control}|P|2.5.1\r"
        f"PID|1||{mrn}||Otieno^Grace||19860105|F\r"
        f"OBR|1||{control}|{code}^Glucose^LN|||20260310080000\r"
        f"OBX|1|NM|{code}^Glucose^LN||{value}|mg/dL|||||F\r"
        f"OBX|2|NM|2823-3^Potassium^LN||4.{value % 9}|mmol/L|||||F\r"
    ).encode()


def exchange(line: socket.socket, message: bytes) -> bytes:
    """Send one message and wait for its answer; empty where the line broke."""
    try:
        line.sendall(b"\x0b" + message + b"\x1c\r")
        held = b""
        while not held.endswith(b"\x1c\r"):
            got = line.recv(65536)
            if not got:
                return b""
            held += got
    except OSError:
        return b""
    return held
