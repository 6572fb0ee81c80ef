"""What belongs to what, as a system shows it."""

from sync.engine.store.rows import Rows
from sync.engine.store.tables import Shadow


def beneath(rows: Rows, system: str, remote_id: str) -> list[Shadow]:
    """What stands under a record there, and what stands under that: the results of a patient's orders."""
    found: dict[tuple[str, str], Shadow] = {}
    above = {remote_id}
    while above:
        under = [one for each in sorted(above) for one in rows.find(Shadow, system=system, parent=each)]
        # The results of an order bear its number.
        above = {one.remote_id for one in under if (one.kind, one.remote_id) not in found}
        found |= {(one.kind, one.remote_id): one for one in under}
    return list(found.values())
