"""The document has three forms of each address: which one answers is found out once, and kept.

Base ``.../v1``, paths ``/api/v1/...``, links ``/v1/...``, sign-in ``/auth/token``.
"""

from collections.abc import Iterable

from sync.remotes.hms_enterprise.client import DOCUMENTED_PREFIX, TOKEN_PATH, Way
from sync.transport.outcomes import (
    Answer,
    Call,
    Clash,
    Failed,
    Forbidden,
    Garbled,
    NotThere,
    Outcome,
    Refused,
    SignInNeeded,
)

PREFIXES = (DOCUMENTED_PREFIX, "/v1", "/v1/api/v1")
TOKEN_PATHS = (TOKEN_PATH, "/v1/auth/token", "/api/v1/auth/token")


def root_of(base: str) -> str:
    """The address without the version that the document puts at its end: what all three forms begin with."""
    bare = base.rstrip("/")
    for end in ("/api/v1", "/v1"):
        if bare.endswith(end):
            return bare.removesuffix(end)
    return bare


def find_prefix(way: Way, first: str | None = None) -> str | None:
    """The form that answers a search in JSON (2xx, 401 and 403 do; 404 and somebody's page do not)."""
    for prefix in _in_order(PREFIXES, first):
        call = Call(
            "GET /api/v1/patients/search", "GET", f"{prefix}/patients/search", query={"query": "zz", "limit": 1}
        )
        try:
            answer: Answer = way.send(call)
        except (NotThere, Garbled):
            continue
        except (SignInNeeded, Forbidden):
            return prefix
        if isinstance(answer.body, dict):
            return prefix
    return None


def find_token_path(way: Way, first: str | None = None) -> str | None:
    """The address that takes a sign-in: asked with nothing in it, so that no password goes to a wrong one."""
    for path in _in_order(TOKEN_PATHS, first):
        try:
            way.send(Call("POST /auth/token", "POST", path, body={}, signed=False))
        except (SignInNeeded, Forbidden, Clash):
            return path
        except Refused as refused:
            if refused.status != 405:
                return path
        except (NotThere, Garbled):
            continue
        except Failed:
            return path
        except Outcome:
            return None
        else:
            return path
    return None


def _in_order(known: Iterable[str], first: str | None) -> list[str]:
    return list(dict.fromkeys(filter(None, (first, *known))))
