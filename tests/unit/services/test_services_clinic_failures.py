"""What goes wrong around a clinic is said in plain words with a remedy, and loses nothing."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import patients
from clinic_desktop.services.audit import verify_audit
from clinic_desktop.services.clinic import Clinic, open_clinic, open_with_key
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.vault import Vault
from tests.backed_up import NEW_PASSWORD, PASSWORD, everything, flipped
from tests.failing import NOW, call, make, names, register, said, work

# The ways a folder can be damaged: what is done to it, and the words that must be said. -----------------


def other_clinic(profile: Path) -> None:
    make(profile.parent / "other", SetClock(NOW), "Another Clinic")
    shutil.copy(profile.parent / "other" / "clinic.db", profile / "clinic.db")


def plain(profile: Path) -> None:
    import sqlite3

    (profile / "clinic.db").unlink()
    # The standard library's own: what a program without the cipher would have made.
    connection = sqlite3.connect(profile / "clinic.db")
    connection.execute("CREATE TABLE patients (id)")
    connection.commit()
    connection.close()


def both_slots(profile: Path) -> None:
    for name in ("keyslots", "keyslots.2"):
        path = profile / name
        path.write_bytes(flipped(path.read_bytes(), 200))


def no_slots(profile: Path) -> None:
    for name in ("keyslots", "keyslots.2"):
        (profile / name).unlink()


def cut(profile: Path, keep: Callable[[int], int]) -> None:
    path = profile / "clinic.db"
    os.truncate(path, keep(path.stat().st_size))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no key slots": (no_slots, "no key slots"),
    "both copies of the slots damaged": (both_slots, "Both copies of the key slots"),
    "another clinic's database": (other_clinic, "key does not open"),
    "a database in clear": (plain, "not encrypted"),
    "an empty database": (lambda p: (p / "clinic.db").write_bytes(b""), "empty or cut short"),
    "half a database": (lambda p: cut(p, lambda size: size // 2), "damaged"),
    "a database without its last page": (lambda p: cut(p, lambda size: size - 4096), "damaged"),
    "a database of one page": (lambda p: cut(p, lambda _: 4096), "damaged|is not a database of"),
    "a bit of its first page": (
        lambda p: (p / "clinic.db").write_bytes(flipped((p / "clinic.db").read_bytes(), 100)),
        "key does not open",
    ),
    "no database": (lambda p: (p / "clinic.db").unlink(), "is not there"),
    "no device secret": (lambda p: (p / "device-secret").unlink(), "device secret is missing"),
    "half a device secret": (lambda p: os.truncate(p / "device-secret", 16), "device secret is damaged"),
    "no settings": (lambda p: (p / "settings").unlink(), "settings of this workstation could not be read"),
    "half the settings": (lambda p: os.truncate(p / "settings", 20), "settings of this workstation could not be read"),
    "settings of another kind": (lambda p: (p / "settings").write_text("[1]"), "settings of this workstation"),
    "settings nested without end": (lambda p: (p / "settings").write_text("[" * 99_999), "settings of this work"),
    "a setting of another kind": (
        lambda p: (p / "settings").write_text('{"idle_lock_minutes": "soon"}'),
        "idle_lock_minutes",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_named_with_a_remedy_and_touches_nothing(profile: Path, later: SetClock, damage: str) -> None:
    do, words = DAMAGES[damage]
    do(profile)
    before = everything(profile)
    with pytest.raises(Trouble) as trouble:
        work(profile, later)
    assert any(word in said(trouble.value) for word in words.split("|")), said(trouble.value)
    after = everything(profile)
    for name in before:
        # Tries are counted, and a lock may have been taken; of the clinic itself not a byte has changed.
        if name != "attempts":
            assert after[name] == before[name], name
    assert set(after) - set(before) <= {"attempts", "lock", "clinic.db-wal", "clinic.db-shm"}


@pytest.mark.parametrize("damage", ["no key slots", "half a database", "a database in clear", "half the settings"])
def test_the_command_line_says_the_same_and_ends_with_four(profile: Path, damage: str) -> None:
    DAMAGES[damage][0](profile)
    code, out, err = call(profile, "counts")
    assert (code, out) == (4, "")
    assert any(word in err for word in DAMAGES[damage][1].split("|"))
    assert err.count("\n") == 1


@pytest.mark.parametrize(("user", "password"), [("bela", "not-this-one-42"), ("nobody", NEW_PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_are_told_alike(
    profile: Path, later: SetClock, user: str, password: str
) -> None:
    with pytest.raises(Refusal, match="username or the password is wrong"):
        open_clinic(profile, user, password, clock=later)
    code, out, err = call(profile, "counts", user=user, password=password)
    assert (code, out) == (3, "")
    assert "username or the password is wrong" in err
    clinic, desk = work(profile, later)
    assert len(names(desk)) == 2
    clinic.close()


def test_a_wrong_password_given_again_counts_as_a_failed_try_and_is_written_nowhere(
    profile: Path, later: SetClock
) -> None:
    clinic, desk = work(profile, later)
    name = desk.session.username
    with pytest.raises(Refusal, match="password is wrong") as refused:
        clinic.prove(desk, "guessed-by-a-passer-by-77")
    assert refused.value.field == "own_password"
    assert clinic.vault.failures(name) == 1
    assert not desk.session.take_proof(clinic.store.clock.steady())
    for _again in range(4):
        with pytest.raises(Refusal):
            clinic.prove(desk, "guessed-by-a-passer-by-77")
    with pytest.raises(Refusal) as waits:
        clinic.prove(desk, NEW_PASSWORD)
    assert "Wait" in str(waits.value), "after five tries even the right one has to wait"
    later.advance(timedelta(minutes=20))
    clinic.prove(desk, NEW_PASSWORD)
    assert desk.session.take_proof(clinic.store.clock.steady())
    assert not desk.session.take_proof(clinic.store.clock.steady()), "once given, it stands for one act"
    clinic.close()
    for file in profile.rglob("*"):
        assert not file.is_file() or b"passer-by" not in file.read_bytes(), file


def test_a_folder_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    code, out, err = call(tmp_path / "nowhere", "counts")
    assert (code, out) == (4, "")
    assert "no key slots" in err
    assert not (tmp_path / "nowhere").exists()


def test_one_damaged_copy_of_the_slots_opens_and_is_mended(profile: Path, later: SetClock) -> None:
    good = (profile / "keyslots").read_bytes()
    for name in ("keyslots", "keyslots.2"):
        (profile / name).write_bytes(flipped(good, 200))
        clinic, desk = work(profile, later)
        assert len(names(desk)) == 2
        clinic.close()
        assert (profile / name).read_bytes() == good


def test_a_wrong_key_opens_nothing(profile: Path, later: SetClock) -> None:
    with pytest.raises(Trouble, match="does not open"):
        open_with_key(profile, bytes(32), process="agent", clock=later)


# Older copies, missing tails, the anchor, the clock. ------------------------------------------------------


def test_an_older_copy_put_back_is_found_by_the_anchor(profile: Path, later: SetClock, tmp_path: Path) -> None:
    older = (profile / "clinic.db").read_bytes()
    register(profile, later, "Third")
    newer = (profile / "clinic.db").read_bytes()
    (profile / "clinic.db").write_bytes(older)
    with pytest.raises(Trouble, match="older than the last work saved here") as trouble:
        work(profile, later)
    assert "Nothing was changed" in said(trouble.value)
    (profile / "clinic.db").write_bytes(newer)
    clinic, desk = work(profile, later)
    assert len(names(desk)) == 3
    clinic.close()


def test_with_an_older_anchor_and_no_keyring_an_older_copy_is_not_found(profile: Path, later: SetClock) -> None:
    """Said plainly in the documentation: whoever swaps the whole folder is not found out without a keyring."""
    older = everything(profile)
    register(profile, later, "Third")
    for name, data in older.items():
        (profile / name).write_bytes(data)
    clinic, desk = work(profile, later)
    assert len(names(desk)) == 2
    assert clinic.notices == ()
    clinic.close()


def test_with_a_keyring_the_older_folder_is_found(
    profile: Path, later: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(Vault, "put_anchor", lambda _vault, text: bool(kept.setdefault("a", text)))
    monkeypatch.setattr(Vault, "get_anchor", lambda _vault: kept.get("a"))
    older = everything(profile)
    register(profile, later, "Third")
    for name, data in older.items():
        (profile / name).write_bytes(data)
    with pytest.raises(Trouble, match="older than the last work"):
        work(profile, later)


def test_commits_whose_log_is_missing_are_missed(profile: Path, later: SetClock, tmp_path: Path) -> None:
    clinic, desk = work(profile, later)
    patients.register_patient(desk, NewPatient("Third", "Ada", "female"))
    # As a power cut would leave it, then somebody who tidies up takes the -wal for rubbish.
    shutil.copytree(profile, tmp_path / "cut")
    clinic.close()
    assert (tmp_path / "cut" / "clinic.db-wal").stat().st_size > 0
    whole = Path(shutil.copytree(tmp_path / "cut", tmp_path / "with"))
    again, desk = work(whole, later)
    assert len(names(desk)) == 3
    again.close()
    (tmp_path / "cut" / "clinic.db-wal").unlink()
    with pytest.raises(Trouble, match="older than the last work"):
        work(tmp_path / "cut", later)


def rows(clinic: Clinic, kind: str) -> int:
    with clinic.store.read() as connection:
        return len(connection.execute(select(access.c.n).where(access.c.kind == kind)).all())


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"\xff" * 1536)])
def test_a_missing_or_damaged_anchor_is_said_and_written_down(
    profile: Path, later: SetClock, damage: Callable[[Path], object]
) -> None:
    damage(profile / "anchor")
    clinic, desk = work(profile, later)
    assert any("note of how far" in notice for notice in clinic.notices)
    assert rows(clinic, "anchor.missing") == 1
    assert len(names(desk)) == 2
    clinic.close()
    again, _ = work(profile, later)
    assert again.notices == ()
    again.close()


def test_a_clock_set_back_is_said_and_entries_keep_their_order(profile: Path, later: SetClock) -> None:
    later.set(NOW - timedelta(days=400))
    clinic, desk = work(profile, later)
    assert any("clock of this machine was set back" in notice for notice in clinic.notices)
    assert rows(clinic, "clock.moved_back") == 1
    patients.register_patient(desk, NewPatient("Third", "Ada", "female"))
    with clinic.store.read() as connection:
        order = connection.execute(select(journal.c.hlc).order_by(journal.c.seq)).scalars().all()
    assert list(order) == sorted(set(order))
    clinic.close()
    administrator, admin = open_clinic(profile, "amina", PASSWORD, clock=SetClock(NOW + timedelta(days=1)))
    assert administrator.notices == ()
    assert verify_audit(admin).findings == ()
    administrator.close()
