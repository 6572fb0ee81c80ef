"""What a doctor has prescribed: the rows behind the dashboard's number, and no other doctor's."""

from datetime import date

import pytest
from pytestqt.qtbot import QtBot

from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.prescribed.view import PrescribedView
from clinic_desktop.services import dashboard, prescribed, prescribing
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import amoxicillin, world
from tests.unit.gui.screens.stage import Stage
from tests.unit.services import report_case as case
from tests.unit.services.test_services_days import BOOKED

TODAY = date(2026, 3, 10)


@pytest.fixture
def stage(qtbot: QtBot, desk_for: DeskFor) -> Stage:
    return Stage(qtbot, desk_for)


def test_the_number_on_the_dashboard_opens_its_rows_and_each_row_its_patient(
    store: Store, stage: Stage, desk_for: DeskFor
) -> None:
    clinic = world(store, desk_for)
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    view = stage.show("prescribed", role="doctor", first="2026-03-10", last="2026-03-10")
    assert isinstance(view, PrescribedView)
    (row,) = view.list.rows()
    assert (row.number, row.lines, row.status) == (signed.number, 1, "signed")
    told = next(one for one in dashboard.today_numbers(clinic.doctor) if one.key == "prescribed")
    assert told.value == 1
    view.primary()
    assert stage.window.went[-1] == ("chart", {"patient_id": clinic.patient})


def test_only_their_own_of_these_days_that_were_not_cancelled(store: Store, desk_for: DeskFor) -> None:
    clinic = world(store, desk_for)
    made = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    assert len(prescribed.prescribed_by_me(clinic.doctor, TODAY, TODAY)) == 1
    assert prescribed.prescribed_by_me(clinic.doctor, date(2026, 3, 11), date(2026, 3, 12)) == ()
    with pytest.raises(Refusal):
        prescribed.prescribed_by_me(desk_for("nurse"), TODAY, TODAY)
    prescribing.cancel_prescription(clinic.doctor, made.prescription_id, "wrong patient")
    assert prescribed.prescribed_by_me(clinic.doctor, TODAY, TODAY) == ()


def test_a_day_without_a_midnight_holds_its_own_prescriptions_alone(
    store: Store, desk_for: DeskFor, clock: SetClock
) -> None:
    with case.in_beirut():
        clinic = world(store, desk_for)
        for at in BOOKED.values():
            clock.set(at)
            prescribing.sign_prescription(desk_for("doctor"), clinic.patient, None, [amoxicillin()])
        day = date(2028, 3, 26)
        found = prescribed.prescribed_by_me(desk_for("doctor"), day, day)
    assert {one.signed_at for one in found} == {BOOKED["first minute"], BOOKED["late"]}
