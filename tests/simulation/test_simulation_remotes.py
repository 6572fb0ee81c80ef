"""The shipped engine, the five shipped remotes and the sandbox in one process: told once and read back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from sync.engine.audit import broken
from sync.engine.run import Engine
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Shadow
from sync.port import Kind
from sync.remotes.arocord_hims import remote as arocord
from sync.remotes.healify import remote as healify
from sync.remotes.healthcare_records import remote as records
from sync.remotes.hms_enterprise import remote as hms
from sync.remotes.practice_studio import remote as studio
from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.knobs import Knobs
from sync.sandbox.wire import Request
from sync.sandbox.world import World
from sync.transport.opening import Opening
from sync.transport.wire import Gate
from tests.contract.replayed import Secrets
from tests.contract.test_remotes_over_sandbox import ADA_HERE
from tests.simulation.fhir_chart import FhirChart
from tests.simulation.world import Chance, Effects, Outside, VirtualClock, VirtualDisk

OPENED: dict[str, Callable[[Opening], Any]] = {
    "healify": healify.open_remote,
    "arocord_hims": arocord.open_remote,
    "hms_enterprise": hms.open_remote,
    "practice_studio": studio.open_remote,
    "healthcare_records": records.open_remote,
}
ORIGIN = "https://sandbox.example"


class Town:
    """A clinic and some of the five systems, on one virtual clock; their documented limits are in force."""

    def __init__(self, *names: str) -> None:
        self.clock = VirtualClock()
        self.disk = VirtualDisk(Effects())
        self.chance = Chance(1)
        self.chart = FhirChart(self.chance.new_id)
        self.engine = Engine(
            self.chart, self.disk, self.clock, self.chance.new_id, self.chance.random.random, Outside()
        )
        self.ways = {name: Way(name, self.clock) for name in names}
        for name, way in self.ways.items():
            self.engine.connect(name, way.open)
            self.engine.check(name)

    def work(self, seconds: float) -> None:
        until = max(office.desk.now() for office in self.engine.offices.values()) + seconds
        self.engine.run_until(until, self.clock.sleep, most=5_000)

    def state(self, system: str) -> str:
        return self.engine.state_of("patient", ADA_HERE.local_id)[system].word


class Way(httpx.BaseTransport):
    """The way to one system of the sandbox: answers can be lost on it."""

    def __init__(self, name: str, clock: VirtualClock) -> None:
        self.clock, self.name = clock, name
        self.system = SYSTEMS[name](World(clock.true), Knobs(limits=True), origin=ORIGIN)
        self.system.seed(samples=False)
        self.lose: list[str] = []
        self.created = 0
        self.secrets = Secrets()

    def open(self, gate: Gate) -> Any:
        secrets = self.secrets = Secrets(**{name: str(value) for name, value in self.system.credentials().items()})
        opening = Opening(
            ORIGIN + self.system.base_path, secrets, self, gate, transport=self, steady=self.clock.steady
        )  # fmt: skip
        return OPENED[self.name](opening)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.clock.sleep(0.1)
        makes = request.method == "POST" and request.url.path.endswith("/patients")
        lost = self.lose.pop(0) if makes and self.lose else ""
        if lost == "request":
            self.clock.sleep(30)
            raise httpx.ReadTimeout("no answer", request=request)
        asked = Request.of(request.method, str(request.url), dict(request.headers), request.read(), self.clock.true())
        answer = self.system.handle(asked)
        self.created += makes and answer.status < 300
        assert answer.status != 429, "a documented limit was exceeded"
        if lost == "answer":
            self.clock.sleep(30)
            raise httpx.ReadTimeout("no answer", request=request)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


@pytest.mark.parametrize("system", OPENED)
def test_a_patient_is_told_once_and_read_back(system: str) -> None:
    town = Town(system)
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(600)
    assert town.state(system) == "confirmed"
    assert town.ways[system].created == 1


@pytest.mark.parametrize("lost", ["answer", "request"])
@pytest.mark.parametrize("system", OPENED)
def test_a_lost_answer_makes_no_second_patient_and_a_lost_request_is_sent_again(system: str, lost: str) -> None:
    town = Town(system)
    town.ways[system].lose = [lost]
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(4 * 3600)
    assert town.state(system) == "confirmed"
    assert town.ways[system].created == 1
    with town.disk.read() as unit:
        links = Rows(unit).find(Link, system=system, kind="patient", local_id=ADA_HERE.local_id)
        assert [link.status for link in links] == ["confirmed"]


def test_five_systems_at_once_leave_nothing_to_tell_and_ask_for_nothing_more() -> None:
    town = Town(*OPENED)
    with town.disk.write() as unit:
        town.chart.write(unit, ADA_HERE)
    town.work(3600)
    assert {town.state(system) for system in OPENED} == {"confirmed"}
    with town.disk.read() as unit:
        rows = Rows(unit)
        assert all(not shadow.told for shadow in rows.find(Shadow, kind=str(Kind.PATIENT)))
        assert [broken(rows, system) for system in OPENED] == [None] * 5
