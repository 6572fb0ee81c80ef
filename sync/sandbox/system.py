"""What all five systems have in one form: rows, sign-in, limits, a log, and one function from request to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sync.sandbox.budgets import Budget, Meter, Reading
from sync.sandbox.call import Call
from sync.sandbox.knobs import Knobs
from sync.sandbox.log import Asked, Log
from sync.sandbox.mail import Mailbox, Notice
from sync.sandbox.routing import Route, Router
from sync.sandbox.sessions import Session, bearer
from sync.sandbox.tables import Table, Words
from sync.sandbox.wire import Problem, Record, Request, Response
from sync.sandbox.world import World, civil


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a system knows at one moment; the log is the reader's and is not part of it."""

    tables: Mapping[str, Table]
    sessions: Mapping[str, Session]
    counts: Mapping[str, int]
    meter: Meter


class Turn:
    """One request while a system is at it."""

    __slots__ = ("now", "reading", "request", "route", "session")

    def __init__(self, request: Request, now: float) -> None:
        self.request = request
        self.now = now
        self.route: Route | None = None
        self.session: Session | None = None
        self.reading: Reading | None = None

    @property
    def who(self) -> str:
        """Whose budget this is: the person's or program's, or the address's when nobody has signed in."""
        return self.session.who if self.session else "address"

    @property
    def budget(self) -> str:
        """The class of limits of the endpoint."""
        return self.route.budget if self.route else ""


