"""Proving a backup in another process: only what a fresh process can open with the key alone counts as a backup.

Run as a program it reads the key and the path from standard input, never from its arguments, and answers in JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.store import archive, audit, copied, schema
from clinic_desktop.store.archive import Manifest
from clinic_desktop.store.subkeys import subkey

_running: set[subprocess.Popen[str]] = set()


@dataclass(frozen=True)
class Proof:
    """What was opened and counted."""

    database_id: str
    made_at: str
    links: int
    counts: dict[str, int]
    size: int


def prove_elsewhere(path: Path, key: bytes) -> Proof:
    """Prove a backup in a process of its own. Raises Trouble saying what is wrong with it."""
    # A bundle has no `-m`: there the program itself is started and sees this word first (see `main`).
    start = [sys.executable, PROVE] if getattr(sys, "frozen", False) else [sys.executable, "-m", __name__]
    question = json.dumps({"key": key.hex(), "path": str(path)})
    pipe = subprocess.PIPE
    child = subprocess.Popen(start, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)  # noqa: S603 - ourselves
    _running.add(child)
    try:
        said, _ = child.communicate(question)
    finally:
        _running.discard(child)
        child.kill()
        child.wait()
    try:
        answer = json.loads(said)
    except ValueError as error:
        raise Trouble(
            N_("The program that proves backups did not answer (code {code})."),
            remedy=N_("Try again; the backup does not count until it was proved."),
            code=child.returncode,
        ) from error
    if "trouble" in answer:
        trouble = answer["trouble"]
        raise Trouble(trouble["message"], remedy=trouble["remedy"], **trouble["facts"])
    return Proof(**answer)


def end_proofs() -> None:
    """Stop every proof that runs: a lock takes the key from them too."""
    for child in tuple(_running):
        child.kill()
        child.wait()


PROVE = "--prove-backup"


def main() -> int:
    """Answer one question from standard input."""
    question = json.loads(sys.stdin.read())
    try:
        answer = asdict(prove(Path(question["path"]), bytes.fromhex(question["key"])))
    except Trouble as trouble:
        answer = {"trouble": {"message": trouble.message, "remedy": trouble.remedy, "facts": trouble.facts}}
    sys.stdout.write(json.dumps(answer))
    return 0


def prove(path: Path, key: bytes) -> Proof:
    """Unpack the encrypted database of a backup beside it, and check everything about it. Raises Trouble."""
    manifest, _keyslots = archive.read_small(path, key)
    # What is unpacked stays encrypted, so where the backup's own drive is read-only any other place will do.
    beside = path.parent if os.access(path.parent, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix=".proof-", dir=beside) as folder:
        database = Path(folder) / "clinic.db"
        archive.extract(path, manifest, database)
        _check(path.name, manifest, database, key)
    links = sum(n for heads in (manifest.journal, manifest.access) for n, _ in heads.values())
    return Proof(manifest.database_id, manifest.made_at, links, manifest.counts, path.stat().st_size)


def _check(name: str, manifest: Manifest, database: Path, key: bytes) -> None:
    with copied.opened(database, key) as connection:
        _require(name, not connection.exec_driver_sql("PRAGMA cipher_integrity_check").all(), "cipher")
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        _require(name, sound == ["ok"], "structure")
        _require(name, not connection.exec_driver_sql("PRAGMA foreign_key_check").all(), "references")
        _require(name, copied.schema(connection) == manifest.schema, "version")
        _require(name, copied.counts(connection) == manifest.counts, "counts")
        _require(name, copied.heads(connection, "journal") == manifest.journal, "journal")
        _require(name, copied.heads(connection, "access") == manifest.access, "access log")
        if manifest.schema == schema.HEAD:
            content_key = subkey(key, "journal content")
            finding = next(iter(audit.verify(connection, content_key, (), manifest.workstation)), None)
            _require(name, finding is None, finding.where if finding else "")


def _require(name: str, holds: bool, what: str) -> None:  # noqa: FBT001 - a claim that holds or not
    if not holds:
        raise Trouble(
            N_("The backup {name} does not hold what it says ({what})."),
            remedy=N_("Nothing was changed here. Use another backup."),
            name=name,
            what=what,
        )


if __name__ == "__main__":
    sys.exit(main())
