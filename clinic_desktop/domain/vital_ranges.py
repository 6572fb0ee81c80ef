"""Which vital signs are abnormal: normal limits by age from the reference table, critical ones from sources here."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from clinic_desktop.domain import vitals

NEWS2 = "Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017: score 3"
ISH = "ISH Global Hypertension Practice Guidelines 2020: hypertensive emergency"
PALS = "AHA Pediatric Advanced Life Support 2020: hypotension"
POCKET = "WHO Pocket Book of Hospital Care for Children, 2nd ed (2013)"
AAP = "AAP guideline for high blood pressure in children (Flynn 2017): from 13 years as adults, emergency from 180/120"
IMCI = "WHO IMCI chart booklet 2014: young infant"
ADA = "ADA Standards of Care 2024, section 6: level 2 hypoglycaemia"
YEAR = 365.25
THIRTEEN = 4748  # days
GROWN = 6575  # days: 18 years, where the reference table's adults begin
OLDEST = 54750


@dataclass(frozen=True)
class Limits:
    """Normal limits of one sign between two ages in days: below `low` is L, above `high` is H."""

    code: str
    age_from_days: int
    age_to_days: int
    low: Decimal | None
    high: Decimal | None
    source: str


@dataclass(frozen=True)
class Critical:
    """Limits at and beyond which a sign is LL or HH."""

    code: str
    age_from_days: int
    age_to_days: int
    low: Decimal | None
    high: Decimal | None
    source: str


def _critical(code: str, ages: tuple[int, int], source: str, *, low: str = "", high: str = "") -> Critical:
    return Critical(code, ages[0], ages[1], Decimal(low) if low else None, Decimal(high) if high else None, source)


ADULT, CHILD = (GROWN, OLDEST), (0, GROWN)

CRITICAL: tuple[Critical, ...] = (
    _critical(vitals.SYSTOLIC, ADULT, f"{NEWS2} from 90 down; {ISH} from 180", low="90", high="180"),
    _critical(vitals.DIASTOLIC, ADULT, f"{ISH} from 120", high="120"),
    _critical(vitals.PULSE, ADULT, NEWS2, low="40", high="131"),
    _critical(vitals.BREATHING, ADULT, NEWS2, low="8", high="25"),
    _critical(vitals.TEMPERATURE, ADULT, f"{NEWS2}; high: score 2, the highest there is", low="35.0", high="39.1"),
    _critical(vitals.OXYGEN, ADULT, NEWS2, low="91"),
    _critical(vitals.GLUCOSE, (0, OLDEST), ADA, low="53"),
    _critical(vitals.SYSTOLIC, (0, 28), PALS, low="59"),
    _critical(vitals.SYSTOLIC, (28, 365), PALS, low="69"),
    _critical(vitals.SYSTOLIC, (3652, THIRTEEN), PALS, low="89"),
    _critical(vitals.SYSTOLIC, (THIRTEEN, GROWN), f"{PALS}; {AAP}", low="89", high="180"),
    _critical(vitals.DIASTOLIC, (THIRTEEN, GROWN), AAP, high="120"),
    _critical(vitals.OXYGEN, CHILD, f"{POCKET}: oxygen below 90 %", low="89"),
    _critical(vitals.TEMPERATURE, (0, 61), f"{IMCI}: 38 degrees and over, or below 35.5", low="35.4", high="38.0"),
    _critical(vitals.TEMPERATURE, (61, GROWN), f"{POCKET}: high fever from 39 degrees", low="35.0", high="39.0"),
)


def read_limits(lines: Iterable[str]) -> tuple[Limits, ...]:
    """Read the reference table's rows that give limits; ages there are in days."""
    return tuple(
        Limits(
            row["loinc"],
            int(row["age_from_days"] or 0),
            int(row["age_to_days"] or OLDEST),
            Decimal(row["low"]) if row["low"] else None,
            Decimal(row["high"]) if row["high"] else None,
            row["source"],
        )
        for row in csv.DictReader(lines)
        if row["low"] or row["high"]
    )


def critical_for(code: str, age_days: int) -> Critical | None:
    """The critical limits of a sign at an age, or None."""
    if code == vitals.SYSTOLIC and 365 <= age_days < 3652:
        # PALS: hypotension is a systolic pressure below 70 mmHg + 2 x age in years, from 1 to 10 years.
        low = Decimal(70 + 2 * int(age_days / YEAR) - 1)
        return Critical(code, age_days, age_days + 1, low, None, PALS)
    return next(
        (each for each in CRITICAL if each.code == code and each.age_from_days <= age_days < each.age_to_days), None
    )


def limits_for(code: str, age_days: int, table: Iterable[Limits]) -> Limits | None:
    """The normal limits of a sign at an age, or None where no source gives any."""
    return next(
        (each for each in table if each.code == code and each.age_from_days <= age_days < each.age_to_days), None
    )


def flag(code: str, value: Decimal, age_days: int | None, table: Iterable[Limits]) -> str:
    """Say ``LL``, ``L``, ``N``, ``H`` or ``HH``; ``none`` where nothing judges it, or the age is not known."""
    if age_days is None:
        return "none"
    critical = critical_for(code, age_days)
    if critical is not None:
        if critical.low is not None and value <= critical.low:
            return "LL"
        if critical.high is not None and value >= critical.high:
            return "HH"
    limits = limits_for(code, age_days, table)
    if limits is None:
        return "none"
    if limits.low is not None and value < limits.low:
        return "L"
    if limits.high is not None and value > limits.high:
        return "H"
    return "N"
