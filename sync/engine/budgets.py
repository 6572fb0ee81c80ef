"""The documented limits, kept across restarts: a place is taken durably before a byte leaves, and stays taken."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync.engine.clock import Ticker
from sync.engine.store.places import forget_places, places_since
from sync.engine.store.rows import Disk, Rows, dumps
from sync.engine.store.tables import Kept, Place
from sync.port import Bucket
from sync.transport.outcomes import Call, NoBudget, Said

# How much of a limit each purpose may fill: a look through a list leaves room for what has to be told, and of a large
# limit a little is kept for a person who is waiting. Small ones (10 an hour) are for the writes alone.
SHARES = {"person": 1.0, "write": 0.97, "verify": 0.85, "sweep": 0.6}
SMALL = 100
# Two clocks never agree to the last digit.
MARGIN_SECONDS = 0.02
# A 429 that does not say when to come again.
SILENCE_SECONDS = 60.0
# Requests that follow one another take their places together, and begin within so long.
AHEAD_SECONDS = 1.0
FEW = 4


@dataclass
class Window:
    """The places of one limit that are still counted. A place ages from when its answer came: until then the system
    may not have counted it yet.
    """

    bucket: Bucket
    taken: deque[list[float]] = field(default_factory=deque)  # [number, since when]
    hold: float = 0.0
    last: int = 0  # the highest number of a place in it that is known: another process takes places, too

    def age(self, now: float) -> bool:
        """Forget what has passed; whether anything has."""
        passed = False
        while self.taken and self.taken[0][1] <= now - self.bucket.seconds - MARGIN_SECONDS:
            self.taken.popleft()
            passed = True
        return passed

    def room_at(self, now: float, share: float) -> float:
        """When there is room: now, or later."""
        allowed = self._allowed(share)
        if now < self.hold:
            return self.hold
        if len(self.taken) < allowed:
            return now
        return self.taken[len(self.taken) - allowed][1] + self.bucket.seconds + MARGIN_SECONDS

    def places(self, share: float) -> int:
        """How many places are free now."""
        return self._allowed(share) - len(self.taken)

    def _allowed(self, share: float) -> int:
        limit = self.bucket.limit
        return max(1, int(limit * share)) if limit >= SMALL or share < SHARES["verify"] else limit


class Budgets:
    """The limits of one system; the gate of its wire. `purpose` is set by the engine before it asks for anything."""

    def __init__(self, system: str, buckets: Sequence[Bucket], disk: Disk, ticker: Ticker) -> None:
        self.system, self._disk, self._ticker = system, disk, ticker
        self.purpose = "write"
        self.route: set[str] = set()  # the limits that covered what was sent since this was emptied
        self.windows: dict[str, Window] = {}
        self._last: list[list[float]] = []
        self.number = 0  # of the last place that was taken
        self.used: Callable[[int], None] = lambda _number: None  # is told the number of each place a request uses
        self._ahead = 1
        self._taken_ahead: dict[tuple[str, ...], deque[list[list[float]]]] = {}
        self.limit_to(buckets)

    def limit_to(self, buckets: Sequence[Bucket]) -> None:
        """The limits that hold, with the places taken in them: some are known only when the system is open."""
        self.windows = {bucket.name: Window(bucket) for bucket in buckets}
        with self._disk.read() as unit:
            for place in Rows(unit).find(Place, ("n",), system=self.system):
                self.number = max(self.number, place.n)
                if (window := self.windows.get(place.bucket)) is None:
                    continue
                if place.n < 0:
                    window.hold = place.hold
                else:
                    window.taken.append([place.n, place.at])
                    window.last = max(window.last, place.n)

    def ask(self, call: Call) -> None:
        """Take a place in every limit that covers the call, durably. Raises NoBudget."""
        now = self._ticker.time()
        self._answered(now)
        covering = [window for window in self.windows.values() if window.bucket.covers(call)]
        route = tuple(window.bucket.name for window in covering)
        if (until := max((window.hold for window in covering), default=now)) > now:
            raise NoBudget(call, until)  # places that were taken ahead are held as well
        if not self._taken_ahead.get(route):
            self._take(call, covering, route, now)
        places = self._taken_ahead[route].popleft()
        for place in places:
            place[1] = now
        self._last = places
        self.route.update(route)
        if places:
            self.used(int(places[0][0]))

    def _take(self, call: Call, covering: list[Window], route: tuple[str, ...], now: float) -> None:
        """Take places durably: one, or as many as may be asked for next. Raises NoBudget."""
        share = SHARES[self.purpose]
        old = [window for window in covering if window.age(now)]
        self._room(call, covering, now)
        with self._disk.write() as unit:
            rows = Rows(unit)
            if self._hear_of_others(rows, covering):
                self._room(call, covering, now)
            # Of a small limit few are taken before they are needed: something else may need them, and what a crash
            # leaves unused is missed for an hour.
            small = [max(1, window.bucket.limit // FEW) for window in covering if window.bucket.limit < SMALL]
            count = max(1, min((self._ahead, *small, *(window.places(share) for window in covering))))
            numbers = range(self.number + 1, self.number + 1 + count)
            # Whoever reads this after a crash takes each for used as late as it can have been.
            since = now if count == 1 else now + AHEAD_SECONDS
            for window in old:
                forget_places(rows, self.system, window.bucket.name, now - window.bucket.seconds)
            rows.put_all([Place(self.system, name, n, since) for name in route for n in numbers])
            rows.put(Kept(self.system, "clock", dumps([now, self._ticker.wall()])))
        self.number += count
        for window in covering:
            window.last = self.number
        taken = self._taken_ahead.setdefault(route, deque())
        for n in numbers:
            places = [[float(n), since] for _ in covering]
            for window, place in zip(covering, places, strict=True):
                window.taken.append(place)
            taken.append(places)

    def _room(self, call: Call, covering: Sequence[Window], now: float) -> None:
        until = max((window.room_at(now, SHARES[self.purpose]) for window in covering), default=now)
        if until > now:
            raise NoBudget(call, until)

    def _hear_of_others(self, rows: Rows, covering: Sequence[Window]) -> bool:
        """Count the places that another process has taken meanwhile (a person's question), and hold where it must."""
        heard = False
        for window in covering:
            last = window.last
            for n, at, hold in places_since(rows, self.system, window.bucket.name, last):
                heard = heard or n > last or hold > window.hold
                self.number, window.last = max(self.number, n), max(window.last, n)
                window.hold = max(window.hold, hold)
                if n > last:
                    window.taken = deque(sorted([*window.taken, [n, at]], key=lambda place: place[1]))
        return heard

    @contextmanager
    def ahead(self, count: int) -> Iterator[None]:
        """Take the places of up to so many requests with the first of them; those that are not used are given back.

        They are to begin within `AHEAD_SECONDS`.
        """
        self._ahead = count
        try:
            yield
        finally:
            self._ahead = 1
            self._give_back()

    def _unused(self, name: str) -> int:
        return sum(len(places) for route, places in self._taken_ahead.items() if name in route)

    def _give_back(self) -> None:
        unused = {route: places for route, places in self._taken_ahead.items() if places}
        self._taken_ahead.clear()
        if not unused:
            return
        with self._disk.write() as unit:
            rows = Rows(unit)
            for route, places in unused.items():
                for one in places:
                    for name, place in zip(route, one, strict=True):
                        rows.remove(Place, system=self.system, bucket=name, n=int(place[0]))
        for route, places in unused.items():
            for one in places:
                for name, place in zip(route, one, strict=True):
                    self.windows[name].taken.remove(place)

    def heard(self, call: Call, status: int, headers: Mapping[str, str], said: Said | None) -> None:
        """Lower the estimate where the answer says so; it is never raised."""
        now = self._ticker.time()
        self._answered(now)
        covering = [window for window in self.windows.values() if window.bucket.covers(call)]
        if status == 429:
            for window in self._meant(covering, headers):
                # The wire has read it, from wherever they say it.
                self._keep_silent(window, now + ((said and said.retry_after) or SILENCE_SECONDS))
            return
        left, limit = _number(headers.get("X-RateLimit-Remaining")), _number(headers.get("X-RateLimit-Limit"))
        if left is None:
            return
        for window in covering:
            used = len(window.taken) - self._unused(window.bucket.name)
            if window.bucket.limit == limit and (more := window.bucket.limit - used - left) > 0:
                # Somebody else uses the same key: their requests count as if they were ours.
                window.taken.extend([float(self.number), now] for _ in range(int(more)))

    def _meant(self, covering: list[Window], headers: Mapping[str, str]) -> list[Window]:
        named = headers.get("X-RateLimit-Resource")
        limit = _number(headers.get("X-RateLimit-Limit"))
        found = [w for w in covering if w.bucket.name == named or (limit is not None and w.bucket.limit == limit)]
        return found or covering

    def _keep_silent(self, window: Window, until: float) -> None:
        window.hold = max(window.hold, until)
        with self._disk.write() as unit:
            Rows(unit).put(Place(self.system, window.bucket.name, -1, 0.0, window.hold))

    def forgotten(self, rows: Rows, number: int) -> None:
        """The places were lost with a restored database, up to this number: every limit is taken to be full."""
        now = self._ticker.time()
        self.number = max(self.number, number)
        for window in self.windows.values():
            window.hold = now + window.bucket.seconds
            window.taken.append([self.number, now])
            window.last = self.number
            rows.put(Place(self.system, window.bucket.name, -1, 0.0, window.hold))
            # Whoever starts next sees by it that this is known.
            rows.put(Place(self.system, window.bucket.name, self.number, now))

    def _answered(self, now: float) -> None:
        for place in self._last:
            place[1] = now
        self._last.clear()

    def free_at(self, names: Sequence[str], share: float = 1.0) -> float:
        """When the limits of these names have room again."""
        now = self._ticker.time()
        return max((self.windows[name].room_at(now, share) for name in names if name in self.windows), default=now)

    def left(self) -> dict[str, tuple[int, int]]:
        """For each limit, how much of it is left and how much it is."""
        now = self._ticker.time()
        for window in self.windows.values():
            window.age(now)
        return {
            name: (max(0, one.bucket.limit - len(one.taken)), one.bucket.limit) for name, one in self.windows.items()
        }

    def seconds_each(self, names: Sequence[str]) -> float:
        """How far apart requests must be that these limits cover, in the long run."""
        return max(
            (self.windows[n].bucket.seconds / self.windows[n].bucket.limit for n in names if n in self.windows),
            default=1.0,
        )


def _number(text: str | None) -> float | None:
    found = (text or "").strip()
    return float(found) if found.isascii() and found.isdigit() else None
