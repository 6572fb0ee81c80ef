"""Files that are whole or not there, and what killed writers left of them."""

import errno
import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clinic_desktop.cli import main as command_line
from clinic_desktop.reports.whole import part_of, sweep, written_whole

WRITER = """
import sys, time
from pathlib import Path
from clinic_desktop.reports.whole import written_whole
with written_whole(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("begun", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_writer_left_is_swept_by_the_next_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(out)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"begun\n"
        (part,) = tmp_path.iterdir()
        long_ago = time.time() - 3600
        os.utime(part, (long_ago, long_ago))
        sweep(tmp_path)
        assert part.exists(), "somebody writes it"
        writer.kill()
    fresh, another = part_of(out, "0123abcd"), tmp_path / ".notes.part"
    for one in (fresh, another):
        one.write_bytes(b"x")
    os.utime(another, (long_ago, long_ago))
    with written_whole(tmp_path / "other.pdf") as file:
        file.write(b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([fresh, another, tmp_path / "other.pdf"])
    assert oct((tmp_path / "other.pdf").stat().st_mode & 0o777) == "0o600"


def test_a_link_in_the_place_of_a_part_is_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(b"x")
    long_ago = time.time() - 3600
    os.utime(kept, (long_ago, long_ago))
    part_of(tmp_path / "out.csv", "0123abcd").symlink_to(kept)
    sweep(tmp_path)
    assert kept.read_bytes() == b"x"


def test_a_disk_that_fails_at_the_end_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_handle: int) -> None:
        raise OSError(errno.EIO, "I/O")

    out = tmp_path / "out.pdf"
    out.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="I/O"), written_whole(out) as file:
        file.write(b"new")
    assert (out.read_bytes(), list(tmp_path.iterdir())) == (b"old", [out])


@pytest.mark.parametrize("word", ["audit", "export", "print"])
def test_a_command_that_hands_out_records_hears_being_told_to_end_like_ctrl_c(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Module:
        @staticmethod
        def run(_terminal: object, _rest: object) -> int:
            with written_whole(tmp_path / "out.pdf") as file:
                file.write(b"half")
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(10)
            return 0

    monkeypatch.setattr(importlib, "import_module", lambda _name: Module)
    before = signal.getsignal(signal.SIGTERM)
    assert command_line.main(["--profile", str(tmp_path / "p"), word]) == 1
    assert "Stopped." in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before
