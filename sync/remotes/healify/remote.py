"""Healify as the engine sees it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sync.port import Body, CannotTell, Echo, Kind, Links, Page, Seen, Sending, Story, Telling
from sync.records.elements import Resource
from sync.remotes.healify import wire
from sync.remotes.healify.attachments import Attachments
from sync.remotes.healify.client import PATIENT, SHAPES, Client, read_error
from sync.remotes.healify.mapping import bodies
from sync.remotes.healify.mapping.parties import SYSTEM
from sync.remotes.healify.mapping.telling import NOTED, project
from sync.remotes.healify.probing import probe
from sync.remotes.healify.profile import PROFILE, UNTOLD
from sync.telling.folding import fold
from sync.telling.lenses import canonical
from sync.telling.looking import as_asked, as_far, clear, through, widened
from sync.telling.masks import masked_members
from sync.telling.notes import with_marker
from sync.telling.paging import hole, listed, next_cursor, offset_of, page
from sync.telling.people import contact_point, family, given
from sync.telling.shapes import only
from sync.telling.words import NOBODY
from sync.transport.credentials import Clock, Secrets
from sync.transport.opening import Endings, Opening
from sync.transport.outcomes import Call, Garbled, Refused, Said
from sync.transport.signin import Bearer
from sync.transport.wire import SignIn

LIMIT = 100
_NEVER = Call("nothing", "GET", "/")


class HealifyRemote:
    """Healify: everything can be listed, most can be changed, nothing can be taken back."""

    def __init__(self, client: Client, attachments: Attachments, endings: Endings) -> None:
        self.profile = PROFILE
        self.client, self.attachments, self.endings = client, attachments, endings

    def check(self) -> Mapping[str, str]:
        """Sign in by reading one patient; what was found, by name."""
        found = self.client.list_patients(limit=1)
        said = {"reached": "yes", "patients": str(found.total) if found.total is not None else "not stated"}
        return said | {f"header {name}": value for name, value in self.endings.said.items()}

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of a list; records are visits and documents in one list, told apart by their type."""
        offset = offset_of(cursor)
        window = {"start_date": widened(since, -1), "end_date": widened(until, 1)}
        came, read = self._list(kind, offset, parent, window)
        found = came.data
        total = came.total if isinstance(came.total, int) else None
        if hole(cursor, found, total, more=came.has_more):
            raise Garbled(_NEVER)
        next_ = next_cursor(cursor, found, total, LIMIT, came.limit, more=came.has_more)
        if kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
            # A kind that is a part of a list has no total of its own.
            return page(found, read, None, next_)
        return listed(found, read, "share_id" if kind is Kind.SHARE else "id", total, next_)

    def _list(
        self, kind: Kind, offset: int, parent: str | None, window: Mapping[str, str | None]
    ) -> tuple[wire.Listed, Callable[[Any], Sequence[Seen]]]:
        if kind is Kind.PATIENT:
            return self.client.list_patients(limit=LIMIT, offset=offset), bodies.read_patient
        if kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
            listed = self.client.list_records(patient_id=parent, limit=LIMIT, offset=offset, **window)
            return listed, lambda item: [one for one in bodies.read_record(item) if one.kind is kind]
        if kind is Kind.APPOINTMENT:
            listed = self.client.list_appointments(patient_id=parent, limit=LIMIT, offset=offset, **window)
            return listed, bodies.read_appointment
        if kind is Kind.PRESCRIPTION:
            return self.client.list_prescriptions(
                patient_id=parent, limit=LIMIT, offset=offset
            ), bodies.read_prescription
        if kind is Kind.SHARE:
            return self.client.list_shares(limit=LIMIT, offset=offset), bodies.read_share
        if kind is Kind.PROGRAMME:
            return self.client.list_programmes(limit=LIMIT, offset=offset), bodies.read_programme
        raise Refused(_NEVER, None, Said("no_list", f"Healify does not list {kind}s"))

    def search(self, story: Story) -> Sequence[Seen]:
        """What may be this patient: by e-mail, by telephone and by name."""
        none = NOBODY
        name = " ".join(filter(None, (given(story, none), family(story, none))))
        texts = (contact_point("email")[0](story, none), contact_point("phone")[0](story, none), name)
        found: dict[str, Seen] = {}
        for text in dict.fromkeys(each for each in texts if each):
            for one in as_far(self.find_patients(text)):
                found.setdefault(one.remote_id, one)
        return tuple(found.values())

    def find_patients(self, text: str) -> Iterator[Seen]:
        """The patients whose name, e-mail or telephone holds a text."""

        def found(cursor: str | None) -> Page:
            offset = offset_of(cursor)
            listed = self.client.list_patients(limit=LIMIT, offset=offset, search=text)
            total = listed.total
            following = next_cursor(cursor, listed.data, total, LIMIT, listed.limit, more=listed.has_more)
            return page(listed.data, bodies.read_patient, total, following)

        # A row whose id could never be asked for is nobody that a person could choose.
        yield from (one for one in through(found) if PATIENT.fullmatch(one.remote_id))

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:  # noqa: ARG002 - ids are enough
        """One record whole; a share only through its list."""
        return as_asked(self._read(kind, remote_id), remote_id)

    def _read(self, kind: Kind, remote_id: str) -> Seen:
        if kind is Kind.PATIENT:
            patient = self.client.get_patient(remote_id)
            return bodies.seen(kind, patient, patient.id, whole=True)
        if kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
            return bodies.seen_record(self.client.get_record(remote_id), whole=True)
        if kind is Kind.APPOINTMENT:
            booked = self.client.get_appointment(remote_id)
            return bodies.seen(kind, booked, booked.id, whole=True)
        if kind is Kind.PRESCRIPTION:
            written = self.client.get_prescription(remote_id)
            return bodies.seen(kind, written, written.id, whole=True)
        if kind is Kind.PROGRAMME:
            return bodies.seen_programme(self.client.get_programme(remote_id), whole=True)
        raise Refused(_NEVER, None, Said("no_read", f"Healify has no call that reads one {kind}"))

    def send(self, sending: Sending) -> Echo:
        """Send one create, update or act."""
        if sending.op == "create":
            return self._create(sending)
        if sending.remote_id is None:
            raise Refused(_NEVER, None, Said("no_id", "there is no id to change it under"))
        if sending.op == "update":
            return self._update(sending, sending.remote_id)
        if (sending.kind, sending.act) == (Kind.APPOINTMENT, "cancel"):
            shown = self.client.cancel_appointment(sending.remote_id, sending.body)
            return _echo(bodies.seen(Kind.APPOINTMENT, shown, shown.id, whole=False))
        raise Refused(_NEVER, None, Said("no_call", f"Healify has no call to {sending.act} a {sending.kind}"))

    def _create(self, sending: Sending) -> Echo:
        kind, body = sending.kind, dict(sending.body)
        if kind in NOTED and sending.marker:
            body["notes"] = with_marker(body.get("notes"), sending.marker)
        if kind is Kind.PATIENT:
            made = self.client.create_patient(body)
            return _echo(bodies.seen(kind, made, made.id, whole=False))
        if kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
            return _echo(bodies.seen_record(self.client.create_record(body), whole=True))
        if kind is Kind.APPOINTMENT:
            booked = self.client.create_appointment(body)
            return _echo(bodies.seen(kind, booked, booked.id, whole=False))
        if kind is Kind.PRESCRIPTION:
            written = self.client.create_prescription(body)
            return _echo(bodies.seen(kind, written, written.id, whole=False))
        return self._ask(kind, body)

    def _ask(self, kind: Kind, body: Body) -> Echo:
        """What is sent to the address of another record: a refill, a share, an enrolment."""
        if kind is Kind.REFILL:
            shown = self.client.request_refill(str(body.pop("prescription_id", "")), body)
            asked = shown.refill_request
            seen = bodies.seen(Kind.PRESCRIPTION, shown, shown.id, whole=False)
            return Echo(asked.id if asked else None, seen)
        if kind is Kind.SHARE:
            share = self.client.share_record(str(body.pop("record_id", "")), body)
            return _echo(bodies.seen_share(share))
        if kind is Kind.ENROLMENT:
            enrolled = self.client.enrol(str(body.pop("program_id", "")), body)
            raw = enrolled.written()
            return Echo(enrolled.enrollment_id, Seen(kind, enrolled.enrollment_id, raw, raw=raw))
        raise Refused(_NEVER, None, Said("no_call", f"Healify has no call to create a {kind}"))

    def _update(self, sending: Sending, remote_id: str) -> Echo:
        kind = sending.kind
        # Only what changed: what others wrote meanwhile is not written over. A member that went is told as null.
        changed = sending.changed or frozenset(sending.body)
        body = {name: sending.body.get(name) for name in sorted(changed)}
        if "notes" in body and sending.marker:
            body["notes"] = with_marker(body["notes"], sending.marker)
        if kind is Kind.PATIENT:
            shape = SHAPES["PUT /api/v1/patients/{patient_id}"]
            patient = self.client.update_patient(remote_id, only(body, shape))
            return _echo(bodies.seen(kind, patient, remote_id, whole=False))
        if kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
            shape = SHAPES["PUT /api/v1/medical-records/{record_id}"]
            return _echo(bodies.seen_record(self.client.update_record(remote_id, only(body, shape)), whole=False))
        if kind is Kind.APPOINTMENT:
            shape = SHAPES["PUT /api/v1/appointments/{appointment_id}"]
            booked = self.client.update_appointment(remote_id, only(body, shape))
            return _echo(bodies.seen(kind, booked, remote_id, whole=False))
        if kind is Kind.PRESCRIPTION:
            shape = SHAPES["PUT /api/v1/prescriptions/{prescription_id}"]
            written = self.client.update_prescription(remote_id, only(body, shape))
            return _echo(bodies.seen(kind, written, remote_id, whole=False))
        raise Refused(_NEVER, None, Said("no_call", f"Healify has no call to change a {kind}"))

    def probe(self, sending: Sending) -> Sequence[Seen]:
        """What a create may have become, by what its class lets one find."""
        return probe(self, sending)

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:
        """Whether a cancellation holds; anything else cannot be seen."""
        if seen is not None and (sending.kind, sending.act) == (Kind.APPOINTMENT, "cancel"):
            return self.canonical(seen.kind, seen.body).get("status") == "cancelled"
        return None

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        """What Healify would be told of a record."""
        if story.act and (why := UNTOLD.get((story.kind, story.act))):
            return CannotTell(why)
        return clear(project(story, links))

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        """The chart's records with what Healify shows laid over them."""
        return bodies.adopt(seen, story, links)

    def canonical(self, kind: Kind, body: Body) -> Body:
        """The body as it is compared."""
        lenses = bodies.LENSES.get(kind)
        return canonical(lenses, body) if lenses else {name: fold(each) for name, each in sorted(body.items())}

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        """What stands in a form that cannot be read here."""
        return bodies.unread(seen, links)

    def met(self, seen: Seen) -> Sequence[Seen]:
        """The people that a record names."""
        return bodies.met(seen)

    def masked(self, body: Body) -> frozenset[str]:
        """Healify documents no masks; what looks like one is one all the same."""
        return masked_members(body)


def _echo(seen: Seen) -> Echo:
    return Echo(seen.remote_id, seen)


def sign_in(secrets: Secrets, _clock: Clock) -> SignIn:
    """Healify takes a token that somebody got elsewhere: how to get one is not documented."""
    return Bearer(secrets)


def open_remote(opening: Opening) -> HealifyRemote:
    """Open Healify at an address.

    Settings: ``attachment_hosts`` (hosts that files may be fetched from), ``shared_pages`` (``on`` to open shares).
    """
    endings = Endings()
    opening = opening.listening(endings)
    sent = opening.wire(sign_in(opening.secrets, opening.clock), read_error)
    hosts = frozenset(opening.settings.get("attachment_hosts", "").replace(",", " ").split())
    client = Client(sent.send, shared_pages=opening.settings.get("shared_pages") == "on")
    return HealifyRemote(client, Attachments(opening, sent.send, hosts), endings)


__all__ = ["SYSTEM", "HealifyRemote", "open_remote", "sign_in"]
