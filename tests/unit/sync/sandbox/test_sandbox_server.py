"""The sandbox over loopback, asked with the plain client of the standard library."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest

from sync.sandbox.faults import Faults, Rule
from sync.sandbox.gate import Gate
from sync.sandbox.healify.system import Healify
from sync.sandbox.server import Server
from sync.sandbox.world import World


class House:
    def __init__(self, *rules: Rule) -> None:
        self.system = Healify(World(lambda: 1737795600.0, 1))
        self.waited: list[float] = []
        self.server = Server(Gate(self.system, Faults(rules)).ask, wait=self.waited.append)
        self.headers = {"Authorization": f"Bearer {self.system.credentials()['token']}"}

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        try:
            connection.request(method, path, body, self.headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.server.close()


def test_a_patient_is_read_with_the_limit_headers(house: House) -> None:
    status, headers, body = house.ask("GET", "/api/v1/patients/pat_123abc")
    assert (status, headers["Content-Type"], headers["X-RateLimit-Limit"]) == (200, "application/json", "1000")
    assert json.loads(body)["last_name"] == "Doe"


def test_one_connection_carries_many_requests(house: House) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", house.server.port, timeout=5)
    for _ in range(20):
        connection.request("GET", "/api/v1/patients", headers=house.headers)
        assert connection.getresponse().read()
    assert len(house.system.log.asked) == 20
    connection.close()


def test_head_and_body_leave_in_one_piece(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.server.port), timeout=5) as plain:
        token = house.headers["Authorization"]
        plain.sendall(f"GET /api/v1/patients HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode())
        first = plain.recv(65536)
    head, _gap, body = first.partition(b"\r\n\r\n")
    assert b"HTTP/1.1 200 OK" in head
    assert json.loads(body)["total"] == 1


def test_a_body_in_chunks_is_read_whole(house: House) -> None:
    patient = {"first_name": "Ana", "last_name": "Łódź", "date_of_birth": "1990-01-02"}
    connection = http.client.HTTPConnection("127.0.0.1", house.server.port, timeout=5)
    body = json.dumps(patient).encode()
    connection.request("POST", "/api/v1/patients", iter([body[:10], body[10:]]), house.headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 201
    assert json.loads(answer.read())["last_name"] == "Łódź"
    connection.close()


@pytest.mark.parametrize(
    "rubbish", [b"\x16\x03\x01\x02\r\n\r\n", b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", b"GET /\r\n\r\n"]
)
def test_what_is_not_http_is_refused_and_the_next_caller_served(house: House, rubbish: bytes) -> None:
    with socket.create_connection(("127.0.0.1", house.server.port), timeout=5) as plain:
        plain.sendall(rubbish)
        assert b"400" in plain.recv(4096)
    assert house.ask("GET", "/api/v1/patients")[0] == 200


def test_a_lost_answer_ends_the_connection_after_the_effect() -> None:
    house = House(Rule("lost_after", method="POST"))
    body = json.dumps({"first_name": "Ana", "last_name": "Ruiz", "date_of_birth": "1990-01-02"}).encode()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        house.ask("POST", "/api/v1/patients", body)
    assert len(house.system.log.made("patients")) == 1
    assert house.ask("GET", "/api/v1/patients?search=ruiz")[0] == 200
    house.server.close()


def test_a_lost_request_ends_the_connection_with_no_effect() -> None:
    house = House(Rule("lost_before", method="POST"))
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        house.ask("POST", "/api/v1/patients", b"{}")
    assert house.system.log.asked == []
    house.server.close()


def test_a_late_request_takes_effect_after_the_wait() -> None:
    house = House(Rule("delayed", path="/api/v1/patients", options={"seconds": 90}))
    assert house.ask("GET", "/api/v1/patients")[0] == 200
    assert house.waited == [90.0]
    house.server.close()


def test_many_callers_at_once_are_each_answered(house: House) -> None:
    seen: list[int] = []
    callers = [threading.Thread(target=lambda: seen.append(house.ask("GET", "/api/v1/patients")[0])) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert seen == [200] * 20
