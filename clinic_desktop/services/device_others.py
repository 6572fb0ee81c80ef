"""What a message with no result is filed as: its doses, medicines and orders as rows of the chart, or the message.

Doses, medicines and orders file themselves where identity agrees twice, as results do; a registration never does.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.patients import words_of
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import arrivals, device_papers, device_vitals, laboratory
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import UUID, Key
from clinic_desktop.services.arrivals import Arrival
from clinic_desktop.services.device_filing import SYSTEM, Placed, test_of
from clinic_desktop.services.device_keys import Standing, Told, standing, under
from clinic_desktop.services.device_people import owners, who
from clinic_desktop.services.device_records import ReceivedRecord, carried
from clinic_desktop.services.laboratory import Priority
from clinic_desktop.services.merges import kept_id
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.devices import device_message_parts
from clinic_desktop.store.tables.outside import identifiers

IN_ACT = ("file", "place")

_TITLES = {"order": "Order", "medicine": "Medicine", "immunization": "Immunization", "other": "Message"}
_KINDS = {"immunizations": "Immunization", "medicines_taken": "MedicationRequest", "orders": "ServiceRequest"}
_ENDS = frozenset({rules.DOSE_DELETED, rules.ORDER_ENDED})
# The systems of codes that a sender makes up: nobody else says what they stand for.
OWN_LISTS = ("urn:hl7:", SYSTEM)
_FILES_ITSELF = frozenset({"order", "medicine", "immunization"})


def place(act: Act, message: Row[Any], said: Named) -> Placed:
    """File what a message carries where that is certain of every part of it; else say why a person decides."""
    records = carried(message.carried)
    if message.subject not in _FILES_ITSELF or not records:
        return Placed("review")
    problem = next((one.problem for one in records if one.problem), None)
    patient, doubt = who(act.conn, said)
    if problem or patient is None:
        return Placed("review", problem or doubt)
    told = [_told(act.conn, message, one, patient) for one in records]
    if any(one.moved for one in told):
        return Placed("review", rules.MOVED)
    if any(one.table == "orders" and each.here for one, each in zip(records, told, strict=True)):
        return Placed("review", rules.ORDERED_BEFORE)
    if any(_is_reused(act.conn, message, one, patient) for one in records):
        return Placed("review", rules.NUMBER_REUSED)
    arriving = _arriving(act, message, records, patient)
    if _changed_here(act, arriving):
        return Placed("review", rules.STANDS)
    return _filed(act, message, records, arriving, patient)


def file(act: Act, message: Row[Any], said: Named, patient_id: str) -> Placed:
    """Keep a message with the patient whom somebody named; says which record was made of it. Raises Refusal.

    Of a registration the numbers are noted, by which later results find the person; nothing of the registration here is
    changed, and nobody is merged. What cannot be a row of its own is kept as a message.
    """
    patient = kept_id(act.conn, patient_id)
    if message.subject == "vitals":
        raw = _raw(act, message.id)
        return Placed("filed", None, *device_vitals.file_vitals(act, raw, patient, message.received_at))
    if message.subject == "document":
        return Placed("filed", None, *device_papers.file_paper(act, _raw(act, message.id), patient))
    if message.subject == "registration":
        return Placed("filed", None, "patients", note_numbers(act, said.numbers, patient))
    records = tuple(one for one in carried(message.carried) if one.problem not in _ENDS)
    arriving = _arriving(act, message, records, patient) if records else (_as_message(message, patient),)
    if _changed_here(act, arriving):
        raise Refusal(N_("This cannot be filed: somebody here has changed it meanwhile."), field="patient")
    return _filed(act, message, records, arriving, patient)


def _arriving(act: Act, message: Row[Any], records: Sequence[ReceivedRecord], patient: str) -> tuple[Arrival, ...]:
    """What becomes rows that are read as from elsewhere: all but orders for tests that are done here."""
    ours = _our_tests(act, records)
    return tuple(_arrival(act.conn, message, one, patient) for one in records if one.table != "orders" or not ours)


def _our_tests(act: Act, records: Sequence[ReceivedRecord]) -> dict[str, str]:
    """The tests of this laboratory that are ordered, by the identity of each order; none if one of them is not ours."""
    orders = [one for one in records if one.table == "orders"]
    found = {one.identity: test_of(act.conn, _said(one, "code_system"), _said(one, "code"), None) for one in orders}
    return {identity: code for identity, code in found.items() if code} if all(found.values()) else {}


def _said(one: ReceivedRecord, name: str) -> str:
    return str(one.values[name] or "")


def _arrival(conn: Connection, message: Row[Any], one: ReceivedRecord, patient: str) -> Arrival:
    said, values, table = one.values, dict(one.values), str(one.table)
    told = _told(conn, message, one, patient)
    if told.moved or (told.here is not None and _is_another(conn, told.here, one)):
        # Somebody files it although its number stands for something else: it becomes a row of its own.
        told = Told(_key(message, one, f"{patient}#{message.id}"))
    if one.table == "orders":
        table = "outside_records"
        values = {name: said[name] for name in ("status", "code_system", "code", "title", "detail")}
        values |= {"kind": "ServiceRequest", "starts_at": message.received_at, "party": said["party"] or message.device}
        values |= {"starts_text": said["starts_text"] or message.received_at}
    # Where it stands already it stays, under which of two merged registrations ever.
    return _made(told.key, table, values, patient if told.here is None else told.here.patient)


def _made(key: Key, table: str, values: Mapping[str, object], patient: str) -> Arrival:
    digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
    return Arrival(key, table, values, digest, links={"patient_id": Key("Patient", UUID, patient)}, names={})


def _changed_here(act: Act, arriving: Sequence[Arrival]) -> bool:
    """Whether somebody here has changed a record that now says something else: asked before a row is written."""
    told = [(one.key, one.digest) for one in arriving]
    return "kept_here" in arrivals.would_become(act.conn, told)


def _filed(
    act: Act, message: Row[Any], records: Sequence[ReceivedRecord], arriving: Sequence[Arrival], patient: str
) -> Placed:
    made: list[tuple[str, str]] = []
    ours = _our_tests(act, records)
    if ours:
        made.append(("lab_orders", _lab_order(act, message, [one for one in records if one.identity in ours], patient)))
    arrivals.receive.inside(act, tuple(arriving))
    for one in arriving:
        record = _known(act, one.key)
        if record is None:
            raise Refusal(N_("This cannot be filed to this patient."), field="patient")
        made.append((one.table, record))
    kind, first = made[0]
    return Placed("filed", None, kind, first, count=max(1, len(records)))


def _lab_order(act: Act, message: Row[Any], asked: Sequence[ReceivedRecord], patient: str) -> str:
    """An order of others for tests that this laboratory does: it waits for its specimen like any other."""
    tests, first = _our_tests(act, asked), asked[0].values
    party, number = first["party"] or message.device, first["number"]
    note = f"Asked for by {party} through {message.device}" + (f", their number {number}" if number else "")
    wanted = {str(one.values["priority"]) for one in asked}
    priority: Priority = "stat" if "stat" in wanted else "urgent" if "urgent" in wanted else "routine"
    codes = tuple(dict.fromkeys(tests.values()))
    placed = laboratory.place_order.inside(act, patient, tests=codes, priority=priority, note=note)
    for one in asked:
        _note_key(act, _key(message, one, patient), "lab_orders", placed.id, patient)
    return str(placed.id)


def _as_message(message: Row[Any], patient: str) -> Arrival:
    kind = "ServiceRequest" if message.subject == "order" else "Communication"
    values = {
        "kind": kind, "status": "active" if kind == "ServiceRequest" else "completed",
        "title": f"{_TITLES[message.subject]} ({message.message_type}) from {message.device}",
        "starts_at": message.received_at, "starts_text": message.received_at, "party": message.device,
    }  # fmt: skip
    return _made(Key(kind, f"{SYSTEM}{message.device}", message.id), "outside_records", values, patient)


def _raw(act: Act, message_id: str) -> bytes:
    parts = device_message_parts.c
    asked = select(parts.content).where(parts.message_id == message_id).order_by(parts.number)
    return b"".join(act.conn.execute(asked).scalars())


def _key(message: Row[Any], one: ReceivedRecord, patient: str) -> Key:
    """The person is a part of the key: a sender who counts anew never changes another patient's record."""
    return Key(_KINDS[one.table], f"{SYSTEM}{message.device}", f"{one.identity}:{patient}")


