"""Nothing acknowledged is lost to SIGKILL, and two processes never lose one another's work."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from clinic_desktop.services.audit import verify_audit
from clinic_desktop.store.tables.billing import prices
from tests.durability.killed import opened, prepared

ROOT = Path(__file__).parents[2]


def run(folder: Path, empty_database: Path, *arguments: str) -> dict[str, Any]:
    (folder / "clinic.db").write_bytes(empty_database.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "tests.durability.killed", str(folder), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict


def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path, empty_database: Path) -> None:
    verdict = run(tmp_path, empty_database, "--kills", "200")
    assert verdict["acknowledged"] >= 200
    assert (verdict["lost"], verdict["broken"], verdict["half"], verdict["findings"]) == ([], [], 0, [])


def test_acknowledging_before_the_commit_would_be_found(tmp_path: Path, empty_database: Path) -> None:
    verdict = run(tmp_path, empty_database, "--kills", "60", "--acknowledge-before-commit")
    assert verdict["lost"]


def test_two_processes_lose_no_update_and_write_one_chain(tmp_path: Path, empty_database: Path) -> None:
    (tmp_path / "clinic.db").write_bytes(empty_database.read_bytes())
    cashier, administrator, _ = prepared(tmp_path)
    script = (
        "import sys; from pathlib import Path; from tests.durability.two import add;"
        f"add(Path({str(tmp_path)!r}), {cashier!r}, 300)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(2)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    desk = opened(tmp_path, administrator, "administrator")
    with desk.store.read() as connection:
        row = connection.execute(prices.select()).one()
        last = connection.exec_driver_sql("SELECT max(n), count(*) FROM journal WHERE workstation = 'A7'").one()
    assert row.amount == 1500 + 600
    assert row.revision == 1 + 600
    assert last[0] == last[1]
    assert verify_audit(desk).findings == ()
    desk.store.close()
