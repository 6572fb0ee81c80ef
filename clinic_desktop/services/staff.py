"""Staff: who works here, in which role, and the key slot that lets each of them in."""

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import func, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.permissions import ROLES
from clinic_desktop.store.tables.staff import staff


class KeyKeeper(Protocol):
    """Holds the key slots; the opened clinic is one."""

    def give_key(self, user_id: str, username: str, password: str, display_name: str) -> None:
        """Make a key slot for somebody. Raises Refusal on a weak password."""
        ...

    def take_key(self, user_id: str) -> None:
        """Remove somebody's key slot."""
        ...


@dataclass(frozen=True)
class NewStaff:
    """Somebody who begins to work here."""

    username: str
    display_name: str
    role: str
    password: str = field(repr=False)
    specialty: str | None = None
    licence: str | None = None


@dataclass(frozen=True)
class StaffMember:
    """One person who works here, or did."""

    id: str
    revision: int
    username: str
    display_name: str
    role: str
    specialty: str | None
    licence: str | None
    active: bool


@command
def add_staff(act: Act, keys: KeyKeeper, new: NewStaff) -> str:
    """Take somebody on: a row and a key slot, both or neither. Returns their id. Raises Refusal naming the field."""
    username = new.username.strip().casefold()
    if not username:
        raise Refusal(N_("This may not be empty."), field="username")
    if not new.display_name.strip():
        raise Refusal(N_("This may not be empty."), field="display_name")
    if new.role not in ROLES:
        raise Refusal(N_("Choose a role."), field="role")
    taken = act.conn.execute(select(staff.c.id).where(func.lower(staff.c.username) == username)).first()
    if taken is not None:
        raise Refusal(N_("Somebody has this username already."), field="username")
    person = act.create(
        staff,
        {
            "id": new_id(),
            "username": username,
            "display_name": new.display_name.strip(),
            "role": new.role,
            "specialty": new.specialty,
            "licence": new.licence,
        },
        kind="staff.added",
    )
    # Before the commit: without the slot the row must not come to be. A slot without a row lets nobody in.
    keys.give_key(person, username, new.password, new.display_name.strip())
    return person


@query
def staff_members(read: Read) -> tuple[StaffMember, ...]:
    """Everybody, those who work here first, by name."""
    rows = read.conn.execute(select(staff).order_by(staff.c.active.desc(), staff.c.display_name))
    return tuple(
        StaffMember(
            row.id,
            row.revision,
            row.username,
            row.display_name,
            row.role,
            row.specialty,
            row.licence,
            bool(row.active),
        )
        for row in rows
    )
