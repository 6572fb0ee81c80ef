"""Webhook calls on their way: what may go wrong with them, and the one who carries them."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import get_args
from urllib.parse import urlsplit

from sync.sandbox.faults import Faults
from sync.sandbox.mail import Delivery
from sync.sandbox.outcomes import HookKind
from sync.sandbox.wire import Request, encoded
from sync.sandbox.world import World

HOOK_KINDS = frozenset(get_args(HookKind))
# This machine alone: a sandbox never calls anybody else.
NEAR = frozenset({"127.0.0.1", "localhost", "::1"})
STORM = 50
LOOK_SECONDS = 0.05
TRIES = 3


def spoilt(faults: Faults, world: World, system: str, waiting: list[Delivery], number: int) -> list[Delivery]:
    """What is really delivered of what was to be."""
    sent: list[Delivery] = []
    turned = False
    for one in waiting:
        number += 1
        event = Request("HOOK", f"/{one.event}")
        rules = faults.choose(system, event, world.chance(system, "hook", number), HOOK_KINDS)
        kinds = {rule.kind for rule in rules}
        turned = turned or "hook_reordered" in kinds
        if "hook_lost" in kinds:
            continue
        copies = 1 + ("hook_replayed" in kinds) + STORM * ("hook_storm" in kinds)
        sent += [_forged(one) if "hook_forged" in kinds else one] * copies
    return sent[::-1] if turned else sent


def _forged(one: Delivery) -> Delivery:
    """Another body under the same signature: what somebody would send who does not know the secret."""
    told = json.loads(one.body)
    told["data"] = {**told["data"], "forged": True}
    return replace(one, body=encoded(told))


class Postman:
    """Carries deliveries to addresses on this machine, in a thread of its own."""

    def __init__(self, collect: Callable[[], list[Delivery]], wait: Callable[[float], None] = time.sleep) -> None:
        self._collect = collect
        self._wait = wait
        self._going = True
        self.delivered: list[tuple[str, str, int]] = []  # event, address, status (0: nobody answered)
        self._thread = threading.Thread(target=self._walk, name="sandbox post", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Carry nothing more."""
        self._going = False
        self._thread.join(5)

    def _walk(self) -> None:
        while self._going:
            for one in self._collect():
                self._carry(one)
            self._wait(LOOK_SECONDS)

    def _carry(self, one: Delivery) -> None:
        status = 0
        for number in range(TRIES):
            status = delivered(one)
            if 0 < status < 500:
                break
            self._wait(LOOK_SECONDS * 2**number)
        self.delivered.append((one.event, one.url, status))


def delivered(one: Delivery) -> int:
    """Make one call; returns the status, 0 when nobody answered or the address is not on this machine."""
    place = urlsplit(one.url)
    if place.scheme != "http" or place.hostname not in NEAR:
        return 0
    connection = http.client.HTTPConnection(place.hostname, place.port or 80, timeout=5)
    try:
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        connection.request("POST", path, one.body, dict(one.headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
