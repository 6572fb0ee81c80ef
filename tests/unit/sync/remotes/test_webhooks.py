"""What the systems send, as the sandbox sends it: proved as each documents it, and anything that was changed is not."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from sync.port import Kind
from sync.sandbox.mail import Delivery
from sync.telling.notices import Notice, UnprovedError
from tests.sandboxed import Desk

URL = "http://127.0.0.1:1/v1/hooks/x/y"
SECRET = "a secret of the clinic"
FORMS = [("arocord_hims", {"signature": form}) for form in ("raw", "data", "empty")] + [
    ("practice_studio", {"stamped": True}), ("practice_studio", {"stamped": False}), ("healify", {}),
]  # fmt: skip
EACH = pytest.mark.parametrize(("name", "knobs"), FORMS, ids=[f"{name} {knobs}" for name, knobs in FORMS])
SIGNED = pytest.mark.parametrize(("name", "knobs"), FORMS[:-1], ids=[f"{name} {knobs}" for name, knobs in FORMS[:-1]])


class Sent:
    """One call of a system, as it was put on its way, and the clock there."""

    def __init__(self, name: str, knobs: dict[str, Any]) -> None:
        desk = Desk(name, **(knobs if name == "arocord_hims" else {**knobs, "webhook_url": URL})).sign_in()
        self.name, self.now = name, desk.now
        self.secret = SECRET if name == "arocord_hims" else desk.has.get("webhook_secret", "")
        if name == "arocord_hims":
            events = ["appointment.created", "appointment.updated", "prescription.ready", "lab.results"]
            wanted = {"url": URL, "events": events, "secret": SECRET, "active": True}
            assert desk.ask("POST", "/v1/webhooks", wanted).status in {200, 201}
        told: dict[str, tuple[str, dict[str, Any]]] = {
            "arocord_hims": ("appointment.created", {"appointment": {"id": "a1", "patient_id": "p1"}}),
            "practice_studio": ("appointment.created", {"id": "a1", "patientId": "p1"}),
            "healify": ("appointment.scheduled", {"appointment_id": "a1", "patient_id": "p1"}),
        }
        event, data = told[name]
        desk.system.tell(event, data, desk.now)
        (self.call,) = desk.system.mailbox.take()
        self.headers = {key.lower(): value for key, value in self.call.headers.items()}

    def heard(self, raw: bytes | None = None, skew: float = 0.0, **headers: str) -> Notice:
        hear: Callable[..., Notice] = import_module(f"sync.remotes.{self.name}.webhook").heard
        given = {**self.headers, **{key.replace("_", "-"): value for key, value in headers.items()}}
        return hear(self.call.body if raw is None else raw, given, self.secret, self.now + skew)


def spelt_anew(call: Delivery) -> bytes:
    """The same call with its members in another order."""
    return json.dumps(dict(reversed(json.loads(call.body).items())), separators=(",", ":")).encode()


@EACH
def test_a_call_says_where_to_look_and_nothing_else_of_it_is_given_on(name: str, knobs: dict[str, Any]) -> None:
    hint = Sent(name, knobs).heard().hint
    assert hint is not None
    assert (hint.kind, hint.remote_id, hint.parent, hint.evidence) == (Kind.APPOINTMENT, "a1", "p1", None)
    assert hint.signed is (name != "healify")


@EACH
def test_five_minutes_are_the_window_and_not_a_second_more(name: str, knobs: dict[str, Any]) -> None:
    sent = Sent(name, knobs)
    for skew in (-299, 0, 299):
        sent.heard(skew=skew)
    for skew in (-301, 301, 86400, -86400):
        with pytest.raises(UnprovedError):
            sent.heard(skew=skew)


@SIGNED
def test_every_bit_of_the_body_that_is_changed_is_noticed(name: str, knobs: dict[str, Any]) -> None:
    sent = Sent(name, knobs)
    for place in range(len(sent.call.body)):
        for bit in range(8):
            changed = bytearray(sent.call.body)
            changed[place] ^= 1 << bit
            accepted = None
            try:
                accepted = sent.heard(bytes(changed))
            except UnprovedError:
                continue
            # Only what AROCORD itself leaves out of what it signs may differ, and then it is the same call again.
            assert knobs.get("signature") == "data", (place, bit)
            assert accepted.once == sent.heard().once


@SIGNED
def test_every_bit_of_a_signed_header_that_is_changed_is_noticed_or_says_the_same(
    name: str, knobs: dict[str, Any]
) -> None:
    sent = Sent(name, knobs)
    for key, value in sent.headers.items():
        if key != "x-practicestudio-signature":
            continue
        for place in range(len(value)):
            for bit in range(8):
                changed = value[:place] + chr(ord(value[place]) ^ (1 << bit)) + value[place + 1 :]
                try:
                    accepted = sent.heard(x_practicestudio_signature=changed)
                except UnprovedError:
                    continue
                # Where the instant is no part of what is signed, another one within the window is the same call.
                assert not knobs.get("stamped", True), changed
                assert accepted.once == sent.heard().once


@SIGNED
def test_in_another_order_it_is_refused_or_known_as_the_same_call(name: str, knobs: dict[str, Any]) -> None:
    sent = Sent(name, knobs)
    try:
        accepted = sent.heard(spelt_anew(sent.call))
    except UnprovedError:
        return
    assert accepted.once == sent.heard().once


@SIGNED
def test_without_its_signature_or_with_another_secret_it_is_refused(name: str, knobs: dict[str, Any]) -> None:
    sent = Sent(name, knobs)
    bare = json.loads(sent.call.body)
    bare.pop("signature", None)
    with pytest.raises(UnprovedError):
        sent.heard(json.dumps(bare).encode(), x_practicestudio_signature="")
    for secret in ("", "another"):
        sent.secret = secret
        with pytest.raises(UnprovedError):
            sent.heard()


@EACH
@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"event":1}', b"1" * 5000, b"{}" + b" " * 2_000_000],
)
def test_what_is_no_event_is_refused_and_makes_nothing_fail(name: str, knobs: dict[str, Any], raw: bytes) -> None:
    with pytest.raises(UnprovedError):
        Sent(name, knobs).heard(raw)


def test_an_event_that_no_document_names_leads_nowhere() -> None:
    sent = Sent("healify", {})
    told = json.loads(sent.call.body) | {"event": "patient.exploded"}
    assert sent.heard(json.dumps(told).encode()).hint is None


@pytest.mark.parametrize("name", ["arocord_hims", "practice_studio", "healify"])
@pytest.mark.parametrize(
    "raw",
    [
        rb'{"event":"appointment.created","data":{"id":"\ud800"},"signature":"sha256=\ud800"}',
        rb'{"event":"\udfff","timestamp":"0001-01-01T00:00:00+14:00","data":{"x":"\ud800"},"signature":"sha256=00"}',
        rb'{"event":"patient.updated","timestamp":"9999-12-31T23:59:59-14:00","data":{"patient_id":"p"}}',
    ],
)
def test_what_is_no_character_and_no_moment_is_refused_like_anything_unproved(name: str, raw: bytes) -> None:
    heard = import_module(f"sync.remotes.{name}.webhook").heard
    with pytest.raises(UnprovedError):
        heard(raw, {}, SECRET, 1_772_000_000.0)
