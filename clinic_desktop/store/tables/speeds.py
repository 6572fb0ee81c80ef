"""How fast each screen was, in small counts per day: it stands beside the journal, and names nobody."""

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from clinic_desktop.store.tables.metadata import index, metadata, number, text

# `within` is the upper edge, in milliseconds, of the step of the scale that an opening fell into.
screen_speeds = Table(
    "screen_speeds",
    metadata,
    Column("rowid_", Integer, primary_key=True),
    text("day"),
    text("workstation"),
    text("screen"),
    number("within"),
    number("openings"),
    UniqueConstraint("day", "workstation", "screen", "within"),
    index("ix_screen_speeds_day", "day"),
)
