"""What a scanner read, for the window that waits for it: an event, and nothing done to any chart."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.device_answers import Answer, Told, answered, keep_answer
from clinic_desktop.store.tables.pairing import device_scans, paired_devices

KINDS = ("barcode", "card", "identity")
LONGEST = 4096


@dataclass(frozen=True)
class Scan:
    """One thing that was read: its text as the scanner gave it, lines and separators too."""

    id: str
    device: str
    kind: str
    symbology: str | None
    scanned_at: datetime
    content: str = field(repr=False)


@command
def take_scan(act: Act, told: Told, kind: str, symbology: str | None, content: str) -> Answer:
    """Keep what was read, so that the window can fetch it. Raises Refusal naming the field."""
    before = answered(act, told)
    if before is not None:
        return before
    if kind not in KINDS:
        raise Refusal(N_("Choose what was scanned."), field="kind")
    if not content or len(content) > LONGEST:
        raise Refusal(N_("There is nothing in it, or too much."), field="content")
    values = {"device_id": told.device_id, "kind": kind, "symbology": symbology, "content": content}
    made = act.create(device_scans, {**values, "scanned_at": act.at}, kind="device_scan.arrived")
    return keep_answer(act, told, {"id": made})


@query
def scan(read: Read, scan_id: str) -> Scan:
    """One scan by its id, as the event named it. Raises Refusal where there is none."""
    row = read.conn.execute(
        select(device_scans, paired_devices.c.name)
        .join(paired_devices, paired_devices.c.id == device_scans.c.device_id)
        .where(device_scans.c.id == scan_id)
    ).one_or_none()
    if row is None:
        raise Refusal(N_("This scan is not here."), field="id")
    return Scan(row.id, row.name, row.kind, row.symbology, from_text(row.scanned_at), row.content)
