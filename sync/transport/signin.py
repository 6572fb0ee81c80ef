"""The ways to sign in to a system: each signs the next request, and renews itself where no person is needed."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sync.transport.credentials import (
    API_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    EXPIRES,
    MFA,
    PASSWORD,
    REFRESH,
    RENEW,
    SCOPE,
    TOKEN,
    TRIED,
    USERNAME,
    Clock,
    PersonNeeded,
    Secrets,
    fingerprint,
)
from sync.transport.outcomes import (
    Answer,
    Call,
    Forbidden,
    Garbled,
    Outcome,
    Refused,
    SignInNeeded,
    Slowed,
    Unsent,
    seconds_of,
)

Send = Callable[[Call], Answer]
# A token is renewed this long before it ends (or a tenth of its life), so that none ends on its way.
EARLY_SECONDS = 60.0
LONGEST_SECONDS = 365 * 86400.0
# Why only a person can sign in: it is the client that they do not know, or no more.
CLIENT = "client"
SIGN_IN = Call("sign in", "POST", "/", signed=False)


@dataclass(frozen=True, repr=False)
class Tokens:
    """What a system gives at sign-in; the refresh token is None where it gave no new one."""

    access: str
    refresh: str | None = None
    seconds: float | None = None


def read_tokens(body: Any) -> Tokens | None:
    """Find the tokens in an answer: bare (as OAuth 2.0 has them), in ``data``, or in ``data.tokens``."""
    for _depth in range(3):
        if not isinstance(body, dict):
            return None
        access = body.get("access_token")
        if isinstance(access, str) and _is_token(access):
            refresh = body.get("refresh_token")
            # A token that has ended when it comes is none: it is good until they say that it is not.
            seconds = seconds_of(body.get("expires_in"), LONGEST_SECONDS) or None
            return Tokens(access, refresh if isinstance(refresh, str) and refresh else None, seconds)
        body = body.get("data", body.get("tokens"))
    return None


def _renewed_after(seconds: float | None) -> float | None:
    return None if seconds is None else seconds - min(EARLY_SECONDS, seconds / 10)


def _is_token(text: str) -> bool:
    """A header holds it as it is: no line break, no space, nothing outside of ASCII."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


class ApiKey:
    """The legacy key: ``Authorization: ApiKey ...``; it does not end, and nothing renews it."""

    lasting = True

    def __init__(self, secrets: Secrets, scheme: str = "ApiKey", name: str = API_KEY) -> None:
        self._secrets, self._scheme, self._name = secrets, scheme, name

    def headers(self, send: Send) -> Mapping[str, str]:  # noqa: ARG002 - it asks for nothing
        """The header with the key. Raises PersonNeeded where there is none."""
        key = self._secrets.get(self._name)
        if not key or not _is_token(key):
            raise PersonNeeded(SIGN_IN, "key", "There is no key to sign in with. Enter the one that the system gave.")
        return {"Authorization": f"{self._scheme} {key}"}

    def renew(self, send: Send) -> bool:  # noqa: ARG002 - nothing renews it
        """A key that is refused stays refused."""
        return False


