"""Opening and making a clinic: the vault gives the key, the store opens with it, somebody signs in."""

import contextlib
import glob
import logging
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from clinic_desktop import settings
from clinic_desktop.clock import Clock, SystemClock, from_text, new_id, to_text
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_
from clinic_desktop.services import letterbox, reference
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.backups import backup_before_migration
from clinic_desktop.services.sessions import Session
from clinic_desktop.services.workstations import new_code
from clinic_desktop.store import audit, schema
from clinic_desktop.store.anchor import Anchor, Process
from clinic_desktop.store.engine import Store
from clinic_desktop.store.lock import (
    Lock,
    alone,
    one_sender,
    one_sender_in_turn,
    share,
    somebody_waits_to_send,
)
from clinic_desktop.store.tables import journal as journal_tables
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction
from clinic_desktop.vault import durable
from clinic_desktop.vault.keyslots import SecretKind
from clinic_desktop.vault.passwords import check_password
from clinic_desktop.vault.sealing import DEFAULT, KdfParams
from clinic_desktop.vault.vault import Unlocked, Vault, create_vault

log = logging.getLogger(__name__)

DATABASE = "clinic.db"
ANCHOR = "anchor"
# Whose acts are those of devices and of the background process: accounts with no key slot.
DEVICES, DOWNTIME, REPORTS = "~devices", "~downtime", "~reports"
# A clinic is made in seconds: a folder that was being made longer ago than this is nobody's any more.
HALF_MADE_SECONDS = 600
# A clock that is set back by less than this is only being kept right by the network.
BACKWARD = timedelta(seconds=2)


