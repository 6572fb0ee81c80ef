"""The measures of quality against people made by hand, each as the words of the measure say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import consultation_steps, encounters, problems, vital_signs
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_results, lab_tests
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import Case, told

# The period is 26-Feb-2028 to 31-Mar-2028; instants are hours of March 2028 in UTC, before it where they are negative.
BEFORE, AFTER = -200, 31 * 24 + 1


@dataclass(frozen=True)
class Person:
    """One patient: pressures as (hour, systolic, diastolic), sugars as (hour, value), problems as (code, hour)."""

    born: str | None = "1970-05-05"
    ill: tuple[tuple[str, int], ...] = (("I10", 0),)
    pressures: tuple[tuple[int, str, str], ...] = ()
    sugars: tuple[tuple[int, str], ...] = ()
    more: dict[str, Any] = field(default_factory=dict)  # of the patient's row
    problem: dict[str, Any] = field(default_factory=dict)
    status: str = "final"
    unit: str = "%"


def pressed(*pressures: tuple[int, str, str], **facts: Any) -> Person:
    return Person(pressures=pressures, **facts)


def sweet(*sugars: tuple[int, str], code: str = "E11.9", **facts: Any) -> Person:
    return Person(ill=((code, 0),), sugars=sugars, **facts)


GOOD = (10, "139", "89")
# Whom blood pressure control is about, and in whom it is met (CMS165: the last day with a pressure, its lowest values).
PRESSURE = {
    "just below": (pressed(GOOD), True, True),
    "systolic at the bound": (pressed((10, "140", "80")), True, False),
    "diastolic at the bound": (pressed((10, "120", "90")), True, False),
    "the last day counts, not a better one before": (pressed(GOOD, (40, "150", "95")), True, False),
    "nor a worse one before": (pressed((10, "190", "110"), (40, "120", "70")), True, True),
    "of one day the lowest of each": (pressed((10, "150", "80"), (11, "130", "95")), True, True),
    "none in the period": (pressed((BEFORE, "120", "70"), (AFTER, "120", "70")), True, False),
    "never measured": (pressed(), True, False),
    "an error is no pressure": (pressed(GOOD, status="entered_in_error"), True, False),
    "a code written small": (pressed(GOOD, ill=((" i10 ", 0),)), True, True),
    "turned 18 on the last day": (pressed(GOOD, born="2010-03-31"), True, True),
    "18 the day after": (pressed(GOOD, born="2010-04-01"), False, False),
    "85 still": (pressed(GOOD, born="1942-04-01"), True, True),
    "86 on the last day": (pressed(GOOD, born="1942-03-31"), False, False),
    "born nobody knows when": (pressed(GOOD, born=None), False, False),
    "noted after the period": (pressed(GOOD, ill=(("I10", AFTER),)), False, False),
    "secondary hypertension": (pressed(GOOD, ill=(("I15.0", 0),)), False, False),
    "refuted": (pressed(GOOD, problem={"certainty": "refuted"}), False, False),
    "resolved": (pressed(GOOD, problem={"status": "resolved"}), False, False),
    "another coding": (pressed(GOOD, problem={"code_system": "http://snomed.info/sct"}), False, False),
    "dead on the last day": (pressed(GOOD, more={"deceased_on": "2028-03-31"}), False, False),
    "dead the day after": (pressed(GOOD, more={"deceased_on": "2028-04-01"}), True, True),
}
# Whom HbA1c control is about, and in whom it is met (CMS122 turned round: the last in the period is 9.0 % or less).
SUGAR = {
    "at the bound": (sweet((10, "9.0")), True, True),
    "above it": (sweet((10, "9.1")), True, False),
    "the last counts": (sweet((10, "6.0"), (40, "9.5")), True, False),
    "and not the worst": (sweet((10, "12"), (40, "7")), True, True),
    "none in the period": (sweet((BEFORE, "6"), (AFTER, "6")), True, False),
    "in another unit": (sweet((10, "42"), unit="mmol/mol"), True, False),
    "the first code": (sweet((10, "7"), code="E08.0"), True, True),
    "the last code": (sweet((10, "7"), code="E14"), True, True),
    "before the first": (sweet((10, "7"), code="E07"), False, False),
    "after the last": (sweet((10, "7"), code="E15"), False, False),
    "75 still": (sweet((10, "7"), born="1952-04-01"), True, True),
    "76 on the last day": (sweet((10, "7"), born="1952-03-31"), False, False),
    "in pregnancy": (sweet((10, "7"), code="O24.4"), False, False),
}


def at(hour: int) -> str:
    return to_text(datetime.fromtimestamp(datetime(2028, 3, 1, tzinfo=UTC).timestamp() + hour * 3600, UTC))


def born(made: Case, unit: Transaction, name: str, one: Person) -> str:
    """Write one patient down."""
    row = {"mrn": name, "family_name": name, "given_names": "A", "family_key": "a", "given_key": "a", "sex": "female",
           "born_on": one.born, "registered_at": at(BEFORE), **one.more}  # fmt: skip
    patient = unit.create(patients, row, kind="patient.registered")
    for code, noted in one.ill:
        made.some(problems, unit, **{
            "patient_id": patient, "code": code, "title": code, "certainty": "confirmed", "status": "active",
            "noted_at": at(noted), **one.problem,
        })  # fmt: skip
    for hour, *values in one.pressures:
        for sign, value in zip(("8480-6", "8462-4"), values, strict=True):
            made.some(vital_signs, unit, patient_id=patient, code=sign, value=value, unit="mm[Hg]", taken_at=at(hour),
                      status=one.status)  # fmt: skip
    for hour, value in one.sugars:
        order = made.some(lab_orders, unit, patient_id=patient, number=f"{name}{hour}", ordered_at=at(hour),
                          status="released", ordered_by=made.staff["doctor"][0], priority="routine")  # fmt: skip
        asked = made.some(lab_order_tests, unit, order_id=order, patient_id=patient, test_code="hba1c",
                          status="released")  # fmt: skip
        made.some(lab_results, unit, order_test_id=asked, patient_id=patient, test_code="hba1c", value=value,
                  unit=one.unit, flag="N", entered_at=at(hour), entered_by=made.staff["laboratory"][0],
                  released_at=at(hour), status="released")  # fmt: skip
    return patient


def clinic(made: Case, unit: Transaction) -> None:
    made.some(lab_tests, unit, code="hba1c", name="HbA1c", loinc="4548-4", unit="%", specimen="blood",
              section="chemistry", kind="numeric", source="s")  # fmt: skip


@pytest.fixture
def made(store: Store) -> Iterator[Case]:
    with case.in_beirut():
        yield Case(store).fill(clinic)


def measured(desk_for: DeskFor, measure: str) -> tuple[int, int]:
    line = next(line for line in told(desk_for, "clinical-quality")[0] if line[0] == measure)
    return int(line[1]), int(line[2])


@pytest.mark.parametrize(
    ("measure", "people"), [("Blood pressure control", PRESSURE), ("HbA1c control", SUGAR)], ids=["pressure", "sugar"]
)
def test_each_person_counts_as_the_words_of_the_measure_say(
    made: Case, desk_for: DeskFor, measure: str, people: dict[str, tuple[Person, bool, bool]]
) -> None:
    eligible, met = measured(desk_for, measure)
    for name, (one, is_eligible, is_met) in people.items():
        with made.store.write(act=new_id(), session=None) as unit:
            born(made, unit, name, one)
        eligible, met = eligible + is_eligible, met + is_met
        assert measured(desk_for, measure) == (eligible, met), name


def test_the_pressures_of_two_registrations_are_one_persons(made: Case, desk_for: DeskFor) -> None:
    with made.store.write(act=new_id(), session=None) as unit:
        kept = born(made, unit, "kept", pressed((10, "150", "95")))
        born(made, unit, "other", pressed((40, "120", "70"), more={"merged_into": kept}))
    assert measured(desk_for, "Blood pressure control") == (1, 1)


@pytest.mark.parametrize(
    ("status", "content", "hour", "counted"),
    [
        ("signed", '{"medicines_reconciled": "1"}', 10, (1, 1)),
        ("signed", '{"medicines_reconciled": ""}', 10, (1, 0)),
        ("signed", '{"medicines_reconciled": "0"}', 10, (1, 0)),
        ("signed", "{}", 10, (1, 0)),
        ("open", '{"medicines_reconciled": "1"}', 10, (0, 0)),
        ("void", '{"medicines_reconciled": "1"}', 10, (0, 0)),
        ("signed", '{"medicines_reconciled": "1"}', AFTER, (0, 0)),
    ],
)
def test_a_visit_counts_as_gone_through_where_its_history_says_so(
    made: Case, desk_for: DeskFor, status: str, content: str, hour: int, counted: tuple[int, int]
) -> None:
    with made.store.write(act=new_id(), session=None) as unit:
        patient = made.people[0]
        visit = made.some(encounters, unit, patient_id=patient, practitioner_id=made.staff["doctor"][0], preset="new",
                          started_at=at(hour), status=status)  # fmt: skip
        for step, said in (("history", content), ("plan", '{"medicines_reconciled": "1"}')):
            made.some(consultation_steps, unit, encounter_id=visit, patient_id=patient, step=step, state="completed",
                      content=said)  # fmt: skip
    assert measured(desk_for, "Medication reconciliation") == counted


def test_cancer_screening_says_that_it_is_not_measured_and_why(made: Case, desk_for: DeskFor) -> None:
    assert made.people
    (line,) = [line for line in told(desk_for, "clinical-quality")[0] if line[0] == "Cancer screening"]
    assert line[1:4] == ["", "", ""]
    assert line[5].startswith("Not measured here: ")
