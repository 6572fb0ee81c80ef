"""Whose records make up one person's chart: a merge is a link between two registrations, never rows that move."""

from sqlalchemy import Connection, select

from clinic_desktop.store.tables.patients import patients


def ids_of(conn: Connection, patient_id: str) -> tuple[str, ...]:
    """Every registration that stands for this person, the one asked for first.

    Read a chart with ``table.c.patient_id.in_(ids_of(conn, patient_id))``, so that what was noted under a registration
    that was later merged into this one is seen, and stays under its own when they are parted again.
    """
    found = [patient_id]
    for one in found:  # grows while it is walked: a merged registration may have taken another in before
        found += conn.execute(select(patients.c.id).where(patients.c.merged_into == one)).scalars()
    return tuple(found)
