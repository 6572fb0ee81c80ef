"""What a system has no call for is one thing to decide for all that are alike, and never hides what is urgent."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import sync_deciding, sync_shown, sync_untold
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_items import Item
from clinic_desktop.services import invoices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.remotes import House
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import journal
from tests import flooded
from tests.conftest import DeskFor
from tests.flooded import ONLY_SHOWN, SYSTEM
from tests.journeys.small_clinic import Clinic

PORTAL = "They read them in their portal"
SIGNED = f"{PORTAL} (Administrator One, 10-Mar-2026 "


@pytest.fixture
def small(store: Store, desk_for: DeskFor, clock: SetClock) -> Clinic:
    made = Clinic(store, desk_for, clock)
    flooded.connected(made)
    return made


@pytest.fixture
def desk(small: Clinic) -> Desk:
    return small.desk_for("administrator")


def group(desk: Desk, kind: str = "encounter") -> Item:
    return next(one for one in sync_shown.waiting_items(desk) if one.count and one.kind == kind)


def test_the_records_of_a_group_are_told_apart_by_their_number_and_by_when_they_were_changed(
    small: Clinic, desk: Desk, clock: SetClock
) -> None:
    issued = []
    for _day in range(2):
        clock.advance(timedelta(hours=1))
        issued += flooded.invoiced(small, 1)
    flooded.work(small)
    opened = sync_deciding.detail(desk, group(desk, "invoice"))
    assert {one.local_id for one in opened.records} == set(issued)
    assert len({one.number for one in opened.records} - {""}) == 2
    assert len({one.changed_at for one in opened.records} - {""}) == 2


def counts(desk: Desk, kind: str) -> tuple[int, int, str]:
    office = PostOffice(House.of(desk), only=SYSTEM)
    try:
        line = next(one for one in office.status() if one["kind"] == kind)
    finally:
        office.close()
    return line["cannot_tell"], line["not_told"], line["not_told_by"]


def test_what_is_alike_is_one_line_under_what_is_urgent_however_many_they_are(small: Clinic, desk: Desk) -> None:
    flooded.visits(small, 700)
    urgent, alike = sync_shown.waiting_items(desk)
    assert (urgent.kind, urgent.count, urgent.clinical) == ("appointment", 0, True)
    assert (alike.id, alike.count, alike.why, alike.name) == (f"{SYSTEM}/encounter", 700, ONLY_SHOWN, "")
    assert alike.at < alike.newest < urgent.at, "the urgent one stands above although it came last"
    (one,) = sync_shown.systems_shown(desk)
    assert one.for_a_person == 2, "all that are alike are one thing to decide"
    assert next(kind for kind in one.kinds if kind.kind == "encounter").cannot_tell == 700, "and are counted each"


def test_a_group_opens_to_its_records_and_each_of_them_by_itself(small: Clinic, desk: Desk) -> None:
    flooded.visits(small, 3)
    opened = sync_deciding.detail(desk, group(desk))
    assert opened.acts == ("told", "not_told")
    assert [one.local_id for one in opened.records] == ["e00000", "e00001", "e00002"]
    assert all(one.name.startswith("OKELLO") for one in opened.records)
    alone = sync_untold.record_of(desk, opened.records[1].id)
    assert alone == replace(opened.records[1], name="", number="", changed_at="")
    sync_deciding.decide(desk, opened.records[1], "told", "Telephoned")
    assert group(desk).count == 2
    assert sync_untold.record_of(desk, opened.records[1].id) is None
    _closed_with_one_reason_and_a_name_and_time_on_each(small, desk)


def _closed_with_one_reason_and_a_name_and_time_on_each(small: Clinic, desk: Desk) -> None:
    flooded.visits(small, 4)
    with pytest.raises(Refusal, match="Say why"):
        sync_deciding.decide(desk, group(desk), "told", " ")
    assert sync_deciding.decide(desk, group(desk), "told", PORTAL) == 4
    assert [one.kind for one in sync_shown.waiting_items(desk)] == ["appointment"]
    marks = sync_shown.record_marks(desk, [("encounter", f"e{n:05}") for n in range(4)])
    assert [mark.word for each in marks.values() for mark in each] == ["closed by a person"] * 4
    assert all(mark.why.startswith(SIGNED) for each in marks.values() for mark in each)


def test_a_decision_holds_for_what_is_written_later_and_is_journalled_and_taken_back(
    small: Clinic, desk: Desk, store: Store
) -> None:
    first = flooded.invoiced(small, 2)
    flooded.work(small)
    assert group(desk, "invoice").count == 2
    with pytest.raises(Refusal, match="Say why"):
        sync_deciding.decide(desk, group(desk, "invoice"), "not_told", "")
    assert sync_deciding.decide(desk, group(desk, "invoice"), "not_told", PORTAL) == 2
    later = flooded.invoiced(small, 1)
    flooded.work(small)
    tasks, left, words = counts(desk, "invoice")
    assert (tasks, left) == (0, 3)
    assert words.startswith(SIGNED)
    (one,) = sync_shown.systems_shown(desk)
    assert [(each.kind, each.count) for each in one.decisions] == [("invoice", 3)]
    marks = sync_shown.record_marks(desk, [("invoice", later[0])])
    (mark,) = marks["invoice", later[0]]
    assert (mark.word, PORTAL in mark.why) == ("saved here", True)
    invoices.void_invoice(small.desk_for("cashier"), first[0], reason="Issued twice", expect=1)
    flooded.work(small)
    assert counts(desk, "invoice")[:2] == (0, 2), "what was told to nobody and is void is nothing to tell"
    assert sync_untold.take_back(desk, SYSTEM, "invoice") == 2
    assert counts(desk, "invoice") == (2, 0, "")
    with pytest.raises(Refusal, match="Nothing was decided"):
        sync_untold.take_back(desk, SYSTEM, "invoice")
    with store.read() as connection:
        entries = connection.execute(
            select(journal.c.kind, journal.c.reason)
            .where(journal.c.kind.like("remote.untold%"))
            .order_by(journal.c.seq)
        ).all()
    assert [tuple(one) for one in entries] == [
        ("remote.untold", f"invoice: {PORTAL}"),
        ("remote.untold_taken_back", "invoice: the decision is taken back"),
    ]


def test_what_it_has_and_was_voided_is_a_task_whatever_was_decided(small: Clinic, desk: Desk) -> None:
    (told, other) = flooded.invoiced(small, 2)
    flooded.work(small)
    record = next(one for one in sync_deciding.detail(desk, group(desk, "invoice")).records if one.local_id == told)
    sync_deciding.decide(desk, record, "told", "Telephoned the practice")
    sync_deciding.decide(desk, group(desk, "invoice"), "not_told", PORTAL)
    for one in (told, other):
        invoices.void_invoice(small.desk_for("cashier"), one, reason="Issued twice", expect=1)
    flooded.work(small)
    (task,) = [one for one in sync_shown.waiting_items(desk) if one.kind == "invoice"]
    assert (task.local_id, task.count, task.sort) == (told, 0, "cannot")


def test_what_it_takes_is_never_left_and_others_decide_nothing(small: Clinic, desk: Desk) -> None:
    flooded.visits(small, 1)
    before = sync_shown.waiting_items(desk)
    for kind in ("patient", "appointment", "practitioner", "lab_order", "", "'; --"):
        with pytest.raises(Refusal, match="can be told"):
            sync_untold.leave(desk, SYSTEM, kind, PORTAL)
    assert sync_shown.waiting_items(desk) == before
    (one,) = sync_shown.systems_shown(desk)
    assert one.decisions == ()
    _others_neither_close_nor_leave_nor_take_back(small, desk)


def _others_neither_close_nor_leave_nor_take_back(small: Clinic, desk: Desk) -> None:
    item, other = group(desk), small.desk_for("doctor")
    for act in (
        lambda: sync_deciding.decide(other, item, "told", PORTAL),
        lambda: sync_deciding.decide(other, item, "not_told", PORTAL),
        lambda: sync_untold.leave(other, SYSTEM, "encounter", PORTAL),
        lambda: sync_untold.take_back(other, SYSTEM, "encounter"),
        lambda: sync_untold.record_of(other, f"{SYSTEM}/encounter/e00000"),
        lambda: sync_deciding.detail(other, item),
    ):
        with pytest.raises(Refusal):
            act()
    assert group(desk) == item
