"""Backups: one file, nothing in clear, proved by another process, kept by rule."""

import dataclasses
import json
import os
import shutil
import subprocess
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.backups import Keeping
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import backups
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.backups import make_backup, prove_backup
from clinic_desktop.services.sessions import Session
from clinic_desktop.store import archive
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import settings as settings_table
from tests.backed_up import (
    Made,
    member,
    repack,
    small_clinic,
)


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> Made:
    return small_clinic(tmp_path / "clinic", clock)


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


def test_a_changed_contents_list_is_found_though_it_agrees_with_itself(made: Made, tmp_path: Path) -> None:
    path = made.backup(tmp_path / "drive")
    outer = json.loads(member(path, "manifest.json"))
    body = json.loads(outer["body"])
    body["made_at"] = "2027-01-01T00:00:00.000000Z"
    repack(path, manifest__json=json.dumps({"body": json.dumps(body), "mac": outer["mac"]}).encode())
    with pytest.raises(Trouble, match="not made by this clinic"):
        prove_backup(path, made.key)


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
    drive = tmp_path / "drive"
    drive.mkdir()
    name = ".kitgum-street-clinic-20260101T000000Z.clinicbackup.00000000"
    for left in (f"{name}.db", f"{name}.part"):
        (drive / left).write_bytes(b"half")
        os.utime(drive / left, (0, 0))
    (drive / f"{name}-now.part").write_bytes(b"at work")
    made.backup(drive)
    assert sorted(p.name for p in drive.iterdir() if p.name.startswith(".")) == [f"{name}-now.part"]
