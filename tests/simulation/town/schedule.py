"""One schedule with shipped remotes: people here and there, the sandbox's faults, crashes and days; then peace."""

import random
from collections.abc import Callable
from typing import Any, get_args

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Work
from sync.port import Kind, Story
from sync.records.patient import Patient
from sync.sandbox.faults import OF_REQUESTS, Rule
from sync.sandbox.outcomes import Kind as FaultKind
from sync.sandbox.people import People
from sync.sandbox.wire import Record
from tests.simulation.deciding import decide
from tests.simulation.town.rows import changed_there, row_there, telephone_of
from tests.simulation.town.town import Town
from tests.simulation.town.way import OPENED
from tests.simulation.world import Crash, DiskFullError

FAULTS: tuple[FaultKind, ...] = tuple(one for one in get_args(FaultKind) if one in OF_REQUESTS)
# What takes rows away there, or puts other ones in their place: what was told may then be there no more.
UPHEAVALS = frozenset({"remove", "merge", "restored", "page_shift", "back_up"})
ROUNDS = 12
# Of so many schedules one is played with shipped remotes.
EVERY = 20
MOST_STEPS = 4_000
DAY = 86_400.0


class TownSchedule(Town):
    """One world with one or two shipped remotes, and everything that was done in it, from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        names = list(OPENED)
        first = names[seed // EVERY % len(names)]
        others = [name for name in names if name != first]
        chosen = [first, *([self.random.choice(others)] if self.random.random() < 0.2 else [])]
        super().__init__(*chosen, seed=seed ^ 0x5EED)
        calm = self.random.random() < 0.1
        upheaval = self.random.random() < 0.4
        self.faults: tuple[FaultKind, ...] = (
            () if calm else tuple(one for one in FAULTS if upheaval or one not in UPHEAVALS)
        )
        if self.random.random() < 0.4:
            self.effects.crash_at = {self.random.randrange(5, 250) for _ in range(self.random.randrange(1, 4))}
        self.decided: dict[str, set[tuple[str, str, str]]] = {name: set() for name in chosen}
        self.telephones: dict[str, str] = {}  # of a patient here: what a user last set
        self.steps = 0
        self.sent_idle = 0

    # What happens

    def run(self) -> None:
        """Play the schedule to its end."""
        for turn in range(self.random.randrange(8, 16)):
            if turn == 2:
                self._fault(FAULTS[self.seed // EVERY % len(FAULTS)])
            self._something()
            for _ in range(self.random.randrange(0, 3)):
                self._fault()
            self._work(self.random.choice((2.0, 30.0, 90.0, 400.0)), self.random.randrange(3, 25))
        self.peace()

    def peace(self) -> None:
        """Faults stop, people decide what is open, and the queue has time to empty."""
        self.effects.quiet, self.disk.full = True, False
        for way in self.ways.values():
            way.gate.faults.clear()
        self.clock.elapsed += 5_000
        upheaval = any(self.effects.fired[kind] for kind in UPHEAVALS)
        for turn in range(ROUNDS):
            self._sync_now()
            self._work(900.0, MOST_STEPS)
            count = sum(
                decide(people, self.random, self.decided[name], everything=True)
                for name, people in self.engine.people.items()
            )
            if not count and not self._busy() and turn >= (5 if upheaval else 1):
                break
            self.clock.elapsed += DAY + 3_600.0
        before = self._effects_of_ours()
        self._sync_now()
        self._work(900.0, MOST_STEPS)
        self.sent_idle = self._effects_of_ours() - before

    def _sync_now(self) -> None:
        for name, way in self.ways.items():
            way.signed_in_again()
            self.engine.people[name].resume("u1")
            self.engine.people[name].sync_now("u1")

    def _effects_of_ours(self) -> int:
        return sum(one.by_client for way in self.ways.values() for one in way.system.log.effects)

    def _busy(self) -> bool:
        with self.disk.read() as unit:
            rows = Rows(unit)
            return any(rows.count(Work, state=state) for state in ("waiting", "unknown"))

    def _work(self, seconds: float, most: int) -> None:
        """Let the engine work; a crash or a full disk ends the process, and it is started again."""
        until = self.clock.elapsed + seconds
        for _ in range(8):
            try:
                self.steps += self.work(max(0.0, until - self.clock.elapsed), most)
            except (Crash, DiskFullError):
                self.engine = self.build()
            else:
                break
        self.clock.elapsed = max(self.clock.elapsed, until)
        for way in self.ways.values():
            way.arrive()

    def _something(self) -> None:
        acts: tuple[Callable[[], None], ...] = (
            self._new_patient, self._new_patient, self._edit_patient, self._edit_patient, self._edit_there,
            self._edit_there, self._new_there, self._fault, self._fault, self._fault, self._fault, self._mishap,
            self._hint, self._decide_some,
        )  # fmt: skip
        try:
            self.random.choice(acts)()
        except (Crash, DiskFullError):
            self.engine = self.build()

    # People here

    def patients(self) -> list[Story]:
        """The patients of the chart, in the order of their ids."""
        with self.disk.read() as unit:
            found = Rows(unit).run("SELECT local_id FROM model_record WHERE kind = 'patient' ORDER BY local_id")
            stories = [self.chart.story(unit, Kind.PATIENT, row[0]) for row in found.fetchall()]
        return [story for story in stories if story is not None]

    def _save(self, story: Story) -> None:
        # The window is a process of its own: what ends the engine does not end it.
        quiet, self.effects.quiet = self.effects.quiet, True
        with self.disk.write() as unit:
            self.chart.write(unit, story)
        self.effects.quiet = quiet

    def _new_patient(self) -> None:
        number = int(self.chance.new_id())
        local_id = f"00000000-0000-7000-8000-{number:012d}"
        phone = self._telephone()
        patient = Patient.model_validate(
            {
                "resourceType": "Patient",
                "id": local_id,
                "identifier": [{"system": "urn:x-clinic-desktop:mrn", "value": f"A7-{number:06d}-4"}],
                "name": [{"family": f"Family{number:04d}", "given": [self.random.choice(("Ana", "Bo", "Cy"))]}],
                "gender": self.random.choice(("female", "male")),
                "birthDate": f"{self.random.randrange(1940, 2015)}-0{self.random.randrange(1, 10)}-11",
                "telecom": [
                    {"system": "phone", "value": phone},
                    {"system": "email", "value": f"p{number}@example.org"},
                ],
                "address": [{"line": ["1 Main St"], "city": "Springfield", "state": "IL", "postalCode": "62701",
                             "country": "US"}],
            }
        )  # fmt: skip
        self.telephones[local_id] = phone
        self._save(Story(Kind.PATIENT, local_id, 0, local_id, patient))

    def _edit_patient(self) -> None:
        found = self.patients()
        if not found:
            self._new_patient()
            return
        story = self.random.choice(found)
        phone = self._telephone()
        assert isinstance(story.first, Patient)
        told = story.first.model_dump(by_alias=True, exclude_none=True)
        others = [one for one in told.get("telecom", ()) if one.get("system") != "phone"]
        edited = Patient.model_validate({**told, "telecom": [{"system": "phone", "value": phone}, *others]})
        self.telephones[story.local_id] = phone
        self._save(Story(Kind.PATIENT, story.local_id, 0, story.patient_id, edited, story.rest))

    def _telephone(self) -> str:
        return f"+1-555-{self.random.randrange(100, 999)}-{self.random.randrange(1000, 9999)}"

    def _decide_some(self) -> None:
        for name, people in self.engine.people.items():
            decide(people, self.random, self.decided[name], everything=False)

    def _hint(self) -> None:
        for name, way in self.ways.items():
            for ident in list(way.system.tables["patients"].rows)[:3]:
                self.engine.hint(name, "patient", ident)
        self.effects.fired["hint"] += 1

    # People there

    def _edit_there(self) -> None:
        name = self.random.choice(list(self.ways))
        system = self.ways[name].system
        rows = system.tables["patients"].rows
        if rows:
            ident = self.random.choice(list(rows))
            People(system).edit("patients", ident, **changed_there(name, rows[ident], self._telephone()))
            self.effects.fired["remote edit"] += 1

    def _new_there(self) -> None:
        name = self.random.choice(list(self.ways))
        way = self.ways[name]
        number = int(self.chance.new_id())
        People(way.system).add("patients", row_there(name, number, self._telephone()))
        self.effects.fired["remote patient"] += 1

    # Faults

    def _fault(self, kind: FaultKind | None = None) -> None:
        """The next request, or one soon after it, fares badly; how is by chance where it is not said."""
        if not kind and not self.faults:
            return
        name = self.random.choice(list(self.ways))
        sure = kind is not None
        chosen: FaultKind = self.random.choice(self.faults) if kind is None else kind
        way = self.ways[name]
        options = self._options(name, chosen)
        after = 0 if sure else self.random.randrange(0, 3)
        if not sure and chosen in {"delayed", "doubled", "lost_after"} and self.random.random() < 0.6:
            # It is what changes something there that matters most.
            way.gate.faults.add(Rule(chosen, method="POST", options=options))
        else:
            way.gate.faults.add(Rule(chosen, after=after, options=options))

    def _options(self, name: str, kind: str) -> dict[str, Any]:
        pick = self.random
        system = self.ways[name].system
        rows = system.tables["patients"].rows
        ident = pick.choice(list(rows)) if rows else ""
        options: dict[str, dict[str, Any]] = {
            "delayed": {"seconds": pick.choice((10, 25, 45))},
            "answer_delayed": {"seconds": pick.choice((5, 90))},
            "too_many": {"headers": pick.random() < 0.5, "seconds": pick.choice((5, 60))},
            "proxy_page": {"before": pick.random() < 0.5},
            "edit": {"table": "patients", "ident": ident,
                     "changes": changed_there(name, rows[ident], self._telephone()) if ident else {}},
            "remove": {"table": "patients", "ident": ident},
            "merge": {"table": "patients", "other": ident},
            "page_shift": {"table": "patients", "by": pick.choice(("insert", "delete"))},
            "add": {"table": "patients", "changes": row_there(name, int(self.chance.new_id()), self._telephone())},
        }  # fmt: skip
        return options.get(kind, {})

    def _mishap(self) -> None:
        roll = self.random.random()
        if roll < 0.3:
            self.disk.full = True
        elif roll < 0.6:
            self.engine = self.build()
            self.effects.fired["restart"] += 1
        else:
            for name, way in self.ways.items():
                way.signed_in_again()
                self.engine.people[name].resume("u1")

    def row_of(self, name: str, ident: str) -> Record | None:
        """A patient's row there."""
        return self.ways[name].system.tables["patients"].get(ident)

    def telephone_there(self, name: str, ident: str) -> str | None:
        """The telephone number in a patient's row there."""
        row = self.row_of(name, ident)
        return telephone_of(name, row) if row is not None else None
