"""Labels and receipts of people with names of many scripts, for whatever prints them."""

from datetime import UTC, date, datetime

from clinic_desktop.domain import cards
from clinic_desktop.reports import labels
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.labels import PatientLabel, QueueTicket, ShelfLabel
from clinic_desktop.reports.medicine_label import MedicineLabelPaper, medicine_sheets
from clinic_desktop.reports.page import ClinicHead, Printed
from clinic_desktop.reports.receipt import ReceiptPaper, receipt_sheets
from clinic_desktop.reports.specimen_label import SpecimenLabelPaper, specimen_sheets

MRN, SPECIMEN, PAYMENT = "MRN-A7-000123-4", "SP-A7-000002-T", "PAY-A7-000009-3"
LINE = "0198c0de-aaaa-7bbb-8ccc-0123456789ab"
NOW = datetime(2026, 11, 29, 9, 30, tzinfo=UTC)
NAMES = {
    "latin": "OKAFOR, Ada Ngozi",
    "arabic": "الحسيني، محمد عبد الله",
    "hindi": "क्षत्रिय, राजेश्वरी श्रीनिवासन",
    "chinese": "歐陽, 小明",
    "thai": "ศรีสุวรรณ, กมลชนก",
    "amharic": "ገብረ መድኅን, ጽጌ",
    "long": "OKAFOR-" * 43,
    "commands": "^XZ~JR^XA~HS, _5EXZ \\& ^FS",
}


def patient(name: str) -> PatientLabel:
    return PatientLabel("Harbour Clinic", name, MRN, "female", date(1945, 7, 14))


def card(name: str) -> LabelSheets:
    return labels.patient_card(patient(name))


def wristband(name: str) -> LabelSheets:
    return labels.wristband(patient(name))


def shelf(name: str) -> LabelSheets:
    return labels.shelf_label(ShelfLabel(name, "B2209A", date(2027, 5, 31), LINE, date(2026, 11, 29)))


def medicine(name: str, directions: str = "Take 1 capsule three times a day for 7 days") -> LabelSheets:
    return medicine_sheets(
        MedicineLabelPaper(
            "Harbour Clinic", name, MRN, "amoxicillin 500 mg capsule", "21 capsules", directions, date(2026, 11, 29),
            "RX-A7-000044-8", ("Finish the course.",), "B2209A", date(2027, 5, 31), cards.write("medicine", LINE),
        )
    )  # fmt: skip


def specimen(name: str) -> LabelSheets:
    return specimen_sheets([SpecimenLabelPaper(SPECIMEN, name, MRN, "serum", NOW, "LAB-A7-000001-9", date(1986, 1, 5))])


def ticket(name: str, roll_mm: int = 80) -> LabelSheets:
    return labels.queue_ticket(QueueTicket(name, 17, NOW), roll_mm)


def receipt(name: str, roll_mm: int = 80) -> LabelSheets:
    return receipt_sheets(
        ReceiptPaper(
            ClinicHead("Harbour Clinic", ("12 Quay Road", "Westport"), "+1 555 0140"), Printed(NOW, "Sam Cole"),
            PAYMENT, NOW, name, MRN, "INV-A7-000007-2", "Cash", "USD", 12_550, 0, "Sam Cole",
            (("Consultation", 5_000), ("amoxicillin 500 mg capsule", 7_550)), 20_000, roll_mm=roll_mm,
        )
    )  # fmt: skip


# Each label, the codes that stand on it, and its size in millimetres.
LABELS = {
    "card": (card, {cards.write("patient", MRN)}, (85.6, 54.0)),
    "wristband": (wristband, {cards.write("patient", MRN)}, (200.0, 25.0)),
    "shelf": (shelf, {cards.write("lot", LINE)}, (60.0, 30.0)),
    "medicine": (medicine, {cards.write("medicine", LINE)}, (70.0, 35.0)),
    "specimen": (specimen, {cards.write("specimen", SPECIMEN), SPECIMEN}, (60.0, 30.0)),
}
