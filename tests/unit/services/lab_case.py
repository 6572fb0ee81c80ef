"""A clinic with a laboratory, for tests: the starter catalogue, one woman of 40, two people at the bench."""

from collections.abc import Callable

from sqlalchemy import Row, Table, select

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services import laboratory, results, sheets
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.results import Entry
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from tests.starter import load_pack

DeskFor = Callable[[str], Desk]


class Lab:
    """A clinic with the starter catalogue, one woman of 40, and two people in the laboratory."""

    def __init__(self, store: Store, desk_for: DeskFor, clock: SetClock) -> None:
        self.store, self.clock = store, clock
        self.doctor, self.nurse, self.anna = desk_for("doctor"), desk_for("nurse"), desk_for("laboratory")
        with store.write(act=new_id(), session=None) as unit:
            load_pack(unit)
            values = {"username": "ben", "display_name": "Ben Two", "role": "laboratory"}
            ben = unit.create(staff, values, kind="staff.added")
        self.ben = Desk(store, Session(new_id(), ben, "ben", "Ben Two", "laboratory", "A7", clock.now()))
        self.patient = self.person("Otieno", "Grace", "female", "1986-01-05")

    def person(self, family: str, given: str, sex: str, born_on: str | None, precision: str = "day") -> str:
        with self.store.write(act=new_id(), session=None) as unit:
            return unit.create(
                patients,
                {
                    "mrn": f"MRN-{new_id()}", "family_name": family, "given_names": given, "sex": sex,
                    "born_on": born_on, "born_precision": precision, "family_key": family.lower(),
                    "given_key": given.lower(), "registered_at": "2026-01-01T00:00:00.000000Z",
                },
                kind="patient.registered",
            )  # fmt: skip

    def collected(self, *tests: str, patient: str | None = None, panels: tuple[str, ...] = ()) -> str:
        """An order with every specimen taken."""
        order = laboratory.place_order(self.doctor, patient or self.patient, tests=tests, panels=panels)
        kinds = tuple({test.specimen for test in self.sheet(order.id, patient).tests})
        laboratory.collect_specimen(self.nurse, order.id, kinds)
        return order.id

    def sheet(self, order: str, patient: str | None = None, desk: Desk | None = None) -> sheets.OrderSheet:
        return sheets.order_sheet(desk or self.anna, patient or self.patient, order)

    def test(self, order: str, code: str, patient: str | None = None) -> sheets.SheetTest:
        return next(test for test in self.sheet(order, patient).tests if test.test_code == code)

    def enter(self, order: str, desk: Desk, patient: str | None = None, **values: str) -> None:
        entries = []
        for code, value in values.items():
            test = self.test(order, code, patient)
            entries.append(Entry(test.order_test_id, value, test.version, confirmed=True))
        results.enter_results(desk, order, tuple(entries))

    def seen(self, order: str, patient: str | None = None) -> tuple[tuple[str, int], ...]:
        found = (test.result for test in self.sheet(order, patient).tests)
        return tuple((one.id, one.revision) for one in found if one is not None and one.status == "entered")

    def released(self, patient: str | None = None, **values: str) -> str:
        """An order whose results were entered by one person and released by the other."""
        order = self.collected(*values, patient=patient)
        self.enter(order, self.anna, patient, **values)
        results.release_results(self.ben, order, self.seen(order, patient))
        return order

    def rows(self, table: Table) -> list[Row[tuple[object, ...]]]:
        with self.store.read() as connection:
            return list(connection.execute(select(table)).all())
