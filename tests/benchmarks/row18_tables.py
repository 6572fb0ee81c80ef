"""Row 18, its second half: people from a CSV file, against reading it, validating it, and the same rows by hand.

The floor reads each row with `csv`, validates it with pydantic and writes what the import wrote, with the same indexes,
triggers and journal entries, a hundred rows to a transaction; it decides nothing, and looks nobody up.
"""

import csv
import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, Field

from clinic_desktop.exchange.csv.importing import Asked, Brought, bring_in
from clinic_desktop.store import schema
from tests.benchmarks.figures import Row, percentile
from tests.benchmarks.taken_in import KEY, by_hand, desk_in, timing

PEOPLE, ALL = 10_000, 100_000
_SYLLABLES = ("ka", "lo", "mi", "ra", "ne", "to", "shi", "wan", "ju", "ge", "bi", "del", "or", "an", "ta", "ye")


class Person(BaseModel):
    """One row, as the floor validates it."""

    id: str = Field(min_length=1)
    surname: str
    first_name: str = Field(alias="first name")
    sex: str = Field(pattern="^(female|male|other|unknown)$")
    born: date = Field(alias="date of birth")
    phone: str
    address: str
    city: str
    district: str
    postcode: str


def rows(*, full: bool) -> list[Row]:
    """The import, then the floor over the same file; with `full` a hundred thousand people."""
    number = ALL if full else PEOPLE
    with tempfile.TemporaryDirectory() as held:
        table, path = Path(held) / "people.csv", Path(held) / "clinic.db"
        write(table, number)
        schema.create(path, KEY)
        desk = desk_in(path)
        longest: list[float] = []
        setattr(desk.store, "write", timing(desk.store, longest))  # noqa: B010 - a method, for this once
        brought = Brought()
        started = time.perf_counter()
        bring_in(desk, table, Asked("patients", currency="KES"), brought)
        ours = time.perf_counter() - started
        desk.store.close()
        started = time.perf_counter()
        with table.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                Person.model_validate(line)
        parsed = time.perf_counter() - started
        seconds, written = by_hand(path, Path(held) / "floor.db")
    note = f"{brought.counts['new']:,} people, {written:,} rows, {len(brought.problems)} problems"
    return [
        Row(18, "import of people by CSV", number / ours, number / (parsed + seconds), most=0.7, least=True,
            unit="rows/s", note=note),
        Row(18, "import of people by CSV: one transaction, p50", percentile(longest, 50)),
        Row(18, "import of people by CSV: one transaction, p99", percentile(longest, 99)),
    ]  # fmt: skip


def write(path: Path, number: int) -> None:
    """People as another system hands them out, the same ones each time."""
    draw = random.Random(18)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("id", "surname", "first name", "sex", "date of birth", "phone", "address", "city", "district",
                      "postcode"))  # fmt: skip
        for each in range(number):
            born = date(1930, 1, 1) + timedelta(days=draw.randrange(34_000))
            out.writerow((
                f"H-{each:06}", _name(draw, 3), _name(draw, 2), draw.choice(("female", "male")), born.isoformat(),
                f"+254 7{draw.randrange(10**8):08}", f"{draw.randrange(999)} {_name(draw, 3)} Road", _name(draw, 2),
                _name(draw, 2), f"{draw.randrange(99_999):05}",
            ))  # fmt: skip


def _name(draw: random.Random, syllables: int) -> str:
    return "".join(draw.choice(_SYLLABLES) for _ in range(syllables)).capitalize()
