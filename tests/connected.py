"""A small clinic connected to the sandbox over real sockets, for tests of what people do with sync."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_connecting import name_practitioner, sync_now, try_out, turn_on, who_is_who
from clinic_desktop.services import charting
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from sync.sandbox.faults import Rule
from sync.sandbox.hms_enterprise import signing
from sync.sandbox.hosting import Sandbox
from sync.sandbox.knobs import Knobs
from sync.sandbox.people import People

UNTIL_IDLE_SECONDS = 20.0


class Connected:
    """The sandbox's systems beside a clinic."""

    def __init__(self, sandbox: Sandbox, desk: Desk) -> None:
        self.sandbox, self.desk = sandbox, desk
        self.told = {one["system"]: one for one in sandbox.addresses()}

    def secrets(self, system: str) -> dict[str, str]:
        """What the system is signed in to with."""
        has = self.told[system]["credentials"]
        return {name: str(has[name]) for name in SYSTEMS[system].signs_in_with if name in has}

    def connect(self, system: str) -> None:
        """Try it and turn it on, as the window does."""
        turn_on(self.desk, try_out(self.desk, system, self.told[system]["base_url"], self.secrets(system)))

    def connect_again(self, system: str) -> None:
        """Sign in again, as the window does: what is known of it stays."""
        turn_on(self.desk, try_out(self.desk, system, self.told[system]["base_url"], self.secrets(system)))

    def run(self, system: str | None = None) -> None:
        """Let the engine work until nothing can be done now."""
        office = PostOffice(House.of(self.desk), only=system)
        try:
            office.run(UNTIL_IDLE_SECONDS, until_idle=True)
        finally:
            office.close()

    def begin(self, system: str, *, told: bool = True) -> None:
        """Connect it, say who its first provider is here, and let everything go across: but what waits for that."""
        self.connect(system)
        self.run(system)
        doctor = next(one for one in who_is_who(self.desk, system, ask=False).staff if one.role == "doctor")
        provider = "doctor_001" if system == "arocord_hims" else self.rows(system, "providers")[0]["id"]
        name_practitioner(self.desk, system, doctor.staff_id, provider, sure=True)
        if told:
            self.run(system)

    def changed_on_both_sides(self, store: Store, doctor: Desk) -> str:
        """A medicine that came from Healify is stopped here and changed there, and set aside; its number there."""
        said = (
            "SELECT l.remote_id, l.local_id FROM sync_link l JOIN medicines_taken m ON m.id = l.local_id"
            " WHERE l.kind = 'prescription'"
        )
        with store.read() as connection:
            number, medicine = connection.exec_driver_sql(said).one()
        charting.stop_medicine(doctor, medicine, "cough")
        self.run()
        self.people("healify").edit("prescriptions", number, dosage="Take FOUR tablets every hour", status="active")
        sync_now(self.desk)
        self.run()
        return str(number)

    def people(self, system: str) -> People:
        """The other people who use a system."""
        return People(self.sandbox.gates[system].system)

    def fault(self, kind: Any, system: str, path: str, method: str = "POST", **options: Any) -> None:
        """Something goes wrong once."""
        self.sandbox.faults.add(Rule(kind, system=system, method=method, path=path, options=options))

    def rows(self, system: str, table: str) -> list[Any]:
        """The rows of a system's table."""
        return list(self.sandbox.gates[system].system.tables[table])


def signed_in_for_weeks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sign-in at HMS hold for weeks, which nobody has to renew by hand: days may pass in a test."""
    monkeypatch.setattr(signing, "ACCESS_SECONDS", 60 * 86_400.0)
    monkeypatch.setattr(signing, "REFRESH_SECONDS", 61 * 86_400.0)


@contextmanager
def connected(desk: Desk, *systems: str, clock: Callable[[], float] | None = None) -> Iterator[Connected]:
    """Start some systems of the sandbox beside a clinic."""
    knobs = dict.fromkeys(systems, Knobs(limits=False))
    sandbox = Sandbox(systems, knobs=knobs, clock=clock or time.time)
    try:
        yield Connected(sandbox, desk)
    finally:
        sandbox.close()
