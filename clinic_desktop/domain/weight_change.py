"""Whether a weight is so far from the last ones that it asks for a second look: a slip of the pen, or an illness.

Sources: Daymont et al., "Automated identification of implausible values in growth data from pediatric electronic health
records", JAMIA 24 (2017): a child's z-score is held to the mean of the child's others, each weighed by
(5 + days apart) to the power of -1.5, and is a candidate where it lies more than three deviations from those before it.
NICE CG32, "Nutrition support for adults" (2006), 1.3: more than a tenth of the weight within six months.
"""

from collections.abc import Sequence
from decimal import Decimal

CHILD_UNTIL_DAYS = 7305  # 20 years: CDC's charts end there
CHILD_DEVIATIONS = 3.0
ADULT_SHARE = Decimal("0.10")
ADULT_DAYS = 183


def expected_z(earlier: Sequence[tuple[int, float]], days: int) -> float | None:
    """The z-score that earlier ones, as (age in days, z), lead one to expect at an age; None where there are none."""
    weighed = [((5 + abs(days - at)) ** -1.5, z) for at, z in earlier]
    total = sum(weight for weight, _z in weighed)
    return sum(weight * z for weight, z in weighed) / total if weighed else None


def is_odd_for_child(z: float, days: int, earlier: Sequence[tuple[int, float]]) -> bool:
    """Whether a child's weight-for-age lies more than three deviations from what the earlier ones lead to."""
    expected = expected_z(earlier, days)
    return expected is not None and abs(z - expected) > CHILD_DEVIATIONS


def is_odd_for_adult(kg: Decimal, last_kg: Decimal, days_between: int, *, pregnant: bool = False) -> bool:
    """Whether a weight is more than a tenth from one of the last six months; gaining while pregnant is no question."""
    if not 0 <= days_between <= ADULT_DAYS or last_kg <= 0 or (pregnant and kg > last_kg):
        return False
    return abs(kg - last_kg) / last_kg > ADULT_SHARE