@dataclass
class Clinic:
    """One opened clinic: its folder, keys and store. What it says of itself never names a key."""

    profile: Path
    vault: Vault
    store: Store
    data_key: bytes = field(repr=False)
    notices: tuple[str, ...] = ()
    lock: Lock | None = field(default=None, repr=False)

    def sign_in(self, username: str, password: str) -> Desk:
        """Check a password against the vault and open a session. Raises Refusal."""
        return self._session(self.vault.unlock(username, password))

    def unlock(self, desk: Desk, password: str) -> None:
        """Go on with a locked session after its own password was given. Raises Refusal."""
        self.vault.unlock(desk.session.username, password, durable=False)
        desk.session.unlock()

    def prove(self, desk: Desk, password: str) -> None:
        """Check the password again for one act. A wrong one counts as a failed try to sign in. Raises Refusal."""
        desk.session.require_open(desk.now)
        try:
            self.vault.unlock(desk.session.username, password)
        except Refusal as refused:
            raise Refusal(refused.message, field="own_password", **refused.facts) from refused
        desk.session.prove(self.store.clock.steady())

    def change_password(self, desk: Desk, old: str, new: str) -> None:
        """Let the person at a desk change their own password. Raises Refusal."""
        desk.session.require_open(desk.now)
        self.vault.change_password(desk.session.username, old, new)
        with self.store.write(act=new_id(), session=desk.session.id) as unit:
            unit.accessed("password.changed", subject=desk.session.staff_id)

    def give_key(self, user_id: str, username: str, password: str, display_name: str) -> None:
        """Make a key slot for somebody. Raises Refusal on a weak password."""
        self.vault.add_user(self.data_key, user_id, username, password, display_name)

    def take_key(self, user_id: str) -> None:
        """Remove somebody's key slot."""
        self.vault.remove_user(user_id)

    def begin(self, user_id: str, method: str = "key") -> Desk:
        """Open a session for somebody without a password: for made-up days, and for a paired device ("device")."""
        return self._session(Unlocked(user_id, "", self.data_key, 0), method=method)

    def begin_devices(self) -> Desk:
        """Open a session for what devices send: journaled as theirs, under an account that nobody can sign in with."""
        return self._begin_account(DEVICES, "Devices", "laboratory")

    def begin_downtime(self) -> Desk:
        """Open a session for the downtime pack, which reads today's charts as a nurse may, and changes nothing."""
        return self._begin_account(DOWNTIME, "Downtime pack", "nurse")

    def begin_reports(self) -> Desk:
        """Open a session for the reports that are written by themselves."""
        return self._begin_account(REPORTS, "Scheduled reports", "administrator")

    def _begin_account(self, username: str, display_name: str, role: str) -> Desk:
        with self.store.write(act=new_id(), session=None) as unit:
            known = unit.conn.execute(select(staff.c.id).where(staff.c.username == username)).scalar_one_or_none()
            if known is None:
                account = {"username": username, "display_name": display_name, "role": role}
                known = unit.create(staff, account, kind="staff.added")
        return self._session(Unlocked(str(known), "", self.data_key, 0), method="device")

    def sign_out(self, desk: Desk, why: str = "signed out") -> None:
        """End a session; drafts stay."""
        if desk.session.state(desk.now) == "ended":
            return
        desk.session.end()
        with self.store.write(act=new_id(), session=desk.session.id) as unit:
            changes = {"closed_at": to_text(unit.now), "closed_why": why}
            unit.change(journal_tables.sessions, desk.session.id, changes, kind="session.closed")

    def send_alone(self) -> Lock:
        """Be the one process of this clinic that sends to other systems. Raises Trouble while another does."""
        return one_sender(self.profile)

    def send_in_turn(self, wait: Callable[[float], None], patience: float) -> Lock:
        """As `send_alone`, after asking the background process for its turn. Raises Trouble after the patience."""
        return one_sender_in_turn(self.profile, wait, patience)

    def somebody_waits_to_send(self) -> bool:
        """Whether a command waits for its turn to send."""
        return somebody_waits_to_send(self.profile)

    def close(self) -> None:
        """Close the database and note in the keyring how far it got."""
        if self.store.anchor is not None and (heads := self.store.anchor.highest()) is not None:
            self.vault.put_anchor(self.store.anchor.seal(heads))
        self.store.close()
        if self.lock is not None:
            self.lock.release()

    def _session(self, unlocked: Unlocked, *, method: str = "password") -> Desk:
        with self.store.write(act=new_id(), session=None) as unit:
            person = unit.conn.execute(select(staff).where(staff.c.id == unlocked.user_id)).one_or_none()
            if person is None or not person.active:
                raise Refusal(N_("This account is closed. Ask an administrator."), field="username")
            session = Session(
                id=new_id(),
                staff_id=person.id,
                username=person.username,
                display_name=person.display_name,
                role=person.role,
                workstation=self.store.workstation,
                opened_at=unit.now,
            )
            unit.session = session.id
            unit.create(
                journal_tables.sessions,
                {
                    "id": session.id,
                    "staff_id": person.id,
                    "role": person.role,
                    "workstation": self.store.workstation,
                    "method": method,
                    "opened_at": to_text(unit.now),
                },
                kind="session.opened",
                reason=f"{unlocked.failures} failed tries before" if unlocked.failures else None,
            )
        return Desk(self.store, session)


@dataclass(frozen=True)
class NewClinic:
    """What the first day needs to know; `recovery_key` is shown once and kept nowhere."""

    recovery_key: str = field(repr=False)
    workstation: str


