"""What stands beside the database is written by several processes, and is never behind what any of them has sent."""

import json
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange.marks import Marks
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services import sync_marks
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.remotes import House
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store
from clinic_desktop.vault.durable import write_durably
from sync.engine.outside import UNREADABLE, Mark
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Quarantine
from tests.conftest import KEY, DeskFor
from tests.connected import Connected, connected
from tests.journeys.small_clinic import Clinic

SYSTEM = "hms_enterprise"


def test_a_window_that_asks_writes_no_older_mark_over_that_of_the_sender(tmp_path: Path) -> None:
    sender = Marks(tmp_path)
    sender.put("healify", Mark("life", 5, 10))
    window = Marks(tmp_path)
    known = window.get("healify")
    assert known is not None
    sender.put("healify", Mark("life", 8, 18))
    sender.put("arocord_hims", Mark("other", 1, 1))
    window.put("healify", known._replace(place=30))
    assert Marks(tmp_path).get("healify") == Mark("life", 8, 30)
    assert Marks(tmp_path).get("arocord_hims") == Mark("other", 1, 1)
    sender.put("healify", Mark("a life after", 9, 4))
    assert window.get("healify") == Mark("a life after", 9, 4), "another life counts anew"


def test_a_mark_of_two_figures_and_one_that_cannot_be_read_raise_no_alarm(tmp_path: Path) -> None:
    (tmp_path / sync_marks.FILE).write_text(json.dumps({"healify": ["life", 5]}), encoding="ascii")
    assert Marks(tmp_path).get("healify") == Mark("life", 5, 0)
    (tmp_path / sync_marks.FILE).write_text("{half", encoding="ascii")
    assert Marks(tmp_path).get("healify") == UNREADABLE, "which says nothing"
    (tmp_path / sync_marks.FILE).write_text("", encoding="ascii")
    assert Marks(tmp_path).get("healify") == UNREADABLE
    (tmp_path / sync_marks.FILE).unlink()
    assert Marks(tmp_path).get("healify") is None


def test_what_could_not_be_read_says_nothing_of_any_system_until_it_is_put_there(tmp_path: Path) -> None:
    (tmp_path / sync_marks.FILE).write_text("", encoding="ascii")
    sender = Marks(tmp_path)
    sender.put("healify", Mark("life", 5, 10))
    for each in (sender, Marks(tmp_path)):
        assert each.get("healify") == Mark("life", 5, 10)
        assert each.get("arocord_hims") == UNREADABLE, "that nothing stands there is not known"


def test_another_life_is_put_there_durably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    durable: list[bytes] = []

    def write(path: Path, data: bytes) -> None:
        durable.append(data)
        write_durably(path, data)

    monkeypatch.setattr("clinic_desktop.services.sync_marks.write_durably", write)
    marks = Marks(tmp_path)
    marks.put("healify", Mark("life", 5, 10))
    marks.put("healify", Mark("life", 6, 12))
    assert len(durable) == 1, "an older mark of the same life raises no alarm"
    marks.put("healify", Mark("a life after", 6, 12))
    assert len(durable) == 2


def restored_at(store: Store) -> list[str]:
    """The systems of which the database was taken for an older one."""
    with store.read() as connection:
        said = "SELECT system FROM sync_audit WHERE what = 'restored'"
        return [system for (system,) in connection.exec_driver_sql(said)]


@pytest.mark.parametrize("asked_first", [False, True])
def test_marks_that_cannot_be_read_raise_no_alarm_of_any_system(
    store: Store, desk_for: DeskFor, clock: SetClock, small: Clinic, tmp_path: Path, asked_first: bool
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, "healify", clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM)
        there.begin("healify")
        (tmp_path / sync_marks.FILE).write_text("", encoding="ascii")
        if asked_first:
            window = PostOffice(House.of(there.desk), only=SYSTEM)
            window.test(SYSTEM, "somebody")
            window.close()
            assert (tmp_path / sync_marks.FILE).read_text(encoding="ascii") == "", "what it asks says nothing of it"
        there.run(SYSTEM)
        there.run("healify")
        assert restored_at(store) == []
        marks = sync_marks.read(tmp_path)
        assert marks is not None
        assert all(marks[system][0] != UNREADABLE.epoch and marks[system][1] for system in (SYSTEM, "healify"))


def stands(there: Connected) -> Counter[str]:
    """How much stands at the system, by its tables."""
    tables = there.sandbox.gates[SYSTEM].system.tables
    return Counter({name: len(list(table)) for name, table in tables.items()})


@pytest.mark.parametrize("marks", ["of a restored folder", "lost", "cut off by a power cut"])
def test_nothing_that_was_sent_since_the_backup_is_sent_again(
    store: Store, desk_for: DeskFor, clock: SetClock, small: Clinic, tmp_path: Path, marks: str
) -> None:
    assert small.order
    with connected(desk_for("administrator"), SYSTEM, clock=lambda: clock.now().timestamp()) as there:
        there.begin(SYSTEM, told=False)
        restored = tmp_path / "restored"
        restored.mkdir()
        for name in ("clinic.db", "clinic.db-wal"):
            shutil.copy(tmp_path / name, restored / name)
        before = stands(there)
        appointments = there.sandbox.gates[SYSTEM].system.tables["appointments"]
        theirs = {*appointments.rows}
        there.run(SYSTEM)
        sent = stands(there)
        assert {name for name in sent if sent[name] > before[name]} >= {"prescriptions", "orders", "appointments"}
        if marks == "of a restored folder":
            sync_marks.forget(restored, tmp_path, [SYSTEM], 1)
        elif marks != "lost":
            (restored / sync_marks.FILE).write_text("", encoding="ascii")
        older = Store(
            restored / "clinic.db", KEY, clock=store.clock, workstation="A7",
            anchor=Anchor(restored / "anchor", KEY, "window"),
        )  # fmt: skip
        if marks == "cut off by a power cut":
            with older.write(act=new_id(), session=None) as unit:
                sync_marks.note_in(unit.conn, [SYSTEM])
        try:
            there.desk = Desk(older, there.desk.session)
            office = PostOffice(House.of(there.desk), only=SYSTEM)
            booked = [each for each in appointments.rows if each not in theirs]
            aside = [Quarantine(SYSTEM, "appointment", each, "nobody's", {"id": each}) for each in booked]
            with office.engine.offices[
                SYSTEM
            ].desk.disk.write() as unit:  # they were looked at before it was known whose they are
                Rows(unit).put_all(aside)
            for _minute in range(15):  # the limits are taken to be used up in the life that is not remembered
                office.run(20.0, until_idle=True, patience=0.0)
                clock.advance(timedelta(minutes=1))
            office.close()
            assert stands(there) == sent
            assert restored_at(older) == [SYSTEM], "once"
            said = "SELECT count(*) FROM appointments"
            with older.read() as here, store.read() as newer:
                assert here.exec_driver_sql(said).scalar() == newer.exec_driver_sql(said).scalar()
                states = "SELECT state FROM sync_work WHERE system = ? AND kind = 'appointment'"
                found = {state for (state,) in here.exec_driver_sql(states, (SYSTEM,))}
                left = "SELECT count(*) FROM sync_quarantine WHERE system = ? AND kind = 'appointment'"
                assert here.exec_driver_sql(left, (SYSTEM,)).scalar() == 0
                assert found <= {"confirmed", "cannot"}, "whose reason is shown by nobody, and cannot be told once more"
        finally:
            older.close()
