"""What goes wrong around a clinic is said in plain words with a remedy, and loses nothing."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from clinic_desktop import settings
from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.services import clinic as clinics
from clinic_desktop.services import patients
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.audit import verify_audit
from clinic_desktop.services.clinic import Clinic, create_clinic, open_clinic, open_with_key
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.staff import NewStaff, add_staff
from clinic_desktop.store import schema
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.vault import Vault
from tests.backed_up import CHEAP, NEW_PASSWORD, PASSWORD, everything, flipped

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def make(profile: Path, clock: SetClock, name: str = "Kitgum Street Clinic") -> str:
    made = create_clinic(
        profile, clinic_name=name, username="amina", display_name="OKELLO, Amina", password=PASSWORD,
        device_secret="file", clock=clock, kdf=CHEAP,
    )  # fmt: skip
    clinic, admin = open_clinic(profile, "amina", PASSWORD, clock=clock)
    clinics.confirm_recovery(clinic, made.recovery_key)
    clinic.vault._kdf = CHEAP
    add_staff(admin, clinic, NewStaff("bela", "ADEYEMI, Bela", "front_desk", NEW_PASSWORD))
    clinic.sign_out(admin)
    clinic.close()
    return made.recovery_key


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clinic made once, with two patients, and copied for each test."""
    profile = tmp_path_factory.mktemp("whole") / "clinic"
    clock = SetClock(NOW)
    make(profile, clock)
    register(profile, clock, "Okafor", "Balogun")
    return profile


@pytest.fixture
def profile(tmp_path: Path, whole: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "clinic"))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW + timedelta(hours=1))


def work(profile: Path, clock: SetClock) -> tuple[Clinic, Desk]:
    return open_clinic(profile, "bela", NEW_PASSWORD, clock=clock)


def register(profile: Path, clock: SetClock, *names: str) -> None:
    clinic, desk = work(profile, clock)
    for name in names:
        patients.register_patient(desk, NewPatient(name, "Ada", "female", date(1985, 7, 4), "day"))
    clinic.close()


def names(desk: Desk) -> set[str]:
    return {hit.name for text in ("ada",) for hit in patients.find_patients(desk, text)}


def said(trouble: Trouble) -> str:
    words = f"{trouble.message} {trouble.remedy}".format(**trouble.facts)
    assert "Traceback" not in words
    assert "{" not in words
    assert trouble.remedy
    return words


