"""How records are looked at there: a patient by id or by a search, all else by the narrowest list, if at all."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sync.port import Body, Kind, Page, Seen, Sending, Story
from sync.records.exact import NotExact, require_sound
from sync.records.patient import Patient
from sync.remotes.hms_enterprise.client import Client
from sync.remotes.hms_enterprise.graphql import PATIENT, same, same_prescription, same_where_shown, since, snake
from sync.remotes.hms_enterprise.mapping.telling import body_of, compared
from sync.remotes.hms_enterprise.profile import NEEDED
from sync.telling import people
from sync.telling.folding import day, fold, fold_phone, utc
from sync.telling.looking import as_asked, as_far, each_once, through, widened
from sync.telling.paging import hole, next_cursor, next_offset, offset_of, page
from sync.transport.credentials import Clock
from sync.transport.outcomes import Call, Forbidden, Garbled, Refused, Said

LIMIT = 100
# Days before and after today in which an appointment is looked for where no day is known.
BEFORE, AFTER = 30, 180
# How many days are asked for at once: no limit is documented, and a month is little anywhere.
SPAN = 28
_WRITTEN = "HMS takes this and gives no way to read it back."
_LISTED = "It is in no list that HMS gives; whether it is gone cannot be told."
# Whose list shows a record: a provider's schedule an appointment, a patient's all else.
_PARENT = {
    Kind.APPOINTMENT: "provider_id", Kind.ENCOUNTER: "patient_id", Kind.PRESCRIPTION: "patient_id",
    Kind.LAB_ORDER: "patient_id", Kind.CHARGE: "patient_id", Kind.CLAIM: "patient_id",
}  # fmt: skip
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_REGISTER = ("first_name", "last_name", "date_of_birth", "gender", "contact_number", "email")


class Reading:
    """Everything that changes nothing there. `found` gives what was found, `learned` takes what a list showed."""

    def __init__(
        self, client: Client, clock: Clock, found: Callable[[str], str | None], learned: Callable[[Kind], None]
    ) -> None:
        self._client, self._clock, self._found, self._learned = client, clock, found, learned
        # Whose list shows a record, as long as nobody else has kept it.
        self._parents: dict[tuple[Kind, str], str] = {}

    def remember(self, kind: Kind, remote_id: str, body: Body) -> None:
        """Keep whose a record is that was just sent: without that nothing shows it."""
        above = body.get(_PARENT.get(kind, ""))
        if isinstance(above, str) and above:
            self._parents[kind, remote_id] = above

    def page(self, kind: Kind, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of what belongs to one parent: nothing here can be listed whole."""
        if kind is Kind.ENCOUNTER and parent:
            offset = offset_of(cursor)
            rows, total = self._client.encounters(parent, limit=LIMIT, offset=offset)
            if any(isinstance(row, dict) and row.keys() >= NEEDED for row in rows):
                self._learned(kind)
            if hole(cursor, rows, total):
                raise Garbled(Call(f"list {kind}", "GET", "/"))
            following = next_cursor(cursor, rows, total, LIMIT, None)
            return page(rows, lambda row: [seen(kind, row, parent=parent)], total, following)
        if kind is Kind.APPOINTMENT and parent:
            return self._schedule(parent, since, until, cursor)
        if kind is Kind.LAB_RESULT and parent:
            return Page((self._results(parent),), 1)
        raise Refused(Call(f"list {kind}", "GET", "/"), None, Said("no_list", f"HMS has no list of every {kind}"))

    def _schedule(self, provider: str, since: str | None, until: str | None, cursor: str | None) -> Page:
        """Some days of a schedule; the cursor is the day on which the next ones begin."""
        today = self._clock.now().date()
        begin = cursor or widened(since, -1) or (today - timedelta(days=BEFORE)).isoformat()
        last = widened(until, 1) or (today + timedelta(days=AFTER)).isoformat()
        end = min((date.fromisoformat(begin) + timedelta(days=SPAN - 1)).isoformat(), last)
        rows = [each.as_shown() for each in self._client.schedule(provider, begin, end).schedule]
        following = (date.fromisoformat(end) + timedelta(days=1)).isoformat() if end < last else None
        return page(rows, lambda row: [scheduled(row, provider)], None, following)

    def _results(self, order_id: str) -> Seen:
        raw = self._client.lab_results(order_id).as_shown()
        if _is_another(raw.get("order_id"), order_id):
            raise Garbled(Call("GET results", "GET", "/"), None, Said("another_record", "the results of another order"))
        return Seen(Kind.LAB_RESULT, order_id, body_of(Kind.LAB_RESULT, raw), raw=raw, parent=order_id)

    def read(self, kind: Kind, remote_id: str, parent: str | None) -> Seen:
        """One record; Forbidden (hidden, which is not gone) where no call shows it."""
        call = Call(f"read {kind}", "GET", "/")
        parent = parent or self._parents.get((kind, remote_id))
        if kind is Kind.PATIENT:
            return as_asked(seen(kind, self._client.patient(remote_id)), remote_id)
        if kind is Kind.LAB_RESULT:
            return self._results(remote_id)
        if kind in {Kind.ENCOUNTER, Kind.APPOINTMENT} and parent:
            for each in through(lambda cursor: self.page(kind, parent, None, None, cursor)):
                if each.remote_id == remote_id:
                    return each
            raise Forbidden(call, None, Said("not_listed", _LISTED))
        raise Forbidden(call, None, Said("write_only", _WRITTEN))

    def search(self, story: Story) -> list[Seen]:
        """Patients who may be this one: of their family name, telephone number or electronic address."""
        if not isinstance(story.first, Patient):
            return []
        name = people.name_of(story.first)
        asked = (
            (name.family or name.text) if name else None,
            people.point_of(story.first.telecom, "phone"),
            people.point_of(story.first.telecom, "email"),
        )
        found: dict[str, Seen] = {}
        for text in dict.fromkeys(filter(None, asked)):
            found |= {each.remote_id: each for each in as_far(self.find(text))}
        return list(found.values())

    def find(self, text: str) -> Iterator[Seen]:
        """Every patient whom a text finds. Raises TooMany where they go on behind what is looked through."""
        known: set[str] = set()

        def some(cursor: str | None) -> Page:
            offset = offset_of(cursor)
            rows, total = self._client.search_patients(text, limit=LIMIT, offset=offset)
            following = next_offset(offset, len(rows), total, LIMIT)
            made = page(rows, lambda row: [seen(Kind.PATIENT, row, whole=False)], total, following)
            before = len(known)
            known.update(each.remote_id for each in made.items)
            # Nothing new: a server that takes no notice of the offset gives the same page for ever.
            return made if len(known) > before else replace(made, next=None)

        return through(some)

    def probe(self, sending: Sending) -> list[Seen]:
        """What a create may have become, by all that it says."""
        body = sending.body
        if sending.kind is Kind.PATIENT:
            found = self.find(str(body.get("last_name") or body.get("first_name") or ""))
            return list(each_once(each for each in found if _same_person(body, each.body)))
        if sending.kind is Kind.ENCOUNTER:
            return self._probe_encounter(sending)
        if sending.kind is Kind.APPOINTMENT:
            at = day(str(body.get("start_datetime") or ""))
            provider = body.get("provider_id")
            if at is None or not isinstance(provider, str):
                return []
            items = self.page(Kind.APPOINTMENT, provider, at, at, None).items
            return [each for each in items if _same_slot(body, each.body)]
        if sending.kind is Kind.PRESCRIPTION and self._found("graphql"):
            return self._probe_prescription(sending)
        return []

    def _probe_encounter(self, sending: Sending) -> list[Seen]:
        ours, patient = compared(Kind.ENCOUNTER, sending.body), str(sending.body.get("patient_id"))

        def alike(each: Seen) -> bool:
            theirs = compared(Kind.ENCOUNTER, each.body)
            named = ("chief_complaint", "history_of_present_illness", "encounter_type")
            same_words = all(theirs.get(name) == ours.get(name) for name in named)
            return same_words and _same_findings(sending.body, each.body)

        visits = through(lambda cursor: self.page(Kind.ENCOUNTER, patient, None, None, cursor))
        found = (each for each in visits if alike(each) and since(each.raw.get("created_at"), sending.sent_at))
        return list(each_once(found))

    def _probe_prescription(self, sending: Sending) -> list[Seen]:
        data = snake(self._client.graphql(PATIENT, {"id": sending.body.get("patient_id")}))
        patient = data.get("patient")
        rows = patient.get("prescriptions") if isinstance(patient, dict) else None
        return [
            seen(Kind.PRESCRIPTION, row, whole=False, part=sending.part)
            for row in rows or ()
            if isinstance(row, dict) and same_prescription(sending, row)
        ]


