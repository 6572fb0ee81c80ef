"""Whether a message that came was kept before: sent again, or the same values measured anew by what has no clock."""

from datetime import timedelta

from sqlalchemy import select

from clinic_desktop.clock import from_text
from clinic_desktop.services.acts import Act
from clinic_desktop.store.tables.devices import device_messages

IN_ACT = ("kept_before",)

# A sender that had no answer tries again within this; later the same bytes may as well be another measurement.
TRIES_AGAIN = timedelta(minutes=10)


def kept_before(
    act: Act, sha256: str, kind: str, device: str, control_id: str | None, came: str | None, *, timeless: bool
) -> tuple[str | None, bool]:
    """The message that this one repeats, and whether the same bytes came longer ago, so that nobody can tell.

    What bears a number of its sender's own or the time of its measurements is the same whenever it comes.
    """
    c = device_messages.c
    same = select(c.id, c.received_at).where(c.sha256 == sha256, c.kind == kind, c.device == device)
    if kind == "api" and control_id is not None:
        same = same.where(c.control_id == control_id)
    found = act.conn.execute(same.order_by(c.rowid_.desc())).all()
    if not timeless or control_id is not None:
        return (str(found[0].id) if found else None), False
    at = from_text(came or act.at)
    for one in found:
        if abs(at - from_text(one.received_at)) <= TRIES_AGAIN:
            return str(one.id), False
    return None, bool(found)
