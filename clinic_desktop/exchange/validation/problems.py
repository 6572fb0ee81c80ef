"""What is wrong with a record, and where."""

from dataclasses import dataclass
from typing import Literal

from clinic_desktop.exchange.validation.nodes import Node

Severity = Literal["error", "warning", "information"]

# Of each severity: a file with more faults than this has one fault, it is not what it says it is.
MOST = 1000
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the place as FHIRPath (or a line), how bad it is, and what it is in words."""

    path: str
    severity: Severity
    what: str

    def as_row(self) -> dict[str, str]:
        """The finding as `validate fhir` prints it."""
        return {"path": self.path, "severity": self.severity, "what": self.what}


class Findings:
    """Every finding; past `MOST` of one severity it only counts them, and those whose path has `skip` it leaves."""

    def __init__(self, skip: str | None = None) -> None:
        self.skip = skip
        self.problems: list[Problem] = []
        self._said: set[tuple[str, str]] = set()
        self._counts: dict[Severity, int] = {}

    def add(self, where: Node | str, what: str, severity: Severity = "error") -> None:
        """Note a finding; the same at the same place is noted once."""
        if self.skip is not None and self.skip in (where if isinstance(where, str) else where.path()):
            return
        count = self._counts.get(severity, 0)
        self._counts[severity] = count + 1
        if count >= MOST:
            return
        path, what = clean(where if isinstance(where, str) else where.path(), 400), clean(what, 800)
        if (path, what) in self._said:
            self._counts[severity] = count
            return
        self._said.add((path, what))
        self.problems.append(Problem(path, severity, what))

    def done(self) -> list[Problem]:
        """All findings, and how many of each severity were left out."""
        left_out = [
            Problem("", severity, f"{count - MOST} more of this severity are not listed")
            for severity, count in self._counts.items()
            if count > MOST
        ]
        return [*self.problems, *left_out]


def clean(text: str, longest: int = _LONGEST) -> str:
    """Outside text fit to be shown: what cannot be seen is spelled out, what is too long is cut."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return cut if cut.isprintable() else "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in cut)


def quoted(text: str) -> str:
    """Outside text in quotation marks."""
    return f'"{clean(text)}"'
