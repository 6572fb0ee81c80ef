"""Practice Studio as the engine sees it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sync.port import Body, CannotTell, Echo, Kind, Links, Page, Seen, Sending, Story, Telling
from sync.records.elements import Resource
from sync.remotes.practice_studio import wire
from sync.remotes.practice_studio.client import PATIENT, PREFIX, SHAPES, Client, read_error
from sync.remotes.practice_studio.mapping import bodies
from sync.remotes.practice_studio.mapping.patient import SYSTEM
from sync.remotes.practice_studio.profile import UNTOLD, profile
from sync.telling.folding import fold, utc
from sync.telling.lenses import canonical
from sync.telling.looking import (
    LONG_BEFORE,
    agrees,
    as_asked,
    as_far,
    clear,
    each_once,
    found_in,
    made_since,
    through,
    widened,
)
from sync.telling.masks import masked_members
from sync.telling.notes import marked, with_marker
from sync.telling.paging import hole, items, next_cursor, offset_of, page
from sync.telling.people import family, given
from sync.telling.shapes import only
from sync.telling.words import NOBODY
from sync.transport.credentials import API_KEY, CLIENT_ID, CLIENT_SECRET, REFRESH, Clock, Secrets
from sync.transport.opening import Endings, Opening, origin_of
from sync.transport.outcomes import Call, Forbidden, Garbled, NotThere, Outcome, Refused, Said
from sync.transport.signin import ApiKey, AuthorizationCode, Bearer, ClientCredentials
from sync.transport.wire import SignIn

LIMIT = 100
SCOPES = "read:patients write:appointments"
# What may stand before the paths: the documented one, and the other reading of the documented base.
PREFIXES = (PREFIX, "/v1", "/v1/api/v1")
_NEVER = Call("nothing", "GET", "/")
_PARENTS = {Kind.ENCOUNTER, Kind.DOCUMENT, Kind.INVOICE}


class PracticeStudioRemote:
    """Practice Studio: patients and appointments are told; records and invoices are only shown."""

    def __init__(self, client: Client, endings: Endings, settings: Mapping[str, str]) -> None:
        self.client, self.endings = client, endings
        self.profile = profile(settings.get("tier", "standard"))
        self._currency = settings.get("currency", "USD")
        self._linked = settings.get("links") == "on"

    def check(self) -> Mapping[str, str]:
        """Sign in, find the prefix of the paths, and ask whether the FHIR base answers; what was found, by name."""
        found = {"prefix": self._find_prefix()}
        listed = self.client.list_patients(limit=1)
        found |= {"reached": "yes", "patients": str(listed.total) if listed.total is not None else "not stated"}
        return found | self._find_fhir() | {f"header {name}": value for name, value in self.endings.said.items()}

    def _find_prefix(self) -> str:
        for prefix in dict.fromkeys((self.client.prefix, *PREFIXES)):
            self.client.prefix = prefix
            try:
                self.client.list_patients(limit=1)
            except (NotThere, Garbled):
                continue
            except Forbidden:
                pass
            return prefix
        self.client.prefix = PREFIX
        raise Refused(_NEVER, None, Said("address", "no patients are found at this address; look at the base address"))

    def _find_fhir(self) -> dict[str, str]:
        """Whether there is a statement of what the FHIR base can do; nothing is assumed from its address alone."""
        try:
            said = self.client.fhir_metadata().written()
        except Outcome:
            return {"fhir": "no"}
        if said.get("resourceType") != "CapabilityStatement":
            return {"fhir": "no"}
        rest = said.get("rest")
        resources = rest[0].get("resource") if isinstance(rest, list) and rest and isinstance(rest[0], dict) else None
        able: dict[str, list[str]] = {"fhir versions": [], "fhir conditional create": [], "fhir changes since": []}
        for each in resources if isinstance(resources, list) else []:
            name = each.get("type") if isinstance(each, dict) else None
            if not isinstance(name, str):
                continue
            if each.get("versioning") in {"versioned", "versioned-update"}:
                able["fhir versions"].append(name)
            if each.get("conditionalCreate") is True:
                able["fhir conditional create"].append(name)
            if any(isinstance(one, dict) and one.get("name") == "_lastUpdated" for one in each.get("searchParam", ())):
                able["fhir changes since"].append(name)
        return {"fhir": str(said.get("fhirVersion", "yes"))} | {name: " ".join(of) for name, of in able.items() if of}

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of a list."""
        offset = offset_of(cursor)
        listed, name, read = self._list(kind, parent, widened(since, -1), widened(until, 1), offset)
        # As it came: written anew, what nests too deep would stop the whole page.
        found = items(listed.model_extra, name)
        if found is None:
            raise Garbled(_NEVER)
        if hole(cursor, found, listed.total):
            raise Garbled(_NEVER)
        made = page(found, read, listed.total, next_cursor(cursor, found, listed.total, LIMIT, listed.limit))
        if kind is Kind.APPOINTMENT and (since or until):
            kept = tuple(one for one in made.items if _within(one, widened(since, -1), widened(until, 1)))
            return Page(kept, None, made.next, made.broken, made.lost)
        if kind in {Kind.ENCOUNTER, Kind.DOCUMENT}:
            # One list of both, told apart by their type: a part of it has no total of its own.
            return Page(tuple(one for one in made.items if one.kind is kind), None, made.next, made.broken, made.lost)
        return made

    def _list(
        self, kind: Kind, parent: str | None, since: str | None, until: str | None, offset: int
    ) -> tuple[wire.Listed, str, Callable[[Any], Sequence[Seen]]]:
        if kind is Kind.PATIENT:
            return self.client.list_patients(limit=LIMIT, offset=offset), "patients", bodies.read_patient
        if kind is Kind.PRACTITIONER:
            return self.client.list_providers(limit=LIMIT, offset=offset), "providers", bodies.read_provider
        if kind is Kind.APPOINTMENT:
            listed = self.client.list_appointments(
                start_date=since, end_date=until, patient_id=parent, limit=LIMIT, offset=offset
            )
            return listed, "appointments", bodies.read_appointment
        if parent is not None and kind in _PARENTS:
            if kind is Kind.INVOICE:
                listed = self.client.list_invoices(parent, from_date=since, to_date=until, limit=LIMIT, offset=offset)
                return listed, "invoices", bodies.read_invoice
            listed = self.client.list_records(parent, from_date=since, to_date=until, limit=LIMIT, offset=offset)
            return listed, "records", bodies.read_record
        raise Refused(_NEVER, None, Said("no_list", f"Practice Studio does not list {kind}s so"))

    def search(self, story: Story) -> Sequence[Seen]:
        """What may be this patient: by name."""
        name = " ".join(filter(None, (given(story, NOBODY), family(story, NOBODY))))
        return tuple(as_far(self.find_patients(name))) if name else ()

    def find_patients(self, text: str) -> Iterator[Seen]:
        """The patients whose name or id holds a text."""

        def found(cursor: str | None) -> Page:
            offset = offset_of(cursor)
            listed = self.client.list_patients(limit=LIMIT, offset=offset, search=text)
            rows = items(listed.model_extra, "patients") or []
            following = next_cursor(cursor, rows, listed.total, LIMIT, listed.limit)
            return page(rows, bodies.read_patient, listed.total, following)

        # A row whose id could never be asked for is nobody that a person could choose.
        yield from (one for one in through(found) if PATIENT.fullmatch(one.remote_id))

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        """One record: patients by their own call, anything else through the narrowest list."""
        if kind is Kind.PATIENT:
            return as_asked(bodies.seen_patient(self.client.get_patient(remote_id), whole=True), remote_id)
        if kind is Kind.APPOINTMENT and self._linked:
            return as_asked(bodies.seen_appointment(self.client.get_appointment(remote_id)), remote_id)

        def one_page(cursor: str | None) -> Page:
            return self.page(kind, parent=parent, since=None, until=None, cursor=cursor)

        return found_in(one_page, kind, remote_id)

    def send(self, sending: Sending) -> Echo:
        """Send one create or update; there is no act that can be told."""
        kind, body = sending.kind, dict(sending.body)
        if sending.op == "create" and kind is Kind.PATIENT:
            allowed = only(body, SHAPES["POST /api/v1/patients"])
            if isinstance(allowed.get("insurance"), dict):
                # At birth the first insurance alone is documented; the second follows as a change.
                allowed["insurance"] = {"primary": allowed["insurance"].get("primary")}
                if not allowed["insurance"]["primary"]:
                    del allowed["insurance"]
            return _echo(bodies.seen_patient(self.client.create_patient(allowed), whole=False))
        if sending.op == "create" and kind is Kind.APPOINTMENT:
            if sending.marker:
                body["notes"] = with_marker(body.get("notes"), sending.marker)
            booked = self.client.create_appointment(only(body, SHAPES["POST /api/v1/appointments"]))
            return _echo(bodies.seen_appointment(booked))
        if sending.op == "update" and kind is Kind.PATIENT and sending.remote_id:
            changed = sending.changed or frozenset(body)
            # Nested objects go whole: how deep an update reaches is not documented.
            told = only({name: body.get(name) for name in sorted(changed)}, SHAPES["PUT /api/v1/patients/{patient_id}"])
            return _echo(bodies.seen_patient(self.client.update_patient(sending.remote_id, told), whole=True))
        what = sending.act or sending.op
        raise Refused(_NEVER, None, Said("no_call", f"Practice Studio has no call to {what} a {kind}"))

    def probe(self, sending: Sending) -> Sequence[Seen]:
        """What a create may have become: patients by what they say, appointments by our marker."""
        body = sending.body
        if sending.kind is Kind.PATIENT:
            name = " ".join(str(body[part]) for part in ("firstName", "lastName") if body.get(part))
            return each_once(
                one
                for one in (self.find_patients(name) if name else ())
                if agrees(one, body, "firstName", "lastName", "dateOfBirth")
                and _same_member(one, body)
                and made_since(one.body.get("created"), sending.sent_at, LONG_BEFORE)
            )
        if sending.kind is Kind.APPOINTMENT:
            when = utc(str(body.get("startTime", "")))[:10] or None
            owner = str(body["patientId"]) if body.get("patientId") else None

            def one_page(cursor: str | None) -> Page:
                return self.page(sending.kind, parent=owner, since=when, until=when, cursor=cursor)

            return each_once(one for one in through(one_page) if marked(one.raw.get("notes"), sending.marker))
        return ()

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:
        """Whether somebody did there what could not be told: a cancellation is seen in the list."""
        if sending.kind is Kind.APPOINTMENT and sending.act == "cancel" and seen is not None:
            return self.canonical(seen.kind, seen.body).get("status") == "cancelled"
        return None

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        """What Practice Studio would be told of a record."""
        if story.act and (why := UNTOLD.get((story.kind, story.act))):
            return CannotTell(why)
        return clear(bodies.project(story, links))

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        """The chart's records with what Practice Studio shows laid over them."""
        return bodies.adopt(seen, story, links, self._currency)

    def canonical(self, kind: Kind, body: Body) -> Body:
        """The body as it is compared."""
        lenses = bodies.LENSES.get(kind)
        return canonical(lenses, body) if lenses else {name: fold(each) for name, each in sorted(body.items())}

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        """What stands in a form that cannot be read here."""
        return bodies.unread(seen, links)

    def met(self, seen: Seen) -> Sequence[Seen]:
        """The places that a record names."""
        return bodies.met(seen)

    def masked(self, body: Body) -> frozenset[str]:
        """No masks are documented; what looks like one is one all the same."""
        return masked_members(body)


