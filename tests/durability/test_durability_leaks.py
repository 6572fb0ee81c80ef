"""After a day's work no planted word stands in clear in any file, log or temporary file, and no key anywhere."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backed_up import NEW_PASSWORD, PASSWORD
from tests.leaks import Hit, scan, scan_bytes, wrapped
from tests.leaks import _writings as writings

ROOT = Path(__file__).parents[2]
WORDS = {
    "family": "Plantedfamily",
    "given": "Zebedeeplant",
    "phone": "0799123987456",
    "identity": "NID77PLANT991",
    "address": "17 Plantain Mews",
    "alert": "planted deafness",
    "contact": "Plantedsister",
    "draft": "planted draft words",
    "note": "planted nocturnal cough since Tuesday",
    "problem": "planted unlisted ailment",
    "scan": "planted shadow upon the lung",
    "file": "Plantedfile of Zebedeeplant",
    "title": "Planted title of a letter",
    "letter": "planted sentence of a referral",
    "addressee": "Dr Plantedaddressee",
    "why": "planted reason for a copy",
}


class Day:
    """The process that works, and where it may write."""

    def __init__(self, home: Path, leaky: str) -> None:
        self.home = home
        self.profile = home / "data" / "clinic"
        self.tmp = home / "tmp"
        for folder in (self.profile.parent, self.tmp):
            folder.mkdir(parents=True)
        places = {name: str(self.tmp) for name in ("TMPDIR", "SQLITE_TMPDIR", "TEMP", "TMP")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.leaking"],
            cwd=ROOT, env={**os.environ, **places, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._say({"profile": str(self.profile), "words": WORDS, "leaky": leaky})

    def _say(self, words: dict[str, object]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the process ended"
        told: dict[str, Any] = json.loads(line)
        return told

    def go_on(self) -> None:
        self._say({})

    def hits(self, *more: str) -> list[Hit]:
        """What is found in every file it has written, and in those it holds open without a name."""
        words = [*WORDS.values(), *more]
        found = scan([self.home], words)
        for handle in Path(f"/proc/{self.process.pid}/fd").glob("*"):
            with contextlib.suppress(OSError):
                if str(handle.readlink()).endswith("(deleted)"):
                    found += scan_bytes(handle.read_bytes(), list(writings(words)), str(handle.readlink()))
        return found


@contextlib.contextmanager
def day(home: Path, leaky: str = "") -> Iterator[Day]:
    working = Day(home, leaky)
    try:
        yield working
    finally:
        working.process.kill()
        working.process.wait()


@pytest.mark.parametrize("wrapping", wrapped("x"))
def test_the_scan_finds_a_word_in_every_wrapping(tmp_path: Path, wrapping: str) -> None:
    for word in ("Plantedfamily", "0799123987456", "Ångström Ünal"):
        (tmp_path / "file").write_bytes(b"\0junk" + wrapped(word)[wrapping] + b"junk\0")
        assert [hit.word for hit in scan([tmp_path], [word])][:1] == [word]
    assert scan([tmp_path], ["Elsewhere"]) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks at open files through /proc")
def test_a_days_work_leaves_nothing_in_clear(tmp_path: Path) -> None:
    with day(tmp_path) as working:
        told = working.hear()
        secrets = (told["key"], told["recovery"], PASSWORD, NEW_PASSWORD)
        # While it works: the -wal is full, nothing has been tidied away.
        assert (working.profile / "clinic.db-wal").stat().st_size > 100_000
        assert working.hits(*secrets) == []
        assert bytes.fromhex(told["key"]) not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
        log = (working.profile / "logs" / "window.log").read_text()
        assert all(
            name in log for name in ("IntegrityError", "OperationalError", "Refusal", "Traceback", "NewPatient()")
        )
        working.go_on()
        told = working.hear()
        assert '"backup.verified"' in told["agent"]
        assert not any(word in told["agent"] for word in (*WORDS.values(), *secrets))
        assert told["opened"] == []
        secret = tmp_path / "password"
        secret.write_text(NEW_PASSWORD + "\n")
        command = [
            sys.executable,
            "-c",
            "import sys; from clinic_desktop.cli.main import main; sys.exit(main(sys.argv[1:]))",
        ]
        options = ["--profile", str(working.profile), "--user", "front_desk", "--password-file", str(secret)]
        done = subprocess.run([*command, *options, "counts"], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode in {0, 3}, done.stderr
        secret.unlink()
        assert list((working.profile / "backups").glob("*.clinicbackup"))
        assert working.hits(*secrets) == []
        # Glyphs of a paper are numbers of its own faces, not letters: so no paper may be there at all.
        assert [p for p in tmp_path.rglob("*") if p.is_file() and b"%PDF-" in p.read_bytes()] == []
        modes = {p.name: oct(p.stat().st_mode & 0o077) for p in working.profile.iterdir() if p.is_file()}
        assert set(modes.values()) == {"0o0"}, modes
        working.go_on()
        assert len(working.hear()["opened"]) == 1, "the hook that counted no opening of the database counts one now"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at open files through /proc")
@pytest.mark.parametrize(("leaky", "where"), [("temp", "(deleted)"), ("log", "window.log")])
def test_a_leak_would_be_found(tmp_path: Path, leaky: str, where: str) -> None:
    with day(tmp_path, leaky) as working:
        working.hear()
        assert {hit.word for hit in working.hits() if where in hit.path} >= {WORDS["family"]}
