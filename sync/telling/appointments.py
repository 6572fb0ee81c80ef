"""An appointment as lenses read one: who, when, what for."""

from datetime import datetime, timedelta
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.appointment import Appointment, Participant
from sync.records.elements import Reference
from sync.telling.folding import utc
from sync.telling.lenses import Get, Put, change, first_of
from sync.telling.words import RESOURCE, meant, refer, told_id, words

# A place that a system names, kept inside the appointment: it never changes the clinic's own rooms.
PLACE = "#place-there"
# How systems say that an appointment still stands: such a word changes nothing here.
STANDS = frozenset({
    "scheduled", "booked", "confirmed", "pending", "rescheduled", "arrived", "checked in", "in progress", "started",
})  # fmt: skip
ENDED = frozenset({"fulfilled", "cancelled", "noshow", "entered-in-error"})


def actor(story: Story, kind: str) -> Reference | None:
    """Who of a kind takes part, or where it is."""
    for each in first_of(story, Appointment).participant:
        if each.actor and _is(each.actor, kind):
            return each.actor
    return None


def _is(reference: Reference, kind: str) -> bool:
    if reference.reference:
        return reference.reference.startswith(f"{kind}/") or (kind == "Location" and reference.reference == PLACE)
    system = reference.identifier.system if reference.identifier else None
    return (system or "").endswith(f":{kind.lower()}")


def with_actor(story: Story, kind: str, reference: Reference | None) -> Story:
    """The appointment with another of that kind in the same place."""
    before = first_of(story, Appointment).participant
    old = next((each for each in before if each.actor and _is(each.actor, kind)), None)
    if reference is None:
        return change(story, participant=tuple(each for each in before if each is not old))
    if old is None:
        return change(story, participant=(*before, Participant(actor=reference, status="accepted")))
    new = old.model_copy(update={"actor": reference})
    return change(story, participant=tuple(new if each is old else each for each in before))


def whose(system: str, kind: Kind) -> tuple[Get, Put]:
    """The id there of the patient, of who sees the patient, or of the place."""
    name = RESOURCE[kind]

    def get(story: Story, links: Links) -> Any:
        return told_id(actor(story, name), system, kind, links)

    def put(story: Story, value: Any, links: Links) -> Story:
        return with_actor(story, name, refer(system, kind, value, links))

    return get, put


def start(story: Story, _links: Links) -> Any:
    """When it begins, in UTC."""
    begins = first_of(story, Appointment).start
    return utc(begins) if begins else None


def minutes(story: Story, _links: Links) -> Any:
    """How long it takes."""
    one = first_of(story, Appointment)
    if one.minutes_duration is not None or one.start is None or one.end is None:
        return one.minutes_duration
    return int((datetime.fromisoformat(one.end) - datetime.fromisoformat(one.start)).total_seconds() // 60)


def put_start(story: Story, value: Any, links: Links) -> Story:
    """Move it: it takes as long as before."""
    lasts = minutes(story, links)
    return change(story, start=value or None, end=_end(value, lasts))


def put_minutes(story: Story, value: Any, _links: Links) -> Story:
    """Let it take another time."""
    return change(story, minutes_duration=value, end=_end(first_of(story, Appointment).start, value))


def _end(begins: str | None, lasts: Any) -> str | None:
    if not begins or not isinstance(lasts, int):
        return None
    try:
        return utc((datetime.fromisoformat(begins) + timedelta(minutes=lasts)).isoformat())
    except (ValueError, OverflowError):
        return None


def kind_of(story: Story, _links: Links) -> Any:
    """What kind of appointment it is."""
    return words(first_of(story, Appointment).appointment_type)


def put_kind(story: Story, value: Any, _links: Links) -> Story:
    """Lay the kind."""
    return change(story, appointment_type=meant(value))


def reason(story: Story, _links: Links) -> Any:
    """Why the patient comes."""
    reasons = first_of(story, Appointment).reason_code
    return words(reasons[0]) if reasons else None


def put_reason(story: Story, value: Any, _links: Links) -> Story:
    """Lay why the patient comes."""
    made = (concept,) if (concept := meant(value)) else ()
    return change(story, reason_code=(*made, *first_of(story, Appointment).reason_code[1:]))


def notes(story: Story, _links: Links) -> Any:
    """What is noted beside it."""
    return first_of(story, Appointment).comment


def put_notes(story: Story, value: Any, _links: Links) -> Story:
    """Lay what is noted."""
    return change(story, comment=value or None)


def begins(story: Story, value: Any, _links: Links) -> Story:
    """Lay when it begins, where the system tells the end by itself."""
    return _lasting(change(story, start=value or None))


def ends_at(story: Story, _links: Links) -> Any:
    """When it ends, in UTC."""
    one = first_of(story, Appointment)
    ends = one.end or _end(one.start, one.minutes_duration)
    return utc(ends) if ends else None


def put_ends(story: Story, value: Any, _links: Links) -> Story:
    """Lay when it ends."""
    return _lasting(change(story, end=value or None))


def _lasting(story: Story) -> Story:
    one = first_of(story, Appointment)
    if one.start is None or one.end is None:
        return story
    try:
        lasts = datetime.fromisoformat(one.end) - datetime.fromisoformat(one.start)
    except ValueError:
        return story
    return change(story, minutes_duration=int(lasts.total_seconds() // 60))


def put_status(story: Story, status: str | None) -> Story:
    """Move the status forward: what has ended here is not opened again by what is still open there."""
    if status is None or first_of(story, Appointment).status in ENDED:
        return story
    return change(story, status=status)
