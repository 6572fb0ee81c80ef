"""HMS Enterprise-Grade as the engine sees it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from sync.port import Body, CannotTell, Echo, Kind, Links, Page, Seen, Sending, Story, Telling
from sync.records.elements import Resource
from sync.remotes.hms_enterprise import wire as w
from sync.remotes.hms_enterprise.answers import read_error
from sync.remotes.hms_enterprise.client import TOKEN_PATH, Client, NotAnId, Way
from sync.remotes.hms_enterprise.graphql import CREATE_ENCOUNTER, PATIENT, camel, snake
from sync.remotes.hms_enterprise.live import Live, connect
from sync.remotes.hms_enterprise.mapping import telling
from sync.remotes.hms_enterprise.prefix import find_prefix, find_token_path, root_of
from sync.remotes.hms_enterprise.profile import profile
from sync.remotes.hms_enterprise.reading import Reading, seen
from sync.telling.asking import Asked, asked
from sync.telling.masks import NotToBeSent, masked_members, require_clear
from sync.telling.paging import total_of
from sync.transport.credentials import TOKEN, Clock, Secrets
from sync.transport.opening import Endings, Opening
from sync.transport.outcomes import Call, Garbled, NotThere, Refused, Said
from sync.transport.signin import Bearer, Jwt
from sync.transport.wire import SignIn

Json = dict[str, Any]
# The number that people read of a patient: nobody's to write.
NUMBER = frozenset({"patient_id"})
# Where the address of the sign-in that was found is kept, beside the secrets that are sent there.
TOKEN_AT = "token_path"  # noqa: S105 - a name, not a secret


class HmsRemote:
    """One HMS. `settings` are what an administrator set (``graphql``, ``links``, ``examples``) and what was found."""

    def __init__(
        self,
        way: Way,
        clock: Clock,
        settings: Mapping[str, str],
        endings: Endings | None = None,
        secrets: Secrets | None = None,
    ) -> None:
        self._way, self._secrets = way, secrets
        self._found = dict(settings)
        self._endings = endings or Endings()
        self.client = Client(way, self._found.get)
        self._reading = Reading(self.client, clock, self._found.get, self._learn)
        self.profile = profile(self._found)

    def _learn(self, kind: Kind) -> None:
        if self._found.get(f"list of {kind}") != "yes":
            self._found[f"list of {kind}"] = "yes"
            self.profile = profile(self._found)

    def check(self) -> Mapping[str, str]:
        """Find which of the three forms of address answers, sign in, and see what else is there."""
        path = find_token_path(self._way, self._found.get(TOKEN_AT))
        if path is not None:
            self._found[TOKEN_AT] = path
            if self._secrets is not None:
                self._secrets.put(TOKEN_AT, path)
        prefix = find_prefix(self._way, self._found.get("prefix"))
        if prefix is None:
            raise Garbled(Call("GET /api/v1/patients/search", "GET", "/"))
        self._found["prefix"] = prefix
        # A search for nobody, signed: now it is known that the sign-in is good too.
        self.client.search_patients("zz", limit=1)
        if self._found.get("graphql"):
            self._found["graphql answers"] = "yes" if self._asks_by_graphql() else "no"
        self.profile = profile(self._found)
        return {**self._found, **self._endings.said}

    def _asks_by_graphql(self) -> bool:
        try:
            self.client.graphql(PATIENT, {"id": "00000000-0000-0000-0000-000000000000"})
        except (Garbled, NotThere, Refused):
            return False
        return True

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of what belongs to one parent."""
        return self._reading.page(kind, parent, since, until, cursor)

    def search(self, story: Story) -> Sequence[Seen]:
        """Patients there who may be this one."""
        return self._reading.search(story)

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        """One record; Forbidden where no call shows it, which is not the same as gone."""
        try:
            return self._reading.read(kind, remote_id, parent)
        except NotAnId as error:
            raise Refused(Call(f"read {kind}", "GET", "/"), None, Said("not_an_id", str(error))) from None
        except ValueError:  # an answer that is no record
            raise Garbled(Call(f"read {kind}", "GET", "/"), 200) from None

    def probe(self, sending: Sending) -> Sequence[Seen]:
        """What a create whose answer was lost may have become."""
        return self._reading.probe(sending)

    def send(self, sending: Sending) -> Echo:
        """Send it. Raises Refused before a byte leaves for what is not documented or hides a value."""
        try:
            require_clear(sending.body)
            raw = self._write(sending)
        except ValidationError as error:
            members = sorted({".".join(map(str, each["loc"])) for each in error.errors()})
            raise _refused(sending, f"this cannot be sent as it is: {', '.join(members)}") from None
        except (NotToBeSent, NotAnId, LookupError) as error:
            raise _refused(sending, str(error)) from None
        if raw is None or not raw.get("id"):
            return Echo(sending.remote_id)
        shown = seen(sending.kind, raw, whole=sending.op == "create", part=sending.part)
        self._reading.remember(sending.kind, shown.remote_id, sending.body)
        return Echo(shown.remote_id, shown)

    def _write(self, sending: Sending) -> Json | None:
        client, kind, body = self.client, sending.kind, sending.body
        if sending.op == "create":
            creates: Mapping[Kind, tuple[type[Asked], Callable[[Any], Json | None]]] = {
                Kind.PATIENT: (w.NewPatient, client.create_patient),
                Kind.APPOINTMENT: (w.NewAppointment, client.create_appointment),
                Kind.ENCOUNTER: (w.NewEncounter, client.create_encounter),
                Kind.PRESCRIPTION: (w.NewPrescription, client.create_prescription),
                Kind.LAB_ORDER: (w.NewLabOrder, client.create_lab_order),
                Kind.CHARGE: (w.NewCharge, client.create_charge),
                Kind.CLAIM: (w.NewClaim, client.submit_claim),
            }
            if kind not in creates:
                raise LookupError(f"there is no call that creates a {kind}")
            model, create = creates[kind]
            return create(asked(model, body, NUMBER if kind is Kind.PATIENT else frozenset()))
        if sending.op != "update" or sending.remote_id is None:
            raise LookupError(f"there is no call for “{sending.act}” of a {kind}")
        # What an update does to the rest is not said: every member that can be written is sent.
        if kind is Kind.PATIENT:
            return client.update_patient(sending.remote_id, asked(w.PatientChange, body, NUMBER))
        if kind is Kind.ENCOUNTER:
            return client.update_encounter(sending.remote_id, asked(w.EncounterChange, body))
        raise LookupError(f"there is no call that changes a {kind}")

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:  # noqa: ARG002 - there are no acts
        """There is no act here, and so nothing to see of one."""
        return None

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        """What the system would be told of a record."""
        return telling.project(story, links, self._found, self.profile.untold)

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        """The records that a body says, laid over what the chart holds."""
        return telling.adopt(seen, story, links)

    def canonical(self, kind: Kind, body: Body) -> Body:
        """The body in a form in which two that say the same are equal."""
        return telling.compared(kind, body)

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        """What stands in a form that cannot be read here."""
        return telling.unread(seen, links)

    def met(self, seen: Seen) -> Sequence[Seen]:  # noqa: ARG002 - of the agreement
        """Nobody is named here who could be known by a number."""
        return ()

    def masked(self, body: Body) -> frozenset[str]:
        """Nothing is hidden here by the document; a mask is one wherever it comes from."""
        return masked_members(body)

    # Beside the records
    def second_opinion(self, patient_id: str, medicines: Sequence[tuple[str, str | None]]) -> w.Interactions:
        """What HMS says of medicines together (name and NDC), beside the clinic's own alerts; it keeps nothing."""
        named = tuple(
            w.NamedMedication(name=name) if ndc is None else w.NamedMedication(name=name, ndc=ndc)
            for name, ndc in medicines
        )
        return self.client.check_interactions(w.InteractionCheck(patient_id=patient_id, medications=named))

    def free_slots(self, provider_id: str, start: str, end: str) -> tuple[Json, ...]:
        """What is free with a provider, over some days."""
        return self.client.schedule(provider_id, start, end).available_slots

    def registrations(self, start: str, end: str) -> int | None:
        """How many patients HMS says were registered: what no list can show, a drift of it can."""
        found = self.client.patient_analytics(start, end, "registrations").metrics.get("registrations")
        return total_of(found)

    def patient_by_graphql(self, patient_id: str) -> Json | None:
        """A patient with visits, appointments and prescriptions. Raises NotTurnedOn without an address."""
        found = snake(self.client.graphql(PATIENT, {"id": patient_id})).get("patient")
        return found if isinstance(found, dict) else None

    def create_encounter_by_graphql(self, body: Body) -> Json | None:
        """Record an encounter by the mutation. Raises NotTurnedOn without an address."""
        given = camel(asked(w.NewEncounter, body).json_body())
        found = snake(self.client.graphql(CREATE_ENCOUNTER, {"input": given})).get("create_clinical_encounter")
        return found if isinstance(found, dict) else None


