"""An item of a list that nobody could keep is asked about where it is known here, and is noted until it is settled."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange import sync_connecting, sync_shown
from sync.sandbox.wire import Request, Response
from tests.conftest import DeskFor
from tests.connected import connected
from tests.journeys.small_clinic import Clinic

STUDIO = "practice_studio"


def spoiled(found: Response, known: str, *, and_nobodys: bool) -> Response:
    """A list in which the known record holds what no text holds, and one more is nothing at all."""
    body = json.loads(found.body)
    rows: list[Any] = body["appointments"]
    body["appointments"] = [{**row, "notes": "\0"} if row["id"] == known else row for row in rows]
    body["appointments"] += [None] * and_nobodys
    return Response(found.status, found.headers, json.dumps(body).encode())


def test_a_known_record_is_asked_about_and_a_window_of_days_settles_nothing(
    desk_for: DeskFor, clock: SetClock, small: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(desk_for("administrator"), STUDIO, clock=lambda: clock.now().timestamp()) as there:
        there.connect(STUDIO)
        there.run()
        with small.store.read() as connection:
            known = connection.execute(text("SELECT remote_id FROM sync_link WHERE kind = 'appointment'")).scalars()
            (number,) = known.all()
        system = there.sandbox.gates[STUDIO].system
        shows = system.handle

        def handle(request: Request) -> Response:
            found = shows(request)
            if not request.path.endswith("/appointments") or found.status != 200:
                return found
            return spoiled(found, number, and_nobodys="start_date" not in str(request.query))

        monkeypatch.setattr(system, "handle", handle)

        def after(**time: int) -> set[str]:
            clock.advance(timedelta(**time))
            there.desk = desk_for("administrator")
            sync_connecting.sync_now(there.desk)
            there.run()
            about = [(one.sort, one.remote_id) for one in sync_shown.waiting_items(there.desk) if one.local_id]
            assert about == [("unread", number)], "asked once, and not said to be gone"
            with small.store.read() as connection:
                found = connection.execute(text("SELECT remote_id FROM sync_quarantine")).scalars().all()
            return {one[:2] if one.startswith("?:") else one for one in found}

        noted = {number, "?:"}
        assert after(hours=26) == noted
        assert after(minutes=10) == noted
        assert after(hours=26) == noted
        assert after(hours=26) == noted


def test_what_a_list_shows_and_cannot_be_asked_for_is_set_aside_in_sight(
    desk_for: DeskFor, clock: SetClock, small: Clinic
) -> None:
    """Its id is of no form that is documented: nobody asks for it, and nobody overlooks it."""
    del small
    with connected(desk_for("administrator"), "healify", clock=lambda: clock.now().timestamp()) as there:
        there.connect("healify")
        there.run()
        theirs = {**there.rows("healify", "prescriptions")[0], "id": "rx 1/../2"}
        there.people("healify").add("prescriptions", theirs, theirs["id"])
        for _look in range(6):
            clock.advance(timedelta(minutes=3))
            sync_connecting.sync_now(there.desk)
            there.run()
        found = [(one.sort, one.kind) for one in sync_shown.waiting_items(there.desk) if one.remote_id == theirs["id"]]
    assert found == [("aside", "prescription")]
