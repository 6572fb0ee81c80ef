"""How records are looked at there: by page, by the narrowest list where no record can be read, by what was seen."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from sync.port import Body, Kind, Page, Seen, Sending, Story
from sync.records.exact import NotExact, is_sound, legible, require_sound
from sync.records.patient import Patient
from sync.remotes.arocord_hims import history
from sync.remotes.arocord_hims.answers import id_of, looks_cut_off
from sync.remotes.arocord_hims.client import LARGEST_PAGE, Client
from sync.remotes.arocord_hims.mapping import medicines
from sync.remotes.arocord_hims.mapping.telling import body_of, compared
from sync.remotes.arocord_hims.profile import NEEDED
from sync.telling import people
from sync.telling.dress import normal_form
from sync.telling.folding import day, fold, utc
from sync.telling.looking import MOST_PAGES, as_asked, too_many
from sync.telling.notes import marked
from sync.telling.paging import unread_words
from sync.telling.words import MRN, identifier_of
from sync.transport.outcomes import Call, Forbidden, Refused, Said, misshapen

_WRITTEN = "AROCORD writes this and gives no way to read it back."
_LEFT = "It has left the pharmacy's queue, or was never there; AROCORD has no other way to look."
_LISTED = "It is in no list that AROCORD gives; whether it is gone cannot be told."
_PARENT = {Kind.APPOINTMENT: "patient_id", Kind.PRESCRIPTION: "patient_id", Kind.LAB_ORDER: "patient_id"}


class Reading:
    """Everything that changes nothing there. `learned` is told what a list was seen to give."""

    def __init__(self, client: Client, learned: Callable[[Kind], None]) -> None:
        self._client, self._learned = client, learned

    def page(self, kind: Kind, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page; only patients have pages."""
        if kind is Kind.PATIENT:
            return self._patients(_number(cursor))
        if kind is Kind.APPOINTMENT:
            rows, cut = self._appointments(parent, since, until)
            return self._made(kind, rows, cut)
        if kind is Kind.PRESCRIPTION:
            return self._made(kind, *self._queue())
        if kind is Kind.LAB_ORDER:
            rows = self._client.lab_orders()
            return self._made(kind, rows, looks_cut_off(rows))
        if kind is Kind.NOTICE:
            rows, _unread = self._client.notifications(limit=LARGEST_PAGE)
            return self._made(kind, rows, len(rows) >= LARGEST_PAGE)
        raise Refused(Call(f"list {kind}", "GET", "/"), None, Said("no_list", f"AROCORD lists no {kind}"))

    def _patients(self, number: int, search: str | None = None) -> Page:
        rows, total, pages = self._client.patients(page=number, search=search)
        more = number < pages if pages is not None else len(rows) >= LARGEST_PAGE
        made = self._made(Kind.PATIENT, rows, cut=False)
        return Page(made.items, total, str(number + 1) if more and rows else None, made.broken, made.lost)

    def _appointments(self, patient: str | None, since: str | None, until: str | None) -> tuple[list[Any], bool]:
        """A window of days; one that may have been cut off is asked for again in halves, down to one day."""
        rows = self._client.appointments(patient_id=patient, date_from=since, date_to=until)
        if not looks_cut_off(rows):
            return rows, False
        if since is None or until is None or since >= until:
            return rows, True
        first, last = date.fromisoformat(since), date.fromisoformat(until)
        middle = first + (last - first) // 2
        early, cut_early = self._appointments(patient, since, middle.isoformat())
        late, cut_late = self._appointments(patient, (middle + timedelta(days=1)).isoformat(), until)
        known = {id_of(each) for each in rows if isinstance(each, dict)}
        halves = [each for each in (*early, *late) if isinstance(each, dict) and id_of(each) not in known]
        return [*rows, *halves], cut_early or cut_late

    def _queue(self) -> tuple[list[Any], bool]:
        found: dict[str | None, Any] = {}
        cut = False
        for status in medicines.QUEUE:
            rows = self._client.pharmacy_queue(status=status, limit=LARGEST_PAGE)
            cut = cut or len(rows) >= LARGEST_PAGE
            found |= {id_of(each) if isinstance(each, dict) else f"?{place}{status}": each
                      for place, each in enumerate(rows)}  # fmt: skip
        return list(found.values()), cut

    def _made(self, kind: Kind, rows: Sequence[Any], cut: bool) -> Page:  # noqa: FBT001 - said by whoever lists
        items, broken = [], []
        lost: list[tuple[str, Any]] = []
        for place, row in enumerate(rows, 1):
            try:
                require_sound(row)
                items.append(self.seen(kind, row, whole=kind is not Kind.PATIENT))
            except (NotExact, ValidationError, ValueError, TypeError):
                broken.append(f"item {place}: {unread_words(row)}")
                remote_id = id_of(row) if isinstance(row, dict) else None
                lost.append((remote_id if remote_id and is_sound(remote_id) else "", legible(row)))
        if cut:
            broken.append("the list may be cut off: no paging is documented for it")
        if any(NEEDED.get(kind, frozenset({"?"})) <= set(each.raw) for each in items):
            self._learned(kind)
        return Page(tuple(items), None, None, tuple(broken), tuple(lost), cut=cut)

    def seen(self, kind: Kind, raw: Any, *, whole: bool) -> Seen:
        """A record as it is shown. Raises ValueError for one with no id."""
        remote_id = id_of(raw) if isinstance(raw, dict) else None
        if remote_id is None:
            raise ValueError("a record with no id")
        parent = raw.get(_PARENT[kind]) if kind in _PARENT else None
        return Seen(kind, remote_id, body_of(kind, raw), whole, dict(raw), parent if isinstance(parent, str) else None)

    def read(self, kind: Kind, remote_id: str, parent: str | None) -> Seen:
        """One record; Forbidden (hidden, which is not gone) where no call shows it."""
        call = Call(f"read {kind}", "GET", "/")
        if kind is Kind.PATIENT:
            return self._patient(remote_id)
        if kind is Kind.ENCOUNTER:
            return as_asked(self.seen(kind, self._client.consultation(remote_id).as_shown(), whole=True), remote_id)
        if kind is Kind.APPOINTMENT:
            rows, _cut = self._appointments(parent, None, None)
            return self._found(call, kind, rows, remote_id, Said("not_listed", _LISTED))
        if kind is Kind.PRESCRIPTION:
            return self._found(call, kind, self._queue()[0], remote_id, Said("left_queue", _LEFT))
        if kind is Kind.LAB_ORDER:
            return self._found(call, kind, self._client.lab_orders(), remote_id, Said("not_listed", _LISTED))
        if kind is Kind.NOTICE:
            rows, _unread = self._client.notifications(limit=LARGEST_PAGE)
            return self._found(call, kind, rows, remote_id, Said("not_listed", _LISTED))
        raise Forbidden(call, None, Said("write_only", _WRITTEN))

    def _found(self, call: Call, kind: Kind, rows: Sequence[Any], remote_id: str, why: Said) -> Seen:
        page = self._made(kind, rows, cut=False)
        if remote_id in (lost := dict(page.lost)):
            raise misshapen(call, 200, lost[remote_id])
        match = next((each for each in page.items if each.remote_id == remote_id), None)
        if match is None:
            raise Forbidden(call, None, why)
        return match

    def _patient(self, remote_id: str) -> Seen:
        raw = self._client.patient(remote_id).as_shown()
        body = body_of(Kind.PATIENT, raw)
        as_asked(Seen(Kind.PATIENT, id_of(raw) or remote_id, body), remote_id)
        return Seen(Kind.PATIENT, remote_id, body | history.history_of(self._client, remote_id), raw=raw)

    def search(self, story: Story) -> list[Seen]:
        """Patients who may be this one: of our number, of their family name."""
        if not isinstance(story.first, Patient):
            return []
        name = people.name_of(story.first)
        asked = [identifier_of(story.first.identifier, MRN), (name.family or name.text) if name else None]
        found: dict[str, Seen] = {}
        for text in filter(None, asked):
            rows, _total, _pages = self._client.patients(search=text)
            found |= {each.remote_id: each for each in self._made(Kind.PATIENT, rows, cut=False).items}
        return list(found.values())

    def probe(self, sending: Sending) -> list[Seen]:
        """What a create may have become: by our number, our marker, or by all that it says."""
        body = sending.body
        if sending.kind is Kind.PATIENT:
            mrn = body.get("mrn")
            if not isinstance(mrn, str):
                return []
            return self._of_number(mrn)
        if sending.kind is Kind.APPOINTMENT:
            return self._probe_appointment(sending)
        if sending.kind is Kind.PRESCRIPTION:
            rows, cut = self._queue()
        elif sending.kind is Kind.LAB_ORDER:
            rows = self._client.lab_orders()
            cut = looks_cut_off(rows)
        else:
            return []
        return self._in_list(sending, rows, _same_work, cut=cut)

    def _of_number(self, mrn: str) -> list[Seen]:
        """The patient of a number, which a search for it may show among others. Raises TooMany where they go on."""
        for number in range(1, MOST_PAGES + 1):
            page = self._patients(number, mrn)
            found = [each for each in page.items if fold(each.body.get("mrn")) == fold(mrn)]
            if found or page.next is None:
                return found
        raise too_many("patients")

    def _in_list(
        self, sending: Sending, rows: Sequence[Any], same: Callable[[Sending, Body], bool], *, cut: bool
    ) -> list[Seen]:
        """What of a list it may be. Raises TooMany where it is not in one that may go on behind what was given."""
        items = self._made(sending.kind, rows, cut=False).items
        found = [each for each in items if same(sending, each.body)]
        if cut and not found:
            raise too_many(f"the list of {sending.kind}")
        return found

    def _probe_appointment(self, sending: Sending) -> list[Seen]:
        start = day(str(sending.body.get("scheduled_time") or ""))
        if start is None:
            return []
        at = date.fromisoformat(start)
        around = ((at - timedelta(days=1)).isoformat(), (at + timedelta(days=1)).isoformat())
        rows, cut = self._appointments(str(sending.body.get("patient_id") or "") or None, *around)
        return self._in_list(sending, rows, _same_appointment, cut=cut)


