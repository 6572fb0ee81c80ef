"""`clinic-desktop sandbox`: says where each system is, answers there, and stops when it is told to."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from clinic_desktop.cli.main import main
from clinic_desktop.domain.systems import SYSTEMS, require_secrets


@contextmanager
def running(*words: str) -> Iterator[Any]:
    program = [sys.executable, "-m", "clinic_desktop", "sandbox", *words]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            text = ""
            for line in process.stdout:
                text += line
                if line == "}\n" or line.startswith("Ready"):
                    break
            yield json.loads(text) if text.startswith("{") else text
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


def get(url: str, token: str) -> int:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=5)
    connection.request("GET", place.path, headers={"Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_one_json_document_names_every_address_and_what_to_sign_in_with(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"kind": "error_before", "status": 503, "system": "healify", "after": 1}]))
    with running("--json", "--faults", str(faults), "--control") as told:
        assert told["ready"] is True
        assert told["control"].startswith("http://127.0.0.1:")
        healify = told["systems"][0]
        url = f"{healify['base_url']}/api/v1/patients"
        token = healify["credentials"]["token"]
        assert [get(url, token), get(url, token), get(url, token)] == [200, 503, 200]
        assert told["systems"][2]["websocket"].endswith("/v1/ws")


def test_what_it_prints_to_sign_in_with_is_the_file_that_remote_add_takes() -> None:
    with running("--json") as told:
        assert {one["system"] for one in told["systems"]} == set(SYSTEMS)
        for one in told["systems"]:
            assert require_secrets(one["secret_file"]) == one["secret_file"]
            assert set(one["secret_file"]) - {"webhook_secret"} <= set(SYSTEMS[one["system"]].signs_in_with)
            assert (
                one["secret_file"].items() <= {name: str(value) for name, value in one["credentials"].items()}.items()
            )
        arocord = next(one for one in told["systems"] if one["system"] == "arocord_hims")
        assert "admin_username" in arocord["credentials"]


def test_lines_for_people_end_with_the_word_that_it_is_ready(tmp_path: Path) -> None:
    knobs = tmp_path / "knobs.json"
    knobs.write_text(json.dumps({"hms_enterprise": {"prefix": "/v1", "put": "replace"}}))
    with running("--system", "hms_enterprise", "--knobs", str(knobs)) as told:
        lines = told.splitlines()
        assert lines[0].startswith("hms_enterprise")
        assert any("graphql" in line for line in lines)
        (holds,) = [line for line in lines if "F holds: " in line]
        assert set(json.loads(holds.partition("F holds: ")[2])) == {"username", "password", "mfa_code"}
        assert lines[-1].startswith("Ready. Made-up data only")


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--faults", "[{}]"), ("--faults", "{"), ("--knobs", "[]"), ("--knobs", '{"healify": {"put": "x"}}'),
        ("--knobs", '{"healify": 3}'),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, text: str
) -> None:
    path = tmp_path / "given.json"
    path.write_text(text)
    assert main(["sandbox", option, str(path)]) == 3
    assert option[2:] in capsys.readouterr().err


def test_a_port_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "--base-port", "70000"]) == 3
    assert "port" in capsys.readouterr().err


def test_a_port_that_is_in_use_is_named_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["sandbox", "--system", "healify", "--base-port", str(port)]) == 4
    said = capsys.readouterr().err
    assert said.startswith(f"The port {port} is in use already. ")
    assert "--base-port N" in said
