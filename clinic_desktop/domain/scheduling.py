"""Appointments: what may stand beside what, and what a day offers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from clinic_desktop.domain.hours import Stretch
from clinic_desktop.domain.refusals import Refusal

KINDS = ("new", "follow_up", "consultation", "procedure", "vaccination", "results", "check_up", "antenatal", "child")
PRIORITIES = ("routine", "urgent", "emergency")
REMINDERS = ("phone", "sms", "email", "post", "app")
LENGTHS = (5, 10, 15, 20, 30, 45, 60, 90, 120)


@dataclass(frozen=True)
class Slot:
    """A stretch of time that somebody or some room is taken; instants aware."""

    starts_at: datetime
    minutes: int
    practitioner: str
    room: str | None = None
    patient: str = ""

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def overlaps(self, other: "Slot") -> bool:
        """Whether both take the same moment; one that ends when the other starts does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class Hours:
    """When a day opens and closes, in the clinic's own time."""

    opens: time = time(7, 0)
    closes: time = time(20, 0)


def require_length(minutes: int) -> None:
    """Refuse a length that no appointment has."""
    if not 5 <= minutes <= 480:
        raise Refusal("An appointment lasts between 5 minutes and 8 hours.", field="minutes")


def require_open(local_start: datetime, minutes: int, hours: Hours) -> None:
    """Refuse an appointment outside opening hours, given the start in the clinic's own time."""
    end = local_start + timedelta(minutes=minutes)
    if local_start.time() < hours.opens or end.date() != local_start.date() or end.time() > hours.closes:
        raise Refusal(
            "The clinic is open from {opens} to {closes}.",
            field="starts_at",
            opens=hours.opens.strftime("%H:%M"),
            closes=hours.closes.strftime("%H:%M"),
        )


def clash(wanted: Slot, taken: Iterable[Slot]) -> tuple[Slot, str] | None:
    """The first appointment that takes the same practitioner, room or patient at that time, and which of the three."""
    for other in sorted(taken, key=lambda slot: slot.starts_at):
        if not wanted.overlaps(other):
            continue
        if other.practitioner == wanted.practitioner:
            return other, "practitioner"
        if wanted.room and other.room and other.room.casefold() == wanted.room.casefold():
            return other, "room"
        if wanted.patient and other.patient == wanted.patient:
            return other, "patient"
    return None


def free_slots(
    opens_at: datetime, closes_at: datetime, minutes: int, taken: Iterable[Slot], step: int = 15
) -> tuple[datetime, ...]:
    """Every start on the grid of `step` minutes at which one practitioner is free for so long."""
    busy = list(taken)
    found: list[datetime] = []
    start = opens_at
    while start + timedelta(minutes=minutes) <= closes_at:
        wanted = Slot(start, minutes, "")
        if not any(wanted.overlaps(other) for other in busy):
            found.append(start)
        start += timedelta(minutes=step)
    return tuple(found)


def require_booking(kind: str | None, priority: str, reminders: Iterable[str]) -> None:
    """Refuse a kind of visit, an urgency or a way of reminding that there is not."""
    if kind and kind not in KINDS:
        raise Refusal("Choose the kind of visit from the list.", field="kind")
    if priority not in PRIORITIES:
        raise Refusal("Choose how urgent the appointment is.", field="priority")
    if set(reminders) - set(REMINDERS):
        raise Refusal("Choose how the patient is reminded.", field="reminders")


def works_then(works: Iterable[Stretch], local_start: datetime, minutes: int) -> bool:
    """Whether somebody works through an appointment, given its start in the clinic's own time; true without hours."""
    stretches = tuple(works)
    starts = local_start.strftime("%H:%M")
    ends = (local_start + timedelta(minutes=minutes)).strftime("%H:%M")
    day = [one for one in stretches if one.weekday == local_start.weekday()]
    return not stretches or any(one.starts <= starts and ends <= one.ends for one in day)
