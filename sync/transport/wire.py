"""The one way to a remote system: one origin, one client kept open, nobody else's proxy, no redirect followed."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx

from sync.transport.decoding import read_json
from sync.transport.ending import END, Network
from sync.transport.outcomes import (
    Answer,
    Call,
    Clash,
    Failed,
    Forbidden,
    Garbled,
    NotThere,
    Outcome,
    Refused,
    Said,
    SignInNeeded,
    Slowed,
    Unanswered,
    Unsent,
    bounded,
)
from sync.transport.redaction import guard

CONNECTIONS = 8
TIMEOUT_SECONDS = 30.0
# However slowly a request is taken, or its answer drips in: the other systems wait meanwhile.
LONGEST_ANSWER_SECONDS = 300.0
# What is handed on as it came may be a paper with pictures; of what is read here the largest page is a hundred records.
LARGEST_FILE, LARGEST_ANSWER = 64 * 1024 * 1024, 16 * 1024 * 1024
# How many objects and lists an answer is read with: an empty one is three letters there and a hundred times that here.
MOST_PARTS = 500_000
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")

S = TypeVar("S")

# Reads an error body in the system's own form; None where it is not theirs.
ReadError = Callable[[int, Any, Mapping[str, str]], Said | None]


class SignIn(Protocol):
    """How requests are signed: `headers` for the next one, `renew` once after a 401 (False: a person must sign in).

    `lasting`: by a token or key that does not end by itself, and is good for as long as the system knows it.
    """

    @property
    def lasting(self) -> bool:
        """Whether asking again with the same can do no harm, and may be answered."""
        ...

    def headers(self, send: Callable[[Call], Answer]) -> Mapping[str, str]:
        """The headers that sign the next request; may ask for a first token. Raises SignInNeeded."""
        ...

    def renew(self, send: Callable[[Call], Answer]) -> bool:
        """Get a fresh token after a 401; False where only a person can."""
        ...


class Gate(Protocol):
    """The budgets: `ask` raises NoBudget before a byte leaves; `heard` reads what the answer tells of the limits."""

    def ask(self, call: Call) -> None:
        """Take a place in every limit that covers the call, durably. Raises NoBudget."""
        ...

    def heard(self, call: Call, status: int, headers: Mapping[str, str], said: Said | None) -> None:
        """Lower the estimate where the answer says so."""
        ...


@dataclass(frozen=True)
class Exchanged:
    """What may be written down of a request: no path, no value, no header."""

    endpoint: str
    status: int | None
    seconds: float
    request_id: str
    outcome: str


class Wire:
    """Requests to one system. `base` is the address its document names; `transport` is the network (handed in)."""

    def __init__(
        self,
        base: str,
        sign_in: SignIn,
        gate: Gate,
        read_error: ReadError,
        *,
        transport: httpx.BaseTransport | None = None,
        noted: Callable[[Exchanged], None] = lambda _exchanged: None,
        heard: Callable[[Mapping[str, str]], None] = lambda _headers: None,
        timeout: float = TIMEOUT_SECONDS,
        steady: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        guard()
        self.base = require_address(base)
        self._sign_in, self._gate, self._read_error = sign_in, gate, read_error
        self._noted, self._heard, self._steady, self._new_id, self._now = noted, heard, steady, new_id, now
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        self._client = httpx.Client(
            transport=transport or Network(limits, steady),
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": "clinic-desktop"},
            # Nobody documents a cookie: what is kept would only grow.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            event_hooks={"response": [_stay]},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, call: Call) -> Answer:
        """Send one request and read the answer. Raises one of `outcomes`; a 401 is renewed and tried once again."""
        if not call.signed:
            return self._once(call, {})
        try:
            return self._once(call, self._signing(call, self._sign_in.headers))
        except SignInNeeded as error:
            if not self._signing(call, self._sign_in.renew):
                error.lasting = self._sign_in.lasting and error.status is not None
                raise
        return self._once(call, self._signing(call, self._sign_in.headers))

    def _signing(self, call: Call, sign: Callable[[Callable[[Call], Answer]], S]) -> S:
        """Sign in, or anew. Whatever becomes of that says nothing of the call, of which no byte has left."""
        try:
            return sign(self._once_unsigned)
        except (SignInNeeded, Slowed, Unsent):
            raise
        except Outcome as error:
            raise Unsent(call, error.status, error.said) from error

    def _once_unsigned(self, call: Call) -> Answer:
        return self._once(call, {})

    def _once(self, call: Call, signed: Mapping[str, str]) -> Answer:
        self._gate.ask(call)
        request_id = self._new_id()
        request = self._request(call, signed, request_id)
        begun = self._steady()
        status: int | None = None
        outcome = "answered"
        try:
            response = self._exchange(call, request)
            status = response.status_code
            return self._understood(call, response)
        except Outcome as error:
            outcome = type(error).__name__
            raise
        finally:
            self._noted(Exchanged(call.endpoint, status, self._steady() - begun, request_id, outcome))

    def _request(self, call: Call, signed: Mapping[str, str], request_id: str) -> httpx.Request:
        url = self.base + call.path
        # A path that was put together from somebody else's id must not lead to another host.
        if _origin(url) != _origin(self.base) or "/../" in f"{call.path}/" or not call.path.startswith("/"):
            raise Refused(call, None, Said("address", "this would leave the configured address"))
        content = None if call.body is None else json.dumps(call.body, ensure_ascii=False, separators=(",", ":"))
        headers = {"X-Request-ID": request_id, "X-Correlation-ID": request_id, **call.headers, **signed}
        if content is not None:
            headers["Content-Type"] = "application/json"
        return self._client.build_request(
            call.method,
            url,
            params={name: str(value) for name, value in call.query.items()},
            content=content,
            data=None if call.form is None else dict(call.form),
            headers=headers,
        )

    def _exchange(self, call: Call, request: httpx.Request) -> httpx.Response:
        end = request.extensions[END] = self._steady() + LONGEST_ANSWER_SECONDS
        try:
            response = self._client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise Unsent(call) from error
        except httpx.HTTPError as error:
            raise Unanswered(call) from error
        try:
            if "," in response.headers.get("Content-Encoding", ""):
                # Packed twice, a few bytes are more than the memory holds before any of it can be counted.
                raise Garbled(call, response.status_code)
            size, most = 0, LARGEST_FILE if call.file else LARGEST_ANSWER
            parts = []
            for part in response.iter_bytes():
                size += len(part)
                if size > most:
                    raise Garbled(call, response.status_code)
                if self._steady() > end:
                    raise Unanswered(call, response.status_code)
                parts.append(part)
            response._content = b"".join(parts)  # what `read` does, with an upper bound
        except httpx.HTTPError as error:
            late = self._steady() >= end
            raise (Unanswered if late else Garbled)(call, response.status_code) from error
        finally:
            response.close()
        return response

    def _understood(self, call: Call, response: httpx.Response) -> Answer:
        status, headers = response.status_code, response.headers
        self._heard(headers)
        body = _json(response)
        said = None if status < 400 else self._read_error(status, body, headers) or _said_of_sign_in(call, status, body)
        if status in {429, 503} and (after := self._after(said, headers)) is not None:
            # One reading of it for the limits and for whoever asked.
            said = replace(said or Said(), retry_after=after)
        elif said is not None and said.retry_after is not None:
            said = replace(said, retry_after=bounded(said.retry_after))
        self._gate.heard(call, status, headers, said)
        if 200 <= status < 300:
            if call.file:
                return Answer(status, headers, None, response.content)
            if response.content and body is None:
                raise Garbled(call, status)
            return Answer(status, headers, body, response.content)
        if 300 <= status < 400:
            raise Garbled(call, status)
        raise _outcome(call, status, said)

    def _after(self, said: Said | None, headers: Mapping[str, str]) -> float | None:
        """How long they ask for silence, within a day: in seconds, or (as HTTP allows) until a date by their clock."""
        if said is not None and (after := bounded(said.retry_after)) is not None:
            return after
        for name in ("Retry-After", "X-RateLimit-Retry-After"):
            text = headers.get(name, "").strip()
            if _SECONDS.fullmatch(text):
                return bounded(float(text))
            if (until := _date(text)) is not None:
                return bounded(max(0.0, (until - (_date(headers.get("Date", "")) or self._now())).total_seconds()))
        return None


def _outcome(call: Call, status: int, said: Said | None) -> Outcome:
    after = said.retry_after if said is not None else None
    if status == 429 or (status == 503 and after is not None):
        return Slowed(call, status, said or Said(), after)
    if status >= 500:
        return Failed(call, status, said)
    if said is None:
        return Garbled(call, status)
    kinds: dict[int, type[Outcome]] = {401: SignInNeeded, 403: Forbidden, 404: NotThere, 409: Clash}
    return kinds.get(status, Refused)(call, status, said)


def _said_of_sign_in(call: Call, status: int, body: Any) -> Said | None:
    """What is wrong with a sign-in in the words of OAuth 2.0: where a token is asked for (RFC 6749, 5.2), or of a token
    that has ended (RFC 6750, 3.1). Elsewhere such a body may be anybody's, and says nothing of a record.
    """
    code = body.get("error") if isinstance(body, dict) else None
    if not isinstance(code, str) or not code:
        return None
    asked_for_a_token = not call.signed and status in {400, 401}
    if not asked_for_a_token and (status, code) != (401, "invalid_token"):
        return None
    words = body.get("error_description")
    return Said(code, words if isinstance(words, str) else "")


def _date(text: str) -> datetime | None:
    """An HTTP date; None for anything else."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)


def _stay(response: httpx.Response) -> None:
    """Nobody is sent elsewhere, so that nothing is made of where that would be: it may be no address at all."""
    if response.is_redirect:
        response.headers.pop("Location", None)


def _json(response: httpx.Response) -> Any:
    """The body as JSON; None for what is none, or is too much, whatever the content type says.

    Some systems call it plain text: so called it is theirs where it is an object or a list.
    """
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    named = not kind or kind == "application/json" or kind.endswith("+json")
    content = response.content
    if not content or not (named or kind in {"text/json", "text/plain"}):
        return None
    if len(content) > LARGEST_ANSWER or content.count(b"{") + content.count(b"[") > MOST_PARTS:
        return None
    try:
        found = read_json(content)
    except (ValueError, RecursionError):
        return None
    return found if named or isinstance(found, (dict, list)) else None


def require_address(base: str) -> str:
    """The address without its last slash. Raises ValueError for what is not https, or http on this very machine."""
    parts = urlsplit(base)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("an address begins with https:// (http:// is for this machine alone)")
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address is a host and a path, with no name, password or question in it")
    return base.rstrip("/")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
