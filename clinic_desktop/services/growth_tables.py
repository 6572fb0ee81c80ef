"""The growth references that ship with the product, read once and when first asked for (0.05 s)."""

import csv
from collections import defaultdict
from functools import lru_cache
from typing import cast

from clinic_desktop.domain.growth import LMS, Measure, Standard, Table, Tables
from clinic_desktop.paths import resources

_FILES: dict[Standard, str] = {"who": "who_2006.csv", "cdc": "cdc_2000.csv"}

IN_ACT = ("growth_tables",)


@lru_cache(maxsize=1)
def growth_tables() -> Tables:
    """Every reference by standard, measure and sex."""
    found: dict[tuple[Standard, Measure, str], tuple[list[float], list[LMS]]] = defaultdict(lambda: ([], []))
    for standard, name in _FILES.items():
        with (resources() / "growth" / name).open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            next(rows)
            for measure, sex, at, power, median, spread in rows:
                places, kept = found[standard, cast("Measure", measure), sex]
                places.append(float(at))
                kept.append(LMS(float(power), float(median), float(spread)))
    return {key: Table(places, rows) for key, (places, rows) in found.items()}
