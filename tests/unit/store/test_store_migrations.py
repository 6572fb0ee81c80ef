"""An older database is brought up to date after a proved backup: wholly or not at all, with its guards."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.services.backups import prove_backup
from clinic_desktop.services.clinic import open_with_key
from clinic_desktop.store import guards, schema
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from tests import older
from tests.backed_up import Made, count_patients, small_clinic

ROOT = Path(__file__).parents[3]
OLD = {"version": older.BEFORE, "errands": False, "rebuilt": False}
NEW = {"version": older.NEWEST, "errands": True, "rebuilt": True}


@pytest.fixture
def chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = older.write_chain(tmp_path / "chain")
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    monkeypatch.setattr(schema, "HEAD", older.NEWEST)
    return folder


@pytest.fixture
def made(tmp_path: Path, clock: SetClock) -> Made:
    return small_clinic(tmp_path / "clinic", clock)


def families(path: Path, key: bytes = older.KEY) -> None:
    """Two patients with a contact each: rows that a rebuilt parent must not take with it."""
    connection = connect(path, key, WRITER_PRAGMAS)
    for name in ("p1", "p2"):
        connection.execute(
            "INSERT INTO patients (id, revision, mrn, family_name, given_names, sex, registered_at, family_key,"
            " given_key) VALUES (?, 1, ?, 'A', 'B', 'female', 'x', 'a', 'b')",
            (name, name),
        )
        connection.execute(
            "INSERT INTO patient_contacts (id, revision, patient_id, position, name, relation)"
            " VALUES (?, 1, ?, 0, 'C', 'sister')",
            (f"c-{name}", name),
        )
    connection.execute(
        "INSERT INTO staff (id, revision, username, display_name, role) VALUES ('s', 1, 'u', 'U', 'nurse')"
    )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_a_proved_backup_of_the_old_comes_first_and_the_clinic_opens_on_the_new(
    made: Made, monkeypatch: pytest.MonkeyPatch, chain: Path
) -> None:
    clinic = open_with_key(made.profile, made.key, process="window", clock=made.clock)
    assert clinic.store.path.exists()
    with clinic.store.read() as connection:
        assert schema.version(connection) == older.NEWEST
        assert guards.missing(connection) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM patients WHERE rebuilt = 1").scalar_one() == 3
    clinic.close()
    (backup,) = (made.profile / "backups").glob("*.clinicbackup")
    monkeypatch.undo()
    assert prove_backup(backup, made.key).patients == 3
    made.restore(backup, made.profile, accept_older=True)
    connection_ = connect(made.profile / "clinic.db", made.key, WRITER_PRAGMAS)
    assert connection_.execute("SELECT version_num FROM alembic_version").fetchone()[0] == older.BEFORE
    connection_.close()


def test_without_its_backup_nothing_is_migrated(made: Made, chain: Path) -> None:
    (made.profile / "backups").write_text("in the way")
    with pytest.raises(Trouble, match="backup could not be written"):
        open_with_key(made.profile, made.key, process="window", clock=made.clock)
    connection = connect(made.profile / "clinic.db", made.key, WRITER_PRAGMAS)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone()[0] == older.BEFORE
    connection.close()


def test_nothing_is_migrated_under_somebody_elses_hands(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_with_key(made.profile, made.key, process="window", clock=made.clock)
    monkeypatch.setattr(schema, "MIGRATIONS", older.write_chain(made.profile.parent / "chain"))
    monkeypatch.setattr(schema, "HEAD", older.NEWEST)
    with pytest.raises(Trouble, match="open in another window"):
        open_with_key(made.profile, made.key, process="command", clock=made.clock)
    with pytest.raises(Trouble, match="older version"):
        open_with_key(made.profile, made.key, process="agent", clock=made.clock)
    other.close()
    open_with_key(made.profile, made.key, process="command", clock=made.clock).close()


def test_a_newer_database_is_refused_and_left_as_it_is(made: Made) -> None:
    connection = connect(made.profile / "clinic.db", made.key, WRITER_PRAGMAS, guard=False)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = (made.profile / "clinic.db").read_bytes()
    for process in ("window", "agent", "command"):
        with pytest.raises(Trouble, match="newer version"):
            open_with_key(made.profile, made.key, process=process, clock=made.clock)
    assert (made.profile / "clinic.db").read_bytes() == before
    assert count_patients(made.profile, made.key) == 3


def test_a_rebuilt_parent_keeps_its_children_and_every_guard_is_made_again(
    tmp_path: Path, empty_database: Path, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clinic.db"
    shutil.copy(empty_database, path)
    families(path)
    renewed = []
    real = guards.renew

    def renew(connection: object) -> None:
        # Batch mode has dropped the guards of the tables it rebuilt: that is why they are made again.
        renewed.append(guards.missing(connection))  # type: ignore[arg-type]
        real(connection)  # type: ignore[arg-type]

    monkeypatch.setattr(guards, "renew", renew)
    assert schema.bring_up_to_date(path, older.KEY, lambda: None)
    assert [sorted(each) for each in renewed] == [["no_delete_encounters", "no_delete_patients"]]
    after = older.state(path)
    assert after | NEW == after
    assert (after["patients"], after["children"], after["missing"], after["left"]) == (2, 2, [], [])
    assert after["sound"] == ["ok", []]
    assert not schema.bring_up_to_date(path, older.KEY, lambda: pytest.fail("twice"))


def test_with_foreign_keys_on_the_rebuild_would_not_go_through(
    tmp_path: Path, empty_database: Path, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trap itself: it is switching them off before BEGIN that saves the children."""
    path = tmp_path / "clinic.db"
    shutil.copy(empty_database, path)
    families(path)
    real = command.upgrade

    def upgrade(config: object, revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = 1")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        real(config, revision)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "upgrade", upgrade)
    with pytest.raises(Exception, match=r"FOREIGN KEY|lost rows"):
        schema.bring_up_to_date(path, older.KEY, lambda: None)
    after = older.state(path)
    assert after | OLD == after
    assert (after["patients"], after["children"], after["sound"]) == (2, 2, ["ok", []])


def test_a_migration_that_loses_rows_is_taken_back(tmp_path: Path, empty_database: Path, chain: Path) -> None:
    path = tmp_path / "clinic.db"
    shutil.copy(empty_database, path)
    families(path)
    thief = chain / "versions" / "9002_rebuilt.py"
    thief.write_text(
        thief.read_text() + "    op.execute('DROP TRIGGER no_delete_staff')\n    op.execute('DELETE FROM staff')\n"
    )
    with pytest.raises(RuntimeError, match="staff"):
        schema.bring_up_to_date(path, older.KEY, lambda: None)
    after = older.state(path)
    assert after | OLD == after
    assert (after["staff"], after["missing"]) == (1, [])


@pytest.mark.parametrize("kills", ["16", pytest.param("60", marks=pytest.mark.long)])
def test_killed_anywhere_on_the_way_it_is_the_old_or_the_new(tmp_path: Path, empty_database: Path, kills: str) -> None:
    source = tmp_path / "source.db"
    shutil.copy(empty_database, source)
    families(source)
    folder = tmp_path / "killed"
    folder.mkdir()
    chain = older.write_chain(tmp_path / "chain")
    done = subprocess.run(
        [sys.executable, "-m", "tests.older", str(source), str(folder), str(chain), "--kills", kills],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["mixed"] == []
    assert verdict["before"] | OLD == verdict["before"]
    assert verdict["after"] | NEW == verdict["after"]
    assert verdict["after"]["missing"] == []
    assert verdict["old"] > 3


def test_visits_that_were_there_before_others_came_from_elsewhere_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step 0002 makes the table of visits anew: its rows, those that point to them and its guards are all there."""
    path, key = tmp_path / "first.db", older.KEY
    newest = schema.HEAD
    first = tmp_path / "first"
    shutil.copytree(schema.MIGRATIONS, first, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*", "00[1-9]*"))
    monkeypatch.setattr(schema, "MIGRATIONS", first)
    monkeypatch.setattr(schema, "HEAD", "0001")
    monkeypatch.setattr(guards, "renew", lambda _connection: None)
    schema.create(path, key)
    families(path, key)
    connection = connect(path, key, WRITER_PRAGMAS)
    connection.execute(
        "INSERT INTO encounters (id, patient_id, practitioner_id, preset, status, started_at)"
        " VALUES ('e', 'p1', 's', 'general', 'signed', 'x')"
    )
    connection.execute(
        "INSERT INTO addenda (id, encounter_id, patient_id, author_id, written_at, text, reason)"
        " VALUES ('a', 'e', 'p1', 's', 'x', 'more', 'why')"
    )
    connection.close()
    monkeypatch.undo()
    assert newest == schema.HEAD
    assert schema.bring_up_to_date(path, key, lambda: None)
    connection = connect(path, key, WRITER_PRAGMAS)
    assert connection.execute("SELECT status, practitioner_id, outside_status FROM encounters").fetchall() == [
        ("signed", "s", None)
    ]
    assert connection.execute("SELECT encounter_id FROM addenda").fetchall() == [("e",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with pytest.raises(Exception, match="erased"):
        connection.execute("DELETE FROM encounters")
    connection.close()
