"""How far each system has been told, beside the database and not in it: a backup that is restored forgets it.

The engine compares it with what the database remembers, before it sends anything. A folder that a backup was restored
to is given marks that no database remembers: what was sent since the backup is looked for there, and not sent again.
"""

import json
from collections.abc import Iterable
from pathlib import Path

FILE = "sync-marks"


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
    marks = {name: (f"restored-{epoch}", *known.get(name, ("", 0, 0))[1:]) for name in systems}
    (making / FILE).write_text(json.dumps(marks), encoding="ascii")
