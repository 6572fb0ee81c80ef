"""What `harden` promises, looked at from outside the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HARDENING = Path(__file__).parents[3] / "clinic_desktop" / "vault" / "hardening.py"
# Run by its text, since another person of this machine may not be able to read the source tree.
START = 'import sys; exec(sys.argv[1]); print("ready", *(harden() if sys.argv[2] == "yes" else ()), flush=True)'
READ = "import sys; open(f'/proc/{sys.argv[1]}/mem', 'rb'); print('read')"
PYTHON = "/usr/bin/python3"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def start(hardened: str, user: int | None = None) -> subprocess.Popen[str]:
    code = f"{START}; sys.stdin.read()"
    return subprocess.Popen(
        [PYTHON if user else sys.executable, "-c", code, HARDENING.read_text(), hardened],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        cwd="/",
    )


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_no_core_file_may_be_written() -> None:
    process = start("yes")
    try:
        assert process.stdout
        assert process.stdout.readline().split() == ["ready", "core", "dumpable"]
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"]
    finally:
        stop(process)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not Path(PYTHON).exists(),
    reason="needs root to become another person",
)
@pytest.mark.parametrize(("hardened", "read"), [("yes", ""), ("no", "read\n")])
def test_another_program_of_the_same_person_cannot_read_the_memory(hardened: str, read: str) -> None:
    process = start(hardened, user=65534)
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("ready")
        command = [PYTHON, "-c", READ, str(process.pid)]
        other = subprocess.run(command, user=65534, capture_output=True, text=True, check=False, cwd="/")
        assert other.stdout == read
    finally:
        stop(process)
