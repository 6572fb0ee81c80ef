"""Making a clinic wholly or not at all, and who has it open."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clinic_desktop import settings
from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services.clinic import open_with_key
from clinic_desktop.store import schema
from clinic_desktop.vault import Vault
from tests.backed_up import CHEAP, NEW_PASSWORD, PASSWORD, everything
from tests.failing import NOW, ROOT, SCRIPT, make, said

# Making a clinic, and having it open. ----------------------------------------------------------------------


@pytest.mark.parametrize("where", ["create_vault", "schema.create", "reference.load_starter_pack", "settings.save"])
@pytest.mark.parametrize("standing", [False, True])
def test_a_clinic_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, standing: bool
) -> None:
    profile = tmp_path / "clinic"
    if standing:
        (profile / "logs").mkdir(parents=True)

    def fails(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(f"clinic_desktop.services.clinic.{where}", fails)
        with pytest.raises(Trouble, match="could not be made") as trouble:
            make(profile, SetClock(NOW))
        assert "No space left" in said(trouble.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == (["clinic"] if standing else [])
    assert everything(tmp_path) == {}
    make(profile, SetClock(NOW))


def test_what_a_killed_making_left_is_swept_by_the_next_and_nothing_else_is(tmp_path: Path) -> None:
    profile = tmp_path / "clinic"
    killed, running = tmp_path / f".clinic.{new_id()}", tmp_path / f".clinic.{new_id()}"
    other, own = tmp_path / f".clinic2.{new_id()}", tmp_path / ".clinic.kept by hand"
    for folder in (killed, running, other, own):
        folder.mkdir()
        (folder / "keyslots").write_text("x")
    for folder in (killed, other, own):
        os.utime(folder, (1, 1))
    make(profile, SetClock(NOW))
    assert {each.name for each in tmp_path.iterdir()} == {"clinic", running.name, other.name, own.name}


def test_a_clinic_that_cannot_be_put_in_its_place_leaves_the_place_as_it_was(tmp_path: Path) -> None:
    profile = tmp_path / "clinic"
    (profile / "settings").mkdir(parents=True)
    with pytest.raises(Trouble, match="could not be made"):
        make(profile, SetClock(NOW))
    assert [p.name for p in profile.iterdir()] == ["settings"]
    assert [p.name for p in tmp_path.iterdir()] == ["clinic"]


def test_slots_whose_database_is_missing_are_never_written_over(profile: Path) -> None:
    (profile / "clinic.db").unlink()
    before = everything(profile)
    with pytest.raises(Trouble, match="already"):
        make(profile, SetClock(NOW))
    assert everything(profile) == before


def test_a_disk_too_small_for_a_clinic_leaves_nothing(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(5 << 20))
    with pytest.raises(Trouble) as trouble:
        make(small_disk / "clinic", SetClock(NOW))
    assert "full" in said(trouble.value) or "No space" in said(trouble.value)
    assert [p.name for p in small_disk.iterdir()] == ["filler"]


def test_a_clinic_that_somebody_has_open_is_not_replaced_by_a_backup(
    profile: Path, later: SetClock, tmp_path: Path, whole: Path
) -> None:
    from clinic_desktop.services.backups import make_backup
    from clinic_desktop.services.restoring import restore_backup

    recovery = make(tmp_path / "second", later)
    second = tmp_path / "second"
    backup = Path(make_backup(second, _key_of(second), clock=later).path)
    before = second.stat().st_ino

    def restore() -> None:
        restore_backup(
            backup, second, recovery, admin_username="amina", new_password=NEW_PASSWORD + "x", device_secret="file",
            clock=later, kdf=CHEAP, accept_older=True,
        )  # fmt: skip

    for process in ("window", "agent", "command"):
        clinic = open_with_key(second, _key_of(second), process=process, clock=later)
        with pytest.raises(Trouble, match="open in another window or command"):
            restore()
        assert second.stat().st_ino == before
        patients_there = clinic.store.path.exists()
        clinic.close()
        assert patients_there
    restore()
    assert second.stat().st_ino != before
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def _key_of(profile: Path) -> bytes:
    return Vault.open(profile, kdf=CHEAP).unlock("amina", PASSWORD).data_key


def test_the_lock_goes_with_its_process(profile: Path) -> None:
    from clinic_desktop.store.lock import alone

    body = "clinic, desk = opened(); print('open', flush=True); import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT + body, str(profile)], capture_output=True, check=False, cwd=ROOT
    )
    assert done.stdout == b"open\n"
    with alone(profile):
        pass


def _key(profile: Path) -> bytes:
    return Vault.open(profile, kdf=CHEAP).unlock("bela", NEW_PASSWORD).data_key


def test_the_version_that_is_asked_for_is_the_newest(profile: Path) -> None:
    schema.require_newest(profile / "clinic.db", _key(profile))
    assert settings.load(profile).workstation
