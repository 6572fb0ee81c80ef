"""All that runs when the sandbox runs: systems, their servers, the postman, and the control when it was asked for."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.control import Control
from sync.sandbox.faults import Faults, Rule
from sync.sandbox.gate import Gate
from sync.sandbox.hms_enterprise.system import Hms
from sync.sandbox.knobs import Knobs
from sync.sandbox.listening import SOCKET_PATH, Listening
from sync.sandbox.mail import Delivery
from sync.sandbox.post import Postman
from sync.sandbox.server import Server
from sync.sandbox.wire import Record
from sync.sandbox.world import World


class Sandbox:
    """Some or all of the systems, each on a port of its own."""

    def __init__(
        self,
        names: Iterable[str] = (),
        *,
        base_port: int = 0,
        knobs: Mapping[str, Knobs] | None = None,
        rules: Iterable[Rule] = (),
        seed: int = 1,
        samples: bool = True,
        control: bool = False,
        clock: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """Start answering. Ports go up from the base, the control's last; 0 takes free ones."""
        self.faults = Faults(rules)
        world = World(clock, seed)
        chosen = [name for name in SYSTEMS if name in set(names or SYSTEMS)]
        self.gates: dict[str, Gate] = {}
        self.servers: dict[str, Server] = {}
        self.control: Server | None = None
        # One lock for all: the systems share the rules, and the control and the postman look into each.
        self._lock = threading.Lock()
        try:
            for name in chosen:
                system = SYSTEMS[name](world, (knobs or {}).get(name), samples=samples)
                gate = Gate(system, self.faults)
                upgrade = Listening(gate, system, self._lock) if isinstance(system, Hms) else None
                port = base_port + chosen.index(name) if base_port else 0
                self.gates[name] = gate
                server = Server(gate.ask, port, name=name, lock=self._lock, upgrade=upgrade, clock=clock, wait=wait)
                self.servers[name] = server
                system.origin = server.origin
            if control:
                port = base_port + len(chosen) if base_port else 0
                asked = Control(self.gates, self.addresses)
                self.control = Server(asked.ask, port, name="control", lock=self._lock, clock=clock, wait=wait)
        except OSError:
            self._stop()
            raise
        self.postman = Postman(self._mail)

    def addresses(self) -> list[Record]:
        """What a client needs to know of each system."""
        told = []
        for name, server in self.servers.items():
            system = self.gates[name].system
            row: Record = {
                "system": name,
                "base_url": server.origin + system.base_path,
                "credentials": system.credentials(),
            }
            if isinstance(system, Hms):
                row["websocket"] = f"ws://{server.origin.removeprefix('http://')}{SOCKET_PATH}"
                row["graphql"] = f"{server.origin}/graphql"
            if name == "practice_studio":
                row["authorize"] = f"{server.origin}/oauth/authorize"
                row["fhir"] = f"{server.origin}/fhir/r4"
            told.append(row)
        return told

    def close(self) -> None:
        """Stop answering."""
        self.postman.close()
        self._stop()

    def _stop(self) -> None:
        for server in (*self.servers.values(), *([self.control] if self.control else [])):
            server.close()

    def _mail(self) -> list[Delivery]:
        with self._lock:
            return [one for gate in self.gates.values() for one in gate.mail()]
