"""The one file of a backup: a plain tar of a manifest, the key slots and the encrypted database, in that order."""

import hashlib
import hmac
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.store.subkeys import subkey

FORMAT = 1
SUFFIX = ".clinicbackup"
_MANIFEST, _KEYSLOTS, _DATABASE = _MEMBERS = ("manifest.json", "keyslots", "clinic.db")
# A manifest or the slots of a thousand people are far smaller; more is not one of ours.
_MOST_SMALL = 4 << 20
_CHUNK = 1 << 20

Heads = dict[str, tuple[int, str]]


@dataclass(frozen=True)
class Part:
    """A file inside a backup."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself, under a MAC that only the clinic's key makes."""

    database_id: str
    clinic: str
    made_at: str
    workstation: str
    schema: str
    versions: dict[str, str]
    journal: Heads
    access: Heads
    counts: dict[str, int]
    database: Part
    keyslots: Part


def seal(manifest: Manifest, key: bytes) -> bytes:
    """Write a manifest with its MAC."""
    body = json.dumps({"format": FORMAT, **asdict(manifest)}, sort_keys=True, ensure_ascii=False)
    return json.dumps({"body": body, "mac": _mac(body, key)}, ensure_ascii=False).encode()


def unseal(data: bytes, key: bytes | None, name: str) -> Manifest:
    """Read a manifest; with a key, also hold it against its MAC. Raises Trouble."""
    try:
        outer = json.loads(data)
        body, mac = str(outer["body"]), str(outer["mac"])
        stored = json.loads(body)
        found = stored.pop("format")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(name) from error
    if found != FORMAT:
        raise Trouble(
            N_("The backup {name} was made by another version of Clinic Desktop (format {found})."),
            remedy=N_("Install that version, or a later one."),
            name=name,
            found=found,
        )
    if key is not None and not hmac.compare_digest(_mac(body, key), mac):
        raise Trouble(
            N_("The backup {name} was not made by this clinic, or its contents list was changed."),
            remedy=N_("Use another backup."),
            name=name,
        )
    try:
        for part in ("database", "keyslots"):
            stored[part] = Part(**stored[part])
        for chain in ("journal", "access"):
            stored[chain] = {place: (int(n), str(link)) for place, (n, link) in stored[chain].items()}
        return Manifest(**stored)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(name) from error


def write(path: Path, manifest: bytes, keyslots: bytes, database: Path) -> None:
    """Put the parts into a new file and make it durable. Raises OSError."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, data in ((_MANIFEST, manifest), (_KEYSLOTS, keyslots)):
                tar.addfile(_member(name, len(data)), io.BytesIO(data))
            with database.open("rb") as source:
                tar.addfile(_member(_DATABASE, database.stat().st_size), source)
        file.flush()
        os.fsync(file.fileno())


def read_small(path: Path, key: bytes | None = None) -> tuple[Manifest, bytes]:
    """Read the manifest and the key slots of a backup, leaving the database where it is. Raises Trouble."""
    with _opened(path) as tar:
        manifest = unseal(_small(tar, _MANIFEST, path.name), key, path.name)
        keyslots = _small(tar, _KEYSLOTS, path.name)
        if part_of_bytes(keyslots) != manifest.keyslots:
            raise damaged(path.name)
        return manifest, keyslots


def extract(path: Path, manifest: Manifest, target: Path) -> None:
    """Write the encrypted database of a backup to a new file. Raises Trouble when it is not the manifest's."""
    digest, size = hashlib.sha256(), 0
    with _opened(path) as tar:
        members = tar.getmembers()
        if [member.name for member in members] != list(_MEMBERS):
            raise damaged(path.name)
        source = _stream(tar, members[2], path.name)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    if Part(size, digest.hexdigest()) != manifest.database:
        raise damaged(path.name)


def part_of(path: Path) -> Part:
    """Measure a file for the manifest."""
    with path.open("rb") as file:
        return Part(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def part_of_bytes(data: bytes) -> Part:
    """Measure what is in memory for the manifest."""
    return Part(len(data), hashlib.sha256(data).hexdigest())


def damaged(name: str) -> Trouble:
    """Say that a backup cannot be trusted."""
    return Trouble(
        N_("The backup {name} is damaged, cut short or was changed."),
        remedy=N_("Nothing was changed here. Use another backup."),
        name=name,
    )


def _mac(body: str, key: bytes) -> str:
    return hmac.new(subkey(key, "backup"), body.encode(), hashlib.sha256).hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    return member


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except FileNotFoundError as error:
        raise Trouble(N_("There is no backup at {path}."), remedy=N_("Check the name."), path=str(path)) from error
    except (tarfile.TarError, EOFError, UnicodeError, ValueError) as error:
        raise damaged(path.name) from error
    except OSError as error:
        raise Trouble(
            N_("The backup {name} could not be read or unpacked ({error})."),
            remedy=N_("Check the drive it is on, and that the disk is not full."),
            name=path.name,
            error=error.strerror or type(error).__name__,
        ) from error


def _small(tar: tarfile.TarFile, name: str, backup: str) -> bytes:
    member = tar.next()
    if member is None or member.name != name or member.size > _MOST_SMALL:
        raise damaged(backup)
    return _stream(tar, member, backup).read()


def _stream(tar: tarfile.TarFile, member: tarfile.TarInfo, backup: str) -> IO[bytes]:
    # Only plain files: nothing inside a backup is ever followed or unpacked by its own name.
    source = tar.extractfile(member) if member.isreg() else None
    if source is None:
        raise damaged(backup)
    return source
