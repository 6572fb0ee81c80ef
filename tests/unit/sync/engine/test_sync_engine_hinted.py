"""What nobody but a hint knows of is put before no person: whoever knows the address may name what they like."""

from dataclasses import replace
from typing import Any, cast

import pytest

from sync.engine.desk import Desk
from sync.engine.looking import hint
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Look, Quarantine
from sync.port import Kind, KindProfile
from sync.transport.outcomes import Call, Misshapen, Outcome, Refused
from tests.simulation.flows import Day, create

KNOWN = "pat_00001"


def refusing(came: type[Outcome], monkeypatch: pytest.MonkeyPatch) -> tuple[Day, Desk]:
    """A day whose system refuses every reading of a record from now on."""
    day = Day(10**9)
    create(day)
    day.work(200)
    desk = day.engine.offices["alpha"].desk

    def refuse(*_asked: Any, **_parent: Any) -> None:
        raise came(Call("GET /patients/{id}", "GET", "/"), 422)

    monkeypatch.setattr(desk.remote, "read", refuse)
    return day, desk


@pytest.mark.parametrize("came", [Refused, Misshapen])
def test_what_only_a_hint_names_is_let_go_and_what_is_known_is_before_a_person(
    came: type[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    day, desk = refusing(came, monkeypatch)
    with day.disk.write() as unit:
        for remote_id in (KNOWN, "no id/../1", "pat_99999"):
            hint(desk, Rows(unit), "patient", remote_id)
    day.work(900)
    with day.disk.read() as unit:
        rows = Rows(unit)
        assert [one.remote_id for one in rows.find(Quarantine)] == [KNOWN]
        assert {one.remote_id for one in rows.find(Look, why="hint")} <= {KNOWN}


@pytest.mark.parametrize("came", [Refused, Misshapen])
def test_what_no_list_shows_is_before_a_person_though_nobody_but_a_hint_knows_of_it(
    came: type[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    # HMS lists no patients: nobody will ever say again that this one is there.
    day, desk = refusing(came, monkeypatch)
    kinds = desk.remote.profile.kinds
    monkeypatch.setitem(
        cast("dict[Kind, KindProfile]", kinds), Kind.PATIENT, replace(kinds[Kind.PATIENT], listed=False)
    )
    with day.disk.write() as unit:
        hint(desk, Rows(unit), "patient", "pat_99999")
    day.work(900)
    with day.disk.read() as unit:
        rows = Rows(unit)
        assert [one.remote_id for one in rows.find(Quarantine)] == ["pat_99999"]
        assert [one.remote_id for one in rows.find(Look, why="hint")] == ["pat_99999"], "and it is asked for again"


def test_what_goes_by_the_number_of_a_record_that_is_known_is_before_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    day, desk = refusing(Misshapen, monkeypatch)
    with day.disk.write() as unit:
        rows = Rows(unit)
        kind = next(str(one) for one, kp in desk.remote.profile.kinds.items() if kp.listed_for == "patient")
        hint(desk, rows, kind, KNOWN, parent=KNOWN)
    day.work(900)
    with day.disk.read() as unit:
        assert [(one.kind, one.remote_id) for one in Rows(unit).find(Quarantine)] == [(kind, KNOWN)]
