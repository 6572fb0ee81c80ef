"""An appointment there: made once, then neither changed nor cancelled by any call; seen in a provider's schedule."""

from decimal import Decimal
from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.appointment import Appointment
from sync.records.elements import CodeableConcept, Reference
from sync.records.location import Location
from sync.remotes.hms_enterprise.mapping.names import SYSTEM
from sync.telling.appointments import STANDS
from sync.telling.folding import fold, utc
from sync.telling.lenses import Lens, change, first_of, in_words, left, of
from sync.telling.words import local_id, meant, words
from sync.telling.work import actor, actor_there, exact, minutes_of, moment, moved, with_actor

DEFAULT_TYPE = "office_visit"
STATUS = {
    "booked": "scheduled", "arrived": "scheduled", "checked-in": "scheduled", "fulfilled": "completed",
    "cancelled": "cancelled", "noshow": "no_show",
}  # fmt: skip
FINAL = frozenset({"completed", "cancelled", "no_show"})
ENDS = {"cancel": frozenset({"cancelled"}), "no_show": frozenset({"no_show"})}
# An iCalendar priority of 1 to 4 is high (RFC 5545, 3.8.1.9); 0 and none say nothing.
HIGH = range(1, 5)


def _type(story: Story, _links: Links) -> str:
    one = first_of(story, Appointment)
    return words(one.appointment_type) or next(filter(None, map(words, one.service_type)), None) or DEFAULT_TYPE


def _put_type(story: Story, value: Any, _links: Links) -> Story:
    return change(story, appointment_type=meant(value) if isinstance(value, str) else None)


def _start(story: Story, _links: Links) -> str | None:
    start = first_of(story, Appointment).start
    return utc(start) if start else None


def _end(story: Story, _links: Links) -> str | None:
    end = first_of(story, Appointment).end
    return utc(end) if end else None


def _put_end(story: Story, value: Any, _links: Links) -> Story:
    start = first_of(story, Appointment).start
    if not start or not isinstance(value, str):
        return story
    try:
        minutes = round((moment(value) - moment(start)).total_seconds() / 60)
    except (ValueError, TypeError):
        return story
    return moved(story, minutes=minutes)


SPAN = frozenset({"start_datetime", "end_datetime", "duration"})


def contradicts(body: Body) -> frozenset[str]:
    """The members of an appointment that cannot all be true: it ends before it begins, or lasts longer than to its end.

    The document asks for a start and an end, and its examples leave the duration out: where they contradict each other
    the end stands (`settled`), and a person is asked.
    """
    lasts, said = _lasts(body), exact(body.get("duration"))
    if lasts is None or (lasts > 0 and (said is None or abs(lasts - said) < 1)):
        return frozenset()
    return frozenset(name for name in SPAN if body.get(name) is not None)


def settled(body: Body) -> Body:
    """What is laid over the chart where members contradict each other: without the one that cannot stand."""
    if not contradicts(body):
        return body
    wrong = "duration" if (_lasts(body) or 0) > 0 else "end_datetime"
    return {name: value for name, value in body.items() if name != wrong}


def _lasts(body: Body) -> Decimal | None:
    """The minutes from its start to its end; None where they do not both stand there."""
    begins, ends = body.get("start_datetime"), body.get("end_datetime")
    try:
        span = moment(ends) - moment(begins) if isinstance(begins, str) and isinstance(ends, str) else None
    except (ValueError, TypeError):
        return None
    return None if span is None else Decimal(str(span.total_seconds())) / 60


def place_of(story: Story) -> str | None:
    """What the place is called: a free text there."""
    reference = actor(story, Kind.LOCATION)
    if reference is None:
        return None
    here = local_id(reference)
    named = next((each.name for each in of(story, Location) if each.id == here), None)
    return named or reference.display


