"""The log of quality control that analysers send: it belongs to no patient."""

from dataclasses import dataclass

from sqlalchemy import select

from clinic_desktop.services.acts import Read, query
from clinic_desktop.services.device_filing import written
from clinic_desktop.store.tables.devices import device_messages, device_results

LISTED = 500


@dataclass(frozen=True)
class ControlResult:
    """One value of a control specimen."""

    device: str
    title: str
    specimen: str
    value: str
    flag: str
    measured_at: str | None
    received_at: str
    note: str


@query
def control_log(read: Read, limit: int = LISTED) -> tuple[ControlResult, ...]:
    """The quality control that devices sent, newest first: it belongs to no patient."""
    asked = (
        select(device_results, device_messages.c.device, device_messages.c.received_at)
        .join(device_messages, device_messages.c.id == device_results.c.message_id)
        .where(device_results.c.state == "control")
        .order_by(device_messages.c.rowid_.desc(), device_results.c.position)
        .limit(limit)
    )
    return tuple(
        ControlResult(
            row.device, row.title, row.numbers.replace("\n", " "), written(row) if row.value else "", row.flag or "",
            row.measured_at, row.received_at, row.note or "",
        )
        for row in read.conn.execute(asked)
    )  # fmt: skip
