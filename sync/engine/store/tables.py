"""The rows that sync keeps in the clinic's database, one class for each table; the tables are made from the classes."""

import types
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()
R = TypeVar("R")
Json = dict[str, Any]
_SQL = {str: Text, int: Integer, float: Float, bytes: LargeBinary, dict: Text}
TABLES: dict[type, Table] = {}
JSON_COLUMNS: dict[type, tuple[str, ...]] = {}


def kept(name: str, key: int, *indexes: tuple[str, ...], wide: bool = False) -> Callable[[type[R]], type[R]]:
    """Keep a class of rows in a table; its first `key` fields are the key. Narrow rows stand in the key itself."""

    def make(row: type[R]) -> type[R]:
        hints = get_type_hints(row)
        parts: list[Any] = []
        json: list[str] = []
        for place, one in enumerate(fields(row)):  # type: ignore[arg-type]  # only dataclasses are kept
            kind, null = _plain(hints[one.name])
            if kind is dict:
                json.append(one.name)
            parts.append(Column(one.name, _SQL[kind], primary_key=place < key, nullable=null and place >= key))
        parts += [Index(f"ix_sync_{name}_{'_'.join(names)}", *names) for names in indexes]
        TABLES[row] = Table(f"sync_{name}", metadata, *parts, sqlite_with_rowid=wide or key == 1)
        JSON_COLUMNS[row] = tuple(json)
        return row

    return make


def _plain(hint: Any) -> tuple[type, bool]:
    """The type of a column, and whether it may be empty."""
    if get_origin(hint) in {Union, types.UnionType}:
        inside = [one for one in get_args(hint) if one is not type(None)]
        return _plain(inside[0])[0], True
    return (dict if get_origin(hint) is dict else hint), False


@kept("link", 3, ("system", "kind", "local_id"))
@dataclass
class Link:
    """A record there and the record here that it is, may be, or is not.

    `status`: confirmed; candidate (a person is asked); rejected (they are kept apart); gone (not there any more);
    duplicate (a second one of ours); waiting (its patient is not known yet). A person has ended it: replaced (made
    there again), never (not told of it again), left (none of ours), surplus (a person has it taken away there).
    """

    system: str
    kind: str
    remote_id: str
    local_id: str = ""
    part: int = 0
    status: str = "confirmed"
    score: float = 0.0
    who: str = ""
    at: float = 0.0


@kept("shadow", 3, ("system", "parent"), ("system", "kind", "read_at"), wide=True)
@dataclass
class Shadow:
    """What was last seen of a record there, and what both sides said when they last agreed.

    A field has changed here where the projection differs from `mine`, there where what is seen differs from `theirs`:
    the two differ from one another where a system writes the same in another form. `told` is what was sent and has
    not been read back.
    """

    system: str
    kind: str
    remote_id: str
    body: Json = field(default_factory=dict)
    mine: Json = field(default_factory=dict)
    theirs: Json = field(default_factory=dict)
    told: Json = field(default_factory=dict)
    list_hash: str = ""
    whole_hash: str = ""
    parent: str = ""
    read_at: float = 0.0  # when it was last read whole
    seen_at: float = 0.0
    sweep: int = 0  # the last complete look that showed it
    strikes: int = 0
    struck_at: float = 0.0
    tries: int = 0
    hidden: int = 0
    mapper: int = 1
    revision: int = 0  # of the record here when it was last brought to what came from there
    raw: Json = field(default_factory=dict)


@kept("work", 3, ("system", "state", "due_at"), ("system", "waits_for"), ("kind", "local_id"), ("system", "patient"))
@dataclass
class Work:
    """What one system has to be told of one record here, and how far that is.

    `state`: waiting, blocked (by `waits_for`), unknown (no answer came), sent, confirmed, differs, person (a decision
    is needed), cannot (a person must tell them), refused, closed (by a person), idle (nothing to tell).
    """

    system: str
    kind: str
    local_id: str
    patient: str = ""
    seq: int = 0
    told: int = 0
    state: str = "waiting"
    why: str = ""
    urgency: int = 3
    deadline: float | None = None
    since: float = 0.0
    due_at: float = 0.0
    tries: int = 0
    waits_for: str = ""
    unlocks: int = 0
    act: str = ""
    who: str = ""
    asked: str = ""  # a question that a person has answered with "send it"
    searched: float = 0.0  # when it was looked for there before it was created
    left_out: str | None = None  # what of it they have no place for, in words


