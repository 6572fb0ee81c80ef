"""Plays a scale: somebody steps on, it moves, it comes to rest. Written from the manuals, not from the reader."""

from decimal import Decimal

WAYS = ("sics", "and", "escape", "toledo")


def compose(weight: Decimal, way: str = "sics") -> list[bytes]:
    """What the scale sends, message after message; the last is stable. Weights are in kilograms."""
    moving = weight - Decimal("1.30")
    if way == "and":
        return [f"US,GS,+{moving:07.2f}kg\r\n".encode(), f"ST,GS,+{weight:07.2f}kg\r\n".encode()]
    if way == "escape":
        return [f"\x1bR\x1bI0000000000\x1bW{weight:06.2f}\x1bH000.00\x1bB00.0\x1bT000.00\x1bNm\x1bE".encode()]
    if way == "toledo":
        return [_frame(moving, 0x38), _frame(weight, 0x30)]
    return [f"S D {moving:10.2f} kg\r\n".encode(), f"S S {weight:10.2f} kg\r\n".encode()]


def _frame(weight: Decimal, status: int) -> bytes:
    # 0x2C: two figures behind the point, steps of one.
    return b"\x02" + bytes((0x2C, status, 0x20)) + f"{int(weight * 100):6d}     0\r".encode()
