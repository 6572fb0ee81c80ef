"""What the sign-in flows are handed: the place where secrets are kept, and the time."""

import hashlib
from datetime import datetime
from typing import Protocol

from sync.transport.outcomes import Call, Said, SignInNeeded

# The names of secrets, as they stand in the file that `remote add` reads.
TOKEN = "token"  # noqa: S105 - a name, not a secret
REFRESH = "refresh_token"
USERNAME = "username"
PASSWORD = "password"  # noqa: S105 - a name, not a secret
MFA = "mfa_code"
CLIENT_ID = "client_id"
CLIENT_SECRET = "client_secret"  # noqa: S105 - a name, not a secret
SCOPE = "scope"
API_KEY = "api_key"
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - a name, not a secret
# Kept by the flows themselves, beside the others.
EXPIRES = "token_expires"
RENEW = "token_renew"
TRIED = "tried"


class Secrets(Protocol):
    """The secrets of one system, in the encrypted database or the keyring: nowhere else are they written."""

    def get(self, name: str) -> str | None:
        """The secret of that name; None where there is none."""
        ...

    def put(self, name: str, value: str | None) -> None:
        """Keep it durably before returning; None forgets it."""
        ...


class Clock(Protocol):
    """Tells the time; the sync is handed the clinic's own."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class PersonNeeded(SignInNeeded):
    """Only a person can sign in now; `said.code` is what is missing, `said.message` says it in words."""

    def __init__(self, call: Call, code: str, message: str) -> None:
        super().__init__(_bare(call), None, Said(code, message))


def _bare(call: Call) -> Call:
    """The call by name alone: what is kept of it must not hold a password."""
    return Call(call.endpoint, call.method, call.path, signed=False)


def fingerprint(*parts: str | None) -> str:
    """What tells one set of credentials from another without being any of them."""
    return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()
