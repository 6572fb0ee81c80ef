"""What other people do at a system while nobody here is looking."""

import random
from dataclasses import dataclass
from typing import Any

from tests.simulation.server import Server, Thing
from tests.simulation.world import Effects, VirtualClock

MEMBERS = ("name", "phone", "address", "allergies", "contacts", "notes")


@dataclass
class Others:
    """Edits, new records and deletions by others; each draws from the chance that it is handed."""

    server: Server
    clock: VirtualClock
    effects: Effects

    def edit(self, pick: random.Random) -> None:
        """Somebody there changes a patient."""
        found = self.server.live("patient")
        if not found:
            return
        thing = pick.choice(found)
        member = pick.choice(MEMBERS)
        value = self._value(pick, member, thing.body.get(member))
        self.server.write(thing, {member: value}, "other", self.clock.true())
        self.effects.fired["remote edit"] += 1

    def _value(self, pick: random.Random, member: str, old: Any) -> Any:
        if member == "phone":
            return f"+1-{pick.randrange(1000, 9999)}"
        if member == "address":
            return {**(old or {}), pick.choice(("city", "line")): f"Y{pick.randrange(99)}"}
        if member == "allergies":
            return old[1:] if old and pick.random() < 0.2 else [*(old or []), f"there{pick.randrange(99)}"]
        if member == "contacts":
            others = [one for one in old or () if one["who"] != "friend"]
            return [*others, {"who": "friend", "phone": str(pick.randrange(99))}]
        if member == "notes":
            return f"{old or ''}\nthere {pick.randrange(999)}"
        return f"{member}{pick.randrange(999)}"

    def child(self, pick: random.Random) -> None:
        """Somebody there books an appointment or writes a document: the pages of the lists move."""
        found = self.server.live("patient")
        if not found:
            return
        number = pick.randrange(10_000)
        kind, body = pick.choice(
            (
                ("appointment", {"time": self.clock.true() + number, "status": "booked", "notes": f"theirs {number}"}),
                ("document", {"text": f"d{number}", "code": "x"}),
            )
        )
        self.server.create(kind, body, pick.choice(found).id, "", "other")
        self.effects.fired["page shift"] += 1

    def patient(self, pick: random.Random, ours: list[dict[str, Any]]) -> None:
        """Somebody there registers one of our patients, one much like them, or somebody new."""
        if pick.random() < 0.6 and ours:
            body = dict(pick.choice(ours))
            if pick.random() < 0.5:
                body["phone"] = "+1-0000"
        else:
            name = "REFUSED" if pick.random() < 0.2 else f"New{pick.randrange(99)}"
            phone = f"+1-{pick.randrange(1000, 9999)}"
            body = {"name": name, "birth": "1999", "phone": phone, "allergies": [], "notes": ""}
        self.server.create("patient", body, "", "", "other")
        self.effects.fired["remote patient"] += 1

    def delete(self, pick: random.Random) -> None:
        """Somebody there deletes a record, or brings one back."""
        if pick.random() < 0.3:
            lost = [one for kind in self.server.things.values() for one in kind.values() if one.deleted]
            if lost:
                pick.choice(lost).deleted = False
                self.effects.fired["brought back"] += 1
            return
        found: list[Thing] = self.server.live(pick.choice(("appointment", "patient", "prescription")))
        if found:
            thing = pick.choice(found)
            if pick.random() < 0.4:
                # The system has lost sight of it, and finds it again: that is no deletion.
                thing.hidden_until = self.clock.elapsed + pick.uniform(600, 20_000)
                self.effects.fired["lost sight of"] += 1
                return
            thing.deleted = True
            thing.deleted_at = self.clock.elapsed
            self.effects.fired["remote delete"] += 1
