"""Half a character, as a text that was cut off ends with, is said so once where it comes in."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import httpx
import pytest

from sync.port import Kind
from sync.remotes.hms_enterprise.live import hint_of
from sync.telling.hints import Hint
from sync.telling.notices import event_of
from sync.transport.decoding import read_json
from sync.transport.outcomes import Call, Refused, Said
from sync.transport.signin import Bearer
from sync.transport.wire import Wire
from tests.unit.sync.loopback import Drawer, OpenGate

CUT = "sample \ud83d"
MENDED = "sample \ufffd"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (rb'{"a": "sample \ud83d"}', {"a": MENDED}),
        (rb'{"a": "sample \uD83D!"}', {"a": MENDED + "!"}),
        (rb'["\ude00\ud83d", {"sample \ud83d": [{"b": "\udfff"}]}]', ["\ufffd\ufffd", {MENDED: [{"b": "\ufffd"}]}]),
        (rb'"\ud800"', "\ufffd"),
        (b'{"a": "sample \xed\xa0\xbd"}', {"a": MENDED}),  # as UTF-8 that is none
        (json.dumps([CUT], ensure_ascii=False).encode("utf-16", "surrogatepass"), [MENDED]),
        ('["\ud83d"]', ["\ufffd"]),
        (rb'["\ud83d\ude00", "\\ud83d", 1.5, null, true]', ["\U0001f600", "\\ud83d", 1.5, None, True]),
        ("한글 \U0001f600".join('""').encode(), "한글 \U0001f600"),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    ],
)
def test_half_a_character_is_said_so_once_and_whole_ones_stay(raw: bytes | str, read: Any) -> None:
    assert read_json(raw) == read


@pytest.mark.parametrize("raw", [b'{"a": "\xff"}', b'{"a": ', b"", b"\xed\xa0"])
def test_what_is_no_json_is_none(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever the library raises
        read_json(raw)


def test_halves_are_found_however_deep_they_are() -> None:
    found = read_json(b"[" * 900 + rb'"\ud83d"' + b"]" * 900)
    while isinstance(found, list):
        (found,) = found
    assert found == "\ufffd"


def their_error(_status: int, body: Any, _headers: Mapping[str, str]) -> Said | None:
    return Said(str(body["code"]), str(body["message"])) if isinstance(body, dict) else None


def test_an_answer_and_the_words_of_a_refusal_can_be_written_down() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        status = 200 if request.method == "GET" else 422
        body = json.dumps({"code": CUT, "message": CUT}).encode()
        return httpx.Response(status, content=body, headers={"Content-Type": "application/json"})

    transport = httpx.MockTransport(answer)
    wire = Wire("https://there.example", Bearer(Drawer(token="t")), OpenGate(), their_error, transport=transport)
    assert wire.send(Call("GET /p", "GET", "/p")).body == {"code": MENDED, "message": MENDED}
    with pytest.raises(Refused) as refused:
        wire.send(Call("POST /p", "POST", "/p", body={}))
    assert refused.value.said == Said(MENDED, MENDED)


def test_what_is_said_unasked_names_what_can_be_asked_for() -> None:
    heard = json.dumps({"type": "patient_updated", "patient": {"id": CUT}})
    assert hint_of(heard) == Hint(Kind.PATIENT, MENDED)
    assert hint_of(json.dumps({"type": "patient_updated", "patient": {"id": "x" * 201}})) == Hint(Kind.PATIENT)
    event = {"event": "patient.updated", "timestamp": "2026-03-10T09:00:00Z", "data": {"patient_id": CUT, "id": CUT}}
    assert event_of(json.dumps(event).encode())["data"]["id"] == MENDED
    at = 1_773_133_200.0
    called = import_module("sync.remotes.healify.webhook").heard(json.dumps(event).encode(), {}, None, at)
    assert called.hint == Hint(Kind.PATIENT, MENDED)


def test_an_event_with_half_a_character_is_proved_by_what_it_signed() -> None:
    webhook = import_module("sync.remotes.arocord_hims.webhook")
    bare = json.dumps({"event": "appointment.created", "data": {"appointment": {"id": CUT}}}).encode()
    signature = "sha256=" + webhook._digest("s3cret", bare).decode()
    signed = bare[:-1] + f', "signature": "{signature}"}}'.encode()
    found = webhook.hint_of(signed, "s3cret")
    assert (found.remote_id, found.signed) == (MENDED, True)
