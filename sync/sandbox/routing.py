"""Finds who answers a method and a path."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sync.sandbox.wire import Problem, Response


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: ``answer`` is handed the call, ``budget`` names its class of limits.

    ``needs`` are roles or scopes of which one is enough; ``free`` needs no sign-in; ``optional`` is only linked,
    mentioned or in an example, and answers by a knob; ``extra`` is nowhere in the document and needed all the same.
    """

    method: str
    path: str
    answer: Callable[[Any], Response]
    budget: str = ""
    needs: tuple[str, ...] = ()
    free: bool = False
    optional: bool = False
    extra: bool = False


class Router:
    """The endpoints of one system; a path written out goes before one with a placeholder."""

    __slots__ = ("_exact", "_long", "_paths", "routes")

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._exact: dict[tuple[str, str], Route] = {}
        self._long: dict[int, list[tuple[tuple[str, ...], Route]]] = {}
        for route in self.routes:
            if "{" in route.path:
                parts = tuple(route.path.split("/"))
                self._long.setdefault(len(parts), []).append((parts, route))
            else:
                self._exact[route.method, route.path] = route
        self._paths = {route.path for route in self._exact.values() if not route.optional}

    def find(self, method: str, path: str, *, optional: bool) -> tuple[Route, dict[str, str]]:
        """The endpoint and what stood in its placeholders; refuses with 404, or 405 when only the method is wrong."""
        exact = self._exact.get((method, path))
        if exact and (optional or not exact.optional):
            return exact, {}
        parts = path.split("/")
        elsewhere = path in self._paths
        for pattern, route in self._long.get(len(parts), ()):
            if (route.optional and not optional) or not all(
                want == have or (want[:1] == "{" and have) for want, have in zip(pattern, parts, strict=True)
            ):
                continue
            if route.method == method:
                found = zip(pattern, parts, strict=True)
                return route, {want[1:-1]: have for want, have in found if want[:1] == "{"}
            elsewhere = True
        if elsewhere:
            raise Problem(405, "Method not allowed")
        raise Problem(404, "Resource not found", code="NOT_FOUND")