def seen(kind: Kind, raw: Any, *, whole: bool = True, parent: str | None = None, part: int = 0) -> Seen:
    """A record as it is shown: its UUID is its id, and the number that people read is a member like others.

    Raises ValueError for one with no id.
    """
    try:
        require_sound(raw)
    except NotExact as error:
        raise ValueError(str(error)) from None
    remote_id = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(remote_id, (str, int)) or isinstance(remote_id, bool) or not str(remote_id):
        raise ValueError("a record with no id")
    of_whom = raw.get(_PARENT[kind]) if kind in _PARENT else None
    if kind is Kind.ENCOUNTER and parent and _is_another(of_whom, parent):
        raise ValueError("a visit of another patient")  # a server that takes no notice of whose they are to be
    above = parent or (of_whom if isinstance(of_whom, str) else None)
    return Seen(kind, str(remote_id), body_of(kind, raw), whole, dict(raw), above, part)


def _is_another(named: Any, asked: str) -> bool:
    """Whether an id is another one's: where the same is named by the number that people read, nobody can tell."""
    both = [each for each in (named, asked) if isinstance(each, str) and _UUID.fullmatch(each)]
    return len(both) > 1 and both[0].casefold() != both[1].casefold()


def scheduled(raw: Any, provider: str) -> Seen:
    """An appointment as a schedule shows it: reduced, and with the provider whose schedule it is."""
    made = seen(Kind.APPOINTMENT, raw, whole=False, parent=provider)
    return replace(made, body=made.body | {"provider_id": provider})


