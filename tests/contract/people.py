"""Patients, their cover, the staff, places and pharmacies: everything is set by services and read back by queries."""

from dataclasses import replace
from datetime import date

from clinic_desktop.services import (
    access,
    chart,
    charting,
    covers,
    directory,
    hours,
    insurance,
    merging,
    patients,
    staff,
)  # fmt: skip
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.services.covers import NewCover
from clinic_desktop.services.directory import Address
from clinic_desktop.services.insurance import NewInsurer, NewPlan
from clinic_desktop.services.patient_parts import Contact, OtherName
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.staff import Practice
from tests.conftest import DeskFor
from tests.contract.proofs import Proofs

PHARMACY = Address(
    "Harbour Street Pharmacy", "1234567", "+1 555 0140", "desk@pharmacy.test", "12 Harbour Street", "Westport",
    "North County", "20140", "Kenya",
)  # fmt: skip
PLACE = Address(
    "Hill Clinic", phone="+1 555 0190", address="3 Hill Road", city="Easton", district="South County",
    postal_code="30150", country="Kenya",
)  # fmt: skip
NUMBERS = Practice("1234567893", "AB1234563", "MD", "+1 555 0111", "doctor@clinic.test")
PERSON = NewPatient(
    "Wanjiru", "Amina Njeri", "female", date(1984, 5, 17), "day", "+1 555 0101", "+1 555 0102", "amina@mail.test",
    "7 River Lane\nFlat 2", "Northam", "Lake County", "40160", "Kenya", language="Swahili", occupation="teacher",
    blood_type="O+", marital_status="married", phone_kind="mobile",
    contacts=(Contact("Peter Wanjiru", "brother", "+1 555 0103"),),
    other_names=(OtherName("maiden", "Kamau", "Amina"),),
)  # fmt: skip
PLAIN = (
    "family_name", "given_names", "sex", "born_on", "phone", "email", "address", "city", "district", "postal_code",
    "country", "language", "blood_type", "phone_kind", "preferred_pharmacy_id",
)  # fmt: skip


def prove_people(proofs: Proofs, desk_for: DeskFor) -> None:
    """Do the acts of reception and administration."""
    _directory(proofs, desk_for)
    _staff(proofs, desk_for)
    patient = _patient(proofs, desk_for)
    _cover(proofs, desk_for, patient)
    _history(proofs, desk_for, patient)


def _directory(proofs: Proofs, desk_for: DeskFor) -> None:
    admin = desk_for("administrator")
    directory.add_place(admin, PLACE)
    directory.add_pharmacy(admin, PHARMACY)
    proofs.alike(
        "places",
        {name: getattr(PLACE, name) for name in ("name", "address", "city", "district", "postal_code")},
        directory.places(admin)[0],
    )
    names = ("name", "ncpdp", "phone", "address", "city", "district", "postal_code")
    proofs.alike("pharmacies", {name: getattr(PHARMACY, name) for name in names}, directory.pharmacies(admin)[0])


def _staff(proofs: Proofs, desk_for: DeskFor) -> None:
    admin, doctor = desk_for("administrator"), desk_for("doctor").session.staff_id
    before = next(one for one in staff.staff_members(admin) if one.id == doctor)
    staff.change_staff(
        admin, doctor, display_name="Sarah Achieng", specialty="Family medicine", licence="KMD 4711", practice=NUMBERS,
        hours="Mon-Thu 08:00-17:00 Hill Clinic\nFri 08:00-12:00", expect=before.revision,
    )  # fmt: skip
    now = next(one for one in staff.staff_members(admin) if one.id == doctor)
    proofs.alike("staff", {"display_name": "Sarah Achieng", "specialty": "Family medicine", "active": True}, now)
    names = ("npi", "credentials", "phone", "email")
    proofs.alike("staff", {name: getattr(NUMBERS, name) for name in names}, now.practice)
    works = next(one for one in hours.working_hours(admin) if one.staff_id == doctor).stretches
    friday = next(one for one in works if one.weekday == 4)
    proofs.see("staff_hours.starts", "08:00", friday.starts)
    proofs.see("staff_hours.ends", "12:00", friday.ends)


def _patient(proofs: Proofs, desk_for: DeskFor) -> str:
    front = desk_for("front_desk")
    pharmacy = directory.pharmacies(front)[0].id
    person = replace(PERSON, preferred_pharmacy_id=pharmacy)
    made = patients.register_patient(front, person)
    shown = patients.patient_details(front, made.patient_id)
    proofs.alike("patients", {name: getattr(person, name) for name in PLAIN}, shown.patient)
    proofs.made("patients.mrn", shown.mrn)
    proofs.made("patients.registered_at", shown.registered_at)
    contact = shown.patient.contacts[0]
    proofs.alike("patient_contacts", {"name": "Peter Wanjiru", "relation": "brother", "phone": "+1 555 0103"}, contact)
    proofs.see("patient_names.kind", "maiden", shown.patient.other_names[0].kind)
    changed = next(one for one in access.who_saw(desk_for("administrator"), made.patient_id) if one.wrote)
    proofs.made("journal.at", changed.at)
    twice = patients.register_patient(front, replace(PERSON, other_names=())).patient_id
    merging.merge(front, made.patient_id, twice, chosen={}, reason="registered twice")
    proofs.see("patients.merged_into", made.patient_id, patients.patient_details(front, twice).patient_id)
    return made.patient_id


def _cover(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    cashier = desk_for("cashier")
    insurer = insurance.add_insurer(cashier, NewInsurer("Harbour Mutual", "HM01"))
    plan = insurance.add_plan(cashier, NewPlan(insurer, "Gold", 80))
    covers.add_cover(cashier, patient, NewCover(plan, 1, "HM-7788", date(2026, 1, 1), group_number="GRP-9"))
    proofs.see("insurers.name", "Harbour Mutual", insurance.insurers_known(cashier)[0].name)
    (cover,) = covers.covers_of(cashier, patient)
    proofs.alike("covers", {"policy_number": cover.policy_number, "group_number": "GRP-9"}, cover)


def _history(proofs: Proofs, desk_for: DeskFor, patient: str) -> None:
    doctor = desk_for("doctor")
    charting.add_allergy(doctor, patient, NewAllergy("Latex", reaction="Hives", severity="moderate"))
    charting.add_problem(doctor, patient, NewProblem("Hypertension", "I10", note="well controlled", severity="mild"))
    charting.add_outside_medicine(doctor, patient, OutsideMedicine("Metformin", "500 mg twice a day"))
    seen = chart.open_chart(doctor, patient)
    proofs.alike("allergies", {"substance": "Latex", "reaction": "Hives", "severity": "moderate"}, seen.allergies[0])
    proofs.made("allergies.noted_at", seen.allergies[0].noted_at)
    wanted = {
        "title": "Hypertension", "code": "I10", "note": "well controlled", "severity": "mild",
        "certainty": "confirmed",
    }  # fmt: skip
    proofs.alike("problems", wanted, seen.problems[0])
    proofs.alike("medicines_taken", {"name": "Metformin", "dose": "500 mg twice a day"}, seen.medicines[0])