def create_clinic(
    profile: Path,
    *,
    clinic_name: str,
    username: str,
    display_name: str,
    password: str,
    device_secret: SecretKind,
    clock: Clock | None = None,
    kdf: KdfParams = DEFAULT,
    demo_sign_in: str = "",
) -> NewClinic:
    """Make a clinic in an empty folder: keys, database, reference data, one administrator; all of it or nothing."""
    clock = clock or SystemClock()
    for name, value in (("clinic_name", clinic_name), ("username", username), ("display_name", display_name)):
        if not value.strip():
            raise Refusal(N_("This may not be empty."), field=name)
    check_password(password, username)
    # Key slots without their database may be all that opens its backups: they are never written over.
    if (profile / DATABASE).exists() or (profile / "keyslots").exists():
        raise Trouble("There is a clinic in {folder} already.", remedy="Choose another folder.", folder=str(profile))
    _sweep_half_made(profile)
    # Made beside its place and moved there whole, so that a failure half-way leaves no half a clinic.
    making = profile.with_name(f".{profile.name}.{new_id()}")
    try:
        made = create_vault(making, device_secret=device_secret, kdf=kdf, clock=clock)
        schema.create(making / DATABASE, made.data_key)
        code = new_code()
        anchor = Anchor(making / ANCHOR, made.data_key, "command")
        store = Store(making / DATABASE, made.data_key, clock=clock, workstation=code, anchor=anchor)
        admin = new_id()
        with store.write(act=new_id(), session=None) as unit:
            _first_rows(unit, code=code, clinic_name=clinic_name.strip())
            person = {
                "id": admin,
                "username": username,
                "display_name": display_name.strip(),
                "role": "administrator",
            }
            unit.create(staff, person, kind="staff.added")
            reference.load_starter_pack(unit)
        store.close()
        made.vault.add_user(made.data_key, admin, username, password, display_name.strip())
        chosen = settings.Settings(workstation=code, clinic_name=clinic_name.strip(), demo_sign_in=demo_sign_in)
        settings.save(making, chosen)
        letterbox.is_own_key(making, made.data_key)
        _put_in_place(making, profile)
    except OSError as error:
        raise Trouble(
            "The clinic could not be made in {folder} ({why}).",
            remedy="Check the disk and the folder's permissions; nothing was left behind.",
            folder=str(profile),
            why=error.strerror or type(error).__name__,
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return NewClinic(made.recovery_key, code)


def _sweep_half_made(profile: Path) -> None:
    """Throw away what a making that was killed left beside this place, some time ago: no clinic ever stood in it."""
    for left in profile.parent.glob(f".{glob.escape(profile.name)}.{'?' * 8}-*"):
        with contextlib.suppress(OSError):
            if left.is_dir() and time.time() - left.stat().st_mtime > HALF_MADE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def open_clinic(
    profile: Path, username: str, password: str, *, process: Process = "window", clock: Clock | None = None
) -> tuple[Clinic, Desk]:
    """Unlock a clinic and sign somebody in. Raises Refusal (password) and Trouble (keys, database, older copy)."""
    vault = Vault.open(profile, clock=clock)
    unlocked = vault.unlock(username, password)
    clinic = open_with_key(profile, unlocked.data_key, vault=vault, process=process, clock=clock)
    return clinic, clinic._session(unlocked)


def open_with_key(
    profile: Path, data_key: bytes, *, vault: Vault | None = None, process: Process, clock: Clock | None = None
) -> Clinic:
    """Open a clinic whose key is known, bringing an older one up to date after a verified backup."""
    clock = clock or SystemClock()
    vault = vault or Vault.open(profile, clock=clock)
    path = profile / DATABASE
    chosen = settings.load(profile)
    lock = share(profile)
    if process == "window":
        durable.sweep(profile)
    try:
        if process == "agent":
            schema.require_newest(path, data_key)
        else:
            lock = _bring_up_to_date(profile, data_key, lock)
        anchor = Anchor(profile / ANCHOR, data_key, process)
        store = Store(path, data_key, clock=clock, workstation=chosen.workstation, anchor=anchor)
        try:
            notices = _look_back(store, vault, anchor) + _letterbox_notices(profile, data_key, store)
        except BaseException:
            store.close()
            raise
    except BaseException:
        lock.release()
        raise
    return Clinic(profile, vault, store, data_key, notices, lock)


def _bring_up_to_date(profile: Path, data_key: bytes, lock: Lock) -> Lock:
    """Migrate an older database after a proved backup, with nobody else in it; returns the lock that is then held."""
    with ExitStack() as held:

        def begin() -> None:
            lock.release()
            held.enter_context(alone(profile))
            backup_before_migration(profile, data_key)

        if not schema.bring_up_to_date(profile / DATABASE, data_key, begin):
            return lock
    return share(profile)


def confirm_recovery(clinic: Clinic, typed: str) -> bool:
    """Whether the recovery key was written down right; before that no patient can be registered."""
    if not clinic.vault.verify_recovery(typed):
        return False
    with clinic.store.write(act=new_id(), session=None) as unit:
        known = unit.conn.execute(
            select(journal_tables.settings.c.id).where(journal_tables.settings.c.name == "recovery_confirmed_at")
        ).scalar_one_or_none()
        values = {"name": "recovery_confirmed_at", "value": to_text(unit.now)}
        if known is None:
            unit.create(journal_tables.settings, values, kind="recovery.confirmed")
        else:
            unit.change(journal_tables.settings, known, values, kind="recovery.confirmed")
    return True


def _first_rows(unit: Transaction, *, code: str, clinic_name: str) -> None:
    station = {"code": code, "name": clinic_name, "made_at": to_text(unit.now)}
    unit.create(journal_tables.workstations, station, kind="workstation.made")
    unit.create(journal_tables.settings, {"name": "clinic_name", "value": clinic_name}, kind="setting.made")
    # Empty until the recovery key was typed back: no patient is registered before.
    unit.create(journal_tables.settings, {"name": "recovery_confirmed_at", "value": ""}, kind="setting.made")


def _put_in_place(making: Path, profile: Path) -> None:
    if not profile.exists():
        profile.parent.mkdir(parents=True, exist_ok=True)
        making.replace(profile)
        return
    # Whatever stands there already (an empty folder chosen by the person, logs) stays; a clinic does not.
    moved: list[Path] = []
    try:
        for item in sorted(making.iterdir()):
            if (profile / item.name).exists():
                raise FileExistsError(0, f"{item.name} is there already")
            item.rename(profile / item.name)
            moved.append(item)
    except OSError:
        for item in moved:
            (profile / item.name).rename(item)
        raise


def _letterbox_notices(profile: Path, data_key: bytes, store: Store) -> tuple[str, ...]:
    """See to it that what arrives while the clinic is locked is sealed to its own key, and say so if it was not."""
    try:
        own = letterbox.is_own_key(profile, data_key)
    except Trouble as error:
        log.warning("the public key could not be put in its place: %s", error.facts.get("why"))
        return (N_("The clinic's folder cannot be written to: what arrives while the clinic is locked is refused."),)
    if own:
        return ()
    log.warning("the public key beside the database was not this clinic's")
    with store.write(act=new_id(), session=None) as unit:
        unit.accessed("letterbox.key_replaced")
    return (
        N_(
            "The public key in the clinic's folder had been exchanged by somebody. What arrived while the clinic was"
            " locked may be lost: look at the inbox, and ask the senders to send it again."
        ),
    )


def _look_back(store: Store, vault: Vault, anchor: Anchor) -> tuple[str, ...]:
    """Hold the database against the anchors, and the clock against the last entry."""
    kept = vault.get_anchor()
    anchors = [heads for heads in (anchor.highest(), anchor.unseal(kept) if kept else None) if heads is not None]
    notices = []
    with store.read() as connection:
        audit.refuse_older(connection, tuple(anchors), store.workstation)
        row = connection.exec_driver_sql(
            "SELECT at FROM journal WHERE workstation = ? ORDER BY n DESC LIMIT 1", (store.workstation,)
        ).one_or_none()
    if row is not None and not anchors:
        log.warning("no anchor was found beside the database")
        notices.append(
            N_("The note of how far this database had got is missing; whether it is the newest cannot be told.")
        )
        with store.write(act=new_id(), session=None) as unit:
            unit.accessed("anchor.missing")
    if row is not None and from_text(row[0]) - store.clock.now() > BACKWARD:
        log.warning("the clock stands before the last entry")
        notices.append(N_("The clock of this machine was set back. Entries keep their order; check the date."))
        with store.write(act=new_id(), session=None) as unit:
            unit.accessed("clock.moved_back")
    return tuple(notices)
