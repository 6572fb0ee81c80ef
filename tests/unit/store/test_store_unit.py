"""One transaction: rows and the entries that say so."""

import json

import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.store import guards
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.staff import staff


def test_a_change_is_journaled_with_what_it_changed(store: Store) -> None:
    with store.write(act="a1", session="s") as unit:
        record = unit.create(staff, {"username": "u", "display_name": "U", "role": "nurse"}, kind="staff.added")
    with store.write(act="a2", session="s") as unit:
        assert unit.change(staff, record, {"display_name": "V", "role": "nurse"}, kind="staff.renamed") == 2
    with store.read() as connection:
        rows = connection.execute(select(journal).order_by(journal.c.n)).all()
    assert [(row.n, row.kind, row.revision, row.act) for row in rows] == [
        (1, "staff.added", 1, "a1"),
        (2, "staff.renamed", 2, "a2"),
    ]
    assert rows[0].patch is None
    assert json.loads(rows[1].patch) == {"display_name": ["U", "V"]}


def test_a_change_to_a_stale_revision_is_refused(store: Store) -> None:
    with store.write(act="a", session=None) as unit:
        record = unit.create(staff, {"username": "u", "display_name": "U", "role": "nurse"}, kind="staff.added")
        unit.change(staff, record, {"display_name": "V"}, kind="staff.renamed", expect=1)
    with pytest.raises(Refusal, match="meanwhile"), store.write(act=new_id(), session=None) as unit:
        unit.change(staff, record, {"display_name": "W"}, kind="staff.renamed", expect=1)


def test_a_refusal_leaves_nothing_behind(store: Store) -> None:
    def refused() -> None:
        with store.write(act="a", session=None) as unit:
            unit.create(staff, {"username": "u", "display_name": "U", "role": "nurse"}, kind="staff.added")
            raise Refusal("no")

    with pytest.raises(Refusal):
        refused()
    with store.read() as connection:
        assert connection.execute(select(staff)).all() == []
        assert connection.execute(select(journal)).all() == []


def test_every_guard_stands_in_a_new_database(store: Store) -> None:
    with store.read() as connection:
        assert guards.missing(connection) == []
