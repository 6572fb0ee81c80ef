"""Under which numbers a prescription is signed, where it goes, and that it is never filled in two places."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.reports import medicine_papers
from clinic_desktop.services import directory, home, pharmacy, prescribers, prescribing, refills, staff
from clinic_desktop.services.directory import Address
from clinic_desktop.services.prescribers import Outside
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.services.staff import Practice
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, amoxicillin, world
from tests.unit.reports.test_reports_documents import words as text_of

CALMING = LineDraft(
    "diazepam", Dose(Decimal(1), "tablet", "oral", "od", 5), "tablet", "diazepam_5_tab", ndc="12345-678-90",
    timing="at night", indication="anxiety", diagnoses="f41.1",
)  # fmt: skip


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    made = world(store, desk_for)
    admin = desk_for("administrator")
    doctor = next(one for one in staff.staff_members(admin) if one.role == "doctor")
    staff.change_staff(
        admin, doctor.id, display_name="Sarah Achieng", specialty=None, licence="KMD 4711",
        practice=Practice("1234567893", "AB1234563", "MD"), expect=doctor.revision,
    )  # fmt: skip
    directory.add_pharmacy(admin, Address("Harbour Street Pharmacy", "1234567", "+1 555 0140", city="Westport"))
    return made


def sign(clinic: World, *lines: LineDraft, elsewhere: bool = False) -> str:
    shop = directory.pharmacies(clinic.doctor)[0].id if elsewhere else None
    signed = prescribing.sign_prescription(
        clinic.doctor, clinic.patient, None, lines, outside=Outside(shop, date(2026, 9, 10))
    )
    return signed.prescription_id


def paper(clinic: World, prescription: str) -> str:
    return text_of(medicine_papers.prescription(clinic.doctor, prescription))


def test_the_number_for_controlled_drugs_is_on_the_paper_of_one_and_on_no_other(clinic: World) -> None:
    words = paper(clinic, sign(clinic, CALMING))
    for said in ("NPI 1234567893", "DEA AB1234563", "KMD 4711", "Sarah Achieng, MD", "For anxiety", "At night",
                 "NDC 12345-0678-90", "F41.1", "10-Sep-2026"):  # fmt: skip
        assert said in words, said
    other = paper(clinic, sign(clinic, amoxicillin()))
    assert "NPI 1234567893" in other
    assert "DEA" not in other


def test_the_numbers_stay_what_they_were_when_it_was_signed(clinic: World, desk_for: DeskFor) -> None:
    made, admin = sign(clinic, CALMING), desk_for("administrator")
    doctor = next(one for one in staff.staff_members(admin) if one.role == "doctor")
    staff.change_staff(
        admin, doctor.id, display_name="Sarah Achieng", specialty=None, licence=None, practice=Practice(),
        expect=doctor.revision,
    )  # fmt: skip
    assert prescribing.prescription(clinic.doctor, made).prescriber_dea == "AB1234563"


def test_what_goes_elsewhere_is_not_in_the_queue_and_cannot_be_handed_out_here(clinic: World) -> None:
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 60)
    made = sign(clinic, amoxicillin(), elsewhere=True)
    assert pharmacy.queue(clinic.pharmacist) == ()
    assert [group.count for group in home.waits_for_me(clinic.pharmacist) if group.key == "prescriptions"] == [0]
    assert "Harbour Street Pharmacy · NCPDP 1234567" in paper(clinic, made)
    order = pharmacy.work_order(clinic.pharmacist, clinic.patient, made)
    with pytest.raises(Refusal, match="goes to Harbour Street Pharmacy"):
        pharmacy.dispense(clinic.pharmacist, made, order.lines[0].proposed, counselled=True, expect=1)
    prescribers.send_elsewhere(clinic.pharmacist, made, None, expect=1)
    assert [row.prescription_id for row in pharmacy.queue(clinic.pharmacist)] == [made]
    pharmacy.dispense(clinic.pharmacist, made, order.lines[0].proposed, counselled=True, expect=2)
    with pytest.raises(Refusal):
        prescribers.send_elsewhere(clinic.doctor, made, directory.pharmacies(clinic.doctor)[0].id, expect=3)


@pytest.mark.parametrize(
    ("field", "line"),
    [("ndc", replace(CALMING, ndc="1234567890")), ("diagnoses", replace(CALMING, diagnoses="anxiety")),
     ("indication", replace(CALMING, indication="a\u202eb"))],
)  # fmt: skip
def test_a_line_that_cannot_be_so_is_refused_at_its_field(clinic: World, field: str, line: LineDraft) -> None:
    with pytest.raises(Refusal) as refused:
        sign(clinic, line)
    assert refused.value.field == field
    assert prescribing.last_prescriptions(clinic.doctor, clinic.patient) == ()


def test_a_pharmacy_that_is_not_there_and_a_day_that_is_over_are_refused(clinic: World) -> None:
    for outside, field in ((Outside("nowhere"), "pharmacy"), (Outside(None, date(2026, 3, 9)), "expires_on")):
        with pytest.raises(Refusal) as refused:
            prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [CALMING], outside=outside)
        assert refused.value.field == field


def test_a_refill_says_again_what_the_line_said(clinic: World) -> None:
    made = prescribing.prescription(clinic.doctor, sign(clinic, CALMING)).lines[0]
    asked = refills.ask_refill(clinic.doctor, clinic.patient, made.line_id, asked_by="the patient")
    again = refills.approve_refill(clinic.doctor, asked, expect=1)
    (line,) = prescribing.prescription(clinic.doctor, again.prescription_id).lines
    assert (line.ndc, line.ndc_written, line.indication, line.timing, line.diagnoses, line.controlled) == (
        "12345067890", "12345-678-90", "anxiety", "at night", "F41.1", True
    )  # fmt: skip


def test_a_word_about_counselling_is_not_kept_where_nobody_was_counselled(clinic: World) -> None:
    clinic.receive("amoxicillin_500_cap", "A1", date(2027, 6, 1), 60)
    made = sign(clinic, amoxicillin())
    picks = pharmacy.work_order(clinic.pharmacist, clinic.patient, made).lines[0].proposed
    with pytest.raises(Refusal) as refused:
        pharmacy.dispense(clinic.pharmacist, made, picks, counselled=False, expect=1, counselling_note="told")
    assert refused.value.field == "counselling_note"