def _within(one: Seen, since: str | None, until: str | None) -> bool:
    when = utc(str(one.body.get("startTime", "")))[:10]
    return (not since or when >= since) and (not until or when <= until)


def _same_member(one: Seen, body: Body) -> bool:
    """Whether the member number of the first insurance is the same, where both say one."""
    numbers = [_member(one.raw), _member(body)]
    return None in numbers or numbers[0] == numbers[1]


def _member(body: Body) -> Any:
    insurance = body.get("insurance")
    primary = insurance.get("primary") if isinstance(insurance, dict) else None
    return fold(primary.get("memberId")) if isinstance(primary, dict) else None


def _echo(seen: Seen) -> Echo:
    return Echo(seen.remote_id, seen)


def _token_call() -> Call:
    return Call("POST /oauth/token", "POST", "/oauth/token", signed=False)


def sign_in(secrets: Secrets, clock: Clock) -> SignIn:
    """By what there is: a client's secret (needs no person), a person's consent, the legacy key, or a token.

    The password grant that the document offers is not used: OAuth 2.1 took it away.
    """
    if secrets.get(CLIENT_ID) and secrets.get(CLIENT_SECRET) and not secrets.get(REFRESH):
        return ClientCredentials(secrets, clock, token=_token_call, scope=SCOPES)
    if secrets.get(CLIENT_ID):
        return AuthorizationCode(secrets, clock, token=_token_call)
    return ApiKey(secrets) if secrets.get(API_KEY) else Bearer(secrets)


def open_remote(opening: Opening) -> PracticeStudioRemote:
    """Open Practice Studio at an address; of the address only the origin counts, for its path is told in two ways.

    Settings: ``tier`` (standard, premium or a number), ``currency`` (none is stated there), ``links`` (``on`` for what
    is only linked to), ``prefix`` (found by `check`).
    """
    endings = Endings()
    opening = opening.listening(endings)
    sent = opening.wire(sign_in(opening.secrets, opening.clock), read_error, base=origin_of(opening.base))
    settings = opening.settings
    client = Client(sent.send, prefix=settings.get("prefix", PREFIX), linked=settings.get("links") == "on")
    return PracticeStudioRemote(client, endings, settings)


__all__ = ["SYSTEM", "PracticeStudioRemote", "open_remote", "sign_in"]
