"""Ninety days offline: a clinic in step with its system loses the network, works on, and drains in simulated time.

The shipped engine over real SQLCipher; only clock, chance, network and the system are the simulation's. The limits are
those of the tightest document (ten patients and thirty documents an hour). `python -m tests.simulation` plays it by
`--offline 20000 --days 90`.
"""

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sync.engine.chart import Change, Likely
from sync.engine.desk import hash_of
from sync.engine.run import Engine
from sync.engine.store.rows import Rows, Unit
from sync.engine.store.tables import Conflict, Link, Shadow, Work
from sync.port import Bucket, Create, Kind, Page, Put, Seen, Story
from sync.records.elements import Resource
from sync.transport.outcomes import Call
from sync.transport.wire import Gate
from tests.simulation.chart import ModelChart, fields_of
from tests.simulation.network import Network
from tests.simulation.remote import ModelRemote, profile
from tests.simulation.server import Server, Thing
from tests.simulation.world import Chance, Effects, Outside, VirtualClock, VirtualDisk

HOUR, DAY = 3_600.0, 86_400.0
PAGE = 100
LIMITS = {"patient": 10, "document": 30, "prescription": 30, "appointment": 30, "payment": 60}
# A day in a clinic of 20,000 (sync.md's volume): what is made, what is changed here, what is changed there.
VOLUMES = {"patient": 30, "document": 60, "prescription": 45, "appointment": 20, "payment": 60, "edit": 110,
           "there": 220}  # fmt: skip
MARKS = {"document": "D", "prescription": "P", "payment": "Y"}
LONGEST_DRAIN_DAYS = 40


def _covers(endpoint: str) -> Callable[[Call], bool]:
    return lambda call: call.endpoint == endpoint


class WideServer(Server):
    """The model's system, which does not go through all of its records for each page and each search."""

    def __init__(self, buckets: tuple[Bucket, ...], now: Callable[[], float]) -> None:
        super().__init__(buckets, now)
        self._shown: dict[str, list[Thing]] = {}
        self.named: dict[str, list[Thing]] = defaultdict(list)

    def create(self, kind: str, body: dict[str, Any], parent: str, origin: str, who: str = "us") -> Thing:
        thing = super().create(kind, body, parent, origin, who)
        if kind in self._shown:
            self._shown[kind].append(thing)
        if kind == "patient":
            self.named[thing.body["name"]].append(thing)  # nobody here ever changes a name
        return thing

    def live(self, kind: str) -> list[Thing]:
        if kind not in self._shown:
            self._shown[kind] = super().live(kind)
        return self._shown[kind]

    def delete(self, thing: Thing) -> None:
        """It is not there any more."""
        thing.deleted = True
        self._shown.clear()


