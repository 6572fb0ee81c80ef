"""A small remote system: what it holds, what was written to it and by whom, and what it counts of its limits."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sync.port import Bucket
from sync.transport.outcomes import Call
from tests.simulation.world import START

MASK = "[ENCRYPTED]"


@dataclass
class Thing:
    """One record there."""

    kind: str
    id: str
    body: dict[str, Any]
    parent: str = ""
    made_at: float = 0.0
    origin: str = ""  # the marker of ours that made it; for the checks alone
    deleted: bool = False
    deleted_at: float = 0.0
    hidden_until: float = -1.0
    writer: dict[str, tuple[str, float]] = field(default_factory=dict)  # by member: who wrote it last, and when
    shown: dict[str, Any] = field(default_factory=dict)  # by member: what we were last given
    shown_at: float = 0.0


@dataclass(frozen=True)
class Overwrite:
    """One member that a request of ours wrote over, which somebody else had written."""

    kind: str
    id: str
    member: str
    old: Any
    new: Any
    written_at: float
    sent_at: float
    shown: bool


class Server:
    """The records of one system, and its write log."""

    def __init__(self, buckets: tuple[Bucket, ...], now: Callable[[], float], *, shouts: bool = False) -> None:
        self.things: dict[str, dict[str, Thing]] = defaultdict(dict)
        self.buckets, self.now, self.shouts = buckets, now, shouts
        self.overwrites: list[Overwrite] = []
        self.sent: list[tuple[float, str, str, str, str]] = []  # at, op, kind, marker, act
        self.values: dict[tuple[str, str, str], list[Any]] = defaultdict(list)  # what we wrote: marker or id, member
        self.by_others: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
        self.wrong: list[str] = []
        self.counted: dict[str, list[float]] = defaultdict(list)
        self.last_number = 0

    def count(self, call: Call) -> None:
        """Count a request against the documented limits; more than they allow is a fault of the engine."""
        now = self.now()
        for bucket in self.buckets:
            if not bucket.covers(call):
                continue
            times = self.counted[bucket.name]
            times.append(now)
            while times and times[0] <= now - bucket.seconds:
                times.pop(0)
            if len(times) > bucket.limit:
                self.wrong.append(f"I9 {bucket.name} exceeded")

    def create(self, kind: str, body: dict[str, Any], parent: str, origin: str, who: str = "us") -> Thing:
        if who == "us" and kind != "patient" and parent not in self.things["patient"]:
            self.wrong.append(f"I8 a {kind} names a patient that is not there")
        self.last_number += 1
        thing = Thing(kind, f"{kind[:3]}_{self.last_number:05d}", {}, parent, self.now(), origin)
        self.things[kind][thing.id] = thing
        self.write(thing, body, who, self.now())
        return thing

    def write(self, thing: Thing, changes: dict[str, Any], who: str, sent_at: float) -> None:
        """Change members; what is written over of somebody else's is noted."""
        now = self.now()
        for name, value in changes.items():
            stored = self._stored(name, value)
            old = thing.body.get(name)
            if who == "other":
                self.by_others[thing.kind, thing.id, name].append(stored)
            if who == "us":
                self.values[thing.kind, thing.origin or thing.id, name].append(value)
                by, at = thing.writer.get(name, ("", 0.0))
                if old != stored and by == "other":
                    shown = thing.shown.get(name) == old
                    self.overwrites.append(Overwrite(thing.kind, thing.id, name, old, stored, at, sent_at, shown))
            if old != stored or name not in thing.writer:
                thing.writer[name] = (who, now)
            thing.body[name] = stored

    def _stored(self, name: str, value: Any) -> Any:
        if self.shouts and name == "address" and isinstance(value, dict) and isinstance(value.get("city"), str):
            return {**value, "city": value["city"].upper()}
        return value

    def live(self, kind: str) -> list[Thing]:
        return [thing for thing in self.things[kind].values() if self.shows(thing)]

    def shows(self, thing: Thing) -> bool:
        """Whether it can be seen there now."""
        return not thing.deleted and thing.hidden_until < self.now() - START
