"""The journal, the access log, and what keeps acts single: append-only, chained, one chain for each workstation."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text, UniqueConstraint

from clinic_desktop.store.tables.metadata import index, metadata, number, record, text

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True),
    text("workstation"),
    number("n"),
    number("hlc"),
    text("at"),
    text("session", null=True),
    text("act"),
    text("kind"),
    text("record"),
    number("revision"),
    text("patient", null=True),
    text("reason", null=True),
    text("patch", null=True),
    Column("content_mac", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("workstation", "n"),
    index("ix_journal_record", "record"),
    index("ix_journal_patient", "patient"),
    index("ix_journal_act", "act"),
    sqlite_autoincrement=True,
)

access = Table(
    "access",
    metadata,
    Column("seq", Integer, primary_key=True),
    text("workstation"),
    number("n"),
    number("hlc"),
    text("at"),
    text("session", null=True),
    text("kind"),
    text("patient", null=True),
    text("subject", null=True),
    text("detail", null=True),
    Column("content_mac", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("workstation", "n"),
    index("ix_access_patient", "patient"),
    sqlite_autoincrement=True,
)

acts = Table(
    "acts",
    metadata,
    Column("id", Text, primary_key=True),
    text("name"),
    text("session", null=True),
    text("arguments", null=True),
    text("result", null=True),
    sqlite_with_rowid=False,
)

drafts = Table(
    "drafts",
    metadata,
    text("staff_id"),
    text("form"),
    text("subject"),
    text("fields"),
    text("updated_at"),
    UniqueConstraint("staff_id", "form", "subject"),
)

numbers = Table(
    "numbers",
    metadata,
    Column("kind", Text, primary_key=True),
    number("last"),
)

settings = record(
    "settings",
    text("name", unique=True),
    text("value"),
)

sessions = record(
    "sessions",
    text("staff_id"),
    text("role"),
    text("workstation"),
    text("method"),
    text("opened_at"),
    text("closed_at", null=True),
    text("closed_why", null=True),
)

workstations = record(
    "workstations",
    text("code", unique=True),
    text("name"),
    text("made_at"),
)
