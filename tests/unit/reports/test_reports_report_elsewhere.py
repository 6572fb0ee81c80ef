"""A report written by another process: the same file as here, noted under who asked, and no half file when stopped."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.reporting import Asked, Group
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_elsewhere import asked_of, plain, write_elsewhere
from clinic_desktop.reports.report_file import write_report
from clinic_desktop.services.reporting import Stopped, open_report
from clinic_desktop.store.engine import Store
from tests.conftest import KEY, DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import FIRST, LAST, Case
from tests.unit.services.test_services_reporting import work

ASKED = Asked("appointment-utilization", FIRST, LAST, Group.DAY)


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store).fill(work)
        yield store


def test_another_process_writes_the_very_same_rows(worked: Store, desk_for: DeskFor, tmp_path: Path) -> None:
    desk = desk_for("administrator")
    there = write_elsewhere(desk, KEY, ASKED, tmp_path / "there.csv", "csv")
    here = write_report(desk, open_report(desk, ASKED), tmp_path / "here.csv", "csv")
    assert there.path.read_bytes() == here.path.read_bytes()
    assert there.rows == here.rows > 10
    with worked.read() as connection:
        seen = connection.execute(text("SELECT session FROM access WHERE kind = 'report'")).scalars().all()
    assert seen == [desk.session.id] * 2


def test_what_is_only_printed_lies_on_no_disk(worked: Store, desk_for: DeskFor, tmp_path: Path) -> None:
    assert worked.path.exists()
    before = {path.name for path in tmp_path.iterdir()}
    paper = write_elsewhere(desk_for("administrator"), KEY, ASKED, None, "pdf")
    assert paper.content.startswith(b"%PDF-")
    assert {path.name for path in tmp_path.iterdir()} - before <= {"lock", "clinic.db-wal", "clinic.db-shm"}


def test_a_file_that_is_stopped_is_not_there(worked: Store, desk_for: DeskFor, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert worked.path.exists()
    with pytest.raises(Stopped):
        write_elsewhere(desk_for("administrator"), KEY, ASKED, tmp_path / "r.pdf", "pdf", stop=stop.is_set)
    assert not list(tmp_path.glob("*r.pdf*"))


def test_what_the_other_process_refuses_or_runs_into_is_said_as_it_would_be_here(
    worked: Store, desk_for: DeskFor, tmp_path: Path
) -> None:
    assert worked.path.exists()
    with pytest.raises(Refusal) as refused:
        write_elsewhere(desk_for("administrator"), KEY, ASKED, tmp_path / "r.odt", "odt")
    assert refused.value.field == "format"
    with pytest.raises(Trouble, match="could not be written"):
        write_elsewhere(desk_for("administrator"), KEY, ASKED, tmp_path / "nowhere" / "r.csv", "csv")
    with pytest.raises(Refusal, match="may not do this"):
        write_elsewhere(desk_for("cashier"), KEY, ASKED, tmp_path / "r.csv", "csv")
    assert not list(tmp_path.glob("*r.csv*"))


def test_a_narrowed_report_is_narrowed_there_and_its_file_is_whole(
    worked: Store, desk_for: DeskFor, tmp_path: Path
) -> None:
    assert worked.path.exists()
    asked = Asked("queue-analytics", FIRST, LAST, only=(("priority", "urgent"),))
    assert asked_of(plain(asked)) == asked
    made = write_elsewhere(desk_for("administrator"), KEY, asked, tmp_path / "r.csv", "csv")
    assert made.rows == 1
    assert "Priority=urgent" in made.path.read_text(encoding="utf-8-sig")
    assert check_report(made.path).whole
    with pytest.raises(Refusal):
        open_report(desk_for("administrator"), Asked("queue-analytics", date(2028, 1, 1), LAST, only=(("x", "y"),)))
