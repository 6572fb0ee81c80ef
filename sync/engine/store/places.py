"""Questions about the places that are taken in the documented limits."""

from sync.engine.store.rows import Rows


def places_since(rows: Rows, system: str, bucket: str, number: int) -> list[tuple[int, float, float]]:
    """The places of a limit with a higher number, and (-1) until when it is held: number, since when, hold."""
    found = rows.run(
        "SELECT n, at, hold FROM sync_budget WHERE system = ? AND bucket = ? AND n > ?"
        " UNION ALL SELECT n, at, hold FROM sync_budget WHERE system = ? AND bucket = ? AND n = -1",
        (system, bucket, number, system, bucket),
    )
    return [(int(row[0]), float(row[1]), float(row[2])) for row in found.fetchall()]


def forget_places(rows: Rows, system: str, bucket: str, until: float) -> None:
    """Remove the places of a limit that are not counted any more."""
    rows.run("DELETE FROM sync_budget WHERE system = ? AND bucket = ? AND n >= 0 AND at <= ?", (system, bucket, until))
