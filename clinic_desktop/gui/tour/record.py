"""What the tour did, step by step, and whether every check held: written to tour.json."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Check:
    """One thing that was looked for through a second connection, or on the screen."""

    what: str
    held: bool
    found: str = ""


@dataclass
class Step:
    """One step of the tour; `keys` are those that choose and do, `typed` the letters of free text."""

    name: str
    role: str
    seconds: float = 0
    keys: int = 0
    typed: int = 0
    picture: list[str] = field(default_factory=list)
    pdf: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    error: str = ""
    seconds_to_draft: float | None = None  # from the last key to the draft as another process sees it

    def check(self, what: str, held: object, found: object = "") -> None:
        """Note whether something held."""
        self.checks.append(Check(what, bool(held), str(found) if not held else ""))


@dataclass
class Record:
    """The whole tour."""

    seed: int
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, role: str, counted: Callable[[], tuple[int, int]]) -> Iterator[Step]:
        """Time a step and count its keys."""
        step = Step(name, role)
        self.steps.append(step)
        began, (keys, typed) = time.monotonic(), counted()
        try:
            yield step
        finally:
            step.seconds = round(time.monotonic() - began, 2)
            now = counted()
            step.keys, step.typed = now[0] - keys, now[1] - typed

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return bool(self.steps) and all(
            not step.error and all(check.held for check in step.checks) for step in self.steps
        )

    def save(self, folder: Path) -> None:
        """Write tour.json."""
        body = {"ok": self.ok, "seed": self.seed, "steps": [asdict(step) for step in self.steps]}
        (folder / "tour.json").write_text(json.dumps(body, indent=1, ensure_ascii=False), encoding="utf-8")

    def problems(self) -> list[str]:
        """What did not hold, in words."""
        found = []
        for step in self.steps:
            found += [f"{step.name}: {check.what} ({check.found})" for check in step.checks if not check.held]
            if step.error:
                found.append(f"{step.name}: {step.error}")
        return found
