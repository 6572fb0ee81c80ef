"""A paper tells the age on the day that it is about, not on the day of printing it again."""

from datetime import date, datetime

from clinic_desktop.reports.printed import identity_of
from clinic_desktop.services import patients
from tests.conftest import DeskFor


def test_the_age_is_that_of_the_papers_own_day(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    new = patients.NewPatient("Okafor", "Ada", "female", date(2020, 6, 15), "day")
    patient = patients.register_patient(desk, new).patient_id
    assert identity_of(desk, patient).age == "5 y"  # the tests' own day is in March 2026
    assert identity_of(desk, patient, date(2021, 12, 20)).age == "18 m"
    assert identity_of(desk, patient, datetime(2020, 6, 20, 12).astimezone()).age == "5 d"
