"""A person's sign-in in the browser, over real HTTP: the challenge, the state, the code, and nothing else anywhere."""

import base64
import hashlib
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sync.transport.credentials import PersonNeeded
from sync.transport.outcomes import Answer, Call
from sync.transport.pkce import Client, Consent
from sync.transport.signin import AuthorizationCode
from tests.unit.sync.loopback import Asked, Drawer, Loopback, Watch, serving, wire_to

TOKEN = Call("POST /oauth/token", "POST", "/oauth/token")


class Authority:
    """An authorization server that checks the verifier against the challenge (RFC 7636, 4.6)."""

    def __init__(self) -> None:
        self.challenge = ""
        self.given = 0

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if asked.path != "/oauth/token":
            good = asked.headers.get("Authorization") == f"Bearer access-{self.given}"
            return (200, {}) if good else (401, {"error": {"code": "unauthorized", "message": "no"}})
        form = asked.form
        if form["grant_type"] == "refresh_token":
            good = form["refresh_token"] == f"refresh-{self.given}"
        else:
            digest = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
            good = form["code"] == "the-code" and digest.rstrip(b"=").decode() == self.challenge
        if not good:
            return 400, {"error": {"code": "invalid_grant", "message": "no"}}
        self.given += 1
        return 200, {
            "access_token": f"access-{self.given}", "refresh_token": f"refresh-{self.given}", "expires_in": 60,
        }  # fmt: skip


def consent(here: Loopback, seed: bytes = b"r") -> Consent:
    return Consent(Client("clinic", f"{here.base}/oauth/authorize", TOKEN, "read:patients"), lambda n: seed * n)


def asked_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def nothing(_call: Call) -> Answer:
    pytest.fail("nothing is exchanged")


def test_a_person_agrees_and_the_tokens_are_kept_and_renewed() -> None:
    authority, secrets, clock = Authority(), Drawer(client_id="clinic"), Watch()
    with serving(authority) as here, consent(here) as person:
        asked = asked_of(person.address)
        authority.challenge = asked["code_challenge"]
        assert set(asked) == {
            "response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method", "scope",
        }  # fmt: skip
        assert asked["code_challenge_method"] == "S256"
        assert urlsplit(asked["redirect_uri"]).hostname == "127.0.0.1"
        sign_in = AuthorizationCode(secrets, clock, token=lambda: TOKEN)
        wire = wire_to(here, sign_in)
        came = httpx.get(asked["redirect_uri"], params={"code": "the-code", "state": asked["state"]})
        assert (came.status_code, "the-code" in came.text) == (200, False)
        sign_in.take(person.tokens(wire.send))
        wire.send(Call("GET /x", "GET", "/x"))
        clock.wait(minutes=5)
        wire.send(Call("GET /x", "GET", "/x"))
    assert authority.given == 2
    assert secrets.kept["refresh_token"] == "refresh-2"
    assert "verifier" not in "".join(each.path for each in here.asked)


def test_another_state_is_not_taken_and_does_not_end_the_waiting() -> None:
    with serving(Authority()) as here, consent(here) as person:
        asked = asked_of(person.address)
        wrong = httpx.get(asked["redirect_uri"], params={"code": "stolen", "state": "other"})
        assert wrong.status_code == 400
        with pytest.raises(PersonNeeded) as needed:
            person.tokens(nothing, wait=0.05)
    assert "Nobody" in needed.value.said.message


def test_who_does_not_agree_is_told_so() -> None:
    with serving(Authority()) as here, consent(here) as person:
        asked = asked_of(person.address)
        httpx.get(asked["redirect_uri"], params={"error": "access_denied", "state": asked["state"]})
        with pytest.raises(PersonNeeded) as needed:
            person.tokens(nothing, wait=1)
    assert "not agreed" in needed.value.said.message


def test_the_verifier_and_the_state_differ_and_the_port_is_closed_afterwards() -> None:
    seeds = iter(range(1, 99))
    with serving(Authority()) as here:
        client = Client("c", f"{here.base}/oauth/authorize", TOKEN)
        with Consent(client, lambda n: bytes([next(seeds)]) * n) as person:
            redirect, state = person.redirect, asked_of(person.address)["state"]
            assert state not in person._verifier
        with pytest.raises(httpx.ConnectError):
            httpx.get(redirect)


def test_the_code_is_taken_once() -> None:
    with serving(Authority()) as here, consent(here) as person:
        asked = asked_of(person.address)
        answers: list[int] = []

        def come() -> None:
            answers.append(httpx.get(asked["redirect_uri"], params={"code": "a", "state": asked["state"]}).status_code)

        for _time in range(2):
            thread = threading.Thread(target=come)
            thread.start()
            thread.join()
    assert answers == [200, 400]
