"""The inbox: what each person or role is told, reads, puts off and answers; what nobody answers goes up a ladder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, not_, or_, select

from clinic_desktop.clock import from_text, new_id, to_text
from clinic_desktop.domain import inbox as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.merges import kept_of
from clinic_desktop.services.patients import shown_name
from clinic_desktop.services.roles import ROLES
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.inbox import notification_states, notifications
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.unit import Transaction

IN_ACT = ("answer_about", "close_unread", "escalate", "notify")

Arguments = Mapping[str, str]
SHOWN = 200


@dataclass(frozen=True)
class Notice:
    """What is to be told: `to` is a role, or a person's id; what it is about is opened by `screen` and `arguments`."""

    category: str
    priority: str
    title: str
    to: str
    body: str = ""
    patient_id: str | None = None
    about_kind: str | None = None
    about_id: str | None = None
    screen: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    due_on: date | None = None
    must_answer: bool = False


@dataclass(frozen=True)
class Item:
    """One line of somebody's inbox."""

    id: str
    revision: int
    category: str
    priority: str
    title: str
    body: str
    patient: str
    patient_id: str | None
    sender: str
    addressed_to: str  # a role, or "" where it is for this person alone
    sent_at: datetime
    due_on: date | None
    must_answer: bool
    level: int
    read: bool
    snoozed_until: datetime | None
    done_at: datetime | None
    done_by: str
    done_note: str
    screen: str | None
    arguments: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"Item({self.id})"


@dataclass(frozen=True)
class Addressee:
    """Somebody a message can be sent to: a person by id, or a role."""

    key: str
    words: str


def notify(act: Act, notice: Notice) -> str:
    """Tell somebody inside another act; returns the notification's id."""
    return act.create(notifications, _values(notice, act.session.staff_id or None, act.at), kind="notification.sent")


def answer_about(act: Act, about_kind: str, about_id: str, note: str) -> None:
    """Close what was told about a thing, because it was dealt with where it lives."""
    rows = act.conn.execute(
        select(notifications.c.id).where(
            notifications.c.about_id == about_id,
            notifications.c.about_kind == about_kind,
            notifications.c.done_at.is_(None),
        )
    ).scalars()
    for record in list(rows):
        _close(act, record, note, None)


def close_unread(act: Act, record: str, note: str, why: str) -> None:
    """Close what nobody has to read and nobody has read, answered or put off yet; it stands among what is done."""
    touched = select(notification_states.c.id).where(notification_states.c.notification_id == record)
    waits = select(notifications.c.id).where(notifications.c.id == record, notifications.c.done_at.is_(None))
    if act.conn.execute(waits).first() is not None and act.conn.execute(touched).first() is None:
        changes = {"done_at": act.at, "done_note": note}
        act.change(notifications, record, changes, kind="notification.done", reason=why)


def escalate(store: Store) -> int:
    """Tell the next rung of whatever must be answered and was not; returns how many were told."""
    now = store.clock.now()
    told = 0
    with store.write(act=new_id(), session=None) as unit:
        waiting = unit.conn.execute(
            select(notifications).where(notifications.c.must_answer == 1, notifications.c.done_at.is_(None))
        ).all()
        tops: dict[tuple[str | None, str | None], Row[tuple[object, ...]]] = {}
        for row in waiting:
            key = (row.about_kind, row.about_id or row.id)
            if key not in tops or row.level > tops[key].level:
                tops[key] = row
        for row in tops.values():
            rung = rules.rung_due(_first_sent(unit.conn, row), row.level, now)
            if rung is not None:
                told += sum(_told(unit, row, role, to_text(now)) for role in rung.roles)
    return told


@command
def send(act: Act, notice: Notice) -> tuple[str, ...]:
    """Send a message or a task to a person or a role, as an administrator; returns the ids."""
    rules.require_message(notice.title, notice.body, notice.category, notice.priority)
    _require_addressee(act.conn, notice.to)
    if notice.category not in {"message", "task"}:
        raise Refusal(N_("A person sends messages and tasks; the rest the clinic's work sends."), field="category")
    if notice.due_on is not None and notice.due_on < act.now.astimezone().date():
        raise Refusal(N_("This day has passed."), field="due_on")
    return (notify(act, notice),)


