"""What Practice Studio shows, as bodies; and laying them over the chart."""

from collections.abc import Mapping, Sequence
from typing import Any

from sync.port import Body, CannotTell, Kind, Links, Seen, Story, Telling
from sync.records.elements import Resource
from sync.remotes.practice_studio import wire
from sync.remotes.practice_studio.mapping import appointment, patient, shown
from sync.remotes.practice_studio.mapping.patient import SYSTEM
from sync.telling.appointments import actor
from sync.telling.beginnings import beginning
from sync.telling.lenses import Lens, lay, tell
from sync.telling.lenses import unread as gaps
from sync.telling.looking import kept_here
from sync.telling.masks import masked_members
from sync.telling.notes import without_marker
from sync.telling.words import NOBODY, RESOURCE, lacking

LENSES: Mapping[Kind, Sequence[Lens]] = {Kind.PATIENT: patient.LENSES, Kind.APPOINTMENT: appointment.LENSES}
ONLY_SHOWN = "Practice Studio only shows these: what was written here stays here."
VOID = "It was entered in error here. Practice Studio has no call that says so: tell them, and close this."


def project(story: Story, links: Links) -> Telling | CannotTell:
    """The body, what has no home there, and what must be known there first."""
    if (kept := kept_here(story, VOID)) is not None:
        return kept
    if story.kind not in LENSES:
        return CannotTell(ONLY_SHOWN)
    body = tell(LENSES[story.kind], story, links)
    if story.kind is Kind.PATIENT:
        return Telling(body, patient.homeless(story))
    kinds = (Kind.PATIENT, Kind.PRACTITIONER, Kind.LOCATION)
    return Telling(body, needs=lacking([(kind, actor(story, RESOURCE[kind])) for kind in kinds], SYSTEM, links))


def seen_patient(found: wire.Patient, *, whole: bool) -> Seen:
    """A patient; a list shows the first insurance alone, so that it says nothing of insurance."""
    raw = found.written()
    body = _known(Kind.PATIENT, raw)
    if not whole:
        body = {name: each for name, each in body.items() if name not in patient.ONLY_IN_DETAIL}
    return Seen(Kind.PATIENT, found.id, body, whole, raw)


def seen_appointment(found: wire.Appointment) -> Seen:
    """An appointment; where it is stands as the id of the place, as it is told."""
    raw = found.written()
    body = _known(Kind.APPOINTMENT, raw)
    place = raw.get("location")
    if "locationId" not in body and isinstance(place, dict) and place.get("id"):
        body["locationId"] = place["id"]
    if isinstance(body.get("notes"), str):
        body["notes"] = without_marker(body["notes"])
    return Seen(Kind.APPOINTMENT, found.id, body, raw=raw, parent=found.patient_id)


def seen_record(found: wire.Record) -> Seen:
    """A record: a visit, or a document."""
    raw = found.written()
    kind = Kind.ENCOUNTER if shown.is_visit(found.type) else Kind.DOCUMENT
    one = Seen(kind, found.id, _plain(raw), raw=raw, parent=found.patient_id)
    # What no record can hold is set aside now, and not when somebody waits for it.
    (shown.visit if kind is Kind.ENCOUNTER else shown.document)(one, NOBODY)
    return one


def seen_invoice(found: wire.Invoice) -> Seen:
    """An invoice."""
    raw = found.written()
    one = Seen(Kind.INVOICE, found.id, _plain(raw), raw=raw, parent=found.patient_id)
    shown.invoice(one, NOBODY, "USD")
    return one


def seen_provider(found: wire.Provider) -> Seen:
    """Somebody of the directory."""
    raw = found.written()
    one = Seen(Kind.PRACTITIONER, found.id, _plain(raw), raw=raw)
    shown.person(one, None)
    return one


