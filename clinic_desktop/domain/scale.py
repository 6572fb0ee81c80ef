"""Round numbers for an axis."""

import math


def nice_steps(low: float, high: float, count: int) -> list[float]:
    """Steps of 1, 2 or 5 times a power of ten that hold `low` to `high`, about `count` of them."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    raw = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]
