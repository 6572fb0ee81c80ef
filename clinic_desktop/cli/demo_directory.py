"""Where the demo clinic sees patients, the pharmacies near it, and the made-up numbers of its doctors."""

from dataclasses import replace

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.domain.templates import Template
from clinic_desktop.services import administration, directory, patients, staff, templates
from clinic_desktop.services.directory import Address
from clinic_desktop.services.staff import Practice

PLACES = (
    Address("Main clinic", phone="+1 555 0100", address="4 Quay Road", city="Westport"),
    Address("Hill clinic", phone="+1 555 0190", address="3 Hill Road", city="Easton"),
)
# NCPDP numbers of seven digits, and NPI and DEA numbers with sound check digits, that belong to nobody: 555 numbers.
PHARMACIES = (
    Address("Harbour Street Pharmacy", "5550011", "+1 555 0140", address="12 Harbour Street", city="Westport"),
    Address("Station Pharmacy", "5550022", "+1 555 0141", address="1 Station Square", city="Easton"),
)
DOCTORS = {
    "Demo Doctor": Practice("1234567893", "AD1234563", "MD", "+1 555 0111", "doctor@clinic.test"),
    "Second Doctor": Practice("1245319599", "BS7654329", "MD", "+1 555 0112", "doctor2@clinic.test"),
}
TEMPLATES = (
    Template(
        "To a colleague",
        "referral_letter",
        "For your opinion",
        "Dear colleague,\n\nplease see {patient.name}, born {patient.born}, for an opinion.\n\n"
        "Problems: {problems}\nMedicines: {medicines}\nAllergies: {allergies}\n\nWith kind regards\n{author}",
    ),
    Template("Off work", "sick_note", "Sick note", "Light duties for a week after that."),
    Template("Fit for school", "certificate", "Fit for school", "{patient.name} was seen on {visit.date} and is fit."),
)
HOURS = "Mon-Fri 08:00-17:00 Main clinic\nSat 08:00-12:00 Hill clinic"
PROCEDURES = {"consult_new": "99203", "consult_follow": "99213", "cbc": "85025"}
STATUSES = ("married", "never_married", "widowed", "partnership")


def settle(weeks: Weeks) -> None:
    """Fill the directory, give the doctors their numbers and the prices their codes."""
    admin = weeks.desk("administrator")
    for place in PLACES:
        directory.add_place(admin, place)
    for template in TEMPLATES:
        templates.add_template(admin, template)
    for name, value in (("clinic_registration", "DEMO-0001"), ("clinic_letterhead", "clinic.test\nMon to Fri 8 to 17")):
        administration.change_setting(admin, name, value)
    chosen = [directory.add_pharmacy(admin, pharmacy) for pharmacy in PHARMACIES]
    for member in staff.staff_members(admin):
        if member.display_name in DOCTORS:
            staff.change_staff(
                admin, member.id, display_name=member.display_name, specialty="Family medicine", licence="LIC-0001",
                practice=DOCTORS[member.display_name], hours=HOURS, expect=member.revision,
            )  # fmt: skip
    for price in administration.price_list(admin):
        if price.code in PROCEDURES:
            administration.change_price(
                admin, price.id, name=price.name, amount=price.amount, active=price.active,
                procedure_code=PROCEDURES[price.code], expect=price.revision,
            )  # fmt: skip
    front = weeks.desk("frontdesk")
    for count, (patient_id, _story) in enumerate(weeks.known[:24]):
        known = patients.patient_details(front, patient_id)
        more = replace(
            known.patient, preferred_pharmacy_id=chosen[count % 2], phone_kind="mobile",
            marital_status=STATUSES[count % 4] if weeks.is_grown(patient_id) else None,
        )  # fmt: skip
        patients.change_patient(front, patient_id, more, known.revision)
