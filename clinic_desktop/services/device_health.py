"""How the devices of the clinic do: who sent what and when, and what became of it. Nothing of a patient."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from clinic_desktop.clock import from_text
from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.devices import device_messages, device_results

LISTED = 100


@dataclass(frozen=True)
class Sender:
    """One device or system that sent something: how much, when last, and how much of it waits or was set aside."""

    kind: str
    device: str
    messages: int
    last_at: datetime
    waiting: int
    rejected: int


@dataclass(frozen=True)
class Sent:
    """One message, and what became of its results; `why` is why it could not be filed."""

    id: str
    received_at: datetime
    message_type: str
    subject: str
    size: int
    state: str
    filed: int
    waiting: int
    rejected: int
    control: int
    why: str


@query
def senders(read: Read) -> tuple[Sender, ...]:
    """Everybody who ever sent something, who was heard last first."""
    columns = device_messages.c
    rows = read.conn.execute(
        select(columns.kind, columns.device, func.count().label("n"), func.max(columns.received_at).label("last"))
        .group_by(columns.kind, columns.device)
        .order_by(func.max(columns.received_at).desc())
        .limit(LISTED)
    ).all()
    states: dict[tuple[str, str, str], int] = {}
    whole = select(columns.kind, columns.device, columns.state, func.count()).where(
        columns.state.in_(("review", "rejected"))
    )
    parts = (
        select(columns.kind, columns.device, device_results.c.state, func.count())
        .join_from(device_results, device_messages, columns.id == device_results.c.message_id)
        .where(device_results.c.state.in_(("review", "rejected")))
    )
    for asked, state in ((whole, columns.state), (parts, device_results.c.state)):
        for kind, device, said, count in read.conn.execute(asked.group_by(columns.kind, columns.device, state)):
            states[kind, device, said] = states.get((kind, device, said), 0) + int(count)
    return tuple(
        Sender(
            row.kind, row.device, int(row.n), from_text(row.last),
            states.get((row.kind, row.device, "review"), 0), states.get((row.kind, row.device, "rejected"), 0),
        )
        for row in rows
    )  # fmt: skip


@query
def sent_by(read: Read, kind: str, device: str, limit: int = LISTED) -> tuple[Sent, ...]:
    """The last messages of one device, newest first."""
    columns = device_messages.c
    rows = read.conn.execute(
        select(device_messages)
        .where(columns.kind == kind, columns.device == device)
        .order_by(columns.rowid_.desc())
        .limit(limit)
    ).all()
    counted: dict[tuple[str, str], int] = {}
    states = (
        select(device_results.c.message_id, device_results.c.state, func.count())
        .where(device_results.c.message_id.in_([row.id for row in rows]))
        .group_by(device_results.c.message_id, device_results.c.state)
    )
    for message, state, count in read.conn.execute(states):
        counted[message, state] = int(count)
    return tuple(
        Sent(
            row.id, from_text(row.received_at), row.message_type, row.subject, row.size, row.state,
            counted.get((row.id, "filed"), 0), counted.get((row.id, "review"), 0), counted.get((row.id, "rejected"), 0),
            counted.get((row.id, "control"), 0), row.why or "",
        )
        for row in rows
    )  # fmt: skip
