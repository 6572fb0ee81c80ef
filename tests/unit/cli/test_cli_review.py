"""`agent`, `simulate` and `review` as a script calls them: a device is played, and a person decides what is left."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clinic_desktop.cli import demo
from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., list[dict[str, object]]]


@pytest.fixture
def ports(worked: Worked) -> Iterator[dict[str, object]]:
    """The listeners of a background process in the foreground, as its ready line tells them."""
    password = worked.profile.parent / "password"
    password.write_text(demo.PASSPHRASE)
    (worked.profile.parent / "drop").mkdir()
    command = [
        sys.executable, "-m", "clinic_desktop", "--profile", str(worked.profile), "--user", "administrator",
        "--password-file", str(password), "agent", "--mllp-port", "0", "--astm-port", "0", "--drop",
        str(worked.profile.parent / "drop"),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    told: dict[str, object] = {}
    while told.get("event") != "ready":
        told = json.loads(process.stdout.readline())
    yield told
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe
        pipe.close()


def test_a_device_is_played_its_results_wait_and_are_filed_or_rejected_by_hand(
    ports: dict[str, object], worked: Worked, asked: Asked, call: Call
) -> None:
    port = str(ports["mllp"])
    played = ("simulate", "hl7", "--port", port)
    (answer,) = asked("administrator", *played, "--mrn", worked.seen, "--family", "Okafor", "--given", "Wrong")
    assert answer["code"] == "AA"
    waiting = asked("laboratory", "review", "list")
    assert [row["why"] for row in waiting] == ["the patient of this number has another name"] * 2
    assert {row["title"] for row in waiting} == {"Glucose", "Potassium"}
    first, second = (str(row["id"]) for row in waiting)
    code, out, _err = call("laboratory", "review", "raw", str(waiting[0]["message_id"]))
    assert code == 0
    assert out.startswith("MSH|^~\\&|SIMULATOR")
    assert call("laboratory", "review", "file", first, "--patient", worked.seen)[0] == 0
    assert call("laboratory", "review", "reject", second, "--why", "a trial")[0] == 0
    assert call("laboratory", "review", "reject", second, "--why", "a trial")[0] == 3
    assert asked("laboratory", "review", "list") == []
    flags = asked("doctor", "flags", "--patient", worked.seen)
    assert ("2345-7", "98") in {(row["loinc"], row["value"]) for row in flags}


def test_what_agrees_twice_needs_nobody(ports: dict[str, object], worked: Worked, asked: Asked) -> None:
    facts = ("--mrn", worked.seen, "--family", "Okafor", "--given", "Ada", "--born", "19750714", "--sex", "F")
    for kind, port in (("hl7", ports["mllp"]), ("astm", ports["astm"])):
        (answer,) = asked("administrator", "simulate", kind, "--port", str(port), *facts)
        assert answer["code"] in {"AA", "ACK"}
    flags = {row["loinc"] for row in asked("doctor", "flags", "--patient", worked.seen)}
    assert {"2345-7", "718-7"} <= flags
    assert asked("laboratory", "review", "list") == []


@pytest.mark.parametrize("user", ["doctor", "nurse"])
def test_who_takes_vital_signs_lists_those_alone_and_decides_nothing_else(call: Call, user: str) -> None:
    assert "Glucose" not in call(user, "review", "list")[1]
    assert call(user, "review", "controls")[0] == 3
    assert call(user, "review", "reject", "x", "--why", "y")[0] == 3


@pytest.mark.parametrize("user", ["frontdesk", "cashier", "pharmacist"])
def test_who_is_neither_of_the_laboratory_nor_an_administrator_is_refused(call: Call, user: str) -> None:
    assert call(user, "review", "list")[0] == 3
    assert call(user, "review", "reject", "x", "--why", "y")[0] == 3


def test_wrong_use_is_said(call: Call, tmp_path: Path) -> None:
    wrong = (("agent", "--mllp-port", "70000"), ("simulate", "hl7"), ("simulate", "drop"), ("review", "file", "x"))
    for words in wrong:
        with pytest.raises(SystemExit) as ended:
            call("administrator", *words)
        assert ended.value.code == 2
    assert call("administrator", "review", "file", "nothing", "--patient", "MRN-X")[0] == 3
    assert call("administrator", "simulate", "--list")[1].split()[0] == "hl7"


def test_a_port_that_is_taken_is_said_in_words(ports: dict[str, object], worked: Worked) -> None:
    command = [
        sys.executable, "-m", "clinic_desktop", "--profile", str(worked.profile), "--user", "administrator",
        "--password-file", str(worked.profile.parent / "password"), "agent", "--mllp-port", str(ports["mllp"]),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 4
    assert "Choose another port" in done.stderr
