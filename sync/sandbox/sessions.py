"""Who has signed in: tokens, what they allow and until when."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import ClassVar, Protocol

from sync.sandbox.wire import Problem, Request
from sync.sandbox.world import World

FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Session:
    """What a token stands for: a person or a program, its role or scopes, and its last second."""

    who: str
    may: frozenset[str] = frozenset()
    until: float = FOREVER
    kind: str = "access"
    patient: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may sign in with a password, and a code where the system asks for one."""

    name: str
    password: str
    code: str
    ident: str
    role: str


class Keeper(Protocol):
    """Whoever hands tokens out and knows them again."""

    name: ClassVar[str]
    world: World
    sessions: dict[str, Session]

    def count(self, what: str) -> int:
        """The next number of a series."""


def token(system: Keeper, session: Session) -> str:
    """A new token in the form of a JWT, kept by the system until it ends."""
    number = system.count("token")
    claims = {"sub": session.who, "kind": session.kind, "n": number, "exp": min(session.until, 2**40)}
    head = _part({"alg": "HS256", "typ": "JWT"})
    payload = _part(claims)
    key = system.world.draw(system.name, "signing key")
    mark = hmac.new(key, f"{head}.{payload}".encode(), hashlib.sha256).digest()
    made = f"{head}.{payload}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"
    system.sessions[made] = session
    return made


def bearer(system: Keeper, request: Request, now: float, scheme: str = "Bearer") -> Session:
    """The session of the Authorization header, or 401."""
    kind, _space, value = request.headers.get("authorization", "").partition(" ")
    session = system.sessions.get(value) if kind.lower() == scheme.lower() else None
    if session is None or session.kind == "refresh" or session.until <= now:
        raise Problem(401, "Authentication required", expired=session is not None)
    return session


def same(given: object, wanted: str) -> bool:
    """Whether a secret that was given is the right one."""
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _part(claims: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")