class Bearer(ApiKey):
    """A token that somebody got elsewhere: how to get one is not documented, so that nothing renews it."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__(secrets, "Bearer", TOKEN)


class _Renewing:
    """Keeps an access token, renews it a little before its end, once for all threads."""

    lasting = False

    def __init__(self, secrets: Secrets, clock: Clock) -> None:
        self._secrets, self._clock = secrets, clock
        self._lock = threading.Lock()
        self._handed = threading.local()

    def headers(self, send: Send) -> Mapping[str, str]:
        """The header with a token that is still good. Raises PersonNeeded, or what came of asking for one."""
        with self._lock:
            token, now = self._secrets.get(TOKEN), self._clock.now()
            renew, ends = self._moment(RENEW), self._moment(EXPIRES)
            if token is None or (renew is not None and now >= renew):
                token = self._fresh(send, still_good=token is not None and ends is not None and now < ends)
            self._handed.token = token
            return {"Authorization": f"Bearer {token}"}

    def renew(self, send: Send) -> bool:
        """Get another token after a 401; another thread may have done so already. False: a person must sign in."""
        with self._lock:
            current = self._secrets.get(TOKEN)
            if current is not None and current != getattr(self._handed, "token", None):
                return True
            self._secrets.put(TOKEN, None)
            try:
                self._keep(self._get(send))
            except SignInNeeded:
                return False
            return True

    def _fresh(self, send: Send, *, still_good: bool) -> str:
        try:
            return self._keep(self._get(send))
        except Outcome:
            current = self._secrets.get(TOKEN)
            if still_good and current is not None:
                return current
            raise

    def _keep(self, tokens: Tokens) -> str:
        if tokens.refresh is not None:
            self._secrets.put(REFRESH, tokens.refresh)
        for name, after in ((EXPIRES, tokens.seconds), (RENEW, _renewed_after(tokens.seconds))):
            moment = None if after is None else (self._clock.now() + timedelta(seconds=after)).isoformat()
            self._secrets.put(name, moment)
        self._secrets.put(TOKEN, tokens.access)
        return tokens.access

    def _moment(self, name: str) -> datetime | None:
        text = self._secrets.get(name)
        try:
            moment = datetime.fromisoformat(text) if text else None
        except ValueError:
            return None
        return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment

    def _get(self, send: Send) -> Tokens:
        raise NotImplementedError


class Jwt(_Renewing):
    """User name, password and a code of the second factor; renewed with the refresh token where there is a call for it.

    A code is good for one try, and refused credentials are not tried again: they would lock the account.
    """

    def __init__(
        self,
        secrets: Secrets,
        clock: Clock,
        *,
        login: Callable[[], Call],
        refresh: Callable[[], Call] | None = None,
    ) -> None:
        super().__init__(secrets, clock)
        self._login, self._refresh = login, refresh

    def _get(self, send: Send) -> Tokens:
        refresh = self._secrets.get(REFRESH)
        if self._refresh is not None and refresh:
            tokens = self._renewed(send, self._refresh(), refresh)
            if tokens is not None:
                return tokens
        return self._signed_in(send)

    def _renewed(self, send: Send, call: Call, refresh: str) -> Tokens | None:
        try:
            answer = send(_with_body(call, {"refresh_token": refresh}))
        except (SignInNeeded, Refused, Forbidden):
            # It ended too, or was taken back.
            self._secrets.put(REFRESH, None)
            return None
        tokens = read_tokens(answer.body)
        if tokens is None:
            raise Garbled(call, answer.status)
        return tokens

    def _signed_in(self, send: Send) -> Tokens:
        call = self._login()
        username, password, code = (self._secrets.get(name) for name in (USERNAME, PASSWORD, MFA))
        if not username or not password:
            raise PersonNeeded(call, "credentials", "Sign in with your user name and password for this system.")
        tried = fingerprint(username, password, code)
        if self._secrets.get(TRIED) == tried:
            raise PersonNeeded(
                call, "mfa", "Sign in again: enter a new code from your authenticator (and check the password)."
            )
        # Before the first byte: a code is never sent twice, whatever happens meanwhile.
        self._secrets.put(TRIED, tried)
        body = {"username": username, "password": password} | ({"mfa_code": code} if code else {})
        try:
            answer = send(_with_body(call, body))
        except (SignInNeeded, Refused, Forbidden):
            raise PersonNeeded(
                call, "refused", "The system refused the user name, the password or the code. Enter them again."
            ) from None
        except Outcome as error:
            if code is None or isinstance(error, (Unsent, Slowed)):
                self._secrets.put(TRIED, None)
            raise
        tokens = read_tokens(answer.body)
        if tokens is None:
            raise Garbled(call, answer.status)
        if not code:
            self._secrets.put(TRIED, None)
        return tokens


class ClientCredentials(_Renewing):
    """OAuth 2.0 (RFC 6749, 4.4): the clinic's own id and secret; needs no person."""

    def __init__(self, secrets: Secrets, clock: Clock, *, token: Callable[[], Call], scope: str = "") -> None:
        super().__init__(secrets, clock)
        self._token, self._scope = token, scope

    def _get(self, send: Send) -> Tokens:
        call = self._token()
        client, secret = self._secrets.get(CLIENT_ID), self._secrets.get(CLIENT_SECRET)
        if not client or not secret:
            raise PersonNeeded(call, "credentials", "There is no client id with its secret to sign in with.")
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
        if scope := self._secrets.get(SCOPE) or self._scope:
            form["scope"] = scope
        return ask_token(send, call, form)


class AuthorizationCode(_Renewing):
    """OAuth 2.0 for a person: `pkce` got the first tokens, the refresh token renews them (RFC 6749, 6)."""

    def __init__(self, secrets: Secrets, clock: Clock, *, token: Callable[[], Call]) -> None:
        super().__init__(secrets, clock)
        self._token = token

    def take(self, tokens: Tokens) -> None:
        """Keep the tokens that a person's consent gave."""
        with self._lock:
            self._keep(tokens)

    def _get(self, send: Send) -> Tokens:
        call = self._token()
        client, refresh = self._secrets.get(CLIENT_ID), self._secrets.get(REFRESH)
        if not client or not refresh:
            raise PersonNeeded(call, "consent", "Sign in to this system in the browser once more.")
        form = {"grant_type": "refresh_token", "refresh_token": refresh, "client_id": client}
        if secret := self._secrets.get(CLIENT_SECRET):
            form["client_secret"] = secret
        try:
            return ask_token(send, call, form)
        except PersonNeeded as error:
            if error.said.code == CLIENT:
                raise  # of the consent nothing was said
            self._secrets.put(REFRESH, None)
            raise PersonNeeded(call, "consent", "Sign in to this system in the browser once more.") from None


def ask_token(send: Send, call: Call, form: Mapping[str, str]) -> Tokens:
    """Ask a token endpoint. Raises PersonNeeded where it refuses what it was given, Garbled where it gives no token."""
    try:
        answer = send(Call(call.endpoint, call.method, call.path, form=form, headers=call.headers, signed=False))
    except (SignInNeeded, Refused, Forbidden) as error:
        raise PersonNeeded(
            call,
            CLIENT if error.said.code == "invalid_client" else "refused",
            "The system refused the client id, its secret or the scopes. Enter them again.",
        ) from None
    tokens = read_tokens(answer.body)
    if tokens is None:
        raise Garbled(call, answer.status)
    return tokens


def _with_body(call: Call, body: dict[str, Any]) -> Call:
    return Call(call.endpoint, call.method, call.path, body=body, headers=call.headers, signed=False)
