"""One schedule: people here and there, faults, crashes and days that pass, all from one seed; then peace."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sync.engine.run import ROTATION_SECONDS, Engine
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work
from sync.port import Create, Kind, Put
from sync.transport.wire import Gate
from tests.simulation.chart import ModelChart, fields_of
from tests.simulation.deciding import decide
from tests.simulation.network import FAULTS, Network
from tests.simulation.others import Others
from tests.simulation.remote import ModelRemote, profile
from tests.simulation.server import Server
from tests.simulation.world import Chance, Crash, DiskFullError, Effects, Outside, VirtualClock, VirtualDisk

NAMES = ("Ana", "Bo", "Cy", "Dee", "Eli", "Flo")
WORDS = ("nuts", "milk", "dust", "bees", "eggs")
MOST_STEPS = 4_000
ROUNDS = 14
STRETCHES = 3
LIMITS = ((12, 400, 10), (2, 400, 10), (12, 60, 10), (12, 400, 4))

VARIANTS = (
    (Create.KEY, Put.TOP, False, True, False),
    (Create.MARKER, Put.WHOLE, False, True, True),
    (Create.NATURAL, Put.CLEAR, True, False, False),
    (Create.NATURAL, Put.TOP, False, False, True),
    (Create.KEY, Put.WHOLE, False, True, False),
)


@dataclass
class Edit:
    """What a user here set, and when (in order of the journal)."""

    kind: str
    local_id: str
    member: str
    value: Any
    order: int


# In one of so many worlds what was begun of late is read again.
WORKS = 5


@dataclass
class Schedule:
    """One world with one system, and everything that was done in it."""

    seed: int
    effects: Effects = field(default_factory=Effects)
    edits: list[Edit] = field(default_factory=list)
    decided: set[tuple[str, str, str]] = field(default_factory=set)
    sends_allowed: Counter[str] = field(default_factory=Counter)
    lost_backup: bool = False
    very_late: bool = False
    steps: int = 0
    sent_idle: int = 0
    read_idle: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.chance = Chance(self.seed ^ 0x5EED)
        self.clock = VirtualClock()
        self.disk = VirtualDisk(self.effects)
        self.outside = Outside()
        self.chart = ModelChart(self.chance.new_id, self.clock.true, works=self.seed % WORKS == 0)
        create, put, masks, partial, shouts = VARIANTS[self.seed % len(VARIANTS)]
        self.masks = masks
        self.profile = profile("alpha", create, put, partial=partial, limits=self.random.choice(LIMITS))
        self.server = Server(self.profile.buckets, self.clock.true, shouts=shouts)
        self.others = Others(self.server, self.clock, self.effects)
        calm = self.random.random() < 0.15
        rate = 0.0 if calm else self.random.choice((0.05, 0.15, 0.3))
        allowed = FAULTS if self.random.random() < 0.3 else tuple(one for one in FAULTS if one != "very late")
        self.very_late = "very late" in allowed
        self.network = Network(
            self.server, self.clock, self.effects, random.Random(self.seed + 1), rate, allowed, between=self._between
        )
        if self.random.random() < 0.5:
            self.effects.crash_at = {self.random.randrange(5, 350) for _ in range(self.random.randrange(1, 5))}
        self.order = 0
        self.meddling = self.random.choice((0.0, 0.02, 0.06))
        self.engine = self._build()

    def _build(self) -> Engine:
        engine = Engine(self.chart, self.disk, self.clock, self.chance.new_id, self.chance.random.random, self.outside)
        # How wrong our clock is by theirs: told by the dates of their answers.
        engine.connect("alpha", self._open).ahead = lambda: self.clock.wrong_by
        return engine

    def _open(self, gate: Gate) -> ModelRemote:
        remote = ModelRemote(self.profile, self.server, self.network, gate, masks=self.masks)
        remote.echoes = self.seed % 3 == 0
        return remote

    # What happens

    def run(self) -> None:
        """Play the schedule to its end."""
        backup_at, restore_at = self.random.randrange(3, 10), self.random.randrange(10, 20)
        backed_up = self.random.random() < 0.12
        backup = self.disk.snapshot()
        for turn in range(self.random.randrange(12, 30)):
            if backed_up and turn == backup_at:
                backup = self.disk.snapshot()
            if backed_up and turn == restore_at:
                self.restore(backup)
            self._something()
            self._work(
                self.clock.elapsed + self.random.choice((1.0, 20.0, 90.0, 400.0)), most=self.random.randrange(2, 25)
            )
        self.peace()

    def peace(self) -> None:
        """Faults stop, people decide what is open, and the queue has time to empty."""
        self.network.rate, self.meddling, self.effects.quiet = 0.0, 0.0, True
        self.disk.full = False
        self.clock.elapsed += 5_000
        deleted = bool(self.effects.fired["remote delete"] + self.effects.fired["lost sight of"])
        # What was deleted is believed after days; else one day is watched in which nothing must move, or two.
        days = 5 if deleted else 2 if self.seed % 4 == 0 else 1
        for turn in range(ROUNDS):
            self.network.signed_in = True
            self.engine.people["alpha"].resume("u1")
            self.engine.people["alpha"].sync_now("u1")
            sent = len(self.server.sent)
            self._work(self.clock.elapsed + 400, most=MOST_STEPS)
            open_ones = self._decide(everything=True)
            # What was sent in this round is shown by a list for the first time, which is news, in the next.
            if not open_ones and not self._busy() and turn >= days and sent == len(self.server.sent):
                break
            self.clock.elapsed += 90_000
            if turn == 3:
                self._bring_back()
        for _again in range(STRETCHES):
            self._idle(deleted=deleted)
            if not self.read_idle:
                break
            # The day's turn of the oldest details may fall into it; it ends, and what reads for ever goes on.
            self.clock.elapsed += ROTATION_SECONDS

    def _idle(self, *, deleted: bool) -> None:
        """Count what is sent and read where nothing is left to do."""
        reads = self.network.reads
        before = len(self.server.sent)
        self.engine.people["alpha"].sync_now("u1")
        self._work(self.clock.elapsed + 400, most=MOST_STEPS)
        self.sent_idle += len(self.server.sent) - before
        self.read_idle = 0 if deleted else self.network.reads - reads

    def _bring_back(self) -> None:
        for kind in self.server.things.values():
            for thing in kind.values():
                if thing.deleted and self.random.random() < 0.5:
                    thing.deleted = False
                    self.effects.fired["brought back"] += 1

    def _busy(self) -> bool:
        with self.disk.read() as unit:
            rows = Rows(unit)
            if any(rows.count(Work, state=state) for state in ("waiting", "unknown")):
                return True
            # What no list shows is never more than sent.
            return any(one.kind not in {"payment", "dispense"} for one in rows.find(Work, state="sent"))

    def _work(self, until: float, most: int) -> None:
        """Let the engine work; a crash or a full disk ends the process, and it is started again."""
        for _ in range(12):
            try:
                # By the engine's own clock, which a wrong clock of the computer may have begun years away.
                now = self.engine.offices["alpha"].desk.now()
                self.steps += self.engine.run_until(now + until - self.clock.elapsed, self._sleep, most)
            except (Crash, DiskFullError):
                self.engine = self._build()
            else:
                break
        self.clock.elapsed = max(self.clock.elapsed, until)
        self.network.arrive()

    def _sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)

    def _guard(self, act: Any) -> None:
        try:
            act()
        except (Crash, DiskFullError):
            self.engine = self._build()

    def _something(self) -> None:
        acts = (
            self._new_patient, self._edit_patient, self._edit_patient, self._edit_patient, self._child, self._child,
            self._cancel, self._others, self._others, self._others, self._others, self._others,
            self._hint, self._fault, self._decide_some, self._dispense, self._touch,
        )  # fmt: skip
        act = self.random.choice(acts)
        self._guard(act)

    # People here

    def _records(self, kind: str) -> list[tuple[str, dict[str, Any]]]:
        with self.disk.read() as unit:
            found = Rows(unit).run("SELECT local_id, body FROM model_record WHERE kind = ? ORDER BY local_id", (kind,))
            return [(row[0], json.loads(row[1])) for row in found.fetchall()]

    def _save(
        self, kind: str, local_id: str, patient: str | None, body: dict[str, Any], members: list[str], **how: Any
    ) -> None:
        # The window is a process of its own: what ends the engine does not end it.
        quiet, self.effects.quiet = self.effects.quiet, True
        with self.disk.write() as unit:
            self.chart.write(unit, kind, local_id, patient, body, members=members, **how)
            self.order = self.chart.end(unit)
        self.effects.quiet = quiet
        for name in members:
            self.edits.append(Edit(kind, local_id, name, body.get(name), self.order))

    def _new_patient(self) -> None:
        local_id = f"P{self.chance.new_id()}"
        body = {
            "name": self.random.choice(NAMES), "birth": str(self.random.randrange(1950, 2020)),
            "phone": f"+1-{self.random.randrange(1000, 9999)}", "address": {"city": "Here", "line": "1"},
            "allergies": self.random.sample(WORDS, 1), "contacts": [{"who": "kin", "phone": "1"}], "notes": "first",
        }  # fmt: skip
        self._save("patient", local_id, None, body, sorted(body))

    def _edit_patient(self) -> None:
        found = self._records("patient")
        if not found:
            self._new_patient()
            return
        local_id, body = self.random.choice(found)
        member = self.random.choice(("name", "phone", "address", "allergies", "contacts", "notes"))
        body[member] = self._changed(member, body.get(member))
        self._save("patient", local_id, None, body, [member])

    def _changed(self, member: str, old: Any) -> Any:
        pick = self.random
        if member == "name":
            return pick.choice(NAMES) + str(pick.randrange(9))
        if member == "phone":
            return f"+1-{pick.randrange(1000, 9999)}"
        if member == "address":
            return {**(old or {}), pick.choice(("city", "line")): f"x{pick.randrange(99)}"}
        if member == "allergies":
            kept = list(old or [])
            if kept and pick.random() < 0.25:
                kept.pop(0)
            else:
                kept.append(pick.choice(WORDS) + str(pick.randrange(9)))
            return list(dict.fromkeys(kept))
        if member == "contacts":
            return [
                *(one for one in old or () if one["who"] != "son"),
                {"who": "son", "phone": str(pick.randrange(99))},
            ]
        return f"{old or ''}\nline {pick.randrange(999)}"

    def _child(self) -> None:
        found = self._records("patient")
        if not found:
            return
        patient = self.random.choice(found)[0]
        kind = self.random.choice(("appointment", "appointment", "document", "prescription", "payment"))
        local_id = f"{kind[0].upper()}{self.chance.new_id()}"
        body: dict[str, Any] = {"text": f"t{local_id}", "code": "c"}
        if kind == "appointment":
            body = {
                "time": self.clock.true() + self.random.randrange(86_400, 900_000),
                "status": "booked",
                "notes": "n",
            }
        if kind == "prescription" and self.random.random() < 0.4:
            body = {"lines": [f"a{local_id}", f"b{local_id}"], "code": "c"}
        if self.random.random() < 0.06:
            body["text"] = "POISON"
        self.sends_allowed[f"ref {local_id}"] += 1
        self._save(kind, local_id, patient, body, [])

    def _cancel(self) -> None:
        found = [one for one in self._records("appointment") if one[1].get("status") == "booked"]
        if found:
            local_id, body = self.random.choice(found)
            self._save("appointment", local_id, None, {**body, "status": "cancelled"}, [], act="cancel")

    def _dispense(self) -> None:
        found = self._records("prescription")
        if found:
            prescription = self.random.choice(found)[0]
            local_id = f"D{self.chance.new_id()}"
            with self.disk.read() as unit:
                row = Rows(unit).run("SELECT patient FROM model_record WHERE local_id = ?", (prescription,)).fetchone()
            self.sends_allowed[f"ref {local_id}"] += 1
            self._save("dispense", local_id, row[0], {"of": prescription, "text": local_id}, [])

    def _touch(self) -> None:
        """Somebody opens a record and saves it as it is."""
        found = [
            (kind, *one) for kind in ("dispense", "payment", "appointment", "document") for one in self._records(kind)
        ]
        if found:
            kind, local_id, body = self.random.choice(found)
            self._save(kind, local_id, None, body, [])

    def _others(self) -> None:
        roll = self.random.random()
        if roll < 0.6:
            self.others.edit(self.random)
        elif roll < 0.8:
            self.others.child(self.random)
        elif roll < 0.94:
            self.others.patient(self.random, [body for _, body in self._records("patient")])
        else:
            self.others.delete(self.random)

    def _between(self) -> None:
        if self.meddling and self.network.chance.random() < self.meddling:
            self.others.edit(self.network.chance)
        if self.meddling and self.network.chance.random() < self.meddling / 2:
            self.effects.fired["edit while a request is out"] += 1
            self._edit_patient()

    # Faults

    def _hint(self) -> None:
        kind = self.random.choice(("patient", "appointment"))
        found = self.server.live(kind)
        remote_id = self.random.choice(found).id if found and self.random.random() < 0.7 else "pat_99999"
        for _ in range(self.random.choice((1, 1, 30))):
            self.engine.hint("alpha", kind, remote_id)
        self.effects.fired["hint"] += 1

    def _fault(self) -> None:
        roll = self.random.random()
        if roll < 0.25:
            self.clock.wrong_by = self.random.choice((-3.2e8, 3.2e8, -600.0, 0.0))
            self.effects.fired["clock step"] += 1
        elif roll < 0.4:
            self.disk.full = True
        elif roll < 0.6:
            self.network.signed_in = False
            self.effects.fired["signed out"] += 1
        elif roll < 0.8:
            self.engine = self._build()
            self.effects.fired["restart"] += 1
        else:
            self.network.signed_in = True
            self._guard(lambda: self.engine.people["alpha"].resume("u1"))

    def restore(self, rows: dict[str, list[tuple[object, ...]]]) -> None:
        """The database is replaced by its backup."""
        self.disk.restore(rows)
        self.lost_backup = True
        self.effects.fired["restored backup"] += 1
        self.engine = self._build()

    def _decide_some(self) -> None:
        self._decide(everything=False)

    def _decide(self, *, everything: bool) -> int:
        return decide(self.engine.people["alpha"], self.random, self.decided, everything=everything)

    def bodies(self, kind: str) -> dict[str, dict[str, Any]]:
        return dict(self._records(kind))

    def story_body(self, kind: str, local_id: str) -> dict[str, Any]:
        with self.disk.read() as unit:
            story = self.chart.story(unit, Kind(kind), local_id)
        return fields_of(story.first) if story else {}
