import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pypdfium2
import pytest

from clinic_desktop.reports.claim import batch, claim
from clinic_desktop.reports.day_end import day_end
from clinic_desktop.reports.immunization_card import ImmunizationCard, immunization_card
from clinic_desktop.reports.invoice import invoice
from clinic_desktop.reports.laboratory_report import laboratory_report
from clinic_desktop.reports.letter import letter
from clinic_desktop.reports.medicine_label import medicine_label
from clinic_desktop.reports.prescription import prescription
from clinic_desktop.reports.receipt import receipt
from clinic_desktop.reports.recovery_sheet import recovery_sheet
from clinic_desktop.reports.visit_summary import VisitSummaryPart, visit_summary
from clinic_desktop.reports.wording import day, moment, money
from tests.unit.reports import paper_samples as made

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "prescription": lambda: prescription(made.PRESCRIPTION),
    "laboratory report": lambda: laboratory_report(made.LABORATORY_REPORT),
    "invoice": lambda: invoice(made.INVOICE),
    "receipt": lambda: receipt(made.RECEIPT),
    "medicine label": lambda: medicine_label(made.LABEL),
    "visit summary": lambda: visit_summary(made.VISIT_SUMMARY),
    "day-end": lambda: day_end(made.DAY_END),
    "referral letter": lambda: letter(made.REFERRAL),
    "sick note": lambda: letter(made.SICK_NOTE),
    "immunization card": lambda: immunization_card(made.IMMUNIZATION_CARD),
    "claim": lambda: claim(made.CLAIM),
    "batch of claims": lambda: batch(made.BATCH),
    "recovery sheet": lambda: recovery_sheet(made.RECOVERY_SHEET),
}


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [document[at].get_textpage().get_text_range().replace("\r\n", "\n") for at in range(len(document))]


def words(pdf: bytes) -> str:
    return " ".join(" ".join(pages(pdf)).split())


def millimetres(pdf: bytes) -> tuple[float, float]:
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(width / 72 * 25.4, 1), round(height / 72 * 25.4, 1)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_same_data_gives_the_same_bytes(name: str) -> None:
    assert DOCUMENTS[name]() == DOCUMENTS[name]()


def test_papers_made_at_once_in_several_threads_are_the_same_papers() -> None:
    wanted = {name: make() for name, make in DOCUMENTS.items()}
    names = [*DOCUMENTS] * 6
    with ThreadPoolExecutor(4) as pool:
        assert [wanted[name] for name in names] == list(pool.map(lambda name: DOCUMENTS[name](), names))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_face_is_embedded_and_nothing_runs_or_is_fetched(name: str) -> None:
    pdf = DOCUMENTS[name]()
    assert pdf.count(b"/FontFile2") == pdf.count(b"/CIDFontType2") > 0
    assert b"Helvetica" not in pdf
    for word in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/OpenAction", b"/EmbeddedFile"):
        assert word not in pdf


def test_papers_are_true_to_size() -> None:
    assert millimetres(prescription(made.PRESCRIPTION)) == (148.0, 210.0)
    assert millimetres(prescription(replace(made.PRESCRIPTION, size="A4"))) == (210.0, 297.0)
    assert millimetres(medicine_label(made.LABEL)) == (70.0, 35.0)
    width, height = millimetres(receipt(made.RECEIPT))
    assert width == 80.0
    assert 60 < height < 200


def test_a_prescription_says_who_what_how_and_by_whom() -> None:
    text = words(prescription(made.PRESCRIPTION))
    for part in (
        "OKAFOR, Adaeze",
        "born 14-Jul-1945 (81 y)",
        "MRN MR-A7-000123-4",
        "penicillin (rash, 2019)",
        "azithromycin 500 mg tablet",
        "Take 1 tablet by mouth once a day for 3 days",
        "do not substitute",
        "no more than 8 tablets in 24 hours",
        "3 medicines in all.",
        "Dr Grace Wanjiru",
        "Registration KMPDC 12345",
        "Page 1 of 1",
        "Printed 20-Nov-2026 11:51 by Dr Wanjiru",
    ):
        assert part in text


def test_an_estimated_and_an_unknown_birth_say_so() -> None:
    about = replace(made.PRESCRIPTION, patient=replace(made.PATIENT, born_estimated=True))
    unknown = replace(made.PRESCRIPTION, patient=replace(made.PATIENT, born_on=None, age=""))
    assert "born about 14-Jul-1945 (81 y)" in words(prescription(about))
    assert "date of birth not known" in words(prescription(unknown))


