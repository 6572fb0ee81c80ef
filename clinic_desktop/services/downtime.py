"""Who is expected or here today, for the paper that is worked from when the computers stand still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from clinic_desktop.clock import from_text, local_midnight, to_text
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.scheduling import appointments, queue_entries
from clinic_desktop.store.tables.staff import staff


@dataclass(frozen=True)
class ToldToday:
    """One patient of today: the first time that is known, with whom and what for."""

    patient_id: str
    at: datetime
    where: str  # "booked", "here" or "seen"
    with_whom: str
    what_for: str

    def __repr__(self) -> str:
        return f"ToldToday({self.patient_id})"


@query
def todays_patients(read: Read) -> tuple[ToldToday, ...]:
    """Everybody booked for today, in the queue or in an open visit, each once, by the time they come first."""
    day = read.now.astimezone().date()
    first, last = to_text(local_midnight(day)), to_text(local_midnight(day + timedelta(days=1)))
    booked = (
        select(appointments.c.patient_id, appointments.c.starts_at, appointments.c.reason, staff.c.display_name)
        .join(staff, staff.c.id == appointments.c.practitioner_id)
        .where(appointments.c.starts_at >= first, appointments.c.starts_at < last)
        .where(appointments.c.status.in_(("booked", "arrived")))
    )
    here = (
        select(
            queue_entries.c.patient_id, queue_entries.c.checked_in_at, queue_entries.c.complaint, staff.c.display_name
        )
        .join(staff, staff.c.id == queue_entries.c.practitioner_id, isouter=True)
        .where(queue_entries.c.status.in_(("waiting", "called", "in_consultation")))
    )
    seen = (
        select(encounters.c.patient_id, encounters.c.started_at, encounters.c.summary, staff.c.display_name)
        .join(staff, staff.c.id == encounters.c.practitioner_id, isouter=True)
        .where(encounters.c.status == "open", encounters.c.started_at >= first)
    )
    found: dict[str, ToldToday] = {}
    for where, asked in (("here", here), ("seen", seen), ("booked", booked)):
        for patient, at, what_for, whom in read.conn.execute(asked):
            person = kept_id(read.conn, patient)
            one = ToldToday(person, from_text(at), where, whom or "", what_for or "")
            found.setdefault(person, one)
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.patient_id)))
