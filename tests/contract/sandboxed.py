"""A remote of the shipped code before a system of the sandbox, in one process: real requests, no socket."""

from collections.abc import Callable
from typing import Any

import httpx

from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.knobs import Knobs
from sync.sandbox.system import System
from sync.sandbox.wire import Request
from sync.sandbox.world import World
from sync.transport.opening import Opening
from tests.unit.sync.loopback import Drawer, OpenGate, Watch

ORIGIN = "https://sandbox.example"


class Sandboxed:
    """One system with its clock, and what a remote is opened with to reach it."""

    def __init__(self, name: str, **knobs: Any) -> None:
        self.clock = Watch()
        self.secrets = Drawer()
        self.system: System = SYSTEMS[name](
            World(lambda: self.clock.now().timestamp()), Knobs(limits=False, **knobs), origin=ORIGIN
        )
        self.secrets.kept.update(self.system.credentials())
        self.asked: list[str] = []
        # A test may stand in the way of a request: what it returns is the answer instead.
        self.instead: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None

    def opening(self, **settings: str) -> Opening:
        return Opening(
            ORIGIN + self.system.base_path,
            self.secrets,
            self.clock,
            OpenGate(),
            settings,
            httpx.MockTransport(self._ask),
        )

    def _ask(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        stood = self.instead(request)
        if stood is not None:
            return stood
        target = request.url.raw_path.decode()
        answer = self.system.handle(Request.of(request.method, target, dict(request.headers), request.content))
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)