def test_a_laboratory_report_marks_calls_and_corrections() -> None:
    text = words(laboratory_report(made.LABORATORY_REPORT))
    assert "6.8 mmol/L HH critically high 3.5 to 5.1" in text
    assert "Called to Dr Wanjiru 20-Nov-2026 10:15 by S. Njeri, read back." in text
    assert "was 182. Digits turned round when entered." in text
    assert "no parasites seen" in text
    assert "HbA1c pending" in text
    assert "Verified by P. Otieno" in text
    unverified = replace(made.LABORATORY_REPORT, verified_by="")
    assert "Not yet verified" in words(laboratory_report(unverified))


def test_an_invoice_adds_up_on_paper() -> None:
    text = words(invoice(made.INVOICE))
    for part in ("Total KES 2,956.50", "National Health Fund pays 80 % KES −2,245.20", "Still to pay KES 261.30"):
        assert part in text
    after = replace(made.INVOICE, shares=(replace(made.INVOICE.shares[0], copay=50000),))
    assert "National Health Fund pays 80 % after KES 500.00 KES −" in words(invoice(after))
    assert "VOID: issued twice" in words(invoice(replace(made.INVOICE, void_reason="issued twice")))


def test_a_receipt_gives_change_and_what_is_still_owed() -> None:
    text = words(receipt(made.RECEIPT))
    for part in ("Paid KES 300.00", "Change 200.00", "Still to pay KES 261.30", "RC-A7-000090-2"):
        assert part in text
    assert "Given back" in words(receipt(replace(made.RECEIPT, refund=True)))


def test_an_immunization_card_says_what_was_given_what_must_be_repeated_and_what_is_due() -> None:
    text = words(DOCUMENTS["immunization card"]())
    for said in (
        "HB2207", "村の診療所", "(from a record)", "To be given again.", "Due now", "10-Jul-2026", "Rotavirus",
        "Refused by the patient", "fever 38.2", "United States, 2025", "العبد",
    ):  # fmt: skip
        assert said in text, said


def test_an_empty_immunization_card_says_so() -> None:
    bare = ImmunizationCard(made.CLINIC, made.PATIENT, made.PRINTED, "", (), (), unsure="The birth is not known.")
    text = words(immunization_card(bare))
    assert "No immunization is recorded." in text
    assert "The birth is not known." in text


def test_the_visit_summary_carries_results_and_says_what_is_abnormal() -> None:
    text = words(visit_summary(made.VISIT_SUMMARY))
    assert "Potassium 6.8 mmol/L HH critically high Usual 3.5–5.1" in text
    assert "224/131 mmHg HH critically high" in text
    assert "38.1 °C H high" in text
    assert "Urea: no result yet" in text


def test_a_day_end_shows_the_difference() -> None:
    text = words(day_end(made.DAY_END))
    assert "Difference KES −5.00" in text
    assert "All 23 14,400.00 −250.00 14,150.00" in text


def test_the_recovery_sheet_holds_every_line_of_the_key() -> None:
    text = words(recovery_sheet(made.RECOVERY_SHEET))
    assert all(line in text for line in made.RECOVERY_SHEET.recovery_key.split("\n"))


def test_directions_that_do_not_fit_go_on_to_another_label_of_the_same_patient() -> None:
    long = replace(made.LABEL, directions="Take 1 tablet by mouth once a day. " * 14 + "LAST WORD")
    found = pages(medicine_label(long))
    assert len(found) > 1
    assert "LAST WORD" in " ".join(" ".join(found).split())
    assert all("OKAFOR, Adaeze" in page and f"{at}/{len(found)}" in page for at, page in enumerate(found, start=1))


def test_a_long_note_fills_pages_and_each_says_whose_it_is() -> None:
    note = " ".join(f"word{number}" for number in range(1400))
    assert len(note) > 10_000
    paper = replace(made.VISIT_SUMMARY, notes=(VisitSummaryPart("History", (note,)),))
    found = pages(visit_summary(paper))
    assert len(found) > 2
    text = " ".join(" ".join(found).split())
    assert all(re.search(rf"\bword{number}\b", text) for number in range(1400))
    for at, page in enumerate(found, start=1):
        assert "OKAFOR, Adaeze" in page
        assert f"Page {at} of {len(found)}" in page


def test_a_cell_longer_than_a_page_goes_on_to_the_next() -> None:
    note = " ".join(f"word{number}" for number in range(1400))
    found = pages(prescription(replace(made.PRESCRIPTION, note=note)))
    text = " ".join(" ".join(found).split())
    assert all(re.search(rf"\bword{number}\b", text) for number in range(1400))


