"""What is taken for JSON of a system, whatever it is called there."""

import httpx
import pytest

from sync.transport.outcomes import Call, Garbled
from sync.transport.signin import Bearer
from sync.transport.wire import Wire
from tests.unit.sync.loopback import Drawer, OpenGate, their_error


def asked(kind: str, content: bytes) -> object:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content, headers={"Content-Type": kind} if kind else {})

    sign_in = Bearer(Drawer(token="t"))
    wire = Wire("https://there.example", sign_in, OpenGate(), their_error, transport=httpx.MockTransport(answer))
    return wire.send(Call("GET /p", "GET", "/p")).body


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/fhir+json", "text/json",
             "text/plain; charset=utf-8", "TEXT/PLAIN", ""],
)  # fmt: skip
def test_json_is_read_whatever_it_is_called(kind: str) -> None:
    assert asked(kind, b'{"id": "pat_1"}') == {"id": "pat_1"}


@pytest.mark.parametrize(
    ("kind", "content"),
    [("text/html", b'{"id": "pat_1"}'), ("text/plain", b"sign in first"), ("text/plain", b"7"), ("text/plain", b"{"),
     ("image/png", b'{"id": "pat_1"}')],
)  # fmt: skip
def test_a_page_of_somebody_else_is_no_answer(kind: str, content: bytes) -> None:
    with pytest.raises(Garbled):
        asked(kind, content)
