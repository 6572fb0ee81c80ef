"""When each practitioner works, and where."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from clinic_desktop.domain.hours import Stretch, hours_text, read_hours
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.store.tables.directory import places
from clinic_desktop.store.tables.staff import staff, staff_hours

IN_ACT = ("stretches_of",)


@dataclass(frozen=True)
class WorkingHours:
    """Somebody's hours, and the lines that say them."""

    staff_id: str
    name: str
    stretches: tuple[Stretch, ...]
    text: str


@query
def working_hours(read: Read) -> tuple[WorkingHours, ...]:
    """The hours of everybody who works here, by name; no stretches where none were set."""
    people = read.conn.execute(
        select(staff.c.id, staff.c.display_name).where(staff.c.active == 1).order_by(staff.c.display_name)
    ).all()
    found = [(row.id, row.display_name, stretches_of(read.conn, row.id)) for row in people]
    return tuple(WorkingHours(one, name, stretches, hours_text(stretches)) for one, name, stretches in found)


@command
def set_hours(act: Act, staff_id: str, text: str, *, expect: int) -> int:
    """Set somebody's hours from lines; `expect` is the person's revision. Returns the new one. Raises Refusal."""
    wanted = read_hours(text)
    known = {row.name: row.id for row in act.conn.execute(select(places).where(places.c.active == 1))}
    for one in wanted:
        if one.place and one.place not in known:
            raise Refusal(N_("“{place}” is not among the clinic's places."), field="hours", place=one.place)
    rows = act.conn.execute(
        select(staff_hours.c.id).where(staff_hours.c.staff_id == staff_id, staff_hours.c.active == 1)
    ).scalars()
    changed = stretches_of(act.conn, staff_id) != wanted
    revision = act.change(staff, staff_id, {}, kind="staff.hours_set", expect=expect, touched=changed)
    if not changed:
        return revision
    for row in rows.all():
        act.change(staff_hours, row, {"active": 0}, kind="staff_hours.ended")
    for one in wanted:
        values = {
            "staff_id": staff_id,
            "place_id": known.get(one.place),
            "weekday": one.weekday,
            "starts": one.starts,
            "ends": one.ends,
        }
        act.create(staff_hours, values, kind="staff_hours.added")
    return revision


def stretches_of(connection: Connection, staff_id: str) -> tuple[Stretch, ...]:
    """When somebody works; nothing where no hours were set."""
    rows = connection.execute(
        select(staff_hours.c.weekday, staff_hours.c.starts, staff_hours.c.ends, places.c.name)
        .join_from(staff_hours, places, places.c.id == staff_hours.c.place_id, isouter=True)
        .where(staff_hours.c.staff_id == staff_id, staff_hours.c.active == 1)
    )
    return tuple(sorted(Stretch(row.weekday, row.starts, row.ends, row.name or "") for row in rows))
