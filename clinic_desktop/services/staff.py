"""Staff: who works here, in which role and under which numbers, and the key slot that lets each of them in."""

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection, Row, func, not_, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain import coding
from clinic_desktop.domain.insurance import clean
from clinic_desktop.domain.patients import require_reachable
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.hours import set_hours
from clinic_desktop.services.roles import ROLES
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
class Practice:
    """Under which numbers and letters somebody practises, and how they are reached."""

    npi: str | None = None
    dea: str | None = None
    credentials: str | None = None
    phone: str | None = None
    email: str | None = None


NO_NUMBERS = Practice()


@dataclass(frozen=True)
class NewStaff:
    """Somebody who begins to work here."""

    username: str
    display_name: str
    role: str
    password: str = field(repr=False)
    specialty: str | None = None
    licence: str | None = None
    practice: Practice = NO_NUMBERS


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
    practice: Practice = NO_NUMBERS


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
            **_practice(act.conn, new.practice, ""),
        },
        kind="staff.added",
    )
    # Before the commit: without the slot the row must not come to be. A slot without a row lets nobody in.
    keys.give_key(person, username, new.password, new.display_name.strip())
    return person


@query
def staff_members(read: Read) -> tuple[StaffMember, ...]:
    """Everybody, those who work here first, by name; the accounts of devices stand with the devices."""
    people = select(staff).where(not_(staff.c.username.startswith("~")))
    rows = read.conn.execute(people.order_by(staff.c.active.desc(), staff.c.display_name))
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
            Practice(row.npi, row.dea, row.credentials, row.phone, row.email),
        )
        for row in rows
    )


@command
def change_staff(
    act: Act,
    staff_id: str,
    *,
    display_name: str,
    specialty: str | None,
    licence: str | None,
    practice: Practice | None = None,
    hours: str | None = None,
    expect: int,
) -> int:
    """Change how somebody is called and what they may practise; returns the new revision.

    Where `practice` or `hours` is None, the numbers or the working hours stay as they are.
    """
    if not display_name.strip():
        raise Refusal(N_("This may not be empty."), field="display_name")
    changes = {"display_name": display_name.strip(), "specialty": specialty or None, "licence": licence or None}
    if practice is not None:
        changes |= _practice(act.conn, practice, staff_id)
    revision = act.change(staff, staff_id, changes, kind="staff.changed", expect=expect)
    return revision if hours is None else set_hours.inside(act, staff_id, hours, expect=revision)


@command
def change_role(act: Act, staff_id: str, role: str, *, expect: int) -> int:
    """Give somebody another role, from their next sign-in on; nobody changes their own. Returns the new revision."""
    if role not in ROLES:
        raise Refusal(N_("Choose a role."), field="role")
    # Whoever acts is an active administrator and stays one: so one always remains.
    if staff_id == act.session.staff_id:
        raise Refusal(N_("Nobody changes their own role. Ask another administrator."), field="role")
    return act.change(staff, staff_id, {"role": role}, kind="staff.role_changed", expect=expect)


@command
def disable_staff(act: Act, keys: KeyKeeper, staff_id: str, reason: str, *, expect: int) -> int:
    """Close somebody's account: they are signed out at their next act and have no key any more."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    if staff_id == act.session.staff_id:
        raise Refusal(N_("Nobody closes their own account. Ask another administrator."))
    changed = act.change(staff, staff_id, {"active": 0}, kind="staff.disabled", reason=reason.strip(), expect=expect)
    # Before the commit: should that fail, an open account without a key lets nobody in, and a new password mends it.
    keys.take_key(staff_id)
    return changed


@command
def enable_staff(act: Act, keys: KeyKeeper, staff_id: str, password: str, *, expect: int) -> int:
    """Open a closed account again with a new password."""
    person = _person(act, staff_id)
    if person.active:
        raise Refusal(N_("This account is open."))
    changed = act.change(staff, staff_id, {"active": 1}, kind="staff.enabled", expect=expect)
    keys.give_key(staff_id, person.username, password, person.display_name)
    return changed


@command
def set_password(act: Act, keys: KeyKeeper, staff_id: str, password: str) -> None:
    """Give somebody a new password, when they forgot theirs."""
    person = _person(act, staff_id)
    if not person.active:
        raise Refusal(N_("This account is closed. Open it again first."))
    keys.give_key(staff_id, person.username, password, person.display_name)
    act.accessed("password.set", subject=staff_id)


def _practice(connection: Connection, new: Practice, itself: str) -> dict[str, str | None]:
    """The numbers in one spelling; two people cannot prescribe under the same one. Raises Refusal."""
    values = {
        "npi": coding.npi(new.npi or "") or None,
        "dea": coding.dea(new.dea or "") or None,
        "credentials": clean(new.credentials or "", "credentials", most=60) or None,
        "phone": clean(new.phone or "", "phone", most=60) or None,
        "email": clean(new.email or "", "email", most=200) or None,
    }
    for name in ("npi", "dea"):
        if values[name] is not None:
            other = select(staff.c.display_name).where(staff.c[name] == values[name], staff.c.id != itself)
            if (who := connection.execute(other).scalar()) is not None:
                raise Refusal(N_("{who} has this number already."), field=name, who=who)
    require_reachable(values)
    return values


def _person(act: Act, staff_id: str) -> Row[tuple[object, ...]]:
    row = act.conn.execute(select(staff).where(staff.c.id == staff_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This record is not here any more."), record=staff_id)
    return row
