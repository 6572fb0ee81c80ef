"""The reports about care against plain Python; the metrics that the documented systems show, each measured or not."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
from sqlalchemy import insert

from clinic_desktop.domain.reporting_care import MEASURES
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import consultation_steps, encounters, problems, vital_signs
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_results, lab_tests
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.reference import reference_vaccines
from clinic_desktop.store.unit import Transaction
from tests.conftest import DeskFor
from tests.unit.services import report_case as case
from tests.unit.services.report_case import (
    FIRST,
    GROUPS,
    LAST,
    Case,
    RowOf,
    bucket,
    rows_of,
    tenths,
    told,
    within,
    without,
)

CODES = (
    ("I10", "Essential hypertension", None),
    ("i10 ", "Hypertension", None),
    ("E11.9", "Type 2 diabetes", None),
    ("A09", "Diarrhoea", None),
    ("H59.9", "Eye", None),
    ("H60.0", "Ear", None),
    ("O9A.1", "Of pregnancy", None),
    ("38341003", "Hypertensive disorder", "http://snomed.info/sct"),
    (None, "Back pain", None),
    ("XX1", "Odd", None),
    ("U07.1", "COVID-19", "http://hl7.org/fhir/sid/icd-10"),
    # Diarrhoea there, constipation in ICD-10-CM.
    ("K58.1", "IBS-D", "http://hl7.org/fhir/sid/icd-10"),
    ("K58.1", "Irritable bowel syndrome with predominant diarrhoea", "http://hl7.org/fhir/sid/icd-10"),
    ("K58.1", "Irritable bowel syndrome with predominant diarrhoea", "http://hl7.org/fhir/sid/icd-10"),
)
OTHERS_CODED = {"U07.1", "K58.1", "38341003"}
VACCINES = {"19": "bcg", "110": "dtp;hepb;ipv", "10": "polio;ipv", "03": "mmr;measles;mumps;rubella"}


def care(made: Case, unit: Transaction) -> None:
    """Problems, pressures, HbA1c, visits, small children and their vaccines."""
    draw = made.draw
    for born in ("2027-03-31", "2027-04-01", "2026-04-01", "2026-03-31", "2026-12-15", "2027-02-28"):
        child = {
            "mrn": f"C-{born}",
            "family_name": "Child",
            "given_names": "A",
            "family_key": "child",
            "given_key": "a",
            "sex": "female",
            "born_on": born,
            "registered_at": made.moment(),
        }
        made.people.append(unit.create(patients, child, kind="patient.registered"))
    empty = dict.fromkeys(("name", "display", "avoid", "components", "source"), "x")
    unit.conn.execute(
        insert(reference_vaccines),
        [
            {"cvx": cvx, "antigens": antigens, "live": "no", "status": "active", **empty}
            for cvx, antigens in VACCINES.items()
        ],
    )
    made.some(
        lab_tests,
        unit,
        code="hba1c",
        name="HbA1c",
        loinc="4548-4",
        unit="%",
        specimen="blood",
        section="chemistry",
        kind="numeric",
        source="s",
    )
    doctor = made.staff["doctor"][0]
    for number in range(260):
        patient = draw.choice(made.people)
        code, title, system = draw.choice(CODES)
        made.some(
            problems,
            unit,
            patient_id=patient,
            code=code,
            title=title,
            code_system=system,
            noted_at=made.moment(),
            certainty=draw.choice(["provisional", "confirmed", "confirmed", "refuted"]),
            status=draw.choice(["active", "active", "resolved", "entered_in_error"]),
        )
        at = made.moment()
        for sign, low, high in (("8480-6", 120, 150), ("8462-4", 70, 95)):
            if draw.random() < 0.9:
                made.some(
                    vital_signs,
                    unit,
                    patient_id=patient,
                    code=sign,
                    value=str(draw.randint(low, high)),
                    unit="mmHg",
                    taken_at=at,
                    status=draw.choice(["final", "final", "entered_in_error"]),
                )
        order = made.some(
            lab_orders,
            unit,
            patient_id=patient,
            number=f"LAB-{number}",
            ordered_at=at,
            status="ordered",
            ordered_by=doctor,
            priority="routine",
        )
        asked = made.some(
            lab_order_tests, unit, order_id=order, patient_id=patient, test_code="hba1c", status="released"
        )
        made.some(
            lab_results,
            unit,
            order_test_id=asked,
            patient_id=patient,
            test_code="hba1c",
            flag="N",
            entered_at=at,
            value=draw.choice(["6.5", "9.0", "9.1", "12"]),
            unit=draw.choice(["%", "%", "mmol/mol"]),
            released_at=made.moment(),
            entered_by=made.staff["laboratory"][0],
            status=draw.choice(["released", "released", "superseded"]),
        )
        visit = made.some(
            encounters,
            unit,
            patient_id=patient,
            practitioner_id=doctor,
            preset="new",
            started_at=made.moment(),
            status=draw.choice(["signed", "open", "void"]),
        )
        made.some(
            consultation_steps,
            unit,
            encounter_id=visit,
            patient_id=patient,
            step="history",
            state="completed",
            content=draw.choice([None, "{}", '{"medicines_reconciled": "1"}', '{"medicines_reconciled": ""}']),
        )
        small = draw.choice(made.people[-6:])
        made.some(
            immunizations,
            unit,
            patient_id=small,
            vaccine_code=draw.choice([*VACCINES, "999"]),
            vaccine_name="v",
            occurred_on=draw.choice(["2027-06-01", "2027-08-01", "2028-02-29", "2028-03-31", "2028-04-01", None]),
            status=draw.choice(["completed", "completed", "not_done", "entered_in_error"]),
            recorded_at=at,
        )


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store, 3).fill(care)
        yield store


def years(born: str, on: date) -> int:
    then = date.fromisoformat(born)
    return on.year - then.year - ((on.month, on.day) < (then.month, then.day))


def entitled(code: str, called: Counter[str]) -> str:
    """What ICD-10-CM calls a code, read from the pack; else what it was called most often."""
    known = {} if code in OTHERS_CODED else icd10cm()
    return known.get(code) or min(called, key=lambda title: (-called[title], title))


@cache
def icd10cm() -> dict[str, str]:
    with gzip.open("resources/reference/icd10cm.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return {row["code"]: row["title"] for row in csv.DictReader(file)}


CHAPTERS = {
    "A": (1, "I", "Certain infectious and parasitic diseases"),
    "E": (4, "IV", "Endocrine, nutritional and metabolic diseases"),
    "I": (9, "IX", "Diseases of the circulatory system"),
    "H5": (7, "VII", "Diseases of the eye and adnexa"),
    "H6": (8, "VIII", "Diseases of the ear and mastoid process"),
    "K": (11, "XI", "Diseases of the digestive system"),
    "O": (15, "XV", "Pregnancy, childbirth and the puerperium"),
    "U": (22, "XXII", "Codes for special purposes"),
}


@pytest.mark.parametrize("group", GROUPS)
def test_the_register_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor, group: str) -> None:
    kept = case.kept(worked)
    people = {row["id"]: row for row in rows_of(worked, "patients")}
    chapters: dict[tuple[str, int, str, str], list[RowOf]] = defaultdict(list)
    codes: dict[tuple[str, int, str, str, str], list[RowOf]] = defaultdict(list)
    codes_called: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    everybody = set()
    for row in rows_of(worked, "problems"):
        if not within(row["noted_at"]) or row["status"] == "entered_in_error" or row["certainty"] == "refuted":
            continue
        period, code = bucket(row["noted_at"], group), (row["code"] or "").strip().upper()
        known = CHAPTERS.get(code[:2] if code[:1] == "H" else code[:1])
        place, chapter, heading = known or (97, "no chapter", "")
        if not code:
            place, chapter, heading = 98, "not coded", ""
        elif "snomed" in (row["code_system"] or ""):
            place, chapter, heading = 99, "other coding", ""
        chapters[period, place, chapter, heading].append(row)
        codes[period, place, chapter, code, row["title"] if not code else ""].append(row)
        codes_called[place, code][row["title"]] += 1
        everybody.add(kept[row["patient_id"]])

    def numbers(rows: list[RowOf]) -> list[str]:
        def many(*, sex: str | None = None, young: bool = False, confirmed: bool = False) -> str:
            who = set()
            for row in rows:
                person = people[kept[row["patient_id"]]]
                born = person["born_on"]
                is_young = born is not None and years(born, case.local(row["noted_at"]).date()) < 15
                sure = row["certainty"] == "confirmed"
                if (sex in {None, person["sex"]}) and (is_young or not young) and (sure or not confirmed):
                    who.add(person["id"])
            return str(len(who))

        return [many(), many(sex="female"), many(sex="male"), many(young=True), many(confirmed=True)]

    lines = [
        ((key[0], key[1], "", key[3]), [key[0], key[2], "", key[3], *numbers(some)]) for key, some in chapters.items()
    ]
    for key, some in codes.items():
        title = key[4] or entitled(key[3], codes_called[key[1], key[3]])
        lines.append(((key[0], key[1], key[3] or "-", title), [key[0], key[2], key[3], title, *numbers(some)]))
    expected = [line for _order, line in sorted(lines)]
    rows, totals = told(desk_for, "disease-register", group)
    assert rows == without(expected, group)
    head = ["Total"] + [""] * (2 if group == "none" else 3)
    assert totals == [[*head, str(len(everybody)), "", "", "", ""]]


def test_coverage_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    kept = case.kept(worked)

    def months(born: str) -> int:
        then = date.fromisoformat(born)
        return (LAST.year - then.year) * 12 + LAST.month - then.month - (LAST.day < then.day)

    children = {
        row["id"]
        for row in rows_of(worked, "patients")
        if row["born_on"]
        and 12 <= months(row["born_on"]) <= 23
        and row["merged_into"] is None
        and case.local(row["registered_at"]).date() <= LAST
        and not (row["deceased_on"] or "9") <= LAST.isoformat()
    }
    assert children
    wanted = (
        ("BCG", 1, {"bcg"}),
        ("HepB3", 3, {"hepb"}),
        ("DTP1", 1, {"dtp"}),
        ("DTP3", 3, {"dtp"}),
        ("Hib3", 3, {"hib"}),
        ("Pol3", 3, {"polio", "ipv"}),
        ("PCV3", 3, {"pcv"}),
        ("Rota2", 2, {"rota"}),
        ("MCV1", 1, {"measles", "mmr"}),
        ("RCV1", 1, {"rubella", "mmr"}),
        ("YFV", 1, {"yf"}),
    )
    expected = []
    for name, needed, antigens in wanted:
        doses, given = defaultdict(set), 0
        for row in rows_of(worked, "immunizations"):
            of = set(VACCINES.get(row["vaccine_code"], "").split(";"))
            if (
                row["status"] == "completed"
                and row["occurred_on"]
                and row["occurred_on"] <= LAST.isoformat()
                and of & antigens
            ):
                doses[kept[row["patient_id"]]].add(row["occurred_on"])
                given += row["occurred_on"] >= FIRST.isoformat()
        covered = sum(len(doses[child]) >= needed for child in children)
        share = tenths(100 * covered, len(children))
        expected.append([name, str(needed), str(len(children)), str(covered), share, str(given)])
    assert told(desk_for, "immunization-coverage") == (expected, [])
    assert {"0.0"} != {line[4] for line in expected}


def test_quality_is_what_plain_counting_finds(worked: Store, desk_for: DeskFor) -> None:
    kept = case.kept(worked)
    ages = {
        row["id"]: years(row["born_on"], LAST)
        for row in rows_of(worked, "patients")
        if row["born_on"]
        and row["merged_into"] is None
        and case.local(row["registered_at"]).date() <= LAST
        and not (row["deceased_on"] or "9") <= LAST.isoformat()
    }
    ill = defaultdict(set)
    for row in rows_of(worked, "problems"):
        now = row["status"] == "active" and row["certainty"] != "refuted" and case.local(row["noted_at"]).date() <= LAST
        if now and row["code"] and "snomed" not in (row["code_system"] or ""):
            ill[row["code"].strip().upper()[:3]].add(kept[row["patient_id"]])
    tense = {one for one in ill["I10"] if 18 <= ages.get(one, 0) <= 85}
    sweet = {one for one in ill["E11"] if 18 <= ages.get(one, 0) <= 75}
    days: dict[str, dict[date, dict[str, list[int]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in rows_of(worked, "vital_signs"):
        if within(row["taken_at"]) and row["status"] == "final":
            days[kept[row["patient_id"]]][case.local(row["taken_at"]).date()][row["code"]].append(int(row["value"]))
    calm = 0
    for one in tense:
        whole = {day: signs for day, signs in days[one].items() if len(signs) == 2}
        if whole:
            last = whole[max(whole)]
            calm += min(last["8480-6"]) < 140 and min(last["8462-4"]) < 90
    sugars = defaultdict(list)
    for row in rows_of(worked, "lab_results"):
        if within(row["released_at"]) and row["status"] == "released" and row["unit"] == "%":
            sugars[kept[row["patient_id"]]].append((row["released_at"], row["rowid_"], float(row["value"])))
    good = sum(max(sugars[one])[2] <= 9.0 for one in sweet if sugars[one])
    visits = [row for row in rows_of(worked, "encounters") if within(row["started_at"]) and row["status"] == "signed"]
    told_of = {
        row["encounter_id"] for row in rows_of(worked, "consultation_steps") if '": "1"' in (row["content"] or "")
    }
    through = sum(row["id"] in told_of for row in visits)
    assert tense
    assert sweet
    rows, totals = told(desk_for, "clinical-quality")
    assert [line[:5] for line in rows] == [
        ["Blood pressure control", str(len(tense)), str(calm), tenths(100 * calm, len(tense)), "90.0"],
        ["HbA1c control", str(len(sweet)), str(good), tenths(100 * good, len(sweet)), "85.0"],
        ["Cancer screening", "", "", "", "80.0"],
        ["Medication reconciliation", str(len(visits)), str(through), tenths(100 * through, len(visits)), "95.0"],
    ]
    assert totals == []
    assert [line[5] for line in rows] == [how for _title, _target, how in MEASURES.values()]
    assert rows[2][5].startswith("Not measured here: ")
