"""Keeps documents in a process of its own, without end, and acknowledges each after its commit: to be killed."""

import hashlib
import random
import sys
from pathlib import Path

from clinic_desktop.clock import SystemClock
from clinic_desktop.services import documents
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import Examined
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.engine import Store

KEY = bytes(range(32))


def opened(folder: Path, staff_id: str, role: str) -> Desk:
    """A desk on the database of a folder."""
    anchor = Anchor(folder / "anchor", KEY, "window")
    store = Store(folder / "clinic.db", KEY, clock=SystemClock(), workstation="A7", anchor=anchor)
    return Desk(store, Session("s", staff_id, role, "X", role, "A7", store.clock.now()))


def main() -> None:
    """Keep documents of up to 700 kB until somebody ends it."""
    folder, doctor, patient = sys.argv[1:]
    desk = opened(Path(folder), doctor, "doctor")
    while True:
        content = random.randbytes(random.randint(1, 700_000)).hex().encode()[:700_000]
        new = NewDocument("letter", "Scan", "scanned", Examined(content, "text/plain", None, "words of it", "scan.txt"))
        made = documents.keep_document(desk, patient, new)
        sys.stdout.write(f"{made} {hashlib.sha256(content).hexdigest()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
