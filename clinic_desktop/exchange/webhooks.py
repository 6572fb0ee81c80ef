"""The doors at which connected systems may say that something moved there: a reason to look, and nothing more.

Each system has a door of its own behind a path that nobody can guess; what its document says of signatures is asked
besides. Nothing of a call is kept but a digest, so that the same call is heard once in seven days.
"""

import hmac
import importlib
import logging
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from clinic_desktop.domain import systems
from clinic_desktop.domain.systems import WEBHOOK_HOST, WEBHOOKS
from clinic_desktop.exchange.database import Database
from clinic_desktop.exchange.post_office import PostOffice, in_words
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.remotes import (
    DOOR,
    House,
    Housed,
    KeptSecrets,
    RemoteSystem,
    connected,
    remote_systems,
    set_remote,
    webhook_address,
)
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Kept
from sync.remotes.arocord_hims.wire import NewWebhook
from sync.telling.hints import Hint
from sync.telling.notices import UnprovedError
from sync.transport.outcomes import Outcome

log = logging.getLogger(__name__)

Hear = Callable[[str, Hint], None]
# taken: looked at soon; again: it was heard before; unknown: an event that is not documented; refused: not proved.
Heard = Literal["taken", "again", "unknown", "refused", "nowhere", "full"]
REMEMBERED_SECONDS = 7 * 86400.0
MOST_REMEMBERED = 50_000
_SEEN = "hook:"
# What AROCORD's document lists.
EVENTS = ("appointment.created", "appointment.updated", "prescription.ready", "lab.results", "billing.invoice")
SUBSCRIBED = "webhook:subscribed"


@dataclass(frozen=True)
class Door:
    """The door of one system, while it is connected and on."""

    system: str
    host: str
    token: str = field(repr=False)


class Doors:
    """The doors of an opened clinic; may be knocked at by any thread. `hear` is told where to look."""

    def __init__(self, clinic: Housed, hear: Hear) -> None:
        self._clinic, self._hear = clinic, hear
        self._database = Database(clinic)
        self._guard = threading.Lock()
        self._doors: Mapping[str, Door] = {}
        self._seen: dict[tuple[str, str], float] = {}
        self.counts: Counter[tuple[str, Heard]] = Counter()
        self.read()
        self._remember()

    @property
    def hosts(self) -> frozenset[str]:
        """The exact public names that forward to the doors."""
        return frozenset(door.host for door in self._doors.values() if door.host)

    def read(self) -> None:
        """Look which systems have a door: after a system was connected, changed or taken away."""
        with self._clinic.store.read() as connection:
            there = [one for one in connected(connection) if one.state == "on" and one.system in WEBHOOKS]
        found = [self._door(one) for one in there]
        self._doors = {door.system: door for door in found if door is not None}

    def _door(self, one: RemoteSystem) -> Door | None:
        token = KeptSecrets(self._clinic.store, one.system).get(DOOR)
        return Door(one.system, one.settings.get(WEBHOOK_HOST, ""), token) if token else None

    def knock(self, system: str, token: str, raw: bytes, headers: Mapping[str, str]) -> Heard:
        """Hear one call. What it says is only where to look."""
        door = self._doors.get(system)
        # Asked also where there is no door, so that neither answer is sooner than the other.
        known = hmac.compare_digest(token.encode(), (door.token if door else secrets.token_urlsafe(32)).encode())
        if door is None or not known:
            return self._counted(system if door else "", "nowhere")
        now = self._clinic.store.clock.now().timestamp()
        secret = KeptSecrets(self._clinic.store, system).get("webhook_secret")
        try:
            notice = _webhook(system).heard(raw, headers, secret, now)
        except UnprovedError as error:
            log.warning("a call of %s was refused: %s", system, error)
            return self._counted(system, "refused")
        hint: Hint | None = notice.hint
        with self._guard:
            heard = self._once(system, notice.once, now)
            if heard != "taken":
                return self._counted(system, heard)
            if hint is not None and hint.remote_id:
                self._hear(system, hint)
            # After it was said on: a process that is killed in between hears the same call again.
            with self._database.write() as unit:
                Rows(unit).put(Kept(system, _SEEN + notice.once, str(now)))
            self._seen[system, notice.once] = now
        return self._counted(system, "unknown" if hint is None else "taken")

    def _once(self, system: str, once: str, now: float) -> Heard:
        if now - self._seen.get((system, once), -REMEMBERED_SECONDS) < REMEMBERED_SECONDS:
            return "again"
        if len(self._seen) >= MOST_REMEMBERED:
            self._forget(now)
        return "full" if len(self._seen) >= MOST_REMEMBERED else "taken"

    def _forget(self, now: float) -> None:
        """Forget what is older than seven days; an older call is refused for its own instant."""
        old = [key for key, at in self._seen.items() if now - at >= REMEMBERED_SECONDS]
        with self._database.write() as unit:
            for system, once in old:
                Rows(unit).remove(Kept, system=system, name=_SEEN + once)
        for key in old:
            del self._seen[key]

    def _remember(self) -> None:
        with self._database.read() as unit:
            kept = [one for system in WEBHOOKS for one in Rows(unit).find(Kept, system=system)]
        for one in kept:
            if one.name.startswith(_SEEN):
                self._seen[one.system, one.name.removeprefix(_SEEN)] = float(one.value)
        self._forget(self._clinic.store.clock.now().timestamp())

    def _counted(self, system: str, heard: Heard) -> Heard:
        self.counts[system, heard] += 1
        return heard


