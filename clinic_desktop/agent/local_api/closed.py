"""The API while nobody has the key: it knows who may speak by the hashes of their tokens, seals, and replays later."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic_desktop.domain.pairing import KINDS, token_hash
from clinic_desktop.services import letterbox
from clinic_desktop.services.pairing import Paired

if TYPE_CHECKING:
    from starlette.requests import Request

    from clinic_desktop.services.acts import Desk

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
LONGEST_KEY = 128
REPLAYED = "replayed_from"


class NoKey(Exception):  # noqa: N818 - it is no fault: the request waits for the key
    """A device is who it says, and nobody has the key: what it tells may be sealed."""


class ClosedBook:
    """Who may speak, as it was noted while somebody had the key: looked at again in full before anything is filed."""

    def __init__(self, noted: dict[str, tuple[str, str]]) -> None:
        self._known = {
            hashed: Paired(device, kind, "", "", KINDS[kind].scopes)
            for hashed, (device, kind) in noted.items()
            if kind in KINDS
        }

    @staticmethod
    def of(profile: Path) -> "ClosedBook | None":
        """The book of a profile; None where nothing was ever noted, so that nobody can be told from a stranger."""
        noted = letterbox.noted_tokens(profile)
        return None if noted is None else ClosedBook(noted)

    def find(self, token: str) -> Paired | None:
        """The device of a token."""
        return self._known.get(token_hash(token))

    def desk(self, device: Paired) -> "Desk":
        """Nobody acts at any desk. Raises NoKey."""
        raise NoKey(device.id)

    def at_once(self, device: Paired) -> "Desk":
        """Nor here. Raises NoKey."""
        raise NoKey(device.id)

    def moved(self, _subjects: frozenset[str]) -> int:
        """Nothing is seen to move."""
        return 0

    def unread(self) -> bool:
        """Nothing is paired while nobody has the key."""
        return False

    def holds(self, device: Paired) -> bool:
        """Whether a device was noted."""
        return any(one.id == device.id for one in self._known.values())

    def close(self) -> None:
        """There is nothing to end."""


@dataclass(frozen=True)
class Letter:
    """One request as it is sealed: with the token that is proved again, and a key, so that it is done once."""

    path: str
    token: str = field(repr=False)
    key: str
    at: str
    body: bytes = field(repr=False)

    def head(self) -> dict[str, str]:
        """All of it but the body."""
        told = asdict(self)
        del told["body"]
        return told


def letter_of(request: "Request", at: str) -> Letter:
    """A request that passed the guard and its own shape; one without a key is given one."""
    told = str(request.scope.get("told_key") or "")
    key = told if 0 < len(told) <= LONGEST_KEY else f"sealed:{secrets.token_hex(16)}"
    token = request.headers["authorization"].partition(" ")[2]
    return Letter(str(request.scope["path"]), token, key, at, bytes(request.scope["body"]))


def replayed(app: App, letter: Letter, host: str) -> int:
    """Ask the API what was sealed, as its sender did; returns the status."""
    headers = [
        (b"host", host.encode()), (b"authorization", f"Bearer {letter.token}".encode("latin-1", "replace")),
        (b"content-type", b"application/json"), (b"content-length", str(len(letter.body)).encode()),
        (b"idempotency-key", letter.key.encode("latin-1", "replace")),
    ]  # fmt: skip
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": letter.path, "raw_path": letter.path.encode(), "query_string": b"", "root_path": "",
        "headers": headers, "client": ("letterbox", 0), "server": None, REPLAYED: letter.at,
    }  # fmt: skip
    found: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": letter.body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            found.append(int(message["status"]))

    asyncio.run(_ask(app, scope, receive, send))
    return found[0] if found else 500


async def _ask(app: App, scope: dict[str, Any], receive: Any, send: Any) -> None:
    await app(scope, receive, send)
