"""The access log: a use of the search box, and who saw a patient."""

from dataclasses import dataclass
from datetime import datetime

from clinic_desktop.clock import from_text, new_id
from clinic_desktop.services.acts import Desk, Read, allow, query


@dataclass(frozen=True)
class Sight:
    """One time somebody saw or changed something of a patient."""

    at: datetime
    who: str
    username: str
    role: str
    workstation: str
    what: str
    record: str | None
    wrote: bool
    reason: str | None = None


def note_search_opened(desk: Desk) -> str:
    """Note that the search box is being used, once for each use and never for a key; returns the use's id."""
    return _note(desk, "access.note_search_opened", "search.opened", new_id(), None)


def note_search_closed(desk: Desk, search_id: str, chosen: str | None) -> None:
    """Close a use of the search box with the patient chosen, or with nobody."""
    _note(desk, "access.note_search_closed", "search.closed", search_id, chosen)


def note_report_opened(desk: Desk, patient_id: str, document: str) -> None:
    """Note that a document about a patient is about to be printed; committed before its first value is read."""
    _note(desk, "access.note_report_opened", "report", document, patient_id)


def _note(desk: Desk, act: str, kind: str, search_id: str, chosen: str | None) -> str:
    # No command: looking leaves nothing in the journal, which screens and sync follow.
    allow(desk, act)
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed(kind, patient=chosen, subject=search_id)
    return search_id


# In the order of the logical clock; the time shown is what the clock on the wall said.
_WHO_SAW = (
    "SELECT x.at, x.session, x.what, x.record, x.wrote, x.reason, s.role, s.workstation, s.staff_id,"
    " p.display_name, p.username FROM ("
    "SELECT at, hlc, session,"
    " kind || coalesce(' ' || CASE WHEN kind IN ('chart', 'report', 'bill', 'banner') THEN subject END, '') AS what,"
    " NULL AS record, 0 AS wrote, NULL AS reason FROM access WHERE patient = ?1"
    " UNION ALL SELECT at, hlc, session, kind, record, 1, reason FROM journal WHERE patient = ?1"
    ") x LEFT JOIN sessions s ON s.id = x.session LEFT JOIN staff p ON p.id = s.staff_id"
    " ORDER BY x.hlc DESC LIMIT ?2"
)


@query
def who_saw(read: Read, patient_id: str, limit: int = 1000) -> tuple[Sight, ...]:
    """Everybody who saw or changed anything of a patient, the latest first: when, who, in which role, what."""
    rows = read.conn.exec_driver_sql(_WHO_SAW, (patient_id, limit)).all()
    return tuple(
        Sight(
            from_text(row[0]),
            row[9] or "",
            row[10] or "",
            row[6] or "",
            row[7] or "",
            row[2],
            row[3],
            bool(row[4]),
            row[5],
        )
        for row in rows
    )
