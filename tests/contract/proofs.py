"""What shows that a field has a home: a service wrote it, a query gave it back, and it stands in its column."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clinic_desktop.clock import to_text
from clinic_desktop.store.engine import Store


@dataclass(frozen=True)
class Proof:
    """What was wanted of a home, what a query showed, and how the column keeps it."""

    wanted: str
    shown: str
    stored: str


class Proofs:
    """One proof for each home, gathered while the acts of a clinic are done."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.found: dict[str, Proof] = {}

    def see(self, home: str, wanted: object, shown: object, *, stored: object = None) -> None:
        """Note what was written into a home and what a query says stands there."""
        self.found[home] = Proof(_text(wanted), _text(shown), _text(wanted if stored is None else stored))

    def made(self, home: str, shown: object, *, stored: object = None) -> None:
        """Note what the act itself made: a number, an instant, a state, a link; the column must agree."""
        self.see(home, shown, shown, stored=stored)

    def alike(self, table: str, values: Mapping[str, object], shown: object) -> None:
        """Note several columns of one table whose fields bear the same names."""
        for name, wanted in values.items():
            self.see(f"{table}.{name}", wanted, getattr(shown, name))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return " ".join(_text(one) for one in value)
    return "" if value is None else str(value)
