"""A medical history that AROCORD does not show is before a person, and never stands for "no allergies"."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_deciding, sync_shown
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.store.tables.patients import patients
from sync.remotes.arocord_hims import history
from sync.sandbox.wire import Request, Response, answer
from tests.conftest import DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

AROCORD = "arocord_hims"


def unread(there: Connected) -> list[Item]:
    """Of whom a person is asked about what cannot be read."""
    return [one for one in sync_shown.waiting_items(there.desk) if one.sort == "unread"]


def test_a_history_that_is_refused_is_asked_about_until_it_is_shown(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(desk_for("administrator"), AROCORD, clock=lambda: clock.now().timestamp()) as there:
        system = there.sandbox.gates[AROCORD].system
        shows, is_refused = system.handle, [True]

        def handle(request: Request) -> Response:
            if "medical-history" in request.path and is_refused:
                error = {"code": "FORBIDDEN", "message": "no"}
                return answer(403, {"success": False, "error": error})
            return shows(request)

        monkeypatch.setattr(system, "handle", handle)
        there.connect(AROCORD)
        there.run()
        with small.store.read() as connection:
            came = select(patients.c.allergy_state).where(patients.c.id != small.patient)
            states = connection.execute(came).scalars().all()
        assert set(states) == {"not_asked"}, "whoever is there is here, too"
        items = unread(there)
        assert {one.kind for one in items} == {"patient"}
        (member,) = sync_deciding.detail(there.desk, items[0]).members
        assert history.NOT_SHOWN in member.there
        is_refused.clear()
        clock.advance(timedelta(days=2))
        there.desk = desk_for("administrator")
        sync_connecting.sync_now(there.desk)
        there.run()
        assert not unread(there)
