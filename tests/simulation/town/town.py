"""A clinic and some of the five systems, on one virtual clock; their documented limits are in force."""

from sync.engine.run import Engine
from sync.port import Kind
from tests.simulation.town.chart import FhirChart
from tests.simulation.town.way import SandboxTransport
from tests.simulation.world import Chance, Effects, Outside, VirtualClock, VirtualDisk


class Town:
    """The shipped engine with shipped remotes, over the sandbox in this very process."""

    def __init__(self, *names: str, seed: int = 1) -> None:
        self.clock = VirtualClock()
        self.effects = Effects()
        self.disk = VirtualDisk(self.effects)
        self.chance = Chance(seed)
        self.outside = Outside()
        self.chart = FhirChart(self.chance.new_id)
        self.ways = {name: SandboxTransport(name, self.clock, self.effects, seed) for name in names}
        self.engine = self.build()
        for name in names:
            self.engine.check(name)

    def build(self) -> Engine:
        """The engine, as a process that has just been started has it."""
        engine = Engine(self.chart, self.disk, self.clock, self.chance.new_id, self.chance.random.random, self.outside)
        for name, way in self.ways.items():
            engine.connect(name, way.open)
        return engine

    def work(self, seconds: float, most: int = 5_000) -> int:
        """Let the engine work; how many rounds had work."""
        until = max(office.desk.now() for office in self.engine.offices.values()) + seconds
        return self.engine.run_until(until, self.clock.sleep, most=most)

    def state(self, system: str, kind: Kind, local_id: str) -> str:
        """How far a record is at a system."""
        return self.engine.state_of(str(kind), local_id)[system].word
