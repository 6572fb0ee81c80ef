"""Faults on demand: which request fares badly, and how. The same rules serve sockets and a simulator."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args

from sync.sandbox.outcomes import Kind
from sync.sandbox.wire import Request

KINDS: tuple[str, ...] = get_args(Kind)
OF_REQUESTS = frozenset(kind for kind in KINDS if not kind.startswith(("hook_", "socket_")))


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault: of what kind, which requests it may meet, and how often.

    ``path`` is a beginning of the path, or a part of it between stars; ``after`` lets so many matching requests pass
    first; ``times`` is how often it fires (0: without end); ``chance`` is drawn from the seed. ``options`` belong to
    the kind: ``seconds``, ``status``, ``headers``, ``text``, ``table``, ``ident``, ``changes``, ``other``, ``field``,
    ``value``, ``by`` (``insert`` for a page that shifts down), ``before`` (a proxy's page in place of the request).
    """

    kind: Kind
    system: str = ""
    method: str = ""
    path: str = ""
    after: int = 0
    times: int = 1
    chance: float = 1.0
    options: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, system: str, request: Request) -> bool:
        """Whether a request is one that this fault may meet."""
        if self.system not in {"", "all", system} or self.method not in {"", request.method}:
            return False
        if self.path.startswith("*"):
            return self.path.strip("*") in request.path
        return request.path.startswith(self.path)


class Faults:
    """The rules, and how often each has met a request and has fired."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules: list[Rule] = []
        self._met: list[int] = []
        self._fired: list[int] = []
        self.fired: dict[str, int] = {}
        for rule in rules:
            self.add(rule)

    @property
    def any(self) -> bool:
        """Whether there is any rule."""
        return bool(self._rules)

    def add(self, rule: Rule) -> None:
        """One more rule, after the others."""
        self._rules.append(rule)
        self._met.append(0)
        self._fired.append(0)

    def clear(self) -> None:
        """No rule any more; what has fired stays counted."""
        self._rules, self._met, self._fired = [], [], []

    def choose(self, system: str, request: Request, draw: float, among: frozenset[str] = OF_REQUESTS) -> list[Rule]:
        """The rules of some kinds that fire for this, in their order; ``draw`` is a number from 0 up to 1."""
        chosen = []
        for number, rule in enumerate(self._rules):
            if (
                rule.kind not in among
                or not rule.fits(system, request)
                or (rule.times and self._fired[number] >= rule.times)
            ):
                continue
            self._met[number] += 1
            # Each rule looks at another part of the same draw, so that two rules do not fire hand in hand.
            if self._met[number] <= rule.after or (draw * (number * 7919 + 1)) % 1.0 >= rule.chance:
                continue
            self._fired[number] += 1
            self.fired[rule.kind] = self.fired.get(rule.kind, 0) + 1
            chosen.append(rule)
        return chosen


def read_rules(path: Path) -> list[Rule]:
    """Read rules from a JSON file: a list of objects with the fields of a rule."""
    return rules_of(json.loads(path.read_text(encoding="utf-8")))


def rules_of(document: object) -> list[Rule]:
    """Make rules from read JSON; what is not a field of a rule is one of its options. Raises ValueError."""
    if isinstance(document, dict):
        document = document.get("faults", [document])
    if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
        raise ValueError("faults are a list of objects")
    known = {one.name for one in fields(Rule)}
    rules = []
    for one in document:
        if one.get("kind") not in KINDS:
            raise ValueError(f"no fault is called {one.get('kind')!r}; there are {', '.join(KINDS)}")
        options = {**one.get("options", {}), **{name: value for name, value in one.items() if name not in known}}
        given = {name: value for name, value in one.items() if name in known and name != "options"}
        rule = Rule(**given, options=options)
        if not all(isinstance(word, str) for word in (rule.system, rule.method, rule.path)):
            raise ValueError("system, method and path of a fault are words")
        if not all(type(number) is int for number in (rule.after, rule.times)) or type(rule.chance) not in {int, float}:
            raise ValueError("after, times and chance of a fault are numbers")
        rules.append(rule)
    return rules
