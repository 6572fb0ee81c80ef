"""Weights in the bytes of a scale, whichever of four ways it writes them; no I/O.

- MT-SICS (Mettler-Toledo, Reference Manual MT-SICS level 0 and 1): ``S S     72.45 kg``; S stable, D moving.
- A&D standard format (A&D, RS-232C interface): ``ST,GS,+0072.45kg``; ST stable, US moving, OL too much.
- The escape protocol of physicians' scales (Health o meter Professional, Rice Lake 160-10-7N): ``ESC R ESC W072.45 ESC
  H178.0 ESC Nm ESC E``; sent once the scale has come to rest.
- Toledo continuous output (Mettler-Toledo, IND indicators): STX, three status characters, weight, tare, CR.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from clinic_desktop.domain.instruments import Reading, number

LONGEST: Final = 512
_UNITS: Final = {"kg": "kg", "g": "g", "lb": "lb", "lbs": "lb"}
_SICS: Final = re.compile(r"S (?P<state>[SD]) +(?P<value>[-+]?[0-9. ]*[0-9]) *(?P<unit>kg|g|lbs?)\s*")
_AND: Final = re.compile(
    r"(?P<state>ST|US),(?:(?:GS|NT|TR|G|N),)? *(?P<value>[-+]? *[0-9.]+) *(?P<unit>kg|g|lbs?)\s*", re.IGNORECASE
)
_ESCAPE: Final = re.compile(r"\x1bR((?:\x1b[A-Z][^\x1b]{0,24})*?)\x1bE")
_STX: Final = 0x02
_SCALES: Final = {0: 100, 1: 10}
_TOO_MUCH: Final = Decimal("999.9")  # what the escape protocol sends of a scale that is overloaded


class Weights:
    """Takes bytes as they come and gives readings; what is no weight is passed over, and never kept for long."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, raw: bytes) -> list[Reading]:
        """Readings that are whole now."""
        self._held = (self._held + raw)[-LONGEST:]
        found: list[Reading] = []
        while (cut := self._next()) is not None:
            message, self._held = self._held[:cut], self._held[cut:]
            found += _readings(message)
        return found

    def _next(self) -> int | None:
        """Where the first whole message ends."""
        if b"\x1bR" in self._held and b"\x1bE" not in self._held[self._held.index(b"\x1bR") :]:
            return None
        ends = [place + len(mark) for mark in (b"\r", b"\n", b"\x1bE") if (place := self._held.find(mark)) >= 0]
        return min(ends) if ends else None


def _readings(message: bytes) -> Iterator[Reading]:
    start = message.rfind(_STX)
    if start >= 0 and len(message) - start in {17, 18}:
        yield from _continuous(message[start:])
        return
    text = message.decode("ascii", "replace").strip("\r\n\x00")
    if found := _ESCAPE.search(text):
        yield from _escaped(found[1])
        return
    for shape, rest in ((_SICS, "S"), (_AND, "ST")):
        if (found := shape.fullmatch(text)) and (value := number(found["value"])) is not None:
            yield from _weight(value, _UNITS[found["unit"].lower()], stable=found["state"].upper() == rest)
            return


def _weight(value: Decimal, unit: str, *, stable: bool) -> Iterator[Reading]:
    # An empty scale, and one that was not set to zero, weigh nobody.
    if value > 0:
        yield Reading("weight", value, unit, stable)


def _escaped(body: str) -> Iterator[Reading]:
    said = {part[0]: part[1:].strip() for part in body.split("\x1b") if part}
    metric = said.get("N", "m")[:1] != "c"
    for letter, sign, units in (("W", "weight", ("kg", "lb")), ("H", "height", ("cm", "in"))):
        value = number(said.get(letter, ""))
        if value is not None and 0 < value < _TOO_MUCH:
            yield Reading(sign, value, units[0] if metric else units[1])


def _continuous(frame: bytes) -> Iterator[Reading]:
    """STX, status A (decimal point), B (net, negative, over, motion, kg), C, six digits of weight, six of tare, CR."""
    first, second, digits = frame[1], frame[2], frame[4:10].decode("ascii", "replace").replace(" ", "0")
    if not digits.isdigit() or not digits.isascii() or second & 0b110:
        return
    point = first & 0b111
    factor = Decimal(_SCALES[point]) if point in _SCALES else Decimal(1).scaleb(2 - point)
    yield from _weight(int(digits) * factor, "kg" if second & 0b10000 else "lb", stable=not second & 0b1000)
