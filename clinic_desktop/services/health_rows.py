"""What stands on a health summary and on no other page in this form: doses that were given, procedures done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from clinic_desktop.clock import from_text
from clinic_desktop.store.tables.immunizations import immunizations
from clinic_desktop.store.tables.outside import procedures

# FHIR R4, event-status: what was not done, or was never meant.
_NOT_DONE = ("not-done", "entered-in-error", "entered_in_error", "preparation")


@dataclass(frozen=True)
class Dose:
    """One dose that was given; its day as far as it is known."""

    vaccine: str
    lot: str
    on: date | None
    precision: str


@dataclass(frozen=True)
class Procedure:
    """One procedure: what, and when as it was told where no day is known."""

    title: str
    code: str
    on: date | None
    told: str


def doses_of(connection: Connection, people: Sequence[str]) -> tuple[Dose, ...]:
    """Every dose that was given, the latest first."""
    rows = connection.execute(
        select(immunizations)
        .where(immunizations.c.patient_id.in_(people), immunizations.c.status == "completed")
        .order_by(immunizations.c.occurred_on.desc(), immunizations.c.rowid_.desc())
    )
    return tuple(
        Dose(
            row.vaccine_name,
            row.lot or "",
            date.fromisoformat(row.occurred_on) if row.occurred_on else None,
            row.occurred_precision,
        )
        for row in rows
    )


def procedures_of(connection: Connection, people: Sequence[str]) -> tuple[Procedure, ...]:
    """Every procedure that was done, the latest first."""
    rows = connection.execute(
        select(procedures)
        .where(procedures.c.patient_id.in_(people), procedures.c.status.not_in(_NOT_DONE))
        .order_by(procedures.c.performed_at.desc(), procedures.c.rowid_.desc())
    )
    return tuple(
        Procedure(
            row.title,
            row.code or "",
            from_text(row.performed_at).astimezone().date() if row.performed_at else None,
            row.performed_text or "",
        )
        for row in rows
    )
