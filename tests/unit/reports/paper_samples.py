"""Made-up papers, one of each document, for the tests of reports."""

from dataclasses import replace
from datetime import UTC, date, datetime

from clinic_desktop.reports.claim import BatchPaper, ClaimPaper, ClaimPaperLine
from clinic_desktop.reports.day_end import DayEndMethod, DayEndPaper
from clinic_desktop.reports.immunization_card import DueLine, GivenLine, ImmunizationCard
from clinic_desktop.reports.invoice import InvoicePaper, InvoicePaperLine, InvoicePaperPayment, InvoicePaperShare
from clinic_desktop.reports.laboratory_report import LaboratoryReportPaper
from clinic_desktop.reports.letter import LetterPaper
from clinic_desktop.reports.medicine_label import MedicineLabelPaper
from clinic_desktop.reports.page import ClinicHead, PatientIdentity, Printed
from clinic_desktop.reports.prescription import PrescriptionPaper, PrescriptionPaperLine
from clinic_desktop.reports.receipt import ReceiptPaper
from clinic_desktop.reports.recovery_sheet import RecoverySheetPaper
from clinic_desktop.reports.result_line import Corrected, LaboratoryReportTest
from clinic_desktop.reports.visit_summary import VisitSummaryPaper, VisitSummaryPart, VisitSummaryResult

AT = datetime(2026, 11, 20, 11, 51, tzinfo=UTC)
CLINIC = ClinicHead("Riverside Clinic", ("12 Harbour Road", "Mombasa"), "+254 20 555 0100")
PATIENT = PatientIdentity("Okafor", "Adaeze", "MR-A7-000123-4", "female", date(1945, 7, 14), age="81 y")
ARABIC = replace(PATIENT, family="العبد الله", given="محمد", sex="male")
PRINTED = Printed(AT, "Dr Wanjiru")

PRESCRIPTION = PrescriptionPaper(
    CLINIC,
    PATIENT,
    PRINTED,
    "RX-A7-000123-4",
    AT,
    "Dr Grace Wanjiru",
    "penicillin (rash, 2019)",
    (
        PrescriptionPaperLine(
            "azithromycin 500 mg tablet", "Take 1 tablet by mouth once a day for 3 days", "3 tablets",
            instructions="One hour before food, or two hours after it.", substitution_allowed=False,
        ),
        PrescriptionPaperLine(
            "paracetamol 500 mg tablet",
            "Take 2 tablets by mouth up to 4 times a day when needed for pain, no more than 8 tablets in 24 hours",
            "24 tablets", refills=1,
        ),
        PrescriptionPaperLine(
            "salbutamol 100 micrograms inhaler", "يؤخذ 2 puffs عند اللزوم حتى 14-Jul-2027 (2x)", "1 inhaler",
        ),
    ),
    allergies_listed=True,
    prescriber_registration="KMPDC 12345",
    weight="64 kg on 20-Nov-2026",
    diagnosis="Acute bronchitis (J20.9)",
)  # fmt: skip

LABORATORY_REPORT = LaboratoryReportPaper(
    CLINIC,
    PATIENT,
    PRINTED,
    "LB-A7-000044-7",
    "Dr Grace Wanjiru",
    AT,
    (
        LaboratoryReportTest(
            "Potassium", "6.8", "mmol/L", "HH", "3.5 to 5.1", "Urea and electrolytes",
            critical_note="Called to Dr Wanjiru 20-Nov-2026 10:15 by S. Njeri, read back.",
        ),
        LaboratoryReportTest("Sodium", "139", "mmol/L", "N", "136 to 145", "Urea and electrolytes"),
        LaboratoryReportTest(
            "Creatinine", "128", "µmol/L", "H", "45 to 84", "Urea and electrolytes",
            corrected=(Corrected("182", AT, "S. Njeri", "Digits turned round when entered."),),
        ),
        LaboratoryReportTest("Haemoglobin", "10.9", "g/dL", "L", "12.0 to 15.5", "Full blood count"),
        LaboratoryReportTest("Malaria blood film", "no parasites seen", "", "none", "none seen", ""),
        LaboratoryReportTest("HbA1c", "", "%", "none", "", "", pending=True),
    ),
    AT,
    "venous blood",
    "P. Otieno",
    AT,
)  # fmt: skip

INVOICE = InvoicePaper(
    CLINIC,
    PATIENT,
    PRINTED,
    "INV-A7-000077-1",
    AT,
    "J. Mwangi",
    "KES",
    (
        InvoicePaperLine("Consultation", 1, 150000, 150000),
        InvoicePaperLine("Urea and electrolytes", 1, 120000, 120000),
        InvoicePaperLine("azithromycin 500 mg tablet", 3, 8550, 25650),
    ),
    total=295650,
    patient_owes=56130,
    discount=15000,
    discount_reason="staff family",
    shares=(InvoicePaperShare("National Health Fund", 224520, 80),),
    payments=(InvoicePaperPayment("RC-A7-000090-2", AT, "cash", 30000),),
)

RECEIPT = ReceiptPaper(
    CLINIC, PRINTED, "RC-A7-000090-2", AT, PATIENT.name(), PATIENT.mrn, "INV-A7-000077-1", "cash", "KES", 30000, 26130,
    "J. Mwangi", (("Consultation", 150000), ("Urea and electrolytes, creatinine and full blood count", 120000)), 50000,
)  # fmt: skip

