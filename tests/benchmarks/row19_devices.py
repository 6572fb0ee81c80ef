"""Row 19: a result of a device until it is acknowledged; a record and a list of fifty read over the local API.

The floor of a result is reading it and one durable commit of its rows by hand; that of an answer is FastAPI under
uvicorn with the same body and its own response model, no token, no guard and no database.
"""

import http.client
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from pydantic import BaseModel
from sqlcipher3 import dbapi2

from clinic_desktop.agent.api import LocalApi
from clinic_desktop.agent.intake import Intake
from clinic_desktop.agent.local_api.book import OpenBook
from clinic_desktop.agent.local_api.limits import Pace
from clinic_desktop.agent.local_api.server import ApiServer
from clinic_desktop.cli import demo
from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.devices.hl7 import protocol, reading
from clinic_desktop.devices.hl7.listener import Conversation
from clinic_desktop.services import pairing, patients, queue
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.connection import WRITER_PRAGMAS
from tests.benchmarks import clinics
from tests.benchmarks.figures import Row, in_turn, medians, timed
from tests.listening import Home, made, result

LISTED = 50
UNBOUND = Pace(1e9, 1e9)


class InQueue(BaseModel):
    """The same line as ours, as anybody would declare it."""

    ticket: int
    number: str
    name: str
    priority: str
    status: str
    minutes: int
    practitioner: str | None


class Person(BaseModel):
    """The same record as ours."""

    number: str
    name: str
    born_on: str | None
    sex: str


def rows(*, full: bool) -> list[Row]:
    """Messages by hand and by the listener in turn; then answers of both servers in turn."""
    with tempfile.TemporaryDirectory() as held:
        home = made(Path(held))
        clinic = home.open()
        found = [*_messages(clinic, home, 600 if full else 150), *_answers(clinic, home, 2000 if full else 400)]
        clinic.close()
    return found


def _messages(clinic: Clinic, home: Home, rounds: int) -> list[Row]:
    intake, count = Intake(clinic), itertools.count(1)
    by_hand = clinics.raw(clinic, WRITER_PRAGMAS)
    clock = SystemClock()
    speaking = Conversation(intake.keep, lambda _device, _numbers: [], clock.now, lambda: f"A{next(count)}", "bench")

    def ours() -> None:
        data = result(home.mrn, f"B{next(count)}", 60 + next(count) % 90)
        if b"MSA|AA" not in speaking.heard(b"\x0b" + data + b"\x1c\r"):
            raise RuntimeError("a message was not acknowledged")

    kept: list[str] = []
    filed = intake._file
    # It is acknowledged when it is durable; with the filing of others going on beside it, and without.
    floor, whole = in_turn(rounds, lambda: _by_hand(by_hand, result(home.mrn, f"H{next(count)}", 70)), ours, warm=10)

    def put_off(message_id: str) -> bool:
        kept.append(message_id)
        return True

    intake._file = put_off  # type: ignore[method-assign]
    floor_again, acknowledged = in_turn(
        rounds, lambda: _by_hand(by_hand, result(home.mrn, f"H{next(count)}", 70)), ours, warm=10
    )
    intake._file = filed  # type: ignore[method-assign]
    by_hand.close()
    intake.close()
    return [
        Row(19, "an HL7 result, two values: kept and acknowledged", statistics.median(whole),
            statistics.median(floor), most=3.0, note="floor: read, one durable commit"),
        Row(19, "of it: while nothing is filed beside it", statistics.median(acknowledged),
            statistics.median(floor_again)),
    ]  # fmt: skip


def _by_hand(connection: dbapi2.Connection, data: bytes) -> None:
    """The floor: the message read, and its rows in one durable commit."""
    message = reading.read(protocol.parse(data), "bench")
    if message is None:
        raise RuntimeError("this is a result")
    identity = new_id()
    _begin(connection)
    connection.execute(
        "INSERT INTO device_messages (id, kind, device, message_type, subject, sha256, size, received_at, state)"
        " VALUES (?, 'hl7', ?, ?, 'result', ?, ?, '2026-03-10T08:00:00Z', 'done')",
        (identity, message.device, message.message_type, identity, len(data)),
    )
    connection.execute(
        "INSERT INTO device_message_parts (message_id, number, content) VALUES (?, 0, ?)", (identity, data)
    )
    for n, one in enumerate(message.results):
        connection.execute(
            "INSERT INTO device_results (id, message_id, position, identity, numbers, code, code_system, title,"
            " value_kind, value, unit, status, state) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 'filed')",
            (new_id(), identity, n, one.identity, one.code, one.code_system, one.title, one.value_kind, one.value,
             one.unit, one.status),
        )  # fmt: skip
    connection.execute("COMMIT")


