"""What can come of one request, told apart by the one question that matters: may it have been carried out?

`Unsent` and `Slowed` were not. `Refused`, `NotThere`, `Forbidden`, `Clash` and `SignInNeeded` are an answer in the
system's own words. `Unanswered`, `Garbled` and `Failed` leave it open: only looking there tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

Json = dict[str, Any]
# Nobody means to be asked again later than this: what says so is a mistake of theirs, or of somebody between.
LONGEST_SILENCE_SECONDS = 86_400.0


@dataclass(frozen=True)
class Said:
    """An error as the system words it: its code, its sentence, and the fields it names with what is wrong there."""

    code: str = ""
    message: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    retry_after: float | None = None


@dataclass(frozen=True)
class Call:
    """One request: `endpoint` is its documented name, such as ``GET /patients/{id}``; `path` has the ids filled in."""

    endpoint: str
    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Json | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool = True
    # What the answer is: JSON, or a file that is handed on as it came.
    file: bool = False

    def __repr__(self) -> str:
        return f"Call({self.endpoint})"


@dataclass(frozen=True)
class Answer:
    """What came back and was understood: 2xx with JSON (or a file, or nothing)."""

    status: int
    headers: Mapping[str, str]
    body: Any = None
    content: bytes = b""

    def __repr__(self) -> str:
        return f"Answer({self.status})"


class Outcome(Exception):  # noqa: N818 - each says what came of a request
    """Something other than an answer of 2xx. Its text names the endpoint and the status, never a value."""

    def __init__(self, call: Call, status: int | None = None, said: Said | None = None) -> None:
        super().__init__(f"{type(self).__name__} {call.endpoint}" + (f" {status}" if status else ""))
        self.call, self.status, self.said = call, status, said or Said()


def seconds_of(said: object, most: float) -> float | None:
    """How many seconds a number says, `most` at the most; None for what is no number, or no time at all."""
    if not isinstance(said, (int, float)) or isinstance(said, bool) or not said >= 0:
        return None
    return float(min(said, most))


def bounded(after: float | None) -> float | None:
    """How long they ask for silence, in seconds: a day at most; None for what is no time at all."""
    return min(after, LONGEST_SILENCE_SECONDS) if after is not None and after >= 0 else None


class Unsent(Outcome):
    """No byte of it left: no connection, no name, no valid certificate, or (then with a status) no way to sign in."""


class NoBudget(Unsent):
    """The system's documented limit leaves no room before `until` (seconds, by the clock of the budgets)."""

    def __init__(self, call: Call, until: float) -> None:
        super().__init__(call)
        self.until = until


class Slowed(Outcome):
    """429, or 503 with a time: asked to come again after `after` seconds; it was not carried out."""

    def __init__(self, call: Call, status: int, said: Said, after: float | None) -> None:
        super().__init__(call, status, said)
        self.after = bounded(after)


class Unanswered(Outcome):
    """It was sent, or may have been, and no whole answer came."""


class Garbled(Outcome):
    """An answer came that is not theirs: a proxy's page, half a body, another content type."""


class Misshapen(Garbled):
    """An answer of theirs in another shape than their document says, so that it cannot be read here.

    `print` is a digest of what it said, of which nothing else is kept.
    """

    print: str = ""


def misshapen(call: Call, status: int, body: Any) -> Misshapen:
    """Such an answer; another one has another print."""
    found = Misshapen(call, status)
    found.print = blake2b(repr(body).encode(errors="replace"), digest_size=16).hexdigest()
    return found


class Failed(Outcome):
    """5xx: it may have been carried out before they failed."""


class Refused(Outcome):
    """400, 405, 422 and the like: they will not take it as it is."""


class SignInNeeded(Outcome):
    """401 after one renewal, or nothing to sign in with: a person must.

    `lasting`: it was signed with a token or key that does not end by itself, so that the 401 may have been a mistake.
    """

    lasting = False


class Forbidden(Outcome):
    """403: hidden from us, which is not the same as gone."""


class NotThere(Outcome):
    """404 in the system's own form; anybody else's 404 is `Garbled`."""


class Clash(Outcome):
    """409: something there stands against it."""
