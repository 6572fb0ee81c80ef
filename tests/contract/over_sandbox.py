"""The shipped remotes over the sandbox's own answers, with no socket between."""

from collections.abc import Callable
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, find, settings

from sync.port import Body, Kind, Sending, Story, Telling
from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.knobs import Knobs
from sync.sandbox.system import System
from sync.sandbox.wire import Request
from sync.sandbox.world import World
from tests.contract.replayed import NOW, Links, Secrets, opening
from tests.unit.sync import stories

ORIGIN = "https://sandbox.example"


class SandboxTransport(httpx.BaseTransport):
    """Requests answered by a system in this very process."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.sent: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.sent.append(request)
        asked = Request.of(request.method, str(request.url), dict(request.headers), request.read(), NOW.timestamp())
        given = self.system.handle(asked)
        return httpx.Response(given.status, headers=given.headers, content=given.body)


def sandbox(name: str, **knobs: Any) -> SandboxTransport:
    """A system of the sandbox with the documents' sample records."""
    return SandboxTransport(SYSTEMS[name](World(NOW.timestamp), Knobs(limits=False, **knobs), origin=ORIGIN))


def open_over(transport: SandboxTransport, open_remote: Callable[[Any], Any], path: str = "", **set_: str) -> Any:
    """A remote over a system, signed in as the system's own credentials say."""
    secrets = Secrets(**{name: str(value) for name, value in transport.system.credentials().items()})
    made = opening(ORIGIN + path, transport.handle_request, set_, secrets)
    return open_remote(made)


def a_story(kind: Kind, wanted: Callable[[Story], bool] = lambda _story: True) -> Story:
    """One story of a kind, always the same."""
    quick = settings(
        max_examples=2000,
        deadline=None,
        phases=(Phase.generate,),
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    return find(stories.OF[kind](), wanted, settings=quick)


def create(remote: Any, story: Story, links: Links) -> tuple[str, Sending]:
    """Tell a story for the first time; the id there, and what was sent."""
    telling = remote.project(story, links)
    assert isinstance(telling, Telling), telling
    assert telling.needs == ()
    sending = Sending(story.kind, "create", telling.body, marker=story.marker, sent_at=NOW.isoformat(), key="intent-1")
    echo = remote.send(sending)
    assert echo.remote_id is not None
    return echo.remote_id, sending


def says(remote: Any, kind: Kind, seen: Body, told: Body) -> dict[str, Any]:
    """The members in which what is seen (where it is not hidden) differs from what was told."""
    hidden = remote.masked(seen)
    there, here = remote.canonical(kind, seen), remote.canonical(kind, told)
    return {
        name: (there.get(name), here[name]) for name in here if name not in hidden and there.get(name) != here[name]
    }
