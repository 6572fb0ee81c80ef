"""A clinic with one system connected, and that system in a process of its own: it answers at once, from memory.

The system speaks as Healify does, with no limits; what it answers is put together once, so that only the clinic's side
of an exchange is measured. `Asked` is the least that any program needs for the same requests.
"""

import http.client
import json
import multiprocessing
import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.remotes import add_remote
from clinic_desktop.store import schema
from clinic_desktop.store.engine import Store
from sync.engine import sweeping
from sync.engine.intake import Intake
from sync.engine.run import PAGES, Office
from sync.engine.store.rows import Rows
from sync.port import Bucket
from tests.benchmarks.taken_in import KEY, desk_in

SYSTEM = "healify"
PAGE = 100
LISTS = "/api/v1/patients"
_EMPTY = json.dumps({"data": [], "total": 0, "limit": PAGE, "offset": 0}).encode()


def person(n: int, version: int = 0) -> dict[str, Any]:
    """One patient there; another version has another telephone number."""
    return {
        "id": f"pat_{n:07d}", "first_name": f"Given{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}",
        "last_name": f"Family{chr(97 + n // 7 % 26)}{chr(97 + n // 182 % 26)}", "email": f"person{n}@mail.example",
        "phone": f"+1555{(n + version * 1_000_000) % 10_000_000:07d}",
        "date_of_birth": f"{1930 + n % 80}-{1 + n % 12:02d}-{1 + n % 28:02d}",
        "gender": "female" if n % 2 else "male",
        "address": {"street": f"{n} Harbour Road", "city": "Kisumu", "state": "KS", "zip": f"{n % 100_000:05d}",
                    "country": "KE"},
    }  # fmt: skip


class System:
    """What the other process holds."""

    def __init__(self, count: int) -> None:
        self.count, self.version = count, 0
        self.people = [person(n) for n in range(count)]
        self.pages: dict[int, bytes] = {}

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        """One exchange."""
        path, _, query = target.partition("?")
        if path == "/version":
            self.version += 1
            self.people = [{**one, "phone": person(n, self.version)["phone"]} for n, one in enumerate(self.people)]
            self.pages.clear()
            return b"{}"
        if path == LISTS and method == "GET":
            return self.page(int(found[1]) if (found := re.search(r"offset=(\d+)", query)) else 0)
        if path == LISTS:
            self.people.append({"id": f"pat_{len(self.people):07d}", **json.loads(body)})
            return json.dumps(self.people[-1]).encode()
        if path.startswith(f"{LISTS}/"):
            n = int(path.rpartition("_")[2])
            if method == "PUT":
                self.people[n] = {**self.people[n], **json.loads(body)}
            return json.dumps(self.people[n]).encode()
        return _EMPTY

    def page(self, offset: int) -> bytes:
        """A page of the list."""
        if offset not in self.pages:
            found = self.people[offset : offset + PAGE]
            self.pages[offset] = json.dumps(
                {"data": found, "total": self.count, "limit": PAGE, "offset": offset}, separators=(",", ":")
            ).encode()
        return self.pages[offset]


def serve(listener: socket.socket, count: int) -> None:
    """Answer every connection."""
    system = System(count)
    while True:
        connection, _address = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=converse, args=(connection, system), daemon=True).start()


def converse(connection: socket.socket, system: System) -> None:
    """Answer one connection until it is closed."""
    with connection, connection.makefile("rb") as reader:
        while line := reader.readline():
            method, target, _ = line.decode().split()
            length = 0
            while (header := reader.readline()) not in {b"\r\n", b""}:
                if header.lower().startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            body = system.answer(method, target, reader.read(length))
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)


class Timed(httpx.BaseTransport):
    """The network, with its requests counted and timed."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport()
        self.requests, self.seconds = 0, 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange, read to its end."""
        started = time.perf_counter()
        response = self._inner.handle_request(request)
        content = response.read()
        self.seconds += time.perf_counter() - started
        self.requests += 1
        return httpx.Response(response.status_code, headers=response.headers, content=content)


@dataclass
class Town:
    """The clinic, its post office, the system and the network between."""

    path: Path
    desk: Desk
    store: Store
    post: PostOffice
    network: Timed
    port: int

    @property
    def office(self) -> Office:
        """The work for the one system."""
        return self.post.engine.offices[SYSTEM]

    def bare(self) -> http.client.HTTPConnection:
        """A connection with nothing around it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def changed_there(self) -> None:
        """Give everybody there another telephone number."""
        fetch(self.bare(), "/version")

    def settle(self) -> None:
        """Work until nothing is left to do now."""
        while self.office.step():
            pass

    def look_through(self) -> int:
        """One complete look through the list of patients; how many records were seen."""
        desk = self.office.desk
        intake = Intake(desk)
        with desk.disk.write() as unit:
            sweep = sweeping.begin(desk, Rows(unit), "patient", "all")
        while sweep is not None and sweep.state == "running":
            sweeping.do_sweep(desk, sweep, intake, PAGES)
        if sweep is None or sweep.state != "complete":
            raise RuntimeError("the list was not looked through")
        return sweep.found


@contextmanager
def town(count: int) -> Iterator[Town]:
    """Such a clinic with nobody in it, and so many people there."""
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=serve, args=(listener, count), daemon=True)
    process.start()
    port = int(listener.getsockname()[1])
    listener.close()
    with tempfile.TemporaryDirectory() as held:
        path = Path(held) / "clinic.db"
        schema.create(path, KEY)
        desk = desk_in(path)
        add_remote(desk, SYSTEM, f"http://127.0.0.1:{port}", {"token": "t"})
        network = Timed()
        clinic: Any = type("Here", (), {"store": desk.store, "profile": Path(held)})()
        post = PostOffice(clinic, network=lambda _system: network)
        post.engine.offices[SYSTEM].desk.budgets.limit_to([Bucket("all", 10**9, 3600.0, lambda _call: True)])
        post.engine.offices[SYSTEM].start()
        try:
            yield Town(path, desk, desk.store, post, network, port)
        finally:
            post.close()
            desk.store.close()
            process.terminate()
            process.join()


def fetch(connection: http.client.HTTPConnection, target: str) -> bytes:
    """One exchange with nothing around it."""
    connection.request("GET", target)
    return connection.getresponse().read()


__all__ = ["KEY", "LISTS", "PAGE", "SYSTEM", "Town", "fetch", "person", "town"]