def call(profile: Path, *words: str, password: str = NEW_PASSWORD, user: str = "bela") -> tuple[int, str, str]:
    """The command line in a process of its own; what a person reads must never be a traceback."""
    secret = profile.parent / "password"
    secret.write_text(password + "\n")
    start = [sys.executable, "-c", "import sys; from clinic_desktop.cli.main import main; sys.exit(main(sys.argv[1:]))"]
    options = ["--profile", str(profile), "--user", user, "--password-file", str(secret)]
    done = subprocess.run(
        [*start, *options, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


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
def test_each_damage_is_named_with_a_remedy_and_touches_nothing(profile: Path, clock: SetClock, damage: str) -> None:
    do, words = DAMAGES[damage]
    do(profile)
    before = everything(profile)
    with pytest.raises(Trouble) as trouble:
        work(profile, clock)
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
    profile: Path, clock: SetClock, user: str, password: str
) -> None:
    with pytest.raises(Refusal, match="username or the password is wrong"):
        open_clinic(profile, user, password, clock=clock)
    code, out, err = call(profile, "counts", user=user, password=password)
    assert (code, out) == (3, "")
    assert "username or the password is wrong" in err
    clinic, desk = work(profile, clock)
    assert len(names(desk)) == 2
    clinic.close()


def test_a_folder_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    code, out, err = call(tmp_path / "nowhere", "counts")
    assert (code, out) == (4, "")
    assert "no key slots" in err
    assert not (tmp_path / "nowhere").exists()


def test_one_damaged_copy_of_the_slots_opens_and_is_mended(profile: Path, clock: SetClock) -> None:
    good = (profile / "keyslots").read_bytes()
    for name in ("keyslots", "keyslots.2"):
        (profile / name).write_bytes(flipped(good, 200))
        clinic, desk = work(profile, clock)
        assert len(names(desk)) == 2
        clinic.close()
        assert (profile / name).read_bytes() == good


def test_a_wrong_key_opens_nothing(profile: Path, clock: SetClock) -> None:
    with pytest.raises(Trouble, match="does not open"):
        open_with_key(profile, bytes(32), process="agent", clock=clock)


# Older copies, missing tails, the anchor, the clock. ------------------------------------------------------


def test_an_older_copy_put_back_is_found_by_the_anchor(profile: Path, clock: SetClock, tmp_path: Path) -> None:
    older = (profile / "clinic.db").read_bytes()
    register(profile, clock, "Third")
    newer = (profile / "clinic.db").read_bytes()
    (profile / "clinic.db").write_bytes(older)
    with pytest.raises(Trouble, match="older than the last work saved here") as trouble:
        work(profile, clock)
    assert "Nothing was changed" in said(trouble.value)
    (profile / "clinic.db").write_bytes(newer)
    clinic, desk = work(profile, clock)
    assert len(names(desk)) == 3
    clinic.close()


def test_with_an_older_anchor_and_no_keyring_an_older_copy_is_not_found(profile: Path, clock: SetClock) -> None:
    """Said plainly in the documentation: whoever swaps the whole folder is not found out without a keyring."""
    older = everything(profile)
    register(profile, clock, "Third")
    for name, data in older.items():
        (profile / name).write_bytes(data)
    clinic, desk = work(profile, clock)
    assert len(names(desk)) == 2
    assert clinic.notices == ()
    clinic.close()


def test_with_a_keyring_the_older_folder_is_found(
    profile: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(Vault, "put_anchor", lambda _vault, text: bool(kept.setdefault("a", text)))
    monkeypatch.setattr(Vault, "get_anchor", lambda _vault: kept.get("a"))
    older = everything(profile)
    register(profile, clock, "Third")
    for name, data in older.items():
        (profile / name).write_bytes(data)
    with pytest.raises(Trouble, match="older than the last work"):
        work(profile, clock)


def test_commits_whose_log_is_missing_are_missed(profile: Path, clock: SetClock, tmp_path: Path) -> None:
    clinic, desk = work(profile, clock)
    patients.register_patient(desk, NewPatient("Third", "Ada", "female"))
    # As a power cut would leave it, then somebody who tidies up takes the -wal for rubbish.
    shutil.copytree(profile, tmp_path / "cut")
    clinic.close()
    assert (tmp_path / "cut" / "clinic.db-wal").stat().st_size > 0
    whole = Path(shutil.copytree(tmp_path / "cut", tmp_path / "with"))
    again, desk = work(whole, clock)
    assert len(names(desk)) == 3
    again.close()
    (tmp_path / "cut" / "clinic.db-wal").unlink()
    with pytest.raises(Trouble, match="older than the last work"):
        work(tmp_path / "cut", clock)


def rows(clinic: Clinic, kind: str) -> int:
    with clinic.store.read() as connection:
        return len(connection.execute(select(access.c.n).where(access.c.kind == kind)).all())


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"\xff" * 1536)])
def test_a_missing_or_damaged_anchor_is_said_and_written_down(
    profile: Path, clock: SetClock, damage: Callable[[Path], object]
) -> None:
    damage(profile / "anchor")
    clinic, desk = work(profile, clock)
    assert any("note of how far" in notice for notice in clinic.notices)
    assert rows(clinic, "anchor.missing") == 1
    assert len(names(desk)) == 2
    clinic.close()
    again, _ = work(profile, clock)
    assert again.notices == ()
    again.close()


def test_a_clock_set_back_is_said_and_entries_keep_their_order(profile: Path, clock: SetClock) -> None:
    clock.set(NOW - timedelta(days=400))
    clinic, desk = work(profile, clock)
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


# A folder that cannot be written, a disk that is full. --------------------------------------------------

SCRIPT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services import patients
from clinic_desktop.services.clinic import open_clinic
from clinic_desktop.services.patients import NewPatient
from tests.backed_up import NEW_PASSWORD
profile = Path(sys.argv[1])

def opened():
    return open_clinic(profile, "bela", NEW_PASSWORD, clock=SetClock(datetime(2026, 3, 10, 11, 0, tzinfo=UTC)))

def fill(desk):
    done = []
    for number in range(4000):
        try:
            desk_ = desk.once()
            new = NewPatient(f"F{number}", "Ada", "female", address="x" * 5000)
            patients.register_patient(desk_, new)
        except Trouble as trouble:
            return done, f"{trouble.message} {trouble.remedy}"
        done.append(number)
    return done, ""

