"""What an instrument on the desk measured: which sign, how much, and whether the instrument had come to rest."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# How the entry of vital signs writes the unit behind a number.
_WRITTEN: Final = {"kg": "kg", "g": "g", "lb": "lb", "Cel": "C", "degF": "F", "cm": "cm", "in": "in"}


@dataclass(frozen=True)
class Reading:
    """One measurement: `sign` is its key in `domain.vitals`, `unit` as the instrument has it."""

    sign: str
    value: Decimal
    unit: str
    stable: bool = True

    @property
    def entry(self) -> str:
        """As a person would type it into the entry of vital signs."""
        return f"{self.value} {_WRITTEN[self.unit]}"


def number(text: str) -> Decimal | None:
    """A number of an instrument, sign and filling included; None where it is none."""
    bare = text.replace(" ", "")
    if not bare or len(bare) > 12 or not bare.lstrip("+-").replace(".", "", 1).isdigit() or not bare.isascii():
        return None
    return Decimal(bare)