@command
def remind_me(act: Act, title: str, body: str = "", due_on: date | None = None, patient_id: str | None = None) -> str:
    """Make a task for oneself."""
    rules.require_message(title, body, "task", "normal")
    if due_on is not None and due_on < act.now.astimezone().date():
        raise Refusal(N_("This day has passed."), field="due_on")
    return notify(act, Notice("task", "normal", title, act.session.staff_id, body, patient_id, due_on=due_on))


@command
def mark_read(act: Act, notification_id: str) -> None:
    """Note that this person has read it."""
    _mine(act, notification_id)
    _set_state(act, notification_id, {"read_at": act.at})


@command
def snooze(act: Act, notification_id: str, until: datetime) -> None:
    """Put it off: this person sees it again at that instant."""
    row = _mine(act, notification_id)
    rules.require_snooze(until, act.now, must_answer=bool(row.must_answer))
    _set_state(act, notification_id, {"snoozed_until": to_text(until), "read_at": act.at})


@command
def done(act: Act, notification_id: str, note: str = "", *, expect: int | None = None) -> int:
    """Close it for everybody it was sent to; what must be answered needs words. Returns the new revision."""
    row = _mine(act, notification_id)
    if row.done_at is not None:
        raise Refusal(N_("Somebody has dealt with this meanwhile."), record=notification_id)
    if row.must_answer and len(note.strip()) < 3:
        raise Refusal(N_("Say what was done about it."), field="note")
    revision = _close(act, notification_id, note, expect)
    if row.about_id is not None:
        # The same thing may have been told to several: one answer answers all.
        answer_about(act, row.about_kind, row.about_id, note)
    return revision


@command
def reopen(act: Act, notification_id: str, *, expect: int | None = None) -> int:
    """Take back that it was done."""
    row = _mine(act, notification_id)
    if row.done_at is None:
        return int(row.revision)
    changes = {"done_at": None, "done_by": None, "done_note": None}
    return act.change(notifications, notification_id, changes, kind="notification.reopened", expect=expect)


@query
def inbox(read: Read, show: str = "open") -> tuple[Item, ...]:
    """This person's inbox (`open`, `snoozed`, `done`): the most pressing first, then the oldest."""
    wanted = _addressed(read)
    if show == "done":
        wanted = and_(wanted, notifications.c.done_at.is_not(None))
    else:
        wanted = and_(wanted, notifications.c.done_at.is_(None))
    sender, closer = staff.alias(), staff.alias()
    mine = and_(
        notification_states.c.notification_id == notifications.c.id,
        notification_states.c.staff_id == read.session.staff_id,
    )
    rows = read.conn.execute(
        select(
            notifications, notification_states.c.read_at, notification_states.c.snoozed_until,
            sender.c.display_name.label("sender"), closer.c.display_name.label("closer"),
            patients.c.family_name, patients.c.given_names,
        )
        .select_from(
            notifications.outerjoin(notification_states, mine)
            .outerjoin(sender, sender.c.id == notifications.c.sent_by)
            .outerjoin(closer, closer.c.id == notifications.c.done_by)
            .outerjoin(patients, patients.c.id == kept_of(notifications.c.patient_id))
        )
        .where(wanted)
        .order_by(notifications.c.sent_at.desc())
        .limit(SHOWN)
    ).all()  # fmt: skip
    items = [_item(row) for row in rows]
    off = [item for item in items if item.snoozed_until is not None and item.snoozed_until > read.now]
    if show == "snoozed":
        return tuple(sorted(off, key=lambda item: item.snoozed_until or read.now))
    if show == "done":
        return tuple(sorted(items, key=lambda item: item.done_at or read.now, reverse=True))
    standing = [item for item in items if item not in off]
    return tuple(sorted(standing, key=lambda item: (-rules.PRIORITIES.index(item.priority), item.sent_at)))


@query
def unread(read: Read) -> int:
    """How many wait unread, for the count in the rail."""
    return sum(not item.read for item in inbox.inside(read))


@query
def addressees(read: Read) -> tuple[Addressee, ...]:
    """Everybody a message can be sent to: the roles, then the people who work here."""
    people = read.conn.execute(
        select(staff).where(staff.c.active == 1, not_(staff.c.username.startswith("~"))).order_by(staff.c.display_name)
    ).all()
    roles = [Addressee(role, role) for role in ROLES]
    return (*roles, *(Addressee(row.id, f"{row.display_name} ({row.role})") for row in people))


