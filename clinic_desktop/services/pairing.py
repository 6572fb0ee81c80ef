"""Letting a device in, and out again: a code on the screen or a token at once, kept as a hash; who was heard when."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from clinic_desktop.clock import from_text, new_id, to_text
from clinic_desktop.domain import pairing as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.store.tables.pairing import device_sightings, paired_devices, pairing_codes
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("known_tokens",)

# Whoever asks makes the token or code and hands it in: what an act answers is kept, and a secret may not be.


@dataclass(frozen=True)
class Paired:
    """A device that may speak, and the account as which it acts."""

    id: str
    kind: str
    name: str
    staff_id: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class NewDevice:
    """A device that was just let in."""

    id: str
    kind: str
    name: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Redeemed:
    """What became of a code that a device gave: the device, or that the code was wrong."""

    device: NewDevice | None


@dataclass(frozen=True)
class Offered:
    """A code that stands on the screen until then."""

    id: str
    kind: str
    name: str
    expires_at: datetime


@dataclass(frozen=True)
class DeviceShown:
    """One device of the list."""

    id: str
    kind: str
    name: str
    state: str
    scopes: tuple[str, ...]
    paired_at: datetime
    seen_at: datetime | None
    revoked_at: datetime | None


def new_token() -> str:
    """A token for a device: shown once, kept as a hash alone."""
    return f"cd1.{secrets.token_urlsafe(rules.TOKEN_BYTES)}"


def new_code() -> str:
    """A code to be read off a screen."""
    code = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LETTERS))
    return f"{code[:4]}-{code[4:]}"


@command
def pair_device(act: Act, kind: str, name: str, token: str) -> NewDevice:
    """Let a device in at once, with a token of `new_token`. Raises Refusal naming the field."""
    return _pair(act, kind, name, token, act.session.staff_id)


@command
def offer_code(act: Act, kind: str, name: str, code: str) -> Offered:
    """Let one device in that gives this code within minutes; one that was shown before holds no longer."""
    rules.require_kind(kind)
    name = rules.require_name(name)
    for row in _open_codes(act.conn):
        act.change(pairing_codes, row.id, {"state": "expired"}, kind="pairing_code.expired")
    expires = act.now + rules.CODE_LASTS
    made = act.create(
        pairing_codes,
        {
            "code_hash": rules.code_hash(code), "kind": kind, "name": name, "made_at": act.at,
            "expires_at": to_text(expires), "made_by": act.session.staff_id, "state": "open",
        },
        kind="pairing_code.offered",
    )  # fmt: skip
    return Offered(made, kind, name, expires)


@command
def redeem_code(act: Act, code: str, token: str) -> Redeemed:
    """Let in the device that gives the code of the screen: once, in time, and with few tries.

    A wrong code is an answer and no refusal, so that the try it cost stays counted.
    """
    given = rules.code_hash(code)
    for row in _open_codes(act.conn):
        if from_text(row.expires_at) <= act.now:
            act.change(pairing_codes, row.id, {"state": "expired"}, kind="pairing_code.expired")
        elif hmac.compare_digest(row.code_hash, given):
            new = _pair(act, row.kind, row.name, token, row.made_by)
            act.change(pairing_codes, row.id, {"state": "used", "device_id": new.id}, kind="pairing_code.used")
            return Redeemed(new)
        else:
            failed = row.failed + 1
            state = "spent" if failed >= rules.CODE_TRIES else "open"
            act.change(pairing_codes, row.id, {"failed": failed, "state": state}, kind="pairing_code.failed")
    return Redeemed(None)


@command
def revoke_device(act: Act, device_id: str) -> DeviceShown:
    """Let a device in no more, from its next request on. Raises Refusal."""
    row = act.conn.execute(select(paired_devices).where(paired_devices.c.id == device_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no device with the id “{id}”."), field="id", id=device_id)
    if row.state == "revoked":
        raise Refusal(N_("This device was revoked already."), field="id")
    changes = {"state": "revoked", "revoked_at": act.at, "revoked_by": act.session.staff_id}
    act.change(paired_devices, device_id, changes, kind="device.revoked", expect=row.revision)
    act.change(staff, row.staff_id, {"active": 0}, kind="staff.disabled")
    return next(one for one in _shown(act.conn) if one.id == device_id)


@command
def note_seen(act: Act, device_id: str) -> None:
    """Note that a device was heard of just now."""
    act.conn.exec_driver_sql(
        "INSERT INTO device_sightings (device_id, seen_at) VALUES (?, ?)"
        " ON CONFLICT (device_id) DO UPDATE SET seen_at = excluded.seen_at",
        (device_id, act.at),
    )


@query
def paired(read: Read) -> tuple[DeviceShown, ...]:
    """Every device that was ever let in, those that may still speak first, newest first."""
    return _shown(read.conn)


def known_tokens(connection: Connection) -> dict[str, Paired]:
    """The devices that may speak, by the hash of their token: for the guard of the local API."""
    rows = connection.execute(
        select(paired_devices)
        .join(staff, staff.c.id == paired_devices.c.staff_id)
        .where(paired_devices.c.state == "paired", staff.c.active == 1)
    )
    return {
        row.token_hash: Paired(row.id, row.kind, row.name, row.staff_id, rules.KINDS[row.kind].scopes)
        for row in rows
        if row.kind in rules.KINDS
    }


def _pair(act: Act, kind: str, name: str, token: str, by: str) -> NewDevice:
    wanted, name = rules.require_kind(kind), rules.require_name(name)
    device = new_id()
    # An account that has no key slot: nobody signs in with it, and what the device does stands under its name.
    account = act.create(
        staff, {"username": f"~{device}", "display_name": name, "role": wanted.role}, kind="staff.added"
    )
    act.create(
        paired_devices,
        {
            "id": device, "kind": kind, "name": name, "staff_id": account, "token_hash": rules.token_hash(token),
            "state": "paired", "paired_at": act.at, "paired_by": by,
        },
        kind="device.paired",
    )  # fmt: skip
    return NewDevice(device, kind, name, tuple(sorted(wanted.scopes)))


def _open_codes(connection: Connection) -> list[Row[tuple[object, ...]]]:
    return list(connection.execute(select(pairing_codes).where(pairing_codes.c.state == "open")).all())


def _shown(connection: Connection) -> tuple[DeviceShown, ...]:
    rows = connection.execute(
        select(paired_devices, device_sightings.c.seen_at)
        .outerjoin(device_sightings, device_sightings.c.device_id == paired_devices.c.id)
        .order_by(paired_devices.c.state, paired_devices.c.rowid_.desc())
    )
    return tuple(
        DeviceShown(
            row.id, row.kind, row.name, row.state,
            tuple(sorted(rules.KINDS[row.kind].scopes)) if row.kind in rules.KINDS else (),
            from_text(row.paired_at), None if row.seen_at is None else from_text(row.seen_at),
            None if row.revoked_at is None else from_text(row.revoked_at),
        )
        for row in rows
    )  # fmt: skip
