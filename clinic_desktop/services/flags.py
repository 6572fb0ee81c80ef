"""What was measured of a patient, in the laboratory and at the bedside, each with its flag."""

from dataclasses import dataclass

from sqlalchemy import select

from clinic_desktop.services import outside
from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.merges import ids_of
from clinic_desktop.services.patients import require_patient
from clinic_desktop.store.tables.chart import vital_signs
from clinic_desktop.store.tables.laboratory import lab_results, lab_tests
from clinic_desktop.store.tables.outside import observations


@dataclass(frozen=True)
class Flagged:
    """One value: its LOINC where it has one, and N, L, H, LL, HH, A (an abnormal word) or none."""

    loinc: str | None
    value: str
    unit: str | None
    flag: str

    def __repr__(self) -> str:
        return f"Flagged({self.loinc}, {self.flag})"


@query(access="chart")
def flags(read: Read, patient_id: str) -> tuple[Flagged, ...]:
    """The released results and vital signs that stand, and those from elsewhere; the newest of each first."""
    require_patient(read.conn, patient_id)
    ids = ids_of(read.conn, patient_id)
    results = read.conn.execute(
        select(lab_tests.c.loinc, lab_results.c.value, lab_results.c.unit, lab_results.c.flag)
        .join(lab_tests, lab_tests.c.code == lab_results.c.test_code)
        .where(lab_results.c.patient_id.in_(ids), lab_results.c.status == "released")
        .order_by(lab_results.c.entered_at.desc(), lab_results.c.rowid_.desc())
    )
    # A sign's code is its LOINC. One that was read from an observation from elsewhere is flagged as that observation.
    signs = read.conn.execute(
        select(vital_signs.c.code, vital_signs.c.value, vital_signs.c.unit, vital_signs.c.flag)
        .where(
            vital_signs.c.patient_id.in_(ids), vital_signs.c.status == "final", vital_signs.c.observation_id.is_(None)
        )
        .order_by(vital_signs.c.taken_at.desc(), vital_signs.c.rowid_.desc())
    )
    # What is measured in parts, such as a blood pressure, has no value of its own to be flagged: its parts stand in the
    # chart, among the signs, by the limits of signs.
    came = read.conn.execute(
        select(observations)
        .where(
            observations.c.patient_id.in_(ids),
            observations.c.part_of.is_(None),
            observations.c.value_kind != "none",
            observations.c.status.not_in(outside.NO_RESULT),
        )
        .order_by(observations.c.effective_at.desc(), observations.c.rowid_.desc())
    )
    judged = outside.judged(read.conn, patient_id, [dict(row) for row in came.mappings()])
    elsewhere = (Flagged(one.loinc, one.value or "", one.unit, one.flag) for one in judged)
    return (*(Flagged(*row) for row in (*results, *signs)), *elsewhere)
