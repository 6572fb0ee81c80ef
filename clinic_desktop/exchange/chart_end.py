"""The chart as sync sees it: what changed, the story of a record, and taking in what came from a system.

Everything happens in the transaction that the engine hands over, so that the chart and what each system was last told
change together or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from clinic_desktop.clock import Clock
from clinic_desktop.domain.identity import Person
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange import alarms, brought, gathering, lab_results, patients, remote_ids
from clinic_desktop.exchange.agreed import enrolment_of, share_of
from clinic_desktop.exchange.by_name import called, is_there
from clinic_desktop.exchange.echoes import Echoes
from clinic_desktop.exchange.gathering import Held
from clinic_desktop.exchange.keys import Frame
from clinic_desktop.exchange.of_nobody import OF_NOBODY
from clinic_desktop.exchange.stories import STORIES, Parts, dispense_of
from clinic_desktop.exchange.subjects import SUBJECTS
from clinic_desktop.exchange.told import Told, made, practitioner, written
from clinic_desktop.services import at_work, heard, heard_parts, syncing
from clinic_desktop.services.acts import Act
from clinic_desktop.services.patient_parts import Contact
from sync.engine.chart import Because, Change, Likely
from sync.engine.store.rows import Unit
from sync.port import Kind, Story
from sync.records.appointment import Appointment
from sync.records.elements import Resource
from sync.records.exact import Json, digest
from sync.records.medication import MedicationStatement
from sync.records.observation import Observation
from sync.records.patient import Patient

SAFETY, WAITING, SOON, REST = range(4)
# What a person must look at before it is sent late: a prescription of a month ago, an order of a fortnight ago.
STALE = {
    Kind.PRESCRIPTION: (timedelta(days=30), "This prescription is a month old. Does it still stand?"),
    Kind.LAB_ORDER: (timedelta(days=14), "This order is two weeks old. Is it still wanted?"),
    Kind.REFILL: (timedelta(days=14), "This refill was asked for two weeks ago. Is it still wanted?"),
}
_URGENT = {"allergy": SAFETY, "prescription": WAITING, "dispense": WAITING, "lab_order": WAITING, "refill": WAITING}


def source(system: str) -> str:
    """Whose ids a system's records bear here."""
    return f"urn:x-clinic-desktop:system:{system}"


