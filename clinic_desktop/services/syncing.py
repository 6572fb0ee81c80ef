"""What sync reads of the chart, in the transaction that it is handed: what changed, whole rows, who may be whom.

Nobody is signed in behind these: they are for the background process, which keeps its own account of every request.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, exists, func, or_, select

from clinic_desktop.domain import identity
from clinic_desktop.domain.identity import Person
from clinic_desktop.domain.likeness import level
from clinic_desktop.services import consent_gate
from clinic_desktop.services.departures import Parted
from clinic_desktop.services.merges import kept_id
from clinic_desktop.services.patients import require_patient
from clinic_desktop.store import attachments, likeness
from clinic_desktop.store.prepared import Prepared, run
from clinic_desktop.store.tables.billing import charges, invoices, payments
from clinic_desktop.store.tables.chart import addenda, encounters, vital_signs
from clinic_desktop.store.tables.consents import consents
from clinic_desktop.store.tables.directory import pharmacies
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.inbox import notification_states, notifications, refill_requests
from clinic_desktop.store.tables.insurance import claims
from clinic_desktop.store.tables.journal import journal
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_results, specimens
from clinic_desktop.store.tables.merges import merges
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.pharmacy import dispenses
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.programmes import programme_enrolments
from clinic_desktop.store.tables.scheduling import appointments
from clinic_desktop.store.tables.sharing import shares
from clinic_desktop.store.tables.staff import staff

IN_ACT = (
    "begun", "changed_since", "content_for", "dispensed", "enrolment", "how_many", "journal_end", "likely",
    "notice_of_theirs", "pharmacy_row", "record_for", "share", "staff_rows", "whose",
)  # fmt: skip

# What an entry of the journal touches, by the first word of its kind: the kind that is told, and how its record leads
# there. A patient's own parts (names, allergies, problems, covers, ...) are told with the patient.
PATIENT = "patient"
_OF_PATIENT = frozenset({
    "patient", "allergy", "problem", "medicine", "cover", "identifier", "merge", "relation",
})  # fmt: skip
_PARTED = "merge.undone"
_OWN: Mapping[str, tuple[str, ...]] = {
    "appointment": ("appointment",),
    "encounter": ("encounter",),
    "prescription": ("prescription", "dispense"),
    "document": ("document",),
    "immunization": ("immunization",),
    "consent": ("consent",),
    "charge": ("charge",),
    "invoice": ("invoice",),
    "payment": ("payment",),
    "claim": ("claim",),
    "refill": ("refill",),
    "share": ("share",),
    "programme": ("enrolment",),
    "notification": ("notice",),
}
# Entries whose record is a part: where the whole it belongs to stands, and what that is told as.
_PARTS: Mapping[str, tuple[Table, str, tuple[str, ...]]] = {
    "vitals": (vital_signs, "encounter_id", ("encounter",)),
    "addendum": (addenda, "encounter_id", ("encounter",)),
    "dispense": (dispenses, "prescription_id", ("dispense", "prescription")),
    "refund": (payments, "refund_of", ("payment",)),
    "specimen": (specimens, "order_id", ("lab_order",)),
}
TABLES: Mapping[str, Table] = {
    "patient": patients, "appointment": appointments, "encounter": encounters, "prescription": prescriptions,
    "dispense": prescriptions, "document": documents, "immunization": immunizations, "consent": consents,
    "charge": charges, "invoice": invoices, "payment": payments, "claim": claims, "refill": refill_requests,
    "share": shares, "enrolment": programme_enrolments, "notice": notifications, "lab_order": lab_orders,
    "lab_result": lab_orders,
}  # fmt: skip


@dataclass(frozen=True)
class Touched:
    """A record that an entry of the journal touched, by the kind it is told as."""

    seq: int
    kind: str
    record: str
    patient: str | None
    at: str
    parted: bool = False  # two registrations that were one chart are two again


@dataclass(frozen=True)
class LikelyOne:
    """A patient here who may be the one that was seen elsewhere."""

    patient_id: str
    score: float
    born_equal: bool
    name_fits: bool
    strong: frozenset[str]
    against: frozenset[str]

    def __repr__(self) -> str:
        return f"LikelyOne({self.patient_id}, {self.score})"


def journal_end(connection: Connection) -> int:
    """The newest entry of the journal."""
    return int(run(connection, "SELECT max(seq) FROM journal").fetchone()[0] or 0)


def _entries() -> Select[Any]:
    columns = (journal.c.seq, journal.c.kind, journal.c.record, journal.c.patient, journal.c.at)
    return select(*columns).where(journal.c.seq > bindparam("after")).order_by(journal.c.seq).limit(bindparam("most"))


_ENTRIES = Prepared(_entries)


def changed_since(connection: Connection, after: int, limit: int) -> tuple[tuple[Touched, ...], int]:
    """What was touched after an entry, oldest first and each record once, and the entry up to which that is all."""
    rows = _ENTRIES.rows(connection, after=after, most=limit)
    found: dict[tuple[str, str], Touched] = {}
    # Many entries are about one patient: under which registration they are known is asked once.
    kept = lru_cache(maxsize=None)(lambda patient: kept_id(connection, patient))
    for row in rows:
        for kind, record, patient in _touched(connection, row["kind"], row["record"], row["patient"], kept):
            # The last one stands: what is told is the record as it is now.
            before = found.pop((kind, record), None)
            parted = row["kind"] == _PARTED or (before is not None and before.parted)
            found[kind, record] = Touched(row["seq"], kind, record, patient, row["at"], parted)
    return tuple(found.values()), rows[-1]["seq"] if rows else after


def record_for(connection: Connection, patient_id: str) -> Parted | None:
    """All that is kept of one patient; None where the record is restricted: then nothing of it is told."""
    if consent_gate.restriction_of(connection, patient_id) is not None:
        return None
    return Parted(connection, patient_id)


def whose(connection: Connection, kind: str, record: str) -> str | None:
    """The patient that a record is about, under the registration that is kept; None where there is no such record."""
    if kind == PATIENT:
        kept = kept_id(connection, record)
        if run(connection, "SELECT 1 FROM patients WHERE id = ?", (kept,)).fetchone() is None:
            require_patient(connection, kept)
        return kept
    table = TABLES[kind]
    found = connection.execute(select(table.c.patient_id).where(table.c.id == record)).scalar()
    return None if found is None else kept_id(connection, str(found))


def how_many(connection: Connection, kind: str) -> int:
    """How many records are here that may be told as a kind; a registration that was merged into another is none."""
    if kind not in TABLES:
        return 0
    wanted = select(func.count()).select_from(TABLES[kind])
    if kind == PATIENT:
        wanted = wanted.where(patients.c.merged_into.is_(None))
    elif kind == "lab_result":
        tested = lab_order_tests.c.id == lab_results.c.order_test_id
        wanted = select(func.count(lab_order_tests.c.order_id.distinct())).join(lab_results, tested)
    elif kind == "dispense":
        wanted = select(func.count(dispenses.c.prescription_id.distinct()))
    return int(connection.execute(wanted).scalar_one())


def staff_rows(connection: Connection, ids: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """The people of the clinic with these ids."""
    rows = connection.execute(select(staff).where(staff.c.id.in_(sorted(set(ids))))).mappings()
    return tuple(dict(row) for row in rows)


def pharmacy_row(connection: Connection, record: str) -> Mapping[str, Any] | None:
    """A pharmacy of the directory."""
    row = connection.execute(select(pharmacies).where(pharmacies.c.id == record)).mappings().one_or_none()
    return None if row is None else dict(row)


def dispensed(connection: Connection, prescription: str) -> tuple[Mapping[str, Any], ...]:
    """What was handed out of a prescription and not taken back."""
    wanted = select(dispenses, staff.c.display_name.label("by")).join(staff, staff.c.id == dispenses.c.dispensed_by)
    wanted = wanted.where(dispenses.c.prescription_id == prescription, dispenses.c.status == "dispensed")
    return tuple(dict(row) for row in connection.execute(wanted.order_by(dispenses.c.rowid_)).mappings())


def share(connection: Connection, record: str) -> Mapping[str, Any] | None:
    """A share as it stands."""
    row = connection.execute(select(shares).where(shares.c.id == record)).mappings().one_or_none()
    return None if row is None else dict(row)


def begun(connection: Connection, after: str, until: str) -> tuple[frozenset[str], frozenset[str]]:
    """The consents given here whose first day is later than one day and not than the other; the shares on them."""
    days = (consents.c.source == "here", consents.c.valid_from > after, consents.c.valid_from <= until)
    found = connection.execute(select(consents.c.id).where(*days)).scalars()
    shared = select(shares.c.id).join(consents, consents.c.id == shares.c.consent_id).where(*days)
    return frozenset(found), frozenset(connection.execute(shared).scalars())


def enrolment(connection: Connection, record: str) -> Mapping[str, Any] | None:
    """An enrolment as it stands."""
    row = connection.execute(select(programme_enrolments).where(programme_enrolments.c.id == record))
    found = row.mappings().one_or_none()
    return None if found is None else dict(found)


def notice_of_theirs(connection: Connection, record: str) -> Mapping[str, Any] | None:
    """A notice that a system sent to whoever signs in there, once somebody here has read it; else None."""
    read = exists().where(
        notification_states.c.notification_id == notifications.c.id, notification_states.c.read_at.is_not(None)
    )
    row = connection.execute(
        select(notifications).where(
            notifications.c.id == record, notifications.c.sent_by.is_(None), notifications.c.patient_id.is_(None),
            # What was closed because it repeats what was told from here has nobody who did it.
            or_(notifications.c.done_by.is_not(None), read),
        )
    ).mappings().one_or_none()  # fmt: skip
    return None if row is None else dict(row)


def content_for(connection: Connection, sha256: str) -> bytes:
    """The bytes of a document."""
    kept = attachments.kept(connection, sha256)
    return b"" if kept is None else attachments.content_of(connection, kept)


def likely(connection: Connection, person: Person, emails: frozenset[str], numbers: frozenset[str]) -> list[LikelyOne]:
    """Who here may be the person seen elsewhere, the likeliest first; evidence that is equal, and that contradicts."""
    if not (person.family or person.given or person.numbers or person.identifier):
        return []
    among = likeness.frequencies(connection)
    best: dict[str, LikelyOne] = {}
    for row, other in likeness.people(connection, likeness.candidates(connection, person)):
        known_as = row.merged_into or row.id
        like = identity.compare(person, other, among)
        strong, against = _evidence(row, person, other, emails, numbers)
        one = LikelyOne(
            known_as,
            like.score,
            born_equal=person.born_on is not None and person.born_on == other.born_on,
            name_fits=any(each.weight > 0 for each in like.evidence if each.field in {"name", "names"}),
            strong=strong,
            against=against,
        )
        if known_as not in best or one.score > best[known_as].score:
            best[known_as] = one
    return sorted(best.values(), key=lambda one: -one.score)


def _evidence(
    row: likeness.Registered, person: Person, other: Person, emails: frozenset[str], numbers: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    strong = {
        "phone": bool(set(person.numbers) & set(other.numbers)),
        "email": (row.email or "").casefold() in emails,
        "own_number": row.mrn in numbers,
        "identifier": bool(person.identifier) and person.identifier == other.identifier,
    }
    known = {"unknown", "other", ""}
    against = {
        # Twins share all but their given name, and that may be one letter apart.
        "given": bool(person.given and other.given) and level(person.given, other.given) != "same",
        "sex": person.sex not in known and other.sex not in known and person.sex != other.sex,
        "born": person.born_on is not None and other.born_on is not None and person.born_on != other.born_on,
    }
    return frozenset(name for name, is_so in strong.items() if is_so), frozenset(
        name for name, is_so in against.items() if is_so
    )


def _touched(
    connection: Connection, kind: str, record: str, patient: str | None, kept: Callable[[str], str]
) -> list[tuple[str, str, str | None]]:
    word, _, what = kind.partition(".")
    if kind == _PARTED:
        two = connection.execute(select(merges.c.kept_id, merges.c.other_id).where(merges.c.id == record)).one()
        return [(PATIENT, kept(one), one) for one in two]
    if (word in _OF_PATIENT or kind == "record.restriction_lifted") and patient is not None:
        return [(PATIENT, kept(patient), patient)]
    if word == "patient":
        return [(PATIENT, kept(record), record)]
    if kind == "medicine.dispensed":
        word = "dispense"
    if kind == "notification.read":
        # Read by one person: what they read is told, not that they did.
        of = select(notification_states.c.notification_id).where(notification_states.c.id == record)
        notice = connection.execute(of).scalar()
        return [] if notice is None else [("notice", str(notice), None)]
    if kind == "payment.refunded":
        word = "refund"
    if word in _PARTS:
        table, column, told = _PARTS[word]
        whole = connection.execute(select(table.c[column]).where(table.c.id == record)).scalar()
        return [] if whole is None else [(each, str(whole), patient) for each in told]
    if word in {"lab_order", "result"}:
        return _of_laboratory(connection, word, what, record, patient)
    if word == "programme" and what not in {"enrolled", "left", "completed"}:
        return []
    return [(each, record, patient) for each in _OWN.get(word, ())]


def _of_laboratory(
    connection: Connection, word: str, what: str, record: str, patient: str | None
) -> list[tuple[str, str, str | None]]:
    """An order, or the results of one: both are told by the order."""
    order: object = record
    if word == "result":
        wanted = select(lab_order_tests.c.order_id).join(
            lab_results, lab_results.c.order_test_id == lab_order_tests.c.id
        )
        order = connection.execute(wanted.where(lab_results.c.id == record)).scalar()
    elif what.startswith("test_"):
        order = connection.execute(select(lab_order_tests.c.order_id).where(lab_order_tests.c.id == record)).scalar()
    told = ("lab_result",) if word == "result" or what == "test_released" else ("lab_order",)
    return [] if order is None else [(each, str(order), patient) for each in told]
