"""`print`: every document of a visit, the same that the window prints."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from clinic_desktop.reports.papers import DOCUMENTS
from tests.unit.cli.conftest import Call, Worked

Asked = Callable[..., list[dict[str, object]]]
WHO = {
    "prescription": "doctor", "medicine-label": "pharmacist", "laboratory-report": "laboratory",
    "visit-summary": "doctor", "health-summary": "doctor", "invoice": "cashier", "receipt": "cashier",
    "statement": "cashier",
    "immunization-card": "doctor", "patient-card": "doctor", "wristband": "doctor", "label-sheet": "cashier",
}  # fmt: skip

WRITTEN = ("referral-letter", "sick-note", "certificate", "note")


def test_every_document_is_listed_without_signing_in(call: Call) -> None:
    code, out, _err = call("nobody", "print", "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(DOCUMENTS)
    assert set(DOCUMENTS) == {*WHO, *WRITTEN, "day-end", "growth-chart", "consent-form", "claim", "claim-batch"}


@pytest.mark.parametrize("document", WHO)
def test_a_document_of_the_visit_names_the_patient_and_its_printing_is_on_record(
    document: str, worked: Worked, call: Call, asked: Asked, tmp_path: Path
) -> None:
    out = tmp_path / "paper.pdf"
    code, _said, err = call(WHO[document], "print", document, "--patient", worked.seen, "--out", str(out))
    assert code == 0, err
    text = " ".join(page.extract_text() for page in PdfReader(out).pages)
    assert worked.seen in text or "OKAFOR" in text
    assert out.stat().st_mode & 0o077 == 0, "for its owner alone"
    saw = [row["what"] for row in asked("administrator", "audit", "who-saw", worked.seen)]
    assert f"report {document}" in saw


def test_the_day_end_needs_no_patient(worked: Worked, call: Call, tmp_path: Path) -> None:
    code, _said, err = call("cashier", "print", "day-end", "--out", str(tmp_path / "day.pdf"))
    assert code == 0, err
    assert len(PdfReader(tmp_path / "day.pdf").pages) == 1


def test_who_may_not_read_it_may_not_print_it_and_no_opening_is_noted(
    worked: Worked, call: Call, asked: Asked, tmp_path: Path
) -> None:
    out = tmp_path / "paper.pdf"
    assert call("cashier", "print", "prescription", "--patient", worked.seen, "--out", str(out))[0] == 3
    assert not out.exists()
    saw = [row["what"] for row in asked("administrator", "audit", "who-saw", worked.seen)]
    assert "report prescription" not in saw


def test_a_number_that_is_not_the_patients_is_refused(worked: Worked, call: Call, tmp_path: Path) -> None:
    words = (
        "print",
        "invoice",
        "--patient",
        worked.seen,
        "--number",
        "INV-A7-000001-X",
        "--out",
        str(tmp_path / "p.pdf"),
    )
    code, _out, err = call("cashier", *words)
    assert code == 3
    assert "(number)" in err
    assert call("cashier", "print", "invoice", "--patient", worked.twins[0], "--out", str(tmp_path / "p.pdf"))[0] == 3


def test_a_place_that_cannot_be_written_to_is_an_environment_error(worked: Worked, call: Call, tmp_path: Path) -> None:
    words = ("print", "invoice", "--patient", worked.seen, "--out", str(tmp_path / "no" / "where.pdf"))
    assert call("cashier", *words)[0] == 4


def test_without_a_place_or_a_patient_it_is_wrong_use(call: Call, tmp_path: Path) -> None:
    for words in (("invoice",), ("invoice", "--out", str(tmp_path / "p.pdf")), ("poem", "--out", "p.pdf")):
        with pytest.raises(SystemExit) as ended:
            call("cashier", "print", *words)
        assert ended.value.code == 2


def test_the_summary_names_tests_and_medicines_as_people_do(worked: Worked, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "summary.pdf"
    assert call("doctor", "print", "visit-summary", "--patient", worked.seen, "--out", str(out))[0] == 0
    text = " ".join(page.extract_text() for page in PdfReader(out).pages)
    assert "_" not in text, "a code of the catalogue is no name"
    assert "mg" in text, "a medicine without its strength cannot be bought"
    assert "MRN MRN" not in text
