"""An older database and the migrations that bring it up: made here, for tests alone.

Run as a program it brings copies of that database up to date in children and kills each at a random instant.
"""

import argparse
import json
import os
import random
import shutil
import signal
import time
from pathlib import Path

from clinic_desktop.store import guards, schema
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect

KEY = bytes(range(32))
BEFORE = schema.HEAD  # what the product makes itself
NEWEST = "9002"

# The first changes what is there, the second rebuilds two parent tables: what Alembic's batch mode does to them.
CHAIN = {
    "9001_words": """
revision, down_revision, branch_labels, depends_on = "9001", BEFORE, None, None

def upgrade():
    op.add_column("staff", sa.Column("nickname", sa.Text()))
    op.execute("UPDATE staff SET nickname = username")
    op.create_table("errands", sa.Column("id", sa.Text(), primary_key=True), sa.Column("staff_id", sa.Text()))
    op.execute("INSERT INTO errands SELECT id, id FROM staff")
""",
    "9002_rebuilt": """
revision, down_revision, branch_labels, depends_on = "9002", "9001", None, None

def upgrade():
    for name in ("patients", "encounters"):
        with op.batch_alter_table(name, recreate="always") as batch:
            batch.add_column(sa.Column("rebuilt", sa.Integer(), server_default="1"))
""",
}


def write_chain(folder: Path) -> Path:
    """Write a migration chain: the product's own, then two that only tests know."""
    shutil.copytree(schema.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, body in CHAIN.items():
        (folder / "versions" / f"{name}.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\n\nBEFORE = {BEFORE!r}\n{body}"
        )
    return folder


def use_chain(folder: Path) -> None:
    """Make this process take that chain for the product's own."""
    schema.MIGRATIONS = folder
    schema.HEAD = NEWEST


def state(path: Path) -> dict[str, object]:
    """What stands in the database: version, tables and rows, guards, and whether it is sound."""
    connection = connect(path, KEY, WRITER_PRAGMAS)

    def one(statement: str) -> object:
        return connection.execute(statement).fetchone()[0]

    try:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master").fetchall()}
        columns = {row[1] for row in connection.execute("PRAGMA table_info(patients)").fetchall()}
        return {
            "version": one("SELECT version_num FROM alembic_version"),
            "errands": "errands" in names,
            "rebuilt": "rebuilt" in columns,
            "left": sorted(name for name in names if "_alembic_tmp" in name),
            "missing": sorted(set(guards.triggers()) - names),
            "staff": one("SELECT count(*) FROM staff"),
            "patients": one("SELECT count(*) FROM patients"),
            "children": one("SELECT count(*) FROM patient_contacts"),
            "sound": [one("PRAGMA integrity_check"), connection.execute("PRAGMA foreign_key_check").fetchall()],
        }
    finally:
        connection.close()


def kill_at_random(source: Path, folder: Path, chain: Path, kills: int) -> dict[str, object]:
    """Bring copies up to date and kill each somewhere on the way; how many ended old, new, and otherwise."""
    import alembic.command
    import alembic.config  # noqa: F401 - in the parent, so that no child spends its time on importing

    use_chain(chain)
    whole = folder / "whole.db"
    shutil.copy(source, whole)
    old = state(whole)
    begun = time.monotonic()
    schema.bring_up_to_date(whole, KEY, lambda: None)
    takes = time.monotonic() - begun
    new = state(whole)
    ends = {"old": 0, "new": 0}
    mixed = []
    for number in range(kills):
        path = folder / f"{number}.db"
        shutil.copy(source, path)
        child = os.fork()
        if child == 0:
            schema.bring_up_to_date(path, KEY, lambda: None)
            os._exit(0)
        time.sleep(random.uniform(0, takes * 1.3))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = state(path)
        if found in (old, new):
            ends["old" if found == old else "new"] += 1
        else:
            mixed.append(found)
    return {**ends, "mixed": mixed, "before": old, "after": new}


def main() -> None:
    """Kill as often as asked and print the verdict."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("chain", type=Path)
    parser.add_argument("--kills", type=int, default=30)
    arguments = parser.parse_args()
    random.seed(arguments.kills)
    print(json.dumps(kill_at_random(arguments.source, arguments.folder, arguments.chain, arguments.kills)))  # noqa: T201


if __name__ == "__main__":
    main()
