"""Which requests there are and what each needs: the guard knows no other way in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from clinic_desktop.i18n import N_

KIB = 1024

# What is said while nobody has the key, where nothing is sealed.
AGAIN = N_("The clinic is locked. Keep what you have and send it again.")
ASK_LATER = N_("The clinic is locked. Ask again after the next sign-in.")


@dataclass(frozen=True)
class Rule:
    """One route: `scope` is what a token must say, None where none is asked for (open, or proved in another way).

    `public` routes alone are reachable under the names that an administrator lets in from outside. `keyless` routes
    work while there is no key; what is told to `sealed` ones is sealed then, and filed later; the others say why they
    do neither (`closed`), so that whoever asks comes again. `limit` is the most bytes
    of a body. A `direct` route reads and answers at once, without FastAPI's help: `direct.Direct`.
    """

    method: str
    path: str
    scope: str | None
    public: bool = False
    keyless: bool = False
    sealed: bool = False
    direct: bool = False
    closed: str = AGAIN
    limit: int = 64 * KIB
    seconds: float = 30.0


class Rules:
    """All routes, found by method and path."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.all = tuple(rules)
        self._plain: dict[str, dict[str, Rule]] = {}
        shapes: dict[str, dict[str, Rule]] = {}
        for rule in self.all:
            (shapes if "{" in rule.path else self._plain).setdefault(rule.path, {})[rule.method] = rule
        self._shaped = [(shape_of(path), methods) for path, methods in shapes.items()]

    def at(self, path: str) -> dict[str, Rule]:
        """The rules of a path by method; empty where there is no such path."""
        if (plain := self._plain.get(path)) is not None:
            return plain
        return next((methods for shape, methods in self._shaped if shape.fullmatch(path)), {})


def shape_of(path: str) -> re.Pattern[str]:
    """The addresses of a route, with what stands for each of its names."""
    return re.compile(
        "/".join(f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in path.split("/"))
    )
