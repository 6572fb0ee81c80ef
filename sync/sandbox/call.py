"""One request on its way through a system: what an endpoint's function is handed."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sync.sandbox.house import House
from sync.sandbox.log import Effect, Stray
from sync.sandbox.routing import Route
from sync.sandbox.sessions import Session
from sync.sandbox.shapes import Shape, merged
from sync.sandbox.wire import Problem, Record, Request
from sync.sandbox.world import civil, instant, moment

NUMBER = re.compile(r"-?[0-9]{1,15}")


class Call:
    """A request, who made it, and the ways to read and write the system's rows for it."""

    __slots__ = ("now", "params", "request", "route", "session", "system")

    def __init__(
        self,
        system: House,
        request: Request,
        route: Route,
        params: dict[str, str],
        session: Session | None,
        now: float,
    ) -> None:
        self.system = system
        self.request = request
        self.route = route
        self.params = params
        self.session = session
        self.now = now

    @property
    def stamp(self) -> str:
        """This instant as the documents write it."""
        return instant(self.now)

    def rows(self, table: str) -> list[Record]:
        """Every record of a table."""
        return list(self.system.tables[table].rows.values())

    def get(self, table: str, ident: object) -> Record | None:
        """The record, if it is there."""
        return self.system.tables[table].rows.get(ident) if isinstance(ident, str) else None

    def found(self, table: str, ident: str, said: str = "") -> Record:
        """The record, or 404."""
        record = self.system.tables[table].rows.get(ident)
        if record is None or record.get("_gone"):
            self._stray(table, ident)
            raise Problem(404, "Resource not found", resource_type=said or table, resource_id=ident)
        return record

    def body(self) -> Record:
        """The body as a JSON object, or 400."""
        try:
            read = json.loads(self.request.body or b"null")
        except (ValueError, RecursionError):
            raise Problem(400, "Request body is not valid JSON") from None
        if not isinstance(read, dict):
            raise Problem(400, "Request body must be a JSON object")
        return read

    def checked(self, shape: Shape, *, whole: bool = True, body: Record | None = None) -> Record:
        """The fields of the body that the system keeps, or a refusal that names each fault."""
        read = self.body() if body is None else body
        faults = shape.faults(read, self.knows, civil(self.now), whole=whole)
        if faults:
            form = any(of_form for _field, _said, of_form in faults)
            raise Problem(
                self.system.malformed if form else self.system.senseless,
                "Invalid request parameters" if form else "Request validation failed",
                fields=tuple((field, said) for field, said, _form in faults),
            )
        return shape.taken(read)

    def knows(self, table: str, ident: str) -> bool:
        """Whether an id stands in a table."""
        record = self.system.tables[table].rows.get(ident)
        there = record is not None and not record.get("_gone")
        if not there:
            self._stray(table, ident)
        return there

    def keep(self, table: str, ident: str, record: Record, act: str = "") -> Record:
        """Write a record and what did it."""
        rows = self.system.tables[table]
        before = rows.rows.get(ident)
        rows.put(ident, record)
        self._note(act or ("create" if before is None else "update"), table, ident, before, record)
        return record

    def new(self, table: str, record: Record, prefix: str = "") -> Record:
        """Write a new record: its id goes first (a UUID, or what begins with the prefix), its two stamps last."""
        ident = self.system.fresh(prefix) if prefix else self.system.uuid()
        stamp = self.stamp
        return self.keep(table, ident, {"id": ident, **record, "created_at": stamp, "updated_at": stamp})

    def drop(self, table: str, ident: str) -> None:
        """Take a record away for good."""
        self._note("delete", table, ident, self.system.tables[table].drop(ident), None)

    def put(self, table: str, ident: str, shape: Shape, old: Record, **server: Any) -> Record:
        """Do what a PUT does here, by the knob: some fields, deeply, or all that may be written."""
        changes = self.changes(table, shape)
        mode = self.system.knobs.put_of(table)
        return self.keep(table, ident, {**merged(old, changes, mode, shape.fields), **server})

    def changes(self, table: str, shape: Shape) -> Record:
        """The fields a PUT brings: all that are needed, where it replaces the whole record."""
        return self.checked(shape, whole=self.system.knobs.put_of(table) == "replace")

    def whole(self, name: str, default: int, most: int | None = None, least: int = 0) -> int:
        """A whole number from the query, within its bounds, or the refusal of the system."""
        text = self.request.query.get(name)
        if text is None or not text:
            return default
        value = int(text) if NUMBER.fullmatch(text) else least - 1
        if value < least:
            raise Problem(
                self.system.malformed, "Invalid request parameters", fields=((name, "must be a whole number"),)
            )
        if most is not None and value > most:
            if self.system.knobs.over_limit == "refuse":
                raise Problem(
                    self.system.malformed, "Invalid request parameters", fields=((name, f"must be at most {most}"),)
                )
            return most
        return value

    def one_of(self, name: str, options: Iterable[str]) -> str | None:
        """A word from the query out of those allowed."""
        value = self.request.query.get(name)
        allowed = tuple(options)
        if value and value not in allowed:
            said = f"must be one of {', '.join(allowed)}"
            raise Problem(self.system.malformed, "Invalid request parameters", fields=((name, said),))
        return value or None

    def between(self, rows: Iterable[Record], column: str, first: str, last: str) -> list[Record]:
        """Rows whose instant stands between two query parameters; a date as the last is taken whole."""
        start, end = self.bound(first), self.bound(last)
        if start is None and end is None:
            return list(rows)
        if end is not None and "T" not in self.request.query[last]:
            end += 86399.999
        kept = []
        for row in rows:
            at = moment(str(row.get(column) or ""))
            if at is not None and (start is None or at >= start) and (end is None or at <= end):
                kept.append(row)
        return kept

    def bound(self, name: str, *, needed: bool = False) -> float | None:
        """An instant or a date from the query."""
        text = self.request.query.get(name, "")
        if not text and not needed:
            return None
        # A plus sign that was not escaped arrives as a space.
        at = moment(text.replace(" ", "+"))
        if at is None:
            said = "must be an ISO 8601 date or instant" if text else "is required"
            raise Problem(self.system.malformed, "Invalid request parameters", fields=((name, said),))
        return at

    def matching(self, rows: Iterable[Record], **columns: str) -> list[Record]:
        """Rows that have the values of the query, column by query parameter."""
        asked = [(column, self.request.query[name]) for column, name in columns.items() if self.request.query.get(name)]
        return [row for row in rows if all(str(row.get(column)) == value for column, value in asked)]

    def ordered(self, rows: Sequence[Record]) -> Sequence[Record]:
        """The rows in the order they were made, unless this system has been told to be unsteady."""
        disorder = self.system.disorder
        if disorder is None:
            return rows
        draw = self.system.world.draw
        return sorted(rows, key=lambda row: draw(disorder, row.get("id")))

    def tell(self, event: str, data: Record) -> None:
        """Let whoever has subscribed know."""
        self.system.tell(event, data, self.now)

    def _stray(self, table: str, ident: str) -> None:
        self.system.log.strays.append(Stray(self.now, self.request.method, self.request.path, table, ident))

    def _note(self, act: str, table: str, ident: str, before: Record | None, after: Record | None) -> None:
        request = self.request
        self.system.log.effects.append(
            Effect(
                self.now,
                act,
                table,
                ident,
                self.session.who if self.session else "nobody",
                request.headers.get("x-request-id", ""),
                request.method,
                request.path,
                request.body,
                before,
                after,
            )
        )