@kept(
    "intent",
    1,
    ("system", "state", "probe_at"),
    ("system", "kind", "local_id"),
    ("system", "patient"),
    ("system", "marker"),
)
@dataclass
class Intent:
    """One request that changes something there, committed before its first byte.

    `state`: ready, inflight, unknown, acked, rejected, duplicate, person, superseded, dropped.
    """

    id: str
    system: str
    kind: str
    local_id: str
    op: str
    act: str = ""
    part: int = 0
    patient: str = ""
    parent: str = ""
    remote_id: str = ""
    body: Json = field(default_factory=dict)
    changed: Json = field(default_factory=dict)
    before: Json = field(default_factory=dict)  # what was seen there just before
    marker: str = ""
    request_hash: str = ""
    state: str = "ready"
    seq: int = 0
    attempts: int = 0
    sent_at: float = 0.0
    probe_at: float = 0.0
    empty: int = 0
    last_empty: float = 0.0
    failed: int = 0
    said: str = ""
    may_resend: int = 0  # looking showed that it is not there, or a person said so


@kept("sweep", 1, ("system", "state"))
@dataclass
class Sweep:
    """One look through a list: `state` is running, complete, or suspect (too much would be gone)."""

    id: int
    system: str
    kind: str
    scope: str  # all, warm, hot
    state: str = "running"
    passes: int = 1
    first_pass: int = 1  # of the parent that is being looked through
    parent: str = ""
    cursor: str = ""
    since: str = ""
    until: str = ""
    pages: int = 0
    first_total: int | None = None
    last_total: int | None = None
    found: int = 0
    changed: int = 0
    failed: int = 0
    begun_at: float = 0.0
    ended_at: float = 0.0


@kept("sighting", 3)
@dataclass
class Sighting:
    """An id that a pass of a look through a list has shown."""

    sweep: int
    passes: int
    remote_id: str


@kept("look", 3, ("system", "due_at"), ("system", "why", "due_at"))
@dataclass
class Look:
    """One record there to be read: a hint, a change in a list, the proof of what was sent. Never more than a reason."""

    system: str
    kind: str
    remote_id: str
    parent: str = ""
    why: str = ""
    due_at: float = 0.0
    tries: int = 0
    last_at: float = 0.0


@kept("conflict", 1, ("system", "kind", "local_id"), ("state",))
@dataclass
class Conflict:
    """What a person has to decide, or should know.

    `sort`: field, duplicate, identity, restored, gone, overwrite, surplus, suspect, found, unread,
    misfiled (it came from somebody else).
    `state`: open, decided (and not yet carried out), closed.
    """

    id: str
    system: str
    kind: str
    local_id: str
    sort: str
    member: str = ""
    remote_id: str = ""
    sides: Json = field(default_factory=dict)
    state: str = "open"
    keep: str = ""
    who: str = ""
    why: str = ""
    clinical: int = 1
    at: float = 0.0
    decided_at: float = 0.0


@kept("quarantine", 3, wide=True)
@dataclass
class Quarantine:
    """What came and could not be understood; the rest went on."""

    system: str
    kind: str
    remote_id: str
    why: str = ""
    raw: Json = field(default_factory=dict)
    at: float = 0.0


@kept("budget", 3)
@dataclass
class Place:
    """A place taken in a documented limit, or (`hold`) until when a system asked for silence."""

    system: str
    bucket: str
    n: int
    at: float = 0.0
    hold: float = 0.0


@kept("state", 2)
@dataclass
class Kept:
    """A small fact by name: cursors, capabilities, the clock, the epoch."""

    system: str
    name: str
    value: str = ""


@kept("audit", 2, wide=True)
@dataclass
class Audited:
    """One request or decision; each holds the hash of the one before it. No value of a record stands here."""

    system: str
    n: int
    at: float
    what: str
    kind: str = ""
    record: str = ""
    detail: Json = field(default_factory=dict)
    hash: bytes = b""
