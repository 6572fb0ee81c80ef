"""Prescriptions as they are shown: by doctors who repeat them, and by the pharmacy that works through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, func, select

from clinic_desktop.domain.alerts import Alert
from clinic_desktop.domain.doses import counted
from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.services.directory import Entry, pharmacy_of
from clinic_desktop.services.merges import kept_of
from clinic_desktop.store.tables.pharmacy import dispenses
from clinic_desktop.store.tables.prescribing import prescription_lines, prescriptions, safety_alerts
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("read_prescriptions", "alert_key")


@dataclass(frozen=True)
class PrescriptionLine:
    """One medicine of a prescription with its instruction, and how much of it was handed out."""

    line_id: str
    position: int
    medicine_code: str | None
    name: str
    form: str | None
    strength: str | None
    dose_amount: Decimal
    dose_unit: str
    route: str
    frequency: str
    duration_days: int | None
    as_needed: bool
    as_needed_for: str
    max_per_day: Decimal | None
    quantity: int
    quantity_unit: str
    dispensed: int
    sig: str
    instructions: str
    refills: int
    substitution_allowed: bool
    generic_name: str = ""
    ndc: str = ""
    ndc_written: str = ""
    timing: str = ""
    indication: str = ""
    diagnoses: str = ""
    controlled: bool = False

    @property
    def title(self) -> str:
        """The medicine as it is read out: amoxicillin 500 mg capsule."""
        return " ".join(part for part in (self.name, self.strength, self.form) if part)

    @property
    def quantity_text(self) -> str:
        """How much to hand out: 42 capsules."""
        return counted(Decimal(self.quantity), self.quantity_unit)

    @property
    def dose(self) -> Dose:
        """The dose as it was structured."""
        return Dose(
            self.dose_amount, self.dose_unit, self.route, self.frequency, self.duration_days, self.as_needed,
            self.as_needed_for, self.max_per_day,
        )  # fmt: skip


@dataclass(frozen=True)
class RecordedAlert:
    """An alert that was shown at signing or dispensing, with the reason for going on."""

    key: str
    line_id: str | None
    tier: str
    kind: str
    drug: str
    text: str
    source: str
    pack: str
    reason: str


@dataclass(frozen=True)
class Prescription:
    """A signed prescription with its lines and what the safety check said."""

    prescription_id: str
    revision: int
    number: str
    patient_id: str
    encounter_id: str | None
    prescriber: str
    prescriber_licence: str
    prescriber_specialty: str
    signed_at: str
    status: str
    status_reason: str
    priority: str
    note: str
    pack: str
    lines: tuple[PrescriptionLine, ...]
    alerts: tuple[RecordedAlert, ...]
    prescriber_npi: str = ""
    prescriber_dea: str = ""
    prescriber_credentials: str = ""
    pharmacy: Entry | None = None
    expires_on: str | None = None
    ready_at: str | None = None
    ready_note: str = ""

    def __repr__(self) -> str:
        return f"Prescription({self.prescription_id}, {self.status})"


def alert_key(alert: Alert) -> str:
    """What a reason is given for: a rule about a drug with these facts; another dose is another question."""
    return f"{alert.rule}|{alert.drug}|{alert.with_}|{alert.text}"


def read_prescriptions(
    connection: Connection, *where: ColumnElement[bool], limit: int | None = None
) -> tuple[Prescription, ...]:
    """The prescriptions that fit, newest first."""
    asked = (
        select(
            prescriptions,
            kept_of(prescriptions.c.patient_id).label("person"),
            staff.c.display_name,
            staff.c.licence,
            staff.c.specialty,
            staff.c.credentials,
        )
        .join(staff, staff.c.id == prescriptions.c.prescriber_id)
        .where(*where)
        .order_by(prescriptions.c.signed_at.desc(), prescriptions.c.rowid_.desc())
    )
    rows = connection.execute(asked if limit is None else asked.limit(limit)).all()
    lines = _lines(connection, [row.id for row in rows])
    alerts = _alerts(connection, [row.id for row in rows])
    return tuple(
        Prescription(
            row.id, row.revision, row.number, row.person, row.encounter_id, row.display_name, row.licence or "",
            row.specialty or "", row.signed_at, row.status, row.status_reason or "", row.priority, row.note or "",
            row.pack, tuple(lines.get(row.id, ())), tuple(alerts.get(row.id, ())), row.prescriber_npi or "",
            row.prescriber_dea or "", row.credentials or "", pharmacy_of(connection, row.pharmacy_id), row.expires_on,
            row.ready_at, row.ready_note or "",
        )
        for row in rows
    )  # fmt: skip


def _lines(connection: Connection, ids: Sequence[str]) -> dict[str, list[PrescriptionLine]]:
    handed = (
        select(func.coalesce(func.sum(dispenses.c.covers), 0))
        .where(dispenses.c.line_id == prescription_lines.c.id, dispenses.c.status == "dispensed")
        .correlate(prescription_lines)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(prescription_lines, handed.label("dispensed"))
        .where(prescription_lines.c.prescription_id.in_(ids))
        .order_by(prescription_lines.c.position)
    )
    found: dict[str, list[PrescriptionLine]] = {}
    for row in rows:
        line = PrescriptionLine(
            row.id, row.position, row.medicine_code, row.name, row.form, row.strength, Decimal(row.dose_amount),
            row.dose_unit, row.route, row.frequency, row.duration_days, bool(row.as_needed), row.as_needed_for or "",
            Decimal(row.max_per_day) if row.max_per_day else None, row.quantity, row.quantity_unit, row.dispensed,
            row.sig, row.instructions or "", row.refills, bool(row.substitution_allowed),
            row.generic_name or "", row.ndc or "", row.ndc_written or "", row.timing or "", row.indication or "",
            row.diagnoses or "", bool(row.controlled),
        )  # fmt: skip
        found.setdefault(row.prescription_id, []).append(line)
    return found


def _alerts(connection: Connection, ids: Sequence[str]) -> dict[str, list[RecordedAlert]]:
    rows = connection.execute(
        select(safety_alerts).where(safety_alerts.c.prescription_id.in_(ids)).order_by(safety_alerts.c.rowid_)
    )
    found: dict[str, list[RecordedAlert]] = {}
    for row in rows:
        key = f"{row.rule}|{row.drug}|{row.with_what or ''}|{row.text}"
        alert = RecordedAlert(
            key, row.line_id, row.tier, row.kind, row.drug, row.text, row.source, row.pack, row.override_reason or ""
        )
        found.setdefault(row.prescription_id, []).append(alert)
    return found
