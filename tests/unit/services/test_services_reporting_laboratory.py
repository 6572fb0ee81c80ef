"""Laboratory turnaround against plain Python over the exported rows: first releases, calls and corrections."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.laboratory import (
    callbacks,
    lab_order_tests,
    lab_orders,
    lab_results,
    lab_tests,
    specimens,
)
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import GROUPS, Case, Line, bucket, rows_of, tenths, told, within, without

Times = tuple[int, int, int, bool, int | None, bool]


def bench(made: Case, unit: Transaction) -> None:
    """Orders whose results are released, called back and corrected."""
    draw = made.draw
    for code, section in (("k", "chemistry"), ("hgb", "haematology")):
        made.some(
            lab_tests,
            unit,
            code=code,
            name=f"Test {code}",
            section=section,
            kind="numeric",
            specimen="blood",
            source="s",
        )
    for number in range(220):
        patient, ordered = draw.choice(made.people), made.moment()
        order = made.some(
            lab_orders,
            unit,
            patient_id=patient,
            number=f"LAB-{number}",
            ordered_at=ordered,
            status="ordered",
            ordered_by=made.staff["doctor"][0],
            priority="routine",
        )
        taken = made.after(ordered, 0, 90_000)
        tube = made.some(
            specimens,
            unit,
            number=f"S{number}",
            order_id=order,
            patient_id=patient,
            kind="blood",
            collected_at=taken,
            collected_by=made.staff["nurse"][0],
            status="collected",
        )
        test = draw.choice(["k", "hgb", "none"])
        asked = made.some(
            lab_order_tests,
            unit,
            order_id=order,
            patient_id=patient,
            test_code=test,
            specimen_id=tube,
            status="resulted",
        )
        entered = made.after(taken, 60, 9000)
        if draw.random() < 0.1:
            made.some(
                lab_results,
                unit,
                order_test_id=asked,
                patient_id=patient,
                test_code=test,
                value="1",
                flag="HH",
                entered_at=entered,
                entered_by=made.staff["laboratory"][0],
                status="superseded",
            )
        released = made.after(entered, 0, 90_000) if draw.random() < 0.9 else None
        flag = draw.choice(["N", "H", "LL", "HH"])
        result = made.some(
            lab_results,
            unit,
            order_test_id=asked,
            patient_id=patient,
            test_code=test,
            value="2",
            flag=flag,
            entered_at=entered,
            entered_by=made.staff["laboratory"][0],
            released_at=released,
            status="released" if released else "entered",
        )
        for _each in range(draw.randint(0, 2) if released and flag in {"LL", "HH", "H"} else 0):
            made.some(
                callbacks,
                unit,
                result_id=result,
                patient_id=patient,
                told_whom="x",
                read_back=1,
                told_at=made.after(released or "", 0, 5000),
                told_by=made.staff["laboratory"][0],
            )
        if released and draw.random() < 0.2:
            made.some(
                lab_results,
                unit,
                order_test_id=asked,
                patient_id=patient,
                test_code=test,
                value="3",
                flag="HH",
                entered_at=made.after(released, 60, 9000),
                entered_by=made.staff["laboratory"][0],
                released_at=draw.choice([None, made.after(released, 9001, 900_000)]),
                status="released",
                supersedes=result,
                correction_reason="typed wrongly",
            )


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store, 5).fill(bench)
        yield store


@pytest.mark.parametrize("group", GROUPS)
def test_turnaround_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    orders = {row["id"]: row for row in rows_of(worked, "lab_orders")}
    tubes = {row["id"]: row for row in rows_of(worked, "specimens")}
    tests = {row["code"]: row for row in rows_of(worked, "lab_tests")}
    results, calls = defaultdict(list), defaultdict(list)
    for row in rows_of(worked, "lab_results"):
        results[row["order_test_id"]].append(row)
    for row in rows_of(worked, "callbacks"):
        calls[row["result_id"]].append(row["told_at"])
    found: dict[tuple[str, str, str], list[Times]] = defaultdict(list)
    for asked in rows_of(worked, "lab_order_tests"):
        out = [row for row in results[asked["id"]] if row["released_at"]]
        if not out:
            continue
        first = min(out, key=lambda row: row["released_at"])
        if not within(first["released_at"]):
            continue
        ordered, taken = orders[asked["order_id"]]["ordered_at"], tubes[asked["specimen_id"]]["collected_at"]
        at = first["released_at"]
        critical = first["flag"] in {"LL", "HH"}
        told_at = min(calls[first["id"]], default=None) if critical else None
        corrected = any(row["supersedes"] for row in out)
        test = tests.get(asked["test_code"], {"section": "", "name": asked["test_code"]})
        found[bucket(at, group), test["section"], test["name"]].append(
            (
                case.seconds(ordered, taken),
                case.seconds(taken, at),
                case.seconds(ordered, at),
                critical,
                case.seconds(at, told_at) if told_at else None,
                corrected,
            )
        )

    def line(head: Line, rows: list[Times], *, ninth: bool) -> Line:
        means = [tenths(sum(times), 60 * len(rows)) for times in zip(*(row[:3] for row in rows), strict=True)]
        called = [one for *_times, one, _corrected in rows if one is not None]
        return [
            *head,
            str(len(rows)),
            *means,
            case.nearest_rank([row[2] for row in rows], 9) if ninth else "",
            str(sum(row[3] for row in rows)),
            str(len(called)),
            tenths(sum(called), 60 * len(called)),
            str(sum(row[5] for row in rows)),
        ]

    rows, totals = told(desk_for, "laboratory-turnaround", group, "laboratory")
    assert rows == without([line([*key], found[key], ninth=True) for key in sorted(found)], group)
    everything = [row for some in found.values() for row in some]
    assert totals == [line(["Total"] + [""] * (1 if group == "none" else 2), everything, ninth=False)]
