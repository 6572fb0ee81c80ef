"""Who prescribed, what is to be filled where, and what reception noted: said in FHIR where R4 has a place for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.exchange.outgoing import bundle_of
from clinic_desktop.services import charting, directory, patients, prescribing, staff
from clinic_desktop.services.directory import Address
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.services.prescribers import Outside
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.services.staff import Practice
from tests.conftest import DeskFor

WOMAN = NewPatient("Wanjiru", "Amina", "female", date(1984, 5, 17), "day", language="sw", marital_status="widowed")


def test_a_prescription_names_its_package_its_signer_its_reason_and_its_pharmacy(desk_for: DeskFor) -> None:
    admin, doctor = desk_for("administrator"), desk_for("doctor")
    member = next(one for one in staff.staff_members(admin) if one.role == "doctor")
    staff.change_staff(
        admin, member.id, display_name="Sarah Achieng", specialty=None, licence=None, practice=Practice("1234567893"),
        expect=member.revision,
    )  # fmt: skip
    shop = directory.add_pharmacy(admin, Address("Harbour Street Pharmacy", "1234567"))
    patient = patients.register_patient(desk_for("front_desk"), replace(WOMAN, preferred_pharmacy_id=shop)).patient_id
    charting.confirm_no_known_allergies(doctor, patient)
    line = LineDraft(
        "own mixture", Dose(Decimal(5), "mL", "oral", "od", 3), "mL", quantity=15, ndc="0093-7214-01",
        indication="cough", diagnoses="R05.9",
    )  # fmt: skip
    prescribing.sign_prescription(doctor, patient, None, [line], outside=Outside(shop, date(2026, 9, 10)))
    found = {one["resource"]["resourceType"]: one["resource"] for one in bundle_of(doctor, patient)["entry"]}
    order, person = found["MedicationRequest"], found["Patient"]
    assert order["medicationCodeableConcept"]["coding"][0]["code"] == "00093721401"
    assert order["requester"] == {
        "display": "Sarah Achieng",
        "identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"},
    }
    assert [each.get("text") or each["coding"][0]["code"] for each in order["reasonCode"]] == ["R05.9", "cough"]
    assert order["dispenseRequest"]["performer"] == {"display": "Harbour Street Pharmacy"}
    assert order["dispenseRequest"]["validityPeriod"] == {"end": "2026-09-10"}
    assert person["maritalStatus"]["coding"][0]["code"] == "W"
    assert person["communication"][0]["language"]["coding"][0]["code"] == "sw"
