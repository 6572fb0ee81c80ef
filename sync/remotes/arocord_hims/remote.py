"""AROCORD-HIMS as the engine sees it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from sync.port import Body, CannotTell, Echo, Kind, Links, Page, Seen, Sending, Story, Telling
from sync.records.elements import Resource
from sync.remotes.arocord_hims import wire as w
from sync.remotes.arocord_hims.answers import id_of, read_error
from sync.remotes.arocord_hims.client import EVENTS, Client, NotAnId, Way
from sync.remotes.arocord_hims.mapping import laboratory, medicines, money, telling, visits
from sync.remotes.arocord_hims.mapping.appointments import STATUS
from sync.remotes.arocord_hims.profile import PAST, profile
from sync.remotes.arocord_hims.reading import Reading
from sync.telling.asking import Asked, M, asked
from sync.telling.masks import NotToBeSent, masked_members, require_clear
from sync.telling.notes import with_marker
from sync.transport.credentials import Clock, Secrets
from sync.transport.opening import Endings, Opening
from sync.transport.outcomes import Call, Forbidden, Outcome, Refused, Said
from sync.transport.signin import Bearer, Jwt
from sync.transport.wire import SignIn

Json = dict[str, Any]


class ArocordRemote:
    """One AROCORD-HIMS. `settings` are what an administrator set and what was found there before."""

    def __init__(self, way: Way, settings: Mapping[str, str], endings: Endings | None = None) -> None:
        self.client = Client(way)
        self._found = dict(settings)
        self._endings = endings or Endings()
        self._steps = visits.read_steps(settings.get("steps"))
        self._saved: dict[str, int] = {}
        self._reading = Reading(self.client, self._learn)
        # Appointments whose cancellation lost its body on the way once already.
        self._cancelled: set[str] = set()
        # Whose an appointment is, as long as nobody else has kept it: its list is asked for by the patient.
        self._parents: dict[tuple[Kind, str], str] = {}
        self.profile = profile(self._found)

    def _learn(self, kind: Kind) -> None:
        if self._found.get(f"list of {kind}") != "yes":
            self._found[f"list of {kind}"] = "yes"
            self.profile = profile(self._found)

    def check(self) -> Mapping[str, str]:
        """Sign in, and see which of the undocumented lists give what is needed to find a record again."""
        _rows, total, _pages = self.client.patients(limit=1)
        self._found["patients"] = "unknown" if total is None else str(total)
        for kind in (Kind.APPOINTMENT, Kind.PRESCRIPTION, Kind.LAB_ORDER, Kind.NOTICE):
            self._found.setdefault(f"list of {kind}", self._look(kind))
        self.profile = profile(self._found)
        return {**self._found, **self._endings.said}

    def _look(self, kind: Kind) -> str:
        try:
            page = self._reading.page(kind, None, None, None, None)
        except Forbidden:
            return "forbidden"
        except Outcome as error:
            return f"not understood ({error.status or type(error).__name__})"
        return self._found.get(f"list of {kind}", "empty" if not page.items else "without what is needed")

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of a list."""
        return self._reading.page(kind, parent, since, until, cursor)

    def search(self, story: Story) -> Sequence[Seen]:
        """Patients there who may be this one."""
        return self._reading.search(story)

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        """One record; Forbidden where no call shows it, which is not the same as gone."""
        return self._reading.read(kind, remote_id, parent or self._parents.get((kind, remote_id)))

    def probe(self, sending: Sending) -> Sequence[Seen]:
        """What a create whose answer was lost may have become."""
        return self._reading.probe(sending)

    def send(self, sending: Sending) -> Echo:
        """Send it. Raises Refused before a byte leaves for what is not documented or hides a value."""
        try:
            require_clear(sending.body)
            return self._echo(sending, self._write(sending))
        except ValidationError as error:
            members = sorted({".".join(map(str, each["loc"])) for each in error.errors()})
            raise _refused(sending, f"this cannot be sent as it is: {', '.join(members)}") from None
        except (NotToBeSent, NotAnId, LookupError) as error:
            raise _refused(sending, str(error)) from None

    def _write(self, sending: Sending) -> Json | None:
        if sending.op == "create" or (sending.kind, sending.act) == (Kind.DISPENSE, "dispense"):
            return self._create(sending)
        if sending.remote_id is None:
            raise LookupError("what is changed there has an id there")
        if sending.op == "update":
            return self._update(sending, sending.remote_id)
        return self._act(sending, sending.remote_id)

    def _create(self, sending: Sending) -> Json | None:
        body, kind, client = self._marked(sending), sending.kind, self.client
        if kind is Kind.DISPENSE:
            return client.dispense_prescription(*_in_path(body, "prescription_id", w.Dispensing))
        if kind is Kind.LAB_RESULT:
            return client.enter_results(*_in_path(body, "order_id", w.Results))
        if kind is Kind.PAYMENT:
            details = money.payment_details(sending.key)
            return client.record_payment(asked(w.NewPayment, body | ({"payment_details": details} if details else {})))
        creates: Mapping[Kind, tuple[type[Asked], Callable[[Any], Json | None]]] = {
            Kind.PATIENT: (w.NewPatient, client.create_patient),
            Kind.APPOINTMENT: (w.NewAppointment, client.create_appointment),
            Kind.ENCOUNTER: (w.NewConsultation, client.start_consultation),
            Kind.PRESCRIPTION: (w.NewPrescription, client.create_prescription),
            Kind.LAB_ORDER: (w.NewLabOrder, client.create_lab_order),
            Kind.INVOICE: (w.NewInvoice, client.create_invoice),
            Kind.CLAIM: (w.NewClaim, client.submit_claim),
            Kind.NOTICE: (w.NewNotice, client.send_notice),
        }
        if kind not in creates:
            raise LookupError(f"there is no call that creates a {kind}")
        model, create = creates[kind]
        return create(asked(model, body))

    def _marked(self, sending: Sending) -> Body:
        """The body with our marker where a list gives it back; on a label only where that was agreed to."""
        body = sending.body
        if sending.kind is Kind.APPOINTMENT and sending.marker:
            return body | {"notes": with_marker(body.get("notes"), sending.marker)}
        if sending.kind is Kind.LAB_ORDER and sending.marker:
            return laboratory.marked(body, sending.marker)
        if sending.kind is Kind.PRESCRIPTION and self._found.get("marker_on_label") == "yes":
            return medicines.marked(body, sending.marker)
        return body

    def _update(self, sending: Sending, remote_id: str) -> Json | None:
        if sending.kind is Kind.PATIENT:
            # What is named is changed, nested members whole; the insurance is not ours to write. Their number is never
            # named but where the whole record is sent, as it was read.
            wanted = (sending.changed or sending.body.keys()) - PAST - {"insurance", "is_active"}
            change = {name: sending.body[name] for name in wanted if name in sending.body}
            if not change:
                raise LookupError("nothing of this can be changed there")
            return self.client.update_patient(remote_id, asked(w.PatientChange, change))
        if sending.kind is Kind.APPOINTMENT:
            # What an update does to the rest is not documented: all that can be written is sent.
            return self.client.update_appointment(remote_id, asked(w.AppointmentChange, sending.body))
        if sending.kind is Kind.ENCOUNTER:
            return self._go_on(sending, remote_id)
        raise LookupError(f"there is no call that changes a {sending.kind}")

    def _go_on(self, sending: Sending, remote_id: str) -> Json | None:
        """Save the next step of a consultation; complete it once every step is there. One at a time."""
        state = self.client.consultation(remote_id)
        shown = visits.body_of(state.as_shown())
        there = telling.compared(Kind.ENCOUNTER, shown)
        ours = telling.compared(Kind.ENCOUNTER, sending.body)
        left = frozenset(
            name
            for name in visits.STEPPED
            if (said := visits.told_of(name, sending.body)) is not None and said != visits.told_of(name, shown)
        )
        if not left and ours.get("status") == "completed" != there.get("status"):
            return self.client.complete_consultation(remote_id)
        if not left:
            raise LookupError("nothing of this is left to be told")
        saved = self._saved.get(remote_id)
        number, name = self._steps.next_of(replace(sending, changed=left), state.current_step, saved)
        data = sending.body.get(name) or {"completed": True}
        answer = self.client.save_step(remote_id, w.Step(step_number=number, step_data=data))
        self._saved[remote_id] = number
        return answer

    def _act(self, sending: Sending, remote_id: str) -> Json | None:
        if (sending.kind, sending.act) == (Kind.APPOINTMENT, "cancel"):
            # A body in a DELETE may be dropped, or the request with it: the second try goes without.
            again = remote_id in self._cancelled
            self._cancelled.add(remote_id)
            return self.client.cancel_appointment(remote_id, None if again else asked(w.Cancellation, sending.body))
        if (sending.kind, sending.act) == (Kind.ENCOUNTER, "complete"):
            return self.client.complete_consultation(remote_id)
        if sending.kind is Kind.PRESCRIPTION and sending.act in {"process", "ready"}:
            return self.client.process_prescription(remote_id, asked(w.Processing, sending.body))
        if (sending.kind, sending.act) == (Kind.NOTICE, "read"):
            return self.client.mark_read(remote_id)
        raise LookupError(f"there is no call for “{sending.act}” of a {sending.kind}")

    def _echo(self, sending: Sending, raw: Json | None) -> Echo:
        """What came back: the id by `id`, and the record where the answer holds one: no proof, only a read is."""
        remote_id = id_of(raw) or sending.remote_id
        if sending.kind is Kind.DISPENSE and id_of(raw) is None:
            remote_id = str(sending.body.get("prescription_id"))
        above = sending.body.get("patient_id")
        if remote_id is not None and isinstance(above, str):
            self._parents[sending.kind, remote_id] = above
        if raw is None or id_of(raw) is None or len(raw) < 2:
            return Echo(remote_id)
        return Echo(remote_id, self._reading.seen(sending.kind, raw, whole=False))

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:
        """Whether an act has taken effect; None where nothing shows it."""
        status = str(seen.body.get("status") or "").lower() if seen is not None else ""
        if (sending.kind, sending.act) == (Kind.NOTICE, "read"):
            return seen.body.get("is_read") is True if seen is not None else None
        if not status:
            return None
        wanted: Mapping[str | None, frozenset[str]] = {
            "cancel": frozenset(name for name, fhir in STATUS.items() if fhir == "cancelled"),
            "complete": frozenset({"completed"}),
            "process": frozenset({"processing", "ready", "dispensed"}),
            "ready": frozenset({"ready", "dispensed"}),
            "dispense": frozenset({"dispensed"}),
        }
        return status in wanted[sending.act] if sending.act in wanted else None

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
    def subscribe(self, url: str, secret: str, events: Sequence[str] = EVENTS) -> str | None:
        """Ask for events at an address of the clinic's; the id where the answer holds one."""
        return id_of(self.client.subscribe(w.NewWebhook(url=url, events=tuple(events), secret=secret, active=True)))


def _in_path(body: Mapping[str, Any], name: str, model: type[M]) -> tuple[str, M]:
    found = body.get(name)
    if not isinstance(found, str) or not found:
        raise LookupError("what this belongs to is not known there yet")
    return found, asked(model, body)


def _refused(sending: Sending, words: str) -> Refused:
    return Refused(Call(f"{sending.op} {sending.kind}", "POST", "/"), None, Said("not_sent", words))


def sign_in(secrets: Secrets, clock: Clock) -> SignIn:
    """By user name, password and code, renewed by the refresh token; or by a token that somebody got elsewhere."""
    if secrets.get("username") or secrets.get("refresh_token"):
        return Jwt(
            secrets,
            clock,
            login=lambda: Call("POST /auth/login", "POST", "/auth/login"),
            refresh=lambda: Call("POST /auth/refresh", "POST", "/auth/refresh"),
        )
    return Bearer(secrets)


def open_remote(opening: Opening) -> ArocordRemote:
    """AROCORD-HIMS at an address."""
    endings = Endings()
    wire = opening.listening(endings).wire(sign_in(opening.secrets, opening.clock), read_error)
    return ArocordRemote(wire, opening.settings, endings)
