"""The systems this clinic is connected to: added, changed, paused, taken away; and what they are signed in to with."""

import json
import secrets as tokens
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Row, delete, func, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain import systems
from clinic_desktop.domain.money import money_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Desk, Read, command, query
from clinic_desktop.services.patients import shown_name
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import invoices, payments
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.insurance import claims
from clinic_desktop.store.tables.journal import journal, sessions
from clinic_desktop.store.tables.laboratory import lab_orders
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.remotes import remote_secrets, remotes
from clinic_desktop.store.tables.staff import staff

# The name under which the path of a system's webhooks is kept among its secrets.
DOOR = "webhook_door"
TRIED = "tried"  # where the sign-in keeps what it has tried and was refused
LEAST_REASON = 3  # letters
ENTRIES = 200  # of one record, looked through for who brought a value: older ones are of another time


class Housed(Protocol):
    """Where the post office of a clinic stands: its database and its folder."""

    @property
    def store(self) -> Store:
        """The open database."""
        ...

    @property
    def profile(self) -> Path:
        """The folder."""
        ...


@dataclass(frozen=True)
class House:
    """The place of the post office for somebody at a desk, who holds no key of the clinic."""

    store: Store
    profile: Path

    @staticmethod
    def of(desk: Desk) -> "House":
        """The clinic that somebody works in."""
        return House(desk.store, desk.store.path.parent)


@dataclass(frozen=True)
class Whom:
    """Whose record something is about, for lists of what waits for a person; who last changed it here, and when."""

    patient_id: str
    name: str
    mrn: str
    born_on: str | None
    born_precision: str = "day"

    def __repr__(self) -> str:
        return f"Whom({self.patient_id})"


@dataclass(frozen=True)
class LastChange:
    """Who changed a record here last, and when; `who` is the system or device for what was taken in from it.

    `number` is what people here call the record: the number on its paper, or a document's title; a payment's has that
    of its invoice and the amount behind it. `invoice` and `currency` are those of a payment or a claim.
    """

    who: str
    at: str
    number: str = ""
    invoice: str = ""
    currency: str = ""


@dataclass(frozen=True)
class RemoteSystem:
    """One system as it is set up here."""

    id: str
    revision: int
    system: str
    title: str
    base_url: str
    state: str
    settings: Mapping[str, str]
    added_at: str
    credentials_at: str | None


@command
def add_remote(act: Act, system: str, base_url: str, secrets: Mapping[str, str]) -> str:
    """Connect a system, or one that was taken away again, and turn it on; returns the id. The window tests it first."""
    systems.require_system(system)
    address, kept = systems.require_base_url(base_url), systems.require_secrets(secrets)
    row = act.conn.execute(select(remotes).where(remotes.c.system == system)).one_or_none()
    if row is not None and row.state != "removed":
        raise Refusal(N_("This system is connected already. Change it, or remove it first."), field="system")
    _keep(act.conn, system, kept, whole=True)
    values = {"base_url": address, "state": "on", "settings": "{}", "credentials_at": act.at}
    if row is not None:
        act.change(remotes, row.id, values, kind="remote.added")
        return str(row.id)
    return act.create(
        remotes,
        {"system": system, "added_at": act.at, "added_by": act.session.staff_id, **values},
        kind="remote.added",
    )


@command
def set_remote(act: Act, system: str, key: str, value: str) -> None:
    """Change the address, the state (on, paused) or a setting of a system.

    What it is signed in to with is known to one host alone: at another one it has to be given anew.
    """
    row = _here(act.conn, system)
    if key == "base_url":
        address = systems.require_base_url(value)
        changes: dict[str, str | None] = {"base_url": address}
        if not systems.same_origin(str(row.base_url), address):
            _keep(act.conn, system, {}, whole=True)
            changes["credentials_at"] = None
    elif key == "state":
        if value not in {"on", "paused"}:
            raise Refusal(N_("A system is on or paused."), field="state")
        changes = {"state": value}
    else:
        systems.require_setting(systems.require_system(system), key, value)
        chosen = {**json.loads(str(row.settings)), key: value}
        if key == systems.WEBHOOK_HOST:
            chosen = _with_door(act.conn, system, chosen)
        changes = {"settings": json.dumps(chosen, sort_keys=True)}
    act.change(remotes, row.id, changes, kind="remote.changed")


@command
def give_secrets(act: Act, system: str, secrets: Mapping[str, str]) -> None:
    """Keep what a system is signed in to with: what is given is put in place of what was."""
    row = _here(act.conn, system)
    _keep(act.conn, system, systems.require_secrets(secrets), whole=False)
    # Who gives it anew means it to be tried, though it be what was tried before.
    _put(act.conn, system, TRIED, None)
    act.change(remotes, row.id, {"credentials_at": act.at}, kind="remote.credentials_given")


