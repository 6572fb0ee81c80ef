"""A print from end to end: made, looked at, logged, sent, received by a played printer; and every way it fails."""

import os
import pty
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from clinic_desktop.domain.printing import Target
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.labelling import jobs, sending
from clinic_desktop.labelling.jobs import Job
from clinic_desktop.labelling.paper import Paper
from clinic_desktop.labelling.playing import PlayedPrinter
from clinic_desktop.services import printing
from clinic_desktop.services.acts import Desk
from tests.conftest import DeskFor
from tests.unit.reports import label_samples as samples

DATA = b"^XA^PW80^LL80^FO1,1^GB10,10,10^FS^PQ1^XZ"


def target(way: str, address: str, kind: str = "label", **more: object) -> Target:
    documents = ("medicine-label", "patient-card") if kind == "label" else ("receipt",)
    return Target("Desk printer", kind, way, address, documents=documents, **more)  # type: ignore[arg-type]


def job_for(desk: Desk, paper: Paper) -> Job:
    job = jobs.prepare(desk, paper)
    assert isinstance(job, Job)
    return job


def test_with_no_printer_a_label_is_a_pdf_and_with_one_it_is_printed_logged_and_seen(
    desk_for: DeskFor, tmp_path: Path
) -> None:
    admin, desk = desk_for("administrator"), desk_for("pharmacist")
    paper = Paper("medicine-label", "line-1", "RX-1", lambda _roll: samples.medicine(samples.NAMES["hindi"]))
    made = jobs.prepare(desk, paper)
    assert isinstance(made, bytes)
    assert made.startswith(b"%PDF")
    with PlayedPrinter("label", tmp_path / "out") as printer:
        printing.add_printer(admin, target("network", f"127.0.0.1:{printer.port}", look_first=False))
        job = job_for(desk, paper)
        assert not job.look_first
        assert all(picture.problems == () for picture in job.pictures)
        jobs.carry_out(job)
        again = job_for(desk, paper)
        assert again.look_first  # a second label of a medicine is always looked at
        with pytest.raises(Refusal):
            jobs.carry_out(again)
        jobs.carry_out(again, 2, "torn")
        assert printer.wait_for(2)
    assert [len(one.files) for one in printer.played] == [len(job.pictures)] * 2
    assert all(one.problems == () and one.files[0].read_bytes().startswith(b"\x89PNG") for one in printer.played)
    first, second = reversed(printing.prints(admin))
    assert (first.state, first.again, second.reason, second.copies) == ("sent", False, "torn", 2)
    assert len(first.digest) == 64
    assert first.digest != second.digest


def test_a_printer_that_fails_leaves_a_row_that_says_so(desk_for: DeskFor) -> None:
    admin, desk = desk_for("administrator"), desk_for("front_desk")
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    printing.add_printer(admin, target("network", f"127.0.0.1:{port}"))
    job = job_for(desk, Paper("patient-card", "p-1", samples.MRN, lambda _roll: samples.card("OKAFOR, Ada")))
    with pytest.raises(Trouble) as trouble:
        jobs.carry_out(job)
    assert "Desk printer was not reached" in str(trouble.value)
    (row,) = printing.prints(admin)
    assert row.state == "failed"
    assert "not reached" in row.why


@pytest.mark.parametrize("roll_mm", [80, 58])
def test_a_receipt_fits_its_roll_and_cash_opens_the_drawer_once(
    desk_for: DeskFor, tmp_path: Path, roll_mm: int
) -> None:
    admin, desk = desk_for("administrator"), desk_for("cashier")
    paper = Paper("receipt", "pay-1", samples.PAYMENT, lambda roll: samples.receipt("OKAFOR, Ada", roll), cash=True)
    with PlayedPrinter("receipt", tmp_path, roll_mm=roll_mm) as printer:
        address = f"127.0.0.1:{printer.port}"
        printing.add_printer(admin, target("network", address, "receipt", roll_mm=roll_mm, drawer=True))
        for _turn in range(2):
            jobs.carry_out(job_for(desk, paper))
        assert printer.wait_for(2)
    assert [one.drawer for one in printer.played] == [True, False]
    assert all(one.problems == () for one in printer.played)


