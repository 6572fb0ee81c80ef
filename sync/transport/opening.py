"""What a remote is opened with: where it is, who signs in, and the clock, limits and network that are handed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_hex
from time import monotonic
from urllib.parse import urlsplit

import httpx

from sync.transport.credentials import Clock, Secrets
from sync.transport.wire import Exchanged, Gate, ReadError, SignIn, Wire, require_address

# Headers by which systems say that a version of theirs ends.
ENDINGS = ("Deprecation", "Sunset", "X-API-Deprecated", "X-API-Sunset", "X-API-Version")


def _silent(_of: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Opening:
    """How to reach one system; `settings` are what an administrator set and what `check` found before, by name."""

    base: str
    secrets: Secrets = field(repr=False)
    clock: Clock
    gate: Gate
    settings: Mapping[str, str] = field(default_factory=dict)
    transport: httpx.BaseTransport | None = None
    noted: Callable[[Exchanged], None] = _silent
    heard: Callable[[Mapping[str, str]], None] = _silent
    steady: Callable[[], float] = monotonic
    new_id: Callable[[], str] | None = None

    def listening(self, endings: "Endings") -> "Opening":
        """The same, with somebody who hears what answers say of a version that ends."""
        before = self.heard

        def heard(headers: Mapping[str, str]) -> None:
            endings.hear(headers)
            before(headers)

        return replace(self, heard=heard)

    def wire(self, sign_in: SignIn, read_error: ReadError, *, base: str | None = None) -> Wire:
        """The way to the system, or to another host that is named (then with another sign-in, never its token)."""
        return Wire(
            base or self.base,
            sign_in,
            self.gate,
            read_error,
            transport=self.transport,
            noted=self.noted,
            heard=self.heard,
            steady=self.steady,
            new_id=self.new_id or made_id,
            now=self.clock.now,
        )


def made_id() -> str:
    """An id for one request, where no other source of ids is handed in."""
    return token_hex(8)


class Unsigned:
    """No sign-in: for hosts that must never see a token."""

    lasting = False

    def headers(self, _send: object) -> Mapping[str, str]:
        """Nothing."""
        return {}

    def renew(self, _send: object) -> bool:
        """Nothing to renew."""
        return False


class Endings:
    """What the answers said of a version that ends, for the administrator."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def hear(self, headers: Mapping[str, str]) -> None:
        """Keep what the headers of an answer say."""
        for name in ENDINGS:
            if (value := headers.get(name)) is not None:
                self.said[name] = value[:200]


def origin_of(base: str) -> str:
    """Scheme, host and port of an address, without its path. Raises ValueError for an address that is none."""
    parts = urlsplit(require_address(base))
    return f"{parts.scheme}://{parts.netloc}"


def same_origin(url: str, base: str) -> bool:
    """Whether two addresses are of one scheme, host and port."""
    one, other = urlsplit(url), urlsplit(base)
    try:
        return (one.scheme, one.hostname, one.port or _port(one.scheme)) == (
            other.scheme,
            other.hostname,
            other.port or _port(other.scheme),
        )
    except ValueError:
        return False


def _port(scheme: str) -> int | None:
    return {"https": 443, "http": 80}.get(scheme)