def _number(cursor: str | None) -> int:
    return int(cursor) if cursor and cursor.isdecimal() else 1


def _same_appointment(sending: Sending, body: Body) -> bool:
    if sending.marker and marked(body.get("notes"), sending.marker):
        return True
    if body.get("notes") is not None and sending.marker:
        return False
    members = ("patient_id", "doctor_id", "duration_minutes")
    same = all(fold(body.get(each)) == fold(sending.body.get(each)) for each in members if each in body)
    return same and utc(str(body.get("scheduled_time"))) == utc(str(sending.body.get("scheduled_time")))


def _same_work(sending: Sending, body: Body) -> bool:
    """An order by its marker, else a prescription or an order that says all that was sent, for the same patient."""
    if body.get("patient_id") != sending.body.get("patient_id"):
        return False
    for each in body.get("tests") or body.get("medications") or ():
        said = each.get("collection_instructions") or each.get("instructions") if isinstance(each, dict) else None
        if marked(said, sending.marker):
            return True
    if sending.kind is Kind.LAB_ORDER and _has_instructions(body):
        return False
    ours, theirs = compared(sending.kind, sending.body), compared(sending.kind, body)
    members = {"consultation_id", "doctor_id"} & ours.keys() & theirs.keys()
    lists = {"medications", "tests"} & ours.keys() & theirs.keys()
    return (
        bool(lists)
        and all(ours[each] == theirs[each] for each in members)
        and all(_same_lines(ours[each], theirs[each]) for each in lists)
    )


def _same_lines(sent: Any, got: Any) -> bool:
    """Whether each line that was sent stands there, and no other: in their form of it, and in whatever order."""
    if not isinstance(sent, list) or not isinstance(got, list) or len(sent) != len(got):
        return bool(sent == got)
    left = list(got)
    for line in sent:
        same = next((each for each in left if each == line), None)
        same = same or next((each for each in left if normal_form(line, each)), None)
        if same is None:
            return False
        left.remove(same)
    return True


def _has_instructions(body: Body) -> bool:
    tests = body.get("tests")
    return isinstance(tests, list) and any(
        isinstance(each, dict) and each.get("collection_instructions") for each in tests
    )