def _refused(sending: Sending, words: str) -> Refused:
    return Refused(Call(f"{sending.op} {sending.kind}", "POST", "/"), None, Said("not_sent", words))


def sign_in(secrets: Secrets, clock: Clock) -> SignIn:
    """By user name, password and code (nothing renews it but a person), or by a token that somebody got elsewhere."""
    if secrets.get("username"):
        return Jwt(
            secrets,
            clock,
            login=lambda: Call("POST /auth/token", "POST", secrets.get(TOKEN_AT) or TOKEN_PATH),
        )
    return Bearer(secrets)


def open_live(opening: Opening, wait: Callable[[float], None], chance: Callable[[], float]) -> Live:
    """The live channel beside it: signed in with the token that the remote last got, silent while there is none."""
    return Live(
        root_of(opening.base),
        lambda: opening.secrets.get(TOKEN),
        connect,
        steady=opening.steady,
        wait=wait,
        chance=chance,
    )


def open_remote(opening: Opening) -> HmsRemote:
    """HMS Enterprise-Grade at an address."""
    endings = Endings()
    wire = opening.listening(endings).wire(
        sign_in(opening.secrets, opening.clock), read_error, base=root_of(opening.base)
    )
    return HmsRemote(wire, opening.clock, opening.settings, endings, opening.secrets)
