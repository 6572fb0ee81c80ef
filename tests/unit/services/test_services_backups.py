"""Backups that were proved by another process, kept by rule, restored with nothing but the recovery key."""

import dataclasses
import json
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop import settings
from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.backups import Keeping
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import backups
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.backups import make_backup, prove_backup
from clinic_desktop.services.restoring import Restored, restore_backup
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import archive, audit, schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import journal, workstations
from clinic_desktop.store.tables.journal import settings as settings_table
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.vault import KdfParams, Vault, create_vault

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"
NEW_PASSWORD = "river-cobalt-sandal-17"


@dataclass
class Made:
    """A clinic in a folder, as the tests need it."""

    profile: Path
    key: bytes
    recovery_key: str
    admin: str
    clock: SetClock

    def store(self) -> Store:
        anchor = Anchor(self.profile / "anchor", self.key, "window")
        return Store(self.profile / "clinic.db", self.key, clock=self.clock, workstation="A7K", anchor=anchor)

    def register(self, count: int) -> None:
        store = self.store()
        for number in range(count):
            with store.write(act=new_id(), session=None) as unit:
                values = {
                    "mrn": new_id(),
                    "family_name": f"PLANTED{number}",
                    "given_names": "Canary",
                    "sex": "female",
                    "registered_at": "2026-03-10T09:00:00.000000Z",
                    "family_key": "planted",
                    "given_key": "canary",
                }
                unit.create(patients, values, kind="patient.registered")
        store.close()

    def patients(self) -> int:
        return count_patients(self.profile, self.key)

    def backup(self, folder: Path | None = None) -> Path:
        return Path(make_backup(self.profile, self.key, folder, clock=self.clock).path)

    def restore(self, path: Path, profile: Path, **changes: object) -> Restored:
        arguments: dict[str, object] = {
            "admin_username": "amina",
            "new_password": NEW_PASSWORD,
            "device_secret": "file",
            "clock": self.clock,
            "kdf": CHEAP,
        }
        key = str(changes.pop("recovery_key", self.recovery_key))
        return restore_backup(path, profile, key, **(arguments | changes))  # type: ignore[arg-type]


def count_patients(profile: Path, key: bytes) -> int:
    connection = connect(profile / "clinic.db", key, WRITER_PRAGMAS)
    try:
        return int(connection.execute("SELECT count(*) FROM patients").fetchone()[0])
    finally:
        connection.close()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> Made:
    profile = tmp_path / "clinic"
    new = create_vault(profile, device_secret="file", kdf=CHEAP, clock=clock)
    schema.create(profile / "clinic.db", new.data_key)
    settings.save(profile, settings.Settings(workstation="A7K", clinic_name="Kitgum Street Clinic"))
    clinic = Made(profile, new.data_key, new.recovery_key, new_id(), clock)
    store = clinic.store()
    with store.write(act=new_id(), session=None) as unit:
        person = {"id": clinic.admin, "username": "amina", "display_name": "OKELLO, Amina", "role": "administrator"}
        unit.create(staff, person, kind="staff.added")
        nurse = {"username": "bela", "display_name": "ADEYEMI, Bela", "role": "nurse"}
        unit.create(staff, nurse, kind="staff.added")
    store.close()
    new.vault.add_user(new.data_key, clinic.admin, "amina", PASSWORD)
    clinic.register(3)
    return clinic


def test_a_backup_is_one_file_that_another_process_has_opened(made: Made, tmp_path: Path) -> None:
    done = make_backup(made.profile, made.key, tmp_path / "drive", clock=made.clock)
    assert [p.name for p in (tmp_path / "drive").iterdir()] == ["kitgum-street-clinic-20260310T090000Z.clinicbackup"]
    assert (done.patients, done.made_at) == (3, "2026-03-10T09:00:00.000000Z")
    assert Path(done.path).stat().st_mode & 0o777 == 0o600
    with tarfile.open(done.path) as tar:
        assert tar.getnames() == ["manifest.json", "keyslots", "clinic.db"]
    assert prove_backup(Path(done.path), made.key).links == done.links == 5


def test_a_backup_is_made_while_others_write(made: Made) -> None:
    store = made.store()
    with store.write(act=new_id(), session=None) as unit:
        unit.create(settings_table, {"name": "x", "value": "1"}, kind="setting.made")
        done = make_backup(made.profile, made.key, clock=made.clock)
    store.close()
    assert done.links == 5


def test_nothing_in_a_backup_is_in_clear(made: Made) -> None:
    data = made.backup().read_bytes()
    for planted in ("PLANTED0", "Canary", "ADEYEMI"):
        for form in (planted.encode(), planted.encode("utf-16-le"), planted.encode().hex().encode()):
            assert form not in data
    assert b"SQLite format 3" not in data
    assert made.key not in data
    assert made.key.hex().encode() not in data


def test_a_copy_that_another_process_cannot_prove_never_gets_a_name(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = archive.write

    def torn(path: Path, manifest: bytes, slots: bytes, database: Path) -> None:
        real(path, manifest, slots, database)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data))

    monkeypatch.setattr(archive, "write", torn)
    with pytest.raises(Trouble, match="damaged"):
        made.backup(tmp_path / "drive")
    assert list((tmp_path / "drive").iterdir()) == []


