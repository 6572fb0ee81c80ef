"""The demo's documents: what came from elsewhere by post, and letters that were written and signed here."""

from datetime import timedelta

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.domain.documents import Letter
from clinic_desktop.reports import outside
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.services import document_reading, documents, templates
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine

DISCHARGE = """Admitted with shortness of breath on exertion and swollen ankles.

Echocardiogram: ejection fraction 45 %, no valve disease.
Treated with furosemide; weight fell by 4 kg. Discharged well.

Please repeat creatinine and potassium in two weeks, and go on with the tablets as listed."""
RADIOLOGY = b"""CHEST X-RAY, PA

Indication: cough for three weeks.
Heart of normal size. No consolidation, no effusion.
Impression: no active disease of the chest.
"""
CARD = """Harbour Mutual
Plan: Family standard
Valid until 31-Dec
Emergency telephone on the back"""
ENOUGH = 9


def file_documents(weeks: Weeks) -> None:
    """Let the front desk scan what came by post, and the doctor read, write and sign."""
    front, doctor = weeks.desk("frontdesk"), weeks.desk("doctor")
    people = [patient_id for patient_id, _story in weeks.known[-ENOUGH:]]
    for place, patient_id in enumerate(people):
        weeks.minutes(1, 2)
        if place % 3 == 0:
            _discharge(front, doctor, patient_id)
        elif place % 3 == 1:
            _card_and_xray(front, patient_id)
        _letters(doctor, patient_id, place)


def _discharge(front: Desk, doctor: Desk, patient_id: str) -> None:
    about = identity_of(doctor, patient_id)
    paper = outside.text(head_of(front), about, printed_by(front), "Discharge summary", DISCHARGE)
    new = NewDocument(
        "discharge_summary", "Discharge summary, medical ward", "scanned", examine(paper, "scan0001.pdf"),
        author_name="Dr N. Abara", author_organization="Coast General Hospital",
        written_at=front.now - timedelta(days=6),
    )  # fmt: skip
    made = documents.keep_document(front, patient_id, new)
    listed = document_reading.documents_of(doctor, patient_id).documents
    documents.sign_document(doctor, made, expect=next(each.revision for each in listed if each.id == made))


def _card_and_xray(front: Desk, patient_id: str) -> None:
    about = identity_of(front, patient_id)
    words = f"{CARD}\n\n{about.name()}\n{about.mrn}"
    paper = outside.text(head_of(front), about, printed_by(front), "Insurance card", words)
    card = NewDocument("insurance_card", "Insurance card, Harbour Mutual", "scanned", examine(paper, "card.pdf"))
    documents.keep_document(front, patient_id, card)
    report = NewDocument(
        "imaging_report", "Chest X-ray", "imported", examine(RADIOLOGY, "CXR report.txt"),
        author_name="Dr L. Moreau", author_organization="Harbour Imaging", written_at=front.now - timedelta(days=2),
        description="Asked for by the doctor at the last visit",
    )  # fmt: skip
    documents.keep_document(front, patient_id, report)


def _letters(doctor: Desk, patient_id: str, place: int) -> None:
    today = doctor.now.astimezone().date()
    document_reading.documents_of(doctor, patient_id)
    summary = document_reading.referral_start(doctor, patient_id)
    if place % 2 == 0:
        body = f"Dear colleague,\n\nplease see this patient for an opinion.\n\n{summary}\n\nWith kind regards"
        letter = Letter(body, "Cardiology clinic, Coast General Hospital")
        made = documents.write_document(doctor, patient_id, "referral_letter", "Palpitations on exertion", letter)
        if place % 4 == 0:
            documents.sign_document(doctor, made, expect=1)
    else:
        days = Letter("Light duties for a week after that.", "", today, today + timedelta(days=4))
        made = documents.write_document(doctor, patient_id, "sick_note", "Sick note", days)
        documents.sign_document(doctor, made, expect=1)
        if place == 1:
            _certificate(doctor, patient_id)
            call = Letter("Telephoned: feels better, no fever since yesterday. Will come back if it returns.")
            note = documents.write_document(doctor, patient_id, "note", "Telephone call", call)
            documents.sign_document(doctor, note, expect=1)


def _certificate(doctor: Desk, patient_id: str) -> None:
    """A certificate that begins with the clinic's template."""
    known = next(one for one in templates.templates(doctor) if one.text.kind == "certificate")
    filled = templates.filled_template(doctor, patient_id, known.id)
    made = documents.write_document(
        doctor, patient_id, filled.kind, filled.title, Letter(filled.body), template_id=filled.template_id
    )
    documents.sign_document(doctor, made, expect=1)
