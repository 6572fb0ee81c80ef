"""Prints that a paired station takes from the local API: they wait in the database until they came out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from clinic_desktop.clock import to_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.inbox import Notice
from clinic_desktop.store.tables.pairing import paired_devices
from clinic_desktop.store.tables.printing import prints, station_prints

LISTED = 50
# A label that nobody took for so long is for somebody who has gone home.
WAITS_FOR = timedelta(hours=12)
LARGEST = 8 * 2**20


@dataclass(frozen=True)
class WaitingPrint:
    """One print that waits for a station; `digest` is SHA-256 of its bytes."""

    id: str
    document: str
    kind: str
    copies: int
    size: int
    digest: str
    waits_since: str


@command
def hand_to_station(act: Act, print_id: str, device_id: str, kind: str, content: bytes) -> None:
    """Let a print wait for its station. Raises Refusal where the station is not paired any more."""
    device = act.conn.execute(select(paired_devices).where(paired_devices.c.id == device_id)).one_or_none()
    if device is None or device.kind != "printer" or device.state != "paired":
        raise Refusal(N_("This print station is not paired any more."), field="printer")
    if len(content) > LARGEST:
        raise Refusal(N_("This print is too large for a print station."), field="copies")
    row = act.conn.execute(select(prints).where(prints.c.id == print_id)).one_or_none()
    if row is None or row.asked_by != act.session.staff_id or row.state != "sending":
        raise Refusal(N_("There is no such print."), field="print")
    values = {"print_id": print_id, "device_id": device_id, "kind": kind, "waits_since": act.at, "content": content}
    act.conn.execute(insert(station_prints).values(values))


@query
def waiting_prints(read: Read, device_id: str) -> tuple[WaitingPrint, ...]:
    """What waits for a station, oldest first; what waited for too long is not printed any more."""
    since = to_text(read.now - WAITS_FOR)
    rows = read.conn.execute(
        select(station_prints, prints.c.document, prints.c.copies, prints.c.digest)
        .join(prints, prints.c.id == station_prints.c.print_id)
        .where(station_prints.c.device_id == device_id, station_prints.c.waits_since >= since)
        .order_by(station_prints.c.rowid_)
        .limit(LISTED)
    )
    return tuple(
        WaitingPrint(
            row.print_id, row.document, row.kind, row.copies, len(row.content), row.digest, row.waits_since
        )
        for row in rows
    )  # fmt: skip


@command
def take_print(act: Act, device_id: str, print_id: str) -> str:
    """Note that a station takes one of its prints; says what its bytes are. Raises Refusal."""
    row = _mine(act.conn, device_id, print_id)
    changes = {"taken_at": act.at}
    act.conn.execute(update(station_prints).where(station_prints.c.print_id == print_id).values(changes))
    return str(row.kind)


@query
def print_content(read: Read, device_id: str, print_id: str) -> bytes:
    """The bytes of a print that waits for a station, as often as it asks. Raises Refusal."""
    return bytes(_mine(read.conn, device_id, print_id).content)


@command
def end_station_print(act: Act, device_id: str, print_id: str, why: str = "") -> None:
    """Note that a print came out, or why not: then whoever asked for it is told. Its bytes are kept no longer."""
    _mine(act.conn, device_id, print_id)
    row = act.conn.execute(select(prints).where(prints.c.id == print_id)).one()
    changes = {"state": "failed" if why else "sent", "why": why[:500] or None}
    act.change(prints, print_id, changes, kind="print.ended")
    act.conn.execute(delete(station_prints).where(station_prints.c.print_id == print_id))
    if why:
        title = f"{row.number[:80]}: not printed on {row.printer[:80]}"
        inbox.notify(
            act, Notice("task", "normal", title, row.asked_by, why[:500], about_kind="print", about_id=print_id)
        )


def _mine(connection: Connection, device_id: str, print_id: str) -> Row[Any]:
    row = connection.execute(
        select(station_prints).where(station_prints.c.print_id == print_id, station_prints.c.device_id == device_id)
    ).one_or_none()
    if row is None:
        raise Refusal(N_("No such print waits for this station."), field="id")
    return row
