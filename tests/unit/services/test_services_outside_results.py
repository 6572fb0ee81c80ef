"""Results of others in a visit: seen there with who reported them, counted when critical, and never taken for valid."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain.ranges import gravest
from clinic_desktop.services import charting, consultation, encounters, laboratory, restrictions, sharing
from clinic_desktop.services.chart_rows import ResultShown
from clinic_desktop.services.encounters import Consultation
from clinic_desktop.services.outside import LOINC, LOOKED_AT
from clinic_desktop.store.tables.outside import diagnostic_reports, observations
from tests.unit.services.lab_case import Lab
from tests.unit.services.reported_case import a_lab, reported, somebody_new

OVERVIEW = {"identity.name": "1", "identity.born_on": "1", "alerts_read": "1"}


@pytest.fixture(scope="module")
def one_clinic(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Lab]:
    yield from a_lab(tmp_path_factory.mktemp("lab"), empty_database)


@pytest.fixture
def lab(one_clinic: Lab) -> Lab:
    return somebody_new(one_clinic)


def seen(lab: Lab, encounter: str) -> dict[str, ResultShown]:
    return {each.name: each for each in shown(lab, encounter).results}


def shown(lab: Lab, encounter: str) -> Consultation:
    return encounters.consultation(lab.doctor, lab.patient, encounter)


def open_still(lab: Lab, encounter: str) -> dict[str, str]:
    """What is still open of the investigations: what is said, and how many."""
    found = (one for one in shown(lab, encounter).unresolved if one.step == "investigations")
    return {one.message.split()[0]: str(one.facts["count"]) for one in found if "count" in one.facts}


def visit(lab: Lab) -> str:
    return consultation.open_consultation(lab.doctor, lab.patient, "new").encounter_id


def test_a_visit_shows_what_others_found_with_who_reported_it_and_how_it_is_flagged(lab: Lab) -> None:
    lab.released(sodium="139")
    encounter = visit(lab)
    grave = {"code_system": LOINC, "code": "2823-3", "unit_code": "mmol/L"}
    reported(lab.store, lab.patient, "Potassium", "7.4", **grave)
    reported(lab.store, lab.patient, "Lactate", "9.1", interpretation="HH", status="preliminary")
    reported(lab.store, lab.patient, "Magnesium", "0.8", status="corrected", note="corrected: 8.0 -> 0.8 mmol/L")
    reported(lab.store, lab.patient, "Blood film", interpretation="A", performer=None)
    reported(lab.store, lab.patient, "Calcium", "9.9", status="entered-in-error", interpretation="HH")
    whole = reported(lab.store, lab.patient, "Panel", note="haemolysed")
    reported(lab.store, lab.patient, "Chloride", "101", part_of=whole, performer=None)
    found = seen(lab, encounter)
    assert set(found) == {"Sodium", "Potassium", "Lactate", "Magnesium", "Blood film", "Chloride"}
    assert found["Sodium"].source == ""
    assert (found["Potassium"].flag, found["Potassium"].source) == ("HH", "County laboratory")
    assert (found["Lactate"].flag, found["Lactate"].preliminary) == ("HH", True)
    assert (found["Magnesium"].corrected, found["Magnesium"].note) == (True, "corrected: 8.0 -> 0.8 mmol/L")
    assert (found["Blood film"].flag, found["Blood film"].source) == ("A", "another system")
    assert (found["Chloride"].source, found["Chloride"].note) == ("County laboratory", "haemolysed")
    assert open_still(lab, encounter)["Critical"] == "2", (
        "what is critical elsewhere asks to be acted on as what is critical here"
    )


def test_a_critical_result_is_not_pushed_out_by_a_hundred_others(lab: Lab) -> None:
    reported(lab.store, lab.patient, "Lactate", "9.1", interpretation="HH")
    lab.clock.advance(timedelta(minutes=5))
    for number in range(45):
        reported(lab.store, lab.patient, f"Trace {number}", "1")
    encounter = visit(lab)
    assert seen(lab, encounter)["Lactate"].flag == "HH"
    assert open_still(lab, encounter)["Critical"] == "1"


def test_signs_measured_all_day_hide_no_result(lab: Lab) -> None:
    reported(lab.store, lab.patient, "Lactate", "9.1", interpretation="HH")
    rate = {"code_system": LOINC, "code": "8867-4", "unit": "/min", "range_low": None}
    lab.clock.advance(timedelta(minutes=5))
    at = to_text(lab.clock.now())
    with lab.store.write(act=new_id(), session=None) as unit:
        for _beat in range(LOOKED_AT + 1):
            said = {"patient_id": lab.patient, "status": "final", "title": "Heart rate", "value_kind": "quantity"}
            unit.create(observations, said | rate | {"value": "71", "effective_at": at}, kind="observation.received")
    assert set(seen(lab, visit(lab))) == {"Lactate"}


def test_what_a_report_concludes_stands_in_the_visit_and_on_its_summary(lab: Lab) -> None:
    said = {"patient_id": lab.patient, "title": "Biopsy", "performer": "County hospital", "effective_text": "2026-03"}
    at = to_text(lab.clock.now())
    with lab.store.write(act=new_id(), session=None) as unit:
        for status, words in (("final", "Adenocarcinoma."), ("entered-in-error", "Benign."), ("registered", "Waits.")):
            row = said | {"status": status, "conclusion": words, "effective_at": at}
            unit.create(diagnostic_reports, row, kind="report.received")
    encounter = visit(lab)
    found = seen(lab, encounter)["Biopsy"]
    assert (found.value, found.source, found.taken_text) == ("Adenocarcinoma.", "County hospital", "2026-03")
    (on_paper,) = encounters.visit_summary_facts(lab.doctor, lab.patient, encounter).elsewhere
    assert (on_paper.title, on_paper.value, on_paper.source) == ("Biopsy", "Adenocarcinoma.", "County hospital")
    assert sharing.health_summary_facts(lab.doctor, lab.patient).elsewhere == (on_paper,)


def test_a_value_outside_the_range_that_came_with_it_is_flagged_by_that(lab: Lab) -> None:
    span = {"range_low": "3", "range_high": "5"}
    for title, value, more in (
        ("above", "5.1", {}), ("below", "2.9", {}), ("within", "5", {}), ("over", "5", {"comparator": ">"}),
        ("under", "5", {"comparator": "<"}), ("said", "9", {"interpretation": "N"}), ("word", "x", {}),
    ):  # fmt: skip
        reported(lab.store, lab.patient, title, value, **span, **more)
    flags = {name: one.flag for name, one in seen(lab, visit(lab)).items()}
    assert flags == {"above": "H", "below": "L", "within": "none", "over": "H", "under": "none", "said": "N",
                     "word": "none"}  # fmt: skip


def test_what_was_known_when_the_last_visit_was_signed_is_not_critical_news_again(lab: Lab) -> None:
    long_ago = to_text(lab.clock.now() - timedelta(days=400))
    reported(lab.store, lab.patient, "Old", "9", interpretation="HH", effective_at=long_ago, effective_text=long_ago)
    reported(lab.store, lab.patient, "Lactate", "9.1", interpretation="HH")
    lab.clock.advance(timedelta(minutes=5))
    first = visit(lab)
    assert open_still(lab, first)["Critical"] == "1", "one of last year came with an import"
    charting.confirm_no_known_allergies(lab.doctor, lab.patient)
    consultation.save_step(lab.doctor, first, "patient_overview", OVERVIEW)
    consultation.sign_consultation(lab.doctor, first)
    lab.clock.advance(timedelta(minutes=5))
    assert open_still(lab, visit(lab)) == {}


def test_a_test_answered_elsewhere_is_not_waited_for_but_one_still_preliminary_is(lab: Lab) -> None:
    encounter = visit(lab)
    order = laboratory.place_order(lab.doctor, lab.patient, encounter_id=encounter, tests=("sodium", "potassium"))

    assert open_still(lab, encounter) == {"Results": "2"}
    reported(lab.store, lab.patient, "Sodium", "139", order=order.id)
    reported(lab.store, lab.patient, "Potassium", "4.1", order=order.id, status="preliminary")
    assert open_still(lab, encounter) == {"Results": "1"}


def test_an_order_bears_what_others_reported_of_it_and_of_its_tests_but_a_restricted_record_keeps_the_latter(
    lab: Lab,
) -> None:
    before = to_text(lab.clock.now() - timedelta(days=2))
    reported(lab.store, lab.patient, "Too old", "3", code_system=LOINC, code="2951-2", effective_at=before)
    order = laboratory.place_order(lab.doctor, lab.patient, tests=("sodium",))
    whole = reported(lab.store, lab.patient, "Chemistry", order=order.id)
    reported(lab.store, lab.patient, "Urate", "0.4", part_of=whole, range_low="0.2", range_high="0.42")
    reported(lab.store, lab.patient, "Sodium, from a strip", "131", code_system=LOINC, code="2951-2")
    gone = reported(lab.store, lab.patient, "Urea", "44", order=order.id, status="entered-in-error")
    found = {one.title: one for one in lab.sheet(order.id).elsewhere}
    assert set(found) == {"Urate", "Urea", "Sodium, from a strip"}
    assert (found["Urate"].range_text, found["Urate"].order_id) == ("0.2–0.42", order.id)
    assert (found["Urea"].id, found["Urea"].withdrawn) == (gone, True)
    strip = found["Sodium, from a strip"]
    assert (strip.flag, strip.flagged_here, strip.range_text) == ("L", True, None), "no range was reported"
    restrictions.restrict_record(lab.doctor.once(), lab.patient, ["role:doctor"], "A neighbour")
    assert {one.title for one in lab.sheet(order.id).elsewhere} == {"Urate", "Urea"}
    assert len(lab.sheet(order.id, desk=lab.doctor).elsewhere) == 3


def test_a_health_summary_has_what_others_found_apart_from_what_was_found_here(lab: Lab) -> None:
    lab.released(sodium="139")
    reported(lab.store, lab.patient, "Lactate", "9.1", interpretation="HH")
    facts = sharing.health_summary_facts(lab.doctor, lab.patient)
    assert [one.name for one in facts.results] == ["Sodium"]
    assert [(one.title, one.flag, one.source) for one in facts.elsewhere] == [("Lactate", "HH", "County laboratory")]
    assert sharing.health_summary_facts(lab.doctor, lab.patient, ("problems",)).elsewhere == ()


@pytest.mark.parametrize(
    ("ours", "theirs", "is_shown"),
    [("none", "", "none"), ("none", "POS", "POS"), ("N", "HH", "HH"), ("N", "N", "N"), ("none", "N", "N"),
     ("H", "N", "H"), ("H", "HH", "HH"), ("H", "A", "H"), ("LL", "AA", "LL"), ("HH", "L", "HH")],
)  # fmt: skip
def test_what_either_calls_abnormal_is_never_shown_as_normal(ours: str, theirs: str, is_shown: str) -> None:
    assert gravest(ours, theirs) == is_shown
