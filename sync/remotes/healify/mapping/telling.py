"""What Healify would be told of a record of each kind."""

from sync.port import CannotTell, Kind, Links, Story, Telling
from sync.records.appointment import Appointment
from sync.records.document import DocumentReference
from sync.records.elements import Reference
from sync.records.encounter import Encounter
from sync.records.medication import MedicationRequest
from sync.records.message import Task
from sync.remotes.healify.mapping import appointment, others, patient, prescription, record
from sync.remotes.healify.mapping.bodies import LENSES, lines
from sync.remotes.healify.mapping.parties import SYSTEM
from sync.telling import people
from sync.telling.appointments import actor
from sync.telling.lenses import first_of, of, tell
from sync.telling.looking import kept_here
from sync.telling.words import lacking, local_id

VOID = "It was entered in error here. Healify has no call that says so: tell them, and close this with your name."
NOT_TOLD = "Healify has no call for this."
ONE_OF_MANY = "This is one medicine of a prescription with several. Ask Healify's pharmacy for it by its name."
# The kinds whose notes may carry our marker.
NOTED = frozenset({Kind.APPOINTMENT, Kind.ENCOUNTER, Kind.DOCUMENT, Kind.PRESCRIPTION})
Pairs = list[tuple[Kind, Reference | None]]


def project(story: Story, links: Links) -> Telling | CannotTell:
    """The body, what has no home there, and what must be known there first."""
    if (kept := kept_here(story, VOID)) is not None:
        return kept
    if story.kind is Kind.SHARE:
        return _share(story, links)
    if story.kind is Kind.ENROLMENT:
        task = first_of(story, Task)
        pairs: Pairs = [(Kind.PATIENT, task.for_), (Kind.PROGRAMME, task.focus)]
        return Telling(others.enrolment(story, links), needs=lacking(pairs, SYSTEM, links))
    if story.kind is Kind.REFILL:
        return _refill(story, links)
    if story.kind is Kind.PRESCRIPTION:
        return _prescription(story, links)
    if story.kind not in LENSES:
        return CannotTell(NOT_TOLD)
    return _plain(story, links)


def _plain(story: Story, links: Links) -> Telling | CannotTell:
    if story.kind is Kind.APPOINTMENT and story.act == "cancel":
        return Telling(appointment.cancelling(story))
    if story.kind is Kind.DOCUMENT and (why := record.refused(story)):
        return CannotTell(why)
    body = tell(LENSES[story.kind], story, links)
    if story.kind is Kind.PATIENT:
        return Telling(body, people.homeless(story, patient.HOMES))
    if story.kind is Kind.APPOINTMENT:
        actors = [(kind, actor(story, name)) for kind, name in _ACTORS]
        first_of(story, Appointment)
        return Telling(body, needs=lacking(actors, SYSTEM, links))
    homeless = record.homeless(story) if story.kind is Kind.ENCOUNTER else ()
    return Telling(body, homeless, lacking(_of_record(story), SYSTEM, links))


_ACTORS = ((Kind.PATIENT, "Patient"), (Kind.PRACTITIONER, "Practitioner"))


def _of_record(story: Story) -> Pairs:
    first = story.first
    if isinstance(first, Encounter):
        seer = first.participant[0].individual if first.participant else None
        return [(Kind.PATIENT, first.subject), (Kind.PRACTITIONER, seer)]
    subject = first.subject if isinstance(first, DocumentReference) else None
    return [(Kind.PATIENT, subject)]


def _prescription(story: Story, links: Links) -> Telling:
    told = [tell(LENSES[story.kind], part, links) for part in lines(story)]
    first = prescription.line(story)
    homeless = {name: None for part in lines(story) for name in prescription.homeless(part)}
    pairs: Pairs = [(Kind.PATIENT, first.subject), (Kind.PRACTITIONER, first.requester)]
    return Telling(told[0], tuple(homeless), lacking(pairs, SYSTEM, links), tuple(told) if len(told) > 1 else ())


def _refill(story: Story, links: Links) -> Telling | CannotTell:
    """Of one medicine: where a prescription has more of them, its number here does not say which is meant there."""
    if len(of(story, MedicationRequest)) > 1:
        return CannotTell(ONE_OF_MANY)
    focus = first_of(story, Task).focus
    return Telling(prescription.refill(story, links), needs=lacking([(Kind.PRESCRIPTION, focus)], SYSTEM, links))


def _share(story: Story, links: Links) -> Telling | CannotTell:
    body = others.share(story, links)
    if isinstance(body, CannotTell):
        return body
    if "record_id" in body:
        return Telling(body)
    context = first_of(story, DocumentReference).context
    visit = local_id(context.encounter[0]) if context and context.encounter else None
    need = (Kind.ENCOUNTER, visit) if visit else (Kind.DOCUMENT, story.first.id or story.local_id)
    return Telling(body, needs=(need,))
