"""What happened since: screens ask again when an entry touches what they show."""

from clinic_desktop.services.acts import Read, query


@query
def journal_head(read: Read) -> int:
    """The cursor at the journal's end."""
    return int(read.conn.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM journal").scalar_one())


@query
def kinds_since(read: Read, seq: int) -> tuple[int, frozenset[tuple[str, str | None]]]:
    """The new cursor, and every (kind, patient) that happened after `seq`."""
    rows = read.conn.exec_driver_sql("SELECT seq, kind, patient FROM journal WHERE seq > ? ORDER BY seq", (seq,)).all()
    return (rows[-1][0] if rows else seq), frozenset((row[1], row[2]) for row in rows)
