"""The ways to sign in, over real HTTP: when they ask, what they send, and when only a person can go on."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sync.transport.credentials import PersonNeeded
from sync.transport.outcomes import Call, Garbled, Outcome, SignInNeeded, Unanswered, Unsent
from sync.transport.signin import ApiKey, AuthorizationCode, Bearer, ClientCredentials, Jwt, read_tokens
from sync.transport.wire import Wire
from tests.unit.sync.loopback import Asked, Drawer, OpenGate, Watch, serving, their_error, wire_to

LOOK = Call("GET /patients", "GET", "/patients")
LOGIN = Call("POST /auth/login", "POST", "/auth/login")
REFRESH = Call("POST /auth/refresh", "POST", "/auth/refresh")
REFUSED = (401, {"error": {"code": "AUTHENTICATION_ERROR", "message": "no"}})


class Hospital:
    """Gives tokens that are good until the next one, refuses every other."""

    def __init__(self, *, seconds: int = 3600, refresh: bool = True) -> None:
        self.seconds, self.refresh = seconds, refresh
        self.given = 0
        self.logins = 0
        self.codes = {"111111", "222222"}
        self.password = "right"
        self.broken = 0

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if asked.path == "/auth/login":
            return self._login(asked.json)
        if asked.path == "/auth/refresh":
            good = self.refresh and asked.json == {"refresh_token": f"refresh-{self.given}"}
            return (200, {"success": True, "data": self._tokens()}) if good else REFUSED
        if asked.path == "/oauth/token":
            good = asked.form.get("client_secret") == "right"
            return (200, self._tokens()) if good else (400, {"error": {"code": "invalid_client", "message": "no"}})
        return (200, {}) if asked.headers.get("Authorization") == f"Bearer access-{self.given}" else REFUSED

    def _login(self, body: dict[str, str]) -> tuple[int, Any]:
        self.logins += 1
        if self.broken:
            self.broken -= 1
            return 500, {"error": {"code": "INTERNAL_ERROR", "message": "no"}}
        code = body.get("mfa_code")
        if body["password"] != self.password or (code is not None and code not in self.codes):
            return REFUSED
        self.codes.discard(code or "")
        return 200, {"success": True, "data": {"user": {"id": "u"}, "tokens": self._tokens()}}

    def _tokens(self) -> dict[str, Any]:
        self.given += 1
        return {
            "access_token": f"access-{self.given}",
            "refresh_token": f"refresh-{self.given}",
            "expires_in": self.seconds,
        }


def jwt(secrets: Drawer, clock: Watch, *, refresh: bool = True) -> Jwt:
    return Jwt(secrets, clock, login=lambda: LOGIN, refresh=(lambda: REFRESH) if refresh else None)


def person(code: str | None = "111111") -> Drawer:
    return Drawer(username="dr", password="right", **({} if code is None else {"mfa_code": code}))


def test_a_token_is_asked_for_once_and_kept_over_a_restart() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire_to(here, jwt(secrets, clock)).send(LOOK)
        wire_to(here, jwt(secrets, clock)).send(LOOK)
    assert (hospital.logins, [each.path for each in here.asked]) == (1, ["/auth/login", "/patients", "/patients"])
    assert here.asked[0].json == {"username": "dr", "password": "right", "mfa_code": "111111"}


def test_a_token_is_renewed_a_little_before_its_end_with_the_refresh_token() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        wire.send(LOOK)
        clock.wait(seconds=3530)
        wire.send(LOOK)
        assert hospital.given == 1
        clock.wait(seconds=20)
        wire.send(LOOK)
    assert (hospital.given, hospital.logins) == (2, 1)
    assert secrets.kept["refresh_token"] == "refresh-2"


def test_a_token_that_is_taken_back_is_renewed_once_and_the_request_repeated() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        wire.send(LOOK)
        secrets.put("token", "access-0")
        wire.send(LOOK)
    assert [each.path for each in here.asked][-3:] == ["/patients", "/auth/refresh", "/patients"]


def test_where_there_is_no_call_to_refresh_none_is_made_and_a_person_is_asked() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock, refresh=False))
        wire.send(LOOK)
        clock.wait(hours=1)
        with pytest.raises(PersonNeeded) as needed:
            wire.send(LOOK)
    assert (needed.value.said.code, "code" in needed.value.said.message) == ("mfa", True)
    assert "/auth/refresh" not in [each.path for each in here.asked]
    assert hospital.logins == 1


def test_a_new_code_signs_in_again() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock, refresh=False))
        wire.send(LOOK)
        clock.wait(hours=1)
        secrets.put("mfa_code", "222222")
        wire.send(LOOK)
    assert hospital.logins == 2


def test_refused_credentials_are_not_tried_again() -> None:
    secrets, clock, hospital = person("999999"), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        for _time in range(3):
            with pytest.raises(PersonNeeded):
                wire.send(LOOK)
    assert hospital.logins == 1


def test_an_account_with_no_second_factor_signs_in_again_by_itself() -> None:
    secrets, clock, hospital = person(None), Watch(), Hospital(refresh=False)
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        hospital.broken = 1
        with pytest.raises(Unsent):
            wire.send(LOOK)
        wire.send(LOOK)
        clock.wait(hours=1)
        wire.send(LOOK)
    assert hospital.logins == 3
    assert "mfa_code" not in here.asked[0].json


def test_a_code_whose_answer_was_lost_is_not_sent_a_second_time() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    hospital.broken = 1
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        with pytest.raises(Unsent):
            wire.send(LOOK)
        with pytest.raises(PersonNeeded):
            wire.send(LOOK)
    assert hospital.logins == 1


def test_with_no_connection_the_code_is_still_good_afterwards() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        pass
    with pytest.raises(Exception, match="Unsent"):
        wire_to(here, jwt(secrets, clock)).send(LOOK)
    with serving(hospital) as here:
        wire_to(here, jwt(secrets, clock)).send(LOOK)
    assert hospital.logins == 1


def test_a_renewal_that_fails_does_not_throw_away_a_token_that_is_still_good() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        wire.send(LOOK)
        clock.wait(seconds=3560)
        hospital.refresh = False
        wire.send(LOOK)
        assert here.asked[-1].headers["Authorization"] == "Bearer access-1"


def test_many_threads_renew_once() -> None:
    secrets, clock, hospital = person(), Watch(), Hospital()
    with serving(hospital) as here:
        wire = wire_to(here, jwt(secrets, clock))
        wire.send(LOOK)
        hospital._tokens()  # theirs moved on: every token of ours is refused from here on
        secrets.put("refresh_token", "refresh-2")
        threads = [threading.Thread(target=wire.send, args=(LOOK,)) for _each in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    assert [each.path for each in here.asked].count("/auth/refresh") == 1


def test_client_credentials_need_no_person_and_send_a_form() -> None:
    secrets, clock, hospital = Drawer(client_id="c", client_secret="right"), Watch(), Hospital()
    token = Call("POST /oauth/token", "POST", "/oauth/token")
    with serving(hospital) as here:
        wire = wire_to(here, ClientCredentials(secrets, clock, token=lambda: token, scope="read:patients"))
        wire.send(LOOK)
        clock.wait(hours=2)
        wire.send(LOOK)
    assert hospital.given == 2
    assert here.asked[0].form == {
        "grant_type": "client_credentials", "client_id": "c", "client_secret": "right", "scope": "read:patients",
    }  # fmt: skip


def test_a_refused_client_is_told_in_words() -> None:
    secrets, hospital = Drawer(client_id="c", client_secret="wrong"), Hospital()
    token = Call("POST /oauth/token", "POST", "/oauth/token")
    with serving(hospital) as here, pytest.raises(PersonNeeded) as needed:
        wire_to(here, ClientCredentials(secrets, Watch(), token=lambda: token)).send(LOOK)
    assert "scopes" in needed.value.said.message
    assert "wrong" not in repr(needed.value) + str(vars(needed.value.call))


@pytest.mark.parametrize(
    ("sign_in", "header"),
    [(Bearer(Drawer(token="t")), "Bearer t"), (ApiKey(Drawer(api_key="k")), "ApiKey k")],
)
def test_a_token_or_a_key_that_somebody_gave_is_used_as_it_is(sign_in: ApiKey, header: str) -> None:
    with serving(lambda _asked: REFUSED) as here, pytest.raises(SignInNeeded):
        wire_to(here, sign_in).send(LOOK)
    assert [each.headers["Authorization"] for each in here.asked] == [header]


@pytest.mark.parametrize("token", ["", "a\r\nX-Other: b", "a b", "ключ"])
def test_a_token_that_no_header_holds_is_not_sent(token: str) -> None:
    with serving(lambda _asked: (200, {})) as here, pytest.raises(PersonNeeded):
        wire_to(here, Bearer(Drawer(token=token))).send(LOOK)
    assert here.asked == []


@pytest.mark.parametrize("body", [None, [], "x", {"data": {"tokens": {}}}, {"access_token": ""}, {"data": {"data": 1}}])
def test_an_answer_with_no_token_is_read_as_none(body: Any) -> None:
    assert read_tokens(body) is None


@pytest.mark.parametrize(
    ("sign_in", "lasting"),
    [
        (Bearer(Drawer(token="ended")), True),
        (ApiKey(Drawer(api_key="ended")), True),
        (ApiKey(Drawer()), False),
        (Jwt(Drawer(username="u", password="no", token="ended"), Watch(), login=lambda: LOGIN), False),
        (
            ClientCredentials(
                Drawer(client_id="c", client_secret="no"), Watch(), token=lambda: Call("T", "POST", "/oauth/token")
            ),
            False,
        ),
    ],
)
def test_only_a_token_or_key_that_does_not_end_may_be_tried_again_as_it_is(sign_in: Any, lasting: bool) -> None:
    with serving(Hospital()) as here, pytest.raises(SignInNeeded) as asked:
        wire_to(here, sign_in).send(LOOK)
    assert asked.value.lasting is lasting


def refusing(status: int, code: str) -> Any:
    """A system that refuses every sign-in as OAuth 2.0 words it (RFC 6749, 5.2)."""
    return lambda _asked: (status, {"error": code, "error_description": "no"})


OAUTH = {"login": lambda: LOGIN, "token": lambda: Call("T", "POST", "/oauth/token", signed=False)}


@pytest.mark.parametrize(
    ("status", "code", "words", "kept"),
    [
        (401, "invalid_client", "client id", "alive"),
        (400, "invalid_client", "client id", "alive"),
        (400, "invalid_grant", "browser", None),
        (400, "unauthorized_client", "browser", None),
    ],
)
def test_a_consent_that_has_ended_and_a_client_that_is_not_known_are_told_apart(
    status: int, code: str, words: str, kept: str | None
) -> None:
    secrets = Drawer(client_id="c", client_secret="s", refresh_token="alive")
    with serving(refusing(status, code)) as here, pytest.raises(PersonNeeded) as needed:
        wire_to(here, AuthorizationCode(secrets, Watch(), token=OAUTH["token"])).send(LOOK)
    assert words in needed.value.said.message
    assert secrets.get("refresh_token") == kept


@pytest.mark.parametrize(("status", "code"), [(401, "invalid_client"), (400, "invalid_grant"), (400, "invalid_scope")])
def test_a_sign_in_that_is_refused_as_oauth_words_it_is_for_a_person_and_is_not_tried_for_ever(
    status: int, code: str
) -> None:
    client = ClientCredentials(Drawer(client_id="c", client_secret="old"), Watch(), token=OAUTH["token"])
    person = Jwt(Drawer(username="u", password="old"), Watch(), login=OAUTH["login"])
    for sign_in in (client, person):
        with serving(refusing(status, code)) as here:
            wire = wire_to(here, sign_in)
            with pytest.raises(PersonNeeded):
                wire.send(LOOK)
            assert [one.path for one in here.asked if one.path == "/patients"] == []


def test_a_token_that_has_ended_is_renewed_where_it_is_said_as_oauth_words_it() -> None:
    hospital = Hospital()

    def reply(asked: Asked) -> tuple[int, Any]:
        status, body = hospital(asked)
        return (status, body) if status != 401 else (401, {"error": "invalid_token"})

    secrets = Drawer(client_id="c", client_secret="right", token="ended")
    with serving(reply) as here:
        assert wire_to(here, ClientCredentials(secrets, Watch(), token=OAUTH["token"])).send(LOOK).status == 200


@pytest.mark.parametrize(
    ("status", "code"), [(404, "Not Found"), (409, "invalid_grant"), (403, "x"), (400, "x"), (401, "x")]
)
def test_of_a_record_such_words_say_nothing(status: int, code: str) -> None:
    with serving(refusing(status, code)) as here, pytest.raises(Garbled):
        wire_to(here, Bearer(Drawer(token="t"))).send(LOOK)


@pytest.mark.parametrize("status", [404, 409, 422, 500])
def test_what_becomes_of_signing_in_says_nothing_of_what_was_to_be_sent(status: int) -> None:
    def reply(asked: Asked) -> tuple[int, Any]:
        assert asked.path != "/payments"
        return status, {"error": {"code": "X", "message": "not today"}}

    login = Call("POST /login", "POST", "/login", signed=False)
    with serving(reply) as here:
        wire = wire_to(here, Jwt(Drawer(username="u", password="p"), Watch(), login=lambda: login))
        with pytest.raises(Outcome) as found:
            wire.send(Call("POST /payments", "POST", "/payments", body={"amount": 1}))
    assert isinstance(found.value, (Unsent, SignInNeeded)), found.value
    assert found.value.call.endpoint == ("POST /payments" if status != 422 else "POST /login")


def test_an_answer_that_drips_in_for_ever_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.transport.wire.LONGEST_ANSWER_SECONDS", 3.0)
    seconds = iter(range(10**6))

    class Dripping(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b" "

    wire = Wire(
        "https://there.example", Bearer(Drawer(token="t")), OpenGate(), their_error,
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, stream=Dripping())),
        steady=lambda: float(next(seconds)),
    )  # fmt: skip
    with pytest.raises(Unanswered):
        wire.send(Call("GET /p", "GET", "/p"))
