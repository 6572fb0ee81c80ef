"""Tells a scanner that types from a person who types: by the time between keys, what it begins and ends with. No Qt.

Every key is held for at most `gap` milliseconds. What turns out to be no scan is given back whole and in order.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Generic, Literal, TypeVar

K = TypeVar("K")

GAP_MS: Final = 30
SHORTEST: Final = 6
LONGEST: Final = 4096
ENDS: Final = {"enter": "\n", "tab": "\t", "none": ""}
SETTING: Final = "scanner"

Verdict = Literal["held", "pass"]


@dataclass(frozen=True)
class Wedge:
    """How the scanner of this workstation types; `substitutes` are characters it types for others, by those."""

    on: bool = True
    prefix: str = ""
    end: str = "enter"
    gap_ms: int = GAP_MS
    shortest: int = SHORTEST
    substitutes: Mapping[str, str] = field(default_factory=dict)  # typed -> meant

    def written(self) -> str:
        """For the settings of the workstation."""
        return json.dumps({"on": self.on, "prefix": self.prefix, "end": self.end, "gap_ms": self.gap_ms,
                           "shortest": self.shortest, "substitutes": dict(self.substitutes)})  # fmt: skip

    def meant(self, typed: str) -> str:
        """A scan with what stands for control characters put back."""
        for mark, control in self.substitutes.items():
            typed = typed.replace(mark, control)
        return typed


def wedge_of(written: str | None) -> Wedge:
    """The settings as they were written; what is not right in them is left as it comes."""
    try:
        told = json.loads(written or "{}")
        made = Wedge(
            bool(told.get("on", True)), str(told.get("prefix", ""))[:8], str(told.get("end", "enter")),
            int(told.get("gap_ms", GAP_MS)), int(told.get("shortest", SHORTEST)),
            {str(mark): str(meant) for mark, meant in dict(told.get("substitutes", {})).items() if mark},
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError):
        return Wedge()
    end = made.end if made.end in ENDS else "enter"
    return replace(made, end=end, gap_ms=min(max(made.gap_ms, 5), 200), shortest=min(max(made.shortest, 3), 40))


class Burst(Generic[K]):
    """The keys that are held: each with the text it stands for, or nothing (a release, a modifier)."""

    def __init__(self, wedge: Wedge) -> None:
        self.wedge = wedge
        self._held: list[K] = []
        self._text = ""
        self._last = 0.0
        self._slowest = 0.0

    @property
    def is_open(self) -> bool:
        """Whether any key is held."""
        return bool(self._held)

    def may_go_on(self, at_ms: float) -> bool:
        """Whether a key at this instant would still belong to what is held."""
        return self.is_open and at_ms - self._last <= self.wedge.gap_ms

    def press(self, key: K, text: str, at_ms: float) -> Verdict:
        """Take a key that stands for `text`. Call only when what was held and ended before was settled.

        The first is held where a scan may begin with it; with a prefix set, that is the prefix alone.
        """
        if not self.is_open:
            if not self._may_begin(text):
                return "pass"
        elif len(self._text) >= LONGEST:
            return "pass"
        self._held.append(key)
        self._text += text
        self._last = at_ms
        return "held"

    def beside(self, key: K) -> Verdict:
        """Take a release or a modifier: it keeps its place among what is held, and never begins anything."""
        if not self.is_open:
            return "pass"
        self._held.append(key)
        return "held"

    def settle(self) -> tuple[str, list[K]]:
        """End it: the scan, or nothing and the keys to be given back. A scan's keys come too, should nobody take it."""
        keys, text = self._held, self._text
        self._held, self._text = [], ""
        return self._scan(text), keys

    def _may_begin(self, text: str) -> bool:
        prefix = self.wedge.prefix
        if prefix:
            return text == prefix[0]
        return len(text) == 1 and text.isprintable() and not text.isspace()

    def _scan(self, text: str) -> str:
        if not text.startswith(self.wedge.prefix):
            return ""
        body = text[len(self.wedge.prefix) :]
        end = ENDS[self.wedge.end]
        if end and not body.endswith(end):
            return ""
        body = body.removesuffix(end)
        return self.wedge.meant(body) if len(body.strip()) >= self.wedge.shortest else ""
