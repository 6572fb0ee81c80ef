"""The reads that are asked most, answered past the machinery that describes them.

FastAPI reads the signature of such a route for the OpenAPI page, and checks what stands in the address; finding the
route, solving what it depends on and writing the answer take it longer than the whole read takes here. The function
that answers is the route's own, and what it refuses is said by the same handlers.
"""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from clinic_desktop.agent.local_api.rules import Rule, shape_of

Scope = dict[str, Any]


@dataclass(frozen=True)
class _Read:
    """One route: what answers it, and what it takes from the address."""

    answer: Callable[..., Awaitable[Response]]
    route: APIRoute
    shape: re.Pattern[str]

    def taken(self, path: str) -> dict[str, Any]:
        """What the address says, checked as the route declares it. Raises RequestValidationError."""
        found = self.shape.fullmatch(path)
        values: dict[str, Any] = {}
        for field in self.route.dependant.path_params:
            given = found[field.name] if found else None
            values[field.name], errors = field.validate(given, loc=("path", field.name))
            if errors:
                raise RequestValidationError(errors)
        return values


class Direct:
    """Answers what a rule calls direct, and hands everything else to FastAPI; the guard has looked at both."""

    def __init__(self, api: FastAPI, routes: Iterable[object], rules: Iterable[Rule]) -> None:
        self._api = api
        known = {
            route.path: route for route in routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())
        }
        self._reads = {
            rule.path: _Read(known[rule.path].endpoint, known[rule.path], shape_of(rule.path))
            for rule in rules
            if rule.direct
        }

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Speak ASGI."""
        rule: Rule | None = scope.get("rule")
        if rule is None or not rule.direct:
            await self._api(scope, receive, send)
            return
        request = Request(scope)
        read = self._reads[rule.path]
        try:
            response = await read.answer(request, **read.taken(scope["path"]))
        except Exception as error:
            handler = self._handler(error)
            if handler is None:
                raise
            response = await handler(request, error)
        await response(scope, receive, send)

    def _handler(self, error: Exception) -> Any:
        """What says an error in the API's words; None for a fault, which the guard notes and answers."""
        known = self._api.exception_handlers
        return next((known[one] for one in type(error).__mro__ if one in known and one is not Exception), None)
