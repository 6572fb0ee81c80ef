"""A small clinic in which every form can be opened."""

import json
from datetime import UTC, date, datetime

from sqlalchemy import select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services import (
    billing,
    cash,
    charting,
    consultation,
    directory,
    invoices,
    laboratory,
    prescribing,
    queue,
    results,
    scheduling,
    sheets,
)  # fmt: skip
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy
from clinic_desktop.services.directory import Address
from clinic_desktop.services.results import Entry
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.journal import drafts
from clinic_desktop.store.tables.staff import staff
from tests.conftest import DeskFor
from tests.medicines import World, amoxicillin, world

TODAY = date(2026, 3, 10)


class Clinic:
    """A small clinic in which every form can be opened."""

    def __init__(self, store: Store, desk_for: DeskFor, clock: SetClock) -> None:
        self.store, self.desk_for = store, desk_for
        self.world: World = world(store, desk_for)
        self.patient = self.world.patient
        doctor, nurse, anna, desk = (desk_for(role) for role in ("doctor", "nurse", "laboratory", "front_desk"))
        with store.write(act=new_id(), session=None) as unit:
            ben = unit.create(
                staff, {"username": "ben", "display_name": "Ben Two", "role": "laboratory"}, kind="staff.added"
            )
            price = {"code": "drafted", "name": "Drafted", "kind": "other", "amount": 1500, "currency": "USD"}
            unit.create(prices, price, kind="price.added")
        directory.add_place(desk_for("administrator"), Address("Hill Clinic", city="Easton"))
        directory.add_pharmacy(desk_for("administrator"), Address("Harbour Street Pharmacy", "1234567"))
        self.world.receive("amoxicillin_500_cap", "SOON", date(2026, 6, 1), 6)
        self.world.receive("amoxicillin_500_cap", "LATE", date(2027, 1, 1), 90)
        self.world.receive("amoxicillin_500_cap", "LAST", date(2027, 9, 1), 90)
        second = Desk(store, Session(new_id(), ben, "ben", "Ben Two", "laboratory", "A7", clock.now()))
        charting.add_allergy(doctor, self.patient, NewAllergy("latex"))
        self.order = laboratory.place_order(doctor, self.patient, tests=("potassium", "sodium", "creatinine")).id
        kinds = tuple({test.specimen for test in self.sheet(anna).tests})
        laboratory.collect_specimen(nurse, self.order, kinds)
        tests = {test.test_code: test for test in self.sheet(anna).tests}
        entered = [Entry(tests["potassium"].order_test_id, "7.9", tests["potassium"].version, confirmed=True)]
        results.enter_results(anna, self.order, tuple(entered))
        there = [test.result for test in self.sheet(anna).tests if test.result is not None]
        results.release_results(second, self.order, tuple((one.id, one.revision) for one in there))
        self.encounter = consultation.open_consultation(doctor, self.patient, "new").encounter_id
        self.prescription = prescribing.sign_prescription(doctor, self.patient, None, [amoxicillin()]).prescription_id
        self.entry = queue.check_in(desk, self.patient, "routine").id
        with store.read() as connection:
            who = connection.execute(select(staff.c.id).where(staff.c.role == "doctor")).scalar_one()
        at = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
        self.appointment = scheduling.book(desk, self.patient, str(who), at, reason="Cough").id

    def sheet(self, desk: Desk) -> sheets.OrderSheet:
        return sheets.order_sheet(desk, self.patient, self.order)

    def charge(self) -> None:
        billing.charge_by_hand(self.desk_for("cashier"), self.patient, "drafted", 2)

    def invoice(self) -> str:
        cashier = self.desk_for("cashier")
        made = billing.charge_by_hand(cashier, self.patient, "drafted", 2)
        cash.open_shift(cashier, 0)
        issued = invoices.issue_invoice(cashier, self.patient, [made])
        cash.take_payment(cashier, issued.id, amount=100, method="cash", reference="")
        return issued.id

    def kept(self, desk: Desk) -> str:
        """Every draft of a person, as text."""
        with self.store.read() as connection:
            rows = connection.execute(select(drafts.c.fields).where(drafts.c.staff_id == desk.session.staff_id))
            return json.dumps([json.loads(row.fields) for row in rows], ensure_ascii=False)
