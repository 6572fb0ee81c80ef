"""Where a child's measurement stands among children of the same age and sex: z-scores and centiles by the LMS method.

Sources: WHO Child Growth Standards, Methods and development (2006), chapter 7, for the LMS with its limit beyond three
standard deviations; CDC, "Growth charts data files" (2000), for the tables at half-months, between which L, M and S are
interpolated; CDC, "Extended BMI-for-age" (2022), for a body mass index above the 95th centile; WHO anthro manual (2011)
for length measured lying under two years and standing after, 0.7 cm apart.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Literal

Measure = Literal["weight", "height", "bmi", "head", "weight_length", "weight_height"]
Standard = Literal["who", "cdc"]

DAYS_IN_YEAR = 365.25
DAYS_IN_MONTH = DAYS_IN_YEAR / 12  # WHO and CDC both take a month for 30.4375 days
BETWEEN_CM = 0.7  # what a child is longer lying than it is tall standing (WHO)
STANDING_FROM_DAYS = 731  # WHO: length under two years (730 days), height from then on
WHO_LAST_DAY = 1856
GROWN_DAYS = round(20 * DAYS_IN_YEAR)  # CDC's charts end at 20 years, later than WHO's
TERM_WEEKS = 37  # born before: preterm (WHO)
CORRECTED_UNTIL_DAYS = (
    731  # a preterm child's age is corrected up to its second birthday (American Academy of Pediatrics)
)
FULL_TERM_DAYS = 280
_NORMAL = NormalDist()

# A weight is skewed so much that the LMS goes astray beyond three deviations: WHO goes on in steps of the last one.
LIMITED = frozenset({"weight", "bmi", "weight_length", "weight_height"})


@dataclass(frozen=True)
class LMS:
    """Power, median and coefficient of variation at one age (or length)."""

    l: float  # noqa: E741 - its name in the method
    m: float
    s: float

    def z(self, value: float) -> float:
        """The z-score of a value (Cole and Green, 1992)."""
        if abs(self.l) < 1e-9:
            return math.log(value / self.m) / self.s
        return (math.pow(value / self.m, self.l) - 1) / (self.l * self.s)

    def value(self, z: float) -> float:
        """The value at a z-score; infinite where the curve never gets so far."""
        if abs(self.l) < 1e-9:
            return self.m * math.exp(self.s * z)
        inner = 1 + self.l * self.s * z
        return self.m * math.pow(inner, 1 / self.l) if inner > 0 else math.inf


@dataclass(frozen=True)
class Table:
    """One reference of one sex: where its rows stand (days, months or centimetres, rising), and the rows."""

    at: Sequence[float]
    rows: Sequence[LMS]

    def find(self, at: float) -> LMS | None:
        """The row at a place, L, M and S interpolated between two; None outside the table."""
        if not self.at or not self.at[0] <= at <= self.at[-1]:
            return None
        low, high = 0, len(self.at) - 1
        while high - low > 1:
            middle = (low + high) // 2
            if self.at[middle] <= at:
                low = middle
            else:
                high = middle
        share = (at - self.at[low]) / (self.at[high] - self.at[low])
        first, last = self.rows[low], self.rows[high]
        return LMS(
            first.l + share * (last.l - first.l),
            first.m + share * (last.m - first.m),
            first.s + share * (last.s - first.s),
        )


Tables = Mapping[tuple[Standard, Measure, str], Table]  # by standard, measure and sex ("female", "male")


@dataclass(frozen=True)
class Score:
    """Where a value stands; `z` is the z-score, `centile` 0 to 100, `median` the value of the middle child."""

    standard: Standard
    measure: Measure
    z: float
    centile: float
    median: float


def centile(z: float) -> float:
    """The centile of a z-score, 0 to 100."""
    return _NORMAL.cdf(z) * 100


def z_of(centile_: float) -> float:
    """The z-score of a centile between 0 and 100, both left out."""
    return _NORMAL.inv_cdf(centile_ / 100)


def age_in_days(born_on: date, on: date) -> int:
    """How many days old somebody is; negative before the birth."""
    return (on - born_on).days


def corrected_days(born_on: date, on: date, gestation_days: int | None) -> int:
    """The age a preterm child would have if born at 40 weeks, up to its second birthday; else the age itself."""
    days = age_in_days(born_on, on)
    if gestation_days is None or gestation_days >= TERM_WEEKS * 7 or days >= CORRECTED_UNTIL_DAYS:
        return days
    return days - (FULL_TERM_DAYS - gestation_days)


def preferred(days: int) -> Standard:
    """WHO under five years; CDC after, where WHO's daily standards end."""
    return "who" if days <= 1826 else "cdc"


def body_mass_index(weight_kg: float, height_cm: float) -> float:
    """Kilograms by metres squared."""
    return weight_kg / (height_cm / 100) ** 2


def as_charted(height_cm: float, posture: str | None, days: int) -> float:
    """A length or height (cm) as the charts mean it: lying under two years, standing from then on.

    Measured the other way, 0.7 cm are added to a standing height or taken from a lying length (WHO, Training course on
    child growth assessment, 2008, module B; WHO anthro does the same). Where nobody said how, it is taken as it is.
    """
    lies = days < STANDING_FROM_DAYS
    if posture == "standing" and lies:
        return round(height_cm + BETWEEN_CM, 2)
    if posture == "lying" and not lies:
        return round(height_cm - BETWEEN_CM, 2)
    return height_cm


