"""Nothing reaches a route but what may: refused before the database is asked, whatever the route."""

import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from clinic_desktop.agent.local_api import server
from clinic_desktop.agent.local_api.app import SUBJECTS
from clinic_desktop.agent.local_api.book import LOOK_SECONDS
from clinic_desktop.agent.local_api.context import ApiContext
from clinic_desktop.agent.local_api.limits import Buckets, Pace
from clinic_desktop.agent.local_api.problems import TYPE
from clinic_desktop.agent.local_api.rules import Rule
from clinic_desktop.clock import SystemClock
from clinic_desktop.domain.pairing import KINDS
from clinic_desktop.services import pairing
from clinic_desktop.services.letterbox import Letterbox
from tests.unit.agent.local_api.api_case import FAST, Api, body_of

RULES = [rule for subject, _make in SUBJECTS for rule in subject]
EACH = pytest.mark.parametrize("rule", RULES, ids=[f"{rule.method} {rule.path}" for rule in RULES])
# What a device measured or holds is kept for later; what is for the window, the queue or the printer now is not.
SEALED = {"/v1/vitals", "/v1/vitals/openmhealth", "/v1/results", "/v1/documents"}
SCOPED = [rule for rule in RULES if rule.scope is not None]
EACH_SCOPED = pytest.mark.parametrize("rule", SCOPED, ids=[f"{rule.method} {rule.path}" for rule in SCOPED])


def other(scope: str) -> str:
    return next(kind for kind, known in KINDS.items() if scope not in known.scopes)


def refused(api: Api, rule: Rule, kind: str, status: int, headers: dict[str, str]) -> None:
    """Ask in every detail as the route wants it, but for these headers."""
    path = rule.path.replace("{number}", api.home.mrn)
    sent = {"Authorization": f"Bearer {api.tokens[kind]}"} if kind else {}
    sent |= {"Content-Type": "application/json"} | headers
    sent = {name: value for name, value in sent.items() if value}
    content = None if rule.method == "GET" else httpx.Request("POST", "http://x", json=body_of(rule.path, api)).content
    before = api.statements
    answer = api.line.request(rule.method, path, headers=sent, content=content)
    assert answer.status_code == status, (rule, headers, answer.text)
    assert answer.headers["content-type"] == TYPE
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert api.statements == before


def holder(rule: Rule) -> str:
    return next((kind for kind, known in KINDS.items() if rule.scope in known.scopes), "")


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    context = ApiContext(SystemClock(), lambda _: None)
    known = {("GET", "/v1/openapi.json")}
    for _rules, make in SUBJECTS:
        for route in make(context).routes:
            known |= {(method, str(getattr(route, "path", ""))) for method in getattr(route, "methods", ()) or ()}
    assert {(rule.method, rule.path) for rule in RULES} == {one for one in known if one[0] != "HEAD"}
    assert len(RULES) == len({(rule.method, rule.path) for rule in RULES})


@EACH
def test_another_host_another_origin_another_site_and_a_preflight_are_refused(api: Api, rule: Rule) -> None:
    kind = holder(rule) if rule.scope else ""
    for host in (
        "evil.example",
        *(f"{name}:{api.port}" for name in ("localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost")),
        *("127.0.0.1", f"127.0.0.1:{api.port + 1}", f"0.0.0.0:{api.port}"),
    ):
        refused(api, rule, kind, 421, {"Host": host})
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{api.port}"):
        refused(api, rule, kind, 403, {"Origin": origin})
    for site in ("cross-site", "same-site", "anything"):
        refused(api, rule, kind, 403, {"Sec-Fetch-Site": site})
    before = api.statements
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": rule.method}
    answer = api.line.options(rule.path, headers=asked)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert api.line.options(rule.path).status_code == 405
    assert api.statements == before


