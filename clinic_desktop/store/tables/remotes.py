"""The documented systems that this clinic is connected to, and what they are signed in to with.

Secrets stand in a table beside the journal, which never holds one: they can be taken out without a trace of them left.
"""

from sqlalchemy import Table, UniqueConstraint

from clinic_desktop.store.tables.metadata import link, metadata, one_of, record, text

remotes = record(
    "remotes",
    text("system", unique=True),
    text("base_url"),
    text("state"),
    # What an administrator chose for this system, as JSON: capabilities turned on, the limit's tier, the step map.
    text("settings", default="{}"),
    text("added_at"),
    link("added_by", "staff"),
    text("credentials_at", null=True),
    one_of("state", "on", "paused", "removed"),
)

remote_secrets = Table(
    "remote_secrets",
    metadata,
    text("system"),
    text("name"),
    text("value"),
    UniqueConstraint("system", "name"),
)
