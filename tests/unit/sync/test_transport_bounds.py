"""Whatever an answer holds, it takes no more than its room and comes to one of the outcomes."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sync.port import Kind
from sync.remotes.arocord_hims import answers as arocord
from sync.remotes.healify.client import read_error
from sync.remotes.healify.remote import open_remote as healify
from sync.remotes.hms_enterprise import answers as hms
from sync.remotes.practice_studio.remote import open_remote as practice_studio
from sync.telling.paging import total_of
from sync.transport.outcomes import Answer, Call, Garbled
from sync.transport.signin import LONGEST_SECONDS, Bearer, read_tokens
from sync.transport.wire import LARGEST_ANSWER, LARGEST_FILE, MOST_PARTS, Wire
from tests.contract.replayed import Network, opening
from tests.unit.sync.loopback import Drawer, OpenGate, their_error

ASKED = Call("GET /p", "GET", "/p")
JSON = {"Content-Type": "application/json"}


def wire(answer: Callable[[httpx.Request], httpx.Response]) -> Wire:
    transport = httpx.MockTransport(answer)
    return Wire("https://there.example", Bearer(Drawer(token="t")), OpenGate(), their_error, transport=transport)


@pytest.mark.parametrize(
    "location",
    ["https://filter.example/blocked", "about:blank", "javascript:1", "http://[::1", "http://a:999999/", "", "\x00",
     "http://" + "a" * 70_000],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_who_sends_elsewhere_is_not_followed_wherever_that_is(status: int, location: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(status, headers={"Location": location})

    with pytest.raises(Garbled):
        wire(answer).send(ASKED)
    assert asked == ["there.example"]


def test_no_cookie_is_kept() -> None:
    heads: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heads.append(request.headers.get("Cookie"))
        return httpx.Response(200, json={}, headers={"Set-Cookie": f"c{len(heads)}={'x' * 4000}; Max-Age=99999999"})

    there = wire(answer)
    for _request in range(3):
        there.send(ASKED)
    assert heads == [None] * 3


@pytest.mark.parametrize(
    ("unit", "count"),
    [
        (b"{},", MOST_PARTS),
        (b"[],", MOST_PARTS),
        (b'{"id":[]},', MOST_PARTS // 2),
        (b'"' + b"a" * 1000 + b'",', 17_000),
    ],
)
def test_an_answer_that_takes_more_memory_than_any_page_is_not_read(unit: bytes, count: int) -> None:
    content = b'{"data":[' + unit * count + unit[:-1] + b"]}"
    with pytest.raises(Garbled):
        wire(lambda _request: httpx.Response(200, content=content, headers=JSON)).send(ASKED)


def test_a_large_page_is_read_and_a_paper_may_be_larger() -> None:
    rows = [{"id": f"p{n}", "history": [{"at": "2026-03-10", "words": "x" * 500}] * 20} for n in range(500)]
    content = json.dumps({"data": rows}).encode()
    assert len(content) > LARGEST_ANSWER / 4
    large = wire(lambda _request: httpx.Response(200, content=content, headers=JSON))
    assert len(large.send(ASKED).body["data"]) == 500
    paper = Call("GET /pdf", "GET", "/pdf", file=True)
    for kind in (JSON, {"Content-Type": "application/pdf"}):
        sent = httpx.Response(200, content=b"x" * (LARGEST_ANSWER + 1), headers=kind)
        assert len(wire(lambda _request, sent=sent: sent).send(paper).content) == LARGEST_ANSWER + 1  # type: ignore[misc]
    too_much = httpx.Response(200, content=b"x" * (LARGEST_FILE + 1), headers=JSON)
    with pytest.raises(Garbled):
        wire(lambda _request: too_much).send(paper)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("3600", 3600.0), ("9" * 400, LONGEST_SECONDS), ("1e400", LONGEST_SECONDS), ("NaN", None), ("0", None),
     ("-5", None), ("-1e400", None), ("true", None), ('"3600"', None)],
)  # fmt: skip
def test_a_token_that_ends_at_no_time_is_good_until_it_is_refused(said: str, seconds: float | None) -> None:
    found = read_tokens(json.loads(f'{{"access_token": "T", "expires_in": {said}}}'))
    assert found is not None
    assert found.seconds == seconds


@pytest.mark.parametrize(
    ("said", "seconds"), [("30", 30.0), ("9" * 400, 86_400.0), ("-1e400", None), ("NaN", None), ("true", None)]
)
def test_a_wish_for_silence_is_a_day_at_the_most(said: str, seconds: float | None) -> None:
    found = read_error(429, json.loads(f'{{"error": {{"code": "X", "retry_after": {said}}}}}'), {})
    assert found is not None
    assert found.retry_after == seconds


@pytest.mark.parametrize("total", [2**64 - 1, 10**400, -5, True, "3", None])
def test_a_count_that_no_list_has_says_nothing(total: Any) -> None:
    body = {"total": total}
    answer = Answer(200, {}, body)
    assert (total_of(body), hms.total(answer), arocord.total(answer)) == (None, None, (None, None))


@pytest.mark.parametrize("total", [2**64 - 1, -5])
def test_a_list_whose_count_is_none_is_read_to_its_end_all_the_same(total: int) -> None:
    def page(_request: httpx.Request) -> httpx.Response:
        rows = [{"id": f"pat_{n}"} for n in range(100)]
        return httpx.Response(200, json={"data": rows, "patients": rows, "total": total})

    for open_remote in (healify, practice_studio):
        remote = open_remote(opening("https://there.example/v1", Network(page), {}))
        found = remote.page(Kind.PATIENT, parent=None, since=None, until=None, cursor=None)
        assert (found.total, bool(found.next)) == (None, True)
