"""Appointment <-> a Healify appointment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.appointment import Appointment, Participant
from sync.records.elements import Reference
from sync.records.location import Location
from sync.remotes.healify.mapping.common import SYSTEM, here, there
from sync.telling.folding import utc
from sync.telling.lenses import Lens, block, change, first_of, nothing, of, shown
from sync.telling.words import THERE, local_id, meant, with_identifier, words

STATUS = {"scheduled": "booked", "completed": "fulfilled", "cancelled": "cancelled", "no_show": "noshow"}
FINAL = frozenset({"completed", "cancelled", "no_show"})
_ENDED = frozenset({"fulfilled", "cancelled", "noshow", "entered-in-error"})
_PLACE = "#place-there"
CONFIRMATION = f"{THERE}:{SYSTEM}:confirmation"


def actor(story: Story, kind: str) -> Reference | None:
    """Who of a kind takes part, or where it is."""
    for each in first_of(story, Appointment).participant:
        if each.actor and _is(each.actor, kind):
            return each.actor
    return None


def _is(reference: Reference, kind: str) -> bool:
    if reference.reference:
        return reference.reference.startswith(f"{kind}/") or (kind == "Location" and reference.reference == _PLACE)
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


def whose(kind: Kind, name: str) -> tuple[Callable[[Story, Links], Any], Callable[[Story, Any, Links], Story]]:
    """The id there of the patient or of who sees the patient."""

    def get(story: Story, links: Links) -> Any:
        return there(actor(story, name), kind, links)

    def put(story: Story, value: Any, links: Links) -> Story:
        return with_actor(story, name, here(kind, value, links))

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


def _place(story: Story) -> Location | None:
    """Where it is: the place there (kept in the appointment), else the clinic's own."""
    reference = actor(story, "Location")
    if reference and reference.reference == _PLACE:
        inside = next((each for each in story.first.contained if f"#{each.get('id')}" == _PLACE), None)
        return Location.model_validate(inside) if inside else None
    wanted = local_id(reference)
    return next((each for each in of(story, Location) if each.id == wanted), None) if wanted else None


def place_part(name: str) -> tuple[Callable[[Story, Links], Any], Callable[[Story, Any, Links], Story]]:
    """A part of where it is: kind, room or address. What changes there never changes the clinic's own rooms."""

    def get(story: Story, _links: Links) -> Any:
        place = _place(story)
        return None if place is None else _of_place(place)[name]

    def put(story: Story, value: Any, _links: Links) -> Story:
        place = _place(story)
        parts = (_of_place(place) if place else dict.fromkeys(("type", "address", "room"))) | {name: value}
        contained = tuple(each for each in story.first.contained if f"#{each.get('id')}" != _PLACE)
        if not any(parts.values()):
            return with_actor(change(story, contained=contained), "Location", None)
        made: dict[str, Any] = {"resourceType": "Location", "id": _PLACE[1:]}
        if parts["room"]:
            made["name"] = parts["room"]
        if parts["address"]:
            made["address"] = {"text": parts["address"]}
        if parts["type"]:
            made["type"] = [{"text": parts["type"]}]
        story = change(story, contained=(*contained, made))
        return with_actor(story, "Location", Reference(reference=_PLACE))

    return get, put


def _of_place(place: Location) -> dict[str, Any]:
    address = place.address
    text = (address.model_extra or {}).get("text") if address else None
    if address and not text:
        tail = " ".join(filter(None, (address.state, address.postal_code)))
        text = ", ".join(filter(None, (*address.line, address.city, tail)))
    ours = place.id != _PLACE[1:]
    kind = words(place.type[0]) if place.type and not ours else ("in_person" if ours else None)
    return {"type": kind, "address": text or None, "room": place.name}


def put_status(story: Story, value: Any, _links: Links) -> Story:
    """Move the status forward: what has ended here is not opened again by what is still open there."""
    status = STATUS.get(value) if isinstance(value, str) else None
    if status is None or first_of(story, Appointment).status in _ENDED:
        return story
    return change(story, status=status)


def status(story: Story, _links: Links) -> Any:
    """The status in Healify's words."""
    return next((name for name, ours in STATUS.items() if ours == first_of(story, Appointment).status), None)


def put_confirmation(story: Story, value: Any, _links: Links) -> Story:
    """Keep the confirmation code that Healify gave."""
    code = value.get("code") if isinstance(value, dict) else None
    return change(story, identifier=with_identifier(story.first.identifier, CONFIRMATION, code))


def put_cancellation(story: Story, value: Any, _links: Links) -> Story:
    """Keep why it was cancelled there, where nothing says so here."""
    reason = value.get("reason") if isinstance(value, dict) else None
    if first_of(story, Appointment).cancelation_reason is not None or not isinstance(reason, str):
        return story
    return change(story, cancelation_reason=meant(reason))


def _type(story: Story, _links: Links) -> Any:
    return words(first_of(story, Appointment).appointment_type)


def _put_type(story: Story, value: Any, _links: Links) -> Story:
    return change(story, appointment_type=meant(value))


def _reason(story: Story, _links: Links) -> Any:
    reasons = first_of(story, Appointment).reason_code
    return words(reasons[0]) if reasons else None


def _put_reason(story: Story, value: Any, _links: Links) -> Story:
    made = (concept,) if (concept := meant(value)) else ()
    return change(story, reason_code=(*made, *first_of(story, Appointment).reason_code[1:]))


def _notes(story: Story, _links: Links) -> Any:
    return first_of(story, Appointment).comment


def _put_notes(story: Story, value: Any, _links: Links) -> Story:
    return change(story, comment=value or None)


LENSES = (
    Lens("patient_id", *whose(Kind.PATIENT, "Patient")),
    Lens("provider_id", *whose(Kind.PRACTITIONER, "Practitioner")),
    Lens("appointment_type", _type, _put_type),
    Lens("reason", _reason, _put_reason),
    Lens("scheduled_time", start, put_start),
    Lens("duration_minutes", minutes, put_minutes),
    block(
        "location",
        (("type", *place_part("type")), ("address", *place_part("address")), ("room", *place_part("room"))),
    ),
    Lens("notes", _notes, _put_notes),
    Lens("status", status, put_status, told=False),
    Lens("confirmation", nothing, put_confirmation, told=False),
    Lens("cancellation", nothing, put_cancellation, told=False),
    shown("reminders"),
    shown("created_at"),
    shown("updated_at"),
)


def cancelling(story: Story) -> dict[str, Any]:
    """What is told when an appointment is cancelled; who cancelled is told as the clinic, unless the chart says."""
    reason = words(first_of(story, Appointment).cancelation_reason)
    by = "patient" if reason and "patient" in reason.casefold() else "provider"
    return {"reason": reason or "Cancelled by the clinic", "cancelled_by": by}
