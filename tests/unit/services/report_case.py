"""A clinic full of awkward days for the reports: midnights, a day without its first hour, a leap day, merged people.

It stands in Beirut, whose clock skips midnight in spring: 26-Mar-2028 begins at one o'clock there.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, text

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain.reporting import Asked, Group, cells
from clinic_desktop.services.reporting import Held, open_report
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff, staff_hours
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor

ZONE = ZoneInfo("Asia/Beirut")
FIRST, LAST = date(2028, 2, 26), date(2028, 3, 31)
NAMES = (
    ("Okafor", "Ada"), ("Nguyễn", "Thị Hoa"), ("Παπαδοπούλου", "Ελένη"), ("Иванова", "Ольга"), ("حداد", "ليلى"),
    ("王", "小明"), ("=2+5", "@SUM(A1)"), ("O'Brien", "Seán"), ("Smith\x07", "Tab\tLine\nEnd"),
)  # fmt: skip

RowOf = dict[str, Any]
Line = list[str]
GROUPS = ["none", "day", "week", "month"]


@contextmanager
def in_beirut() -> Iterator[None]:
    """The whole process in the clinic's zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Beirut"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


class Case:
    """Makes rows with a die that always falls alike."""

    def __init__(self, store: Store, seed: int = 7) -> None:
        self.store = store
        self.draw = random.Random(seed)
        self.people: list[str] = []
        self.staff: dict[str, list[str]] = {}

    def fill(self, *subjects: Any) -> "Case":
        """The clinic and the work of some subjects, in one transaction."""
        with self.store.write(act=new_id(), session=None) as unit:
            self.clinic(unit)
            for subject in subjects:
                subject(self, unit)
        return self

    def clinic(self, unit: Transaction) -> None:
        for role in ("doctor", "doctor", "nurse", "cashier", "cashier", "laboratory", "pharmacist"):
            number = len(self.staff.setdefault(role, []))
            family, given = NAMES[(number + 3) % 6]
            values = {"username": f"{role}{number}x", "display_name": f"{given} {family}", "role": role}
            self.staff[role].append(unit.create(staff, values, kind="staff.added"))
        for weekday, starts, ends in ((0, "08:00", "12:30"), (0, "13:30", "17:00"), (6, "00:00", "04:00")):
            self.some(staff_hours, unit, staff_id=self.staff["doctor"][0], weekday=weekday, starts=starts, ends=ends)
        for number in range(24):
            family, given = NAMES[number % len(NAMES)]
            born = self.draw.choice(["2010-02-28", "2009-02-28", "2012-02-29", "1962-03-31", "1962-04-01", None,
                                     "1990-05-17", "1941-12-01"])  # fmt: skip
            self.people.append(unit.create(patients, {
                "mrn": f"MRN-{number}", "family_name": family, "given_names": given,
                "sex": self.draw.choice(["female", "male", "other", "unknown"]), "born_on": born,
                "family_key": family.lower(), "given_key": given.lower(), "registered_at": self.moment(),
                "city": self.draw.choice([None, " ", "Zahlé", "بيروت"]),
                "language": self.draw.choice([None, "ar", "fr"]),
                "deceased_on": self.draw.choice([None, None, None, "2028-03-30", "2028-03-31", "2028-04-01"]),
            }, kind="patient.registered"))  # fmt: skip
        for kept, other in ((0, 1), (2, 3), (2, 4)):
            unit.change(patients, self.people[other], {"merged_into": self.people[kept]}, kind="patient.merged")

    def moment(self) -> str:
        """Some instant about the period, mostly one at which days are easily mistaken."""
        if self.draw.random() < 0.4:
            at = datetime(2028, 2, 20, tzinfo=UTC) + timedelta(seconds=self.draw.randrange(45 * 86_400))
        else:
            day = self.draw.choice(
                [FIRST, date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 26), LAST, date(2028, 4, 1)]
            )
            at = datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
            at += timedelta(seconds=self.draw.choice([-3600, -1, 0, 1, 59, 3600, 7200]))
            at += timedelta(microseconds=self.draw.choice([0, 0, 999_999]))
        return to_text(at)

    def after(self, at: str, least: int, most: int) -> str:
        """An instant some seconds later."""
        return to_text(datetime.fromisoformat(at) + timedelta(seconds=self.draw.randint(least, most), microseconds=5))

    def some(self, table: Table, unit: Transaction, /, **values: object) -> str:
        return unit.create(table, values, kind=f"{table.name}.made")


def told(
    desk_for: DeskFor, name: str, group: str = "none", role: str = "administrator"
) -> tuple[list[Line], list[Line]]:
    """The cells of a report's rows, and of its totals."""
    run = open_report(desk_for(role), Asked(name, FIRST, LAST, Group(group)))
    held = Held()
    assert run.into(held) == len(held.rows) == held.count
    return [[*cells(run.columns, row)] for row in held.rows], [[*cells(run.columns, row)] for row in held.lines]


def without(lines: list[Line], group: str) -> list[Line]:
    return [line[1:] for line in lines] if group == "none" else lines


def rows_of(store: Store, table: str) -> list[RowOf]:
    """All that a table holds, as it is exported."""
    with store.read() as connection:
        return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


# What the oracle reckons with: the standard library alone.


def amount(minor: int, currency: str) -> str:
    """An amount with the decimals of the two currencies of the case."""
    digits = {"USD": 2, "LBP": 2, "KWD": 3}[currency]
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 10**digits}.{abs(minor) % 10**digits:0{digits}}"


def local(at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(ZONE)


def within(at: str | None) -> bool:
    return at is not None and FIRST <= local(at).date() <= LAST


def bucket(at: str, group: str) -> str:
    return civil(local(at).date(), group)


def civil(day: date, group: str) -> str:
    if group == "week":
        return (day - timedelta(days=day.weekday())).isoformat()
    return {"day": day.isoformat(), "month": f"{day:%Y-%m}", "none": ""}[group]


def kept(store: Store) -> dict[str, str]:
    """Under which registration each is known now."""
    return {row["id"]: row["merged_into"] or row["id"] for row in rows_of(store, "patients")}


def named(store: Store) -> dict[str, str]:
    """What each of the staff is called; two of one name have their accounts behind it."""
    crew = rows_of(store, "staff")
    names = [row["display_name"] for row in crew]
    return {
        row["id"]: row["display_name"] + (f" ({row['username']})" if names.count(row["display_name"]) > 1 else "")
        for row in crew
    }


def seconds(first: str, last: str) -> int:
    return max(int(local(last).timestamp()) - int(local(first).timestamp()), 0)


def tenths(over: int, under: int) -> str:
    """A quotient of whole numbers with one decimal, halves away from zero; nothing where there is nothing below."""
    if under == 0:
        return ""
    whole = (2 * 10 * over + under) // (2 * under)
    return f"{whole // 10}.{whole % 10}"


def nearest_rank(values: list[int], share: int) -> str:
    """The value that a share of ten does not exceed, in minutes."""
    if not values:
        return ""
    found = sorted(values)[-(-share * len(values) // 10) - 1]
    return tenths(found, 60)
