"""The Healthcare Records API as the engine sees it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from sync.port import Body, CannotTell, Echo, Kind, Links, Page, Seen, Sending, Story, Telling
from sync.records.elements import Resource
from sync.records.patient import Patient
from sync.remotes.healthcare_records.client import SHAPES, Client, Justified, read_error, record_in
from sync.remotes.healthcare_records.mapping import bodies, consent
from sync.remotes.healthcare_records.mapping.document import REFERENCE
from sync.remotes.healthcare_records.mapping.patient import SYSTEM, key_of
from sync.remotes.healthcare_records.profile import (
    CONSENTS_FOUND,
    DOCUMENTS_FOUND,
    PATIENTS_FOUND,
    UNTOLD,
    profile,
)
from sync.telling.folding import fold
from sync.telling.lenses import canonical
from sync.telling.looking import LONG_BEFORE, SKEW, agrees, as_asked, clear, each_once, found_in, made_since, through
from sync.telling.masks import has_mask
from sync.telling.paging import full_page, hole, items, next_offset, page, total_of
from sync.telling.people import contact_point
from sync.telling.shapes import only
from sync.telling.words import NOBODY
from sync.transport.credentials import Clock, Secrets
from sync.transport.opening import Endings, Opening
from sync.transport.outcomes import Answer, Call, Garbled, Outcome, Refused, Said
from sync.transport.signin import Bearer
from sync.transport.wire import SignIn

LIMIT = 100
# Two searches for each new patient: twenty of them in an hour keep up with the ten that may be created in it.
_WHO = ("phone", "email")
# What a search has answered holds for as long as the limit may make the next one wait, and somewhat longer.
ANSWERED = timedelta(hours=2)
_NEVER = Call("nothing", "GET", "/")
_LISTS = {
    Kind.PATIENT: "patients",
    Kind.IMMUNIZATION: "immunizations",
    Kind.DOCUMENT: "documents",
    Kind.ENCOUNTER: "documents",
    Kind.CONSENT: "consents",
}
_ONE = {
    Kind.PATIENT: "patient",
    Kind.IMMUNIZATION: "immunization",
    Kind.DOCUMENT: "document",
    Kind.ENCOUNTER: "document",
    Kind.CONSENT: "consent",
}
_UNSAFE = "cannot be sent safely: hidden there and not known here"
# An identifier that nobody has: what the search for it answers shows whether there is such a search.
_NOBODYS = "clinic-desktop-connection-test"


class HealthcareRecordsRemote:
    """The Healthcare Records API: ten patients an hour, most of what it shows hidden, nothing taken back."""

    def __init__(self, client: Client, endings: Endings, settings: Mapping[str, str], clock: Clock) -> None:
        self.client, self.endings = client, endings
        self._clock = clock
        # Keys under which nobody was found, of searches that were cut off after that; and when it was.
        self._nobody: dict[str, datetime] = {}
        self._settings = dict(settings)
        self.profile = profile(settings)

    def check(self) -> Mapping[str, str]:
        """Whether it is up, whether we are signed in, and which creates can be found again; what was found, by name."""
        health = self.client.health()
        listed = self.client.list_patients(limit=1)
        total = total_of(listed.body)
        found = {"reached": "yes", "health": str(health.status), "patients": str(total) if total is not None else "-"}
        found |= {
            PATIENTS_FOUND: self._finds_identifiers(),
            DOCUMENTS_FOUND: self._shows(Kind.DOCUMENT, ("metadata", "patient_id")),
            CONSENTS_FOUND: self._shows(Kind.CONSENT, ("patient_id", "consent_type", "granted_date")),
        }
        self._settings |= found
        self.profile = profile(self._settings)
        return found | {f"header {name}": value for name, value in self.endings.said.items()}

    def _finds_identifiers(self) -> str:
        try:
            answer = self.client.search_patients(query=_NOBODYS, search_type="identifier", exact_match=True)
        except Outcome:
            return "no"
        # One who finds somebody under an identifier that nobody has does not search by it.
        return "yes" if items(answer.body, "patients") == [] else "no"

    def _shows(self, kind: Kind, members: Iterable[str]) -> str:
        """Whether a list shows what a lost create is known by; an empty list shows nothing."""
        try:
            found = self.page(kind, parent=None, since=None, until=None, cursor=None).items
        except Outcome:
            return "no"
        shown = [one for one in found if all(one.raw.get(name) and not has_mask(one.raw[name]) for name in members)]
        return "yes" if shown else "no"

    def page(
        self,
        kind: Kind,
        *,
        parent: str | None,
        since: str | None,  # noqa: ARG002 - no list here takes days
        until: str | None,  # noqa: ARG002
        cursor: str | None,
    ) -> Page:
        """One page of a list; documents and consents have no documented paging, which is tried all the same."""
        if kind not in _LISTS:
            raise Refused(_NEVER, None, Said("no_list", f"this system does not list {kind}s"))
        skip, _mark, first_before = (cursor or "0").partition("|")
        offset = int(skip) if skip.isdecimal() else 0
        answer = self._list(kind, offset, parent)
        found = items(answer.body, _LISTS[kind])
        if found is None:
            raise Garbled(_NEVER, answer.status)
        total = total_of(answer.body)
        if hole(str(offset), found, total):
            raise Garbled(_NEVER, answer.status)
        first = str(found[0].get("id", "")) if found and isinstance(found[0], dict) else ""
        if offset and total is None and first and first == first_before:
            # The same page again: the list takes no paging, and the first answer was all of it.
            return Page((), None, None)
        said = answer.body.get("limit") if isinstance(answer.body, dict) else None
        following = next_offset(offset, len(found), total, full_page(said, LIMIT))
        made = page(found, lambda item: bodies.read_one(kind, item, whole=False), total, None)
        kept = tuple(one for one in made.items if one.kind is kind and (parent is None or one.parent in {parent, None}))
        whole = len(kept) == len(made.items)
        next_ = f"{following}|{first}" if following else None
        return Page(kept, total if whole else None, next_, made.broken, made.lost)

    def _list(self, kind: Kind, offset: int, parent: str | None) -> Answer:
        if kind is Kind.PATIENT:
            return self.client.list_patients(skip=offset, limit=LIMIT)
        if kind is Kind.IMMUNIZATION:
            return self.client.list_immunizations(skip=offset, limit=LIMIT, patient_id=parent)
        if kind is Kind.CONSENT:
            return self.client.list_consents(skip=offset, limit=LIMIT)
        return self.client.list_documents(skip=offset, limit=LIMIT)

    def search(self, story: Story) -> Sequence[Seen]:
        """What may be this patient: by our own key, and where nobody bears that, by one number or address of theirs.

        The key says by itself who it is. Of telephone and e-mail one is enough to come upon somebody: whether it is
        this patient is judged by all that is shown of them, and who is not come upon so is met in the list. A search
        that is cut off goes on where it stopped.
        """
        body = bodies.project(story, NOBODY)
        key = key_of(body.body) if isinstance(body, Telling) else None
        now = self._clock.now()
        self._nobody = {each: at for each, at in self._nobody.items() if timedelta() <= now - at < ANSWERED}
        if key and key not in self._nobody:
            if found := self._searched("identifier", key):
                return tuple(found.values())
            self._nobody[key] = now
        values = ((each, contact_point(each)[0](story, NOBODY)) for each in _WHO) if _is_person(story) else ()
        named = next(((each, value) for each, value in values if value), None)
        found = self._searched(*named) if named else {}
        if key:
            del self._nobody[key]
        return tuple(found.values())

    def _searched(self, kind: Any, text: str | None) -> dict[str, Seen]:
        if not text:
            return {}
        answer = self.client.search_patients(query=text, search_type=kind, exact_match=True)
        rows = items(answer.body, "patients")
        if rows is None:
            raise Garbled(_NEVER, answer.status)
        made = page(rows, lambda item: bodies.read_one(Kind.PATIENT, item, whole=False), None, None)
        return {one.remote_id: one for one in made.items}

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        """One record; a consent only through its list. 403 is hidden, not gone."""
        if kind is Kind.PATIENT:
            return as_asked(bodies.seen(kind, self.client.get_patient(remote_id), whole=True), remote_id)
        if kind is Kind.IMMUNIZATION:
            return as_asked(bodies.seen(kind, self.client.get_immunization(remote_id), whole=True), remote_id)
        if kind in {Kind.DOCUMENT, Kind.ENCOUNTER}:
            found = bodies.read_one(kind, self.client.get_document(remote_id).written(), whole=True)[0]
            return as_asked(found, remote_id)

        def one_page(cursor: str | None) -> Page:
            return self.page(kind, parent=parent, since=None, until=None, cursor=cursor)

        return found_in(one_page, kind, remote_id)

    def send(self, sending: Sending) -> Echo:
        """Send one create or update; an update only where what is hidden there is known here."""
        kind, body = sending.kind, dict(sending.body)
        if sending.op == "create":
            return self._create(sending, body)
        if sending.op == "update" and sending.remote_id and kind in {Kind.PATIENT, Kind.IMMUNIZATION}:
            there = self._require_held(kind, sending.remote_id, body)
            if kind is Kind.PATIENT:
                if "name" in body and isinstance(there.raw.get("active"), bool):
                    # The whole record replaces the whole record: whether it is in use goes back as it was read.
                    body["active"] = there.raw["active"]
                told = only(body, SHAPES["PUT /patients/{patient_id}"])
                return self._echo(kind, self.client.update_patient(sending.remote_id, told), sending.remote_id)
            told = only(body, SHAPES["PUT /immunizations/{immunization_id}"])
            return self._echo(kind, self.client.update_immunization(sending.remote_id, told), sending.remote_id)
        what = sending.act or sending.op
        raise Refused(_NEVER, None, Said("no_call", f"this system has no call to {what} a {kind}"))

    def _create(self, sending: Sending, body: Body) -> Echo:
        kind = sending.kind
        if kind is Kind.PATIENT:
            return self._echo(kind, self.client.create_patient(only(body, SHAPES["POST /patients"])))
        if kind is Kind.IMMUNIZATION:
            return self._echo(kind, self.client.create_immunization(only(body, SHAPES["POST /immunizations"])))
        if kind is Kind.CONSENT:
            return self._echo(kind, self.client.create_consent(only(body, SHAPES["POST /consents"])))
        if kind in {Kind.DOCUMENT, Kind.ENCOUNTER}:
            if sending.marker:
                body["metadata"] = {**(body.get("metadata") or {}), REFERENCE: sending.marker}
            return self._echo(kind, self.client.create_document(only(body, SHAPES["POST /documents"])))
        raise Refused(_NEVER, None, Said("no_call", f"this system has no call to create a {kind}"))

    def _require_held(self, kind: Kind, remote_id: str, body: Body) -> Seen:
        """Refuse where an update could write over something that is hidden there. Raises Refused."""
        there = self.read(kind, remote_id)
        hidden = bodies.masked(there.body)
        if lost := sorted(name for name in hidden if not body.get(name)):
            raise Refused(_NEVER, None, Said("hidden", f"{_UNSAFE}: {', '.join(lost)}"))
        return there

    def _echo(self, kind: Kind, answer: Answer, remote_id: str | None = None) -> Echo:
        """What an undocumented answer gives back: the id at least, the record where it is one."""
        found = record_in(answer.body, _ONE[kind])
        given = found.get("id") if isinstance(found, dict) else None
        known = given if isinstance(given, str) else remote_id
        try:
            return Echo(known, bodies.read_one(kind, found, whole=False)[0])
        except (ValidationError, KeyError, TypeError):
            return Echo(known, None)

    def probe(self, sending: Sending) -> Sequence[Seen]:
        """What a create may have become: by our key, our marker, or what it says; none where nothing shows it."""
        body = sending.body
        if sending.kind is Kind.PATIENT:
            return tuple(self._searched("identifier", key_of(body)).values())
        owner = str(body["patient_id"]) if body.get("patient_id") else None
        members = {
            Kind.IMMUNIZATION: ("patient_id", "vaccine_code", "administration_date", "lot_number"),
            Kind.CONSENT: ("patient_id", "consent_type", "granted_date"),
        }.get(sending.kind, ())
        if sending.kind not in {Kind.IMMUNIZATION, Kind.CONSENT, Kind.DOCUMENT, Kind.ENCOUNTER}:
            return ()

        def one_page(cursor: str | None) -> Page:
            return self.page(sending.kind, parent=owner, since=None, until=None, cursor=cursor)

        apart = SKEW if members else LONG_BEFORE
        found = (one for one in through(one_page) if made_since(one.body.get("created_at"), sending.sent_at, apart))
        if members:
            return each_once(one for one in found if agrees(one, body, *members))
        return each_once(one for one in found if _marker(one) == sending.marker)

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:  # noqa: ARG002 - there are no acts
        """There is no act to look after."""
        return None

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        """What this system would be told of a record."""
        if story.act and (why := UNTOLD.get((story.kind, story.act))):
            return CannotTell(why)
        found = clear(bodies.project(story, links))
        why = consent.waiting(story, self._clock.now().astimezone().date()) if isinstance(found, Telling) else None
        return CannotTell(why) if why else found

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        """The chart's records with what is shown in clear laid over them."""
        return bodies.adopt(seen, story, links)

    def canonical(self, kind: Kind, body: Body) -> Body:
        """The body as it is compared."""
        lenses = bodies.LENSES.get(kind)
        return canonical(lenses, body) if lenses else {name: fold(each) for name, each in sorted(body.items())}

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        """What stands in a form that cannot be read here."""
        return bodies.unread(seen, links)

    def met(self, seen: Seen) -> Sequence[Seen]:  # noqa: ARG002 - of the agreement
        """Nobody is named here who could be known by a number."""
        return ()

    def masked(self, body: Body) -> frozenset[str]:
        """What is hidden: never shown, merged, written back, or taken as proof."""
        return bodies.masked(body)


def _is_person(story: Story) -> bool:
    return isinstance(story.first, Patient)


def _marker(one: Seen) -> Any:
    metadata = one.raw.get("metadata")
    return metadata.get(REFERENCE) if isinstance(metadata, dict) else None


def sign_in(secrets: Secrets, _clock: Clock) -> SignIn:
    """A token that somebody got elsewhere: no call that gives or renews one is documented."""
    return Bearer(secrets)


def open_remote(opening: Opening) -> HealthcareRecordsRemote:
    """Open the API at its documented base (origin and path).

    Settings: what `check` found, ``justification`` (``query`` or ``body``), ``monitoring`` (``on``).
    """
    endings = Endings()
    opening = opening.listening(endings)
    sent = opening.wire(sign_in(opening.secrets, opening.clock), read_error)
    carried: dict[str, Justified] = {"query": "query", "body": "body"}
    client = Client(
        sent.send,
        justified=carried.get(opening.settings.get("justification", ""), ""),
        monitoring=opening.settings.get("monitoring") == "on",
    )
    return HealthcareRecordsRemote(client, endings, opening.settings, opening.clock)


__all__ = ["SYSTEM", "HealthcareRecordsRemote", "open_remote", "sign_in"]
