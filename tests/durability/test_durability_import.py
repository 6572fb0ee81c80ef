"""An import that is killed leaves whole people alone, and the next run completes it."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from clinic_desktop.clock import SetClock
from clinic_desktop.exchange.incoming import import_fhir
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from tests.conftest import KEY, NOW
from tests.fhir import bundle, everything

ROOT = Path(__file__).parents[2]
PEOPLE, KILLS = 40, 6
SOMEBODY = "01a00000-0000-7000-8000-000000000001"


def desk_in(folder: Path) -> Desk:
    """The administrator of the clinic in a folder."""
    anchor = Anchor(folder / "anchor", KEY, "command")
    store = Store(folder / "clinic.db", KEY, clock=SetClock(NOW), workstation="A7", anchor=anchor)
    return Desk(store, Session(SOMEBODY, SOMEBODY, "ada", "Ada Admin", "administrator", "A7", NOW))


def prepare(folder: Path, empty: Path) -> None:
    """A clinic with its administrator, and as many bundles as people."""
    (folder / "files").mkdir(parents=True)
    shutil.copy(empty, folder / "clinic.db")
    desk = desk_in(folder)
    with desk.store.write(act="made", session=None) as unit:
        values = {"id": SOMEBODY, "username": "ada", "display_name": "Ada Admin", "role": "administrator"}
        unit.create(staff, values, kind="staff.added")
    desk.store.close()
    for number in range(PEOPLE):
        text = bundle(everything())
        for digit in "123456":
            text = text.replace(digit * 8, f"{digit * 5}{number:03}").replace(
                f"a{digit * 7}", f"a{digit * 4}{number:03}"
            )
        (folder / "files" / f"{number:02}.json").write_text(text)


def whole_people(folder: Path) -> int:
    """How many are there; fails where one of them has a part of their records alone."""
    connection = connect(folder / "clinic.db", KEY, WRITER_PRAGMAS)
    ids = [row[0] for row in connection.execute("SELECT id FROM patients").fetchall()]
    for table, count in (("encounters", 1), ("allergies", 1), ("observations", 4), ("identifiers", 11)):
        found = dict(connection.execute(f"SELECT patient_id, count(*) FROM {table} GROUP BY 1").fetchall())
        assert {one: found.get(one, 0) for one in ids} == dict.fromkeys(ids, count), table
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    return len(ids)


def test_killed_anywhere_it_has_whole_people_and_the_next_run_completes(tmp_path: Path, empty_database: Path) -> None:
    prepare(tmp_path / "first", empty_database)
    partly = 0
    for kill in range(KILLS):
        folder = tmp_path / f"kill{kill}"
        shutil.copytree(tmp_path / "first", folder)
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.durability.test_durability_import", str(folder)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(0.05 + 0.1 * kill)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        partly += 0 < whole_people(folder) < PEOPLE
        desk = desk_in(folder)
        done = import_fhir(desk, [folder / "files"], lambda _words: None)
        desk.store.close()
        assert done.problems == []
        assert whole_people(folder) == PEOPLE
    assert partly > 0


if __name__ == "__main__":
    place = Path(sys.argv[1])
    here = desk_in(place)
    sys.stdout.write(json.dumps("begun") + "\n")
    sys.stdout.flush()
    import_fhir(here, [place / "files"], lambda _words: None)
