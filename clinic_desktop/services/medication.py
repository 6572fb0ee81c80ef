"""What the safety check asks of a patient, read in the transaction that acts on its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, or_, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import safety
from clinic_desktop.domain.alerts import Alert, Allergy, Drug, PatientFacts
from clinic_desktop.domain.patients import pregnancy_known
from clinic_desktop.domain.ranges import age_months
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.vitals import WEIGHT
from clinic_desktop.i18n import N_
from clinic_desktop.services import medicines
from clinic_desktop.services.safety import safety_pack
from clinic_desktop.store.tables.chart import allergies, medicines_taken, vital_signs
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("facts_of", "check")


@dataclass(frozen=True)
class CurrentMedicine:
    """A medicine that the patient takes now."""

    medicine_id: str
    medicine_code: str | None
    name: str
    dose: str
    ends_on: date | None
    line_id: str | None


@dataclass(frozen=True)
class MedicationFacts:
    """What is known of a patient that prescribing asks for."""

    patient_id: str
    allergy_state: str
    allergies: tuple[Allergy, ...]
    current: tuple[CurrentMedicine, ...]
    patient: PatientFacts
    weighed_at: str | None

    def __repr__(self) -> str:
        return f"MedicationFacts({self.patient_id})"


def facts_of(connection: Connection, patient_id: str, today: date) -> MedicationFacts:
    """Allergies, current medicines, age, weight, sex and pregnancy of a patient."""
    row = connection.execute(select(patients).where(patients.c.id == patient_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This patient is not here."), field="patient")
    known = connection.execute(
        select(allergies)
        .where(allergies.c.patient_id == patient_id, allergies.c.status == "active")
        .order_by(allergies.c.rowid_)
    )
    weighed = connection.execute(
        select(vital_signs.c.value, vital_signs.c.taken_at)
        .where(vital_signs.c.patient_id == patient_id, vital_signs.c.code == WEIGHT, vital_signs.c.status == "final")
        .order_by(vital_signs.c.taken_at.desc(), vital_signs.c.rowid_.desc())
        .limit(1)
    ).one_or_none()
    born_on = date.fromisoformat(row.born_on) if row.born_on else None
    youngest, oldest = age_months(born_on, row.born_precision, today) or (None, None)
    asked_on = date.fromisoformat(row.pregnant_on) if row.pregnant_on else None
    return MedicationFacts(
        patient_id,
        row.allergy_state,
        tuple(Allergy(each.substance, each.ingredient or each.allergy_class) for each in known),
        _current(connection, patient_id, today),
        PatientFacts(
            age_months=youngest,
            oldest_months=oldest,
            weight_kg=None if weighed is None else Decimal(weighed.value),
            weight_days=0 if weighed is None else (today - from_text(weighed.taken_at).astimezone().date()).days,
            sex=row.sex,
            pregnant=pregnancy_known(None if row.pregnant is None else bool(row.pregnant), asked_on, today),
        ),
        None if weighed is None else weighed.taken_at,
    )


def check(
    connection: Connection, facts: MedicationFacts, proposed: Sequence[Drug], *, leave_out: frozenset[str] = frozenset()
) -> tuple[str, tuple[Alert, ...]]:
    """Run the safety check; returns the pack's label and the alerts. `leave_out` are lines not to count as taken."""
    pack = safety_pack(connection)
    current = [each for each in facts.current if each.line_id is None or each.line_id not in leave_out]
    codes = [each.medicine_code for each in current if each.medicine_code]
    known = medicines.medicines_of(connection, codes)
    drugs = [medicines.drug_of(known, each.medicine_code, each.name) for each in current]
    return pack.label, safety.check(proposed, drugs, facts.allergies, facts.patient, pack)


def _current(connection: Connection, patient_id: str, today: date) -> tuple[CurrentMedicine, ...]:
    rows = connection.execute(
        select(medicines_taken)
        .where(
            medicines_taken.c.patient_id == patient_id,
            medicines_taken.c.status == "active",
            or_(medicines_taken.c.ends_on.is_(None), medicines_taken.c.ends_on >= today.isoformat()),
        )
        .order_by(medicines_taken.c.rowid_)
    )
    return tuple(
        CurrentMedicine(
            row.id, row.medicine_code, row.name, row.dose or "",
            date.fromisoformat(row.ends_on) if row.ends_on else None, row.prescription_line_id,
        )
        for row in rows
    )  # fmt: skip
