"""Twenty flows of a working day, each played with the process ended at every single effect in turn."""

from collections.abc import Callable
from typing import Any

from sync.port import Create, Put
from tests.simulation.others import Others
from tests.simulation.remote import profile
from tests.simulation.schedule import Schedule
from tests.simulation.server import Thing

MOST = 600
PATIENT = {
    "name": "Ana", "birth": "1990", "phone": "+1-555", "address": {"city": "Here", "line": "1"},
    "allergies": ["nuts"], "contacts": [{"who": "kin", "phone": "1"}], "notes": "first",
}  # fmt: skip


class Day(Schedule):
    """A quiet schedule that does what a flow says; faults come one at a time, by name."""

    def __init__(
        self,
        crash_at: int,
        *,
        create: Create = Create.MARKER,
        put: Put = Put.TOP,
        masks: bool = False,
        an_hour: int = 12,
    ) -> None:
        super().__init__(1)
        self.masks = masks
        self.profile = profile("alpha", create, put, partial=False, limits=(an_hour, 4000, 100))
        self.server.buckets = self.profile.buckets
        self.server.shouts = False
        self.network.rate, self.network.allowed, self.meddling = 0.0, (), 0.0
        self.backed_up = False
        self.effects.crash_at = {crash_at}
        self.engine = self._build()

    def save(self, kind: str, local_id: str, body: dict[str, Any], patient: str | None = None, **how: Any) -> None:
        members = sorted(body) if kind == "patient" else []
        self.sends_allowed[f"ref {local_id}"] = 1
        self._save(kind, local_id, patient, body, members, **how)

    def work(self, seconds: float = 30.0) -> None:
        self._work(self.clock.elapsed + seconds, most=MOST)

    def sync_now(self) -> None:
        self._guard(lambda: self.engine.people["alpha"].sync_now("u1"))

    def failing(self, *faults: str) -> None:
        """These faults, one for each of the next requests that change anything."""
        self.network.script = list(faults)

    def there(self, kind: str = "patient") -> Thing:
        return next(iter(self.server.things[kind].values()))

    def edit_there(self, **changes: Any) -> None:
        if self.server.things["patient"]:
            self.server.write(self.there(), changes, "other", self.clock.true())


def create(day: Day) -> None:
    day.save("patient", "P1", PATIENT)
    day.work()


def update(day: Day) -> None:
    create(day)
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work()


def merge(day: Day) -> None:
    create(day)
    day.edit_there(name="Anna", allergies=["nuts", "milk"])
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777", "allergies": ["nuts", "dust"]})
    day.work()


def conflict(day: Day) -> None:
    create(day)
    day.edit_there(name="Anna")
    day.save("patient", "P1", {**PATIENT, "name": "Anne", "phone": "+1-777"})
    day.work()


def decided(day: Day) -> None:
    conflict(day)
    day._guard(day._decide_some)
    day.work()


def allergy_taken_out(day: Day) -> None:
    create(day)
    day.edit_there(allergies=[])
    day.sync_now()
    day.work()


def cancel(day: Day) -> None:
    create(day)
    time = day.clock.true() + 500_000
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1")
    day.work()
    day.save("appointment", "A1", {"time": time, "status": "cancelled", "notes": "n"}, "P1", act="cancel")
    day.work()


def cancel_lost(day: Day) -> None:
    create(day)
    time = day.clock.true() + 500_000
    day.save("appointment", "A1", {"time": time, "status": "booked", "notes": "n"}, "P1")
    day.work()
    day.failing("answer lost")
    day.save("appointment", "A1", {"time": time, "status": "cancelled", "notes": "n"}, "P1", act="cancel")
    day.work(300)


def dispense(day: Day) -> None:
    create(day)
    day.save("prescription", "R1", {"text": "a", "code": "c"}, "P1")
    day.save("dispense", "D1", {"of": "R1", "text": "given"}, "P1")
    day.work()


def several_lines(day: Day) -> None:
    create(day)
    day.save("prescription", "R1", {"lines": ["a", "b", "c"], "code": "c"}, "P1")
    day.work()


def payment(day: Day) -> None:
    create(day)
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work()


def payment_lost(day: Day) -> None:
    create(day)
    day.failing("answer lost")
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work(300)


def answer_lost(day: Day) -> None:
    day.failing("answer lost")
    create(day)
    day.work(300)


def request_lost(day: Day) -> None:
    day.failing("request lost")
    create(day)
    day.work(300)


