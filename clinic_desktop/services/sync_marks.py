"""How far each system has been told, beside the database and not in it: a backup that is restored forgets it.

The engine compares it with what the database remembers, before it sends anything. A folder that a backup was restored
to is given marks that no database remembers: what was sent since the backup is looked for there, and not sent again.
That a backup was restored stands in the restored database as well: it holds even where the marks are lost.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from clinic_desktop.vault.durable import write_durably

FILE = "sync-marks"
# The engine knows this name too, and forgets it when it has taken the database for an older one.
PUT_BACK = "put back"


def read(profile: Path) -> dict[str, tuple[str, int, int]] | None:
    """By system: which life of the database it is, how many requests it has sent, and its last place.

    None where something stands there and cannot be read, as after a power cut.
    """
    try:
        found = json.loads((profile / FILE).read_text(encoding="ascii"))
        return {
            str(name): (str(one[0]), int(one[1]), int(one[2]) if len(one) > 2 else 0) for name, one in found.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, LookupError):
        return None


def forget(making: Path, before: Path, systems: Iterable[str], epoch: int) -> None:
    """Mark a restored folder, whatever stood there `before`: of no system is it known how far it was told."""
    known = read(before) or {}
    write(making, {name: (f"restored-{epoch}", *known.get(name, ("", 0, 0))[1:]) for name in systems}, durably=True)


def note_in(connection: Connection, systems: Iterable[str]) -> None:
    """Note in a restored database that it is an older one: of every system, until the engine has heard of it."""
    said = "INSERT OR REPLACE INTO sync_state (system, name, value) VALUES (?, ?, 'yes')"
    for name in systems:
        connection.exec_driver_sql(said, (name, PUT_BACK))


def write(profile: Path, marks: Mapping[str, Sequence[str | int]], *, durably: bool) -> None:
    """Replace what stands there. Without `durably` a power cut may leave an older one, or one that cannot be read."""
    data = json.dumps(marks).encode("ascii")
    if durably:
        write_durably(profile / FILE, data)
        return
    part = profile / f".{FILE}.{os.getpid()}.part"
    part.write_bytes(data)
    part.replace(profile / FILE)
