"""Under which numbers a prescription is signed, and which pharmacy outside is to fill it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, select

from clinic_desktop.domain.pharmacy import check_state
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.directory import require_pharmacy
from clinic_desktop.store.tables import prescribing as tables
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("signed_under",)


@dataclass(frozen=True)
class Outside:
    """Where a prescription goes when it leaves the clinic, and the last day on which it may be filled."""

    pharmacy_id: str | None = None
    expires_on: date | None = None


HERE = Outside()


def signed_under(act: Act, outside: Outside) -> dict[str, object]:
    """The columns that say who signs and who fills; the numbers are kept as they are today. Raises Refusal."""
    if outside.expires_on is not None and outside.expires_on < act.now.astimezone().date():
        raise Refusal(N_("This day is in the past."), field="expires_on")
    numbers = act.conn.execute(select(staff.c.npi, staff.c.dea).where(staff.c.id == act.session.staff_id)).one()
    return {
        "prescriber_npi": numbers.npi,
        "prescriber_dea": numbers.dea,
        "pharmacy_id": require_pharmacy(act.conn, outside.pharmacy_id, "pharmacy"),
        "expires_on": None if outside.expires_on is None else outside.expires_on.isoformat(),
    }


@command
def send_elsewhere(act: Act, prescription_id: str, pharmacy_id: str | None, *, expect: int) -> int:
    """Say that another pharmacy fills a prescription, or the clinic's own (None); returns the new revision."""
    row = _row(act.conn, prescription_id)
    check_state("cancel", row.status, row.number)
    changes = {"pharmacy_id": require_pharmacy(act.conn, pharmacy_id, "pharmacy")}
    return act.change(tables.prescriptions, prescription_id, changes, kind="prescription.sent_elsewhere", expect=expect)


def _row(connection: Connection, prescription_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(
        select(tables.prescriptions).where(tables.prescriptions.c.id == prescription_id)
    ).one_or_none()
    if row is None:
        raise Refusal(N_("This prescription is not here."))
    return row