@EACH_SCOPED
def test_no_token_a_wrong_one_a_revoked_one_and_one_of_another_scope_are_refused(api: Api, rule: Rule) -> None:
    assert rule.scope
    for token in ("", "Bearer", "Bearer wrong", "Basic YTpi", f"Bearer {api.gone}", "Bearer " + "x" * 500,
                  f"Bearer {api.tokens[holder(rule)]}x", f"Token {api.tokens[holder(rule)]}"):  # fmt: skip
        refused(api, rule, "", 401, {"Authorization": token})
    if rule.scope != "status":
        refused(api, rule, other(rule.scope), 403, {})


@EACH
def test_only_json_and_only_where_a_body_belongs(api: Api, rule: Rule) -> None:
    kind = holder(rule) if rule.scope else ""
    if rule.method == "GET":
        path, sent = rule.path.replace("{number}", "x"), {"Authorization": f"Bearer {api.tokens.get(kind, 'none')}"}
        before = api.statements
        assert api.line.request("GET", path, headers=sent, content=b"{}").status_code == 400
        assert api.statements == before
        return
    for wrong in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "",
                  "application/json; charset=latin-1", "application/jsonx", "text/json"):  # fmt: skip
        refused(api, rule, kind, 415, {"Content-Type": wrong})


def test_a_body_that_is_too_large_is_refused_however_it_is_sent(api: Api) -> None:
    before = api.statements
    headers = {"Authorization": f"Bearer {api.tokens['monitor']}", "Content-Type": "application/json"}
    assert api.line.post("/v1/vitals", headers=headers, content=b" " * 70_000).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    assert api.line.post("/v1/vitals", headers=headers, content=endless()).status_code == 413
    assert api.statements == before


def test_two_hosts_no_host_and_another_address_in_the_first_line_are_refused(api: Api) -> None:
    before = api.statements
    own = f"Host: 127.0.0.1:{api.port}"
    for head in (
        f"GET /v1/health HTTP/1.1\r\n{own}\r\nHost: evil.example",
        "GET /v1/health HTTP/1.1",
        "GET /v1/health HTTP/1.0",
        "GET http://evil.example/v1/health HTTP/1.1\r\nHost: evil.example",
        f"GET http://evil.example/v1/health HTTP/1.1\r\n{own}",
        f"GET //evil/v1/health HTTP/1.1\r\n{own}",
        f"CONNECT evil.example:443 HTTP/1.1\r\n{own}",
        f"GET /v1/../v1/health HTTP/1.1\r\n{own}",
    ):
        answer = said(api, f"{head}\r\nConnection: close\r\n\r\n".encode())
        assert answer.split(b" ", 2)[1] in {b"400", b"403", b"404", b"405", b"421"}, (head, answer)
    assert api.statements == before


def said(api: Api, data: bytes, patience: float = 10) -> bytes:
    with socket.create_connection(("127.0.0.1", api.port), patience) as line:
        line.sendall(data)
        held = b""
        while got := line.recv(65536):
            held += got
        return held


def test_whoever_says_only_half_is_ended_in_time_and_stands_in_nobodys_way(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_SECONDS", 0.4)
    began = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", api.port), 10) for _ in range(20)]
    for one in slow:
        one.sendall(b"GET /v1/health HTTP/1.1\r\nHost: 127")
    assert api.ask("GET", "/v1/health").status_code == 200
    for one in slow:
        with one:
            assert one.recv(100) == b""
    assert time.monotonic() - began < 8


def test_a_body_that_never_ends_is_answered_in_time(api: Api) -> None:
    rule = next(rule for rule in api.rules if rule.path == "/v1/scans")
    object.__setattr__(rule, "seconds", 0.4)
    try:
        head = (
            f"POST /v1/scans HTTP/1.1\r\nHost: 127.0.0.1:{api.port}\r\n"
            f"Authorization: Bearer {api.tokens['scanner']}\r\n"
            "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"
        )
        before = api.statements
        assert said(api, head.encode()).startswith(b"HTTP/1.1 408")
        assert api.statements == before
    finally:
        object.__setattr__(rule, "seconds", 30.0)


def test_too_many_connections_are_closed_and_the_first_go_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 8)
    assert api.ask("GET", "/v1/health").status_code == 200
    many = [socket.create_connection(("127.0.0.1", api.port), 10) for _ in range(20)]
    time.sleep(0.2)
    assert api.ask("GET", "/v1/health").status_code == 200
    for one in many:
        one.close()


