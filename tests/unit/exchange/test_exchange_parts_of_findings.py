"""The parts of a finding that a file brings are known by what they are, in whatever order they come."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.services.arrival_parts import matched, said_otherwise
from clinic_desktop.services.inbox import inbox
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import vital_signs
from clinic_desktop.store.tables.outside import identifiers, observations
from tests.conftest import DeskFor
from tests.fhir import LOINC, PATIENT, Json, Take, bundle, concept, person, potassium, pressure, taker

PANEL = "77777777-7777-4777-8777-777777777777"
SYSTOLIC, DIASTOLIC, MEAN = ("8480-6", "Systolic"), ("8462-4", "Diastolic"), ("8478-0", "Mean")
UPPER, LOWER, MIDDLE = (SYSTOLIC, "121"), (DIASTOLIC, "72"), (MEAN, "88")
TITLE = "Something was taken out of a result elsewhere"


def panel(*parts: tuple[tuple[str, str], str], **more: object) -> str:
    component = [{"code": concept(LOINC, *what), "valueQuantity": pressure(value)} for what, value in parts]
    return sent(component, **more)


def sent(component: list[Json], **more: object) -> str:
    said = {
        "resourceType": "Observation", "id": PANEL, "status": "final", "code": concept(LOINC, "85354-9", "Pressure"),
        "subject": {"reference": f"urn:uuid:{PATIENT}"}, "effectiveDateTime": "2026-03-01T08:00:00Z",
        "component": component, "performer": [{"display": "County clinic"}],
    }  # fmt: skip
    return bundle([person(), said | more])


@pytest.fixture
def take(desk_for: DeskFor, tmp_path: Path) -> Take:
    return taker(desk_for("administrator"), tmp_path)


def stands(store: Store) -> dict[str, tuple[str, str]]:
    """The parts that stand: which row each is, and its value."""
    with store.read() as connection:
        rows = connection.execute(
            select(observations)
            .where(observations.c.part_of.is_not(None), observations.c.status != "entered-in-error")
            .order_by(observations.c.position)
        )
        return {row.title: (row.id, row.value) for row in rows}


def withdrawn(store: Store) -> list[tuple[str, str]]:
    with store.read() as connection:
        rows = connection.execute(
            select(observations).where(observations.c.part_of.is_not(None), observations.c.status == "entered-in-error")
        )
        return [(row.title, row.value) for row in rows]


def told(desk_for: DeskFor) -> list[str]:
    return [one.body for one in inbox(desk_for("doctor"), "open") if one.title == TITLE]


def test_a_part_taken_out_from_the_front_writes_over_no_other_and_a_doctor_is_told(
    take: Take, store: Store, desk_for: DeskFor
) -> None:
    take(panel(UPPER, LOWER, MIDDLE))
    first = stands(store)
    take(panel(LOWER, MIDDLE))
    assert stands(store) == {"Diastolic": first["Diastolic"], "Mean": first["Mean"]}
    assert withdrawn(store) == [("Systolic", "121")], "it says what it said"
    assert told(desk_for) == [
        "County clinic said of Pressure: Systolic 121 mmHg. It is not said any more, and stands as withdrawn."
    ]
    with store.read() as connection:
        signs = connection.execute(select(vital_signs.c.code, vital_signs.c.value, vital_signs.c.status)).all()
    assert {(row.code, row.value, row.status) for row in signs} == {
        ("8480-6", "121", "entered_in_error"), ("8462-4", "72", "final"),
    }  # fmt: skip

    take(panel(UPPER, LOWER, MIDDLE, status="amended"))
    assert stands(store) == first, "said again it is what it was"
    assert withdrawn(store) == []
    assert len(told(desk_for)) == 1
    take(panel(MIDDLE, UPPER, LOWER))
    assert list(stands(store)) == ["Mean", "Systolic", "Diastolic"]
    assert stands(store) == first, "another order is no other finding"


def test_of_two_that_are_alike_the_one_that_says_the_same_is_the_same(take: Take, store: Store) -> None:
    take(panel((SYSTOLIC, "120"), (SYSTOLIC, "140"), LOWER))
    with store.read() as connection:
        rows = connection.execute(select(observations).where(observations.c.value == "140")).all()
    take(panel((SYSTOLIC, "140"), (DIASTOLIC, "75")))
    assert stands(store) == {"Systolic": (rows[0].id, "140"), "Diastolic": (stands(store)["Diastolic"][0], "75")}
    assert withdrawn(store) == [("Systolic", "120")], "what was corrected stands in its own row"


def test_what_an_earlier_program_wrote_over_is_not_doubled_and_comes_again(take: Take, store: Store) -> None:
    take(panel(UPPER, LOWER))
    first = stands(store)
    # By the place alone the second became the first, and was left behind as withdrawn.
    moved = {"code": DIASTOLIC[0], "title": "Diastolic", "value": "72"}
    with store.write(act=new_id(), session=None) as unit:
        unit.change(observations, first["Systolic"][0], moved, kind="observation.received")
        unit.change(observations, first["Diastolic"][0], {"status": "entered-in-error"}, kind="observation.received")
        known = select(identifiers.c.id).where(identifiers.c.value == PANEL)
        unit.change(identifiers, str(unit.conn.execute(known).scalar()), {"digest": "by the place"}, kind="x.changed")
        revision = select(observations.c.revision).where(observations.c.part_of.is_(None))
        assert unit.conn.execute(revision).scalar() == 1
    take(panel(LOWER))
    assert stands(store) == {"Diastolic": (first["Systolic"][0], "72")}, "what says the same is the same"
    take(panel(UPPER, LOWER))
    assert {name: value for name, (_id, value) in stands(store).items()} == {"Systolic": "121", "Diastolic": "72"}
    assert stands(store)["Diastolic"][0] == first["Systolic"][0]


def test_a_result_that_a_file_corrects_or_withdraws_is_told_to_a_doctor_once_a_person(
    take: Take, store: Store, desk_for: DeskFor
) -> None:
    def sodium(value: str, **more: object) -> Json:
        ids = {"id": "88888888-8888-4888-8888-888888888888", "effectiveDateTime": "2026-03-01T08:00:00Z"}
        return potassium(value, **{**ids, "code": concept(LOINC, "2951-2", "Sodium"), **more})

    def heard() -> list[str]:
        found = (one for one in inbox(desk_for("doctor"), "open") if one.title.startswith("Results were corrected"))
        return [
            one.body for one in found if (one.screen, one.patient_id) == ("chart", dict(one.arguments)["patient_id"])
        ]

    lately = {"effectiveDateTime": "2026-03-01T08:00:00Z"}
    take(bundle([person(), potassium("6.50", **lately), sodium("139")]))
    take(bundle([person(), potassium("6.5", **lately), sodium("139", note=[{"text": "seen"}])]))
    assert heard() == [], "another way to write it is no other value"
    take(bundle([person(), potassium("4.1", **lately), sodium("139", status="entered-in-error")]))
    (one,) = heard()
    assert one.split("\n") == [
        "corrected: Potassium 6.5 mmol/L -> 4.1 mmol/L", "withdrawn: Sodium 139 mmol/L",
    ]  # fmt: skip
    take(bundle([person(), potassium("4.1", **lately), sodium("139", status="entered-in-error")]))
    take(panel(UPPER, LOWER))
    take(panel((SYSTOLIC, "99"), LOWER))
    assert len(heard()) == 1, "the same again is no news, and a pressure is seen among the signs"
    take(panel(UPPER, LOWER, effectiveDateTime="2020-03-01T08:00:00Z"))
    take(bundle([person(), potassium("5.0", id=PANEL[:-1] + "8")]))
    take(bundle([person(), potassium("5.1", id=PANEL[:-1] + "8")]))
    assert len(heard()) == 1, "of what is years ago nobody acts"


def test_a_finding_that_is_withdrawn_as_a_whole_is_no_part_taken_out(
    take: Take, store: Store, desk_for: DeskFor
) -> None:
    take(panel(UPPER, LOWER))
    take(panel(status="entered-in-error"))
    assert (stands(store), len(withdrawn(store)), told(desk_for)) == ({}, 2, [])


def _row(number: int, code: str, value: str, status: str = "final") -> dict[str, Any]:
    what = {"code_system": LOINC if code else None, "code": code, "title": f"part {code}"}
    said = {"value_kind": "quantity", "value": value, "comparator": None, "unit": "g", "value_code": None}
    return {"id": str(number), "position": number, "status": status, **what, **said}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_finds_each_of_them(order: tuple[int, ...]) -> None:
    before = [_row(0, "a", "1"), _row(1, "a", "2"), _row(2, "b", "1"), _row(3, "", "1")]
    found = matched([before[place] for place in order], before)
    assert [row and row["id"] for row in found] == [str(place) for place in order]


def test_what_stands_is_taken_before_what_was_withdrawn_and_a_code_that_came_later_is_no_other_part() -> None:
    gone, stood = _row(0, "a", "1", "entered-in-error"), _row(1, "a", "9")
    assert matched([_row(5, "a", "9")], [gone, stood]) == [stood]
    assert matched([_row(5, "a", "7")], [gone, stood]) == [stood]
    named = _row(1, "", "1") | {"title": "Part  C"}
    assert matched([_row(5, "c", "1") | {"title": "part c"}], [named]) == [named]
    assert matched([_row(5, "d", "1")], [stood]) == [None]


def test_what_is_no_number_is_compared_by_its_words() -> None:
    def corrected(one: str, other: str) -> bool:
        row = {"status": "final", "value_kind": "text", "title": "Ratio", "comparator": None, "unit": None}
        return bool(said_otherwise({**row, "value_code": None, "value": one}, {**row, "value": other}))

    assert not any(corrected(value, value) for value in ("NaN", "nan", "sNaN", "-sNaN1", "Infinity", "n/a"))
    assert all(corrected("NaN", value) and corrected(value, "sNaN") for value in ("6.5", "Infinity"))
    assert not corrected("6.50", "6.5")
