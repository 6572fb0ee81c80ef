"""A clinic that hears of one patient's records from a system, for tests of how they stand here."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.exchange.remote_ids import fhir_id
from clinic_desktop.exchange.told import made
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import medicines_taken
from clinic_desktop.store.tables.outside import identifiers, observations
from sync.engine.chart import Because
from sync.port import Kind
from sync.records.elements import Resource
from tests.journeys.small_clinic import Clinic
from tests.unit.exchange.heard_case import Heard

LAB, VISIT, ORDER = (Because("hms_enterprise", one) for one in ("LAB-9", "rec_1", "RX-1"))
EIGHT, TEN = "2026-03-10T08:00:00Z", "2026-03-10T10:00:00Z"


class Bench:
    """A clinic that hears of one patient's records from a system."""

    def __init__(self, store: Store, clock: SetClock, small: Clinic) -> None:
        self.heard, self.patient, self.here = Heard(store, clock), small.patient, dict[Because, str | None]()

    def says(self, kind: Kind, because: Because, *records: Resource) -> None:
        self.here[because] = self.heard.adopt(kind, self.here.get(because), *records, because=because)

    def results(self, *records: Resource) -> list[tuple[str, str, str]]:
        """What stands of results after the laboratory says these."""
        self.says(Kind.LAB_RESULT, LAB, *records)
        return self.of(observations, "title", "value", "status")

    def of(self, table: Any, *columns: str) -> list[tuple[Any, ...]]:
        known = select(identifiers.c.record_id).where(identifiers.c.use == "resource")
        wanted = select(*(table.c[name] for name in columns)).where(table.c.id.in_(known)).order_by(table.c.rowid_)
        with self.heard.store.read() as connection:
            return [tuple(row) for row in connection.execute(wanted)]

    def value(self, name: str, value: str, at: str | None = EIGHT, **more: object) -> Resource:
        said = {
            "resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{self.patient}"},
            "code": {"text": name}, "effectiveDateTime": at, "valueString": value,
        }  # fmt: skip
        return made({key: each for key, each in (said | more).items() if each is not None})

    def visit(self, diagnoses: Sequence[str], *signs: Resource, graver: str = "") -> None:
        whom = {"reference": f"Patient/{self.patient}"}
        visit = {"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "subject": whom}
        found = [
            made(
                {"resourceType": "Condition", "code": {"text": one}, "subject": {"display": "patient"}}
                | ({"severity": {"text": "severe"}} if one == graver else {})
            )
            for one in diagnoses
        ]
        self.says(Kind.ENCOUNTER, VISIT, made(visit), *signs, *found)

    def medicines(self, *names: str) -> list[tuple[str, str]]:
        lines = [
            {"resourceType": "MedicationRequest", "status": "active", "intent": "order",
             "medicationCodeableConcept": {"text": one}, "subject": {"reference": f"Patient/{self.patient}"}}
            for one in names
        ]  # fmt: skip
        self.says(Kind.PRESCRIPTION, ORDER, *(made(one) for one in lines))
        return self.of(medicines_taken, "name", "status")

    def kept_by_place(self, because: Because) -> None:
        """Make of what was brought in what an earlier program kept: each part under its place in the list."""
        store, before = self.heard.store, because.remote_id.replace("_", "-")
        with store.write(act=new_id(), session=None) as unit:
            wanted = select(identifiers.c.id).where(identifiers.c.value.startswith(fhir_id(because.remote_id)[:39]))
            rows = unit.conn.execute(wanted.order_by(identifiers.c.rowid_)).scalars().all()
            for place, one in enumerate(rows):
                value = before if place == 0 else f"{before}.{place}"
                unit.conn.execute(update(identifiers).where(identifiers.c.id == one).values(value=value))
