"""Documents, consents, shares, programmes, immunizations and notices: set by services and read back by queries."""

from datetime import UTC, date, datetime

from clinic_desktop.domain.documents import Letter
from clinic_desktop.domain.programmes import Step
from clinic_desktop.services import (
    consents,
    departures,
    document_reading,
    documents,
    immunization_chart,
    immunizations,
    inbox,
    programmes,
    sharing,
)  # fmt: skip
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine
from clinic_desktop.services.immunization_rows import NewImmunization, NewReaction
from clinic_desktop.services.inbox import Notice
from clinic_desktop.services.programmes import NewEnrolment, NewProgramme
from clinic_desktop.services.sharing import NewShare
from tests.conftest import DeskFor
from tests.contract.proofs import Proofs
from tests.medicines import add_patient
from tests.unit.services.consent_case import SIGNED, sign

CALM = NewProgramme(
    "Calm weeks", "Less stress in two weeks", "wellness", (Step("Breathing", 1, "breath, posture", 7, 15),), 2,
    "beginner", "Harbour Health", ("daily sessions",), ("a quiet room",), ("better sleep",), ("Jane Otieno, PhD",),
)  # fmt: skip
DOSE = NewImmunization(
    "COVID-19, mRNA", "208", occurred_on=date(2026, 3, 9), lot="ABC123", expires_on=date(2026, 12, 31),
    site="left_deltoid", route="intramuscular", dose_amount="0.3", dose_unit="mL", funding_source="private",
    performer_name="Nurse Elsewhere", primary_source=False, report_origin="provider",
)  # fmt: skip


def prove_records(proofs: Proofs, desk_for: DeskFor) -> None:
    """Do the acts of everything that is kept beside a visit."""
    patient = add_patient(proofs.store, "Chebet", "Lucy")
    _documents(proofs, desk_for, patient)
    _consents(proofs, desk_for, patient)
    _share(proofs, desk_for, patient)
    _programme(proofs, desk_for, patient)
    _immunization(proofs, desk_for, patient)
    _notice(proofs, desk_for)


