"""Looking for what a create of ours became, after its answer was lost."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from sync.port import Kind, Page, Seen, Sending
from sync.remotes.healify.client import Client
from sync.telling.dress import normal_form
from sync.telling.folding import fold, fold_phone, utc
from sync.telling.looking import LONG_BEFORE, SKEW, agrees, each_once, made_since, through
from sync.telling.notes import marked


class Looked(Protocol):
    """What is looked through."""

    client: Client

    def find_patients(self, text: str) -> Iterable[Seen]:
        """The patients that a text finds."""
        ...

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of a list."""
        ...

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        """One record whole."""
        ...


def probe(remote: Looked, sending: Sending) -> Sequence[Seen]:
    """By the class of the create (patients and shares by what they say, the rest by our marker); W finds nothing."""
    if sending.kind is Kind.PATIENT:
        return _patient(remote, sending)
    if sending.kind in {Kind.APPOINTMENT, Kind.ENCOUNTER, Kind.DOCUMENT}:
        return _marked(remote, sending)
    if sending.kind is Kind.PRESCRIPTION:
        return _prescription(remote, sending)
    if sending.kind is Kind.SHARE:
        return _share(remote, sending)
    return ()


def _patient(remote: Looked, sending: Sending) -> Sequence[Seen]:
    body = sending.body
    name = " ".join(str(body[part]) for part in ("first_name", "last_name") if body.get(part))
    text = body.get("email") or body.get("phone") or name
    if not text:
        return ()
    return _unique(
        one
        for one in remote.find_patients(str(text))
        if agrees(one, body, "first_name", "last_name", "date_of_birth", "gender", "email")
        and fold_phone(one.body.get("phone")) == fold_phone(body.get("phone"))
        and made_since(one.body.get("created_at"), sending.sent_at, LONG_BEFORE)
    )


def _marked(remote: Looked, sending: Sending) -> Sequence[Seen]:
    """A record or appointment that bears our marker, in the days around its own."""
    member = "scheduled_time" if sending.kind is Kind.APPOINTMENT else "date"
    when = utc(str(sending.body.get(member, "")))[:10] or None
    owner = str(sending.body["patient_id"]) if sending.body.get("patient_id") else None

    def page(cursor: str | None) -> Page:
        return remote.page(sending.kind, parent=owner, since=when, until=when, cursor=cursor)

    return _unique(one for one in through(page) if marked(one.raw.get("notes"), sending.marker))


def _prescription(remote: Looked, sending: Sending) -> Sequence[Seen]:
    """A prescription, made since, whose notes (in its detail alone) bear our marker, whatever they call the medicine.

    Without a marker it is one of the same medicine.
    """
    owner = str(sending.body["patient_id"]) if sending.body.get("patient_id") else None

    def page(cursor: str | None) -> Page:
        return remote.page(sending.kind, parent=owner, since=None, until=None, cursor=cursor)

    def name(body: object) -> object:
        medication = body.get("medication") if isinstance(body, dict) else None
        return medication.get("name") if isinstance(medication, dict) else None

    apart = LONG_BEFORE if sending.marker else SKEW
    candidates = [one for one in through(page) if made_since(one.body.get("created_at"), sending.sent_at, apart)]
    if not sending.marker:
        return _unique(one for one in candidates if normal_form(name(sending.body), name(one.body)))
    whole = (remote.read(sending.kind, one.remote_id) for one in candidates)
    return _unique(one for one in whole if marked(one.raw.get("notes"), sending.marker))


def _share(remote: Looked, sending: Sending) -> Sequence[Seen]:
    """A share of the same record to the same address until the same instant."""

    def page(cursor: str | None) -> Page:
        return remote.page(Kind.SHARE, parent=None, since=None, until=None, cursor=cursor)

    return _unique(
        one
        for one in through(page)
        if all(
            _address(one.body.get(member)) == _address(sending.body.get(member))
            for member in ("record_id", "recipient_email")
        )
        and ("expires_at" not in sending.body or agrees(one, sending.body, "expires_at"))
        and made_since(one.body.get("created_at"), sending.sent_at)
    )


def _address(value: object) -> object:
    """An id or an electronic address, in which capital letters say nothing."""
    return str(fold(value)).casefold()


def _unique(found: Iterable[Seen]) -> Sequence[Seen]:
    return each_once(found)
