"""What uses each documented endpoint, and whether shipped code really reaches it: `python -m tests.contract.uses`.

A claim is hollow where no code outside the client calls the client's method, starting from what the engine asks of a
remote, from a sign-in, or from the product itself. The calls are read from the code, by name.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REMOTES = ROOT / "sync" / "remotes"
SYSTEMS = ("healify", "arocord_hims", "hms_enterprise", "practice_studio", "healthcare_records")
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "WS"})
# What the engine asks of a remote (`sync.port.Remote`), and what opens one.
ASKED = frozenset({
    "check", "page", "search", "read", "send", "probe", "done", "project", "adopt", "canonical", "masked",
    "open_remote", "sign_in", "close",
})  # fmt: skip
# The transport calls these of whatever signs in; nothing else does.
SIGNS_IN = frozenset({"headers", "renew"})
# The courier opens the live channel of a remote that has one.
LISTENS = ("open_live",)
CLIENT_ONLY = "client only"


@dataclass(frozen=True)
class Use:
    """One documented endpoint: what is said to use it, and whether the shipped code reaches it."""

    system: str
    endpoint: str
    said: str
    reached: bool

    @property
    def documented(self) -> bool:
        """Whether a document describes it: it is not only linked to, mentioned, or asked for in an example."""
        mentioned = self.endpoint in {"WS /v1/ws", "POST /graphql"} or self.endpoint.startswith("GET /v1/")
        return not mentioned and "stands in an example alone" not in self.said

    @property
    def claimed(self) -> bool:
        """Whether something is said to use it."""
        return not self.said.startswith(CLIENT_ONLY)


def uses() -> list[Use]:
    """Every endpoint that is told of; the 114 documented ones are `documented`."""
    return [
        Use(system, endpoint, said, endpoint in reached(system))
        for system in SYSTEMS
        for endpoint, said in told(system).items()
    ]


def told(system: str) -> Mapping[str, str]:
    """What a remote says of its endpoints."""
    found: Mapping[str, str] = import_module(f"sync.remotes.{system}.uses").USES
    return found


@cache
def reached(system: str) -> frozenset[str]:
    """The endpoints that shipped code reaches."""
    folder = REMOTES / system
    client = ast.parse((folder / "client.py").read_text(encoding="utf-8"))
    methods = {one.name: endpoints_in(one) for one in ast.walk(client) if isinstance(one, ast.FunctionDef)}
    others = [path for path in folder.rglob("*.py") if path.name not in {"client.py", "uses.py", "profile.py"}]
    functions: dict[str, list[ast.AST]] = {}
    for path in (*others, *(ROOT / "sync" / "telling").rglob("*.py")):
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(one, (ast.FunctionDef, ast.ClassDef)):
                functions.setdefault(one.name, []).append(one)
    waiting = [*ASKED, *SIGNS_IN, *LISTENS, *asked_by_the_product(system)]
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for one in functions.get(name, []):
            body = list(_of_itself(one))
            found.update(said for node in body for said in endpoints_in(node))
            waiting += [each for node in body for each in _mentioned(node)]
    found.update(endpoint for name in seen for endpoint in methods.get(name, ()) if name not in ASKED)
    return frozenset(found)


def asked_by_the_product(system: str) -> frozenset[str]:
    """The methods of the remote and its client that the product calls itself, in what is about this system."""
    found: set[str] = set()
    for path in (ROOT / "clinic_desktop" / "exchange").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for one in tree.body:
            if isinstance(one, ast.FunctionDef) and _is_about(one, system):
                found.update(
                    node.attr
                    for node in ast.walk(one)
                    if isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Attribute)
                    and node.value.attr in {"client", "remote"}
                )
    return frozenset(found)


def _is_about(one: ast.FunctionDef, system: str) -> bool:
    """Whether a function bears a decorator that names the system."""
    return any(
        isinstance(node, ast.Constant) and node.value == system
        for mark in one.decorator_list
        for node in ast.walk(mark)
    )


def _of_itself(one: ast.AST) -> Iterator[ast.AST]:
    """A function whole; of a class what is not a method, and the methods that Python calls by itself."""
    if not isinstance(one, ast.ClassDef):
        yield one
        return
    for part in one.body:
        if not isinstance(part, ast.FunctionDef) or (part.name.startswith("__") and part.name.endswith("__")):
            yield part


def _mentioned(one: ast.AST) -> Iterator[str]:
    for node in ast.walk(one):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def endpoints_in(one: ast.AST) -> set[str]:
    """The documented endpoints that a piece of code names: ``"GET /a"``, or ``"GET", "/a"``, or ``f"GET {path}"``."""
    found: set[str] = set()
    paths = [
        node.value.value
        for node in ast.walk(one)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    for node in ast.walk(one):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.partition(" ")[0] in METHODS and node.value.partition(" ")[2].startswith("/"):
                found.add(node.value)
        elif isinstance(node, ast.JoinedStr) and isinstance(start := node.values[0], ast.Constant):
            if isinstance(start.value, str) and (method := start.value.strip()) in METHODS:
                found.update(f"{method} {path}" for path in paths if path.startswith("/"))
        elif isinstance(node, ast.Call):
            words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            found.update(
                f"{method} {path}" for method, path in pairwise(words) if method in METHODS and path.startswith("/")
            )
    return found


def text() -> str:
    """All of it in lines."""
    found = uses()
    lines = [f"{one.system:<20}{one.endpoint:<62}{one.said}" for one in found]
    documented = [one for one in found if one.documented]
    used = sum(one.claimed for one in documented)
    said = f"{len(documented)} documented endpoints: {used} used, {len(documented) - used} in the client only"
    return "\n".join([*lines, said])


if __name__ == "__main__":
    sys.stdout.write(text() + "\n")