class System:
    """One documented system. Knows no socket and no clock of its own."""

    name: ClassVar[str]
    router: ClassVar[Router]
    layout: ClassVar[Mapping[str, tuple[tuple[str, ...], Words | None]]]
    base_path: ClassVar[str] = ""  # what follows the origin in the address the document names
    malformed: ClassVar[int] = 400  # the status for a body or query whose form is wrong
    senseless: ClassVar[int] = 422  # the status for one whose sense is wrong

    def __init__(
        self, world: World, knobs: Knobs | None = None, *, samples: bool = True, origin: str = "http://127.0.0.1"
    ) -> None:
        """Start with the documents' sample records, or with reference data alone."""
        self.world = world
        self.knobs = knobs or Knobs()
        self.origin = origin
        self.tables = {name: Table(*columns) for name, columns in self.layout.items()}
        self.sessions: dict[str, Session] = {}
        self.counts: dict[str, int] = {}
        self.meter = Meter()
        self.log = Log()
        self.mailbox = Mailbox()
        self.disorder: int | None = None
        self.backup: Snapshot | None = None
        self.seed(samples=samples)

    # What each system says for itself.

    def seed(self, *, samples: bool) -> None:
        """Fill the rows that are there from the beginning."""
        raise NotImplementedError

    def credentials(self) -> dict[str, str]:
        """What a client signs in with."""
        raise NotImplementedError

    def budgets(self, turn: Turn) -> Sequence[tuple[Budget, str]]:
        """The documented limits that a request counts against; the first is the one the headers speak of."""
        raise NotImplementedError

    def refusal(self, problem: Problem) -> Response:
        """A refusal in this system's own shape."""
        raise NotImplementedError

    def admit(self, request: Request, route: Route, now: float) -> Session | None:
        """Who is asking; 401 or 403 when they may not."""
        if route.free:
            return None
        session = bearer(self, request, now)
        if route.needs and session.may.isdisjoint(route.needs):
            raise Problem(403, "Insufficient permissions to access this resource", needs=route.needs)
        return session

    def local(self, path: str) -> str:
        """The path as the routes of this system have it."""
        return path

    def headers(self, turn: Turn) -> dict[str, str]:
        """What every answer carries beside its body."""
        return limit_headers(turn.reading)

    def post(self, notice: Notice) -> None:
        """Hand an event on to whoever has subscribed to it."""

    def changed(self, table: str, before: Record, after: Record, now: float) -> None:
        """Other people changed a record, or made one (``before`` is empty): tell whoever has subscribed."""

    # What is the same for all.

    def handle(self, request: Request) -> Response:
        """Answer one request: the whole system, in one call."""
        turn = Turn(request, self.world.now())
        try:
            response = self._answered(turn)
        except Problem as problem:
            problem.meet(request, turn.now)
            response = self.refusal(problem)
        headers = response.headers
        for name, value in self.headers(turn).items():
            headers.setdefault(name, value)
        route = turn.route
        self.log.asked.append(
            Asked(
                turn.now,
                request.method,
                request.path,
                route.path if route else "",
                route.budget if route else "",
                turn.session.who if turn.session else "",
                response.status,
                request.headers.get("x-request-id", ""),
            )
        )
        return response

    def _answered(self, turn: Turn) -> Response:
        request = turn.request
        route, params = self.router.find(request.method, self.local(request.path), optional=self.knobs.optional)
        turn.route = route
        turn.session = self.admit(request, route, turn.now)
        if self.knobs.limits:
            turn.reading = self.meter.take(self.budgets(turn), turn.now)
            if turn.reading and turn.reading.wait:
                raise Problem(429, "Rate limit exceeded", reading=turn.reading)
        return route.answer(Call(self, request, route, params, turn.session, turn.now))

    def turned_away(self, request: Request, response: Response, now: float) -> None:
        """Note a request that something before this system has answered."""
        asked = request.headers.get("x-request-id", "")
        self.log.asked.append(Asked(now, request.method, request.path, "", "", "", response.status, asked))

    def count(self, what: str) -> int:
        """The next number of a series."""
        number = self.counts.get(what, 0) + 1
        self.counts[what] = number
        return number

    def fresh(self, prefix: str, length: int = 10) -> str:
        """An id nobody has had."""
        return prefix + self.world.draw(self.name, prefix, self.count("id")).hex()[:length]

    def uuid(self) -> str:
        """A UUID nobody has had."""
        return self.world.uuid(self.name, self.count("id"))

    def numbered(self, prefix: str) -> str:
        """A number people read: prefix, year and four places."""
        return f"{prefix}{civil(self.world.now()).year}{self.count(prefix):04d}"

    def tell(self, event: str, data: Record, now: float) -> None:
        """Something happened that the document has an event for."""
        self.post(Notice(event, now, data))

    def expire(self, who: str = "") -> int:
        """End access tokens now, of one person or of all; refresh tokens stay. Returns how many."""
        now = self.world.now()
        ended = 0
        for value, session in list(self.sessions.items()):
            if session.kind == "access" and session.until > now and who in {"", session.who}:
                self.sessions[value] = Session(session.who, session.may, now, session.kind, session.patient)
                ended += 1
        return ended

    def reissue(self) -> None:
        """Make the tokens that were handed out at the beginning good again, where there is no call for new ones."""

    def orphans(self) -> list[tuple[str, str]]:
        """The rows, by table and id, that belong to a patient who is not there."""
        patients = self.tables["patients"].rows
        return [
            (name, ident)
            for name, table in self.tables.items()
            for ident, row in table.rows.items()
            for column in ("patient_id", "patientId")
            if name != "patients" and row.get(column) is not None and row[column] not in patients
        ]

    def copy(self) -> Snapshot:
        """All that is known now."""
        tables = {name: table.copy() for name, table in self.tables.items()}
        return Snapshot(tables, dict(self.sessions), dict(self.counts), self.meter.copy())

    def restore(self, snapshot: Snapshot) -> None:
        """Be exactly as at the snapshot; the log goes on."""
        self.tables = {name: table.copy() for name, table in snapshot.tables.items()}
        self.sessions = dict(snapshot.sessions)
        self.counts = dict(snapshot.counts)
        self.meter = snapshot.meter.copy()

    def back_up(self) -> None:
        """Take the system's own backup."""
        self.backup = self.copy()

    def from_backup(self) -> None:
        """Put the system's own backup back: rows made since vanish, rows removed since are there again.

        People stay signed in and ids go on from where they were; the numbers people read begin again, as they do.
        """
        if self.backup is None:
            return
        self.tables = {name: table.copy() for name, table in self.backup.tables.items()}
        self.counts = {**self.backup.counts, "id": self.counts.get("id", 0), "token": self.counts.get("token", 0)}


def limit_headers(reading: Reading | None) -> dict[str, str]:
    """The three headers that all five documents name."""
    if reading is None:
        return {}
    return {
        "X-RateLimit-Limit": str(reading.budget.limit),
        "X-RateLimit-Remaining": str(reading.remaining),
        "X-RateLimit-Reset": str(reading.reset),
    }
