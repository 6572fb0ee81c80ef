"""Restoring a backup on any machine with nothing but the recovery key; what was there is moved aside, never deleted."""

import logging
import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from clinic_desktop import settings
from clinic_desktop.clock import Clock, SystemClock, new_id, to_text
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.i18n import N_
from clinic_desktop.services import letterbox, sync_marks
from clinic_desktop.services.backups import DATABASE, prove_backup, read_slots
from clinic_desktop.services.workstations import new_code
from clinic_desktop.store import archive, schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.archive import Manifest
from clinic_desktop.store.engine import Store
from clinic_desktop.store.lock import FILE as LOCK
from clinic_desktop.store.lock import alone
from clinic_desktop.store.tables import journal as journal_tables
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction
from clinic_desktop.vault import keyslots
from clinic_desktop.vault.keyslots import SecretKind
from clinic_desktop.vault.passwords import check_password
from clinic_desktop.vault.sealing import DEFAULT, KdfParams
from clinic_desktop.vault.vault import Vault

log = logging.getLogger(__name__)

# Called with no clinic open and nobody signed in: the recovery key is the permission.
IN_ACT = ("restore_backup",)
ANCHOR = "anchor"
EPOCH = "restore_epoch"


@dataclass(frozen=True)
class Restored:
    """A restored clinic: who may sign in, under which workstation code, and where the folder before it went."""

    profile: str
    moved_aside: str | None
    workstation: str
    made_at: str
    epoch: int
    patients: int


def restore_backup(
    path: Path,
    profile: Path,
    recovery_key: str,
    *,
    admin_username: str,
    new_password: str,
    device_secret: SecretKind,
    accept_older: bool = False,
    clock: Clock | None = None,
    kdf: KdfParams = DEFAULT,
) -> Restored:
    """Put a backup in a profile's place, open to one administrator with a new password. Raises Refusal and Trouble.

    Everything is made and checked in a folder beside the profile; until the last step nothing is touched.
    """
    check_password(new_password, admin_username)
    clock = clock or SystemClock()
    manifest, slots = archive.read_small(path)
    making = profile.with_name(f".{profile.name}.{new_id()}")
    held = ExitStack()
    # Whoever has it open would go on writing into the folder that is moved aside. Where nobody ever had, there is no
    # lock yet, and none is made before the backup is known to be good.
    known = (profile / LOCK).exists()
    try:
        if known:
            held.enter_context(alone(profile))
        making.mkdir(parents=True, mode=0o700)
        for name in keyslots.FILES:
            (making / name).write_bytes(keyslots.encode(read_slots(path.name, slots)))
        vault = Vault.open(making, clock=clock, kdf=kdf)
        data_key = vault.unlock_with_recovery(recovery_key)
        prove_backup(path, data_key)
        manifest = archive.read_small(path, data_key)[0]
        if not known and (profile / DATABASE).exists():
            held.enter_context(alone(profile))
        _refuse_older(manifest, profile, data_key, accept_older=accept_older)
        archive.extract(path, manifest, making / DATABASE)
        restored = _adopt(making, manifest, data_key, clock, admin_username)
        vault.renew_device_secret(data_key, device_secret)
        vault.add_user(data_key, restored.admin_id, admin_username, new_password, restored.admin_name)
        settings.save(making, settings.Settings(workstation=restored.code, clinic_name=manifest.clinic))
        letterbox.is_own_key(making, data_key)
        sync_marks.forget(making, profile, SYSTEMS, restored.epoch)
        aside = _swap(making, profile, to_text(clock.now()))
        if aside is not None:
            letterbox.carry_over(Path(aside), profile)
    except OSError as error:
        raise Trouble(
            N_("The backup could not be restored to {folder} ({error})."),
            remedy=N_("Check that the disk is not full or read-only; what was there is as it was."),
            folder=str(profile),
            error=error.strerror or type(error).__name__,
        ) from error
    finally:
        held.close()
        shutil.rmtree(making, ignore_errors=True)
    # Only now: until the swap the keyring's note belongs to the folder that was there before.
    Vault.open(profile, clock=clock).put_anchor(restored.anchor)
    log.info("a backup was restored, epoch %s, workstation %s", restored.epoch, restored.code)
    patients = manifest.counts.get("patients", 0)
    return Restored(str(profile), aside, restored.code, manifest.made_at, restored.epoch, patients)


