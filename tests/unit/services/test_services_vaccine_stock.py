"""A vaccine that the pharmacy stocks: the dose leaves the shelf in the act that records it, and comes back with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import immunizations, patients, stock, vaccine_stock
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.immunizations import NewImmunization
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.immunizations import immunizations as rows
from tests.conftest import DeskFor
from tests.starter import load_pack

MMR = NewImmunization(
    "", "03", occurred_on=date(2026, 3, 10), lot="mm402", expires_on=date(2026, 12, 31), site="left_thigh",
    route="subcutaneous", dose_number="1", funding_source="private",
)  # fmt: skip


@pytest.fixture
def nurse(desk_for: DeskFor, store: Store) -> Desk:
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    return desk_for("nurse")


@pytest.fixture
def born(nurse: Desk) -> Callable[[], str]:
    """A child a year old."""
    return lambda: (
        patients.register_patient(nurse, NewPatient("Eze", "Ada", "female", date(2025, 1, 10), "day")).patient_id
    )


def refused(desk: Desk, patient: str, new: NewImmunization) -> Refusal:
    with desk.store.read() as connection:
        before = len(connection.execute(select(rows.c.id)).all())
    with pytest.raises(Refusal) as told:
        immunizations.record_immunization(desk, patient, new)
    with desk.store.read() as connection:
        assert len(connection.execute(select(rows.c.id)).all()) == before
    return told.value


@pytest.fixture
def shelf(desk_for: DeskFor, nurse: Desk) -> Callable[[str, str, date, int], str]:
    """Put doses of a vaccine on the shelf; gives the lot's id."""
    made: dict[str, str] = {}

    def receive(cvx: str, lot: str, expires_on: date, doses: int) -> str:
        pharmacist = desk_for("pharmacist")
        if cvx not in made:
            new = stock.NewProduct(f"Vaccine {cvx}", "vial", "1 dose", "dose", vaccine_code=cvx)
            made[cvx] = stock.add_product(pharmacist, new)
        return stock.receive_stock(pharmacist, made[cvx], lot, expires_on, doses).lot_id

    return receive


Shelf = Callable[[str, str, date, int], str]
LATER = date(2027, 1, 31)


def test_a_dose_of_a_stocked_lot_leaves_the_shelf_with_it_and_comes_back_when_it_was_never_given(
    nurse: Desk, born: Callable[[], str], shelf: Shelf
) -> None:
    lot, patient = shelf("03", "MMR-77", LATER, 2), born()
    assert [(one.lot, one.doses) for one in vaccine_stock.vaccine_lots(nurse, "03")] == [("MMR-77", 2)]
    given = replace(MMR, lot=None, expires_on=None, stock_lot_id=lot)
    made = immunizations.record_immunization(nurse, patient, given)
    with nurse.store.read() as connection:
        row = connection.execute(select(rows).where(rows.c.id == made)).one()
        assert (row.lot, row.expires_on, row.stock_lot_id) == ("MMR-77", "2027-01-31", lot)
        assert stock.balance(connection, lot) == 1
    immunizations.immunization_entered_in_error(nurse, made, "wrong patient")
    with nurse.store.read() as connection:
        assert stock.balance(connection, lot) == 2


def test_a_typed_lot_that_stands_on_the_shelf_is_taken_from_it_and_any_other_from_nowhere(
    nurse: Desk, born: Callable[[], str], shelf: Shelf
) -> None:
    lot = shelf("03", "MM402", LATER, 5)
    immunizations.record_immunization(nurse, born(), MMR)
    immunizations.record_immunization(nurse, born(), replace(MMR, lot="brought along"))
    elsewhere = replace(MMR, primary_source=False, report_origin="record")
    immunizations.record_immunization(nurse, born(), elsewhere)
    with nurse.store.read() as connection:
        assert stock.balance(connection, lot) == 4
        kept = connection.execute(select(rows.c.lot, rows.c.stock_lot_id).order_by(rows.c.rowid_)).all()
    assert [(one.lot, one.stock_lot_id is not None) for one in kept] == [
        ("MM402", True), ("BROUGHT ALONG", False), ("MM402", False),
    ]  # fmt: skip


def test_an_expired_lot_of_the_shelf_is_refused_by_its_name_and_nothing_moves(
    desk_for: DeskFor, nurse: Desk, born: Callable[[], str], shelf: Shelf, clock: SetClock
) -> None:
    lot, patient = shelf("03", "OLD-9", date(2026, 3, 12), 3), born()
    clock.advance(timedelta(days=3))
    later = desk_for("nurse")
    assert [one.is_expired for one in vaccine_stock.vaccine_lots(later, "03")] == [True]
    told = refused(later, patient, replace(MMR, occurred_on=date(2026, 3, 13), lot=None, stock_lot_id=lot))
    assert (told.field, "OLD-9" in str(told), "12-Mar-2026" in str(told)) == ("lot", True, True)
    with later.store.read() as connection:
        assert stock.balance(connection, lot) == 3


def test_the_last_dose_is_given_once_and_a_lot_of_another_vaccine_not_at_all(
    nurse: Desk, desk_for: DeskFor, born: Callable[[], str], shelf: Shelf
) -> None:
    one = shelf("03", "LAST", LATER, 1)
    other = shelf("21", "VAR", LATER, 9)
    assert refused(nurse, born(), replace(MMR, stock_lot_id=other)).field == "stock_lot"
    immunizations.record_immunization(nurse, born(), replace(MMR, stock_lot_id=one))
    assert "LAST" in str(refused(nurse, born(), replace(MMR, stock_lot_id=one)))
    stock.recall_lot(desk_for("pharmacist"), other, "the maker")
    assert vaccine_stock.vaccine_lots(nurse, "21") == ()