def late(day: Day) -> None:
    day.failing("late")
    create(day)
    day.work(300)


def update_lost(day: Day) -> None:
    create(day)
    day.failing("answer lost")
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(300)


def signed_out(day: Day) -> None:
    day.failing("401")
    day.save("patient", "P1", PATIENT)
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work()


def refused(day: Day) -> None:
    create(day)
    day.save("document", "X1", {"text": "POISON"}, "P1")
    day.save("document", "X2", {"text": "good"}, "P1")
    day.work()


def budget(day: Day) -> None:
    for n in range(6):
        day.save("patient", f"P{n}", {**PATIENT, "name": f"Ana{n}", "phone": str(n)})
    day.work(4000)


def sweep(day: Day) -> None:
    others = Others(day.server, day.clock, day.effects)
    for n in range(8):
        day.server.create("patient", {**PATIENT, "name": f"There{n}", "phone": f"9{n}"}, "", "", "other")
    others.child(day.random)
    day.work(120)


def gone(day: Day) -> None:
    create(day)
    for thing in day.server.live("patient"):
        thing.deleted, thing.deleted_at = True, day.clock.elapsed
    day.effects.fired["remote delete"] += 1
    day.work()


def restored(day: Day) -> None:
    create(day)
    backup = day.disk.snapshot()
    day.save("appointment", "A1", {"time": day.clock.true() + 900_000, "status": "booked", "notes": "n"}, "P1")
    day.save("payment", "Y1", {"text": "10"}, "P1")
    day.work()
    day.restore(backup)
    day.work(300)


def restored_before_it_was_sent(day: Day) -> None:
    create(day)
    day.save("payment", "Y1", {"text": "10"}, "P1")
    backup = day.disk.snapshot()
    day.work()
    day.restore(backup)
    day.work(300)


def already_there(day: Day) -> None:
    day.server.create("patient", PATIENT, "", "", "other")
    create(day)


def dispensed_and_touched(day: Day) -> None:
    dispense(day)
    day.save("dispense", "D1", {"of": "R1", "text": "given"}, "P1")
    day.work()


def lost_and_listed(day: Day) -> None:
    create(day)
    day.failing("answer lost")
    day.save("document", "X1", {"text": "seen"}, "P1")
    day.work(20)
    day.sync_now()
    day.work(300)


def lost_sight_of(day: Day) -> None:
    create(day)
    for thing in day.server.live("patient"):
        thing.hidden_until = day.clock.elapsed + 4_000
    for _ in range(3):
        day.sync_now()
        day.work(60)


def perhaps_ours(day: Day) -> None:
    day.server.create("patient", {**PATIENT, "phone": "other"}, "", "", "other")
    day.server.create("appointment", {"time": 1.0, "status": "booked", "notes": "t"}, "pat_00001", "", "other")
    create(day)
    day.sync_now()
    day.work(300)


def very_late(day: Day) -> None:
    create(day)
    day.failing("very late")
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(400)
    day.save("patient", "P1", {**PATIENT, "phone": "+1-888"})
    day.work(100)
    day.clock.sleep(5_000)
    day.work(10)


def late_over_theirs(day: Day) -> None:
    create(day)
    day.failing("very late")
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777"})
    day.work(100)
    day.edit_there(name="Anna")
    day.save("patient", "P1", {**PATIENT, "phone": "+1-777", "name": "Anne"})
    day.work(20)
    day.clock.sleep(5_000)
    day.work(10)


def restored_at_the_limit(day: Day) -> None:
    backup = day.disk.snapshot()
    for n in range(4):
        day.save("patient", f"P{n}", {**PATIENT, "name": f"Ana{n}", "phone": str(n)})
    day.work(60)
    day.restore(backup)
    for n in range(20, 22):
        day.save("patient", f"P{n}", {**PATIENT, "name": f"Bo{n}", "birth": f"19{n}", "phone": f"9{n}"})
    day.work(600)


FLOWS: tuple[Callable[[Day], None], ...] = (
    create, update, merge, conflict, decided, allergy_taken_out, cancel, cancel_lost, dispense, several_lines, payment,
    payment_lost, answer_lost, request_lost, late, update_lost, signed_out, refused, budget, sweep, gone, restored,
    restored_before_it_was_sent,
    already_there,
    dispensed_and_touched,
    lost_and_listed,
    lost_sight_of,
    perhaps_ours,
    very_late,
    late_over_theirs,
    restored_at_the_limit,
)  # fmt: skip
