"""The stages of sync are said each once, when they begin, and that nothing more can be done once all have ended."""

import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from clinic_desktop.cli.sync_stages import LOOK_SECONDS, Stages
from clinic_desktop.clock import new_id
from clinic_desktop.exchange.database import Database
from clinic_desktop.store.engine import Store
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Kept, Sweep, Work


def test_each_stage_is_said_once_when_it_begins(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    systems = (SimpleNamespace(system="healify", title="Healify", state="on"),)
    database = Database(cast("Any", SimpleNamespace(store=store)))
    said: list[str] = []
    office = cast("Any", SimpleNamespace(reading=database.read, systems=systems))
    stages = Stages(said.append)
    now = [time.monotonic()]
    monkeypatch.setattr("clinic_desktop.cli.sync_stages.time.monotonic", lambda: now[0])

    def look(*rows: object, gone: bool = False) -> list[str]:
        with store.write(act=new_id(), session=None) as unit:
            for row in rows:
                Rows(unit).put(row)
            if gone:
                Rows(unit).remove(Work, system="healify")
                Rows(unit).remove(Sweep, system="healify")
        said.clear()
        now[0] += 2 * LOOK_SECONDS
        stages.look(office)
        return list(said)

    assert look() == [], "before anything has begun nothing has ended"
    waits = [Work("healify", "patient", f"p{n}", state="waiting") for n in range(3)]
    assert look(*waits) == ["Healify: telling it: 3 wait"]
    assert stages.waiting(office) == " (Healify: 3 wait)"
    assert look() == []
    assert look(Sweep(1, "healify", "lab_order", "all")) == ["Healify: looking through its list (lab order)"]
    held = Kept("healify", "paused", "sign in")
    assert look(held, Sweep(2, "healify", "patient", "all")) == [], "what is held is not told, and not looked through"
    assert look(Kept("healify", "paused", "")) == ["Healify: looking through its list (patient)"]
    assert look(gone=True) == ["Healify: nothing more can be done now"]
    assert (look(), stages.waiting(office)) == ([], "")
