"""What the API says when it says no: problem+json (RFC 9457) that names the field."""

import json
from collections.abc import Mapping, Sequence

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import _
from clinic_desktop.services.device_answers import Reused
from clinic_desktop.services.sessions import AccountChanged

TYPE = "application/problem+json"

TITLES = {
    400: "Not understood",
    401: "No valid token",
    403: "Not allowed",
    404: "Not here",
    405: "Not this method",
    408: "Too slow",
    409: "Done before with other contents",
    410: "Over",
    413: "Too large",
    415: "Not JSON",
    421: "Not this host",
    422: "Refused",
    429: "Too many requests",
    500: "A fault",
    503: "Not now",
}

# Declared for every route, so that a client knows each answer it can get.
SCHEMA = {
    "type": "object",
    "title": "Problem",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "field": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


class Problem(Exception):  # noqa: N818 - it is an answer
    """One way of saying no; `headers` go with it."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        field: str | None = None,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status, self.detail, self.field, self.errors = status, detail, field, errors
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """The answer as bytes."""
        said: dict[str, object] = {"type": "about:blank", "title": TITLES[self.status], "status": self.status}
        if self.detail:
            said["detail"] = self.detail
        if self.field is not None:
            said["field"] = self.field
        if self.errors:
            said["errors"] = [{"field": name, "message": message} for name, message in self.errors]
        return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def of_refusal(refused: Refusal, status: int = 422) -> Problem:
    """A rule that said no, in its own words; a device that was revoked a moment ago is one that lets nobody in."""
    if isinstance(refused, AccountChanged):
        return Problem(401, _(refused.message), headers={"WWW-Authenticate": 'Bearer realm="clinic"'})
    status = 409 if isinstance(refused, Reused) else status
    return Problem(status, _(refused.message).format(**refused.facts), refused.field)


def of_trouble(trouble: Trouble) -> Problem:
    """The machine in trouble: nothing was acknowledged, the sender may try again."""
    return Problem(503, _(trouble.message).format(**trouble.facts), headers={"Retry-After": "5"})


def declared(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The answers of a route beside its success, for OpenAPI."""
    always = (400, 401, 403, 405, 408, 413, 415, 421, 422, 429, 500, 503)
    return {
        status: {"description": TITLES[status], "content": {TYPE: {"schema": SCHEMA}}}
        for status in sorted({*always, *statuses})
    }
