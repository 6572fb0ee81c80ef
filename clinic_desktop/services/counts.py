"""How many records of each kind there are; merged and mistaken ones are not counted."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, func, select

from clinic_desktop.services.acts import Read, query
from clinic_desktop.store.tables.billing import invoices
from clinic_desktop.store.tables.chart import allergies, encounters, medicines_taken, problems, vital_signs
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.laboratory import lab_orders, lab_results
from clinic_desktop.store.tables.outside import diagnostic_reports, observations, procedures
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.pharmacy import dispenses
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.scheduling import appointments


@dataclass(frozen=True)
class Counts:
    """Numbers of records; `observations` are vital signs, laboratory results and those from elsewhere."""

    patients: int
    encounters: int
    observations: int
    conditions: int
    medications: int
    allergies: int
    immunizations: int
    procedures: int
    diagnostic_reports: int
    appointments: int
    prescriptions: int
    dispenses: int
    lab_orders: int
    invoices: int


@query
def counts(read: Read) -> Counts:
    """Count."""

    def number(table: Table, *where: ColumnElement[bool]) -> int:
        return read.conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one()

    return Counts(
        patients=number(patients, patients.c.merged_into.is_(None)),
        encounters=number(encounters, encounters.c.status != "void"),
        # A sign that was read from an observation from elsewhere is that observation.
        observations=number(vital_signs, vital_signs.c.status == "final", vital_signs.c.observation_id.is_(None))
        + number(observations, observations.c.part_of.is_(None), observations.c.status != "entered-in-error")
        + number(lab_results, lab_results.c.status == "released"),
        conditions=number(problems, problems.c.status != "entered_in_error"),
        medications=number(medicines_taken, medicines_taken.c.status != "entered_in_error"),
        allergies=number(allergies, allergies.c.status != "entered_in_error"),
        immunizations=number(immunizations, immunizations.c.status == "completed"),
        procedures=number(procedures, procedures.c.status != "entered-in-error"),
        diagnostic_reports=number(diagnostic_reports, diagnostic_reports.c.status != "entered-in-error"),
        appointments=number(appointments, appointments.c.status != "cancelled"),
        prescriptions=number(prescriptions),
        dispenses=number(dispenses, dispenses.c.status == "dispensed"),
        lab_orders=number(lab_orders, lab_orders.c.status != "cancelled"),
        invoices=number(invoices, invoices.c.status == "issued"),
    )