def there(desk, done):
    return all(patients.find_patients(desk, f"f{number}") for number in (done[0], done[-1], len(done) // 2))
"""


def script(profile: Path, body: str, *, before: list[str] | None = None) -> str:
    done = subprocess.run(
        [*(before or []), sys.executable, "-c", SCRIPT + body, str(profile)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB that can be filled."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)], check=False).returncode:
        pytest.skip("this machine does not let us mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


FULL = """
clinic, desk = opened()
done, words = fill(desk)
print(len(done) > 20, "disk is full" in words and "Free some space" in words)
print("reads", there(desk, done))
{room}
patients.register_patient(desk.once(), NewPatient("Afterwards", "Ada", "female"))
print("again", len(patients.find_patients(desk, "afterwards")), there(desk, done))
clinic.close()
clinic, desk = opened()
print("opened", len(patients.find_patients(desk, "afterwards")), there(desk, done))
with clinic.store.read() as connection:
    print(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one())
    print("half", connection.exec_driver_sql("SELECT count(*) FROM patients p LEFT JOIN patient_search s"
        " ON s.patient_rowid = p.rowid_ WHERE s.patient_rowid IS NULL").scalar_one())
clinic.close()
"""


def test_a_full_disk_is_said_keeps_what_was_saved_and_goes_on_when_there_is_room(whole: Path, small_disk: Path) -> None:
    profile = Path(shutil.copytree(whole, small_disk / "clinic"))
    room = 'import subprocess; subprocess.run(["mount", "-o", "remount,size=24m", str(profile.parent)], check=True)'
    said_ = script(profile, FULL.replace("{room}", room))
    assert said_.splitlines() == ["True True", "reads True", "again 1 True", "opened 1 True", "ok", "half 0"]
    clinic, admin = open_clinic(profile, "amina", PASSWORD, clock=SetClock(NOW + timedelta(hours=5)))
    assert verify_audit(admin).findings == ()
    clinic.close()


def test_a_disk_that_fails_is_said_keeps_what_was_saved_and_goes_on(profile: Path) -> None:
    """The other path: the system refuses the write itself ("disk I/O error")."""
    body = FULL.replace("disk is full", "did not take what was written").replace("Free some space", "Check the disk")
    limit = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
"""
    body = limit + body.replace(
        "done, words = fill(desk)",
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, resource.RLIM_INFINITY))\ndone, words = fill(desk)",
    ).replace("{room}", "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)")
    assert script(profile, body).splitlines() == [
        "True True", "reads True", "again 1 True", "opened 1 True", "ok", "half 0",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, whole: Path) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a mount that cannot be written to needs root")
    profile = Path(shutil.copytree(whole, tmp_path / "clinic"))
    before = everything(profile)
    if subprocess.run(["mount", "--bind", str(profile), str(profile)], check=False).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(profile)], check=True)
        code, out, err = call(profile, "counts")
        assert (code, out) == (4, "")
        assert "cannot be written to" in err
        with pytest.raises(Trouble, match="cannot be written to"):
            open_with_key(profile, bytes(32), process="agent")
        with pytest.raises(Trouble, match="cannot be written to"):
            connect(profile / "clinic.db", _key(whole), WRITER_PRAGMAS)
    finally:
        subprocess.run(["umount", "-l", str(profile)], check=False)
    assert everything(profile) == before


def _key(profile: Path) -> bytes:
    return Vault.open(profile, kdf=CHEAP).unlock("bela", NEW_PASSWORD).data_key


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
    profile: Path, clock: SetClock, tmp_path: Path, whole: Path
) -> None:
    from clinic_desktop.services.backups import make_backup
    from clinic_desktop.services.restoring import restore_backup

    recovery = make(tmp_path / "second", clock)
    second = tmp_path / "second"
    backup = Path(make_backup(second, _key_of(second), clock=clock).path)
    before = second.stat().st_ino

    def restore() -> None:
        restore_backup(
            backup, second, recovery, admin_username="amina", new_password=NEW_PASSWORD + "x", device_secret="file",
            clock=clock, kdf=CHEAP, accept_older=True,
        )  # fmt: skip

    for process in ("window", "agent", "command"):
        clinic = open_with_key(second, _key_of(second), process=process, clock=clock)  # type: ignore[arg-type]
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


def test_the_version_that_is_asked_for_is_the_newest(profile: Path) -> None:
    schema.require_newest(profile / "clinic.db", _key(profile))
    assert settings.load(profile).workstation