@dataclass(frozen=True)
class _Adopted:
    code: str
    epoch: int
    admin_id: str
    admin_name: str
    anchor: str


def _adopt(making: Path, manifest: Manifest, data_key: bytes, clock: Clock, admin_username: str) -> _Adopted:
    """Make the restored database this workstation's own: a new code, so that no link is ever numbered twice."""
    # The backup itself is the copy that a migration asks for; one from a newer version is refused here.
    schema.bring_up_to_date(making / DATABASE, data_key, lambda: None)
    anchor = Anchor(making / ANCHOR, data_key, "command")
    used = {*manifest.journal, *manifest.access, manifest.workstation}
    code = next(code for code in iter(new_code, "") if code not in used)
    store = Store(making / DATABASE, data_key, clock=clock, workstation=code, anchor=anchor)
    try:
        with store.write(act=new_id(), session=None) as unit:
            admin = _administrator(unit.conn, admin_username)
            station = {"code": code, "name": manifest.clinic, "made_at": to_text(unit.now)}
            unit.create(journal_tables.workstations, station, kind="workstation.made")
            epoch = _raise_epoch(unit)
            sync_marks.note_in(unit.conn, SYSTEMS)
            unit.accessed("backup.restored", subject=manifest.made_at)
    finally:
        store.close()
    heads = anchor.highest()
    return _Adopted(code, epoch, *admin, anchor.seal(heads) if heads else "")


def _administrator(connection: Connection, username: str) -> tuple[str, str]:
    rows = connection.execute(
        select(staff.c.id, staff.c.username, staff.c.display_name).where(
            staff.c.role == "administrator", staff.c.active == 1
        )
    ).all()
    for row in rows:
        if row.username.casefold() == username.strip().casefold():
            return row.id, row.display_name
    raise Refusal(
        N_("In this backup “{username}” is not an administrator. Administrators are: {known}."),
        field="username",
        username=username,
        known=", ".join(sorted(row.username for row in rows)) or "-",
    )


def _raise_epoch(unit: Transaction) -> int:
    """Count restores: whoever was told something by an earlier epoch must be asked what they know before being told."""
    table = journal_tables.settings
    row = unit.conn.execute(select(table.c.id, table.c.value).where(table.c.name == EPOCH)).one_or_none()
    if row is None:
        unit.create(table, {"name": EPOCH, "value": "1"}, kind="clinic.restored")
        return 1
    epoch = int(row.value) + 1
    unit.change(table, row.id, {"value": str(epoch)}, kind="clinic.restored")
    return epoch


def _refuse_older(manifest: Manifest, profile: Path, data_key: bytes, *, accept_older: bool) -> None:
    """Hold the backup against the anchor of the folder it would replace."""
    seen = Anchor(profile / ANCHOR, data_key, "command").highest()
    if seen is None or accept_older:
        return
    try:
        here = settings.load(profile).workstation
    except Trouble:
        here = manifest.workstation
    missing = seen.journal.n - manifest.journal.get(here, (0, ""))[0]
    if missing > 0:
        raise Refusal(
            N_(
                "This backup is older than the clinic here: it lacks the last {missing} entries made at this"
                " workstation. Choose a newer backup, or say that the older one is wanted."
            ),
            field="accept_older",
            missing=missing,
        )


def _swap(making: Path, profile: Path, at: str) -> str | None:
    """Put the new folder in its place; whatever stood there, a stale -wal too, is moved aside as a whole."""
    aside = None
    if profile.exists() and any(profile.iterdir()):
        aside = profile.with_name(f"{profile.name}.before-restore-{at.replace(':', '')}")
        profile.rename(aside)
    elif profile.exists():
        profile.rmdir()
    try:
        making.rename(profile)
    except OSError:
        if aside is not None:
            aside.rename(profile)
        raise
    if os.name != "nt":
        handle = os.open(profile.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return None if aside is None else str(aside)
