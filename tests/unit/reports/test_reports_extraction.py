"""What is copied out of a paper is what stands on it, in every script, whichever program reads it."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from pypdf import PdfReader

from clinic_desktop import i18n
from clinic_desktop.domain.statements import Movement, accounts
from clinic_desktop.reports import labels
from clinic_desktop.reports.binding import bind
from clinic_desktop.reports.claim import batch, claim
from clinic_desktop.reports.consent_form import ConsentPaper, consent_form
from clinic_desktop.reports.day_end import day_end
from clinic_desktop.reports.growth_chart import GrowthCurve, GrowthMark, GrowthPaper, growth_chart
from clinic_desktop.reports.health_summary import HealthSummaryPaper, health_summary
from clinic_desktop.reports.immunization_card import immunization_card
from clinic_desktop.reports.invoice import invoice
from clinic_desktop.reports.laboratory_report import laboratory_report
from clinic_desktop.reports.letter import letter
from clinic_desktop.reports.medicine_label import medicine_label
from clinic_desktop.reports.papers import DOCUMENTS
from clinic_desktop.reports.prescription import prescription
from clinic_desktop.reports.receipt import receipt
from clinic_desktop.reports.statement import StatementPaper, statement
from clinic_desktop.reports.visit_summary import visit_summary
from tests.unit.reports import paper_samples as made

NAMES = {
    "latin": ("Łukasiewicz", "Thị Hòa"),
    "greek": ("Παπαδοπούλου", "Ελένη"),
    "cyrillic": ("Ковальчук", "Ольга"),
    "arabic": ("العبد الله", "محمد علاء"),
    "chinese": ("司馬", "小明"),
    "hindi": ("श्रीवास्तव", "क्षितिज"),
}
NUMBERS = ("14-Jul-2026", "1,234.50", "٥٠٠", "٢٫٧٥", "۱۲۳", "MR-A7-000123-4")


def by_pypdf(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def by_pdfium(pdf: bytes) -> str:
    read = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(read[at].get_textpage().get_text_range() for at in range(len(read))).split())


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
@pytest.mark.parametrize("script", NAMES)
def test_names_numbers_and_dates_of_every_script_are_copied_whole(script: str, read: Callable[[bytes], str]) -> None:
    family, given = NAMES[script]
    body = "\n".join(
        (f"Rx 500 mg 2x 14-Jul-2026 1,234.50 {family}", f"{given} ٥٠٠ {family}", f"{given} ٢٫٧٥ mg", f"۱۲۳ {given}")
    )
    text = read(letter(replace(
        made.REFERRAL, patient=replace(made.PATIENT, family=family, given=given), body=body, addressed_to=family,
        clinic=replace(made.CLINIC, name=given), author=f"{given} {family}",
    )))  # fmt: skip
    for word in (*family.split(), *given.split(), *NUMBERS, "500 mg 2x"):
        assert word in text, (word, text)
    assert family.upper() in text, "the banner's own line"


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_an_arabic_name_is_in_reading_order_on_its_own_line(read: Callable[[bytes], str]) -> None:
    family, given = NAMES["arabic"]
    for words in (f"{family} {given}", f"{given} لا إله"):
        text = read(letter(replace(made.REFERRAL, body=words)))
        assert words in text, (words, text)
    for words in ("الله ٥٠٠ الله", "۱۲۳۴ محمد", "محمد ٢٫٧٥ mg"):
        text = read(letter(replace(made.REFERRAL, body=words)))
        assert all(word in text for word in words.split()), (words, text)


def test_vowels_over_arabic_letters_stay_with_them() -> None:
    words = "مُحَمَّد عَلِيّ"
    assert words in by_pypdf(letter(replace(made.REFERRAL, body=words)))


# Every document of `papers.DOCUMENTS`, of a person with this name, and a number that stands on it ------------

ON = date(2026, 11, 20)
Maker = Callable[[str, str], bytes]


def _of(paper: Callable[..., bytes], sample: object) -> Maker:
    def make(family: str, given: str) -> bytes:
        patient = replace(made.PATIENT, family=family, given=given)
        return paper(replace(sample, patient=patient, clinic=replace(made.CLINIC, name=given)))  # type: ignore[type-var]

    return make


def _label(paper: Callable[[labels.PatientLabel], object]) -> Maker:
    def make(family: str, given: str) -> bytes:
        name = replace(made.PATIENT, family=family, given=given).name()
        sheets = paper(labels.PatientLabel(given, name, made.PATIENT.mrn, "female", ON))
        return sheets.pdf()  # type: ignore[attr-defined, no-any-return]

    return make


def _statement(family: str, given: str) -> bytes:
    moved = [
        Movement(ON, "invoice", "INV-A7-000001-2", given, 123_450, "KES", "one"),
        Movement(ON, "payment", "PAY-A7-000001-2", "cash", -23_450, "KES", "one"),
    ]
    patient = replace(made.PATIENT, family=family, given=given)
    return statement(StatementPaper(made.CLINIC, patient, made.PRINTED, ON, accounts(moved, {"one": ON}, None, ON)))


def _day_end(family: str, given: str) -> bytes:
    return day_end(replace(made.DAY_END, cashier=f"{given} {family}", clinic=replace(made.CLINIC, name=given)))


def _batch(family: str, given: str) -> bytes:
    return batch(replace(made.BATCH, insurer=f"{given} {family}"))


def _consent(family: str, given: str) -> bytes:
    patient = replace(made.PATIENT, family=family, given=given)
    words = ConsentPaper(
        made.CLINIC, patient, made.PRINTED, "Treatment", f"{given}: 500 mg", "1", "in force", f"{given} {family}",
        "the patient", ON, ON, None,
    )  # fmt: skip
    return consent_form(words)


def _summary(family: str, given: str) -> bytes:
    patient = replace(made.PATIENT, family=family, given=given)
    rows = ((given, "I10", "14-Jul-2026"),)
    return health_summary(HealthSummaryPaper(made.CLINIC, patient, made.PRINTED, problems=rows, allergies=given))


def _growth(family: str, given: str) -> bytes:
    patient = replace(made.PATIENT, family=family, given=given)
    return growth_chart(
        GrowthPaper(
            made.CLINIC, patient, made.PRINTED, "Weight", "WHO", "", (GrowthCurve("50", ((0, 3), (12, 9)), "middle"),),
            (GrowthMark(3, 6, striking=False),), (0.0, 5.0, 10.0), ((0, "0"), (12, "12")), "months", "kg",
            (("14-Jul-2026", "3 mo", "6.0", "0.1", "50", given),),
        )
    )  # fmt: skip


def _medicine(family: str, given: str) -> bytes:
    name = replace(made.PATIENT, family=family, given=given).name()
    return medicine_label(replace(made.LABEL, patient_name=name, clinic=given))


def _receipt(family: str, given: str) -> bytes:
    return receipt(replace(made.RECEIPT, patient_name=replace(made.PATIENT, family=family, given=given).name()))


MAKERS: dict[str, Maker] = {
    "prescription": _of(prescription, made.PRESCRIPTION),
    "medicine-label": _medicine,
    "laboratory-report": _of(laboratory_report, made.LABORATORY_REPORT),
    "visit-summary": _of(visit_summary, made.VISIT_SUMMARY),
    "consent-form": _consent,
    "health-summary": _summary,
    "growth-chart": _growth,
    "immunization-card": _of(immunization_card, made.IMMUNIZATION_CARD),
    "invoice": _of(invoice, made.INVOICE),
    "receipt": _receipt,
    "statement": _statement,
    "referral-letter": _of(letter, made.REFERRAL),
    "sick-note": _of(letter, made.SICK_NOTE),
    "certificate": _of(letter, replace(made.REFERRAL, kind="Medical certificate")),
    "note": _of(letter, replace(made.REFERRAL, kind="Note")),
    "patient-card": _label(labels.patient_card),
    "wristband": _label(labels.wristband),
    "label-sheet": _label(labels.label_sheet),
    "claim": _of(claim, made.CLAIM),
    "claim-batch": _batch,
    "day-end": _day_end,
}


def test_every_document_that_is_printed_is_tried_here() -> None:
    assert set(MAKERS) == set(DOCUMENTS)


@pytest.mark.parametrize("script", NAMES)
@pytest.mark.parametrize("document", MAKERS)
def test_every_document_gives_back_the_name_its_title_and_its_language(document: str, script: str) -> None:
    family, given = NAMES[script]
    pdf = MAKERS[document](family, given)
    for text in (by_pypdf(pdf), by_pdfium(pdf)):
        for word in (*given.split(), *family.split()):
            assert word in text or word.upper() in text, (word, text)
    read = PdfReader(io.BytesIO(pdf))
    assert read.metadata is not None
    assert read.metadata.title
    assert str(read.root_object["/Lang"]) == "en"


def test_the_language_on_a_paper_is_the_one_it_is_written_in() -> None:
    i18n.set_language("ar")
    try:
        spoken = i18n.language()
        pdf = MAKERS["note"]("العبد الله", "محمد")
    finally:
        i18n.set_language("en")
    assert str(PdfReader(io.BytesIO(pdf)).root_object["/Lang"]) == spoken


def test_papers_bound_together_keep_title_and_language() -> None:
    one = MAKERS["medicine-label"]("Okafor", "Ada")
    read = PdfReader(io.BytesIO(bind([one, one, one])))
    assert len(read.pages) == 3
    assert read.metadata is not None
    assert read.metadata.title
    assert str(read.root_object["/Lang"]) == "en"
