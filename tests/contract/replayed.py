"""The documented calls of a system, replayed over real HTTP requests: what is sent, and what is made of the answer."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.port import Kind
from sync.transport.opening import Opening
from sync.transport.outcomes import Call, Said

CORPUS = os.environ.get("CLINIC_CORPUS")
APIS = Path(CORPUS).parent / "apis" if CORPUS else Path("no-corpus-here")
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def needs_examples() -> None:
    """Skip where the systems' documents are not at hand."""
    if not (APIS / "examples").is_dir():
        pytest.skip("the systems' documented examples are not here (CLINIC_CORPUS)")


def example(system: str, number: int, part: str) -> Any:
    """The documented request or response of the endpoint of that number; None where none is documented."""
    found = sorted((APIS / "examples" / system).glob(f"{number:02d}-*.{part}.json"))
    return json.loads(found[0].read_text()) if found else None


def error(system: str, name: str) -> Any:
    """A documented error body."""
    needs_examples()
    return json.loads(next((APIS / "examples" / system).glob(f"{name}*.json")).read_text())


def endpoints(system: str) -> list[str]:
    """The documented endpoints of a system, in the document's order: those with a title of their own come first."""
    import csv

    needs_examples()
    with (APIS / "endpoints.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))[:114]
    return [f"{row['method']} {row['path']}" for row in rows if row["system"] == system]


@dataclass(frozen=True)
class Case:
    """One documented call: how it is made, and the request that it must come to."""

    endpoint: str
    make: Callable[[Any, Any], Any]  # the client and the body
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None  # our own request, where no example is at hand
    answer: Any = field(default_factory=dict)  # our own response, likewise
    status: int = 200

    def __str__(self) -> str:
        return self.endpoint


class Secrets:
    """Secrets in memory."""

    def __init__(self, **known: str) -> None:
        self.known: dict[str, str] = dict(known)

    def get(self, name: str) -> str | None:
        """The secret of that name."""
        return self.known.get(name)

    def put(self, name: str, value: str | None) -> None:
        """Keep it, or forget it."""
        self.known.pop(name, None)
        if value is not None:
            self.known[name] = value


class Clock:
    """Stands at nine in the morning of 10-Mar-2026."""

    def now(self) -> datetime:
        """That."""
        return NOW


class OpenGate:
    """No limits."""

    def __init__(self) -> None:
        self.asked: list[Call] = []

    def ask(self, call: Call) -> None:
        """Always a place."""
        self.asked.append(call)

    def heard(self, call: Call, status: int, headers: Mapping[str, str], said: Said | None) -> None:
        """Nothing is learned."""


Handler = Callable[[httpx.Request], httpx.Response]


class Network:
    """Answers what a test tells it to, and keeps what was asked."""

    def __init__(self, answer: Handler) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)


def opening(
    base: str, network: Handler, settings: Mapping[str, str] | None = None, secrets: Secrets | None = None
) -> Opening:
    """A remote's opening over a network of the test's own."""
    return Opening(
        base,
        secrets or Secrets(token="secret-token"),
        Clock(),
        OpenGate(),
        settings=settings or {},
        transport=httpx.MockTransport(network),
        steady=lambda: 0.0,
        new_id=lambda: "request-1",
    )


def json_answer(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    """An answer of JSON; none for nothing."""
    return (
        httpx.Response(status, headers=headers) if body is None else httpx.Response(status, json=body, headers=headers)
    )


def replay(case: Case, number: int, system: str, client_of: Callable[[Handler], Any], base_path: str = "") -> None:
    """Make a call: the request is the documented one, and of the answer nothing is lost."""
    request = example(system, number, "request") if CORPUS else None
    response = example(system, number, "response") if CORPUS else None
    body = case.body if request is None else request
    answer = case.answer if response is None else response
    network = Network(lambda _request: json_answer(answer, case.status))
    given = case.make(client_of(network), body)
    (sent,) = network.requests
    assert sent.method == case.endpoint.partition(" ")[0]
    assert sent.url.path == base_path + case.path
    assert dict(sent.url.params) == dict(case.query)
    if body is None:
        assert sent.content == b""
    else:
        assert json.loads(sent.content) == body
    if hasattr(given, "written"):
        assert given.written() == answer
    elif hasattr(given, "body"):
        assert given.body == answer


class Links:
    """Links as a test writes them: (kind, here) to there."""

    def __init__(self, *pairs: tuple[Kind, str, str]) -> None:
        self._there = {(kind, here): there for kind, here, there in pairs}
        self._here = {(kind, there): here for kind, here, there in pairs}

    def there(self, kind: Kind, local_id: str) -> str | None:
        """The id there."""
        return self._there.get((kind, local_id))

    def here(self, kind: Kind, remote_id: str) -> str | None:
        """The id here."""
        return self._here.get((kind, remote_id))