class WideRemote(ModelRemote):
    """The model's remote with pages as wide as the documents have them."""

    _server: WideServer

    def search(self, story: Story) -> Sequence[Seen]:
        name = fields_of(story.first).get("name") or ""

        def run(_call: Call) -> list[Seen]:
            return [self._show(one) for one in self._server.named.get(name, ()) if self._server.shows(one)]

        found: list[Seen] = self._ask("GET /patient/search", run)
        return found

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        del since, until

        def run(_call: Call) -> Page:
            live = self._server.live(str(kind))
            found = [one for one in live if one.parent == parent] if parent else live
            start = int(cursor or 0)
            end = start + PAGE
            following = str(end - PAGE // 10) if len(found) > end else None
            return Page(tuple(self._show(one, whole=False) for one in found[start:end]), len(found), following)

        page: Page = self._ask(f"GET /{kind}", run)
        return page

    def shown(self, thing: Thing) -> Seen:
        """A record as a list shows it."""
        return self._show(thing, whole=False)


class IndexedChart(ModelChart):
    """The model's chart with its patients found by an index, and a tenth of the prescriptions urgent."""

    def alike(self, unit: Unit, records: Sequence[Resource]) -> Sequence[Likely]:
        body = fields_of(records[0])
        statement = (
            "SELECT local_id, body FROM model_record WHERE kind = 'patient' AND json_extract(body, '$.name') = ?"
        )
        likely = []
        for local_id, text in Rows(unit).run(statement, (body.get("name"),)).fetchall():
            mine = json.loads(text)
            same = all(mine.get(name) == body.get(name) for name in ("birth", "phone"))
            likely.append(Likely(local_id, 0.9995 if same else 0.1, same, True, frozenset({"phone"} if same else ())))
        return likely

    def changes(self, unit: Unit, after: int, limit: int) -> tuple[Sequence[Change], int]:
        found, end = super().changes(unit, after, limit)
        return [
            Change(one.seq, one.kind, one.local_id, one.patient_id, urgency(str(one.kind), one.local_id))
            for one in found
        ], end


def urgency(kind: str, local_id: str) -> int:
    """How urgent a record is: what waits for nobody is 3."""
    if kind == "patient":
        return 2
    return 0 if kind == "prescription" and local_id.endswith("0") else 3


@dataclass
class Asked:
    """What was said of a waiting record, and when."""

    kind: str
    local_id: str
    at: float
    eta: float


@dataclass
class Offline:
    """One clinic, its system, and the time without a network."""

    patients: int
    days: int
    scale: float = 1.0
    seed: int = 1
    asked: list[Asked] = field(default_factory=list)
    made: dict[tuple[str, str], int] = field(default_factory=dict)  # what was made here, and on which day
    edited: dict[str, dict[str, Any]] = field(default_factory=dict)  # by patient: what was last set here
    there: dict[str, dict[str, Any]] = field(default_factory=dict)  # and there
    cancelled: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    whose: dict[tuple[str, str], str] = field(default_factory=dict)  # what was made, of whom
    drained: float = 0.0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.chance = Chance(self.seed)
        self.clock = VirtualClock()
        self.effects = Effects(quiet=True)
        self.disk = VirtualDisk(self.effects)
        self.chart = IndexedChart(self.chance.new_id, self.clock.true)
        with self.disk.write() as unit:
            index = "CREATE INDEX model_names ON model_record (json_extract(body, '$.name')) WHERE kind = 'patient'"
            Rows(unit).run(index)
        buckets = tuple(
            Bucket(kind, most, HOUR, _covers(f"POST /{kind}"), frozenset({(Kind(kind), "create")}))
            for kind, most in LIMITS.items()
        )
        whole = (Bucket("all", 1_000, HOUR, lambda _call: True), Bucket("burst", 10, 1.0, lambda _call: True))
        model = profile("alpha", Create.MARKER, Put.TOP, partial=False, limits=(1, 1, 1))
        listed = replace(model.kinds[Kind.DOCUMENT], listed=True, listed_for=None)
        self.profile = replace(
            model, kinds={**model.kinds, Kind.DOCUMENT: listed}, buckets=(*buckets, *whole), page=PAGE
        )  # fmt: skip
        self.server = WideServer(self.profile.buckets, self.clock.true)
        self.network = Network(
            self.server, self.clock, self.effects, random.Random(self.seed), 1.0, allowed=("no connection",)
        )
        self.engine = Engine(
            self.chart, self.disk, self.clock, self.chance.new_id, self.chance.random.random, Outside()
        )
        self.engine.connect("alpha", self._open)
        self.office = self.engine.offices["alpha"]
        self.office.start()
        self._in_step()

    def _open(self, gate: Gate) -> WideRemote:
        self.remote = WideRemote(self.profile, self.server, self.network, gate, masks=False)
        self.remote.echoes = True
        return self.remote

    def _in_step(self) -> None:
        """As it is when both have long said the same of everybody."""
        kp = self.profile.kinds[Kind.PATIENT]
        now = self.office.desk.now()
        with self.disk.write() as unit:
            rows = Rows(unit)
            for n in range(self.patients):
                local_id = f"K{n:06d}"
                body = {
                    "name": f"Known {n}",
                    "birth": f"19{n % 90 + 10}-01-01",
                    "phone": f"+1{n:07d}",
                    "notes": "n",
                    "address": {"line": str(n)},
                }
                self.chart.write(unit, "patient", local_id, None, body)
                thing = self.server.create("patient", {**body, "mark": f"ref {local_id}"}, "", f"ref {local_id}")
                seen = self.remote.shown(thing)
                shadow = Shadow("alpha", "patient", thing.id, dict(seen.body), dict(body), dict(body))
                shadow.list_hash, shadow.read_at, shadow.seen_at = hash_of(kp, seen.body), now, now
                rows.put(shadow)
                rows.put(Link("alpha", "patient", thing.id, local_id, at=now))
                work = Work("alpha", "patient", local_id, local_id, state="confirmed", since=now, due_at=now)
                rows.put(work)
            self.office.desk.keep(rows, "cursor", str(self.chart.end(unit)))
            for kind in ("patient", "appointment", "prescription", "document"):
                for scope in ("hot", "warm", "all"):
                    self.office.desk.keep(rows, f"next:{kind}:{scope}", repr(now + DAY))
        self.server.overwrites.clear()

    def run(self) -> None:
        """Be offline for so long, come back, drain."""
        for day in range(self.days):
            self._day(day)
            self.engine.run_until(self.office.desk.now() + 600.0, self.clock.sleep)
            self.clock.elapsed = (day + 1) * DAY
        self.network.rate = 0.0
        self.back = self.clock.true()
        end = self.office.desk.now() + LONGEST_DRAIN_DAYS * DAY
        self.engine.run_until(self.office.desk.now() + HOUR / 4, self.clock.sleep)
        turn = 0
        while self._waiting() and self.office.desk.now() < end:
            if turn in {0, 3, 8, 16} or turn % 24 == 0:
                self._ask()
            self.engine.run_until(self.office.desk.now() + 2 * HOUR, self.clock.sleep)
            turn += 1
        self.drained = self.clock.true() - self.back
        for _ in range(3):  # what was taken away there is missed by two looks a day apart
            self.engine.run_until(self.office.desk.now() + 1.3 * DAY, self.clock.sleep)

    def _count(self, what: str) -> int:
        exact = VOLUMES[what] * self.scale
        return int(exact) + (self.random.random() < exact % 1)

    def _day(self, day: int) -> None:
        known = [f"K{n:06d}" for n in range(self.patients)]
        with self.disk.write() as unit:
            new = [f"N{day:03d}{n:03d}" for n in range(self._count("patient"))]
            for local_id in new:
                person = {"name": f"New {local_id}", "birth": "2000-02-02", "phone": f"+2{local_id[1:]}", "notes": "n"}
                self._make(unit, day, "patient", local_id, None, person)
            for kind in ("document", "prescription", "payment"):
                for n in range(self._count(kind)):
                    whose = self.random.choice(new) if new and self.random.random() < 0.3 else self.random.choice(known)
                    self._make(unit, day, kind, f"{MARKS[kind]}{day:03d}{n:03d}", whose, {"text": f"{day} {n}"})
            for n in range(self._count("appointment")):
                local_id = f"A{day:03d}{n:03d}"
                at = self.clock.true() + self.random.choice((1, 3, 200)) * DAY
                body: dict[str, Any] = {"time": at, "status": "booked", "notes": "n"}
                whose = self.random.choice(known)
                self._make(unit, day, "appointment", local_id, whose, body)
                if self.random.random() < 0.2:
                    self.cancelled.add(local_id)
                    self.chart.write(
                        unit, "appointment", local_id, whose, {**body, "status": "cancelled"}, act="cancel"
                    )  # fmt: skip
            for n in range(self._count("edit")):
                self._edit(unit, self.random.choice(known), {"phone": f"+3{day:03d}{n:04d}"})
        for n in range(self._count("there")):
            thing = self.server.things["patient"][f"pat_{self.random.randrange(self.patients) + 1:05d}"]
            if thing.deleted:
                continue
            name = self.random.choice(("phone", "address", "notes"))
            added = f"{thing.body['notes']} {day}.{n}"
            value = {"phone": f"+4{day:03d}{n:04d}", "address": {"line": f"{day} {n}"}}.get(name, added)
            self.server.write(thing, {name: value}, "other", self.clock.true())
            self.there.setdefault(f"K{int(thing.id[4:]) - 1:06d}", {})[name] = value
        if day == self.days // 2:
            untouched = [each for each in known if each not in self.edited and each not in self.there]
            for local_id in self.random.sample(untouched, max(2, self.patients // 400)):
                self.server.delete(self.server.things["patient"][f"pat_{int(local_id[1:]) + 1:05d}"])
                self.deleted.add(local_id)

    def _make(self, unit: Unit, day: int, kind: str, local_id: str, patient: str | None, body: dict[str, Any]) -> None:
        self.chart.write(unit, kind, local_id, patient, body, members=sorted(body))
        self.made[kind, local_id] = day
        self.whose[kind, local_id] = patient or local_id

    def _edit(self, unit: Unit, local_id: str, changes: dict[str, Any]) -> None:
        if local_id in self.deleted:
            return
        story = self.chart.story(unit, Kind.PATIENT, local_id)
        assert story is not None
        body = {**fields_of(story.first), **changes}
        self.chart.write(unit, "patient", local_id, None, body, members=sorted(changes))
        self.edited.setdefault(local_id, {}).update(changes)

    def _waiting(self) -> int:
        """How many wait for something that comes by itself: who is gone there is a question for people first."""
        with self.disk.read() as unit:
            found = Rows(unit).run(
                "SELECT patient, count(*) FROM sync_work WHERE state IN ('waiting', 'blocked', 'unknown') GROUP BY 1"
            )
            return sum(count for patient, count in found.fetchall() if patient not in self.deleted)

    def _ask(self) -> None:
        """Ask of some that wait when they are likely to be sent."""
        with self.disk.read() as unit:
            found = Rows(unit).run("SELECT kind, local_id FROM sync_work WHERE state IN ('waiting', 'blocked')")
            waiting = [(row[0], row[1]) for row in found.fetchall()]
        for kind, local_id in self.random.sample(waiting, min(40, len(waiting))):
            state = self.engine.state_of(kind, local_id)["alpha"]
            if state.eta is not None:
                self.asked.append(Asked(kind, local_id, self.office.desk.now(), state.eta))

    def conflicts(self) -> list[Conflict]:
        """What was put before people."""
        with self.disk.read() as unit:
            return Rows(unit).find(Conflict, ("at", "id"), system="alpha")


def report(one: Offline, seconds: float) -> str:
    """What came of it, in lines."""
    from tests.simulation.offline_checks import eta_error, used

    sent = len(one.server.sent)
    lines = [
        f"{one.patients} patients, {one.days} days offline: {len(one.made)} made, {len(one.edited)} changed here, "
        f"{len(one.there)} there; {one.network.requests} requests, {sent} changed something, {seconds:.0f} s of CPU",
        f"  drained in {one.drained / DAY:.1f} days; {one._waiting()} still waiting",
        f"  of the limit of patients {used(one, 'patient'):.3f} was used while some waited",
        f"  {len(one.asked)} times of sending foretold; the furthest off by a factor of {eta_error(one):.2f}",
        f"  {len(one.conflicts())} questions for people",
    ]
    return "\n".join(lines)


def played(patients: int, days: int, scale: float, seed: int = 1) -> tuple[Offline, float]:
    """Play one, and the seconds of CPU it took."""
    begun = time.process_time()
    one = Offline(patients, days, scale, seed)
    one.run()
    return one, time.process_time() - begun
