"""The chart as the engine sees it: what changed, the story of a record, and taking in what came from elsewhere.

Every method runs in a transaction of the engine's (`unit`): what it does commits with sync's own rows or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.engine.store.rows import Unit
from sync.port import Kind, Story
from sync.records.elements import Resource


@dataclass(frozen=True)
class Change:
    """One entry of the journal that a system may have to be told of.

    `urgency`: 0 safety, 1 the patient is waiting, 2 needed within two days, 3 the rest. `deadline`: seconds since 1970.
    `parted`: of a patient whose registration was merged with another, and stands by itself again.
    """

    seq: int
    kind: Kind
    local_id: str
    patient_id: str | None
    urgency: int = 3
    deadline: float | None = None
    parted: bool = False


@dataclass(frozen=True)
class Likely:
    """A patient here who may be the one seen there: how likely, and on what evidence.

    `strong` names what else is equal (phone, e-mail, member number, our own number); `against` what contradicts.
    """

    local_id: str
    score: float
    birth_equal: bool = False
    name_fits: bool = False
    strong: frozenset[str] = frozenset()
    against: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Because:
    """Why the chart is changed: which system, which record there, which members; `who` decided, where a person did."""

    system: str
    remote_id: str
    members: frozenset[str] = frozenset()
    who: str = ""


class Chart(Protocol):
    """What the engine needs of the chart."""

    def end(self, unit: Unit) -> int:
        """The newest entry of the journal."""
        ...

    def changes(self, unit: Unit, after: int, limit: int) -> tuple[Sequence[Change], int]:
        """What changed after an entry, oldest first, and the entry up to which that is all."""
        ...

    def story(self, unit: Unit, kind: Kind, local_id: str) -> Story | None:
        """A record as it is now; None where it is not one that is told."""
        ...

    def alike(self, unit: Unit, records: Sequence[Resource]) -> Sequence[Likely]:
        """Who here the patient of these records may be, the likeliest first."""
        ...

    def adopt(
        self, unit: Unit, kind: Kind, local_id: str | None, records: Sequence[Resource], because: Because
    ) -> str | None:
        """Take in what came: new (no `local_id`) or changed. Returns the id here; None where the chart has no place.

        What is signed is never overwritten: it arrives beside it as a fact of its own. Raises for what it refuses.
        """
        ...

    def count(self, unit: Unit, kind: Kind) -> int:
        """How many records of a kind are here."""
        ...

    def at_work(self, unit: Unit, kind: Kind) -> Sequence[tuple[str, float]]:
        """What of a kind is being worked at (who is here, what is open), and for how many seconds it has been."""
        ...

    def question(self, unit: Unit, story: Story, waited: float) -> str | None:
        """What a person must say before a record that waited (seconds) is sent: its time has passed, it has expired."""
        ...