LABEL = MedicineLabelPaper(
    "Riverside Clinic", PATIENT.name(), PATIENT.mrn, "azithromycin 500 mg tablet", "3 tablets",
    "Take 1 tablet by mouth once a day for 3 days.", date(2026, 11, 20), "RX-A7-000123-4",
    ("Take one hour before food. Finish the course.",), "B2291", date(2028, 3, 31),
)  # fmt: skip

VISIT_SUMMARY = VisitSummaryPaper(
    CLINIC, PATIENT, PRINTED, "EN-A7-000210-9", AT, "Dr Grace Wanjiru", "penicillin (rash, 2019)",
    "Cough for five days",
    (("Blood pressure", "224/131 mmHg", "HH"), ("Pulse", "88 /min", "N"), ("Temperature", "38.1 °C", "H")),
    ("J20.9 Acute bronchitis, unspecified",),
    ("azithromycin 500 mg tablet: take 1 tablet by mouth once a day for 3 days",),
    ("Urea: no result yet",),
    (VisitSummaryResult("Potassium", "6.8 mmol/L", "HH", "Usual 3.5–5.1"), VisitSummaryResult("Sodium", "139", "N")),
    (VisitSummaryPart("History", ("Dry cough, worse at night. No chest pain.",)),),
    "Fluids and rest; repeat potassium tomorrow.",
    "Tomorrow morning, or at once if breathing gets harder.",
    signed_at=AT,
    allergies_listed=True,
)  # fmt: skip

IMMUNIZATION_CARD = ImmunizationCard(
    CLINIC, replace(ARABIC, age="14 m"), PRINTED, "CDC child and adult (United States, 2025)",
    (
        GivenLine("10-Jan-2025", "HepB, child", "HB2207, expires 01-Jan-2026", "S. Njeri", "Hepatitis B 1"),
        GivenLine("10-Jan-2026", "MMR", "MM310", "村の診療所", "Measles, mumps, rubella 1", told=True),
        GivenLine("06-Feb-2026", "Varicella", "VZ55", "S. Njeri", "",
                  "To be given again. Varicella: Given 27 days after MMR: at least 28 days are needed."),
    ),
    (
        DueLine("Varicella", "Due now", "1 of 2", "06-Mar-2026", urgent=True),
        DueLine("Hepatitis A", "Later", "2 of 2", "10-Jul-2026"),
    ),
    ("Rotavirus",),
    ("09-Mar-2026: Influenza, trivalent, Refused by the patient or guardian",),
    ("11-Jan-2026, after MMR: fever 38.2 (mild)",),
)  # fmt: skip

DAY_END = DayEndPaper(
    CLINIC, PRINTED, "J. Mwangi", AT.replace(hour=7), AT.replace(hour=16), "KES", 500000, 1275000, 1274500,
    (DayEndMethod("cash", 14, 800000, 25000), DayEndMethod("mobile money", 9, 640000, 0)), "Coin short",
)  # fmt: skip

RECOVERY_SHEET = RecoverySheetPaper(
    CLINIC,
    PRINTED,
    "7QKD9-MW2PH-4TZ9V\nXCR3B-NF6JY-8GHE2\nMSAK5-VDW7Q-M01C4\nZ8YT3-00PQR-5N6KX",
    "019a9f0c-1111-7abc-8def-0123456789ab",
)

REFERRAL = LetterPaper(
    CLINIC, PATIENT, PRINTED, "0f3a77c1", "Referral letter", "Palpitations for three months",
    "Dear colleague,\n\nplease see this lady, who has had palpitations since August.\nECG: sinus rhythm.",
    "Dr Grace Wanjiru", AT.date(), "Dr Peter Otieno, cardiology, Coast Hospital", signed_at=AT, registration="KE-4711",
)  # fmt: skip
SICK_NOTE = LetterPaper(
    CLINIC, ARABIC, PRINTED, "11be02d4", "Sick note", "Sick note", "Light duties after that.", "Dr Grace Wanjiru",
    AT.date(), unfit=(date(2026, 11, 20), date(2026, 11, 27)), version=2, signed_at=AT,
)  # fmt: skip

CLAIM = ClaimPaper(
    CLINIC, PATIENT, PRINTED, "CL-A7-000031-4", "draft", False, "Harbour Mutual", "HM01", "PO Box 14, Mombasa", "Gold",
    "first (primary)", "ABC123456", "GRP-1", "Okafor, Chidi", "child of the holder", "INV-A7-000077-1",
    ("I10", "E11.9"), "AUTH-77", "CL-A7-000012-9", "REF 5512", date(2027, 2, 18), AT, "KES",
    tuple(ClaimPaperLine(date(2026, 11, 20), "99213", "25", "1 2", f"Visit {n} <b>", 1, 150000) for n in range(40)),
    6000000, 4800000, ("There is no diagnosis. Enter the ICD-10 code of the visit's diagnosis.",),
)  # fmt: skip
BATCH = BatchPaper(
    CLINIC, PRINTED, "CB-A7-000003-K", "Harbour Mutual", AT, None, "KES",
    tuple((f"CL-A7-{n:06d}-X", "MR-A7-000123-4", "OKAFOR, Adaeze", "ABC123456", 120000) for n in range(60)), 7200000,
)  # fmt: skip