class ClinicChart:
    """The chart of one clinic. One patient's rows are read once in each transaction."""

    def __init__(self, workstation: str, clock: Clock) -> None:
        self._workstation, self._clock = workstation, clock
        self.echoes = Echoes(workstation)
        self._read: tuple[object, Told | None] | None = None

    def end(self, unit: Unit) -> int:
        """The newest entry of the journal."""
        return syncing.journal_end(unit.conn)

    def changes(self, unit: Unit, after: int, limit: int) -> tuple[Sequence[Change], int]:
        """What changed after an entry, oldest first, and the entry up to which that is all."""
        touched, seen = syncing.changed_since(unit.conn, after, limit)
        return [
            Change(
                each.seq, Kind(each.kind), each.record, each.patient, _URGENT.get(each.kind, REST), parted=each.parted
            )
            for each in touched
        ], seen

    def story(self, unit: Unit, kind: Kind, local_id: str) -> Story | None:
        """A record as it is now; None where it is not one that is told."""
        if kind is Kind.PRACTITIONER:
            return self._of_staff(unit, local_id)
        if kind.value not in syncing.TABLES:
            return None  # shown there alone: a programme of theirs, a place
        if kind is Kind.NOTICE and (theirs := syncing.notice_of_theirs(unit.conn, local_id)) is not None:
            return _read_notice(theirs)
        patient = syncing.whose(unit.conn, kind.value, local_id)
        told = None if patient is None else self._told(unit, patient)
        if told is None:
            return None
        parts = self._parts(unit, told, kind, local_id)
        if parts is None:
            return None
        return Story(
            kind, local_id, parts.revision, patient, parts.first, parts.rest, parts.act, parts.void,
            marker=marker(local_id),
        )  # fmt: skip

    def at_work(self, unit: Unit, kind: Kind) -> Sequence[tuple[str, float]]:
        """What of a kind is being worked at (who is here, what is open), and for how many seconds it has been."""
        return at_work.at_work(unit.conn, kind.value, self._clock.now())

    def alike(self, unit: Unit, records: Sequence[Resource]) -> Sequence[Likely]:
        """Who here the patient of these records may be, the likeliest first."""
        one = next((each for each in records if isinstance(each, Patient)), None)
        if one is None:
            return ()
        values = patients.read(one).values
        born = values["born_on"]
        person = Person(
            values["family_name"], values["given_names"], values["sex"],
            None if born is None else datetime.fromisoformat(born).date(), values["born_precision"],
            tuple(each for each in (values["phone"], values["other_phone"]) if each),
            address=values.get("address") or "", city=values.get("city") or "",
            postal_code=values.get("postal_code") or "",
        )  # fmt: skip
        emails = frozenset(each.casefold() for each in (values["email"],) if each)
        numbers = frozenset(each.value for each in one.identifier if each.value)
        return [
            Likely(each.patient_id, each.score, each.born_equal, each.name_fits, each.strong, each.against)
            for each in syncing.likely(unit.conn, person, emails, numbers)
        ]

    def adopt(
        self, unit: Unit, kind: Kind, local_id: str | None, records: Sequence[Resource], because: Because
    ) -> str | None:
        """Take in what came: new (no `local_id`) or changed. Returns the id here; None where the chart has no place."""
        # What is changed now may be undone again: nothing that is read from here on is remembered. What was just told
        # of this very state still holds for the comparison.
        read, self._read = self._read, None
        title = SYSTEMS[because.system].title
        act = heard.act_of(cast(Any, unit), self._workstation, title)
        if local_id is None:
            if (beside := OF_NOBODY.get(kind)) is not None:
                came = beside(act, written(records[0]), title)
                if came is not None and kind is Kind.NOTICE:
                    self.echoes.came.append((because.system, because.remote_id, came))
                return came
            return self._brought(act, records, because, title)
        if kind is Kind.PATIENT:
            told = read[1] if read is not None and read[0] == self._state(unit, local_id) else None
            self._patient(act, told or self._told(unit, local_id), local_id, records, because, title)
        elif self._came(act, local_id, records, because):
            self._brought(act, records, because, title, local_id)
        elif kind is Kind.APPOINTMENT:
            self._appointment(act, local_id, records, title)
        elif kind in {Kind.LAB_ORDER, Kind.LAB_RESULT}:
            self._results(act, local_id, records, because, title)
        return local_id

    @staticmethod
    def _came(act: Act, local_id: str, records: Sequence[Resource], because: Because) -> bool:
        """Whether this system brought a record: it is theirs and follows them. What was written here never does."""
        first, place = next(iter(records), None), source(because.system)
        if first is None:
            return False
        return remote_ids.stands_as(act, place, first.resource_type, because.remote_id, local_id) is not None

    def count(self, unit: Unit, kind: Kind) -> int:
        """How many records of a kind are here, told of or not."""
        return syncing.how_many(unit.conn, kind.value)

    def question(self, _unit: Unit, story: Story, waited: float) -> str | None:
        """What a person must say before a record that waited (seconds) is sent: its time has passed, it has expired."""
        if isinstance(story.first, Appointment) and story.act is None:
            start = story.first.start
            if start is not None and _instant(start) < self._clock.now():
                return "The time of this appointment has passed. Did it take place?"
            return None
        limit = STALE.get(story.kind)
        if limit is not None and story.act is None and waited > limit[0].total_seconds():
            return limit[1]
        return None

    def _told(self, unit: Unit, patient: str) -> Told | None:
        state = self._state(unit, patient)
        if self._read is not None and self._read[0] == state:
            return self._read[1]
        record = syncing.record_for(unit.conn, patient)
        told = None
        if record is not None:
            told = Told(
                record,
                lambda ids: syncing.staff_rows(unit.conn, list(ids)),
                lambda record: syncing.pharmacy_row(unit.conn, record),
                lambda sha256: syncing.content_for(unit.conn, sha256),
            )
        self._read = (state, told)
        return told

    @staticmethod
    def _state(unit: Unit, patient: str) -> object:
        return unit.conn, syncing.journal_end(unit.conn), patient

    def _parts(self, unit: Unit, told: Told, kind: Kind, local_id: str) -> Parts | None:
        if kind in STORIES:
            return STORIES[kind](told, local_id)
        if kind is Kind.DISPENSE:
            return dispense_of(told, local_id, syncing.dispensed(unit.conn, local_id))
        if kind is Kind.SHARE:
            shared = syncing.share(unit.conn, local_id)
            return None if shared is None else share_of(told, shared, self._clock.now().astimezone().date())
        if kind is Kind.ENROLMENT:
            enrolled = syncing.enrolment(unit.conn, local_id)
            return None if enrolled is None else enrolment_of(told, enrolled)
        return None

    def _of_staff(self, unit: Unit, local_id: str) -> Story | None:
        rows = syncing.staff_rows(unit.conn, [local_id])
        if not rows:
            return None
        return Story(Kind.PRACTITIONER, local_id, rows[0]["revision"], None, made(practitioner(rows[0])))

    def _new(
        self, act: Act, records: Sequence[Resource], because: Because, title: str, local_id: str | None
    ) -> str | None:
        """Records as the system says them, new or (with `local_id`) those that it brought before."""
        if any(isinstance(one, Patient) and not _is_named(one) for one in records):
            return None  # a system that hides the names shows nobody whom a clinic could register
        # What is said beside a registration does not name whom it is about by an id: it follows once there is one.
        of_patient = bool(records) and isinstance(records[0], Patient)
        beside = [one for one in records if of_patient and one.resource_type in _BESIDE_PATIENT]
        whole = [each for each in records if each not in beside]
        place = remote_ids.Place(because.system, source(because.system), because.remote_id)
        found = brought.ready(act, place, whole, local_id)
        if found is None:
            return None
        heard.take_in(act, gathering.arrivals(found.held, found.frame, {}))
        if found.gone:
            heard_parts.no_longer_said(act, found.gone[0].row["patient_id"], title, found.gone, found.names)
        made = heard.stands_as(act, found.anchor)
        if beside and made is not None:
            self._beside(act, made, beside, because)
        return made

    def _patient(
        self, act: Act, told: Told | None, local_id: str, records: Sequence[Resource], because: Because, title: str
    ) -> None:
        came = next((each for each in records if isinstance(each, Patient)), None)
        own = None if told is None else told.one("patients", local_id)
        if told is None or own is None or came is None:
            # Restricted here, or a part of the chart of another registration: that is no reason not to know of it.
            self._known(act, local_id, [each for each in records if each.resource_type in _BESIDE_PATIENT], because)
            return
        stands = cast("Patient", told.resource(own))
        before, after = patients.read(stands), patients.read(came)
        changes = {name: value for name, value in after.values.items() if value != before.values.get(name)}
        contacts = None
        if _contacts(before.parts) != _contacts(after.parts):
            contacts = [Contact(each[0], each[1], each[2]) for each in _contacts(after.parts)]
        heard.bring_patient(act, local_id, changes, contacts, title, decided=bool(because.who))
        parts = self._parts(act, told, Kind.PATIENT, local_id)
        # What the story of the patient held (our blood group, say) is ours, and none of it was said by that system.
        held = {(each.resource_type, each.id) for each in (parts.rest if parts is not None else ())}
        more = [
            each
            for each in records
            if each.resource_type in _BESIDE_PATIENT
            and (each.resource_type, each.id) not in held
            and not told.is_known(_OF_PATIENT, each.id or "")
        ]
        ours = heard.prescribed_here(act, local_id)
        more = [each for each in more if not (isinstance(each, MedicationStatement) and called(each) in ours)]
        self._known(act, local_id, more, because)

    def _known(self, act: Act, patient: str, records: Sequence[Resource], because: Because) -> None:
        """Take in what a system says of a patient, but for what stands under that registration by the same name."""
        named = heard.stand_here(act, patient)
        if more := [each for each in records if not is_there(each, named)]:
            self._beside(act, patient, more, because)

    def _beside(self, act: Act, patient: str, records: Iterable[Resource], because: Because) -> None:
        """What a system says of a patient beside the registration: allergies, conditions, medicines, covers."""
        frame = Frame(source(because.system))
        held = []
        for one in records:
            resource = written(one)
            said = digest({name: value for name, value in resource.items() if name != "id"})
            resource = _about(resource, patient)
            place = frame.source, str(resource["resourceType"])
            key = remote_ids.beside(act, place, because.remote_id, said, patient)
            held.append(Held(key, said, key.kind, None, resource | {"id": key.value}))
        heard.take_in(act, gathering.arrivals(held, frame, {}))

    def _appointment(self, act: Act, local_id: str, records: Sequence[Resource], title: str) -> None:
        came = next((each for each in records if isinstance(each, Appointment)), None)
        if came is None or came.start is None:
            return
        minutes = came.minutes_duration or _minutes(came)
        why = came.cancelation_reason.text if came.cancelation_reason and came.cancelation_reason.text else ""
        meeting = heard.Meeting(_instant(came.start), minutes, _ENDS.get(came.status, ""), why)
        heard.bring_appointment(act, local_id, meeting, title)

    def _brought(
        self, act: Act, records: Sequence[Resource], because: Because, title: str, local_id: str | None = None
    ) -> str | None:
        """Take in what a system brought; of a critical value a doctor is told."""
        if records and isinstance(records[0], Observation):
            return self._measured(act, None, records, because, title, local_id)
        came = alarms.brought(records)
        before = self._critical_here(act, because, records) if came else frozenset()
        made = self._new(act, records, because, title, local_id)
        found = alarms.news(came, before, self._clock.now())
        for patient in dict.fromkeys(one.patient for one in found if one.patient):
            heard.critical_came(act, patient, title, [one.words for one in found if one.patient == patient])
        return made

    @staticmethod
    def _critical_here(act: Act, because: Because, records: Sequence[Resource]) -> frozenset[alarms.Finding]:
        """The critical values that a record of a system has in the chart already."""
        known = remote_ids.forms(because.remote_id)
        ids = frozenset([*known, *(remote_ids.given(because.remote_id, *each) for each in enumerate(records))])
        place = source(because.system)
        rows = [row for one in known for row in heard.observed(act, place, ids, remote_ids.under(one))]
        return alarms.standing(rows, ids)

    def _results(self, act: Act, order: str, records: Sequence[Resource], because: Because, title: str) -> None:
        """Results of an order of ours that came from elsewhere: they stand beside ours, and whoever ordered is told."""
        patient = syncing.whose(act.conn, "lab_order", order)
        told = None if patient is None else self._told(act, patient)
        parts = None if told is None else self._parts(act, told, Kind.LAB_RESULT, order)
        ours = [] if parts is None else [written(each) for each in (parts.first, *parts.rest)]
        found = [each for each in records if each.resource_type == "Observation" and written(each) not in ours]
        if patient is not None:
            self._measured(act, order, found, replace(because, remote_id=because.remote_id or order), title)

    def _measured(
        self, act: Act, order: str | None, records: Sequence[Resource], because: Because, title: str,
        local_id: str | None = None,
    ) -> str | None:  # fmt: skip
        place = remote_ids.Place(because.system, source(because.system), because.remote_id)
        return lab_results.take(act, order, records, lab_results.Came(title, place, local_id), self._clock.now())


