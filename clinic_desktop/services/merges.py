"""Whose records make up one person's chart: a merge is a link between two registrations, never rows that move.

`merged_into` always names the registration that is kept in the end, also where that one took another in before, so
every chart is found in one step.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, select

from clinic_desktop.store.tables.patients import patients

IN_ACT = ("ids_of", "kept_id", "kept_of")

_MERGED_INTO = "SELECT merged_into FROM patients WHERE id = ?"
_MERGED = "SELECT id FROM patients WHERE merged_into = ? ORDER BY rowid_"


def ids_of(conn: Connection, patient_id: str) -> tuple[str, ...]:
    """Every registration that stands for this person, the one that is kept first; any of them may be asked for.

    Read a chart with ``table.c.patient_id.in_(ids_of(conn, patient_id))``, so that what was noted under a registration
    that was later merged into this one is seen, and stays under its own when they are parted again.
    """
    kept = kept_id(conn, patient_id)
    # Past SQLAlchemy: it is asked before every part of a chart.
    return kept, *(row[0] for row in _run(conn, _MERGED, kept))


def kept_id(conn: Connection, patient_id: str) -> str:
    """The registration under which this person is known now: itself, or the one it was merged into."""
    row = _run(conn, _MERGED_INTO, patient_id).fetchone()
    return patient_id if row is None or row[0] is None else str(row[0])


def kept_of(column: Column[str]) -> ColumnElement[str]:
    """In a statement: the registration under which the person of a column is known now.

    Join a list to its people with ``.join_from(table, patients, patients.c.id == kept_of(table.c.patient_id))``.
    """
    own = patients.alias()
    into = select(own.c.merged_into).where(own.c.id == column).correlate(column.table).scalar_subquery()
    return func.coalesce(into, column)


def _run(conn: Connection, statement: str, value: str) -> Any:
    driver = conn.connection.driver_connection
    if driver is None:
        raise RuntimeError("the transaction has ended")
    return driver.execute(statement, (value,))
