"""The parts of a record that a system brought are known by what they are, never by their place in its list."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.brought import called
from clinic_desktop.exchange.remote_ids import fhir_id
from clinic_desktop.exchange.told import made, written
from clinic_desktop.services.chart_rows import allergies_of
from clinic_desktop.services.heard_results import NOT_SHOWN
from clinic_desktop.services.inbox import inbox
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import problems
from clinic_desktop.store.tables.outside import identifiers, observations
from sync.engine.chart import Because
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Conflict, Link
from sync.port import Kind
from sync.records.elements import Resource
from sync.records.exact import digest
from tests.conftest import DeskFor
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.brought_case import LAB, TEN, VISIT, Bench


@pytest.fixture
def bench(store: Store, clock: SetClock, small: Clinic) -> Bench:
    return Bench(store, clock, small)


def notices(desk_for: DeskFor) -> list[str]:
    found = (*inbox(desk_for("doctor")), *inbox(desk_for("doctor"), "done"))
    return [str(one.body) for one in found if one.title.startswith("Something was taken out") or one.title == NOT_SHOWN]


@pytest.mark.parametrize("earlier", [False, True], ids=["new", "kept by an earlier program"])
def test_a_value_taken_out_before_another_erases_nothing_and_doubles_nothing(
    bench: Bench, desk_for: DeskFor, *, earlier: bool
) -> None:
    potassium, sodium = bench.value("Potassium", "7.1"), bench.value("Sodium", "140")
    both = [("Potassium", "7.1", "final"), ("Sodium", "140", "final")]
    assert bench.results(potassium, sodium) == both
    if earlier:
        bench.kept_by_place(LAB)
    assert bench.results(potassium, sodium) == both
    assert bench.results(sodium) == both
    assert bench.results(sodium) == both
    (told,) = notices(desk_for)
    assert "Potassium 7.1" in told
    assert "Sodium" not in told
    assert bench.results(sodium, potassium) == both
    assert bench.results(bench.value("Sodium", "150"), potassium) == [both[0], ("Sodium", "150", "corrected")]
    bench.results(bench.value("Sodium", "150"))
    assert [name for name, value, _ in bench.of(observations, "title", "value", "status")] == ["Potassium", "Sodium"]
    assert len(notices(desk_for)) == 2, "it was said again meanwhile: that it is gone is news"


def test_when_nothing_at_all_is_said_any_more_everything_stays(bench: Bench, desk_for: DeskFor) -> None:
    before = bench.results(bench.value("Potassium", "7.1"))
    blank = made({"resourceType": "Observation", "status": "unknown", "code": {}})
    assert bench.results(blank) == before
    (told,) = notices(desk_for)
    assert "Potassium 7.1" in told


def test_equal_parts_are_numbered_and_values_of_two_times_are_two(bench: Bench) -> None:
    glucose = bench.value("Glucose", "5.1")
    assert len(bench.results(glucose, glucose)) == 2
    assert len(bench.results(glucose, glucose, glucose)) == 3
    assert len(bench.results(glucose, glucose)) == 3
    low = bench.results(*[bench.value("Glucose", "1.9", TEN)] * 3)
    assert [value for _name, value, _status in low] == ["5.1"] * 3 + ["1.9"] * 3


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ({"status": "preliminary"}, {}, [("Potassium", "4.1", "corrected")]),
        ({}, {"status": "corrected"}, [("Potassium", "4.1", "corrected")]),
        ({}, {"status": "entered-in-error"}, [("Potassium", "4.1", "entered-in-error")]),
        ({}, {}, [("Potassium", "7.1", "final"), ("Potassium", "4.1", "final")]),
    ],
    ids=["it was preliminary", "it is a correction", "it is withdrawn", "it is another measurement"],
)
def test_a_value_that_comes_later_stands_in_place_of_the_first_where_it_says_so(
    bench: Bench, first: dict[str, Any], then: dict[str, Any], left: list[tuple[str, str, str]]
) -> None:
    bench.results(bench.value("Potassium", "7.1", **first))
    assert bench.results(bench.value("Potassium", "4.1", TEN, **then)) == left


@pytest.mark.parametrize("earlier", [False, True], ids=["new", "kept by an earlier program"])
def test_a_visit_of_which_something_was_taken_out_there_keeps_it_and_a_doctor_hears_of_it(
    bench: Bench, desk_for: DeskFor, *, earlier: bool
) -> None:
    def sign(code: str, value: int) -> Resource:
        said = {"coding": [{"system": "http://loinc.org", "code": code}]}
        return bench.value("", "", None, code=said, valueString=None, subject=None, valueQuantity={"value": value})

    pressure = sign("8480-6", 150), sign("8462-4", 95)
    bench.visit(["Type 2 diabetes", "Hypertension", "Asthma"], *pressure, sign("8867-4", 88))
    if earlier:
        bench.kept_by_place(VISIT)
    bench.visit(["Hypertension", "Asthma"], sign("8867-4", 90))
    assert bench.of(problems, "title", "status") == [
        (name, "active") for name in ("Type 2 diabetes", "Hypertension", "Asthma")
    ]
    assert bench.of(observations, "code", "value") == [("8480-6", "150"), ("8462-4", "95"), ("8867-4", "90")]
    (told,) = notices(desk_for)
    for words in ("Type 2 diabetes", "Systolic blood pressure 150", "Diastolic blood pressure 95"):
        assert words in told


def test_what_a_doctor_decided_of_a_part_that_was_taken_out_stands_when_it_is_said_again(
    bench: Bench, desk_for: DeskFor
) -> None:
    def change(named: str, **to: str) -> None:
        with bench.heard.store.write(act=new_id(), session=None) as unit:
            row = unit.conn.execute(select(problems.c.id).where(problems.c.title == named)).scalar_one()
            unit.change(problems, row, to, kind="problem.changed")

    bench.visit(["Gout", "Asthma"])
    bench.visit(["Asthma"])
    change("Gout", status="entered_in_error")
    bench.visit(["Gout", "Asthma", "Migraine"])
    stands = [("Gout", "entered_in_error"), ("Asthma", "active"), ("Migraine", "active")]
    assert bench.of(problems, "title", "status") == stands
    assert len(notices(desk_for)) == 1
    change("Migraine", title="Migraine with aura")
    with pytest.raises(Refusal):
        bench.visit(["Gout", "Asthma", "Migraine"], graver="Migraine")
    assert len(bench.of(problems, "title")) == 3, "what was changed here and there is no other part"


def test_a_line_of_a_prescription_that_goes_there_stays_and_the_others_are_not_doubled(
    bench: Bench, desk_for: DeskFor
) -> None:
    assert len(bench.medicines("Warfarin 5 mg", "Ibuprofen 400 mg")) == 2
    lines = [("Warfarin 5 mg", "active"), ("Ibuprofen 400 mg", "active")]
    assert bench.medicines("Ibuprofen 400 mg") == lines
    assert bench.medicines("Warfarin 2 mg", "Ibuprofen 400 mg") == [("Warfarin 2 mg", "active"), lines[1]]
    assert "Warfarin 5 mg" in notices(desk_for)[0]
    assert len(bench.medicines("Warfarin 2 mg", "Ibuprofen lysine 400 mg")) == 3, "another medicine is another line"


def test_of_a_medicine_that_was_taken_out_a_doctor_is_told_the_dose_for_another_line_of_it_may_stand() -> None:
    line = {"name": "Prednisolone", "dose": "40 mg, daily for 5 days", "dosage_text": "40 mg, daily for 5 days"}
    assert called(line) == "Prednisolone 40 mg, daily for 5 days"
    assert called({"name": "Prednisolone", "dose": "40 mg", "dosage_text": None}) == "Prednisolone 40 mg"
    assert called({"name": "Prednisolone 5 mg tablet", "dose": None, "dosage_text": None}) == "Prednisolone 5 mg tablet"
    assert called({"title": "Potassium", "value": "7.1", "unit": "mmol/L"}) == "Potassium 7.1 mmol/L"


def test_a_record_whose_id_begins_with_anothers_is_no_part_of_it(bench: Bench) -> None:
    bench.results(bench.value("Potassium", "7.1"))
    bench.says(Kind.LAB_RESULT, Because("hms_enterprise", "LAB-9.n7"), bench.value("Sodium", "140"))
    assert bench.results(bench.value("Potassium", "7.2")) == [
        ("Potassium", "7.2", "corrected"), ("Sodium", "140", "final")
    ]  # fmt: skip


def person(family: str, *allergies: str) -> list[Resource]:
    said: dict[str, Any] = {
        "resourceType": "Patient",
        "name": [{"family": family, "given": ["Ada"]}],
        "birthDate": "1985-06-15",
    }
    listed: list[dict[str, Any]] = [
        {"resourceType": "AllergyIntolerance", "code": {"text": one}, "patient": {"display": "patient"}}
        for one in allergies
    ]
    return [made(one) for one in (said, *listed)]


def allergies_in(store: Store, patient: str | None) -> set[str]:
    with store.read() as connection:
        return {one.substance for one in allergies_of(connection, str(patient))}


def said_apart(store: Store, patient: str | None, because: Because) -> None:
    with store.write(act=new_id(), session=None) as unit:
        answer = Conflict(new_id(), because.system, "patient", str(patient), "identity", "", because.remote_id)
        answer.state, answer.keep = "closed", "apart"
        Rows(unit).put(answer)


@pytest.mark.parametrize("other", ["Doe", "Lindqvist"], ids=["says the very same", "is somebody else"])
def test_a_number_of_which_a_person_said_two_people_is_another_chart_with_allergies_of_its_own(
    bench: Bench, other: str
) -> None:
    heard, store, number = bench.heard, bench.heard.store, Because("healify", "pat_9")
    first = heard.adopt(Kind.PATIENT, None, *person("Doe", "Penicillin"), because=number)
    assert heard.adopt(Kind.PATIENT, None, *person("Doe", "Penicillin"), because=number) == first
    said_apart(store, first, number)
    second = heard.adopt(Kind.PATIENT, None, *person(other, "Penicillin", "Kiwi"), because=number)
    assert second not in {None, first}
    assert heard.patient(str(first)).name[0].family == "Doe"
    assert allergies_in(store, first) == {"Penicillin"}
    assert allergies_in(store, second) == {"Penicillin", "Kiwi"}, "the same words are another person's allergy"
    said_apart(store, second, number)
    third = heard.adopt(Kind.PATIENT, None, *person(other, "Penicillin"), because=number)
    assert len({first, second, third}) == 3
    assert heard.patient(str(second)).name[0].family == other


def test_without_a_link_somebody_else_under_a_known_number_is_never_laid_over_a_chart(bench: Bench) -> None:
    heard, number = bench.heard, Because("healify", "pat_9")
    first = heard.adopt(Kind.PATIENT, None, *person("Doe"), because=number)
    assert heard.adopt(Kind.PATIENT, None, *person("Lindqvist"), because=number) != first
    assert heard.patient(str(first)).name[0].family == "Doe"


@pytest.mark.parametrize("number", ["LAB-8", "lab_8", "L" * 64])
def test_what_comes_under_a_number_is_never_carried_from_one_chart_into_another(bench: Bench, number: str) -> None:
    heard, store, lab = bench.heard, bench.heard.store, Because("hms_enterprise", number)

    def says(*records: Resource) -> None:
        bench.says(Kind.LAB_RESULT, lab, *records)

    says(bench.value("Potassium", "7.1"), bench.value("Sodium", "140"))
    other = str(heard.adopt(Kind.PATIENT, None, *person("Doe"), because=Because("hms_enterprise", "P-2")))
    theirs = {"reference": f"Patient/{other}"}
    moved = bench.value("Potassium", "4.1", subject=theirs), bench.value("Sodium", "139", subject=theirs)
    with pytest.raises(Refusal):
        says(*moved)
    bench.here.clear()  # its link was ended: whoever has that number now is told of it as of a new one
    says(*moved)
    says(bench.value("Potassium", "4.2", subject=theirs), moved[1])
    with store.read() as connection:
        rows = connection.execute(select(observations.c.patient_id, observations.c.value)).all()
    assert [value for whose, value in rows if whose == bench.patient] == ["7.1", "140"]
    assert [value for whose, value in rows if whose == other] == ["4.2", "139"]
    with store.read() as connection:
        assert max(map(len, connection.execute(select(identifiers.c.value)).scalars())) <= 64


def test_ids_that_differ_by_a_sign_are_two(bench: Bench) -> None:
    heard = bench.heard
    found = {
        heard.adopt(Kind.PATIENT, None, *person("Doe"), because=Because("arocord_hims", one))
        for one in ("patient_7", "patient-7", "patient.7", "patient 7", "PATIENT-7", "p" * 70, "p" * 71)
    }
    assert len(found) == 7
    ids = [fhir_id(one) for one in ("a_b", "a-b", "a b", "a.b", "ä", "")]
    assert len(set(ids)) == 6
    assert all(re.fullmatch(r"[A-Za-z0-9\-.]{1,64}", one) for one in ids)


def test_what_an_earlier_program_kept_under_hyphens_is_still_that_record_and_nobody_elses(bench: Bench) -> None:
    store = bench.heard.store
    one, alike = Because("healify", "rec_1"), Because("healify", "rec-1")
    bench.says(Kind.LAB_RESULT, one, bench.value("Potassium", "7.1"))
    with store.write(act=new_id(), session=None) as unit:
        kept = identifiers.c.value == fhir_id("rec_1")
        unit.conn.execute(update(identifiers).where(kept).values(value="rec-1"))
        Rows(unit).put(Link("healify", "lab_result", "rec_1", str(bench.here[one])))
    bench.says(Kind.LAB_RESULT, one, bench.value("Potassium", "4.1"))
    assert bench.of(observations, "value") == [("4.1",)]
    bench.says(Kind.LAB_RESULT, alike, bench.value("Potassium", "5.0"))
    bench.says(Kind.LAB_RESULT, one, bench.value("Potassium", "4.2"))
    assert bench.of(observations, "value") == [("4.2",), ("5.0",)]


def test_an_allergy_that_an_earlier_program_kept_by_its_words_alone_is_not_doubled_and_is_nobody_elses(
    bench: Bench,
) -> None:
    heard, store, number = bench.heard, bench.heard.store, Because("healify", "pat_9")
    first = str(heard.adopt(Kind.PATIENT, None, *person("Doe", "Penicillin"), because=number))
    said = digest(written(person("Doe", "Penicillin")[1]))
    with store.write(act=new_id(), session=None) as unit:
        kept = identifiers.c.kind == "AllergyIntolerance"
        unit.conn.execute(update(identifiers).where(kept).values(value=f"pat-9.{said[:24]}"))
    heard.adopt(Kind.PATIENT, first, *person("Doe", "Penicillin"), because=number)
    with store.read() as connection:
        assert [one.substance for one in allergies_of(connection, first)] == ["Penicillin"]
    said_apart(store, first, number)
    second = heard.adopt(Kind.PATIENT, None, *person("Doe", "Penicillin"), because=number)
    assert allergies_in(store, second) == {"Penicillin"}
