"""The rules that leave a step out or ask for it: versioned data in a small vocabulary, read over frozen facts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from clinic_desktop.domain.consultation import NEVER_SKIPPED, STEPS, Facts, State

EFFECTS = ("require", "skip", "not_applicable", "block")
_STATE = {
    "skip": State.SKIPPED_BY_RULE,
    "not_applicable": State.NOT_APPLICABLE,
    "block": State.BLOCKED,
    "require": State.NOT_STARTED,
}
_FACTS = frozenset(each.name for each in fields(Facts))
_TESTS = frozenset({"is", "in", "below", "at_least", "mentions", "known"})


class RulesError(ValueError):
    """The rules file says something this vocabulary has no word for."""


@dataclass(frozen=True)
class Rule:
    """One rule: when its condition holds, its step is skipped, required, blocked or does not apply."""

    id: str
    step: str
    effect: str
    when: Mapping[str, Any]
    reason: str
    source: str


@dataclass(frozen=True)
class RuleBook:
    """All rules under one version, which is kept with every step they decided."""

    version: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one step; `reason` is a template filled with `facts`."""

    state: State
    rule: str
    version: str
    reason: str
    facts: Mapping[str, object]

    @property
    def text(self) -> str:
        """The reason in English."""
        return self.reason.format(**self.facts)


def read_rules(text: str) -> RuleBook:
    """Read the rules file and check every word of it."""
    raw = json.loads(text)
    rules = tuple(
        Rule(each["id"], each["step"], each["effect"], each["when"], each["reason"], each["source"])
        for each in raw["rules"]
    )
    if len({rule.id for rule in rules}) != len(rules):
        raise RulesError("two rules have one id")
    for rule in rules:
        if rule.step not in STEPS or rule.effect not in EFFECTS:
            raise RulesError(f"{rule.id}: no such step or effect")
        if rule.effect != "require" and rule.step in NEVER_SKIPPED:
            raise RulesError(f"{rule.id}: this step is never left out")
        _check(rule.id, rule.when)
        if not set(re.findall(r"\{(\w+)\}", rule.reason)) <= _FACTS:
            raise RulesError(f"{rule.id}: the reason names a fact nobody knows")
    return RuleBook(str(raw["version"]), rules)


def holds(condition: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a condition holds; a comparison with something not known never does."""
    if "all" in condition:
        return all(holds(each, facts) for each in condition["all"])
    if "any" in condition:
        return any(holds(each, facts) for each in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], facts)
    value = getattr(facts, condition["fact"])
    if "known" in condition:
        return (value is not None) is condition["known"]
    return value is not None and _compares(condition, value)


def _compares(condition: Mapping[str, Any], value: Any) -> bool:
    if "is" in condition:
        return bool(value == condition["is"])
    if "in" in condition:
        return value in condition["in"]
    if "below" in condition:
        return bool(value < condition["below"])
    if "at_least" in condition:
        return bool(value >= condition["at_least"])
    return any(re.search(rf"\b{re.escape(word)}", value.casefold()) for word in condition["mentions"])


def evaluate(book: RuleBook, facts: Facts) -> dict[str, Verdict]:
    """What the rules say of each step: `require` outweighs all, then `not_applicable`, `block`, `skip`."""
    weight = {"require": 3, "not_applicable": 2, "block": 1, "skip": 0}
    heaviest: dict[str, Rule] = {}
    for rule in book.rules:
        if holds(rule.when, facts):
            present = heaviest.get(rule.step)
            if present is None or weight[rule.effect] > weight[present.effect]:
                heaviest[rule.step] = rule
    known = {name: getattr(facts, name) for name in _FACTS}
    return {
        step: Verdict(
            _STATE[rule.effect],
            rule.id,
            book.version,
            rule.reason,
            {name: _told(name, known[name]) for name in re.findall(r"\{(\w+)\}", rule.reason)},
        )
        for step, rule in heaviest.items()
    }


def _told(name: str, value: object) -> object:
    """A fact as a reason names it: whole hours of what is not an hour old are none."""
    return "less than 1" if name.endswith("_hours") and value == 0 else value


def _check(rule: str, condition: Mapping[str, Any]) -> None:
    for word in ("all", "any"):
        if word in condition:
            for each in condition[word]:
                _check(rule, each)
            return
    if "not" in condition:
        _check(rule, condition["not"])
        return
    if condition.get("fact") not in _FACTS or len(condition.keys() & _TESTS) != 1:
        raise RulesError(f"{rule}: a condition is one known fact and one test of it")
