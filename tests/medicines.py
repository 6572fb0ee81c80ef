"""A clinic with its reference pack, one patient and some stock: what tests about medicines begin with."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from clinic_desktop.clock import new_id, to_text
from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.domain.vitals import WEIGHT
from clinic_desktop.services import stock
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.prescription_lines import LineDraft
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.chart import allergies, vital_signs
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.pharmacy import products
from tests.conftest import DeskFor
from tests.starter import load_pack


@dataclass(frozen=True)
class World:
    """The desks of a doctor and a pharmacist, and one patient."""

    store: Store
    doctor: Desk
    pharmacist: Desk
    patient: str

    def product(self, code: str) -> str:
        """The product of a medicine."""
        with self.store.read() as connection:
            return str(connection.execute(select(products.c.id).where(products.c.medicine_code == code)).scalar_one())

    def receive(self, code: str, lot: str, expires_on: date, quantity: int) -> str:
        """Put a lot on the shelf; returns its id."""
        return stock.receive_stock(self.pharmacist, self.product(code), lot, expires_on, quantity).lot_id

    def allergic_to(self, substance: str, ingredient: str | None = None, group: str | None = None) -> None:
        """Write an allergy into the chart."""
        with self.store.write(act=new_id(), session=None) as unit:
            values = {
                "patient_id": self.patient,
                "substance": substance,
                "ingredient": ingredient,
                "allergy_class": group,
                "severity": "severe",
                "status": "active",
                "noted_at": to_text(unit.now),
            }
            unit.create(allergies, values, kind="allergy.recorded")
            unit.change(patients, self.patient, {"allergy_state": "listed"}, kind="patient.changed")


def add_patient(store: Store, family: str = "Okello", given: str = "Grace", **more: object) -> str:
    """Write a woman of 46 with no known allergies, weighing 61 kg."""
    with store.write(act=new_id(), session=None) as unit:
        values = {
            "mrn": f"MRN-{new_id()[-8:]}",
            "family_name": family,
            "given_names": given,
            "family_key": family.casefold(),
            "given_key": given.casefold(),
            "sex": "female",
            "born_on": "1979-07-14",
            "allergy_state": "none_known",
            "allergy_state_on": "2026-03-10",
            "registered_at": to_text(unit.now),
        }
        patient = unit.create(patients, values | more, kind="patient.registered")
        weight = {
            "patient_id": patient,
            "code": WEIGHT,
            "value": "61",
            "unit": "kg",
            "taken_at": to_text(unit.now),
        }
        unit.create(vital_signs, weight, kind="vitals.recorded")
    return patient


def world(store: Store, desk_for: DeskFor) -> World:
    """A clinic with the starter pack and one patient."""
    with store.write(act=new_id(), session=None) as unit:
        load_pack(unit)
    return World(store, desk_for("doctor"), desk_for("pharmacist"), add_patient(store))


def amoxicillin(days: int = 7, **more: object) -> LineDraft:
    """One capsule three times a day: 21 capsules in a week."""
    values: dict[str, object] = {
        "name": "amoxicillin",
        "dose": Dose(Decimal(1), "capsule", "oral", "tds", days),
        "quantity_unit": "capsule",
        "medicine_code": "amoxicillin_500_cap",
        "form": "capsule",
        "strength": "500 mg",
    }
    return LineDraft(**(values | more))  # type: ignore[arg-type]


def paracetamol() -> LineDraft:
    """Two tablets when needed, for five days: 40 tablets."""
    dose = Dose(Decimal(2), "tablet", "oral", "qds", 5, as_needed=True, as_needed_for="pain", max_per_day=Decimal(8))
    return LineDraft("paracetamol", dose, "tablet", "paracetamol_500_tab", "tablet", "500 mg")


def warfarin() -> LineDraft:
    """One tablet a day for a month."""
    return LineDraft(
        "warfarin", Dose(Decimal(1), "tablet", "oral", "od", 28), "tablet", "warfarin_5_tab", "tablet", "5 mg"
    )
