"""All systems on loopback at once, with webhooks carried and a control that is there only when it was asked for."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs, knobs_of
from sync.sandbox.mail import Delivery
from sync.sandbox.post import delivered


def ask(port: int, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, path, sent, {"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class Ear:
    """Somebody who is called back."""

    def __init__(self) -> None:
        heard: list[Any] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.heard = heard
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def house() -> Iterator[Sandbox]:
    made = Sandbox(control=True)
    yield made
    made.close()


def control(house: Sandbox) -> int:
    assert house.control is not None
    return house.control.port


def test_each_system_answers_at_the_address_in_its_documents_form(house: Sandbox) -> None:
    rows = house.addresses()
    assert [row["system"] for row in rows] == list(SYSTEMS)
    tails = {row["system"]: row["base_url"].split(":")[2].partition("/")[2] for row in rows}
    assert tails == {
        "healify": "", "arocord_hims": "v1", "hms_enterprise": "v1", "practice_studio": "v1",
        "healthcare_records": "api/v1/healthcare-records",
    }  # fmt: skip
    assert all(row["base_url"].startswith("http://127.0.0.1:") for row in rows)
    assert ask(house.servers["healthcare_records"].port, "GET", "/api/v1/healthcare-records/health")[0] == 200
    assert (
        ask(house.servers["healify"].port, "GET", "/api/v1/patients", token=rows[0]["credentials"]["token"])[0] == 200
    )


def test_ports_go_up_from_the_base_and_one_that_is_taken_leaves_none_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        base = probe.getsockname()[1] - 4  # the last of five is taken
        with pytest.raises(OSError, match="in use"):
            Sandbox(base_port=base)
    until(lambda: not [one for one in threading.enumerate() if one.name.startswith("sandbox ")])


def test_the_control_is_off_unless_it_was_asked_for() -> None:
    house = Sandbox(["healify"])
    assert house.control is None
    assert ask(house.servers["healify"].port, "GET", "/__control__/")[0] == 404
    house.close()


def test_the_control_adds_faults_and_tells_which_have_fired(house: Sandbox) -> None:
    port, healify = control(house), house.servers["healify"].port
    token = house.gates["healify"].system.credentials()["token"]
    assert ask(port, "POST", "/__control__/faults", [{"kind": "lost_after", "system": "healify"}]) == (
        200,
        {"faults": 1},
    )
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(healify, "GET", "/api/v1/patients", token=token)
    assert ask(healify, "GET", "/api/v1/patients", token=token)[0] == 200
    assert ask(port, "GET", "/__control__/")[1]["fired"] == {"lost_after": 1}
    assert ask(port, "DELETE", "/__control__/faults") == (200, {"faults": 0})
    assert ask(port, "POST", "/__control__/faults", [{"kind": "nothing"}])[0] == 400


def test_the_control_works_as_other_people_do_and_shows_the_log(house: Sandbox) -> None:
    port, healify = control(house), house.servers["healify"].port
    token = house.gates["healify"].system.credentials()["token"]
    edit = {"act": "edit", "table": "patients", "id": "pat_123abc", "changes": {"phone": "+9"}}
    assert ask(port, "POST", "/__control__/people/healify", edit)[0] == 200
    assert ask(healify, "GET", "/api/v1/patients/pat_123abc", token=token)[1]["phone"] == "+9"
    patient = {"first_name": "Ana", "last_name": "Ruiz", "date_of_birth": "1990-01-02"}
    for _ in range(2):
        ask(healify, "POST", "/api/v1/patients", patient, token)
    log = ask(port, "GET", "/__control__/log/healify")[1]
    assert [one["by"] for one in log["effects"]] == ["other people", "api key", "api key"]
    assert len(log["duplicates"]) == 1
    assert len(ask(port, "GET", "/__control__/rows/healify?table=patients")[1]) == 3
    ask(port, "POST", "/__control__/reset/healify")
    assert ask(healify, "GET", "/api/v1/patients", token=token)[1]["total"] == 1


def test_the_control_turns_knobs_takes_backups_and_ends_tokens(house: Sandbox) -> None:
    port, healify = control(house), house.servers["healify"].port
    token = house.gates["healify"].system.credentials()["token"]
    assert ask(port, "POST", "/__control__/knobs/healify", {"put": "replace"})[1]["put"] == "replace"
    assert ask(port, "POST", "/__control__/knobs/healify", {"put": "sideways"})[0] == 400
    assert ask(port, "POST", "/__control__/backup/healify") == (200, {"done": "backup"})
    ask(healify, "DELETE", "/api/v1/patients/pat_123abc", token=token)
    assert ask(port, "POST", "/__control__/restore/healify") == (200, {"done": "restore"})
    assert ask(healify, "GET", "/api/v1/patients/pat_123abc", token=token)[0] == 200
    assert ask(port, "POST", "/__control__/expire/healify")[1] == {"expired": 1}
    assert ask(healify, "GET", "/api/v1/patients", token=token)[0] == 401
    ask(port, "POST", "/__control__/reissue/healify")
    assert ask(healify, "GET", "/api/v1/patients", token=token)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/other", None), ("POST", "/__control__/people/healify", {}), ("POST", "/__control__/no/healify", {}),
        ("GET", "/__control__/log/nobody", None), ("POST", "/__control__/people/healify", {"act": "sing", "id": "x"}),
        ("PUT", "/__control__/log/healify", None), ("GET", "/__control__/rows/healify?table=none", None),
    ],
)  # fmt: skip
def test_the_control_refuses_what_it_does_not_know(house: Sandbox, method: str, path: str, body: Any) -> None:
    status, told = ask(control(house), method, path, body)
    assert status in {400, 404, 405}
    assert told["error"]


def test_a_webhook_reaches_who_has_subscribed(house: Sandbox, ear: Ear) -> None:
    port = house.servers["arocord_hims"].port
    has = house.gates["arocord_hims"].system.credentials()
    token = ask(port, "POST", "/v1/auth/login", has)[1]["data"]["tokens"]["access_token"]
    hook = {"url": ear.url, "events": ["appointment.updated"], "secret": "s"}
    assert ask(port, "POST", "/v1/webhooks", hook, token)[0] == 201
    ask(port, "PUT", "/v1/appointments/appointment_001", {"notes": "moved"}, token)
    until(lambda: ear.heard)
    assert ear.heard[0]["event"] == "appointment.updated"
    until(lambda: house.postman.delivered)
    assert house.postman.delivered == [("appointment.updated", ear.url, 204)]


@pytest.mark.parametrize(
    "url", ["http://example.com/x", "https://127.0.0.1/x", "file:///etc", "http://127.0.0.1.evil/"]
)
def test_nobody_beyond_this_machine_is_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(http.client.HTTPConnection, "connect", called.append)
    assert delivered(Delivery(url, b"{}")) == 0
    assert called == []


def test_an_address_where_nobody_answers_is_told_from_one_that_does(ear: Ear) -> None:
    assert delivered(Delivery(ear.url, b"{}")) == 204
    assert delivered(Delivery("http://127.0.0.1:1/x", b"{}")) == 0


def test_knobs_are_read_and_a_wrong_one_is_named() -> None:
    assert knobs_of({"put": "replace", "token_seconds": 60}) == Knobs(put="replace", token_seconds=60)
    for wrong in ({"puts": "x"}, {"put": "x"}, {"limits": 1}, {"limits": "no"}, {"token_seconds": "x"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            knobs_of(wrong)
