"""A documented system in the same process, with a clock that stands until it is moved, and somebody signed in."""

from typing import Any
from urllib.parse import urlencode

from sync.sandbox.catalogue import SYSTEMS
from sync.sandbox.faults import Faults, Rule
from sync.sandbox.gate import Gate
from sync.sandbox.knobs import Knobs
from sync.sandbox.outcomes import Outcome
from sync.sandbox.people import People
from sync.sandbox.wire import Request, Response, encoded
from sync.sandbox.world import World, moment

HCR = "/api/v1/healthcare-records"
START = "2025-01-15T14:30:00Z"


class Desk:
    """Somebody who asks one system."""

    def __init__(
        self, name: str, *rules: Rule, at: str = START, samples: bool = True, seed: int = 1, **knobs: Any
    ) -> None:
        self.now = moment(at) or 0.0
        self.system = SYSTEMS[name](World(lambda: self.now, seed), Knobs(**knobs), samples=samples)
        self.faults = Faults(rules)
        self.gate = Gate(self.system, self.faults)
        self.people = People(self.system)
        self.has = self.system.credentials()
        self.headers: dict[str, str] = {}

    def sign_in(self, role: str = "") -> "Desk":
        """As a doctor or a program; as ``admin``, ``patient`` or ``researcher`` where the system has them."""
        name = self.system.name
        if name == "arocord_hims":
            self._arocord(role)
        elif name == "hms_enterprise":
            self.bearer(self.ask("POST", "/auth/token", self.has).json()["access_token"])
        elif name == "practice_studio":
            self.bearer(self.form("/oauth/token", grant_type="client_credentials").json()["access_token"])
        else:
            self.bearer(self.has[f"{role}_token" if role else "token"])
        return self

    def _arocord(self, role: str) -> None:
        if role == "patient":
            given = {"email": self.has["portal_email"], "password": self.has["password"]}
            answer = self.ask("POST", "/v1/patient-portal/login", given)
        else:
            name = self.has["admin_username" if role == "admin" else "username"]
            answer = self.ask("POST", "/v1/auth/login", {**self.has, "username": name})
        self.bearer(answer.json()["data"]["tokens"]["access_token"])

    def bearer(self, token: str) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}

    def form(self, path: str, **fields: str) -> Response:
        """A form, with the client's name and secret unless others are given."""
        client = {name: self.has[name] for name in ("client_id", "client_secret")}
        body = urlencode({**client, **fields}).encode()
        return self.system.handle(Request.of("POST", path, {}, body, self.now))

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Response:
        """One request to the system itself."""
        return self.system.handle(self.request(method, path, body, headers))

    def through(self, method: str, path: str, body: Any = None) -> Outcome:
        """One request through the faults."""
        return self.gate.ask(self.request(method, path, body))

    def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Request:
        sent = b"" if body is None else body if isinstance(body, bytes) else encoded(body)
        return Request.of(method, path, {**self.headers, **(headers or {})}, sent, self.now)
