"""`report`: the list, a file of each kind, who may, and whether a file is whole."""

import os
import signal
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from clinic_desktop.cli import reporting
from clinic_desktop.domain.reporting import Asked as Asked_
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.reporting import Run, open_report
from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., list[dict[str, object]]]
DAYS = ("--from", (date.today() - timedelta(days=3)).isoformat(), "--to", date.today().isoformat())  # noqa: DTZ011


def test_every_report_is_listed_with_its_question_without_signing_in(call: Call, asked: Asked) -> None:
    code, out, _err = call("nobody", "report", "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(REPORTS)
    for row in asked("nobody", "report", "--list"):
        assert str(row["question"]).endswith("?")
        assert row["columns"]


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_day_of_work_is_reported_and_the_file_is_whole(name: str, worked: Worked, call: Call, tmp_path: Path) -> None:
    words = ["--patient", worked.seen] if REPORTS[name].about_patient else []
    out = tmp_path
    for form in ("csv", "xlsx", "pdf"):
        out = tmp_path / f"{name}.{form}"
        code, said, err = call("administrator", "report", name, *DAYS, *words, "--format", form, "--out", str(out))
        assert (code, said != "") == (0, True), err
        assert REPORTS[name].question in err
        code, said, err = call("nobody", "report", "verify", str(out))
        assert code == 0, said
    out.write_bytes(out.read_bytes()[:-30])
    assert call("nobody", "report", "verify", str(out))[0] == 1


def test_what_may_not_be_is_refused_and_leaves_no_file(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert call("doctor", "report", "queue-analytics", *DAYS, "--out", str(out))[0] == 3
    for wrong in (("--from", "x", "--to", "y"), ("--from", "2026-02-30", "--to", "2026-03-01"),
                  ("--from", "2026-03-02", "--to", "2026-03-01")):  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            call("administrator", "report", "queue-analytics", *wrong, "--out", str(out))
        assert ended.value.code == 2
    assert call("administrator", "report", "who-saw-patient", *DAYS, "--out", str(out))[0] == 3
    nowhere = tmp_path / "no" / "out.csv"
    assert call("administrator", "report", "queue-analytics", *DAYS, "--out", str(nowhere))[0] == 4
    with pytest.raises(SystemExit):
        call("administrator", "report", "queue-analytics", "--out", str(out))
    assert list(tmp_path.glob("*.csv*")) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_being_told_to_end_end_it_in_words_and_leave_no_file(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    def interrupted(desk: Desk, asked: Asked_) -> Run:
        os.kill(os.getpid(), how)
        return open_report(desk, asked)

    monkeypatch.setattr(reporting, "open_report", interrupted)
    before = sorted(tmp_path.iterdir())
    # Whoever started the tests may have told them to ignore it (nohup does), and that is respected.
    before_all = signal.signal(how, signal.SIG_DFL)
    try:
        was = signal.getsignal(how)
        code, out, err = call("administrator", "report", "stock-and-expiry", *DAYS, "--out", str(tmp_path / "out.csv"))
        assert signal.getsignal(how) is was
    finally:
        signal.signal(how, before_all)
    assert (code, out) == (1, "")
    assert "Stopped." in err
    assert sorted(tmp_path.iterdir()) == before
