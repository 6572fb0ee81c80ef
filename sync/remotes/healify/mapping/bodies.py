"""What Healify shows, as bodies; which body is of which kind; and laying them over the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sync.port import Body, Kind, Links, Seen, Story
from sync.records.elements import Resource
from sync.records.medication import MedicationRequest
from sync.records.practitioner import Practitioner
from sync.remotes.healify import wire
from sync.remotes.healify.mapping import appointment, others, patient, prescription, record
from sync.telling.beginnings import beginning
from sync.telling.lenses import Lens, lay, of, spelled
from sync.telling.lenses import unread as gaps
from sync.telling.masks import masked_members
from sync.telling.notes import without_marker
from sync.telling.wire import Theirs

LENSES: Mapping[Kind, Sequence[Lens]] = {
    Kind.PATIENT: patient.LENSES,
    Kind.APPOINTMENT: appointment.LENSES,
    Kind.ENCOUNTER: record.VISIT,
    Kind.DOCUMENT: record.DOCUMENT,
    Kind.PRESCRIPTION: prescription.LENSES,
}


def body_of(kind: Kind, raw: Body) -> Body:
    """The documented members of what is shown, without our marker."""
    known = {lens.name for lens in LENSES[kind]}
    made = {name: value for name, value in raw.items() if name in known}
    if kind is Kind.PATIENT and isinstance(past := made.get("medical_history"), dict):
        # Once more by itself: that a condition or a medicine is said no longer is known by these.
        lists = {"conditions": "conditions", "medicines": "medications"}
        made |= {name: past[given] for name, given in lists.items() if isinstance(past.get(given), list)}
    if isinstance(made.get("notes"), str):
        made["notes"] = without_marker(made["notes"])
    if kind is Kind.APPOINTMENT and "provider_id" not in made and isinstance(raw.get("provider"), dict):
        made["provider_id"] = raw["provider"].get("id")
    return made


def seen(kind: Kind, shown: Theirs, remote_id: str, *, whole: bool) -> Seen:
    """What is shown of one record."""
    raw = shown.written()
    owner = raw.get("patient_id")
    return Seen(kind, remote_id, body_of(kind, raw), whole, raw, owner if isinstance(owner, str) else None)


def seen_record(shown: wire.Record, *, whole: bool) -> Seen:
    """A medical record: a visit, or a document."""
    is_visit = spelled(record.VISITS)(shown.type) in record.VISITS
    return seen(Kind.ENCOUNTER if is_visit else Kind.DOCUMENT, shown, shown.id, whole=whole)


def seen_share(shown: wire.Share) -> Seen:
    """A share."""
    raw = shown.written()
    return Seen(Kind.SHARE, shown.share_id, {name: each for name, each in raw.items() if name != "share_id"}, raw=raw)


def seen_programme(shown: wire.Programme, *, whole: bool) -> Seen:
    """A programme."""
    raw = shown.written()
    return Seen(Kind.PROGRAMME, shown.id, {name: each for name, each in raw.items() if name != "id"}, whole, raw)


def read_patient(item: Any) -> Sequence[Seen]:
    """A patient in a list."""
    shown = wire.Patient.model_validate(item)
    return (seen(Kind.PATIENT, shown, shown.id, whole=False),)


def read_record(item: Any) -> Sequence[Seen]:
    """A record in a list."""
    return (seen_record(wire.Record.model_validate(item), whole=False),)


def read_appointment(item: Any) -> Sequence[Seen]:
    """An appointment in a list."""
    shown = wire.Appointment.model_validate(item)
    return (seen(Kind.APPOINTMENT, shown, shown.id, whole=False),)


def read_prescription(item: Any) -> Sequence[Seen]:
    """A prescription in a list."""
    shown = wire.Prescription.model_validate(item)
    return (seen(Kind.PRESCRIPTION, shown, shown.id, whole=False),)


def read_share(item: Any) -> Sequence[Seen]:
    """A share in a list."""
    return (seen_share(wire.Share.model_validate(item)),)


def read_programme(item: Any) -> Sequence[Seen]:
    """A programme in a list."""
    return (seen_programme(wire.Programme.model_validate(item), whole=False),)


def met(seen_: Seen) -> tuple[Seen, ...]:
    """The people a payload names: only so are they ever shown."""
    found = []
    for name in ("provider", "prescriber"):
        raw = seen_.raw.get(name)
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            body = {part: each for part, each in raw.items() if part != "id"}
            found.append(Seen(Kind.PRACTITIONER, raw["id"], body, whole=False, raw=raw))
    return tuple(found)


def lines(story: Story) -> tuple[Story, ...]:
    """A prescription as one story for each medicine: Healify has one prescription for each."""
    further = of(story, MedicationRequest)
    beside = tuple(each for each in story.rest if not isinstance(each, MedicationRequest))
    return tuple(replace(story, first=each, rest=beside) for each in (story.first, *further))


def adopt(seen_: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
    """Lay what is shown over what the chart has."""
    if seen_.kind is Kind.PROGRAMME:
        return (others.programme(seen_.body, seen_.remote_id),)
    if seen_.kind is Kind.PRACTITIONER:
        return _person(seen_, story)
    if seen_.kind not in LENSES:
        return (story.first, *story.rest) if story else ()
    begun = story or beginning(seen_.kind)
    lenses, hidden = LENSES[seen_.kind], masked_members(seen_.body)
    if seen_.kind is not Kind.PRESCRIPTION:
        return lay(lenses, seen_.body, begun, links, hidden)
    parts = lines(begun)
    if not 0 <= seen_.part < len(parts):
        return (begun.first, *begun.rest)
    before = parts[seen_.part].first
    after = lay(lenses, seen_.body, parts[seen_.part], links, hidden)[0]
    return tuple(after if each is before else each for each in (begun.first, *begun.rest))


def unread(seen_: Seen, links: Links) -> frozenset[str]:
    """The members that stand in a form that cannot be read here."""
    if seen_.kind not in LENSES:
        return frozenset()
    return gaps(LENSES[seen_.kind], seen_.body, beginning(seen_.kind), links, masked_members(seen_.body))


def _person(seen_: Seen, story: Story | None) -> tuple[Resource, ...]:
    """Somebody who is named there; whoever the chart knows stays as the chart says."""
    if story is not None:
        return (story.first, *story.rest)
    made: dict[str, Any] = others.person(seen_.body, seen_.remote_id)
    return (Practitioner.model_validate(made),)