def _values(notice: Notice, sent_by: str | None, at: str) -> dict[str, object]:
    to_role = notice.to if notice.to in ROLES else None
    return {
        "category": notice.category,
        "priority": notice.priority,
        "title": notice.title.strip(),
        "body": notice.body.strip() or None,
        "patient_id": notice.patient_id,
        "about_kind": notice.about_kind,
        "about_id": notice.about_id,
        "screen": notice.screen,
        "arguments": json.dumps(dict(notice.arguments)) if notice.arguments else None,
        "to_staff": None if to_role else notice.to,
        "to_role": to_role,
        "sent_by": sent_by,
        "sent_at": at,
        "due_on": None if notice.due_on is None else notice.due_on.isoformat(),
        "must_answer": int(notice.must_answer),
    }


def _told(unit: Transaction, row: Row[tuple[object, ...]], role: str, at: str) -> int:
    copied = ("category", "title", "body", "patient_id", "about_kind", "about_id", "screen", "arguments")
    values = {name: row._mapping[name] for name in copied}
    values |= {"priority": "critical", "to_role": role, "sent_at": at, "must_answer": 1}
    values |= {"level": int(row._mapping["level"]) + 1, "escalates": row._mapping["id"]}
    unit.create(notifications, values, kind="notification.escalated")
    return 1


def _first_sent(conn: Connection, row: Row[tuple[object, ...]]) -> datetime:
    """When it was first told: the ladder is climbed from then, not from its last rung."""
    first = row
    while first._mapping["escalates"] is not None:
        first = conn.execute(select(notifications).where(notifications.c.id == first._mapping["escalates"])).one()
    return from_text(str(first._mapping["sent_at"]))


def _close(act: Act, record: str, note: str, expect: int | None) -> int:
    changes = {"done_at": act.at, "done_by": act.session.staff_id or None, "done_note": note.strip() or None}
    return act.change(notifications, record, changes, kind="notification.done", expect=expect)


def _addressed(at: Act | Read) -> ColumnElement[bool]:
    return or_(notifications.c.to_staff == at.session.staff_id, notifications.c.to_role == at.session.role)


def _mine(act: Act, notification_id: str) -> Row[tuple[object, ...]]:
    row = act.conn.execute(
        select(notifications).where(notifications.c.id == notification_id, _addressed(act))
    ).one_or_none()
    if row is None:
        raise Refusal(N_("This was not sent to you."), record=notification_id)
    return row


def _set_state(act: Act, notification_id: str, changes: Mapping[str, object]) -> None:
    known = act.conn.execute(
        select(notification_states.c.id).where(
            notification_states.c.notification_id == notification_id,
            notification_states.c.staff_id == act.session.staff_id,
        )
    ).scalar()
    if known is None:
        values = {"notification_id": notification_id, "staff_id": act.session.staff_id, **changes}
        act.create(notification_states, values, kind="notification.read")
    else:
        act.change(notification_states, known, changes, kind="notification.read")


def _require_addressee(conn: Connection, to: str) -> None:
    if to in ROLES:
        return
    if conn.execute(select(staff.c.id).where(staff.c.id == to, staff.c.active == 1)).first() is None:
        raise Refusal(N_("Choose whom to send it to."), field="to")


def _item(row: Row[tuple[object, ...]]) -> Item:
    value = row._mapping
    known = {} if value["arguments"] is None else json.loads(str(value["arguments"]))
    return Item(
        value["id"],
        value["revision"],
        value["category"],
        value["priority"],
        value["title"],
        value["body"] or "",
        shown_name(value["family_name"], value["given_names"]) if value["family_name"] is not None else "",
        value["patient_id"],
        value["sender"] or "",
        value["to_role"] or "",
        from_text(value["sent_at"]),
        None if value["due_on"] is None else date.fromisoformat(value["due_on"]),
        bool(value["must_answer"]),
        value["level"],
        value["read_at"] is not None,
        None if value["snoozed_until"] is None else from_text(value["snoozed_until"]),
        None if value["done_at"] is None else from_text(value["done_at"]),
        value["closer"] or "",
        value["done_note"] or "",
        value["screen"],
        tuple(known.items()),
    )


ESCALATION_EVERY = timedelta(minutes=1)
