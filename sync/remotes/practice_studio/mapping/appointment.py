"""Appointment <-> a Practice Studio appointment."""

from typing import Any

from sync.port import Kind, Links, Story
from sync.records.appointment import Appointment
from sync.remotes.practice_studio.mapping.patient import SYSTEM
from sync.telling import appointments
from sync.telling.folding import fold
from sync.telling.lenses import Lens, first_of, in_words, shown

# The status is spelled with two l, the event with one: both are one thing.
STATUS = {"scheduled": "booked", "completed": "fulfilled", "cancelled": "cancelled", "canceled": "cancelled"}
FINAL = frozenset({"completed", "cancelled"})
ENDS = {"cancel": frozenset({"cancelled", "canceled"})}


def _status(story: Story, _links: Links) -> Any:
    return next((name for name, ours in STATUS.items() if ours == first_of(story, Appointment).status), None)


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    return appointments.put_status(story, STATUS.get(value) if isinstance(value, str) else None)


def _fold_status(value: Any) -> Any:
    return "cancelled" if value == "canceled" else fold(value)


LENSES = (
    Lens("patientId", *appointments.whose(SYSTEM, Kind.PATIENT)),
    Lens("providerId", *appointments.whose(SYSTEM, Kind.PRACTITIONER)),
    Lens("startTime", appointments.start, appointments.begins),
    Lens("endTime", appointments.ends_at, appointments.put_ends),
    Lens("type", appointments.kind_of, appointments.put_kind),
    Lens("reason", appointments.reason, appointments.put_reason),
    Lens("notes", appointments.notes, appointments.put_notes),
    Lens("locationId", *appointments.whose(SYSTEM, Kind.LOCATION)),
    in_words(Lens("status", _status, _put_status, _fold_status, told=False), appointments.STANDS | STATUS.keys()),
    shown("created"),
    shown("updated"),
)