@command
def remove_remote(act: Act, system: str) -> None:
    """Take a system away: nothing more is sent or read, its secrets are erased; what is known of it stays."""
    row = _here(act.conn, system)
    act.conn.execute(delete(remote_secrets).where(remote_secrets.c.system == system))
    act.change(remotes, row.id, {"state": "removed", "credentials_at": None}, kind="remote.removed")


@command
def decide_untold(act: Act, system: str, kind: str, reason: str, *, told: bool) -> None:
    """Journal that a system is not told of a kind that it has no call for, or that this is taken back, and why.

    What sync keeps of it is written in the same transaction (`also`).
    """
    row = _here(act.conn, system)
    if len(reason.strip()) < LEAST_REASON:
        raise Refusal(N_("Say why they are not told."), field="reason")
    name = "remote.untold_taken_back" if told else "remote.untold"
    act.change(remotes, row.id, {}, kind=name, reason=f"{kind}: {reason.strip()}", touched=True)


def _with_door(connection: Connection, system: str, chosen: dict[str, str]) -> dict[str, str]:
    """Make the path at which a system is heard, which nobody can guess, or take it away with the name."""
    if chosen[systems.WEBHOOK_HOST] == systems.NO_HOST:
        _put(connection, system, DOOR, None)
        return {name: value for name, value in chosen.items() if name != systems.WEBHOOK_HOST}
    known = select(remote_secrets.c.value).where(remote_secrets.c.system == system, remote_secrets.c.name == DOOR)
    if connection.execute(known).scalar() is None:
        _put(connection, system, DOOR, tokens.token_urlsafe(32))
    return chosen


@query
def webhook_address(read: Read, system: str) -> str | None:
    """The address to be given to a system for its webhooks; None where no public name was chosen for it."""
    row = _here(read.conn, system)
    host = json.loads(str(row.settings)).get(systems.WEBHOOK_HOST)
    known = select(remote_secrets.c.value).where(remote_secrets.c.system == system, remote_secrets.c.name == DOOR)
    token = read.conn.execute(known).scalar()
    return f"https://{host}/v1/hooks/{system}/{token}" if host and token else None


@query
def remote_systems(read: Read) -> tuple[RemoteSystem, ...]:
    """Every system that is connected, in the order in which they were added."""
    return connected(read.conn)


@query
def whom(read: Read, patient_ids: Sequence[str]) -> dict[str, Whom]:
    """Whose records wait for a person's decision, by patient."""
    wanted = sorted(set(patient_ids))
    found: dict[str, Whom] = {}
    for start in range(0, len(wanted), 500):
        rows = read.conn.execute(select(patients).where(patients.c.id.in_(wanted[start : start + 500])))
        for row in rows:
            name = shown_name(row.family_name, row.given_names)
            found[row.id] = Whom(row.id, name, row.mrn, row.born_on, row.born_precision)
    return found


@query
def last_change(read: Read, record: str, patient_id: str, value: str = "") -> LastChange | None:
    """Who changed a record here last, and when; where it has no entry of its own, whatever of its patient.

    With a `value`: who brought that value, where an entry tells. What a system or a device said was taken in by nobody
    here: its own name stands then.
    """
    number, of_invoice = _number_of(read.conn, record), _invoice_of(read.conn, record)
    for column, of in ((journal.c.record, record), (journal.c.patient, patient_id)):
        rows = read.conn.execute(
            select(journal.c.at, journal.c.patch, journal.c.session, journal.c.reason, staff.c.display_name)
            .select_from(
                journal.outerjoin(sessions, sessions.c.id == journal.c.session).outerjoin(
                    staff, staff.c.id == sessions.c.staff_id
                )
            )
            .where(column == of)
            .order_by(journal.c.seq.desc())
            .limit(ENTRIES if value else 1)
        ).all()
        if rows:
            row = next((one for one in rows if value and _brought(one.patch, value)), rows[0])
            return LastChange(
                row.display_name or ("" if row.session else row.reason) or "", row.at, number, *of_invoice
            )
    return None


