"""Signing in to HMS: a pair of tokens, and no call to renew them with."""

from sync.sandbox.call import Call
from sync.sandbox.hms_enterprise import samples
from sync.sandbox.routing import Route
from sync.sandbox.sessions import Session, same, token
from sync.sandbox.shapes import Shape
from sync.sandbox.wire import Problem, Response, answer

LOGIN = Shape({"username": "text!", "password": "text!", "mfa_code": "text"})
ACCESS_SECONDS = 3600.0
REFRESH_SECONDS = 7 * 86400.0


def sign_in(call: Call) -> Response:
    """``POST /auth/token``."""
    given = call.checked(LOGIN)
    for account in samples.ACCOUNTS:
        if (
            account.name == given["username"]
            and same(given["password"], account.password)
            and same(given.get("mfa_code"), account.code)
        ):
            break
    else:
        raise Problem(401, "Invalid credentials")
    seconds = call.system.knobs.token_seconds or ACCESS_SECONDS
    may = frozenset({"read", "write"})
    return answer(
        200,
        {
            "access_token": token(call.system, Session(account.ident, may, call.now + seconds)),
            "refresh_token": token(call.system, Session(account.ident, may, call.now + REFRESH_SECONDS, "refresh")),
            "expires_in": int(seconds),
            "token_type": "Bearer",
            "scope": "read write",
        },
    )


ROUTES = (Route("POST", "/auth/token", sign_in, free=True),)