def score(tables: Tables, standard: Standard, measure: Measure, sex: str, days: int, value: float) -> Score | None:
    """Score a value (kg, cm or kg/m2) at an age in days; None where the standard has nothing for this age or sex."""
    table = tables.get((standard, measure, sex))
    if table is None or value <= 0 or days < 0:
        return None
    row = table.find(days if standard == "who" else days / DAYS_IN_MONTH)
    if row is None:
        return None
    if standard == "cdc" and measure == "bmi":
        return _bmi_cdc(row, sex, days, value)
    return _scored(standard, measure, row, value)


def score_for_length(tables: Tables, sex: str, days: int, weight_kg: float, height_cm: float) -> Score | None:
    """Score a weight for a length (under two years) or height (from then on), WHO; None outside its tables."""
    measure: Measure = "weight_length" if days < STANDING_FROM_DAYS else "weight_height"
    table = tables.get(("who", measure, sex))
    row = None if table is None else table.find(height_cm)
    return None if row is None or weight_kg <= 0 else _scored("who", measure, row, weight_kg)


def _scored(standard: Standard, measure: Measure, row: LMS, value: float) -> Score:
    z = row.z(value)
    if standard == "who" and measure in LIMITED:
        z = _limited(row, value, z)
    return Score(standard, measure, z, centile(z), row.m)


def _limited(row: LMS, value: float, z: float) -> float:
    """Beyond three deviations, in steps as wide as the one from the second to the third (WHO 2006, chapter 7)."""
    if z > 3:
        third = row.value(3)
        return 3 + (value - third) / (third - row.value(2))
    if z < -3:
        third = row.value(-3)
        return -3 + (value - third) / (row.value(-2) - third)
    return z


def _bmi_cdc(row: LMS, sex: str, days: int, value: float) -> Score:
    """Above the 95th centile a half-normal tail whose width grows with age (CDC 2022; Wei et al. 2020)."""
    z = row.z(value)
    high = row.value(z_of(95))
    if value <= high:
        return Score("cdc", "bmi", z, centile(z), row.m)
    years = days / DAYS_IN_YEAR
    if sex == "male":
        width = 0.3728 + 0.5196 * years - 0.0091 * years * years
    else:
        width = 0.8334 + 0.3712 * years - 0.0011 * years * years
    # From the top down, so that a very high value does not run into the end of the numbers between 0 and 1.
    above = 0.1 * _NORMAL.cdf(-(value - high) / width)
    z = -_NORMAL.inv_cdf(above) if above > 0 else math.inf
    return Score("cdc", "bmi", z, 100 * (1 - above), row.m)


# What a z-score is called, from the worst down: WHO, Training course on child growth assessment (2008), module C;
# a head by WHO's own cut-offs of two and three deviations.
_WORDS: dict[Measure, tuple[tuple[float, str, str], ...]] = {
    "weight": ((-3, "below", "severely underweight"), (-2, "below", "underweight")),
    "height": ((-3, "below", "severely stunted"), (-2, "below", "stunted"), (3, "above", "very tall")),
    "bmi": (
        (-3, "below", "severely wasted"), (-2, "below", "wasted"), (3, "above", "obese"), (2, "above", "overweight"),
        (1, "above", "possible risk of overweight"),
    ),
    "head": (
        (-3, "below", "very small head"), (-2, "below", "small head"), (3, "above", "very large head"),
        (2, "above", "large head"),
    ),
}  # fmt: skip
_BY_LENGTH = _WORDS["bmi"]
# CDC, "About child and teen BMI" (2024): by centiles, from two years on.
_CDC_BMI = ((95.0, "above", "obesity"), (85.0, "above", "overweight"), (5.0, "below", "underweight"))


def called(score: Score) -> str:
    """What a score is called by those who made the reference; nothing where it is as expected."""
    if score.standard == "cdc":
        if score.measure != "bmi":
            return ""
        return next((words for limit, side, words in _CDC_BMI if _is(side, score.centile, limit)), "")
    table = _WORDS.get(score.measure, _BY_LENGTH)
    return next((words for limit, side, words in table if _is(side, score.z, limit)), "")


def _is(side: str, value: float, limit: float) -> bool:
    # CDC's upper limits belong to what is above them, WHO's do not: no score is exactly a limit but by chance.
    return value < limit if side == "below" else value > limit or (limit > 50 and value == limit)


def curve(
    tables: Tables, standard: Standard, measure: Measure, sex: str, z: float, days: Sequence[int]
) -> list[tuple[int, float]]:
    """The reference curve of a z-score: (age in days, value) wherever the standard has one."""
    table = tables.get((standard, measure, sex))
    if table is None:
        return []
    place: Callable[[int], float] = (lambda d: d) if standard == "who" else (lambda d: d / DAYS_IN_MONTH)
    found = ((day, table.find(place(day))) for day in days)
    return [(day, row.value(z)) for day, row in found if row is not None]