def _is_named(one: Patient) -> bool:
    return any(each.family or each.text or any(each.given) for each in one.name)


def _read_notice(row: Mapping[str, Any]) -> Story:
    """A notice of a system that somebody here has read: all that is told of it is that."""
    said = {"resourceType": "Communication", "id": row["id"], "status": "completed", "topic": {"text": row["title"]}}
    return Story(Kind.NOTICE, row["id"], row["revision"], None, made(said), act="read")


# What ends an appointment, in the chart's words.
_ENDS = {"cancelled": "cancelled", "noshow": "no_show"}
_OF_PATIENT = ("allergies", "problems", "medicines_taken", "covers")
_BESIDE_PATIENT = frozenset({"AllergyIntolerance", "Condition", "MedicationStatement", "Coverage", "Observation"})


def marker(local_id: str) -> str:
    """A short mark that a lost create is found by: legible, harmless to a clinician, the same each time."""
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = int(digest(local_id)[:16], 16)
    text = ""
    for _ in range(8):
        number, rest = divmod(number, len(letters))
        text += letters[rest]
    return f"ref CW-{text}"


def _about(resource: Json, patient: str) -> Json:
    """A record with its patient named by our id."""
    member = SUBJECTS[resource["resourceType"]].about
    name = member if isinstance(member, str) else "subject"
    return resource | {name: {"reference": f"Patient/{patient}"}}


def _contacts(parts: Iterable[Any]) -> list[tuple[str, str, str | None]]:
    return [(each["name"], each["relation"], each["phone"]) for each in parts if each["of"] == "contact"]


def _minutes(one: Appointment) -> int:
    if one.start is None or one.end is None:
        return 0
    span = datetime.fromisoformat(one.end) - datetime.fromisoformat(one.start)
    return max(0, int(span.total_seconds() // 60))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
