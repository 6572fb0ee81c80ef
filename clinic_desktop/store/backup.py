"""Making a backup: a consistent copy of the living database, put into one file, proved, then given its name."""

import contextlib
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2

from clinic_desktop.clock import to_text
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.store import archive, copied
from clinic_desktop.store.archive import Manifest
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect, gate, unreadable
from clinic_desktop.store.proof import prove_elsewhere

# The copy and the file it is put into lie side by side for a moment.
_ROOM = 2.2
_LEFT_BEHIND = 3600


@dataclass(frozen=True)
class Source:
    """The living database that is copied."""

    database: Path
    keyslots: bytes
    database_id: str
    clinic: str
    workstation: str


def make(source: Source, key: bytes, folder: Path, now: datetime) -> tuple[Path, Manifest]:
    """Write a backup into a folder; it gets its name only after another process has proved it. Raises Trouble."""
    gate(source.database)
    name = f"{_slug(source.clinic)}-{now:%Y%m%dT%H%M%SZ}{archive.SUFFIX}"
    stem = f".{name}.{secrets.token_hex(4)}"
    copy, part = folder / f"{stem}.db", folder / f"{stem}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        _room_for(source.database, folder)
        seen = _vacuum_into(source.database, key, copy, source.workstation)
        manifest = _manifest(source, key, copy, now)
        if manifest.journal.get(source.workstation, (0, ""))[0] < seen:
            raise archive.damaged(name)
        archive.write(part, archive.seal(manifest, key), source.keyslots, copy)
        copy.unlink()
        prove_elsewhere(part, key)
        return _name(part, folder / name), manifest
    except OSError as error:
        raise Trouble(
            N_("The backup could not be written to {folder} ({error})."),
            remedy=N_("Check that the drive is there, not read-only and not full, or choose another folder."),
            folder=str(folder),
            error=error.strerror or type(error).__name__,
        ) from error
    finally:
        for rest in (copy, part, copy.with_name(f"{copy.name}-journal")):
            with contextlib.suppress(OSError):
                rest.unlink(missing_ok=True)


def _vacuum_into(database: Path, key: bytes, copy: Path, here: str) -> int:
    """Copy the database as it stands; returns how far this workstation's journal went before."""
    # Made first, so that it is never readable by others; VACUUM INTO takes an empty file.
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    # A connection of its own without the authorizer, which refuses VACUUM INTO together with ATTACH.
    connection = connect(database, key, WRITER_PRAGMAS, guard=False)
    try:
        seen = connection.execute("SELECT coalesce(max(n), 0) FROM journal WHERE workstation = ?", (here,)).fetchone()
        connection.execute("VACUUM INTO ?", (str(copy),))
    except dbapi2.DatabaseError as error:
        raise unreadable(database, error) from None
    finally:
        connection.close()
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    return int(seen[0])


def _manifest(source: Source, key: bytes, copy: Path, now: datetime) -> Manifest:
    with copied.opened(copy, key) as connection:
        return Manifest(
            database_id=source.database_id,
            clinic=source.clinic,
            made_at=to_text(now),
            workstation=source.workstation,
            schema=copied.schema(connection),
            versions=copied.versions(connection),
            journal=copied.heads(connection, "journal"),
            access=copied.heads(connection, "access"),
            counts=copied.counts(connection),
            database=archive.part_of(copy),
            keyslots=archive.part_of_bytes(source.keyslots),
        )


def _sweep(folder: Path) -> None:
    """Remove what a backup that was killed left behind; an hour is longer than any takes."""
    for rest in [*folder.glob(f".*{archive.SUFFIX}.*"), *folder.glob(".proof-*")]:
        with contextlib.suppress(OSError):
            if rest.stat().st_mtime < time.time() - _LEFT_BEHIND:
                shutil.rmtree(rest) if rest.is_dir() else rest.unlink()


def _name(part: Path, wanted: Path) -> Path:
    """Give a proved file its name, never another backup's."""
    target, more = wanted, 1
    while target.exists():
        more += 1
        target = wanted.with_name(f"{wanted.name.removesuffix(archive.SUFFIX)}-{more}{archive.SUFFIX}")
    part.rename(target)
    if os.name != "nt":
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return target


def _room_for(database: Path, folder: Path) -> None:
    needed = int(database.stat().st_size * _ROOM)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Trouble(
            N_("There is not enough room for a backup in {folder}: {free} MB free, {needed} MB needed."),
            remedy=N_("Free some space or choose another folder."),
            folder=str(folder),
            free=free >> 20,
            needed=(needed >> 20) + 1,
        )


def _slug(clinic: str) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in clinic.lower()).split()
    return "-".join(words)[:40] or "clinic"
