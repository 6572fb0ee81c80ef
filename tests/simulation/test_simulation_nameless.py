"""Records that a list shows without a number: each is before a person by itself, wherever in the list it stands."""

from dataclasses import replace
from typing import Any

import pytest

from sync.engine import aside
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Quarantine
from sync.port import Kind, Page
from sync.sandbox.people import People
from tests.simulation.test_simulation_cards import Staffed, settled

SYSTEM = "healify"
PAGE = 100


def prescribed(patient: str, medicine: str, ident: str | None = None) -> dict[str, Any]:
    return {
        "id": ident, "patient_id": patient, "medication": {"name": medicine}, "dosage": "one daily", "quantity": 60,
        "refills": 3, "prescriber": {"id": "doc_456def", "name": "Dr. Sarah Smith"}, "status": "active",
        "prescribed_date": "2026-01-10T14:30:00Z", "created_at": "2026-01-10T14:30:00Z",
        "updated_at": "2026-01-10T14:30:00Z",
    }  # fmt: skip


def waiting(town: Staffed) -> list[Quarantine]:
    desk = town.engine.offices[SYSTEM].desk
    town.engine.people[SYSTEM].sync_now("u1")
    for _ in range(2):
        town.work(1800)
    with town.disk.read() as unit:
        return aside.to_decide(desk, Rows(unit))


def medicines(found: list[Quarantine]) -> list[str]:
    return sorted(one.raw["medication"]["name"] for one in found)


def test_each_record_without_a_number_is_set_aside_by_what_it_says() -> None:
    town = settled(SYSTEM)
    there = People(town.ways[SYSTEM].system)
    for n in range(PAGE):
        there.add("prescriptions", prescribed("pat_123abc", f"Drug {n}", f"prx_{n:03}"), f"prx_{n:03}")
    there.add("prescriptions", prescribed("pat_123abc", "Warfarin"), "last")
    there.add_first("prescriptions", prescribed("pat_123abc", "Ibuprofen"), "first")
    found = waiting(town)
    assert medicines(found) == ["Ibuprofen", "Warfarin"], "one on the first page, and one on the second"
    assert all(name not in repr([(one.remote_id, one.why) for one in found]) for name in ("Warfarin", "Ibuprofen"))
    # What somebody has seen is asked about no more wherever it stands then; what comes after it is.
    for one in found:
        town.engine.people[SYSTEM].seen_aside(one.kind, one.remote_id, "u1", "looked", shown=one.at)
    there.add_first("prescriptions", prescribed("pat_123abc", "Drug 0", "prx_new"), "prx_new")
    assert waiting(town) == []
    there.remove("prescriptions", "first")
    there.add_first("prescriptions", prescribed("pat_33fa2a9cde", "Warfarin"), "another")
    (new,) = waiting(town)
    assert new.raw["patient_id"] == "pat_33fa2a9cde"
    # It is over when the list shows it no more.
    there.remove("prescriptions", "another")
    assert waiting(town) == []
    with town.disk.read() as unit:
        assert medicines(Rows(unit).find(Quarantine)) == ["Warfarin"]


def test_what_a_list_that_is_cut_off_does_not_show_is_set_aside_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    town = settled(SYSTEM)
    People(town.ways[SYSTEM].system).add("prescriptions", prescribed("pat_123abc", "Warfarin"), "last")
    assert medicines(waiting(town)) == ["Warfarin"]
    remote = town.engine.offices[SYSTEM].desk.remote
    whole = remote.page

    def cut(kind: Kind, **how: Any) -> Page:
        page = whole(kind, **how)
        return replace(page, lost=(), broken=(), cut=True) if kind is Kind.PRESCRIPTION else page

    monkeypatch.setattr(remote, "page", cut)
    assert medicines(waiting(town)) == ["Warfarin"]