def met(seen: Seen) -> tuple[Seen, ...]:
    """The places that a payload names: only so are they ever shown."""
    places: list[Any] = [seen.raw.get("location"), *(seen.raw.get("locations") or ())]
    return tuple(
        Seen(Kind.LOCATION, each["id"], _plain(each), whole=False, raw=each)
        for each in places
        if isinstance(each, dict) and isinstance(each.get("id"), str)
    )


def adopt(seen: Seen, story: Story | None, links: Links, currency: str) -> tuple[Resource, ...]:
    """Lay what is shown over what the chart has."""
    if seen.kind in LENSES:
        begun = story or beginning(seen.kind)
        return lay(LENSES[seen.kind], seen.body, begun, links, masked_members(seen.body))
    if seen.kind is Kind.PRACTITIONER:
        return shown.person(seen, story)
    if seen.kind is Kind.LOCATION:
        return shown.place(seen, story)
    if seen.kind is Kind.INVOICE:
        made = shown.invoice(seen, links, currency)
    elif seen.kind is Kind.ENCOUNTER:
        made = shown.visit(seen, links)
    else:
        made = shown.document(seen, links)
    return made if story is None else _renewed(made, story)


def unread(seen: Seen, links: Links) -> frozenset[str]:
    """The members that stand in a form that cannot be read here."""
    if seen.kind in LENSES:
        return gaps(LENSES[seen.kind], seen.body, beginning(seen.kind), links, masked_members(seen.body))
    if seen.kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
        read = {"content": shown.is_read(seen), "date": shown.is_date(seen.body.get("date"))}
        return frozenset(name for name, is_read in read.items() if not is_read)
    if seen.kind is Kind.INVOICE and not shown.is_status(seen.body.get("status")):
        return frozenset({"status"})
    return frozenset()


def _renewed(made: Sequence[Resource], story: Story) -> tuple[Resource, ...]:
    """What they alone write, written anew: the ids here, and what the chart has beside it, stay."""
    told = made[0].model_dump(by_alias=True, exclude_unset=True)
    here = story.first.model_dump(by_alias=True, exclude_unset=True)
    first = type(story.first).model_validate({**here, **told, "identifier": _ids(story.first, made[0])})
    rest = list(story.rest)
    for each in made[1:]:
        if not any(_same(each, other) for other in rest):
            rest.append(each)
    return (first, *rest)


def _ids(here: Resource, there: Resource) -> list[Any]:
    every = {(each.system, each.value): each for each in (*here.identifier, *there.identifier)}
    return [each.model_dump(by_alias=True, exclude_unset=True) for each in every.values()]


def _same(one: Resource, other: Resource) -> bool:
    if one.identifier:
        return bool({(each.system, each.value) for each in one.identifier} & _keys(other))
    without = {"id": None}
    return type(one) is type(other) and one.model_copy(update=without) == other.model_copy(update=without)


def _keys(record: Resource) -> set[tuple[str | None, str | None]]:
    return {(each.system, each.value) for each in record.identifier}


def _known(kind: Kind, raw: Body) -> Body:
    known = {lens.name for lens in LENSES[kind]}
    return {name: each for name, each in raw.items() if name in known}


def _plain(raw: Body) -> Body:
    return {name: each for name, each in raw.items() if name not in {"id", "_links"}}


def read_patient(item: Any) -> Sequence[Seen]:
    """A patient in a list."""
    return (seen_patient(wire.Patient.model_validate(item), whole=False),)


def read_appointment(item: Any) -> Sequence[Seen]:
    """An appointment in a list."""
    return (seen_appointment(wire.Appointment.model_validate(item)),)


def read_record(item: Any) -> Sequence[Seen]:
    """A record in a list."""
    return (seen_record(wire.Record.model_validate(item)),)


def read_invoice(item: Any) -> Sequence[Seen]:
    """An invoice in a list."""
    return (seen_invoice(wire.Invoice.model_validate(item)),)


def read_provider(item: Any) -> Sequence[Seen]:
    """Somebody in the directory."""
    return (seen_provider(wire.Provider.model_validate(item)),)