def _put_place(story: Story, value: Any, _links: Links) -> Story:
    """A place that is only a text becomes one only where the chart has none."""
    if actor(story, Kind.LOCATION) is not None or not isinstance(value, str) or not value:
        return story
    known = first_of(story, Appointment).participant
    made = {"actor": {"display": value, "identifier": {"system": _PLACE, "value": value}}, "status": "accepted"}
    return change(story, participant=(*known, type(known[0]).model_validate(made))) if known else story


_PLACE = f"urn:x-clinic-desktop:there:{SYSTEM}:{Kind.LOCATION}"


def _reason(story: Story, _links: Links) -> str | None:
    one = first_of(story, Appointment)
    return "; ".join(filter(None, map(words, one.reason_code))) or one.description


def _put_reason(story: Story, value: Any, _links: Links) -> Story:
    return change(story, reason_code=(CodeableConcept(text=value),) if isinstance(value, str) and value else ())


def _status(story: Story, _links: Links) -> str:
    return STATUS.get(first_of(story, Appointment).status, "scheduled")


def _fold_status(value: Any) -> Any:
    return "cancelled" if value == "canceled" else fold(value)


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    said = str(_fold_status(value))
    ours = {"completed": "fulfilled", "cancelled": "cancelled", "no_show": "noshow", "scheduled": "booked"}.get(said)
    return change(story, status=ours) if ours else story


def _priority(story: Story, _links: Links) -> str:
    return "high" if first_of(story, Appointment).priority in HIGH else "normal"


def _telehealth(story: Story, _links: Links) -> bool | None:
    said = f"{words(first_of(story, Appointment).appointment_type)} {place_of(story)}".lower()
    return True if "telehealth" in said or "video" in said else None


def _comment(story: Story, _links: Links) -> str | None:
    return first_of(story, Appointment).comment


LENSES = (
    Lens(
        "patient_id",
        lambda story, links: actor_there(SYSTEM, Kind.PATIENT, story, links),
        lambda story, value, links: with_actor(SYSTEM, Kind.PATIENT, story, value, links),
    ),
    Lens(
        "provider_id",
        lambda story, links: actor_there(SYSTEM, Kind.PRACTITIONER, story, links),
        lambda story, value, links: with_actor(SYSTEM, Kind.PRACTITIONER, story, value, links),
    ),
    Lens("appointment_type", _type, _put_type),
    Lens("start_datetime", _start, lambda story, value, _links: moved(story, start=value)),
    Lens("end_datetime", _end, _put_end),
    Lens("location", lambda story, _links: place_of(story), _put_place),
    Lens("reason", _reason, _put_reason),
    in_words(Lens("status", _status, _put_status, _fold_status), STANDS | FINAL | {"canceled"}),
    Lens("priority", _priority, left),
    Lens(
        "duration",
        lambda story, _links: minutes_of(first_of(story, Appointment)),
        lambda story, value, _links: moved(story, minutes=value),
    ),
    Lens(
        "notes",
        _comment,
        lambda story, value, _links: change(story, comment=value if isinstance(value, str) and value else None),
        same=fold,
    ),
    Lens("telehealth", _telehealth, left),
)
# A schedule shows these and no others.
IN_SCHEDULE = frozenset(
    {
        "patient_id",
        "provider_id",
        "appointment_type",
        "start_datetime",
        "end_datetime",
        "location",
        "status",
        "duration",
    }
)


def references(story: Story) -> tuple[tuple[Kind, Reference | None], ...]:
    """What must be known there before."""
    return (Kind.PATIENT, actor(story, Kind.PATIENT)), (Kind.PRACTITIONER, actor(story, Kind.PRACTITIONER))


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of an appointment that has no place there."""
    one = first_of(story, Appointment)
    said = {"specialty": bool(one.specialty), "reason of the cancellation": one.cancelation_reason is not None}
    return tuple(name for name, has in said.items() if has)


def blank(story: Story | None) -> Story:
    """An appointment of which the chart knows nothing yet."""
    return story or Story(
        Kind.APPOINTMENT, "", 0, None, Appointment(resource_type="Appointment", status="booked", participant=())
    )