def _told(conn: Connection, message: Row[Any], one: ReceivedRecord, patient: str) -> Told:
    """What stands of a record in this patient's chart, over all their registrations."""
    return standing(conn, _KINDS[one.table], f"{SYSTEM}{message.device}", one.identity, patient)


def _is_reused(conn: Connection, message: Row[Any], one: ReceivedRecord, patient: str) -> bool:
    """Whether the order number of a medicine stands here for another medicine, or for another patient."""
    if one.table != "medicines_taken":
        return False
    here = _told(conn, message, one, patient).here
    if here is not None:
        return _is_another(conn, here, one)
    number = one.identity.removesuffix(str(one.values.get("code") or one.title))
    if not number.rstrip("/") or number.startswith("message "):
        return False  # it bore no number of an order
    return bool(under(conn, _KINDS[one.table], f"{SYSTEM}{message.device}", number))


def _is_another(conn: Connection, here: Standing, one: ReceivedRecord) -> bool:
    """Whether a medicine that came under the same code is another: codes of a sender's own list are used again."""
    if here.table != "medicines_taken":
        return False
    row = conn.execute(select(medicines_taken).where(medicines_taken.c.id == here.record)).one()
    if row.code_system and not row.code_system.startswith(OWN_LISTS) and row.code_system == one.values["code_system"]:
        return False
    return bool(words_of(row.name) != words_of(str(one.values["name"])))


def _known(act: Act, key: Key) -> str | None:
    found = select(identifiers.c.record_id).where(
        identifiers.c.value == key.value, identifiers.c.system == key.system, identifiers.c.kind == key.kind
    )
    return act.conn.execute(found).scalars().first()


def _note_key(act: Act, key: Key, table: str, record: str, patient: str) -> None:
    values = {
        "record_kind": table, "record_id": record, "patient_id": patient, "use": "business", "kind": key.kind,
        "system": key.system, "value": key.value, "received_at": act.at,
    }  # fmt: skip
    act.create(identifiers, values, kind="identifier.noted")


def note_numbers(act: Act, numbers: tuple[tuple[str, str], ...], patient: str) -> str:
    """Note the numbers that others give a person, by which later messages find them; never one that is another's."""
    for system, value in numbers:
        bearers = owners(act.conn, ((system, value),))
        if bearers and kept_id(act.conn, patient) not in bearers:
            continue
        known = select(identifiers.c.id).where(
            identifiers.c.value == value, identifiers.c.system == system, identifiers.c.record_id == patient
        )
        if act.conn.execute(known).first() is None:
            _note_key(act, Key("Patient", system, value), "patients", patient, patient)
    return patient