def _same_person(ours: Body, theirs: Body) -> bool:
    named = [name for name in _REGISTER if name in ours and theirs.get(name) is not None]
    if not {"last_name", "date_of_birth"} <= set(named):
        return False
    return all(
        (fold_phone if name == "contact_number" else fold)(ours[name])
        == (fold_phone if name == "contact_number" else fold)(theirs[name])
        for name in named
    )


def _same_findings(ours: Body, theirs: Body) -> bool:
    """Whether two visits came to the same, where both say what they came to."""
    plan = same_where_shown(ours.get("plan"), theirs.get("plan"))
    mine, shown = ours.get("diagnoses"), theirs.get("diagnoses")
    if not plan or fold(mine) is None or fold(shown) is None or not isinstance(mine, list):
        return plan
    left = list(shown) if isinstance(shown, list) else []
    for one in mine:
        match = next((each for each in left if isinstance(each, dict) and _same_diagnosis(one, each)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _same_diagnosis(ours: Body, theirs: Body) -> bool:
    # A system may call a code by its own words.
    named = "code" if ours.get("code") and theirs.get("code") else "description"
    return same(ours.get(named), theirs.get(named))


def _same_slot(ours: Body, theirs: Body) -> bool:
    return ours.get("patient_id") == theirs.get("patient_id") and utc(str(ours.get("start_datetime"))) == utc(
        str(theirs.get("start_datetime"))
    )
