"""Two registrations of one person, one of everything written about the second, and what every reader shows."""

from datetime import date
from typing import Any

from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.services import (
    access,
    billing,
    chart,
    charting,
    consultation,
    encounters,
    flags,
    invoices,
    lab_orders,
    laboratory,
    merging,
    patients,
    prescribing,
    queue,
    results,
    scheduling,
    vitals,
)  # fmt: skip
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.charting import NewAllergy, NewProblem, OutsideMedicine
from clinic_desktop.services.merging import Merged
from clinic_desktop.services.patient_parts import Contact, OtherName
from clinic_desktop.services.patients import NewPatient
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.billing import prices
from tests.conftest import DeskFor

ADA = NewPatient("Okafor", "Ada", "female", date(1985, 7, 4), "day", phone="08031234567", alert="Deaf")
ADAH = NewPatient(
    "Okafor", "Adah", "female", date(1985, 7, 4), "day", phone="08090000000", blood_type="A+", city="Enugu",
    alert="Falls", contacts=(Contact("Ngozi", "mother", "0803"),), other_names=(OtherName("maiden", "Eze", "Adah"),),
)  # fmt: skip


def merged(front: Desk, kept: str, other: str, **chosen: str) -> Merged:
    return merging.merge(front, kept, other, chosen=chosen, reason="same card")


def merged_as_kept(front: Desk, kept: str, other: str) -> str:
    """Merge two, with every fact in which they differ as it is of the one that is kept; the id of the merge."""
    one, two = merging.registration(front, kept), merging.registration(front, other)
    chosen = {each.field: "kept" for each in one.differs(two)}
    return merging.merge(front, kept, other, chosen=chosen, reason="Registered twice").merge_id


def fill(desk_for: DeskFor, store: Store, patient: str, start: Any) -> None:
    """One of everything that services write about a patient."""
    doctor, nurse, front = desk_for("doctor"), desk_for("nurse"), desk_for("front_desk")
    charting.add_problem(doctor, patient, NewProblem("Asthma"))
    charting.add_allergy(doctor, patient, NewAllergy("penicillin"))
    charting.add_outside_medicine(doctor, patient, OutsideMedicine("salbutamol"))
    vitals.record_vitals(nurse, patient, {"weight": "61", "pressure": "180/120"})
    scheduling.book(front, patient, doctor.session.staff_id, start)
    queue.check_in(front, patient)
    opened = consultation.open_consultation(doctor, patient, "new")
    vitals.record_vitals(nurse, patient, {"heart_rate": "80"}, opened.encounter_id)
    fill_price(store)
    cashier = desk_for("cashier")
    invoices.issue_invoice(cashier, patient, [billing.charge_by_hand(cashier, patient, "visit")])
    billing.charge_by_hand(cashier, patient, "visit")


def seen(desk_for: DeskFor, patient: str) -> dict[str, Any]:
    """What each reader of a chart shows of somebody, in the shape in which it is shown."""
    doctor, nurse, front = desk_for("doctor"), desk_for("nurse"), desk_for("front_desk")
    cashier, admin = desk_for("cashier"), desk_for("administrator")
    opened = chart.open_chart(doctor, patient)
    banner = patients.patient_banner(front, patient)
    details = patients.patient_details(front, patient).patient
    return {
        "problems": {one.id for one in opened.problems},
        "allergies": {one.id for one in opened.allergies},
        "banner allergies": set(banner.allergies),
        "banner state": {banner.allergy_state},
        "medicines": {one.id for one in opened.medicines},
        "vitals": {one.id for one in opened.vitals} if opened.vitals else set(),
        "trend": {one.id for one in vitals.vitals_trend(doctor, patient, "29463-7").points},
        "visits": {one.id for one in opened.timeline.visits},
        "counted": opened.visit_count,
        "prescribing": set(prescribing.medication_chart(doctor, patient).allergies),
        "taken": {one.medicine_id for one in prescribing.medication_chart(doctor, patient).current},
        "orders": {one.id for one in lab_orders.orders_of(nurse, patient)},
        "open tests": {one.order_number for one in laboratory.open_tests(nurse, patient)},
        "results": {one.id for one in results.results(nurse, patient)},
        "flags": {(one.loinc, one.value) for one in flags.flags(doctor, patient)},
        "appointments": {one.id for one in scheduling.appointments_of(front, patient)},
        "queue": {one.id for one in queue.waiting_list(front) if one.patient_id == banner.patient_id},
        "charges": {one.id for one in billing.pending_charges(cashier, patient)},
        "invoices": {one.id for one in invoices.invoices_of(cashier, patient)},
        "unfinished": {
            one.encounter_id for one in encounters.my_open_consultations(doctor) if one.patient_id == banner.patient_id
        },
        "to bill": {one.patient_id for one in billing.patients_to_bill(cashier)} & {banner.patient_id},
        "contacts": set(details.contacts),
        "other names": set(details.other_names),
        "who saw": {one.record for one in access.who_saw(admin, patient) if one.record},
    }


def fill_price(store: Store) -> None:
    """Put a visit on the price list, once."""
    with store.write(act=new_id(), session=None) as unit:
        if unit.conn.execute(select(prices.c.id)).first() is not None:
            return
        values = {"code": "visit", "name": "Visit", "kind": "consultation", "amount": 1500, "currency": "USD"}
        unit.create(prices, values, kind="price.added")
