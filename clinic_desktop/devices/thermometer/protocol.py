"""Temperatures in the bytes of a thermometer; no I/O.

- The SureTemp Plus module (Welch Allyn, OEM Implementation manual, command 941C): blocks with a sum, kelvin as a float.
- Lines of text as infrared thermometers write them: ``T=36.8C``, ``+036.8 C``, ``98.2 F``, ``36.8``.
"""

import re
import struct
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from clinic_desktop.domain.instruments import Reading

LONGEST: Final = 512
_PREAMBLE: Final = b"\x03\x02\x10"
_RECORD: Final = b"\x94\x1c\x02"
_HEAD: Final = len(_PREAMBLE) + len(_RECORD) + 2
_LINE: Final = re.compile(
    r"(?:T(?:EMP)?\s*[=:]?)?\s*\+?0*(?P<value>[0-9]{2,3}(?:[.,][0-9]{1,2})?)\s*°?\s*(?P<unit>[CF])?"
)
_KELVIN: Final = Decimal("273.15")
_WARMEST_CELSIUS: Final = 50  # a body is never as warm; a number above it with no unit is in Fahrenheit
_BODY: Final = (Decimal(25), Decimal(45))
ASK: Final = _PREAMBLE + b"\x94\x1c\x01\x00\x00"


def with_sum(block: bytes) -> bytes:
    """A block with the sum that makes all its bytes add up to nothing."""
    return block + bytes((-sum(block) & 0xFF,))


class Temperatures:
    """Takes bytes as they come and gives readings; what is no temperature of a body is passed over."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, raw: bytes) -> list[Reading]:
        """Readings that are whole now."""
        self._held = (self._held + raw)[-LONGEST:]
        found: list[Reading] = []
        while (cut := self._next()) is not None:
            message, self._held = self._held[:cut], self._held[cut:]
            found += _record(message) if message.startswith(_PREAMBLE) else _line(message)
        return found

    def _next(self) -> int | None:
        start = self._held.find(_PREAMBLE)
        if start > 0:
            return start
        if start == 0:
            if len(self._held) < _HEAD:
                return None
            size = _HEAD + int.from_bytes(self._held[_HEAD - 2 : _HEAD], "little") + 1
            # A block longer than any there is was damaged: what follows its beginning is read afresh.
            return len(_PREAMBLE) if size > LONGEST else size if len(self._held) >= size else None
        ends = [place + 1 for mark in (b"\r", b"\n") if (place := self._held.find(mark)) >= 0]
        return min(ends) if ends else None


def _record(block: bytes) -> Iterator[Reading]:
    if sum(block) & 0xFF or not block.startswith(_PREAMBLE + _RECORD) or len(block) < _HEAD + 18:
        return
    final, probe = struct.unpack_from("<ff", block, _HEAD)
    error = int.from_bytes(block[_HEAD + 15 : _HEAD + 17], "little") if len(block) == _HEAD + 20 else 0
    kelvin, stable = (final, True) if final else (probe, False)
    if error or not 200 < kelvin < 400:
        return
    yield from _body(round(Decimal(kelvin) - _KELVIN, 1), "Cel", stable=stable)


def _line(message: bytes) -> Iterator[Reading]:
    found = _LINE.fullmatch(message.decode("latin-1").strip().upper())
    if found is None:
        return
    value = Decimal(found["value"].replace(",", "."))
    unit = found["unit"] or ("F" if value > _WARMEST_CELSIUS else "C")
    yield from _body(value, "degF" if unit == "F" else "Cel", stable=True)


def _body(value: Decimal, unit: str, *, stable: bool) -> Iterator[Reading]:
    celsius = (value - 32) * 5 / 9 if unit == "degF" else value
    if _BODY[0] <= celsius <= _BODY[1]:
        yield Reading("temperature", value, unit, stable)