HOSTILE = (
    ") Tj ET Q endstream endobj %PDF",
    "<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
    "\\) \\( \\\\ \\ddd",
    "<b>bold</b> &lt; <font color=red>",
    "=1+1 {name} %s %(x)s ${HOME} {0.__class__}",
    "../../etc/passwd\x00.pdf",
    "'; DROP TABLE patients; --",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_printed_as_they_are(hostile: str) -> None:
    line = replace(made.PRESCRIPTION.lines[0], sig=hostile)
    patient = replace(made.PATIENT, given=hostile)
    pdf = prescription(replace(made.PRESCRIPTION, lines=(line,), patient=patient, note=hostile))
    bare = re.sub(r"\s", "", hostile.replace("\x00", "[U+0000]"))
    assert re.sub(r"\s", "", "".join(pages(pdf))).count(bare) >= 1
    assert b"/JavaScript" not in pdf
    for document in (medicine_label(replace(made.LABEL, directions=hostile)),):
        assert pages(document)


def test_a_word_longer_than_a_page_is_printed_whole() -> None:
    line = replace(made.PRESCRIPTION.lines[0], sig="y" * 3000)
    found = pages(
        prescription(replace(made.PRESCRIPTION, lines=(line,), patient=replace(made.PATIENT, given="z" * 3000)))
    )
    assert "".join(found).count("y") >= 3000
    assert "".join(found).count("z") >= 3000


def test_a_name_that_cannot_all_be_printed_is_named_on_the_paper() -> None:
    pdf = prescription(replace(made.PRESCRIPTION, patient=replace(made.PATIENT, given="Ada\U0001f600\x07")))
    assert "Ada[U+1F600][U+0007]" in words(pdf)


def test_names_of_other_scripts_come_back_when_copied() -> None:
    for given in ("कृष्णा द्विवेदी", "தமிழ்ச்செல்வி", "น้ำผึ้ง", "አበበ", "張偉", "김영희", "Łukasz", "e\u0301ric"):
        assert given in words(prescription(replace(made.PRESCRIPTION, patient=replace(made.PATIENT, given=given))))


def test_a_repr_shows_nobody() -> None:
    assert "Okafor" not in repr(made.PRESCRIPTION) + repr(made.PATIENT) + repr(made.RECEIPT) + repr(made.LABEL)


def test_dates_and_money_in_words() -> None:
    assert day(date(1945, 7, 4)) == "04-Jul-1945"
    assert moment(datetime.fromisoformat("2026-11-20T09:05:00+03:00")) == "20-Nov-2026 09:05"
    assert [money(-123450, "USD"), money(5, "KWD"), money(1200, "JPY")] == ["−1,234.50", "0.005", "1,200"]


def test_a_letter_says_to_whom_about_whom_what_and_who_stands_for_it() -> None:
    text = words(letter(made.REFERRAL))
    for part in (
        "Referral letter", "OKAFOR, Adaeze", "Dr Peter Otieno, cardiology, Coast Hospital", "Palpitations for three",
        "ECG: sinus rhythm.", "Dr Grace Wanjiru", "Registration KE-4711", "Signed 20-Nov-2026 11:51",
    ):  # fmt: skip
        assert part in text
    assert "Draft" not in text


def test_a_sick_note_counts_both_days_and_a_draft_says_that_it_is_one() -> None:
    text = words(letter(made.SICK_NOTE))
    assert "from 20-Nov-2026 until 27-Nov-2026, both days included (8 days)" in text
    assert "Version 2" in text
    draft = words(letter(replace(made.SICK_NOTE, signed_at=None, no_longer="Do not use it.")))
    assert "Draft. Not signed." in draft
    assert "Do not use it." in draft
    assert "Signed" not in draft


def test_a_claim_says_everything_an_insurer_asks_for_on_as_many_pages_as_it_needs() -> None:
    pdf = claim(made.CLAIM)
    found = words(pdf)
    for text in ("ABC123456", "GRP-1", "AUTH-77", "I10", "E11.9", "99213", "CL-A7-000012-9", "18-Feb-2027", "48,000.00",
                 "NOT COMPLETE", "Enter the ICD-10 code", "Visit 39 <b>"):  # fmt: skip
        assert text in found, text
    assert len(pages(pdf)) > 1
    assert "CANCELLED" in words(claim(replace(made.CLAIM, void=True)))
    assert "72,000.00" in words(batch(made.BATCH))
