"""What every client does with a call: queries without empty members, bodies as documented, answers as models."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from sync.records.exact import NotExact, require_sound
from sync.telling.masks import NotToBeSent
from sync.telling.shapes import Shape, require
from sync.telling.wire import Theirs
from sync.transport.outcomes import Answer, Call, Garbled, Refused, Said, misshapen

Send = Callable[[Call], Answer]
M = TypeVar("M", bound=Theirs)
Value = str | int | bool | None


class Calls:
    """The calls of one system. `endpoint` is always as the document writes it: ``GET /patients/{patient_id}``."""

    def __init__(self, send: Send, shapes: Mapping[str, Shape], prefix: str = "") -> None:
        self._send, self._shapes, self.prefix = send, shapes, prefix

    def get(
        self,
        endpoint: str,
        path: str,
        query: Mapping[str, Value] | None = None,
        *,
        file: bool = False,
        signed: bool = True,
    ) -> tuple[Call, Answer]:
        """Read something."""
        call = Call(endpoint, "GET", self.prefix + path, query=given(query or {}), file=file, signed=signed)
        return call, self._send(call)

    def write(
        self,
        endpoint: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Value] | None = None,
    ) -> tuple[Call, Answer]:
        """Change something; the body holds what the document names, or it is not sent. Raises Refused."""
        method = endpoint.partition(" ")[0]
        call = Call(endpoint, method, self.prefix + path, query=given(query or {}))
        if body is not None:
            try:
                sent = require(body, self._shapes[endpoint])
            except NotToBeSent as error:
                raise Refused(call, None, Said("not_sent", str(error))) from error
            call = Call(endpoint, method, self.prefix + path, query=call.query, body=sent)
        return call, self._send(call)


def given(query: Mapping[str, Value]) -> dict[str, str | int]:
    """The parameters that have a value; truth in lower case."""
    return {
        name: ("true" if value else "false") if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }


def read(model: type[M], exchanged: tuple[Call, Answer]) -> M:
    """The answer as a model. Raises Misshapen for what is none."""
    call, answer = exchanged
    try:
        require_sound(answer.body)
        return model.model_validate(answer.body)
    except (ValidationError, NotExact) as error:
        # Without its cause, which would hold what the answer said.
        raise misshapen(call, answer.status, answer.body) from _named(error)


def read_list(model: type[M], exchanged: tuple[Call, Answer]) -> M:
    """A page of a list as a model, each item as it came: one that nobody could keep stops none of the others.

    Whoever reads the items looks whether they are sound (`paging.page`). Raises Garbled for what is no list.
    """
    call, answer = exchanged
    if not isinstance(answer.body, dict):
        return read(model, exchanged)
    beside = {name: [] if isinstance(value, list) else value for name, value in answer.body.items()}
    read(model, (call, replace(answer, body=beside)))
    return model.model_validate(answer.body)


def read_made(model: type[M], exchanged: tuple[Call, Answer], pattern: re.Pattern[str]) -> M:
    """The answer to a create: one whose id could never be asked for again is as good as none. Raises Garbled."""
    made = read(model, exchanged)
    if pattern.fullmatch(str(getattr(made, "id", ""))) is None:
        call, answer = exchanged
        raise Garbled(call, answer.status)
    return made


def _named(error: Exception) -> ValueError:
    return ValueError(f"an answer of another shape ({type(error).__name__})")


def at(endpoint: str, pattern: re.Pattern[str], value: str) -> tuple[str, str]:
    """The endpoint, and its path with an id in its place. Raises Refused for what is none of this system's ids."""
    path = endpoint.partition(" ")[2]
    begin, end = path.index("{"), path.index("}")
    return endpoint, path[:begin] + checked(value, pattern, endpoint) + path[end + 1 :]


def checked(value: str, pattern: re.Pattern[str], endpoint: str) -> str:
    """An id as it may stand in a path. Raises Refused for what is none of this system's ids."""
    if pattern.fullmatch(value) is None:
        raise Refused(Call(endpoint, endpoint.partition(" ")[0], "/"), None, Said("not_an_id", "no id of this system"))
    return value