Asking = Callable[[Any, str, str], object]
# How each system is asked to send its events: by its remote, to an address, signed with a secret.
SUBSCRIPTIONS: dict[str, Asking] = {}


def subscription(system: str) -> Callable[[Asking], Asking]:
    """Put into the table how a system is asked for its events; of the others a person asks, as their document says."""

    def put(asking: Asking) -> Asking:
        SUBSCRIPTIONS[system] = asking
        return asking

    return put


@subscription("arocord_hims")
def _ask_arocord(remote: Any, address: str, secret: str) -> object:
    """Its document has a call that asks for events, and none that lists or ends what was asked for."""
    return remote.client.subscribe(NewWebhook(url=address, events=EVENTS, secret=secret, active=True))


def open_door(desk: Desk, system: str, host: str) -> str | None:
    """Let a system speak through a public name, and ask it to where it documents how; the address. Raises Trouble."""
    set_remote(desk, system, WEBHOOK_HOST, host)
    address = webhook_address(desk, system)
    if address is not None and system in SUBSCRIPTIONS:
        subscribe(desk, system, address)
    return address


def subscribe(desk: Desk, system: str, address: str) -> None:
    """Ask a system to send its events to an address, once. Raises Trouble in words."""
    allow(desk, "remotes.set_remote")
    kept = KeptSecrets(desk.store, system)
    secret = kept.get("webhook_secret")
    if secret is None:
        secret = secrets.token_hex(32)
        kept.put("webhook_secret", secret)
    office = PostOffice(House.of(desk), only=system)
    try:
        if _subscribed(office, system) == address:
            return
        office.engine.ask(system, "webhook", lambda remote, _there: SUBSCRIPTIONS[system](remote, address, secret))
        with Database(House.of(desk)).write() as unit:
            Rows(unit).put(Kept(system, SUBSCRIBED, address))
    except Outcome as error:
        raise in_words(system, error) from error
    finally:
        office.close()


def doors_shown(desk: Desk) -> list[dict[str, Any]]:
    """For each system that documents webhooks the address to give to it, and whether it was asked by its own call."""
    shown = []
    for one in remote_systems(desk):
        if one.system in WEBHOOKS:
            office = PostOffice(House.of(desk), only=one.system)
            try:
                subscribed = _subscribed(office, one.system)
            finally:
                office.close()
            address = webhook_address(desk, one.system)
            shown.append(
                {"system": one.system, "address": address, "subscribed": address is not None and subscribed == address}
            )
    return shown


def _subscribed(office: PostOffice, system: str) -> str | None:
    """The address that a system was asked to send its events to."""
    with office.reading() as unit:
        kept = Rows(unit).get(Kept, system, SUBSCRIBED)
    return None if kept is None else kept.value


def _webhook(system: str) -> Any:
    """How a system's calls are proved and read; imported with the first."""
    return importlib.import_module(f"sync.remotes.{systems.require_system(system).name}.webhook")
