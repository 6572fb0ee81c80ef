"""Places, pharmacies, people's numbers and hours: what is refused, and that nobody overwrites anybody."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import directory, hours, scheduling, staff
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.bookings import Booking
from clinic_desktop.services.directory import Address
from clinic_desktop.services.patients import NewPatient, change_patient, register_patient
from clinic_desktop.services.staff import Practice, StaffMember
from tests.conftest import DeskFor

SHOP = Address("Harbour Street Pharmacy", "1234567", "+1 555 0140")
NUMBERS = Practice("1234567893", "AB1234563", "MD", "+1 555 0111", "doctor@clinic.test")


@pytest.fixture
def admin(desk_for: DeskFor) -> Desk:
    return desk_for("administrator")


def member(admin: Desk, role: str = "doctor") -> StaffMember:
    return next(one for one in staff.staff_members(admin) if one.role == role)


def change(admin: Desk, one: StaffMember, **more: object) -> int:
    values: dict[str, object] = {
        "display_name": one.display_name, "specialty": one.specialty, "licence": one.licence, "expect": one.revision
    }  # fmt: skip
    return staff.change_staff(admin, one.id, **(values | more))  # type: ignore[arg-type]


def test_a_pharmacy_is_in_the_directory_once_by_its_number(admin: Desk) -> None:
    made = directory.add_pharmacy(admin, SHOP)
    with pytest.raises(Refusal, match="Harbour Street Pharmacy has this NCPDP number"):
        directory.add_pharmacy(admin, replace(SHOP, name="Another"))
    (shown,) = directory.pharmacies(admin)
    assert directory.change_pharmacy(admin, made, replace(SHOP, city="Westport"), active=False, expect=1) == 2
    assert (shown.ncpdp, directory.pharmacies(admin)[0].active, directory.pharmacies(admin)[0].where) == (
        "1234567", False, "Westport"
    )  # fmt: skip


def test_a_closed_pharmacy_is_chosen_by_nobody_anew_and_stays_where_it_stands(admin: Desk, desk_for: DeskFor) -> None:
    made = directory.add_pharmacy(admin, SHOP)
    front = desk_for("front_desk")
    new = NewPatient("Okafor", "Ada", "female", preferred_pharmacy_id=made)
    known = register_patient(front.once(), new).patient_id
    directory.change_pharmacy(admin, made, SHOP, active=False, expect=1)
    with pytest.raises(Refusal, match="Harbour Street Pharmacy is not used any more") as refused:
        register_patient(front.once(), replace(new, family_name="Bello"))
    assert refused.value.field == "preferred_pharmacy_id"
    change_patient(front.once(), known, replace(new, city="Westport"), 1)
    with front.store.read() as connection:
        assert directory.require_pharmacy(connection, made, "pharmacy", kept=made) == made
        with pytest.raises(Refusal, match="not used any more"):
            directory.require_pharmacy(connection, made, "pharmacy")


def test_nobody_is_booked_to_a_place_that_is_closed(admin: Desk, desk_for: DeskFor) -> None:
    made = directory.add_place(admin, Address("Hill clinic"))
    front = desk_for("front_desk")
    patient = register_patient(front.once(), NewPatient("Okafor", "Ada", "female")).patient_id
    at = admin.now + timedelta(days=1)
    booked = scheduling.book(
        front.once(), patient, member(admin).id, at, more=Booking(place_id=made)
    )  # fmt: skip
    directory.change_place(admin, made, Address("Hill clinic"), active=False, expect=1)
    with pytest.raises(Refusal, match="Hill clinic is not used any more") as refused:
        scheduling.book(front.once(), patient, member(admin).id, at + timedelta(days=1), more=Booking(place_id=made))
    assert refused.value.field == "place"
    later = at + timedelta(hours=2)
    moved = scheduling.reschedule(
        front.once(), booked.id, later, booked.revision, more=Booking(place_id=made, note="Bring the card")
    )  # fmt: skip
    assert moved.starts_at == later


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("name", " "), ("ncpdp", "12345"), ("phone", "12"), ("email", "no address"), ("city", "a\x00b"),
     ("name", "a\u202eb"), ("country", "x" * 501)],
)  # fmt: skip
def test_what_a_pharmacy_cannot_be_is_refused_at_its_field(admin: Desk, field: str, wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        directory.add_pharmacy(admin, replace(SHOP, **{field: wrong}))
    assert refused.value.field == field
    assert directory.pharmacies(admin) == ()


def test_of_two_windows_that_change_one_place_the_second_is_refused(admin: Desk) -> None:
    made = directory.add_place(admin, Address("Hill clinic"))
    directory.change_place(admin, made, Address("Hill clinic", city="Easton"), expect=1)
    with pytest.raises(Refusal, match="Somebody changed this meanwhile"):
        directory.change_place(admin, made, Address("Valley clinic"), expect=1)
    with pytest.raises(Refusal, match="called so already"):
        directory.add_place(admin, Address("Hill clinic"))


def test_nobody_prescribes_under_the_number_of_another(admin: Desk) -> None:
    change(admin, member(admin), practice=NUMBERS)
    with pytest.raises(Refusal, match="Doctor One has this number") as refused:
        change(admin, member(admin, "nurse"), practice=Practice(npi="1234567893"))
    assert refused.value.field == "npi"
    change(admin, member(admin), practice=replace(NUMBERS, phone="+1 555 0112"))
    assert member(admin).practice.phone == "+1 555 0112"


def test_what_is_not_said_of_somebody_stays_as_it_is(admin: Desk) -> None:
    change(admin, member(admin), practice=NUMBERS, hours="Mon 08:00-12:00")
    change(admin, member(admin), specialty="Surgery")
    assert (member(admin).practice, member(admin).specialty) == (NUMBERS, "Surgery")
    assert next(one.text for one in hours.working_hours(admin) if one.name == "Doctor One") == "Mon 08:00-12:00"


def test_hours_at_a_place_that_is_not_the_clinics_change_nothing_at_all(admin: Desk) -> None:
    with pytest.raises(Refusal, match="not among the clinic's places"):
        change(admin, member(admin), practice=NUMBERS, hours="Mon 08:00-12:00 Nowhere")
    assert member(admin).practice == Practice()
    assert member(admin).revision == 1


def test_free_times_are_within_somebodys_hours_where_they_have_any(admin: Desk) -> None:
    doctor, monday = member(admin), date(2026, 3, 16)
    assert len(scheduling.free_times(admin, doctor.id, monday)) > 16
    change(admin, doctor, hours="Mon 09:00-10:00")
    times = [f"{one.astimezone():%H:%M}" for one in scheduling.free_times(admin, doctor.id, monday, 30)]
    assert times == ["09:00", "09:15", "09:30"]
    assert scheduling.free_times(admin, doctor.id, date(2026, 3, 17)) == ()
