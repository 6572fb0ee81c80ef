"""What others found on the papers of a visit and of an order: under a heading of its own, never taken for valid."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from clinic_desktop.clock import to_text
from clinic_desktop.reports import consent_papers, laboratory_papers, visit_papers
from clinic_desktop.services import charting, consultation, laboratory
from tests.unit.services.lab_case import Lab
from tests.unit.services.reported_case import a_lab, reported, somebody_new

OVERVIEW = {"identity.name": "1", "identity.born_on": "1", "alerts_read": "1"}


@pytest.fixture(scope="module")
def one_clinic(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Lab]:
    yield from a_lab(tmp_path_factory.mktemp("lab"), empty_database)


@pytest.fixture
def lab(one_clinic: Lab) -> Lab:
    return somebody_new(one_clinic)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def placed(lab: Lab, encounter: str | None = None) -> str:
    return laboratory.place_order(lab.doctor, lab.patient, encounter_id=encounter, tests=("sodium", "crp")).id


def of(lab: Lab, order: str) -> None:
    """What a laboratory elsewhere said of an order: one corrected, one withdrawn, one that is not final."""
    reported(lab.store, lab.patient, "Sodium", "151", order=order, interpretation="HH", status="corrected",
             note="corrected: 115 -> 151 mmol/L (HH)", range_low="133", range_high="147", unit="mEq/L")  # fmt: skip
    reported(lab.store, lab.patient, "Urea", "44.4", order=order, status="entered-in-error")
    reported(lab.store, lab.patient, "Ferritin", "12", order=order, status="preliminary", effective_text="2026-03")


def test_a_laboratory_report_says_apart_what_others_reported_of_the_order(lab: Lab) -> None:
    order = placed(lab)
    of(lab, order)
    told = words(laboratory_papers.laboratory_report(lab.doctor, lab.patient, order))
    own, heading, theirs = told.partition("From elsewhere")
    assert heading
    assert "Sodium pending" in own
    assert "Reported from elsewhere: see below." in own
    assert "151" not in own
    assert "this laboratory has not verified it" in theirs
    assert "Sodium 151 mEq/L HH critically high 133–147 Reported by County laboratory, 10-Mar-2026" in theirs
    assert "Corrected by whoever reported it. corrected: 115 -> 151 mmol/L (HH)" in theirs
    assert "Urea withdrawn Reported by County laboratory" in theirs
    assert "do not act on what it said" in theirs
    assert "44.4" not in told, "what is withdrawn has no value on paper"
    assert "Reported by County laboratory, 2026-03 Preliminary: the final result is still to come." in theirs


def test_a_report_of_an_order_that_nobody_else_measured_has_no_such_heading(lab: Lab) -> None:
    assert "elsewhere" not in words(laboratory_papers.laboratory_report(lab.doctor, lab.patient, placed(lab)))


def test_a_visit_summary_says_what_others_reported_of_its_orders_and_since_the_last_visit(lab: Lab) -> None:
    known = to_text(lab.clock.now() - timedelta(days=3))
    reported(lab.store, lab.patient, "Known before", "1", effective_at=known, effective_text=known)
    lab.clock.advance(timedelta(minutes=5))
    charting.confirm_no_known_allergies(lab.doctor, lab.patient)
    signed = consultation.open_consultation(lab.doctor, lab.patient, "new").encounter_id
    consultation.save_step(lab.doctor, signed, "patient_overview", OVERVIEW)
    consultation.sign_consultation(lab.doctor, signed)
    first = words(visit_papers.visit_summary(lab.doctor, lab.patient, signed))
    assert "Known before 1 mmol/L" in first

    lab.clock.advance(timedelta(minutes=5))
    reported(lab.store, lab.patient, "Since then", "2")
    reported(lab.store, lab.patient, "Came late", "3", effective_at=known, effective_text=known)
    reported(lab.store, lab.patient, "Cancelled", "4", status="cancelled")
    encounter = consultation.open_consultation(lab.doctor, lab.patient, "follow_up").encounter_id
    of(lab, placed(lab, encounter))
    told = words(visit_papers.visit_summary(lab.doctor, lab.patient, encounter))
    body, _heading, theirs = told.partition("From elsewhere")
    assert "Sodium: reported from elsewhere, see below" in body
    assert "C-reactive protein: no result yet" in body
    assert "Since then 2 mmol/L" in theirs
    assert "Came late 3 mmol/L" in theirs
    assert "HH critically high" in theirs
    assert "Urea withdrawn" in theirs
    for gone in ("Known before", "Cancelled", "44.4"):
        assert gone not in told
    again = words(visit_papers.visit_summary(lab.doctor, lab.patient, signed))
    assert "Since then" not in again, "measured after its signature"


def test_a_long_list_names_its_columns_on_every_page(lab: Lab) -> None:
    order = placed(lab)
    for number in range(30):
        reported(lab.store, lab.patient, f"Trace {number}", "1", order=order)
    pages = PdfReader(io.BytesIO(laboratory_papers.laboratory_report(lab.doctor, lab.patient, order))).pages
    assert len(pages) > 1
    for page in pages:
        assert "Test Value Unit Flag Range" in " ".join(page.extract_text().split())


def test_a_health_summary_says_who_reported_what(lab: Lab) -> None:
    of(lab, placed(lab))
    told = words(consent_papers.health_summary(lab.doctor, lab.patient))
    assert "Results from elsewhere Test Value Flag Range Reported" in told
    assert "County laboratory, 10-Mar-2026" in told
    assert "44.4" not in told
