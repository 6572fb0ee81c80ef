"""A clinic with one patient, a paired device of each kind, and a count of how often the database was asked."""

import base64
import functools
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event, func, select

from clinic_desktop.agent.api import LocalApi
from clinic_desktop.agent.local_api.book import FOLLOWS, LOOK_SECONDS
from clinic_desktop.agent.local_api.changes import Changes
from clinic_desktop.agent.local_api.limits import Pace
from clinic_desktop.agent.local_api.rules import Rule, Rules
from clinic_desktop.agent.local_api.security import Guard
from clinic_desktop.cli import demo
from clinic_desktop.domain.pairing import KINDS
from clinic_desktop.services import pairing
from clinic_desktop.services.clinic import open_with_key
from clinic_desktop.store.engine import Glance
from tests.listening import made

GRACE = {"family_name": "Otieno", "given_names": "Grace", "born_on": "1986-01-05"}
FAST = Pace(1e9, 1e9)


class Api:
    """The server, its clinic and its devices."""

    def __init__(self, folder: Path) -> None:
        self.home = made(folder)
        self.clinic = open_with_key(self.home.profile, self.home.key, process="agent")
        self.admin = self.clinic.sign_in("administrator", demo.PASSPHRASE)
        self.told: list[dict[str, object]] = []
        self.local = LocalApi(0, self.told.append, self.home.profile)
        self.pace(FAST)
        self.port = self.local.start()
        self.local.opened(self.clinic)
        self.url = f"http://127.0.0.1:{self.port}"
        self.devices: dict[str, str] = {}
        self.tokens = {kind: self.pair(kind) for kind in KINDS}
        self.gone = self.pair("monitor", "Gone")
        pairing.revoke_device(self.admin, self.devices["Gone"])
        time.sleep(2 * LOOK_SECONDS)
        self.line = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self.asked = 0
        for engine in (self.clinic.store._readers, self.clinic.store._writer):
            event.listen(engine, "checkout", self._count)
        # The glances past the pool, and the looks at whether anything moved.
        self.looked = 0
        self._counted: list[tuple[type, str, Any]] = [(Glance, "read", Glance.read), (Changes, "of", Changes.of)]
        Glance.read = self._counting("asked", Glance.read)  # type: ignore[method-assign]
        Changes.of = self._counting("looked", Changes.of)  # type: ignore[method-assign]

    @property
    def guard(self) -> Guard:
        return self.local._app

    @property
    def rules(self) -> tuple[Rule, ...]:
        rules: Rules = self.guard._rules
        return rules.all

    def pace(self, pace: Pace) -> None:
        self.guard._devices._pace = self.guard._strangers._pace = pace

    def pair(self, kind: str, name: str = "") -> str:
        token = pairing.new_token()
        self.devices[name or kind] = pairing.pair_device(self.admin, kind, name or kind.title(), token).id
        return token

    def ask(self, method: str, path: str, kind: str = "", body: object = None, **headers: str) -> httpx.Response:
        if kind:
            headers = {"Authorization": f"Bearer {self.tokens[kind]}", **headers}
        return (
            self.line.request(method, path, headers=headers, json=body)
            if body is not None
            else self.line.request(method, path, headers=headers)
        )

    def post(self, path: str, kind: str, body: object, key: str = "") -> httpx.Response:
        return self.ask("POST", path, kind, body, **({"Idempotency-Key": key} if key else {}))

    @property
    def grace(self) -> dict[str, str]:
        return {"number": self.home.mrn, **GRACE}

    def count(self, table: Any) -> int:
        with self.clinic.store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def rows(self, table: Any) -> list[Any]:
        with self.clinic.store.read() as connection:
            return list(connection.execute(select(table)).all())

    def close(self) -> None:
        self.line.close()
        self.local.stop()
        for owner, name, plain in self._counted:
            setattr(owner, name, plain)
        self.clinic.close()

    def _count(self, *_: object) -> None:
        self.asked += 1

    @property
    def statements(self) -> int:
        """Every statement but those of the thread that follows the devices by itself, whoever asks or not."""
        return self.asked + self.looked

    def _counting(self, what: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(plain)
        def counted(*given: Any, **named: Any) -> Any:
            if threading.current_thread().name != FOLLOWS:
                setattr(self, what, getattr(self, what) + 1)
            return plain(*given, **named)

        return counted


def body_of(path: str, api: Api) -> dict[str, object]:
    """A body that the route would take."""
    paper = base64.b64encode(b"Dear colleague").decode()
    bodies: dict[str, dict[str, object]] = {
        "/v1/pair": {"code": "AAAA-AAAA"},
        "/v1/vitals": {"patient": api.grace, "values": {"pressure": "120/80"}},
        "/v1/vitals/openmhealth": {
            "patient": api.grace, "data_points": [{"heart_rate": {"value": 60, "unit": "beats/min"}}],
        },
        "/v1/results": {"patient": api.grace, "results": [{"code": "2345-7", "value": "98", "unit": "mg/dL"}]},
        "/v1/scans": {"content": "]C10112345"},
        "/v1/prints/{id}/take": {},
        "/v1/prints/{id}/end": {},
        "/v1/documents": {"patient": api.grace, "kind": "letter", "title": "Letter", "content": paper},
    }  # fmt: skip
    return bodies.get(path, {})


def events(text: str) -> list[object]:
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
