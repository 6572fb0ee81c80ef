"""What goes in and what comes out of a system, with no socket in sight."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# One encoder for all bodies: making one costs more than encoding a patient.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
JSON_TYPE = "application/json"

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in small letters, the path is decoded, ``at`` is when it was sent."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float = 0.0

    @classmethod
    def of(
        cls, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"", at: float = 0.0
    ) -> "Request":
        """Read a request from a URL or a request target, with headers in any case."""
        if "://" not in target and "?" not in target and "%" not in target:
            path, query = target, {}
        else:
            parts = urlsplit(target)
            path, query = unquote(parts.path), dict(parse_qsl(parts.query, keep_blank_values=True))
        small = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(method, path, query, small, body, at)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


def encoded(document: object) -> bytes:
    """The document as JSON, in UTF-8."""
    return _ENCODER.encode(document).encode()


def answer(status: int, document: object) -> Response:
    """An answer with a JSON body."""
    return Response(status, {"Content-Type": JSON_TYPE}, _ENCODER.encode(document).encode())


class Problem(Exception):  # noqa: N818 - an answer of the documents, not a fault of the program
    """A request that is refused; each system writes it in its own shape."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        fields: tuple[tuple[str, str], ...] = (),
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.fields = fields
        self.facts = facts
        self.at = 0.0
        self.request_id = ""

    def meet(self, request: Request, now: float) -> None:
        """Know which request was refused, and when."""
        self.at = now
        self.request_id = request.headers.get("x-request-id", "")

    @property
    def wait(self) -> int:
        """Seconds until it may be tried again, for a refusal of too many requests."""
        reading = self.facts.get("reading")
        return int(reading.wait if reading else self.facts.get("wait", 60))
