"""What devices send: kept as it came, filed where identity agrees twice, and for review in everything else."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import device_alarms, device_others, inbox
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.device_desks import require_theirs, theirs
from clinic_desktop.services.device_filing import named, place, written
from clinic_desktop.services.device_records import ReceivedRecord, titles
from clinic_desktop.services.device_records import written as as_kept
from clinic_desktop.services.device_repeats import kept_before
from clinic_desktop.services.device_vitals import vitals_words
from clinic_desktop.store.attachments import PART_BYTES
from clinic_desktop.store.tables.devices import device_message_parts, device_messages, device_results

LISTED = 500


@dataclass(frozen=True)
class ReceivedResult:
    """One result as a device gave it; `control` is quality control, `problem` why it could not be read for certain.

    `identity` is the same for the same measurement sent again; `measured_at` is ISO 8601, as exact as it was told.
    """

    identity: str
    code: str
    code_system: str
    title: str
    value_kind: str
    value: str | None = None
    comparator: str | None = None
    unit: str | None = None
    value_system: str | None = None
    value_code: str | None = None
    flag: str = ""
    range_text: str = ""
    status: str = ""
    measured_at: str | None = None
    numbers: tuple[str, ...] = ()
    test_code: str | None = None
    note: str | None = None
    problem: str | None = None
    control: bool = False

    def __repr__(self) -> str:
        return "ReceivedResult()"


@dataclass(frozen=True)
class ReceivedMessage:
    """One message as it came, with what was read from it."""

    kind: str
    device: str
    message_type: str
    subject: str
    raw: bytes = field(repr=False)
    control_id: str | None = None
    peer: str | None = None
    charset: str | None = None
    said_of: Named = field(default_factory=Named)
    results: tuple[ReceivedResult, ...] = ()
    records: tuple[ReceivedRecord, ...] = ()
    received_at: str | None = None  # when it came, where that was before it could be kept in the database

    def __repr__(self) -> str:
        return f"ReceivedMessage({self.kind}, {self.message_type})"


@dataclass(frozen=True)
class Taken:
    """A message that is kept; `again` when the very same one was kept before."""

    message_id: str
    again: bool


@dataclass(frozen=True)
class Sorted:
    """How many results of a message were filed, wait for review, and are quality control."""

    filed: int
    review: int
    control: int


@dataclass(frozen=True)
class ReviewItem:
    """One thing that waits for somebody: a result, or a whole message that is none."""

    id: str
    message_id: str
    subject: str
    device: str
    message_type: str
    received_at: str
    said_of: Named
    title: str
    code: str
    value: str
    flag: str
    measured_at: str | None
    why: str

    def __repr__(self) -> str:
        return f"ReviewItem({self.id})"


@dataclass(frozen=True)
class Settled:
    """What became of something on the review list."""

    id: str
    state: str
    filed: int = 1


@command
def receive_message(act: Act, message: ReceivedMessage) -> Taken:
    """Keep a message with everything that was read from it; the very same again is kept once."""
    sha256 = hashlib.sha256(message.raw).hexdigest()
    before, long_ago = kept_before(
        act, sha256, message.kind, message.device, message.control_id, message.received_at,
        timeless=not any(one.measured_at for one in message.results),
    )  # fmt: skip
    if before is not None:
        return Taken(before, again=True)
    said = message.said_of
    message_id = act.create(
        device_messages,
        {
            "kind": message.kind, "device": message.device, "peer": message.peer, "control_id": message.control_id,
            "message_type": message.message_type, "subject": message.subject, "sha256": sha256,
            "size": len(message.raw), "charset": message.charset, "received_at": message.received_at or act.at,
            "state": "received",
            "said_of": json.dumps(
                {"numbers": said.numbers, "names": said.names, "born": said.born, "sex": said.sex}, ensure_ascii=False
            ),
            "carried": as_kept(message.records),
        },
        kind="device_message.received",
    )  # fmt: skip
    view = memoryview(message.raw)
    for number, start in enumerate(range(0, len(message.raw), PART_BYTES)):
        act.conn.exec_driver_sql(
            "INSERT INTO device_message_parts (message_id, number, content) VALUES (?, ?, ?)",
            (message_id, number, view[start : start + PART_BYTES]),
        )
    for position, one in enumerate(message.results):
        columns = _columns(one, message_id, position)
        if long_ago and not one.control:
            columns["why"] = one.problem or rules.SAME_AGAIN
        act.create(device_results, columns, kind="device_result.received")
    return Taken(message_id, again=False)


def _columns(one: ReceivedResult, message_id: str, position: int) -> dict[str, object]:
    return {
        "message_id": message_id, "position": position, "identity": one.identity, "numbers": "\n".join(one.numbers),
        "code": one.code, "code_system": one.code_system, "title": one.title, "test_code": one.test_code,
        "value_kind": one.value_kind, "value": one.value, "comparator": one.comparator, "unit": one.unit,
        "value_system": one.value_system, "value_code": one.value_code, "flag": one.flag or None,
        "range_text": one.range_text or None, "status": one.status, "measured_at": one.measured_at, "note": one.note,
        "state": "control" if one.control else "received", "why": one.problem,
    }  # fmt: skip


@command
def file_message(act: Act, message_id: str) -> Sorted:
    """File what is certain of a message that was kept, and put the rest on the review list."""
    message = _message(act.conn, message_id)
    if message.state != "received":
        return _sorted(act.conn, message_id)
    if message.subject != "result":
        placed = device_others.place(act, message, named(message.said_of))
        by_itself = placed.state == "filed"
        changes: dict[str, object] = {"state": placed.state, "why": placed.why, "filed_kind": placed.filed_kind}
        changes |= {"filed_id": placed.filed_id, "decided_at": act.at if by_itself else None}
        kind = "device_message.filed" if by_itself else "device_message.to_review"
        act.change(device_messages, message_id, changes, kind=kind)
        return Sorted(placed.count, 0, 0) if by_itself else Sorted(0, 1, 0)
    for row in _results(act.conn, message_id):
        if row.state == "received":
            placed = place(act, message, row)
            _settle(act, row.id, placed.state, placed.why, placed.filed_kind, placed.filed_id)
    act.change(device_messages, message_id, {"state": "done"}, kind="device_message.done")
    device_alarms.tell_laboratory(
        act, message_id, [row for row in _results(act.conn, message_id) if row.state == "review"]
    )
    return _sorted(act.conn, message_id)


@command
def set_aside(act: Act, message_id: str, why: str) -> Sorted:
    """Put all of a message on the review list because filing it failed: nothing of it is lost or half filed."""
    message = _message(act.conn, message_id)
    if message.state == "received":
        for row in _results(act.conn, message_id):
            if row.state == "received":
                _settle(act, row.id, "review", row.why or why, None, None)
        state = "done" if message.subject == "result" else "review"
        act.change(device_messages, message_id, {"state": state, "why": why}, kind="device_message.set_aside")
    return _sorted(act.conn, message_id)


@query
def unfiled_messages(read: Read) -> tuple[str, ...]:
    """The messages that were kept and not yet filed, oldest first: a process that was killed left them so."""
    waiting = select(device_messages.c.id).where(device_messages.c.state == "received")
    return tuple(read.conn.execute(waiting.order_by(device_messages.c.rowid_)).scalars())


@query
def review_list(read: Read, limit: int = LISTED) -> tuple[ReviewItem, ...]:
    """Everything that devices sent and somebody has to decide, oldest first."""
    rows = read.conn.execute(
        select(device_results, *_OF_MESSAGE)
        .join(device_messages, device_messages.c.id == device_results.c.message_id)
        .where(device_results.c.state == "review", theirs(read.session))
        .order_by(device_messages.c.rowid_, device_results.c.position)
        .limit(limit)
    ).all()
    found = [
        ReviewItem(
            row.id, row.message_id, row.subject, row.device, row.message_type, row.received_at, named(row.said_of),
            row.title, row.code, written(row) if row.value else "", row.flag or "", row.measured_at, row.why or "",
        )
        for row in rows
    ]  # fmt: skip
    whole = select(device_messages).where(device_messages.c.state == "review", theirs(read.session))
    found += [
        ReviewItem(
            row.id, row.id, row.subject, row.device, row.message_type, row.received_at, named(row.said_of),
            _title(read.conn, row), "", "", "", None, row.why or N_("a person decides about this kind of message"),
        )
        for row in read.conn.execute(whole.order_by(device_messages.c.rowid_).limit(limit))
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.received_at, one.message_id))[:limit])


@query
def raw_message(read: Read, message_id: str) -> bytes:
    """A message byte for byte as it came, to stand beside what was read from it."""
    require_theirs(read.session, _message(read.conn, message_id).subject)
    return _raw(read.conn, message_id)


@query
def device_counts(read: Read) -> dict[str, int]:
    """How many results of devices stand in each state."""
    asked = select(device_results.c.state, func.count()).group_by(device_results.c.state)
    return {str(state): int(count) for state, count in read.conn.execute(asked)}


@command
def file_item(act: Act, item_id: str, patient_id: str, reason: str = "") -> Settled:
    """File something of the list to the patient whom somebody named, with why where a doubt stands. Raises Refusal."""
    row, message = _item(act, item_id)
    if row is not None:
        _file_result(act, row, patient_id, reason)
        return Settled(item_id, "filed")
    waiting = [each for each in _results(act.conn, item_id) if each.state == "review"]
    if waiting:
        for each in waiting:
            _file_result(act, each, patient_id, reason)
        return Settled(item_id, "filed", len(waiting))
    if message.state != "review":
        raise Refusal(N_("This was decided meanwhile."))
    placed = device_others.file(act, message, named(message.said_of), patient_id)
    decided: dict[str, object] = {"state": "filed", "decided_at": act.at, "decided_by": act.session.staff_id}
    decided |= {"filed_kind": placed.filed_kind, "filed_id": placed.filed_id}
    act.change(device_messages, item_id, decided, kind="device_message.filed", expect=message.revision,
               reason=reason.strip() or None)  # fmt: skip
    return Settled(item_id, "filed", placed.count)


@command
def reject_item(act: Act, item_id: str, why: str) -> Settled:
    """Set something of the review list aside for a reason; it stays kept, with the message beside it."""
    if not why.strip():
        raise Refusal(N_("Say why."), field="why")
    decided = {"decided_at": act.at, "decided_by": act.session.staff_id, "why": why.strip()}
    row, message = _item(act, item_id)
    if row is not None:
        _require_waiting(row.state)
        act.change(device_results, item_id, {"state": "rejected", **decided}, kind="device_result.rejected",
                   reason=why.strip(), expect=row.revision)  # fmt: skip
        _answered(act, row.message_id)
        return Settled(item_id, "rejected")
    waiting = [each for each in _results(act.conn, item_id) if each.state == "review"]
    for each in waiting:
        act.change(device_results, each.id, {"state": "rejected", **decided}, kind="device_result.rejected",
                   reason=why.strip())  # fmt: skip
    if waiting:
        _answered(act, item_id)
    else:
        _require_waiting(message.state)
        act.change(device_messages, item_id, {"state": "rejected", **decided}, kind="device_message.rejected",
                   reason=why.strip(), expect=message.revision)  # fmt: skip
    return Settled(item_id, "rejected", len(waiting) or 1)


def _item(act: Act, item_id: str) -> tuple[Row[Any] | None, Row[Any]]:
    """A result of the list with its message, or a message alone. Raises Refusal where another role decides about it."""
    row = act.conn.execute(select(device_results).where(device_results.c.id == item_id)).one_or_none()
    message = _message(act.conn, item_id if row is None else row.message_id)
    require_theirs(act.session, message.subject)
    return row, message


def _raw(conn: Connection, message_id: str) -> bytes:
    parts = device_message_parts.c
    asked = select(parts.content).where(parts.message_id == message_id).order_by(parts.number)
    return b"".join(conn.execute(asked).scalars())


def _title(conn: Connection, message: Row[Any]) -> str:
    """What a message that waits is recognised by: what it carries, of vital signs what was measured."""
    return vitals_words(_raw(conn, message.id)) if message.subject == "vitals" else titles(message.carried)


def _file_result(act: Act, row: Row[Any], patient_id: str, reason: str) -> None:
    _require_waiting(row.state)
    placed = place(act, _message(act.conn, row.message_id), row, patient_id)
    if placed.state != "filed":
        raise Refusal(N_("This result cannot be filed: {why}."), field="patient", why=placed.why or "")
    _settle(act, row.id, "filed", row.why, placed.filed_kind, placed.filed_id, by=act.session.staff_id,
            reason=reason.strip() or None)  # fmt: skip
    _answered(act, row.message_id)


def _answered(act: Act, message_id: str) -> None:
    """Nothing of a message waits any more: what the laboratory was told of it is done."""
    if not any(row.state == "review" for row in _results(act.conn, message_id)):
        inbox.answer_about(act, "device_message", message_id, N_("decided on the review list"))


def _require_waiting(state: str) -> None:
    if state != "review":
        raise Refusal(N_("This was decided meanwhile."))


def _settle(
    act: Act, result_id: str, state: str, why: str | None, kind: str | None, record: str | None, by: str | None = None,
    reason: str | None = None,
) -> None:  # fmt: skip
    changes = {"state": state, "why": why, "filed_kind": kind, "filed_id": record}
    changes |= {"decided_at": act.at if state == "filed" else None, "decided_by": by}
    act.change(device_results, result_id, changes, kind=f"device_result.{state}", reason=reason)


def _message(conn: Connection, message_id: str) -> Row[Any]:
    found = conn.execute(select(device_messages).where(device_messages.c.id == message_id)).one_or_none()
    if found is None:
        raise Refusal(N_("There is nothing with the id “{id}” on the review list."), field="id", id=message_id)
    return found


def _results(conn: Connection, message_id: str) -> list[Row[Any]]:
    asked = select(device_results).where(device_results.c.message_id == message_id)
    return list(conn.execute(asked.order_by(device_results.c.position)).all())


def _sorted(conn: Connection, message_id: str) -> Sorted:
    states = Counter(row.state for row in _results(conn, message_id))
    return Sorted(states["filed"], states["review"], states["control"])


_OF_MESSAGE = (
    device_messages.c.subject, device_messages.c.device, device_messages.c.message_type,
    device_messages.c.received_at, device_messages.c.said_of,
)  # fmt: skip
