"""What a message carries besides results, read once when it came: doses, medicines, orders and registrations."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

IN_ACT = ("written", "carried", "titles")

Table = Literal["immunizations", "medicines_taken", "orders", "patients", "merges"]


@dataclass(frozen=True)
class ReceivedRecord:
    """One record as a message tells it.

    `identity` is the same for the same record told again, `values` are columns of its table (of a registration those of
    a new patient, of a merge the numbers that end), `problem` is why a person has to look before it is filed.
    """

    table: Table
    identity: str
    title: str
    values: Mapping[str, object]
    problem: str | None = None

    def __repr__(self) -> str:
        return f"ReceivedRecord({self.table})"


def written(records: Sequence[ReceivedRecord]) -> str | None:
    """Records as a message's row keeps them; None where it carries none."""
    return json.dumps([asdict(one) for one in records], ensure_ascii=False) if records else None


def carried(text: str | None) -> tuple[ReceivedRecord, ...]:
    """The records that a message's row keeps."""
    return tuple(ReceivedRecord(**one) for one in json.loads(text or "[]"))


def titles(text: str | None) -> str:
    """What the records that a row keeps are called, in one line."""
    return "; ".join(one.title for one in carried(text) if one.title)
