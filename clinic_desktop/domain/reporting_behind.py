"""What stands behind each number of a report: which rows it counts, what each adds, and who may read the names.

A report's second question gives one row for each thing that is counted, with the keys of the row it is counted in and
how much it adds to each number. A number's rows are those that add something to it; they sum up to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clinic_desktop.domain.money import minor_digits
from clinic_desktop.domain.reporting import Group, Kind, Report, Row, decimal


@dataclass(frozen=True)
class Opening:
    """How one column is opened: rows are meant where `where` is not nothing, each shows `adds`.

    `people` counts each person once however many rows there are; `kind` is how what a row adds is written.
    """

    where: str
    adds: str
    people: bool = False
    kind: Kind = Kind.COUNT


@dataclass(frozen=True)
class Behind:
    """The second question of a report.

    `keys` are the columns that tell a row from any other; `marks` what each thing adds to, in the order of the
    statement; `people` the columns that count persons; `alike` columns opened by the marks of others, and `named` the
    roles that read names here because the work itself names the patient to them.
    """

    keys: tuple[str, ...]
    marks: tuple[str, ...]
    people: frozenset[str] = frozenset()
    alike: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    named: frozenset[str] = frozenset()
    whole: str = ""  # a mark: in the totals, rows that have nothing of it stand twice already


def opening(report: Report, column: str) -> Opening | None:
    """How a column of a report is opened; None where it counts nothing by itself."""
    behind = BEHIND.get(report.name)
    found = next((one for one in report.columns if one.name == column), None)
    if behind is None or found is None:
        return None
    if column in behind.alike:
        where, adds = behind.alike[column]
        kind = Kind.TENTHS if adds.endswith("_seconds") else Kind.COUNT if found.ratio is not None else found.kind
        return Opening(where, adds, kind=kind)
    if found.ratio is not None and found.ratio.under in behind.marks:
        kind = Kind.TENTHS if found.ratio.per > 1 else Kind.COUNT
        return Opening(found.ratio.under, found.ratio.over, found.ratio.under in behind.people, kind)
    if column in behind.marks:
        return Opening(column, column, column in behind.people, found.kind)
    return None


def said_amount(how: Opening, amount: int, currency: str) -> str:
    """What a thing adds to a number, as it is written: money, minutes of its seconds, or how many."""
    if how.kind is Kind.MONEY:
        return decimal(amount, minor_digits(currency))
    return decimal((amount + 3) // 6, 1) if how.kind is Kind.TENTHS else str(amount)


def keys_of(report: Report, group: Group, row: Row, *, total: bool = False) -> tuple[tuple[str, str], ...]:
    """What tells a row of a report from any other: its keys, and the day, week or month; of a total its currency."""
    behind = BEHIND[report.name]
    if total:
        at = next((place for place, one in enumerate(report.made(group)) if one.name == "currency"), None)
        return (("currency", str(row[at] or "")),) if at is not None and "currency" in behind.keys else ()
    places = {column.name: place for place, column in enumerate(report.made(group))}
    names = (("period",) if report.grouped and group is not Group.NONE else ()) + behind.keys
    return tuple((name, str(row[places[name]] or "")) for name in names)


BEHIND: dict[str, Behind] = {
    "appointment-utilization": Behind(
        ("person",), ("booked", "kept", "cancelled", "missed", "open", "people", "kept_minutes", "offered_minutes",
                      "due"),
        people=frozenset({"people"}), named=frozenset({"administrator"}),
        alike={"used": ("kept_minutes", "kept_minutes")},
    ),
    "queue-analytics": Behind(
        ("priority",), ("arrived", "called", "seen", "gone", "wait_seconds", "service_seconds", "served"),
        alike=dict.fromkeys(("wait_median", "wait_ninth", "wait_longest"), ("called", "wait_seconds")),
        named=frozenset({"administrator"}),
    ),
    "doctor-performance": Behind(
        ("person",), ("visits", "people", "signed", "unsigned", "visit_seconds", "late", "prescriptions", "lab_orders",
                      "addenda"),
        people=frozenset({"people"}),
    ),
    "patient-demographics": Behind(
        ("dimension", "part"), ("people", "new", "seen"), people=frozenset({"people", "new", "seen"}),
        alike={"share": ("people", "people")}, named=frozenset({"administrator"}),
    ),
    "revenue-analysis": Behind(
        ("by", "part", "currency"), ("number", "added", "back", "net"), named=frozenset({"administrator"}),
    ),
    "receivables-ageing": Behind(
        ("posting", "currency"), ("owed", "to_30", "to_60", "to_90", "over_90"),
        named=frozenset({"administrator", "cashier"}),
    ),
    "cashier-day-end": Behind(
        ("shift", "currency"), ("payments", "refunds", "cash", "card", "mobile", "bank", "opening", "expected", "found",
                                "difference"),
        named=frozenset({"administrator", "cashier"}),
    ),
    "drug-consumption": Behind(
        ("product",), ("people", "hand_outs", "quantity", "taken_back", "substituted"), people=frozenset({"people"}),
        named=frozenset({"pharmacist"}),
    ),
    "prescribing": Behind(("by", "part", "tier"), ("number", "of_these")),
    "laboratory-turnaround": Behind(
        ("section", "test"), ("released", "collect_seconds", "bench_seconds", "whole_seconds", "critical", "called",
                              "call_seconds", "corrected"),
        alike={"whole_ninth": ("released", "whole_seconds")}, named=frozenset({"laboratory"}),
    ),
    "stock-and-expiry": Behind(("lot_id",), ("on_hand", "used"), named=frozenset({"pharmacist"})),
    "disease-register": Behind(
        ("chapter", "key"), ("people", "female", "male", "young", "confirmed"),
        people=frozenset({"people", "female", "male", "young", "confirmed"}), whole="chapter_line",
    ),
    "immunization-coverage": Behind(
        ("indicator",), ("eligible", "covered", "given"), people=frozenset({"eligible", "covered"}),
    ),
    "clinical-quality": Behind(("measure_key",), ("eligible", "met")),
}  # fmt: skip