def test_the_key_is_given_to_the_proving_process_over_standard_input_only(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    seen: list[bytes] = []
    real = subprocess.Popen.communicate

    def communicate(child: subprocess.Popen[str], said: str) -> tuple[str, str]:
        assert made.key.hex() in said
        seen.extend(Path(f"/proc/{child.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
        return real(child, said)

    monkeypatch.setattr(subprocess.Popen, "communicate", communicate)
    made.backup()
    assert len(seen) == 2
    assert made.key.hex().encode() not in b"".join(seen)
    assert made.key not in b"".join(seen)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


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


def repack(path: Path, **members: bytes) -> None:
    """Put other contents into a backup, as somebody with the file but without the key could."""
    import io

    with tarfile.open(path) as tar:
        parts = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]
    parts |= {name.replace("__", "."): data for name, data in members.items()}
    with tarfile.open(path, "w") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def member(path: Path, name: str) -> bytes:
    with tarfile.open(path) as tar:
        source = tar.extractfile(name)
        assert source
        return source.read()


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


def test_a_changed_contents_list_is_found_though_it_agrees_with_itself(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    outer = json.loads(member(path, "manifest.json"))
    body = json.loads(outer["body"])
    body["made_at"] = "2027-01-01T00:00:00.000000Z"
    repack(path, manifest__json=json.dumps({"body": json.dumps(body), "mac": outer["mac"]}).encode())
    with pytest.raises(Trouble, match="not made by this clinic"):
        prove_backup(path, made.key)


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
    assert everything(Path(restored.moved_aside)) == before
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


def test_kept_by_rule_and_no_other_file_is_touched(made: Made, tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    drive.mkdir()
    (drive / "letter.txt").write_text("mine")
    (drive / "other-20250101T000000Z.clinicbackup").write_bytes(b"not ours")
    removed = []
    for _ in range(4):
        made.clock.advance(timedelta(minutes=15))
        removed.append(make_backup(made.profile, made.key, drive, clock=made.clock, keeping=Keeping(2, 0, 0)).removed)
    names = sorted(p.name for p in drive.iterdir())
    assert names == [
        "kitgum-street-clinic-20260310T094500Z.clinicbackup",
        "kitgum-street-clinic-20260310T100000Z.clinicbackup",
        "letter.txt",
        "other-20250101T000000Z.clinicbackup",
    ]
    assert removed == [
        (),
        (),
        ("kitgum-street-clinic-20260310T091500Z.clinicbackup",),
        ("kitgum-street-clinic-20260310T093000Z.clinicbackup",),
    ]


def test_nothing_is_removed_after_rows_have_gone(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = tmp_path / "drive"
    made.backup(drive)
    real = archive.read_small

    def had_more(path: Path, key: bytes | None = None) -> tuple[archive.Manifest, bytes]:
        manifest, slots = real(path, key)
        return dataclasses.replace(manifest, counts=manifest.counts | {"patients": 400}), slots

    made.clock.advance(timedelta(hours=1))
    monkeypatch.setattr(archive, "read_small", had_more)
    done = make_backup(made.profile, made.key, drive, clock=made.clock, keeping=Keeping(1, 0, 0))
    assert (done.held_back, done.removed) == ("patients", ())
    assert len(list(drive.iterdir())) == 2


def test_a_full_or_missing_drive_is_named_and_leaves_nothing(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="could not be written"):
        made.backup(tmp_path / "file" / "drive")
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Trouble, match="not enough room"):
        made.backup(tmp_path / "drive")
    assert list((tmp_path / "drive").iterdir()) == []


def desk(made: Made, store: Store, role: str) -> Desk:
    return Desk(store, Session(new_id(), made.admin, role, "Somebody", role, "A7K", datetime(2026, 3, 10, tzinfo=UTC)))


def test_only_an_administrator_makes_lists_and_proves_backups(made: Made) -> None:
    store = made.store()
    try:
        admin = desk(made, store, "administrator")
        done = backups.create_backup(admin, made.key)
        assert backups.verify_backup(admin, made.key, Path(done.path)).links == 5
        assert [kept.patients for kept in backups.kept_backups(admin)] == [3]
        with store.read() as connection:
            kinds = connection.exec_driver_sql("SELECT kind FROM access ORDER BY n").scalars().all()
        assert kinds == ["backup.made", "backup.proved"]
        for role in ("doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier"):
            with pytest.raises(Refusal):
                backups.create_backup(desk(made, store, role), made.key)
            with pytest.raises(Refusal):
                backups.kept_backups(desk(made, store, role))
    finally:
        store.close()


def test_a_migration_has_its_backup(made: Made) -> None:
    backups.backup_before_migration(made.profile, made.key)
    assert len(list((made.profile / "backups").iterdir())) == 1


def test_what_a_killed_backup_left_behind_is_swept_by_a_later_one(made: Made, tmp_path: Path) -> None:
    import os

    drive = tmp_path / "drive"
    drive.mkdir()
    name = ".kitgum-street-clinic-20260101T000000Z.clinicbackup.00000000"
    for left in (f"{name}.db", f"{name}.part"):
        (drive / left).write_bytes(b"half")
        os.utime(drive / left, (0, 0))
    (drive / f"{name}-now.part").write_bytes(b"at work")
    made.backup(drive)
    assert sorted(p.name for p in drive.iterdir() if p.name.startswith(".")) == [f"{name}-now.part"]
