"""The guard: the one outermost layer, which refuses before a body is read, a route is found or a statement runs.

Names (RFC 9110 7.2, against DNS rebinding), pages of other origins, kinds of content, sizes, paces and tokens are all
asked here; no cookie is looked at, and no header ever lets a page of another origin read an answer.
"""

import asyncio
import contextlib
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from clinic_desktop.agent.local_api.context import ApiContext, locked, unproved
from clinic_desktop.agent.local_api.limits import Buckets
from clinic_desktop.agent.local_api.problems import TYPE, Problem, of_trouble
from clinic_desktop.agent.local_api.rules import Rule, Rules
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_, _

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Headers = dict[bytes, list[bytes]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODIES = frozenset({"POST", "PUT", "PATCH"})
OWN_SITES = frozenset({b"same-origin", b"none"})
LONGEST_PATH = 1024
NEW_SECONDS, NEW_LOOKS = 0.1, 20
LONGEST_TOKEN = 200
LOOKED_AT = frozenset({
    b"host", b"origin", b"sec-fetch-site", b"authorization", b"content-type", b"content-length", b"transfer-encoding",
})  # fmt: skip
_ALWAYS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
        b" base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
)


class Guard:
    """Lets through to `app` only what may pass."""

    def __init__(self, app: App, context: ApiContext, rules: Rules) -> None:
        self._app, self._context, self._rules = app, context, rules
        self._strangers = Buckets(context.stranger_pace, time.monotonic)
        self._devices = Buckets(context.device_pace, time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        started = False

        async def answer(message: Mapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", ()), *_ALWAYS]}
            await send(message)

        try:
            rule = await self._pass(scope)
            body = await _body(receive, rule) if rule.method in BODIES else b""
            if body is None:
                return  # whoever sent it has gone
            if body and rule.scope is not None:
                _require_said_once(body)
            if rule.scope is not None:
                self._still(scope)
            scope["body"], scope["rule"] = body, rule
            await self._app(scope, _replayed(body, receive), answer)
        except Problem as problem:
            if not started:
                await _say(problem, answer)
        except Exception as error:  # noqa: BLE001 - one request never ends the others, and says nothing of the inside
            log.error("a request failed: %s", type(error).__name__)  # noqa: TRY400 - the words may carry data
            if not started:
                await _say(Problem(500), answer)

    async def _pass(self, scope: Scope) -> Rule:
        """Ask everything that needs no database; returns the rule of the route. Raises Problem."""
        headers = _looked_at(scope["headers"])
        public = self._name(headers.get(b"host", ()))
        sites = headers.get(b"sec-fetch-site", ())
        if b"origin" in headers or any(site.strip().lower() not in OWN_SITES for site in sites):
            raise Problem(403, _(N_("Pages of other sites may not speak with this clinic.")))
        path, method = str(scope["path"]), str(scope["method"])
        if not path.startswith("/") or len(path) > LONGEST_PATH:
            raise Problem(400, _(N_("This is no address of this API.")))
        rules = self._rules.at(path)
        if public:
            rules = {name: rule for name, rule in rules.items() if rule.public}
        if not rules:
            self._stranger(scope)
            raise Problem(404, _(N_("This is no address of this API.")))
        rule = rules.get(method)
        if rule is None:
            self._stranger(scope)
            raise Problem(405, headers={"Allow": ", ".join(sorted(rules))})
        if rule.scope is None:
            self._stranger(scope)
            if self._context.clinic is None and not rule.keyless:
                raise locked(rule.closed)
        else:
            await self._prove(scope, rule, headers)
        _require_json(headers, rule)
        return rule

    def _still(self, scope: Scope) -> None:
        """Ask last whether the device was not revoked a moment ago: the first look at the database. Raises Problem."""
        book = self._context.book
        try:
            if book is None or not book.holds(scope["device"]):
                raise unproved()
        except Trouble as trouble:
            raise of_trouble(trouble) from trouble

    def _name(self, hosts: Sequence[bytes]) -> bool:
        """Whether it was asked under a public name. Raises Problem where it is no name of this machine."""
        name = hosts[0].decode("latin-1").lower() if len(hosts) == 1 else ""
        if name in self._context.hosts:
            return False
        if name and name in self._context.public_hosts:
            return True
        raise Problem(421, _(N_("This machine does not speak under that name.")))

    def _stranger(self, scope: Scope) -> None:
        peer = str((scope.get("client") or ("?",))[0])
        _paced(self._strangers.wait(peer))

    async def _prove(self, scope: Scope, rule: Rule, headers: Headers) -> None:
        """Find the device of a token, and ask whether it may. Raises Problem."""
        given = headers.get(b"authorization", ())
        word, _space, token = given[0].decode("latin-1").partition(" ") if len(given) == 1 else ("", "", "")
        known = word.lower() == "bearer" and 0 < len(token) <= LONGEST_TOKEN
        book = self._context.book
        if not known or book is None:
            self._stranger(scope)
            raise unproved() if book is not None or not known else locked(rule.closed)
        device = book.find(token)
        looks = 0
        while device is None:
            # It may have been paired in this very moment; the wait is over before anybody notices. Whether all is read
            # is asked first: what is read in between is found.
            unread = book.unread() and looks < NEW_LOOKS
            device = book.find(token)
            if device is not None or not unread:
                break
            looks += 1
            await asyncio.sleep(NEW_SECONDS)
        if device is None:
            self._stranger(scope)
            raise unproved()
        _paced(self._devices.wait(device.id))
        if rule.scope not in device.scopes:
            raise Problem(403, _(N_("This device was not paired for that.")))
        scope["device"] = device


def _paced(seconds: float) -> None:
    if seconds > 0:
        raise Problem(429, headers={"Retry-After": str(math.ceil(seconds))})


def _require_json(headers: Headers, rule: Rule) -> None:
    """Bodies are JSON and no larger than the route takes; what takes no body is sent none. Raises Problem."""
    lengths = headers.get(b"content-length", ())
    length = int(lengths[0]) if len(lengths) == 1 and lengths[0].isdigit() else 0
    if rule.method not in BODIES:
        if length or b"transfer-encoding" in headers:
            raise Problem(400, _(N_("This request takes no body.")))
        return
    kinds = headers.get(b"content-type", ())
    kind, _semicolon, parameters = (
        kinds[0].decode("latin-1").lower().partition(";") if len(kinds) == 1 else ("", "", "")
    )
    if kind.strip() != "application/json" or parameters.replace(" ", "").replace('"', "") not in {"", "charset=utf-8"}:
        raise Problem(415, _(N_("Send JSON in UTF-8, and say so: Content-Type: application/json.")))
    if length > rule.limit:
        raise _too_large(rule)


def _require_said_once(body: bytes) -> None:
    """A name that stands twice in one object says two things, of which a parser hears one. Raises Problem."""

    def once(pairs: list[tuple[str, object]]) -> None:
        if len({name for name, _value in pairs}) < len(pairs):
            raise Problem(400, _(N_("The same name stands twice in one object.")))

    # What is no JSON at all the route says itself.
    with contextlib.suppress(ValueError, RecursionError):
        json.loads(body, object_pairs_hook=once)


def _too_large(rule: Rule) -> Problem:
    return Problem(413, _(N_("At most {limit} bytes are taken here.")).format(limit=rule.limit))


async def _body(receive: Receive, rule: Rule) -> bytes | None:
    """The whole body, bounded in size and time; None where the sender has gone. Raises Problem."""
    held = bytearray()
    try:
        async with asyncio.timeout(rule.seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                held += message.get("body", b"")
                if len(held) > rule.limit:
                    raise _too_large(rule)
                if not message.get("more_body"):
                    return bytes(held)
    except TimeoutError:
        raise Problem(408, headers={"Connection": "close"}) from None


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> dict[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _say(problem: Problem, send: Send) -> None:
    content = problem.body()
    headers = [(b"content-type", TYPE.encode()), (b"content-length", str(len(content)).encode())]
    headers += [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _looked_at(headers: list[tuple[bytes, bytes]]) -> Headers:
    """Every value of the headers that anything here depends on, in one walk."""
    found: Headers = {}
    for name, value in headers:
        if name in LOOKED_AT:
            found.setdefault(name, []).append(value)
    return found
