"""What somebody has typed and not yet signed.

Kept for each person, form and subject; thrown away in the transaction of the act it leads to.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from clinic_desktop.clock import to_text
from clinic_desktop.store.tables.journal import drafts
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.unit import Transaction


@dataclass(frozen=True)
class DraftKey:
    """Which form, about what: ``DraftKey("registration", "")`` or ``DraftKey("consultation", encounter_id)``."""

    form: str
    subject: str = ""


def keep(unit: Transaction, staff_id: str, key: DraftKey, fields: Mapping[str, object]) -> None:
    """Keep the fields of a form exactly, in place of what was kept before."""
    # Escaped throughout where half a character is in it: a draft is what was typed, whether or not it can be signed.
    text = json.dumps(fields, ensure_ascii=False)
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = json.dumps(fields)
    unit.conn.exec_driver_sql(
        "INSERT INTO drafts (staff_id, form, subject, fields, updated_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (staff_id, form, subject)"
        " DO UPDATE SET fields = excluded.fields, updated_at = excluded.updated_at",
        (staff_id, key.form, key.subject, text, to_text(unit.now)),
    )


def drop(unit: Transaction, staff_id: str, key: DraftKey) -> None:
    """Throw a draft away, in the transaction of the act it led to."""
    # With what was typed for a registration that was merged into this one meanwhile, which was shown here too.
    unit.conn.exec_driver_sql(
        "DELETE FROM drafts WHERE staff_id = ?1 AND form = ?2 AND subject IN (SELECT ?3 UNION ALL"
        " SELECT id FROM patients WHERE merged_into = ?3)",
        (staff_id, key.form, key.subject),
    )


def kept(connection: Connection, staff_id: str, key: DraftKey) -> dict[str, object] | None:
    """The fields as they were last typed, or None.

    What was typed for a registration that was merged into this one meanwhile is found too, after its own.
    """
    merged = select(patients.c.id).where(patients.c.merged_into == key.subject)
    row = connection.execute(
        select(drafts.c.fields)
        .where(
            drafts.c.staff_id == staff_id,
            drafts.c.form == key.form,
            or_(drafts.c.subject == key.subject, drafts.c.subject.in_(merged)),
        )
        .order_by(drafts.c.subject != key.subject, drafts.c.updated_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else dict(json.loads(row))


def all_kept(connection: Connection, staff_id: str) -> list[tuple[DraftKey, str]]:
    """Every draft of one person with the instant of its last change, newest first."""
    rows = connection.execute(
        select(drafts.c.form, drafts.c.subject, drafts.c.updated_at)
        .where(drafts.c.staff_id == staff_id)
        .order_by(drafts.c.updated_at.desc())
    )
    return [(DraftKey(row.form, row.subject), row.updated_at) for row in rows]
