"""A real HTTP server on this machine, that answers as a test says and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from sync.transport.outcomes import Call, Said
from sync.transport.wire import SignIn, Wire


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.content.decode()))


Reply = Callable[[Asked], tuple[int, Any]]


@dataclass
class Loopback:
    """The server: its address and what it was asked."""

    base: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(reply: Reply) -> Iterator[Loopback]:
    """Serve on a free port until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers), content)
            here.asked.append(asked)
            status, body = reply(asked)
            sent = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the library's names

        def log_message(self, *_values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Loopback(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Drawer:
    """Secrets in memory."""

    def __init__(self, **secrets: str) -> None:
        self.kept: dict[str, str] = dict(secrets)

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def put(self, name: str, value: str | None) -> None:
        if value is None:
            self.kept.pop(name, None)
        else:
            self.kept[name] = value


class Watch:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def wait(self, **time: float) -> None:
        self.at += timedelta(**time)


class OpenGate:
    """No limit at all."""

    def ask(self, call: Call) -> None:
        pass

    def heard(self, call: Call, status: int, headers: object, said: Said | None) -> None:
        pass


def their_error(_status: int, body: Any, _headers: object) -> Said | None:
    """The common form of an error."""
    error = body.get("error") if isinstance(body, dict) else None
    return Said(str(error.get("code")), str(error.get("message"))) if isinstance(error, dict) else None


def wire_to(here: Loopback, sign_in: SignIn) -> Wire:
    """A way to the server, signed in with what a test hands over."""
    return Wire(here.base, sign_in, OpenGate(), their_error)
