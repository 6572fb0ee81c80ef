"""How a service is called: permission first, then one transaction, then a frozen answer.

`command` makes one function one act and one transaction; `query` makes it a consistent read. Both look the function up
in the table of permissions, by its module and name, before a single row is read, and in the table of consents
(`consent_gate.COVERED`) before anything of the patient is.
"""

import contextlib
import dataclasses
import functools
import inspect
import json
import logging
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Table, select

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain import numbers
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consent_gate, permissions
from clinic_desktop.services.act_contents import digest, plain, replay
from clinic_desktop.services.consent_gate import Asked, Passage
from clinic_desktop.services.merges import ids_of, kept_id
from clinic_desktop.services.sessions import AccountChanged, Session
from clinic_desktop.store import drafts
from clinic_desktop.store.drafts import DraftKey
from clinic_desktop.store.engine import MustWaitError, Store
from clinic_desktop.store.unit import Transaction

log = logging.getLogger(__name__)

P = ParamSpec("P")
AccessKind = Literal["chart", "report", "bill", "banner"]
R = TypeVar("R")

__all__ = ["Act", "Desk", "DraftKey", "MustWaitError", "Read", "allow", "command", "query"]


@dataclass(frozen=True)
class Desk:
    """Who is acting and where: the first argument of every service."""

    store: Store
    session: Session
    act_id: str | None = None
    draft: DraftKey | None = None
    also: Callable[[Connection], None] | None = None

    def __repr__(self) -> str:
        return f"Desk({self.session!r})"

    @property
    def now(self) -> datetime:
        """The instant by the clinic's clock."""
        return self.store.clock.now()

    def once(
        self,
        act_id: str | None = None,
        *,
        draft: DraftKey | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> "Desk":
        """Give the next act an id of its own: done twice with it, it happens once and answers the same.

        `draft` is thrown away in the same transaction; `also` runs in it, and the act stands or falls with it.
        """
        return dataclasses.replace(self, act_id=act_id or new_id(), draft=draft, also=also)

    def may(self, act: str) -> bool:
        """Whether this role may do an act (``"patients.register_patient"``), for what the window offers."""
        return self.session.role in permissions.ACTS.get(act, frozenset())


class Read:
    """What a query is handed: one consistent state of the database."""

    def __init__(self, connection: Connection, session: Session, now: datetime, steady: float = 0.0) -> None:
        self.conn = connection
        self.session = session
        self.now = now
        self.steady = steady


class Act:
    """What a command is handed: one transaction, the person, the instant."""

    def __init__(self, unit: Transaction, session: Session, workstation: str, steady: float = 0.0) -> None:
        self._unit = unit
        self.conn = unit.conn
        self.session = session
        self.now = unit.now
        self.at = to_text(unit.now)
        self.id = unit.act
        self.steady = steady
        self.passage: Passage | None = None  # by which consent, or under which broken glass
        self._workstation = workstation
        self._people: dict[str, tuple[str, ...]] = {}

    def create(
        self,
        table: Table,
        values: Mapping[str, object],
        *,
        kind: str,
        patient: str | None = None,
        reason: str | None = None,
    ) -> str:
        """Insert a record and journal it; returns its id.

        What is noted of somebody whose registrations were merged stands under the one that is kept, but what belongs
        to a visit, an order or a prescription stands where that does, so that un-merging never parts the two.
        """
        return self._unit.create(table, self._placed(table, values), kind=kind, patient=patient, reason=reason)

    def _placed(self, table: Table, values: Mapping[str, object]) -> Mapping[str, object]:
        patient = values.get("patient_id")
        if not isinstance(patient, str):
            return values
        if patient not in self._people:
            self._people[patient] = ids_of(self.conn, patient)
        people = self._people[patient]
        if len(people) == 1:
            return values
        for column, whole in _wholes(table):
            if (record := values.get(column)) is None:
                continue
            owner = self.conn.execute(select(whole.c.patient_id).where(whole.c.id == record)).scalar()
            if owner in people:
                return {**values, "patient_id": owner}
        return {**values, "patient_id": people[0]}

    def change(
        self,
        table: Table,
        record: str,
        changes: Mapping[str, object],
        *,
        kind: str,
        reason: str | None = None,
        expect: int | None = None,
        touched: bool = False,
        alone: bool = False,
    ) -> int:
        """Change a record and journal the patch; returns its new revision; refuses if `expect` is not its revision.

        Of a registration that was merged, the one that is kept is changed in its place, unless it is meant `alone`.
        """
        if table.name == "patients" and not alone:
            record = kept_id(self.conn, record)
        return self._unit.change(table, record, changes, kind=kind, reason=reason, expect=expect, touched=touched)

    def accessed(self, kind: str, *, patient: str | None = None, subject: str | None = None) -> None:
        """Add a row to the access log in this transaction."""
        self._unit.accessed(kind, patient=patient, subject=subject)

    def number(self, kind: str) -> str:
        """Take the next number that people read, such as ``RX-A7-000123-4``: never given out twice."""
        (last,) = self._unit.run(
            "INSERT INTO numbers (kind, last) VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET last = last + 1"
            " RETURNING last",
            (kind,),
        ).fetchone()
        return numbers.compose(kind, self._workstation, int(last))


@functools.cache
def _wholes(table: Table) -> tuple[tuple[str, Table], ...]:
    """The columns of a table that name the visit, order or other record its rows are a part of, and its table."""
    return tuple(
        (column.name, key.column.table)
        for column in table.columns
        for key in column.foreign_keys
        if "patient_id" in key.column.table.columns
    )


class Command(Protocol[P, R]):
    """An act as it is called from a desk; `inside` does it within another act, which has asked for permission."""

    inside: Callable[Concatenate[Act, P], R]

    def __call__(self, desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R: ...


class Query(Protocol[P, R]):
    """A read as it is called from a desk; `inside` reads within an act or another read, which has asked for all."""

    inside: Callable[Concatenate[Read, P], R]

    def __call__(self, desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R: ...


def command(function: Callable[Concatenate[Act, P], R]) -> Command[P, R]:
    """Make a function an act: permission, one transaction, its draft gone, its answer kept under the act's id."""
    name = _name(function)
    covered = consent_gate.is_covered(name)

    @functools.wraps(function)
    def call(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
        _allow(desk, name)
        act_id = desk.act_id or new_id()
        with _noting_refusals(desk, name), desk.store.write(act=act_id, session=desk.session.id) as unit:
            act = Act(unit, desk.session, desk.store.workstation, desk.store.clock.steady())
            _still_works_here(unit.conn, desk.session)
            told = None if desk.act_id is None else digest(args, kwargs)
            done = unit.run("SELECT name, session, arguments, result FROM acts WHERE id = ?", (act_id,)).fetchone()
            if done is not None:
                if tuple(done[:3]) != (name, desk.session.id, told):
                    raise Refusal(N_("This was done before with other contents. Look at what stands there first."))
                return replay(function, done[3])
            if covered:
                act.passage = _pass(unit.conn, desk, function, name, args, kwargs)
                if act.passage is not None and act.passage.break_glass_id is not None:
                    _note_opening(unit, name, act.passage)
            result = function(act, *args, **kwargs)
            if desk.draft is not None:
                drafts.drop(unit, desk.session.staff_id, desk.draft)
            unit.run(
                "INSERT INTO acts (id, name, session, arguments, result) VALUES (?, ?, ?, ?, ?)",
                (act_id, name, desk.session.id, told, json.dumps(result, default=plain, ensure_ascii=False)),
            )
            if desk.also is not None:
                desk.also(act.conn)
        return result

    call.__dict__["act"] = name
    call.__dict__["inside"] = function
    # The wrapper takes a Desk where the function takes an Act: `wraps` would show the wrong first argument.
    return typing.cast("Command[P, R]", call)


@typing.overload
def query(function: Callable[Concatenate[Read, P], R], /) -> Query[P, R]: ...
@typing.overload
def query(
    *, access: AccessKind, once: bool = False, of: Callable[[Any], Iterable[str]] | None = None
) -> Callable[[Callable[Concatenate[Read, P], R]], Query[P, R]]: ...
def query(
    function: Callable[Concatenate[Read, P], R] | None = None,
    /,
    *,
    access: AccessKind | None = None,
    once: bool = False,
    of: Callable[[Any], Iterable[str]] | None = None,
) -> object:
    """Make a function a read; with `access`, who opened what is committed before the first value is handed out.

    A query with `access` takes the patient's id as its first argument, or says with `of` whom its answer is about.
    With `once` the row is written the first time in a session only: for what a screen asks again and again.
    """
    if function is None:
        return lambda inner: _query(inner, access, once=once, of=of)
    return _query(function, None)


def _query(
    function: Callable[Concatenate[Read, P], R],
    access: AccessKind | None,
    *,
    once: bool = False,
    of: Callable[[R], Iterable[str]] | None = None,
) -> Query[P, R]:
    name = _name(function)
    covered = consent_gate.is_covered(name)

    @functools.wraps(function)
    def call(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
        _allow(desk, name)
        about = args[0] if args else next(iter(kwargs.values()), "")
        with _noting_refusals(desk, name):
            passed = _ask(desk, function, name, args, kwargs) if covered else None
            glass = _glass(passed)
            if access is not None and of is None:
                # Under a broken glass every opening is noted, however often.
                _note_access(desk, access, name, {str(about)}, about if once and glass is None else None, glass)
            elif passed is not None and glass is not None:
                _note_access(desk, "chart", name, {passed.patient_id}, None, glass)
            with desk.store.read() as connection:
                _still_works_here(connection, desk.session)
                read = Read(connection, desk.session, desk.now, desk.store.clock.steady())
                answer = function(read, *args, **kwargs)
        if access is not None and of is not None:
            _note_access(desk, access, name, set(of(answer)), about if once else None)
        return answer

    call.__dict__["act"] = name
    call.__dict__["inside"] = function
    call.__dict__["access"] = access
    return typing.cast("Query[P, R]", call)


def _pass(
    connection: Connection,
    desk: Desk,
    function: Callable[..., object],
    name: str,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
) -> Passage | None:
    """Ask the consents before anything of the patient is read. Raises ConsentRefusal."""
    arguments = inspect.signature(function).bind(None, *args, **kwargs).arguments
    asked = Asked(desk.session, desk.now, desk.store.clock.steady())
    return consent_gate.pass_gate(connection, asked, name, arguments)


def _ask(
    desk: Desk, function: Callable[..., object], name: str, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> Passage | None:
    with desk.store.read() as connection:
        _still_works_here(connection, desk.session)
        return _pass(connection, desk, function, name, args, kwargs)


def _glass(passed: Passage | None) -> str | None:
    return f"break_glass {passed.break_glass_id}" if passed is not None and passed.break_glass_id is not None else None


def _note_opening(unit: Transaction, name: str, passed: Passage) -> None:
    unit.accessed("chart", patient=passed.patient_id, subject=name, detail=_glass(passed))


@contextlib.contextmanager
def _noting_refusals(desk: Desk, name: str) -> Iterator[None]:
    """Note in the access log that somebody was refused for want of a consent; what they tried is rolled back."""
    try:
        yield
    except ConsentRefusal as refused:
        log.warning("no consent for %s: %s by session %s", refused.scope, name, desk.session.id)
        with desk.store.write(act=new_id(), session=desk.session.id) as unit:
            unit.accessed("refused", patient=refused.patient, subject=name, detail=refused.scope)
        raise


def _note_access(
    desk: Desk, kind: AccessKind, name: str, patients: set[str], once: object, detail: str | None = None
) -> None:
    """Commit who is seen; `once` is what was asked for, where asking for it again is the same opening."""
    seen = {(name, patient, once if isinstance(once, str) else ""): patient for patient in sorted(patients)}
    if once is not None:
        seen = {key: patient for key, patient in seen.items() if key not in desk.session.seen}
    if not seen:
        return
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        _still_works_here(unit.conn, desk.session)
        for patient in seen.values():
            unit.accessed(kind, patient=patient, subject=name, detail=detail)
    desk.session.seen.update(seen)


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def _allow(desk: Desk, name: str) -> None:
    desk.session.require_open(desk.now)
    try:
        permissions.require(desk.session.role, name)
    except Refusal:
        log.warning("refused %s to session %s (%s)", name, desk.session.id, desk.session.role)
        raise


def allow(desk: Desk, name: str) -> None:
    """Ask what every act is asked first, for one that is none (it reads files, or writes no journal)."""
    _allow(desk, name)
    with desk.store.read() as connection:
        _still_works_here(connection, desk.session)


def _still_works_here(connection: Connection, session: Session) -> None:
    """Refuse somebody who was disabled or given another role while signed in, in this window or in another."""
    # Past SQLAlchemy: it is asked before every service, and the statement costs ten times the row.
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    row = driver.execute("SELECT role, active FROM staff WHERE id = ?", (session.staff_id,)).fetchone()
    if row is None or not row[1] or row[0] != session.role:
        session.end()
        raise AccountChanged(N_("Your account was changed by an administrator. Sign in again; nothing was lost."))
