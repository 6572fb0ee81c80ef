"""The two lists that a test reads: what was asked, and what it did."""

from dataclasses import dataclass

from sync.sandbox.wire import Record

OTHERS = "other people"


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of state: who made it, by which request, and the record before and after."""

    at: float
    act: str
    table: str
    ident: str
    by: str
    request_id: str = ""
    method: str = ""
    path: str = ""
    body: bytes = b""
    before: Record | None = None
    after: Record | None = None

    @property
    def by_client(self) -> bool:
        """Whether a request did it."""
        return self.by != OTHERS


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that reached the system, and what it was answered."""

    at: float
    method: str
    path: str
    endpoint: str
    budget: str
    who: str
    status: int
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """A request that named a record which is not there."""

    at: float
    method: str
    path: str
    table: str
    ident: str


class Log:
    """Everything asked and everything done, in order; and what was named that is not there."""

    __slots__ = ("asked", "effects", "strays")

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.effects: list[Effect] = []
        self.strays: list[Stray] = []

    def made(self, table: str, *, by_client: bool = True) -> list[Effect]:
        """The creations in a table."""
        return [
            one for one in self.effects if one.act == "create" and one.table == table and one.by_client >= by_client
        ]

    def duplicates(self) -> dict[tuple[str, bytes], list[str]]:
        """Creations by requests with the very same body, and the ids they made."""
        seen: dict[tuple[str, bytes], list[str]] = {}
        for one in self.effects:
            if one.act == "create" and one.by_client and one.body:
                seen.setdefault((one.table, one.body), []).append(one.ident)
        return {key: idents for key, idents in seen.items() if len(idents) > 1}

    def overwritten(self) -> list[tuple[Effect, Effect, str]]:
        """Values that other people wrote and a client then replaced: their change, the client's, the field.

        What a restored backup of the system itself had taken back was not there to be replaced.
        """
        theirs: dict[tuple[str, str, str], Effect] = {}
        found = []
        for one in self.effects:
            before, after = one.before or {}, one.after or {}
            changed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
            for name in changed if one.act != "create" else ():
                key = (one.table, one.ident, name)
                if not one.by_client:
                    theirs[key] = one
                elif (written := theirs.pop(key, None)) and (written.after or {}).get(name) == before.get(name):
                    found.append((written, one, name))
        return found

    def busiest(self, seconds: float, budget: str | None = None, who: str | None = None) -> int:
        """The most requests that stood in any window of so many seconds, refused ones left out."""
        times = [
            one.at
            for one in self.asked
            if one.status != 429 and (budget is None or one.budget == budget) and (who is None or one.who == who)
        ]
        most, first = 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - seconds:
                first += 1
            most = max(most, last - first + 1)
        return most
