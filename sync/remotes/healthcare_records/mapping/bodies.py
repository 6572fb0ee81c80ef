"""What the Healthcare Records API shows, as bodies; what it is told; and laying the one over the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.port import Body, CannotTell, Kind, Links, Seen, Story, Telling
from sync.records.consent import Consent
from sync.records.document import DocumentReference
from sync.records.elements import Reference, Resource
from sync.records.encounter import Encounter
from sync.records.immunization import Immunization
from sync.remotes.healthcare_records import wire
from sync.remotes.healthcare_records.mapping import consent, document, immunization, patient
from sync.remotes.healthcare_records.mapping.patient import SYSTEM
from sync.telling import people
from sync.telling.beginnings import beginning
from sync.telling.lenses import Lens, lay, spelled, tell
from sync.telling.lenses import unread as gaps
from sync.telling.looking import kept_here
from sync.telling.masks import masked_members
from sync.telling.notes import note_of, text_of
from sync.telling.wire import Theirs
from sync.telling.words import lacking

LENSES: Mapping[Kind, Sequence[Lens]] = {
    Kind.PATIENT: patient.LENSES,
    Kind.IMMUNIZATION: immunization.LENSES,
    Kind.DOCUMENT: document.DOCUMENT,
    Kind.ENCOUNTER: document.VISIT,
    Kind.CONSENT: consent.LENSES,
}
MODELS: Mapping[Kind, type[Theirs]] = {
    Kind.PATIENT: wire.Patient,
    Kind.IMMUNIZATION: wire.Immunization,
    Kind.DOCUMENT: wire.Document,
    Kind.ENCOUNTER: wire.Document,
    Kind.CONSENT: wire.Consent,
}
VOID = "It was entered in error here: an administrator there has to mark it so, with a reason. Close this when done."
NOT_TOLD = "This system has no place for it."


def masked(body: Body) -> frozenset[str]:
    """The members that are hidden: behind words, or as an empty list where the document shows a hidden one."""
    empty = {name for name in patient.HIDING if name in body and body[name] in (None, [], {}, "")}
    return masked_members(body) | empty


def seen(kind: Kind, shown: Theirs, *, whole: bool) -> Seen:
    """What is shown of one record."""
    raw = shown.written()
    known = {lens.name for lens in LENSES[kind]}
    body = {name: each for name, each in raw.items() if name in known}
    owner = raw.get("patient_id")
    return Seen(kind, raw["id"], body, whole, raw, owner if isinstance(owner, str) else None)


def read_one(kind: Kind, item: Any, *, whole: bool) -> Sequence[Seen]:
    """One item of a list or of an answer; a note of a visit and another document are told apart by their type."""
    shown = MODELS[kind].model_validate(item)
    if kind in {Kind.DOCUMENT, Kind.ENCOUNTER}:
        is_note = spelled({document.NOTE})(getattr(shown, "document_type", None)) == document.NOTE
        return (seen(Kind.ENCOUNTER if is_note else Kind.DOCUMENT, shown, whole=whole),)
    return (seen(kind, shown, whole=whole),)


def adopt(seen_: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
    """Lay what is shown over what the chart has: what is hidden changes nothing."""
    begun = story or beginning(seen_.kind)
    return lay(LENSES[seen_.kind], seen_.body, begun, links, masked(seen_.body))


def unread(seen_: Seen, links: Links) -> frozenset[str]:
    """The members that stand in a form that cannot be read here."""
    return gaps(LENSES[seen_.kind], seen_.body, beginning(seen_.kind), links, masked(seen_.body))


def project(story: Story, links: Links) -> Telling | CannotTell:
    """The body, what has no home there, and what must be known there first."""
    kept = kept_here(story, VOID)
    if kept is not None:
        return kept
    if story.kind not in LENSES:
        return CannotTell(NOT_TOLD)
    if (why := _refused(story)) is not None:
        return CannotTell(why)
    body = tell(LENSES[story.kind], story, links)
    if story.kind is Kind.PATIENT:
        return Telling(body, people.homeless(story, patient.HOMES))
    homeless = immunization.homeless(story) if story.kind is Kind.IMMUNIZATION else ()
    return Telling(body, homeless, lacking([(Kind.PATIENT, _whose(story))], SYSTEM, links))


def _refused(story: Story) -> str | None:
    first = story.first
    if isinstance(first, Immunization):
        return immunization.refused(story)
    if isinstance(first, Consent):
        return consent.refused(story)
    if isinstance(first, DocumentReference):
        return None if text_of(first) else document.NO_TEXT
    if isinstance(first, Encounter):
        return None if note_of(story) else document.NO_NOTE
    return None


def _whose(story: Story) -> Reference | None:
    found = getattr(story.first, "patient", None) or getattr(story.first, "subject", None)
    return found if isinstance(found, Reference) else None
