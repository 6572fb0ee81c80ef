"""`jobs`: the downtime pack and the monthly reports as a person asks for them, and the record of how each went."""

import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from clinic_desktop.agent import papers
from clinic_desktop.reports.report_check import check_report
from tests.unit.cli.conftest import Call

Asked = Callable[..., list[dict[str, object]]]
PASSWORD = "blue lamp 77 by the door"


@pytest.fixture
def disk(call: Call, tmp_path: Path) -> Path:
    """A second disk, and the password on a slip of paper."""
    place = tmp_path / "second disk"
    place.mkdir()
    slip = tmp_path / "slip"
    slip.write_text(PASSWORD + "\n")
    assert call("administrator", "jobs", "set", "downtime_folder", str(place))[0] == 0
    assert call("administrator", "jobs", "password", "--from-file", str(slip))[0] == 0
    return place


def test_todays_patients_lie_sealed_on_the_second_disk(call: Call, disk: Path) -> None:
    code, out, err = call("administrator", "jobs", "run", "downtime-pack", "--json")
    assert code == 0, err
    (path,) = disk.glob("*.pdf")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sealed = PdfReader(path)
    assert sealed.is_encrypted
    assert not sealed.decrypt("another password")
    assert sealed.decrypt(PASSWORD)
    text = "\n".join(page.extract_text() for page in sealed.pages)
    assert "Downtime pack" in text
    assert "Nobody is expected or here." in text
    assert '"patients": 0' in out


def test_a_disk_that_is_not_there_is_said_and_noted_and_makes_no_folder(call: Call, asked: Asked, disk: Path) -> None:
    disk.rmdir()
    code, _out, err = call("administrator", "jobs", "run", "downtime-pack")
    assert code == 4
    assert "is not there" in err
    assert not disk.exists()
    (row,) = asked("administrator", "jobs", "history")
    assert (row["name"], row["outcome"]) == ("downtime-pack", "failed")


def test_without_a_folder_nothing_is_written_and_the_reason_names_the_field(call: Call) -> None:
    code, _out, err = call("administrator", "jobs", "run", "downtime-pack")
    assert code == 3
    assert "Choose a folder" in err


def test_a_password_that_cannot_be_typed_anywhere_is_refused(call: Call, tmp_path: Path) -> None:
    slip = tmp_path / "slip"
    for word in ("short", "пароль довольно длинный"):
        slip.write_text(word)
        assert call("administrator", "jobs", "password", "--from-file", str(slip))[0] == 3


def test_last_months_reports_are_whole_and_the_record_says_so(call: Call, asked: Asked, tmp_path: Path) -> None:
    place = tmp_path / "reports"
    place.mkdir()
    call("administrator", "jobs", "set", "reports_folder", str(place))
    call("administrator", "jobs", "set", "monthly_reports", "queue-analytics revenue-analysis")
    assert call("administrator", "jobs", "run", "monthly-reports")[0] == 0
    (month,) = place.iterdir()
    assert sorted(one.name for one in month.iterdir()) == [
        "queue-analytics.pdf", "queue-analytics.xlsx", "revenue-analysis.pdf", "revenue-analysis.xlsx",
    ]  # fmt: skip
    assert all(check_report(one).whole for one in month.iterdir())
    (row,) = asked("administrator", "jobs", "history")
    assert (row["name"], row["outcome"]) == ("monthly-reports", "done")


def test_a_report_that_is_none_is_refused_by_its_name(call: Call, tmp_path: Path) -> None:
    call("administrator", "jobs", "set", "reports_folder", str(tmp_path))
    call("administrator", "jobs", "set", "monthly_reports", "queue-analytics no-such-report")
    code, _out, err = call("administrator", "jobs", "run", "monthly-reports")
    assert code == 3
    assert "no-such-report" in err
    assert call("doctor", "jobs", "run", "monthly-reports")[0] == 3


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 3, 10), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2024, 3, 1), date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_last_month_ends_the_day_before_this_one(today: date, first: date, last: date) -> None:
    assert papers._last_month(today) == (first, last)
