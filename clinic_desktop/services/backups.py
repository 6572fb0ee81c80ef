"""Backups: made and proved in one go, kept by rule, and listed."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clinic_desktop import settings
from clinic_desktop.clock import Clock, SystemClock, from_text, new_id
from clinic_desktop.domain.backups import Keeping, shrunk, to_remove
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.store import archive, backup
from clinic_desktop.store.archive import Manifest
from clinic_desktop.store.proof import end_proofs, prove_elsewhere
from clinic_desktop.store.proof import main as answer_proof
from clinic_desktop.vault import keyslots
from clinic_desktop.vault.keyslots import KeySlots
from clinic_desktop.vault.vault import Vault

log = logging.getLogger(__name__)

__all__ = [
    "BackupMade",
    "KeptBackup",
    "answer_proof",
    "backup_before_migration",
    "create_backup",
    "end_proofs",
    "kept_backups",
    "last_made_at",
    "make_backup",
    "prove_backup",
    "read_slots",
    "verify_backup",
]

# Called with nobody signed in: by the background process, a migration, a restore.
IN_ACT = ("make_backup", "prove_backup", "backup_before_migration", "read_slots", "last_made_at", "end_proofs")
FOLDER = "backups"
DATABASE = "clinic.db"


@dataclass(frozen=True)
class BackupMade:
    """A backup that another process has opened; `held_back` names what kept older ones from being removed."""

    path: str
    made_at: str
    patients: int
    links: int
    size: int
    removed: tuple[str, ...] = ()
    held_back: str | None = None


@dataclass(frozen=True)
class KeptBackup:
    """One backup in a folder, as its own contents list describes it."""

    path: str
    clinic: str
    made_at: str
    patients: int
    size: int


def create_backup(desk: Desk, data_key: bytes, folder: Path | None = None) -> BackupMade:
    """Make a proved backup because a person asked for one."""
    allow(desk, "backups.create_backup")
    made = make_backup(desk.store.path.parent, data_key, folder, clock=desk.store.clock)
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed("backup.made", subject=Path(made.path).name)
    return made


def verify_backup(desk: Desk, data_key: bytes, path: Path) -> BackupMade:
    """Open a backup in another process and check everything about it. Raises Trouble."""
    allow(desk, "backups.verify_backup")
    checked = prove_backup(path, data_key)
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed("backup.proved", subject=path.name)
    return checked


def kept_backups(desk: Desk, folder: Path | None = None) -> tuple[KeptBackup, ...]:
    """The backups in a folder, newest first; what cannot be read is left out."""
    allow(desk, "backups.kept_backups")
    found = _manifests(folder or desk.store.path.parent / FOLDER, None)
    return tuple(
        KeptBackup(str(path), m.clinic, m.made_at, m.counts.get("patients", 0), path.stat().st_size)
        for path, m in sorted(found.items(), key=lambda item: item[1].made_at, reverse=True)
    )


def make_backup(
    profile: Path,
    data_key: bytes,
    folder: Path | None = None,
    *,
    clock: Clock | None = None,
    keeping: Keeping | None = None,
) -> BackupMade:
    """Make a proved backup of a profile and remove what the rule no longer keeps. Raises Trouble.

    Asks no permission: the background process and migrations call it with nobody signed in.
    """
    folder = folder or profile / FOLDER
    chosen = settings.load(profile)
    slots = keyslots.load(profile)
    source = backup.Source(
        profile / DATABASE, keyslots.encode(slots), slots.database_id, chosen.clinic_name, chosen.workstation
    )
    before = _manifests(folder, data_key)
    path, manifest = backup.make(source, data_key, folder, (clock or SystemClock()).now())
    _check_slots(path.name, manifest, source.keyslots, data_key)
    log.info("a backup was made and proved: %s", path.name)
    held_back = _shrunk(before, manifest)
    removed = () if held_back else _rotate(before | {path: manifest}, manifest, keeping or Keeping())
    return _made(path, manifest, removed, held_back)


def prove_backup(path: Path, data_key: bytes) -> BackupMade:
    """Open a backup in another process and check everything about it, its key slots too. Raises Trouble."""
    prove_elsewhere(path, data_key)
    manifest, slots = archive.read_small(path, data_key)
    _check_slots(path.name, manifest, slots, data_key)
    return _made(path, manifest)


def backup_before_migration(profile: Path, data_key: bytes) -> None:
    """Make the proved backup that a migration may not begin without. Raises Trouble."""
    made = make_backup(profile, data_key)
    log.info("the backup before a migration is %s", Path(made.path).name)


def last_made_at(profile: Path) -> datetime | None:
    """When the newest backup in a profile's own folder was made."""
    return max((from_text(m.made_at) for m in _manifests(profile / FOLDER, None).values()), default=None)


def read_slots(name: str, data: bytes) -> KeySlots:
    """Read the key slots inside a backup. Raises Trouble."""
    try:
        return keyslots.decode(data)
    except ValueError as error:
        raise archive.damaged(name) from error


def _check_slots(name: str, manifest: Manifest, data: bytes, data_key: bytes) -> None:
    slots = read_slots(name, data)
    recoverable = any(slot.kind == "recovery" for slot in slots.slots)
    if slots.database_id != manifest.database_id or not recoverable or not Vault.slots_open_with(slots, data_key):
        raise Trouble(
            N_("The key slots in the backup {name} do not belong to its database."),
            remedy=N_("Use another backup."),
            name=name,
        )


def _made(path: Path, manifest: Manifest, removed: tuple[str, ...] = (), held_back: str | None = None) -> BackupMade:
    links = sum(n for heads in (manifest.journal, manifest.access) for n, _ in heads.values())
    patients = manifest.counts.get("patients", 0)
    return BackupMade(str(path), manifest.made_at, patients, links, path.stat().st_size, removed, held_back)


def _manifests(folder: Path, data_key: bytes | None) -> dict[Path, Manifest]:
    """Every readable backup in a folder; with a key, only this clinic's own."""
    found = {}
    for path in sorted(folder.glob(f"*{archive.SUFFIX}")) if folder.is_dir() else ():
        try:
            found[path] = archive.read_small(path, data_key)[0]
        except Trouble:
            log.warning("a file that looks like a backup could not be read: %s", path.name)
    return found


def _shrunk(before: dict[Path, Manifest], manifest: Manifest) -> str | None:
    own = [m for m in before.values() if m.database_id == manifest.database_id]
    if not own:
        return None
    lost = shrunk(max(own, key=lambda m: m.made_at).counts, manifest.counts)
    if lost:
        log.warning("older backups are kept: the table %s lost more than one row in a hundred", lost)
    return lost


def _rotate(found: dict[Path, Manifest], newest: Manifest, keeping: Keeping) -> tuple[str, ...]:
    """Remove what is not kept; only files that carry this clinic's seal are ever touched."""
    own = {str(path): from_text(m.made_at) for path, m in found.items() if m.database_id == newest.database_id}
    removed = []
    for name in to_remove(own, keeping):
        try:
            Path(name).unlink()
        except OSError:
            log.warning("an old backup could not be removed: %s", Path(name).name)
            continue
        removed.append(Path(name).name)
    return tuple(removed)
