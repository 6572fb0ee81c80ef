"""The reports about medicines and stock against plain Python over the exported rows."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.pharmacy import dispenses, products, stock_lots, stock_moves
from clinic_desktop.store.tables.prescribing import prescription_lines, prescriptions, safety_alerts
from clinic_desktop.store.tables.reference import reference_medicines
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import (
    FIRST,
    GROUPS,
    LAST,
    Case,
    Line,
    RowOf,
    bucket,
    rows_of,
    tenths,
    told,
    within,
    without,
)


def stores(made: Case, unit: Transaction) -> None:
    """Prescriptions with alerts, hand-outs from lots, and movements of stock."""
    draw = made.draw
    medicine = dict.fromkeys(
        (
            "display",
            "brands",
            "ingredients",
            "classes",
            "allergy_classes",
            "form",
            "strength",
            "per",
            "unit",
            "route",
            "source",
        ),
        "x",
    )
    unit.conn.execute(
        insert(reference_medicines), [{"code": "amox", "name": "amoxicillin", "controlled": 0, **medicine}]
    )
    shelf = []
    for name, strength in (("amoxicillin", "250 mg"), ("amoxicillin", "500 mg"), ("=ibuprofen", "400 mg")):
        product = made.some(products, unit, name=name, form="tablet", strength=strength, unit="tablet", reorder_level=9)
        for days in (-1, 0, 30, 31, 90, 91, 400):
            lot = made.some(
                stock_lots,
                unit,
                product_id=product,
                lot=f"L{days}",
                recalled=int(draw.random() < 0.2),
                expires_on=(LAST + timedelta(days=days)).isoformat(),
            )
            shelf.append((product, lot))
            for _each in range(draw.randint(0, 3)):
                at = made.moment()
                made.some(
                    stock_moves,
                    unit,
                    product_id=product,
                    lot_id=lot,
                    kind="receive",
                    moved_at=at,
                    recorded_at=at,
                    quantity=draw.randint(1, 300),
                )
    for number in range(200):
        patient, signed = draw.choice(made.people), made.moment()
        paper = made.some(
            prescriptions,
            unit,
            patient_id=patient,
            number=f"RX-{number}",
            signed_at=signed,
            pack="p",
            prescriber_id=draw.choice(made.staff["doctor"]),
            status=draw.choice(["signed", "dispensed", "cancelled"]),
        )
        name, code, generic = draw.choice(
            [
                ("Amoxicillin ", "amox", None),
                ("Amoxil", "amox", None),
                ("Foo", None, "foo"),
                ("Foobrand", None, "foo"),
                ("Unknown", None, None),
            ]
        )
        line = made.some(
            prescription_lines,
            unit,
            prescription_id=paper,
            patient_id=patient,
            position=0,
            name=name,
            medicine_code=code,
            generic_name=generic,
            dose_amount="1",
            dose_unit="tablet",
            route="oral",
            frequency="daily",
            quantity=1,
            quantity_unit="tablet",
            sig="x",
        )
        for _each in range(draw.randint(0, 2)):
            tier = draw.choice(["stop", "warn"])
            made.some(
                safety_alerts,
                unit,
                prescription_id=paper,
                line_id=line,
                patient_id=patient,
                tier=tier,
                kind=draw.choice(["interaction", "allergy"]),
                rule=draw.choice(["a:b", "c"]),
                drug="x",
                text="t",
                source="s",
                pack="p",
                raised_at=signed,
                override_reason=draw.choice([None, "needed"]) if tier == "stop" else None,
            )
        product, lot = draw.choice(shelf)
        at, quantity = made.moment(), draw.randint(1, 30)
        gone = draw.random() < 0.2
        handed = made.some(
            dispenses,
            unit,
            prescription_id=paper,
            line_id=line,
            patient_id=patient,
            product_id=product,
            lot_id=lot,
            quantity=quantity,
            covers=quantity,
            dispensed_at=at,
            counselled=1,
            dispensed_by=made.staff["pharmacist"][0],
            status="cancelled" if gone else "dispensed",
            substituted_reason=draw.choice([None, None, "none left"]),
        )
        move = {"product_id": product, "lot_id": lot, "dispense_id": handed}
        first = made.some(stock_moves, unit, **move, kind="dispense", quantity=-quantity, moved_at=at, recorded_at=at)
        if gone:
            again = made.after(at, 60, 900_000)
            made.some(
                stock_moves,
                unit,
                **move,
                kind="cancel",
                quantity=quantity,
                moved_at=again,
                recorded_at=again,
                reverses=first,
            )


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store, 5).fill(stores)
        yield store


@pytest.mark.parametrize("group", GROUPS)
def test_consumption_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    goods = {row["id"]: row for row in rows_of(worked, "products")}
    people = case.kept(worked)
    found = defaultdict(list)
    for row in rows_of(worked, "dispenses"):
        if within(row["dispensed_at"]):
            found[bucket(row["dispensed_at"], group), row["product_id"]].append(row)

    def numbers(rows: list[RowOf], *, quantity: bool) -> Line:
        stands = [row for row in rows if row["status"] == "dispensed"]
        who = {people[row["patient_id"]] for row in stands}
        return [
            str(len(who)),
            str(len(stands)),
            str(sum(row["quantity"] for row in stands)) if quantity else "",
            str(len(rows) - len(stands)),
            str(sum(row["substituted_reason"] is not None for row in stands)),
        ]

    def place(key: tuple[str, str]) -> tuple[str, ...]:
        return key[0], goods[key[1]]["name"], goods[key[1]]["strength"]

    expected = []
    for key in sorted(found, key=place):
        product = goods[key[1]]
        head = [key[0], product["name"], product["form"], product["strength"], product["unit"]]
        expected.append([*head, *numbers(found[key], quantity=True)])
    rows, totals = told(desk_for, "drug-consumption", group, "pharmacist")
    assert rows == without(expected, group)
    everything = [row for some in found.values() for row in some]
    head = ["Total"] + [""] * (3 if group == "none" else 4)
    assert totals == [[*head, *numbers(everything, quantity=False)]]


@pytest.mark.parametrize("group", GROUPS)
def test_overrides_and_generic_names_are_what_plain_counting_finds(
    worked: Store, desk_for: DeskFor, group: str
) -> None:
    names = case.named(worked)
    signed = {
        row["id"]: row
        for row in rows_of(worked, "prescriptions")
        if within(row["signed_at"]) and row["status"] != "cancelled"
    }
    found = defaultdict(list)
    for row in rows_of(worked, "safety_alerts"):
        if (paper := signed.get(row["prescription_id"])) is not None:
            kind, rule = str(row["kind"]), str(row["rule"])
            words = rule if rule.startswith(f"{kind}:") else f"{kind} {rule}"
            words = words.replace(":", " · ").replace("_", " ")
            key = (bucket(paper["signed_at"], group), 1, "Safety rule", words, row["tier"])
            found[key].append(row["override_reason"] is not None)
    for row in rows_of(worked, "prescription_lines"):
        if (paper := signed.get(row["prescription_id"])) is not None:
            known = "amoxicillin" if row["medicine_code"] else row["generic_name"] or ""
            generic = row["name"].strip().lower() == known
            period = bucket(paper["signed_at"], group)
            found[period, 2, "Prescriber", names[paper["prescriber_id"]], ""].append(generic)
            found[period, 3, "All", "lines", ""].append(generic)
    expected = [
        [key[0], *key[2:], str(len(some)), str(sum(some)), tenths(100 * sum(some), len(some))]
        for key, some in sorted(found.items())
    ]
    assert told(desk_for, "prescribing", group) == (without(expected, group), [])


def test_what_lies_on_the_shelves_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    goods = {row["id"]: row for row in rows_of(worked, "products")}
    moves = defaultdict(list)
    for row in rows_of(worked, "stock_moves"):
        moves[row["lot_id"]].append((case.local(row["moved_at"]).date(), row["quantity"], row["dispense_id"]))
    lots = []
    whole: dict[str, int] = defaultdict(int)
    for row in rows_of(worked, "stock_lots"):
        held = sum(quantity for day, quantity, _handed in moves[row["id"]] if day <= LAST)
        used = -sum(quantity for day, quantity, handed in moves[row["id"]] if handed and FIRST <= day <= LAST)
        days = (date.fromisoformat(row["expires_on"]) - LAST).days
        state = (
            "recalled"
            if row["recalled"]
            else "expired"
            if days < 0
            else next((word for most, word in ((30, "30 days"), (90, "90 days")) if days <= most), "good")
        )
        if state not in {"recalled", "expired"}:
            whole[row["product_id"]] += held
        if held or used:
            lots.append((row, held, used, days, state))
    lots.sort(
        key=lambda one: (
            goods[one[0]["product_id"]]["name"],
            goods[one[0]["product_id"]]["strength"],
            one[0]["expires_on"],
        )
    )
    expected = []
    for row, held, used, days, state in lots:
        good = goods[row["product_id"]]
        expected.append(
            [
                good["name"],
                good["form"],
                good["strength"],
                row["lot"],
                row["expires_on"],
                str(days),
                state,
                str(held),
                str(used),
                good["unit"],
                str(whole[row["product_id"]]),
                "9",
            ]
        )
    assert told(desk_for, "stock-and-expiry", role="pharmacist") == (expected, [])
    assert {"recalled", "expired", "30 days", "90 days", "good"} == {line[6] for line in expected}
