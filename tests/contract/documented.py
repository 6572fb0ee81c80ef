"""The bodies that the systems' documents show, from the corpus; and a way to a server that answers with them."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.transport.signin import Bearer
from sync.transport.wire import ReadError, Wire
from tests.unit.sync.loopback import Drawer, OpenGate

BASE = "https://system.example"


def folder(system: str) -> Path:
    """Where the documented bodies of a system are; the test is skipped where they are not on this machine."""
    corpus = os.environ.get("CLINIC_CORPUS")
    found = Path(corpus).parent / "apis" / "examples" / system if corpus else None
    if found is None or not found.is_dir():
        pytest.skip("the documented bodies are not on this machine (CLINIC_CORPUS)")
    return found


def documented(system: str, number: str, what: str) -> Any:
    """One body: by the number of its endpoint, and whether it is asked or answered."""
    [path] = folder(system).glob(f"{number}-*.{what}.json")
    return json.loads(path.read_text(encoding="utf-8"))


def endpoints(system: str) -> list[tuple[str, str, str]]:
    """The documented endpoints of a system, as `METHOD /path`, title and names of parameters; links last."""
    rows = (folder(system).parents[1] / "endpoints.csv").read_text(encoding="utf-8").splitlines()
    names = rows[0].split(",")
    import csv

    found = [dict(zip(names, row, strict=True)) for row in csv.reader(rows[1:])]
    return [
        (f"{row['method']} {row['path']}", row["title"], row["query_parameters"])
        for row in found
        if row["system"] == system
    ]


@dataclass
class Server:
    """Answers each request with what a test says, and remembers it."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = self.answers.get(f"{request.method} {request.url.path}", {})
        if isinstance(found, bytes):
            return httpx.Response(200, content=found, headers={"Content-Type": "application/octet-stream"})
        return httpx.Response(200, json=found)

    @property
    def last(self) -> tuple[str, Any]:
        request = self.asked[-1]
        return f"{request.method} {request.url.path}", json.loads(request.content) if request.content else None


def way_to(server: Callable[[httpx.Request], httpx.Response], read_error: ReadError, base: str = BASE) -> Wire:
    """A way to that server, signed in."""
    return Wire(base, Bearer(Drawer(token="t")), OpenGate(), read_error, transport=httpx.MockTransport(server))
