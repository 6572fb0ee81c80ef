"""A person signs in with their browser: authorization code with PKCE (RFC 7636) and a loopback redirect (RFC 8252).

The address that the browser is sent to holds what OAuth puts there and nothing else; the code that comes back is
exchanged by a request of its own, with a verifier that never left this program.
"""

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

from sync.transport.credentials import PersonNeeded
from sync.transport.outcomes import Answer, Call
from sync.transport.signin import Tokens, ask_token

Random = Callable[[int], bytes]
_DONE = b"<!doctype html><meta charset=utf-8><title>Clinic Desktop</title><p>You can close this page now."
_OTHER = b"<!doctype html><meta charset=utf-8><title>Clinic Desktop</title><p>This was not the sign-in that was begun."
LONGEST_WAIT = 300.0


@dataclass(frozen=True, repr=False)
class Client:
    """Who asks, and where: `authorize` is the whole address of the system's consent page."""

    client_id: str
    authorize: str
    token: Call
    scope: str = ""
    client_secret: str | None = None


class Consent:
    """One sign-in of a person: opens a port on 127.0.0.1, gives the address for the browser, waits for its return."""

    def __init__(self, client: Client, random: Random) -> None:
        self._client = client
        self._verifier = _text(random(32))
        self._state = _text(random(16))
        self._code: str | None = None
        self._denied = False
        self._came = threading.Event()
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def redirect(self) -> str:
        """Where the browser comes back to: this very machine, on a port that was free."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/callback"

    @property
    def address(self) -> str:
        """The page that the browser is to open."""
        challenge = _text(hashlib.sha256(self._verifier.encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self.redirect,
            "state": self._state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        } | ({"scope": self._client.scope} if self._client.scope else {})
        return f"{self._client.authorize}?{urlencode(asked)}"

    def tokens(self, send: Callable[[Call], Answer], wait: float = LONGEST_WAIT) -> Tokens:
        """Wait for the person, then exchange the code. Raises PersonNeeded where they did not come or did not agree."""
        if not self._came.wait(wait):
            raise PersonNeeded(self._client.token, "consent", "Nobody signed in in the browser. Try again.")
        if self._denied or self._code is None:
            raise PersonNeeded(self._client.token, "consent", "The sign-in was not agreed to in the browser.")
        form = {
            "grant_type": "authorization_code",
            "code": self._code,
            "redirect_uri": self.redirect,
            "client_id": self._client.client_id,
            "code_verifier": self._verifier,
        }
        if self._client.client_secret:
            form["client_secret"] = self._client.client_secret
        return ask_token(send, self._client.token, form)

    def _returned(self, path: str) -> bool:
        """Take what the browser brings, once, and only to the sign-in that was begun here."""
        parts = urlsplit(path)
        found = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ours = hmac.compare_digest(found.get("state", "").encode(), self._state.encode())
        if parts.path != "/callback" or not ours or self._came.is_set():
            return False
        self._code, self._denied = found.get("code"), "error" in found
        self._came.set()
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        returned = self._returned

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                good = returned(self.path)
                page = _DONE if good else _OTHER
                self.send_response(200 if good else 400)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_values: object) -> None:
                """Write nothing: the address holds the code."""

        return Handler


def _text(random: bytes) -> str:
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()