@pytest.mark.parametrize(("kind", "fault"), [("label", "paper"), ("label", "head"), ("receipt", "paper")])
def test_a_printer_that_says_it_cannot_is_not_sent_a_job(tmp_path: Path, kind: str, fault: str) -> None:
    with PlayedPrinter(kind, tmp_path, fault=fault) as printer:
        to = target("network", f"127.0.0.1:{printer.port}", kind)
        with pytest.raises(Trouble) as trouble:
            sending.send(to, DATA, "test", jobs.asking(to))
    assert {"paper": "has no paper", "head": "is open"}[fault] in str(trouble.value)
    assert printer.played == []


def test_a_printer_that_takes_nothing_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SEND_SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        to = target("network", f"127.0.0.1:{deaf.getsockname()[1]}")
        begun = time.monotonic()
        with pytest.raises(Trouble, match="does not answer"):
            sending.send(to, b"x" * 30_000_000, "test")
        assert time.monotonic() - begun < 5


def test_a_folder_gets_the_whole_job_or_nothing(tmp_path: Path) -> None:
    sending.send(target("folder", str(tmp_path)), DATA, "test")
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == DATA
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(Trouble, match="folder"):
        sending.send(target("folder", str(tmp_path / "not there")), DATA, "test")


def test_a_device_file_and_a_serial_line_get_every_byte_and_an_unplugged_one_is_never_made(tmp_path: Path) -> None:
    for way in ("device", "serial"):
        far, near = pty.openpty()
        os.set_blocking(far, True)
        held = bytearray()

        def read_all(end: int = far, into: bytearray = held) -> None:
            while len(into) < len(DATA):
                into += os.read(end, 4096)

        reader = threading.Thread(target=read_all, daemon=True)
        reader.start()
        sending.send(target(way, os.ttyname(near)), DATA, "test")
        reader.join(5)
        os.close(far)
        os.close(near)
        assert bytes(held) == DATA, way
    with pytest.raises(Trouble, match="not reached"):
        sending.send(target("device", str(tmp_path / "lp0")), DATA, "test")
    assert not (tmp_path / "lp0").exists()
    with pytest.raises(Trouble, match="not reached"):
        sending.send(target("serial", "/dev/ttyNONE"), DATA, "test")


def test_a_queue_of_the_system_is_handed_raw_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "lp"
    fake.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\ncat > {tmp_path}/got\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    sending.send(target("queue", "Zebra"), DATA, "medicine-label 12345678")
    assert (tmp_path / "got").read_bytes() == DATA
    assert (tmp_path / "words").read_text().strip() == "-d Zebra -o raw -t medicine-label 12345678"
    fake.write_text("#!/bin/sh\necho no such queue >&2\nexit 1\n")
    with pytest.raises(Trouble, match="no such queue"):
        sending.send(target("queue", "Zebra"), DATA, "test")


def test_a_printer_is_tried_with_its_name_and_several_scripts() -> None:
    for kind in ("label", "receipt"):
        to = target("network", "127.0.0.1", kind)
        for picture in jobs.pictures(jobs.encoded(jobs.test_sheets(to), to), to):
            assert picture.problems == ()


def test_more_labels_than_anybody_wants_are_refused() -> None:
    sheets = samples.medicine("A", "Take one. " * 4_000)
    with pytest.raises(Refusal):
        jobs.encoded(sheets, target("network", "127.0.0.1"))


def test_anybody_can_play_a_printer_from_the_command_line(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "clinic_desktop", "simulate", "label-printer", "--folder", str(tmp_path)]
    with subprocess.Popen([*words, "--jobs", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as played:
        assert played.stderr is not None
        port = int(played.stderr.readline().rpartition(":")[2])
        sending.send(target("network", f"127.0.0.1:{port}"), DATA, "test")
        said, _errors = played.communicate(timeout=60)
    assert played.returncode == 0
    (picture,) = tmp_path.glob("*.png")
    assert picture.name in said
