"""An appointment there: a patient, a doctor, a time, how long, and remarks; cancelled by a call of its own."""

from typing import Any

from sync.port import Body, Kind, Links, Story
from sync.records.appointment import Appointment
from sync.remotes.arocord_hims.mapping.names import SYSTEM
from sync.telling.appointments import STANDS
from sync.telling.folding import fold, utc
from sync.telling.lenses import Lens, change, first_of, in_words, nothing, shown
from sync.telling.notes import without_marker
from sync.telling.words import meant, words
from sync.telling.work import actor, actor_there, extra, minutes_of, moved, with_actor

DEFAULT_TYPE = "consultation"
DEFAULT_REASON = "Cancelled by the clinic"
FINAL = frozenset({"cancelled", "completed", "no_show"})
ENDS = {"cancel": frozenset({"cancelled", "canceled"}), "no_show": frozenset({"no_show"})}
# Their status -> FHIR's; what is not final changes nothing here.
STATUS = {"cancelled": "cancelled", "canceled": "cancelled", "completed": "fulfilled", "no_show": "noshow"}


def _type(story: Story, _links: Links) -> str:
    one = first_of(story, Appointment)
    return words(one.appointment_type) or next(filter(None, map(words, one.service_type)), None) or DEFAULT_TYPE


def _put_type(story: Story, value: Any, _links: Links) -> Story:
    return change(story, appointment_type=meant(value) if isinstance(value, str) else None)


def _start(story: Story, _links: Links) -> str | None:
    start = first_of(story, Appointment).start
    return utc(start) if start else None


def _notes(story: Story, _links: Links) -> str | None:
    return first_of(story, Appointment).comment


def _put_notes(story: Story, value: Any, _links: Links) -> Story:
    text = without_marker(value) if isinstance(value, str) else ""
    return change(story, comment=text or None)


def bare(value: Any) -> Any:
    """Remarks as they are compared: without a marker of ours."""
    return fold(without_marker(value)) if isinstance(value, str) else fold(value)


def _put_status(story: Story, value: Any, _links: Links) -> Story:
    status = STATUS.get(str(value))
    before = first_of(story, Appointment).status
    if status is None:
        return change(story, status="booked") if before == "proposed" else story
    return story if before == status else change(story, status=status)


LENSES = (
    Lens(
        "patient_id",
        lambda story, links: actor_there(SYSTEM, Kind.PATIENT, story, links),
        lambda story, value, links: with_actor(SYSTEM, Kind.PATIENT, story, value, links),
    ),
    Lens(
        "doctor_id",
        lambda story, links: actor_there(SYSTEM, Kind.PRACTITIONER, story, links),
        lambda story, value, links: with_actor(SYSTEM, Kind.PRACTITIONER, story, value, links),
    ),
    Lens("appointment_type", _type, _put_type),
    Lens("scheduled_time", _start, lambda story, value, _links: moved(story, start=value)),
    Lens(
        "duration_minutes",
        lambda story, _links: minutes_of(first_of(story, Appointment)),
        lambda story, value, _links: moved(story, minutes=value),
    ),
    Lens("notes", _notes, _put_notes, same=bare),
    in_words(Lens("status", nothing, _put_status, told=False), STANDS | STATUS.keys()),
    shown("cancellation_reason"),
)


def cancelling(story: Story, *, notify: bool) -> Body:
    """What is sent to cancel it: the patient is told where that was said here, and `notify` lets anybody be told."""
    one = first_of(story, Appointment)
    tell = notify and extra(one, "tellPatient") is True
    return {"cancellation_reason": words(one.cancelation_reason) or DEFAULT_REASON, "notify_patient": tell}


def homeless(story: Story) -> tuple[str, ...]:
    """What the chart says of an appointment that has no place there."""
    one = first_of(story, Appointment)
    said = {
        "place": actor(story, Kind.LOCATION) is not None,
        "reason": bool(one.reason_code) or one.description is not None,
        "priority": one.priority is not None,
        "specialty": bool(one.specialty),
    }
    return tuple(name for name, has in said.items() if has)


def blank(story: Story | None) -> Story:
    """An appointment of which the chart knows nothing yet."""
    return story or Story(
        Kind.APPOINTMENT, "", 0, None, Appointment(resource_type="Appointment", status="proposed", participant=())
    )
