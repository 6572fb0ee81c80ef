"""Plays a thermometer, written from its manual and not from the reader."""

import struct
from decimal import Decimal

WAYS = ("text", "suretemp")


def compose(celsius: Decimal, way: str = "text") -> list[bytes]:
    """What a thermometer sends, message after message; the last is final."""
    if way == "suretemp":
        kelvin = float(celsius + Decimal("273.15"))
        return [_record(0.0, kelvin - 2), _record(kelvin, kelvin)]
    return [f"T={celsius:.1f}C\r\n".encode()]


def _record(final: float, probe: float) -> bytes:
    data = struct.pack("<ffIBBBHBB", final, probe, 78, 0, 0, 2, 0, 1, 0)
    block = b"\x03\x02\x10\x94\x1c\x02" + len(data).to_bytes(2, "little") + data
    return block + bytes([(256 - sum(block) % 256) % 256])