@query
def told_apart(read: Read, records: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By what records of one kind are told apart: the number on their paper, if any, and when each was last changed.

    Of a document its title is left out, which may say what its patient has.
    """
    found: dict[str, tuple[str, str]] = {}
    numbers: dict[str, str] = {}
    for start in range(0, len(records), 500):
        some = records[start : start + 500]
        for table in (invoices, prescriptions, lab_orders):
            for row in read.conn.execute(select(table.c.id, table.c.number).where(table.c.id.in_(some))):
                numbers[row.id] = row.number or ""
        for paid in read.conn.execute(_PAID.join(invoices).where(payments.c.id.in_(some))):
            numbers[paid.id] = _paid_words(paid)
        changed = select(journal.c.record, func.max(journal.c.at).label("at")).where(journal.c.record.in_(some))
        for entry in read.conn.execute(changed.group_by(journal.c.record)):
            found[entry.record] = (numbers.get(entry.record, ""), entry.at)
    return found


def _brought(patch: str | None, value: str) -> bool:
    """Whether an entry put a value into some field."""
    changed = json.loads(patch or "{}")
    sides = changed.values() if isinstance(changed, dict) else ()
    return any(isinstance(each, list) and len(each) == 2 and str(each[1]) == value for each in sides)


_PAID = select(payments.c.id, payments.c.number, invoices.c.number.label("of"), payments.c.amount, payments.c.currency)


def _paid_words(row: Any) -> str:
    return f"{row.number} · {row.of} · {money_text(row.amount, row.currency)}"


def _number_of(connection: Connection, record: str) -> str:
    """What people here call a record: the number on its paper, of a document its title; nothing where it has none."""
    found = connection.execute(_PAID.join(invoices).where(payments.c.id == record)).one_or_none()
    if found is not None:
        return _paid_words(found)
    for called in (invoices.c.number, prescriptions.c.number, lab_orders.c.number, documents.c.title):
        words = connection.execute(select(called).where(called.table.c.id == record)).scalar()
        if words:
            return str(words)
    return ""


def _invoice_of(connection: Connection, record: str) -> tuple[str, str]:
    """The number and the currency of the invoice that a payment or a claim is of; empty for anything else."""
    for table in (payments, claims):
        asked = select(invoices.c.number, invoices.c.currency).join(table, table.c.invoice_id == invoices.c.id)
        found = connection.execute(asked.where(table.c.id == record)).one_or_none()
        if found is not None:
            return str(found.number), str(found.currency)
    return "", ""


def connected(connection: Connection) -> tuple[RemoteSystem, ...]:
    """As `remote_systems`, for the background process."""
    rows = connection.execute(select(remotes).where(remotes.c.state != "removed").order_by(remotes.c.rowid_))
    return tuple(
        RemoteSystem(
            row.id, row.revision, row.system, systems.SYSTEMS[row.system].title, row.base_url, row.state,
            json.loads(row.settings), row.added_at, row.credentials_at,
        )
        for row in rows
    )  # fmt: skip


def switched_on(connection: Connection) -> tuple[tuple[str, int], ...]:
    """The systems that are on, each with its revision, so that it is seen when one of them changes."""
    return tuple((one.system, one.revision) for one in connected(connection) if one.state == "on")


# Requests that follow one another are signed with what was read for the first of them.
SECRETS_HELD_SECONDS = 0.5


class KeptSecrets:
    """The secrets of one system for its sign-in: read and renewed in transactions of their own, never shown."""

    def __init__(self, store: Store, system: str) -> None:
        self._store, self._system = store, system
        self._read: dict[str, str] = {}
        self._until = 0.0

    def __repr__(self) -> str:
        return f"KeptSecrets({self._system})"

    def get(self, name: str) -> str | None:
        """One secret; None where there is none."""
        now = self._store.clock.steady()
        if now >= self._until:
            wanted = select(remote_secrets.c.name, remote_secrets.c.value).where(
                remote_secrets.c.system == self._system
            )
            with self._store.read() as connection:
                self._read = {row.name: str(row.value) for row in connection.execute(wanted)}
            self._until = now + SECRETS_HELD_SECONDS
        return self._read.get(name)

    def put(self, name: str, value: str | None) -> None:
        """Keep a renewed token; None forgets it."""
        with self._store.write(act=new_id(), session=None) as unit:
            _put(unit.conn, self._system, name, value)
        self._until = 0.0


def _here(connection: Connection, system: str) -> Row[tuple[object, ...]]:
    systems.require_system(system)
    row = connection.execute(
        select(remotes).where(remotes.c.system == system, remotes.c.state != "removed")
    ).one_or_none()
    if row is None:
        raise Refusal(N_("This system is not connected."), field="system")
    return row


def _keep(connection: Connection, system: str, secrets: Mapping[str, str], *, whole: bool) -> None:
    if whole:
        connection.execute(delete(remote_secrets).where(remote_secrets.c.system == system))
    for name, value in secrets.items():
        _put(connection, system, name, value)


def _put(connection: Connection, system: str, name: str, value: str | None) -> None:
    connection.execute(delete(remote_secrets).where(remote_secrets.c.system == system, remote_secrets.c.name == name))
    if value is not None:
        connection.execute(remote_secrets.insert().values(system=system, name=name, value=value))
