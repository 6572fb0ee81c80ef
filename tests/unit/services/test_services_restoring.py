"""Restoring with nothing but the recovery key, and every backup that is not to be trusted."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop import settings
from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.services import sync_marks
from clinic_desktop.services.backups import make_backup, prove_backup
from clinic_desktop.store import audit
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import journal, workstations
from clinic_desktop.store.tables.journal import settings as settings_table
from clinic_desktop.vault import Vault, create_vault
from clinic_desktop.vault.durable import write_durably
from sync.engine.outside import PUT_BACK
from tests.backed_up import (
    CHEAP,
    NEW_PASSWORD,
    PASSWORD,
    Made,
    count_patients,
    everything,
    flipped,
    member,
    repack,
    small_clinic,
)


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> Made:
    return small_clinic(tmp_path / "clinic", clock)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut in the middle": lambda data: data[: len(data) // 2],
    "cut in the header": lambda data: data[:300],
    "without its last block": lambda data: data[:-20480],
    "a bit of the database": lambda data: flipped(data, len(data) // 2),
    "a bit of the contents list": lambda data: flipped(data, 700),
    "something else altogether": lambda _: b"PK\x03\x04" + bytes(5000),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_in_words_and_nothing_is_written(made: Made, tmp_path: Path, damage: str) -> None:
    path = made.backup(tmp_path / "drive")
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    with pytest.raises(Trouble):
        prove_backup(path, made.key)
    before = everything(made.profile)
    for target in (made.profile, tmp_path / "fresh"):
        with pytest.raises(Trouble) as trouble:
            made.restore(path, target)
        assert path.name in str(trouble.value)
    assert everything(made.profile) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clinic", "drive"]


def test_an_older_database_or_other_slots_swapped_in_are_found(made: Made, tmp_path: Path) -> None:
    older = made.backup(tmp_path / "drive")
    made.clock.advance(timedelta(hours=1))
    made.register(2)
    newer = made.backup(tmp_path / "drive")
    whole = newer.read_bytes()
    for swap in ({"clinic__db": member(older, "clinic.db")}, {"manifest__json": member(older, "manifest.json")}):
        repack(newer, **swap)
        with pytest.raises(Trouble):
            prove_backup(newer, made.key)
        newer.write_bytes(whole)
    other = create_vault(tmp_path / "other", device_secret="file", kdf=CHEAP)
    repack(newer, keyslots=(tmp_path / "other" / "keyslots").read_bytes())
    with pytest.raises(Trouble):
        made.restore(newer, tmp_path / "fresh", recovery_key=other.recovery_key)
    assert not (tmp_path / "fresh").exists()


def test_a_wrong_recovery_key_writes_nothing(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    other = create_vault(tmp_path / "other", device_secret="file", kdf=CHEAP)
    with pytest.raises(Refusal, match="not the recovery key"):
        made.restore(path, tmp_path / "fresh", recovery_key=other.recovery_key)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clinic", "drive", "other"]


def test_a_clean_machine_is_restored_with_only_the_recovery_key(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    before = made.patients()
    shutil.rmtree(made.profile)
    restored = made.restore(path, made.profile)
    assert restored.moved_aside is None
    assert made.patients() == before == restored.patients
    vault = Vault.open(made.profile, kdf=CHEAP)
    assert vault.unlock("amina", NEW_PASSWORD).data_key == made.key
    assert [user.username for user in vault.users] == ["amina"]
    with pytest.raises(Refusal):
        vault.unlock("amina", PASSWORD)
    assert settings.load(made.profile).clinic_name == "Kitgum Street Clinic"


def test_a_restored_workstation_numbers_its_links_under_a_code_of_its_own(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    codes = {made.restore(path, tmp_path / f"machine{n}").workstation for n in range(3)}
    assert len(codes) == 3
    assert "A7K" not in codes
    profile = tmp_path / "machine0"
    code = settings.load(profile).workstation
    anchor = Anchor(profile / "anchor", made.key, "window")
    store = Store(profile / "clinic.db", made.key, clock=made.clock, workstation=code, anchor=anchor)
    try:
        with store.read() as connection:
            rows = connection.execute(select(journal.c.workstation, journal.c.n, journal.c.kind)).all()
            assert [(n, kind) for where, n, kind in rows if where == code] == [
                (1, "workstation.made"),
                (2, "clinic.restored"),
            ]
            assert code in connection.execute(select(workstations.c.code)).scalars().all()
            seen = anchor.highest()
            assert seen
            assert list(audit.verify(connection, store.chains.content_key, (seen,), code)) == []
            audit.refuse_older(connection, (seen,), code)
    finally:
        store.close()


def test_each_restore_raises_the_epoch(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    first = made.restore(path, tmp_path / "one")
    assert first.epoch == 1
    again = make_backup(tmp_path / "one", made.key, tmp_path / "drive2", clock=made.clock)
    assert made.restore(Path(again.path), tmp_path / "two").epoch == 2


def test_of_no_system_is_it_known_how_far_it_was_told_after_a_restore(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    (made.profile / sync_marks.FILE).write_text('{"healify": ["a life", 7, 40]}', encoding="ascii")
    made.restore(path, made.profile)
    found = sync_marks.read(made.profile)
    assert found is not None
    assert found.keys() == SYSTEMS.keys()
    assert found["healify"] == ("restored-1", 7, 40), "how much was sent, and in which places, is not forgotten"
    assert found["hms_enterprise"] == ("restored-1", 0, 0)


def test_a_restored_folder_is_known_by_its_database_and_its_marks_are_durable(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.backup(tmp_path / "drive")
    durable: list[str] = []

    def write(path: Path, data: bytes) -> None:
        durable.append(path.name)
        write_durably(path, data)

    monkeypatch.setattr("clinic_desktop.services.sync_marks.write_durably", write)
    made.restore(path, made.profile)
    assert durable == [sync_marks.FILE]
    connection = connect(made.profile / "clinic.db", made.key, WRITER_PRAGMAS)
    try:
        noted = connection.execute("SELECT system FROM sync_state WHERE name = ?", (PUT_BACK,)).fetchall()
    finally:
        connection.close()
    assert {system for (system,) in noted} == SYSTEMS.keys(), "even where nothing beside it can be read"


def test_what_stood_there_is_moved_aside_whole_with_its_stale_wal(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    made.register(4)
    store = made.store()
    with store.write(act=new_id(), session=None) as unit:
        unit.create(settings_table, {"name": "late", "value": "1"}, kind="setting.made")
    # Copied while the store is open, as a power cut would leave it: the last commits stand in the -wal alone.
    shutil.copytree(made.profile, tmp_path / "crashed")
    store.close()
    shutil.rmtree(made.profile)
    (tmp_path / "crashed").rename(made.profile)
    assert (made.profile / "clinic.db-wal").stat().st_size > 0
    before = everything(made.profile)
    restored = made.restore(path, made.profile, accept_older=True)
    assert restored.moved_aside
    assert everything(Path(restored.moved_aside)) == before | {"lock": b""}
    assert not (made.profile / "clinic.db-wal").exists()
    assert made.patients() == 3


def test_a_stale_wal_alone_in_the_folder_does_not_get_into_the_restored_database(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    store = made.store()
    with store.write(act=new_id(), session=None) as unit:
        unit.create(settings_table, {"name": "stale", "value": "1"}, kind="setting.made")
    (tmp_path / "fresh").mkdir()
    for name in ("clinic.db-wal", "clinic.db-shm"):
        (tmp_path / "fresh" / name).write_bytes((made.profile / name).read_bytes())
    store.close()
    restored = made.restore(path, tmp_path / "fresh")
    assert count_patients(tmp_path / "fresh", made.key) == 3
    connection = connect(tmp_path / "fresh" / "clinic.db", made.key, WRITER_PRAGMAS)
    assert connection.execute("SELECT count(*) FROM settings WHERE name = 'stale'").fetchone()[0] == 0
    connection.close()
    assert restored.moved_aside
    assert (Path(restored.moved_aside) / "clinic.db-wal").exists()


def test_an_older_backup_is_not_put_over_a_newer_clinic_unasked(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    made.register(2)
    with pytest.raises(Refusal, match="lacks the last 2 entries"):
        made.restore(path, made.profile)
    assert made.patients() == 5
    assert made.restore(path, made.profile, accept_older=True).moved_aside
    assert made.patients() == 3


def test_a_name_that_is_no_administrator_restores_nothing(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    with pytest.raises(Refusal, match=r"not an administrator.*amina"):
        made.restore(path, tmp_path / "fresh", admin_username="bela")
    with pytest.raises(Refusal, match="at least 10"):
        made.restore(path, tmp_path / "fresh", new_password="short")
    assert not (tmp_path / "fresh").exists()


def test_the_keyrings_note_of_the_old_folder_stays_until_the_swap(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.backup(tmp_path / "drive")
    put: list[bool] = []

    def put_anchor(_vault: Vault, _text: str) -> bool:
        put.append((tmp_path / "fresh").exists())
        return True

    monkeypatch.setattr(Vault, "put_anchor", put_anchor)
    made.restore(path, tmp_path / "fresh")
    assert put == [True]


def test_another_copy_of_the_very_same_rows_is_still_not_this_backups_own(made: Made, tmp_path: Path) -> None:
    """Heads and counts agree here: only the digest in the contents list can tell, as with a page put back."""
    first, second = made.backup(tmp_path / "drive"), made.backup(tmp_path / "drive")
    repack(second, clinic__db=member(first, "clinic.db"))
    with pytest.raises(Trouble, match="damaged"):
        prove_backup(second, made.key)
