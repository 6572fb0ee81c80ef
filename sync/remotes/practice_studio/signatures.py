"""The signature of a webhook: what is signed is told in two ways, and either may hold."""

import hashlib
import hmac
from dataclasses import dataclass

from sync.telling.notices import is_recent

HEADER = "X-PracticeStudio-Signature"


@dataclass(frozen=True)
class Proof:
    """A good signature: whether the instant of the header is part of it, and `once`, the same for the same body."""

    stamped: bool
    once: str

    def __repr__(self) -> str:
        return f"Proof({self.stamped})"


def proof(secret: str, header: str, raw: bytes, now: float) -> Proof | None:
    """The proof of a notice that bears a good signature: of its instant and its body, or of its body alone.

    A good one only says who sent it: a notice is a hint to look there, and never a truth of its own.
    """
    instant, given = _read(header)
    if not secret or not given or not is_recent(instant, now):
        return None
    stamped, bare = _mac(secret, b"%d." % (instant or 0) + raw), _mac(secret, raw)
    is_stamped = is_bare = False
    for each in given:
        is_stamped |= hmac.compare_digest(each.encode(), stamped.encode())
        is_bare |= hmac.compare_digest(each.encode(), bare.encode())
    return Proof(is_stamped, bare) if is_stamped or is_bare else None


def _mac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _read(header: str) -> tuple[int | None, list[str]]:
    instant, given = None, []
    for part in header.split(",")[:16]:
        name, _sign, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) < 16:
            instant = int(value)
        elif name == "v1":
            given.append(value)
    return instant, given
