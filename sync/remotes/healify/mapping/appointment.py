"""Appointment <-> a Healify appointment."""

from collections.abc import Callable
from typing import Any

from sync.port import Kind, Links, Story
from sync.records.appointment import Appointment
from sync.records.elements import Reference
from sync.records.location import Location
from sync.remotes.healify.mapping.parties import SYSTEM
from sync.telling import appointments
from sync.telling.appointments import PLACE, actor, with_actor
from sync.telling.lenses import Lens, block, change, first_of, in_words, nothing, of, shown
from sync.telling.words import THERE, local_id, meant, with_identifier, words

STATUS = {"scheduled": "booked", "completed": "fulfilled", "cancelled": "cancelled", "no_show": "noshow"}
FINAL = frozenset({"completed", "cancelled", "no_show"})
ENDS = {"cancel": frozenset({"cancelled"}), "no_show": frozenset({"no_show"})}
CONFIRMATION = f"{THERE}:{SYSTEM}:confirmation"


def _place(story: Story) -> Location | None:
    """Where it is: the place there (kept in the appointment), else the clinic's own."""
    reference = actor(story, "Location")
    if reference and reference.reference == PLACE:
        inside = next((each for each in story.first.contained if f"#{each.get('id')}" == PLACE), None)
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
        contained = tuple(each for each in story.first.contained if f"#{each.get('id')}" != PLACE)
        if not any(parts.values()):
            return with_actor(change(story, contained=contained), "Location", None)
        made: dict[str, Any] = {"resourceType": "Location", "id": PLACE[1:]}
        if parts["room"]:
            made["name"] = parts["room"]
        if parts["address"]:
            made["address"] = {"text": parts["address"]}
        if parts["type"]:
            made["type"] = [{"text": parts["type"]}]
        story = change(story, contained=(*contained, made))
        return with_actor(story, "Location", Reference(reference=PLACE))

    return get, put


def _of_place(place: Location) -> dict[str, Any]:
    address = place.address
    text = (address.model_extra or {}).get("text") if address else None
    if address and not text:
        tail = " ".join(filter(None, (address.state, address.postal_code)))
        text = ", ".join(filter(None, (*address.line, address.city, tail)))
    ours = place.id != PLACE[1:]
    kind = words(place.type[0]) if place.type and not ours else ("in_person" if ours else None)
    return {"type": kind, "address": text or None, "room": place.name}


def put_status(story: Story, value: Any, _links: Links) -> Story:
    """Lay the status, where it moves forward."""
    return appointments.put_status(story, STATUS.get(value) if isinstance(value, str) else None)


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


LENSES = (
    Lens("patient_id", *appointments.whose(SYSTEM, Kind.PATIENT)),
    Lens("provider_id", *appointments.whose(SYSTEM, Kind.PRACTITIONER)),
    Lens("appointment_type", appointments.kind_of, appointments.put_kind),
    Lens("reason", appointments.reason, appointments.put_reason),
    Lens("scheduled_time", appointments.start, appointments.put_start),
    Lens("duration_minutes", appointments.minutes, appointments.put_minutes),
    block(
        "location",
        (("type", *place_part("type")), ("address", *place_part("address")), ("room", *place_part("room"))),
        known="type address room",
    ),
    Lens("notes", appointments.notes, appointments.put_notes),
    in_words(Lens("status", status, put_status, told=False), appointments.STANDS | STATUS.keys()),
    Lens("confirmation", nothing, put_confirmation, told=False),
    Lens("cancellation", nothing, put_cancellation, told=False),
    shown("reminders"),
    shown("created_at"),
    shown("updated_at"),
)


def cancelling(story: Story) -> dict[str, Any]:
    """What is told when an appointment is cancelled; who cancelled is told as the clinic, unless the chart says."""
    one = first_of(story, Appointment)
    reason = words(one.cancelation_reason)
    by = "patient" if (one.model_extra or {}).get("cancelledBy") == "patient" else "provider"
    return {"reason": reason or "Cancelled by the clinic", "cancelled_by": by}
