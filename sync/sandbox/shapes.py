"""Checks a body against the fields a document names."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sync.sandbox.wire import Record
from sync.sandbox.world import moment

Known = Callable[[str, str], bool]
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")

_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "email": (str,), "date": (str,), "past": (str,), "instant": (str,), "time": (str,),
    "number": (int, float), "money": (int, float), "integer": (int,), "count": (int,), "boolean": (bool,),
    "object": (dict,), "list": (list,), "texts": (list,), "objects": (list,), "any": (object,),
}  # fmt: skip
_SAID = {"number": "a number", "integer": "an integer", "boolean": "true or false", "object": "an object"}


class Shape:
    """The fields a body may have: ``{"first_name": "text!", "gender": "in:male|female", "patient_id": "->patients!"}``.

    A ``!`` marks a field that must be there, ``in:`` the values allowed, ``->`` the table an id must stand in.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = {name: kind.removesuffix("!") for name, kind in fields.items()}
        self.needed = tuple(name for name, kind in fields.items() if kind.endswith("!"))

    def and_also(self, fields: Mapping[str, str]) -> "Shape":
        """The same with more fields, or with other kinds for some."""
        mine = {name: kind + "!" * (name in self.needed) for name, kind in self.fields.items()}
        return Shape({**mine, **fields})

    def taken(self, body: Record) -> Record:
        """What the system keeps of a body: the fields it knows."""
        return {name: value for name, value in body.items() if name in self.fields}

    def faults(self, body: Record, known: Known, today: date, *, whole: bool = True) -> list[tuple[str, str, bool]]:
        """Each fault: the field, what is wrong, and whether its form (rather than its sense) is wrong."""
        asked = self.needed if whole else [name for name in self.needed if name in body]
        found = [(name, "is required", False) for name in asked if body.get(name) in (None, "")]
        for name, value in body.items():
            kind = self.fields.get(name)
            if kind is None or value is None or (value == "" and name in self.needed):
                continue
            fault = _fault(kind, value, known, today)
            if fault:
                found.append((name, *fault))
        return found


def _fault(kind: str, value: Any, known: Known, today: date) -> tuple[str, bool] | None:
    if kind.startswith("in:"):
        options = kind[3:].split("|")
        return None if value in options else (f"must be one of {', '.join(options)}", False)
    if kind.startswith("->"):
        there = isinstance(value, str) and known(kind[2:], value)
        return None if there else ("does not exist", False)
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind not in {"boolean", "any"}):
        return f"must be {_SAID.get(kind, 'a list' if _TYPES[kind] == (list,) else 'a string')}", True
    return _sense(kind, value, today)


def _sense(kind: str, value: Any, today: date) -> tuple[str, bool] | None:
    fault: tuple[str, bool] | None = None
    if kind == "email" and value and not EMAIL.fullmatch(value):
        fault = ("Invalid email format", True)
    elif kind in {"date", "past"}:
        day = _day(value)
        if day is None:
            fault = ("must be a date (YYYY-MM-DD)", True)
        elif kind == "past" and day > today:
            fault = ("Date must be in the past", False)
    elif kind == "instant" and moment(value) is None:
        fault = ("must be an ISO 8601 instant", True)
    elif kind == "time" and not TIME.fullmatch(value):
        fault = ("must be a time (HH:MM)", True)
    elif kind in {"count", "money"} and value < 0:
        fault = ("must not be negative", False)
    elif kind == "texts" and not all(isinstance(one, str) for one in value):
        fault = ("must be a list of strings", True)
    elif kind == "objects" and not all(isinstance(one, dict) for one in value):
        fault = ("must be a list of objects", True)
    return fault


def _day(words: str) -> date | None:
    if not DATE.match(words):
        return None
    try:
        return date.fromisoformat(words[:10]) if len(words) == 10 or moment(words) is not None else None
    except ValueError:
        return None


def merged(old: Record, changes: Record, mode: str, writable: Mapping[str, str]) -> Record:
    """The record after a PUT: only what is named, deeply or by whole fields, or everything that may be written."""
    if mode.startswith("replace"):
        return {**old, **{name: changes.get(name) for name in writable}}
    if mode == "merge-deep":
        return _deep(old, changes)
    return {**old, **changes}


def _deep(old: Record, changes: Record) -> Record:
    result = dict(old)
    for name, value in changes.items():
        was = result.get(name)
        result[name] = _deep(was, value) if isinstance(was, dict) and isinstance(value, dict) else value
    return result
