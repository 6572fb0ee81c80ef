"""A desk lent to another process of this workstation: it reads what this person may read, and can write nothing.

What is lent is the key, so it goes through standard input alone and is never written down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic_desktop.clock import SetClock, from_text, to_text
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.engine import Store
from clinic_desktop.store.lock import share

Lent = dict[str, str]
_PERSON = ("id", "staff_id", "username", "display_name", "role", "workstation")


def lend(desk: Desk, key: bytes) -> Lent:
    """What another process needs to read as this person does. Raises Refusal where the session may not act."""
    allow(desk, "report_desk.lend")
    said = {name: str(getattr(desk.session, name)) for name in _PERSON}
    return {
        **said,
        "opened_at": to_text(desk.session.opened_at),
        "now": to_text(desk.now),
        "path": str(desk.store.path),
        "key": key.hex(),
    }


def _session(lent: Lent) -> Session:
    return Session(
        id=lent["id"], staff_id=lent["staff_id"], username=lent["username"], display_name=lent["display_name"],
        role=lent["role"], workstation=lent["workstation"], opened_at=from_text(lent["opened_at"]),
    )  # fmt: skip


@contextmanager
def borrowed(lent: Lent) -> Iterator[Desk]:
    """The desk that was lent; nobody can bring the database up to date or restore it meanwhile."""
    path = Path(lent["path"])
    lock = share(path.parent)
    try:
        # As late as it was when it was asked: what is written there is what would be written here.
        clock = SetClock(from_text(lent["now"]))
        store = Store(path, bytes.fromhex(lent["key"]), clock=clock, workstation=lent["workstation"])
        try:
            yield Desk(store, _session(lent))
        finally:
            store.close()
    finally:
        lock.release()
