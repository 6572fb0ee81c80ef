"""The network between: every way in which a request can go wrong, by a seed."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from sync.transport.outcomes import (
    Call,
    Failed,
    Forbidden,
    Garbled,
    Outcome,
    Said,
    SignInNeeded,
    Slowed,
    Unanswered,
    Unsent,
)
from tests.simulation.server import Server
from tests.simulation.world import Effects, VirtualClock

T = TypeVar("T")

BEFORE = (
    "no connection",
    "request lost",
    "5xx before",
    "429 with a time",
    "429 without",
    "401",
    "403",
    "proxy page before",
)
AFTER = ("answer lost", "5xx after", "half an answer", "wrong content type", "proxy page after", "twice")
LATE = ("late", "very late")
FAULTS = (*BEFORE, *AFTER, *LATE)


@dataclass
class Network:
    """One system's network. `rate` is how often something goes wrong; `allowed` is what."""

    server: Server
    clock: VirtualClock
    effects: Effects
    chance: random.Random
    rate: float = 0.1
    allowed: tuple[str, ...] = FAULTS
    latest: float = 50.0  # a late request is carried out within the quiet time, unless it is very late
    between: Callable[[], None] = lambda: None  # what other people do there meanwhile
    signed_in: bool = True
    pending: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    script: list[str] = field(default_factory=list)  # what goes wrong with the next requests that change anything
    requests: int = 0
    reads: int = 0

    def arrive(self) -> None:
        """Carry out what was under way for long and is due now."""
        due = [one for one in self.pending if one[0] <= self.clock.elapsed]
        if due:
            self.pending = [one for one in self.pending if one[0] > self.clock.elapsed]
            for _, run in due:
                # Whoever asked has long given up: what it would have answered reaches nobody.
                with suppress(Outcome):
                    run()

    def exchange(self, call: Call, run: Callable[[], T], *, changes: bool) -> T:
        """One request and its answer, or what became of it."""
        self.requests += 1
        self.reads += call.endpoint.endswith("/id") and not changes
        self.arrive()
        self.effects.reached(call.endpoint)
        self.server.count(call)
        self.clock.sleep(0.2)
        self.between()
        if not self.signed_in:
            raise SignInNeeded(call, 401, Said("UNAUTHORIZED", "sign in"))
        fault = ""
        if self.rate and self.chance.random() < self.rate:
            fault = self.chance.choice(self.allowed)
            if changes and self.chance.random() < 0.4:
                fault = self.chance.choice([one for one in (*LATE, "answer lost") if one in self.allowed])
        if changes and self.script:
            fault = self.script.pop(0)
        if not changes and fault in LATE:
            fault = "request lost"
        if fault:
            self.effects.fired[fault] += 1
            self.effects.note(fault)
        if fault in BEFORE:
            raise self._before(fault, call)
        if fault in LATE:
            wait = self.chance.uniform(1, self.latest) if fault == "late" else self.chance.uniform(130, 4000)
            self.pending.append((self.clock.elapsed + wait, run))
            self.clock.sleep(30)
            raise Unanswered(call)
        answer = run()
        if fault == "twice" and changes and not call.endpoint.startswith("POST /"):
            run()
        self.effects.reached("answer")
        if fault in AFTER and fault != "twice":
            raise self._after(fault, call)
        return answer

    def mishap(self, name: str) -> bool:
        """Whether something rarer goes wrong there."""
        if not self.rate or self.chance.random() > self.rate / 4:
            return False
        self.effects.fired[name] += 1
        return True

    def _before(self, fault: str, call: Call) -> Outcome:
        if fault == "no connection":
            return Unsent(call)
        if fault == "request lost":
            self.clock.sleep(30)
            return Unanswered(call)
        if fault == "5xx before":
            return Failed(call, 500)
        if fault == "429 with a time":
            return Slowed(call, 429, Said("RATE", "slower"), 7.0)
        if fault == "429 without":
            return Slowed(call, 429, Said(), None)
        if fault == "401":
            self.signed_in = False
            return SignInNeeded(call, 401, Said("UNAUTHORIZED", "the token has expired"))
        if fault == "403":
            return Forbidden(call, 403, Said("CONSENT_REQUIRED", "no consent"))
        return Garbled(call, 502)

    def _after(self, fault: str, call: Call) -> Outcome:
        if fault == "answer lost":
            self.clock.sleep(30)
            return Unanswered(call)
        if fault == "5xx after":
            return Failed(call, 500)
        return Garbled(call, 200)
