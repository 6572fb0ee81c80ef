"""Exports that are killed, or whose disk fills up midway: nothing half stands under the final name, ever."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.domain.report_query import Definition
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_elsewhere import plain, write_elsewhere
from clinic_desktop.reports.report_file import FORMATS, write_report
from clinic_desktop.reports.whole import part_of
from clinic_desktop.services.report_desk import lend
from clinic_desktop.services.report_queries import asked_query, open_query
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from tests import failing
from tests.conftest import KEY, DeskFor

ROWS = 600
COLUMNS = ("mrn", "patient", "sex", "city", "registered")
# The very program that the window starts, whose every twenty rows take a moment: long enough to be killed among them.
PROGRAM = """
import sys, time
from clinic_desktop.services import reporting
from clinic_desktop.reports import report_elsewhere
go_on, reporting._TOGETHER = reporting._go_on, 20
def slowly(stop):
    time.sleep(0.02)
    go_on(stop)
reporting._go_on = slowly
sys.exit(report_elsewhere.main())
"""


@pytest.fixture
def full(store: Store) -> Store:
    names = ("Okafor", "Παπαδοπούλου", "Иванова", "حداد", "王")
    with store.write(act=new_id(), session=None) as unit:
        for number in range(ROWS):
            unit.create(patients, {
                "mrn": f"MRN-{number:05}", "family_name": f"{names[number % 5]} {number * 7919}", "given_names": "A",
                "family_key": "a", "given_key": "a", "sex": "female", "city": f"City {number * 104_729}",
                "registered_at": f"2026-03-{number % 28 + 1:02}T08:00:00.000000Z",
            }, kind="patient.registered")  # fmt: skip
    return store


ASKED = Definition("Everybody", "patients", COLUMNS, limit=ROWS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "moment", [0.25, pytest.param(0.0, marks=pytest.mark.long), pytest.param(0.5, marks=pytest.mark.long)]
)
def test_an_export_killed_midway_leaves_the_old_file_as_it_was(
    full: Store, desk_for: DeskFor, tmp_path: Path, form: str, moment: float
) -> None:
    assert full.path.exists()
    desk, path = desk_for("administrator"), tmp_path / f"out.{form}"
    path.write_bytes(b"old")
    question = {"lent": lend(desk, KEY), "asked": plain(asked_query(ASKED.text(), desk.now.date())),
                "path": str(path), "form": form, "token": "t"}  # fmt: skip
    words = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as child:
        assert child.stdin is not None
        child.stdin.write(json.dumps(question) + "\n")
        child.stdin.flush()
        part, until = part_of(path, "t"), time.monotonic() + 60
        while not part.exists():
            assert child.poll() is None
            assert time.monotonic() < until
            time.sleep(0.002)
        time.sleep(moment)
        child.kill()
        assert child.wait() == -signal.SIGKILL, "it was in the middle of its work"
    assert path.read_bytes() == b"old"
    left = tmp_path / f"left.{form}"
    part.rename(left)
    assert not check_report(left).whole, "what is left is no report, whatever somebody calls it"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with failing.small_disk(tmp_path / "disk", 1) as folder:
        yield folder


@pytest.mark.parametrize("elsewhere", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.parametrize("form", FORMATS)
def test_a_disk_that_fills_up_midway_leaves_the_old_file_and_nothing_else(
    full: Store, desk_for: DeskFor, small_disk: Path, form: str, *, elsewhere: bool
) -> None:
    assert full.path.exists()
    desk, path = desk_for("administrator"), small_disk / f"out.{form}"
    path.write_bytes(b"old")
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while filler.write(b"x" * 4096):
                pass
        filler.truncate(filler.tell() - 8192)  # room for the beginning of a report alone
    asked = asked_query(ASKED.text(), desk.now.date())
    there, here = partial(write_elsewhere, desk, KEY, asked), partial(write_report, desk, open_query(desk, asked))
    with pytest.raises(Trouble, match="could not be written"):
        (there if elsewhere else here)(path, form)
    assert path.read_bytes() == b"old"
    assert sorted(one.name for one in small_disk.iterdir() if one.name != "lost+found") == ["filler", path.name]
    (small_disk / "filler").unlink()
    done = write_report(desk, open_query(desk, asked), path, form)
    assert (done.rows, check_report(path).whole) == (ROWS, True), "with room again it is written"
