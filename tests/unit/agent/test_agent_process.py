"""The background process from outside: what it is told, what it tells, and when it ends."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clinic_desktop import settings
from clinic_desktop.clock import new_id
from clinic_desktop.services.backups import prove_backup
from clinic_desktop.store import schema
from clinic_desktop.store.connection import READER_PRAGMAS, connect
from clinic_desktop.vault import KdfParams, create_vault

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@dataclass
class Running:
    """A started background process, spoken to over its pipes."""

    process: subprocess.Popen[bytes]
    key: bytes
    profile: Path
    heard: list[dict[str, object]] = field(default_factory=list)

    def say(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def hear(self, event: str) -> dict[str, object]:
        assert self.process.stdout
        while line := self.process.stdout.readline():
            told: dict[str, object] = json.loads(line)
            self.heard.append(told)
            if told["event"] == event:
                return told
            assert told["event"] != "failed", told
        raise AssertionError(f"ended without {event}: {self.heard}")

    def unlock(self) -> None:
        self.say(f"key {self.key.hex()}")
        self.hear("opened")


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[Running]:
    profile = tmp_path / "clinic"
    new = create_vault(profile, device_secret="file", kdf=CHEAP)
    schema.create(profile / "clinic.db", new.data_key)
    settings.save(profile, settings.Settings(workstation="A7K", clinic_name="Kitgum"))
    command = [sys.executable, "-m", "clinic_desktop.agent", str(profile)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    running = Running(process, new.data_key, profile)
    running.hear("ready")
    yield running
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def modules_of(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


@LINUX
def test_it_starts_with_no_key_and_without_the_database(agent: Running) -> None:
    assert "sqlcipher3" not in modules_of(agent.process.pid)
    assert "clinic.db" not in " ".join(
        str(link.readlink()) for link in Path(f"/proc/{agent.process.pid}/fd").iterdir() if link.exists()
    )
    agent.say("run backup")
    assert agent.process.stdout
    assert json.loads(agent.process.stdout.readline())["message"] == "The clinic is locked."


def test_with_the_key_it_makes_a_backup_that_can_be_proved(agent: Running) -> None:
    agent.unlock()
    agent.say("run backup")
    told = agent.hear("backup.verified")
    path = Path(str(told["path"]))
    assert path.parent == agent.profile / "backups"
    assert prove_backup(path, agent.key).size == told["size"]
    connection = connect(agent.profile / "clinic.db", agent.key, READER_PRAGMAS)
    kinds = connection.execute("SELECT kind FROM access").fetchall()
    connection.close()
    assert kinds == [("backup.made",)]


def test_a_backup_is_planned_by_the_settings(agent: Running) -> None:
    agent.unlock()
    agent.say("jobs")
    jobs = json.loads(json.dumps(agent.hear("jobs")["jobs"]))
    job = next(one for one in jobs if one["name"] == "backup")
    assert job["name"] == "backup"
    assert str(job["next_at"]) > time.strftime("%Y-%m-%dT%H:%M", time.gmtime())


@LINUX
def test_the_key_stands_in_neither_arguments_nor_environment(agent: Running) -> None:
    agent.unlock()
    for name in ("cmdline", "environ"):
        seen = Path(f"/proc/{agent.process.pid}/{name}").read_bytes()
        assert agent.key.hex().encode() not in seen
        assert agent.key not in seen


def copies_in_memory(pid: int, *secrets: bytes) -> int:
    found = 0
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except (OSError, ValueError):
                continue
            found += sum(data.count(secret) for secret in secrets)
    return found


@LINUX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to read another's memory")
def test_after_a_lock_no_copy_of_the_key_is_left_in_its_memory(agent: Running) -> None:
    secrets = (agent.key, agent.key.hex().encode())
    agent.unlock()
    assert copies_in_memory(agent.process.pid, *secrets) > 0
    agent.say("lock")
    agent.hear("locked")
    agent.hear("ready")
    assert copies_in_memory(agent.process.pid, *secrets) == 0
    agent.say("run backup")
    assert agent.process.stdout
    assert json.loads(agent.process.stdout.readline())["message"] == "The clinic is locked."
    agent.unlock()


def test_lines_sent_together_with_a_lock_are_not_lost(agent: Running) -> None:
    agent.unlock()
    agent.say(f"lock\nkey {agent.key.hex()}\njobs")
    agent.hear("locked")
    agent.hear("opened")
    agent.hear("jobs")


@pytest.mark.parametrize("line", ["key zz", "key", "key 00", "key " + "0" * 64, "bogus", "run nothing", "\x00\xff", ""])
def test_nonsense_is_answered_and_survived(agent: Running, line: str) -> None:
    agent.say(line)
    agent.say("jobs")
    assert agent.process.stdout
    told = [json.loads(agent.process.stdout.readline())]
    if line:
        assert told[0]["event"] in {"failed", "not.understood"}
        assert "0" * 64 not in str(told)
        told.append(json.loads(agent.process.stdout.readline()))
    assert told[-1]["event"] == "jobs"


@pytest.mark.parametrize("way", ["quit", "end of input", "quit in the middle of a job"])
def test_it_ends_when_told_or_when_its_input_ends(agent: Running, way: str) -> None:
    agent.unlock()
    if way == "quit in the middle of a job":
        agent.say("run backup")
        agent.hear("job.started")
    begun = time.monotonic()
    if way == "end of input":
        assert agent.process.stdin
        agent.process.stdin.close()
    else:
        agent.say("quit")
    assert agent.process.wait(timeout=5) == 0
    assert time.monotonic() - begun < 2.5


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "clinic_desktop.agent", sys.argv[1]],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
child.stdin.write(b"key " + sys.argv[2].encode() + b"\\n"); child.stdin.flush()
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def gone(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


@LINUX
def test_its_parent_killed_it_is_gone_within_two_seconds(agent: Running) -> None:
    command = [sys.executable, "-c", PARENT, str(agent.profile), agent.key.hex()]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    assert not gone(pid, 0.3)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert gone(pid, 2.0)


@LINUX
def test_it_costs_next_to_nothing_while_it_waits(agent: Running) -> None:
    agent.unlock()
    time.sleep(0.5)

    def ticks() -> int:
        fields = Path(f"/proc/{agent.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(4)
    spent = (ticks() - before) / os.sysconf("SC_CLK_TCK")
    assert spent / 4 < 0.003


def test_its_log_names_no_key(agent: Running) -> None:
    agent.unlock()
    agent.say(f"key{agent.key.hex()}")
    agent.say("quit")
    agent.process.wait(timeout=5)
    for log in (agent.profile / "logs").iterdir():
        assert agent.key.hex() not in log.read_text()


def test_a_wrong_key_is_said_in_words_and_another_may_be_given(agent: Running) -> None:
    agent.say(f"key {new_id().replace('-', '') * 2}")
    assert agent.process.stdout
    told = json.loads(agent.process.stdout.readline())
    assert told["event"] == "failed"
    assert "key does not open" in told["message"]
    agent.unlock()