def _begin(connection: dbapi2.Connection) -> None:
    """Take the write lock as soon as whoever has it lets go: what ours kept is being filed meanwhile."""
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except dbapi2.OperationalError:
            time.sleep(0.0005)
        else:
            return


def _answers(clinic: Clinic, home: Home, rounds: int) -> list[Row]:
    admin = clinic.sign_in("administrator", demo.PASSPHRASE)
    tokens = {kind: pairing.new_token() for kind in ("board", "kiosk")}
    for kind, token in tokens.items():
        pairing.pair_device(admin, kind, kind, token)
    numbers: list[str] = []
    for n in range(LISTED):
        new = NewPatient(f"Okafor{chr(97 + n % 26)}", f"Ada {chr(97 + n // 26)}", "female", date(1950, 1, 1), "day")
        person = patients.register_patient(admin, new)
        queue.check_in(admin, person.patient_id)
        numbers.append(person.mrn)
    local = LocalApi(0, lambda _event: None, home.profile)
    local._app._devices._pace = UNBOUND
    port = local.start()
    local.opened(clinic)
    try:
        record = _asking(port, f"/v1/patients/{home.mrn}", tokens["kiosk"])
        listed = _asking(port, "/v1/queue", tokens["board"])
        with _plain(json.loads(record()), json.loads(listed())) as bare:
            one_bare, one_async, one, list_bare, many = medians(
                rounds, _asking(bare, "/one", ""), _asking(bare, "/one/async", ""), record,
                _asking(bare, "/list", ""), listed, warm=40,
            )  # fmt: skip
            opened = [timed(_asking(port, f"/v1/patients/{number}", tokens["kiosk"])) for number in numbers[::2]]
            board = local.context.book.find(tokens["board"])  # type: ignore[union-attr]
            assert board is not None
            nurse = clinic.begin(board.staff_id, "device")
            elsewhere, moved = _after(rounds // 4, nurse, board.id, _asking(bare, "/list", ""), listed)
        book, token = local.context.book, tokens["board"]
        assert isinstance(book, OpenBook)
        (checks,) = medians(rounds, lambda: [book.find(token) for _ in range(1000)])
    finally:
        local.stop()
    return [
        Row(19, "local API: one record, with token, guard and query", 1000 / one, 1000 / one_bare, most=0.85, unit="/s",
            least=True, note="floor: FastAPI, same body"),
        Row(19, "of it: beside a floor whose route is async", 1000 / one, 1000 / one_async, unit="/s", least=True),
        Row(19, "of it: the first opening in a session", statistics.median(opened),
            note="who looked is durable before the answer"),
        Row(19, f"local API: a list of {LISTED}, with token and guard", 1000 / many, 1000 / list_bare, most=0.85,
            unit="/s", least=True, note="nothing was written since it was made"),
        Row(19, f"local API: a list of {LISTED}, after a write elsewhere", 1000 / elsewhere[1], 1000 / elsewhere[0],
            most=0.85, unit="/s", least=True),
        Row(19, f"local API: a list of {LISTED}, after a change in it", 1000 / moved[1], 1000 / moved[0], most=0.85,
            unit="/s", least=True, note="it is made anew"),
        Row(19, "local API: one check of a token", checks, limit=50, unit="us"),
    ]  # fmt: skip


def _after(
    rounds: int, nurse: Desk, device: str, bare: Callable[[], bytes], ours: Callable[[], bytes]
) -> list[list[float]]:
    """The floor and ours, each just after a write: one that the list does not show, then one in it."""
    waiting = queue.waiting_list(nurse)
    triaged = itertools.cycle(("urgent", "routine"))

    def elsewhere() -> None:
        pairing.note_seen(nurse, device)

    def within() -> None:
        queue.change_priority(nurse, waiting[0].id, next(triaged))

    found = []
    for write in (elsewhere, within):
        _first, floor, _second, taken = medians(rounds, write, bare, write, ours, warm=5)
        found.append([floor, taken])
    return found


@contextmanager
def _plain(one: dict[str, object], many: list[dict[str, object]]) -> Iterator[int]:
    """A server of FastAPI and uvicorn alone, with the same answers; its port."""
    api = FastAPI()

    @api.get("/one")
    def record() -> Person:
        return Person.model_validate(one)

    @api.get("/one/async")
    async def record_async() -> Person:
        return Person.model_validate(one)

    @api.get("/list")
    def listed() -> list[InQueue]:
        return [InQueue.model_validate(each) for each in many]

    server = ApiServer(api, 0)
    port = server.open()
    server.start()
    try:
        yield port
    finally:
        server.stop()


def _asking(port: int, path: str, token: str) -> Callable[[], bytes]:
    """Ask one address again and again over one connection."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask() -> bytes:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    return ask