def _documents(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    doctor = desk_for("doctor")
    came = NewDocument(
        "letter", "From the hospital", "scanned", examine(b"Ferritin was low.", "letter.txt"),
        author_name="Dr Outside", written_at=datetime(2026, 3, 1, 9, 0, tzinfo=UTC), confidentiality="R",
        department="Immunization clinic", visit_on=date(2026, 2, 27),
    )  # fmt: skip
    made = documents.keep_document(doctor, patient, came)
    written = documents.write_document(doctor, patient, "certificate", "Fit to travel", Letter("Fit to travel."))
    listed = {one.id: one for one in document_reading.documents_of(doctor, patient).documents}
    shown, own = listed[made], listed[written]
    names = ("kind", "title", "written_at", "confidentiality", "department", "visit_on")
    proofs.alike("documents", {name: getattr(came, name) for name in names}, shown)
    proofs.alike("documents", {"patient_id": patient, "file_name": "letter.txt"}, shown)
    proofs.see("documents.author_name", "Dr Outside", shown.author)
    proofs.made("documents.received_at", shown.received_at)
    proofs.see("documents.body", "Fit to travel.", own.body)
    proofs.see("documents.author_id", doctor.session.staff_id, own.author_id)
    for name in ("media_type", "size", "sha256"):
        proofs.made(f"attachments.{name}", getattr(shown, name))


def _consents(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    front = desk_for("front_desk")
    sign(
        front, patient, "communication", channels=("sms", "email"), granted_on=date(2026, 3, 2),
        valid_until=date(2027, 3, 1), witness_name="Nurse One",
    )  # fmt: skip
    sign(front, patient, "disclosure")
    sign(front, patient, "programmes")
    shown = next(one for one in consents.consents_of(front, patient).consents if one.scope == "communication")
    wanted = {
        "patient_id": patient, "scope": "communication", "granted_on": date(2026, 3, 2),
        "valid_until": date(2027, 3, 1), "grantor": "patient", "signature": SIGNED,
    }  # fmt: skip
    proofs.alike("consents", wanted, shown)
    proofs.see("consents.witness_name", "Nurse One", shown.witness)
    proofs.see("consents.status", "active", shown.state)
    proofs.see("consents.covers", ("sms", "email"), shown.covers, stored='["sms", "email"]')


def _share(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    doctor = desk_for("doctor")
    sharing.share_record(
        doctor, patient,
        NewShare("Dr Outside", "healthcare_provider", "a second opinion", ("problems",), date(2026, 4, 10),
                 ("view", "print"), recipient_email="specialist@mail.test", message="For Thursday"),
    )  # fmt: skip
    (shown,) = sharing.shares_of(doctor, patient)
    wanted = {
        "recipient_type": "healthcare_provider", "recipient_email": "specialist@mail.test", "message": "For Thursday"
    }  # fmt: skip
    proofs.alike("shares", wanted, shown)
    proofs.made("shares.created_at", shown.created_at)
    proofs.see("shares.status", "active", shown.state)
    with proofs.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT sections, permissions, expires_at FROM shares").one()
    proofs.see("shares.sections", ("problems",), shown.sections, stored=kept.sections)
    proofs.see("shares.permissions", ("view", "print"), shown.permissions, stored=kept.permissions)
    proofs.see("shares.expires_at", date(2026, 4, 10), shown.expires_on, stored=kept.expires_at)


def _programme(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    nurse = desk_for("nurse")
    made = programmes.add_programme(desk_for("administrator"), CALM)
    wants = NewEnrolment(date(2026, 3, 12), ("sleep better",), {"reminder": "08:00, daily"})
    programmes.enrol(nurse, patient, made, wants)
    (offer,) = programmes.catalogue(nurse)
    names = ("name", "description", "category", "weeks", "difficulty", "provider")
    proofs.alike("programmes", {name: getattr(CALM, name) for name in names}, offer.about)
    for name in ("features", "requirements", "outcomes", "instructors"):
        (text,) = getattr(CALM, name)
        proofs.see(f"programmes.{name}", (text,), getattr(offer.about, name), stored=f'["{text}"]')
    proofs.see("programmes.status", "active", offer.status)
    proofs.made("programmes.added_at", offer.added_at)
    wanted = {"title": "Breathing", "week": 1, "sessions": 7, "topics": "breath, posture", "minutes": 15}
    proofs.alike("programme_steps", wanted, offer.steps[0])
    (shown,) = programmes.enrolments_of(nurse, patient)
    wanted = {"programme_id": made, "starts_on": date(2026, 3, 12), "status": "enrolled"}
    proofs.alike("programme_enrolments", wanted, shown)
    proofs.see("programme_enrolments.patient_id", "Calm weeks", shown.programme, stored=patient)
    proofs.see("programme_enrolments.goals", ("sleep better",), shown.goals, stored='["sleep better"]')
    proofs.see("programme_enrolments.preferences", "08:00, daily", shown.preferences["reminder"],
               stored='{"reminder": "08:00, daily"}')  # fmt: skip
    proofs.made("programme_enrolments.expected_on", shown.expected_on)
    proofs.made("programme_enrolments.enrolled_at", shown.enrolled_at)


def _immunization(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    nurse = desk_for("nurse")
    made = immunizations.record_immunization(nurse, patient, DOSE, "told by the patient")
    immunizations.add_reaction(nurse, made, NewReaction("Sore arm", date(2026, 3, 9), "mild"))
    shown = next(one for one in immunization_chart.immunization_card(nurse, patient).doses if one.id == made)
    names = (
        "vaccine_code", "occurred_on", "lot", "expires_on", "site", "route", "dose_amount", "dose_unit",
        "funding_source",
    )  # fmt: skip
    proofs.alike("immunizations", {name: getattr(DOSE, name) for name in names}, shown)
    proofs.made("immunizations.vaccine_name", shown.vaccine_name)
    proofs.see("immunizations.performer_name", "Nurse Elsewhere", shown.performer)
    proofs.see("immunization_reactions.reaction", "Sore arm", shown.reactions[0].reaction)
    record = departures.patient_record(desk_for("doctor"), patient)
    row = next(one.row for one in record.rows if one.table == "immunizations")
    proofs.see("immunizations.patient_id", patient, row["patient_id"])
    proofs.made("immunizations.recorded_at", row["recorded_at"])


def _notice(proofs: Proofs, desk_for: DeskFor) -> None:
    doctor = desk_for("doctor")
    notice = Notice("task", "high", "Fire drill", doctor.session.staff_id, "At ten, in the yard", screen="inbox")
    (made,) = inbox.send(desk_for("administrator"), notice)
    inbox.mark_read(doctor, made)
    shown = next(one for one in inbox.inbox(doctor) if one.id == made)
    wanted = {"category": "task", "priority": "high", "title": "Fire drill", "body": notice.body, "screen": "inbox"}
    proofs.alike("notifications", wanted, shown)
    proofs.made("notifications.sent_at", shown.sent_at)
    proofs.see("notifications.to_staff", made, shown.id, stored=doctor.session.staff_id)
    with proofs.store.read() as connection:
        at = connection.exec_driver_sql("SELECT read_at FROM notification_states").scalar_one()
    proofs.see("notification_states.read_at", True, shown.read, stored=at)
