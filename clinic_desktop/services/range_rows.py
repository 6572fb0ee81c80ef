"""The reference ranges in force for tests of the catalogue, in the units of those tests."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import Connection, or_, select

from clinic_desktop.domain.ranges import Range
from clinic_desktop.domain.units import same
from clinic_desktop.store.tables.laboratory import lab_ranges, lab_tests

IN_ACT = ("ranges_of",)


def ranges_of(connection: Connection, codes: Collection[str]) -> dict[str, list[Range]]:
    """The ranges of some tests; one may speak of a test by its LOINC code, in a unit of its own."""
    in_force = (
        select(lab_ranges, lab_tests.c.code, lab_tests.c.unit.label("test_unit"))
        .join(lab_tests, or_(lab_ranges.c.test_code == lab_tests.c.code, lab_ranges.c.test_code == lab_tests.c.loinc))
        .where(lab_tests.c.code.in_(codes), lab_ranges.c.active == 1)
    )
    ranges: dict[str, list[Range]] = {}
    for row in connection.execute(in_force):
        if row.unit is not None and not same(row.unit, row.test_unit):
            continue
        limits = (row.low, row.high, row.critical_low, row.critical_high)
        low, high, critical_low, critical_high = (None if limit is None else Decimal(limit) for limit in limits)
        ranges.setdefault(row.code, []).append(
            Range(row.sex, row.age_from_days, row.age_to_days, low, high, critical_low, critical_high, row.source)
        )
    return ranges
