"""The safety check over the starter pack in a real store."""

import csv
import os
import statistics
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from clinic_desktop.clock import new_id
from clinic_desktop.domain.safety import Alert, Allergy, Drug, Kind, PatientFacts, Tier, check
from clinic_desktop.services.safety import safety_pack
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables import reference as tables
from tests.starter import load_pack

NOBODY = PatientFacts(age_months=480, weight_kg=Decimal(70), pregnant=False)
TEN = ["warfarin", "ibuprofen", "simvastatin", "amlodipine", "metformin", "lisinopril", "omeprazole", "amiodarone",
       "digoxin", "furosemide"]  # fmt: skip
MORE = ["aspirin", "atenolol", "fluoxetine", "tramadol", "azithromycin", "prednisolone", "levothyroxine", "allopurinol",
        "codeine", "losartan"]  # fmt: skip


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    with store.read() as connection:
        yield connection


def alerts(conn: Connection, new: list[str], old: list[str] | None = None, *allergies: str) -> tuple[Alert, ...]:
    return check(
        [Drug(name) for name in new],
        [Drug(name) for name in old or []],
        [Allergy(text) for text in allergies],
        NOBODY,
        safety_pack(conn),
    )


@pytest.mark.parametrize(
    ("a", "b", "tier"),
    [
        ("Zocor", "clarithromycin", Tier.STOP),
        ("simvastatin 20 MG Oral Tablet", "Verapamil Hydrochloride 40 MG Oral Tablet", Tier.STOP),
        ("sildenafil", "nitroglycerin", Tier.STOP),
        ("meperidine", "phenelzine", Tier.STOP),
        ("Coumadin", "Advil", Tier.WARN),
        ("Bactrim", "warfarin", Tier.WARN),
        ("omeprazole", "levothyroxine", Tier.QUIET),
    ],
)
def test_known_pairs_by_any_name(conn: Connection, a: str, b: str, tier: Tier) -> None:
    for found in (alerts(conn, [a], [b]), alerts(conn, [b], [a])):
        assert [(each.tier, each.kind) for each in found] == [(tier, Kind.INTERACTION)]
        assert found[0].source
        assert found[0].pack.startswith("Clinic Desktop starter pack")


@pytest.mark.parametrize(
    ("drug", "allergy", "tier"),
    [
        ("Augmentin", "penicillin", Tier.STOP),
        ("amoxicillin", "Penicillin V", Tier.STOP),
        ("cefalexin", "Allergy to penicillin", Tier.WARN),
        ("co-trimoxazole", "sulfa", Tier.STOP),
        ("furosemide", "sulfa drugs", Tier.QUIET),
        ("amoxicillin", "pcn", Tier.STOP),
        ("amoxicillin", "Pen VK", Tier.STOP),
        ("amoxicillin", "beta-lactam", Tier.STOP),
        ("ibuprofen", "aspirin", Tier.STOP),
        ("phenytoin", "carbamazepine", Tier.WARN),
    ],
)
def test_known_allergies(conn: Connection, drug: str, allergy: str, tier: Tier) -> None:
    assert [(each.tier, each.kind) for each in alerts(conn, [drug], [], allergy)] == [(tier, Kind.ALLERGY)]


@pytest.mark.parametrize("code", ["sulfonamide_antibiotic", "opioid_phenanthrene", "penicillin", "clavulanic_acid"])
def test_an_allergy_picked_from_the_pack_is_known(conn: Connection, code: str) -> None:
    found = check([Drug("metformin")], [], [Allergy("as it was written", code)], NOBODY, safety_pack(conn))
    assert found == ()


def test_an_allergy_of_no_class_is_silent_for_other_drugs(conn: Connection) -> None:
    assert alerts(conn, ["metformin"], [], "penicillin", "sulfa") == ()


def test_ten_lines_on_ten_medicines_take_a_few_milliseconds(conn: Connection) -> None:
    times: list[float] = []
    found: tuple[Alert, ...] = ()
    for _ in range(40):
        start = time.perf_counter()
        found = alerts(conn, TEN, MORE, "penicillin", "latex")
        times.append(time.perf_counter() - start)
    assert len(found) > 20
    assert statistics.median(times) < 0.010


def test_a_hundred_thousand_rules_do_not_slow_the_check(store: Store) -> None:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
        rule = {"a_kind": "ingredient", "b_kind": "ingredient", "severity": "minor", "effect": "e", "management": "",
                "source": "s"}  # fmt: skip
        unit.conn.execute(
            insert(tables.reference_interactions),
            [{"code": f"{n}", "a": f"drug_{n % 400}", "b": f"drug_{n // 400}", **rule} for n in range(100_000)]
            + [{"code": f"w{n}", "a": "warfarin", "b": f"drug_{n}", **rule} for n in range(5_000)],
        )
    with store.read() as connection:
        times = []
        for _ in range(20):
            start = time.perf_counter()
            alerts(connection, TEN, MORE)
            times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.010


def _corpus() -> Path | None:
    folder = os.environ.get("CLINIC_CORPUS")
    path = Path(folder) / "drug_interactions" / "ONC_High_Priority_Mapped.csv" if folder else None
    return path if path is not None and path.exists() else None


@pytest.mark.skipif(_corpus() is None, reason="CLINIC_CORPUS names no folder with the public high-priority list")
def test_the_public_high_priority_list_is_covered(conn: Connection) -> None:
    path = _corpus()
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        pairs = {frozenset((row[0], row[2])) for row in csv.reader(file, delimiter="$")}
    pack, missed = safety_pack(conn), []
    for pair in pairs:
        found = check([Drug(name) for name in sorted(pair)], [], [], NOBODY, pack)
        if not any(each.kind == Kind.INTERACTION and each.tier == Tier.STOP for each in found):
            missed.append(sorted(pair))
    assert len(missed) <= 0.05 * len(pairs), missed[:20]


def test_celecoxib_after_a_sulfonamide_allergy_stops_as_its_label_says(conn: Connection) -> None:
    found = [each for each in alerts(conn, ["celecoxib"], [], "sulfa") if each.kind == Kind.ALLERGY]
    assert [(each.tier, each.source) for each in found] == [(Tier.STOP, "US label of celecoxib, section 4")]