def test_strangers_are_slowed_down_and_paired_devices_are_not_for_them(api: Api) -> None:
    api.pace(Pace(3, 0.001))
    try:
        api.guard._strangers._held.clear()
        tried = [api.ask("GET", "/v1/status", Authorization="Bearer wrong").status_code for _ in range(5)]
        assert tried == [401, 401, 401, 429, 429]
        assert api.ask("GET", "/v1/status", "monitor").status_code == 200
        told = [api.ask("GET", "/v1/status", "kiosk") for _ in range(5)]
        assert [one.status_code for one in told] == [200, 200, 200, 429, 429]
        assert int(told[-1].headers["retry-after"]) > 0
    finally:
        api.pace(FAST)


def test_a_bucket_fills_again_and_no_more_than_so_many_are_remembered() -> None:
    now = [0.0]
    buckets = Buckets(Pace(2, 1), lambda: now[0])
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 1.0]
    now[0] = 1.5
    assert buckets.wait("a") == 0
    assert buckets.wait("a") == pytest.approx(0.5)
    for n in range(5000):
        buckets.wait(str(n))
    assert len(buckets._held) <= 1024


def test_a_token_holds_from_its_pairing_on_and_no_longer_than_its_revocation(api: Api) -> None:
    token = api.pair("monitor", "Short")
    sent = {"Authorization": f"Bearer {token}"}
    assert api.line.get("/v1/status", headers=sent).json()["name"] == "Short"
    body = body_of("/v1/vitals", api)
    assert api.line.post("/v1/vitals", headers=sent, json=body).status_code == 201
    pairing.revoke_device(api.admin, api.devices["Short"])
    # In the moment before the guard knows, the service refuses; after it, the guard does.
    assert api.line.post("/v1/vitals", headers=sent, json=body).status_code in {401, 422}
    time.sleep(3 * LOOK_SECONDS)
    assert api.line.post("/v1/vitals", headers=sent, json=body).status_code == 401


def test_without_a_key_what_may_wait_is_sealed_and_everything_else_is_told_to_come_again(api: Api) -> None:
    api.local.closed()
    box = Letterbox(api.home.profile)
    try:
        assert api.ask("GET", "/v1/health").json()["status"] == "locked"
        before = api.statements
        for rule in api.rules:
            kind = holder(rule) if rule.scope else ""
            path = rule.path.replace("{number}", "x")
            answer = api.ask(rule.method, path, kind, None if rule.method == "GET" else body_of(rule.path, api))
            if rule.sealed:
                assert (answer.status_code, answer.json()["state"]) == (202, "sealed"), rule
            elif rule.scope not in {None, "status"} or rule.path.startswith("/v1/hooks") or rule.path == "/v1/pair":
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "30"), rule
                assert answer.json()["detail"] == rule.closed, rule
        assert len(box.waiting()) == len(SEALED) == 4
        assert {rule.path for rule in api.rules if rule.sealed} == SEALED
        for token in ("wrong", api.gone, api.tokens["scanner"]):
            answer = api.ask("POST", "/v1/vitals", "", body_of("/v1/vitals", api), Authorization=f"Bearer {token}")
            assert answer.status_code == (403 if token == api.tokens["scanner"] else 401)
        assert api.post("/v1/vitals", "monitor", {"values": {"pressure": "1200/80"}}).status_code == 422
        assert len(box.waiting()) == 4
        assert api.statements == before
    finally:
        for sealed in box.waiting():
            sealed.unlink()
        api.local.opened(api.clinic)


def test_under_a_public_name_only_public_routes_are_there(api: Api) -> None:
    api.local.context.public_hosts = frozenset({"clinic.example"})
    try:
        for rule in RULES:
            if not rule.public:
                refused(api, rule, holder(rule) if rule.scope else "", 404, {"Host": "clinic.example"})
    finally:
        api.local.context.public_hosts = frozenset()
