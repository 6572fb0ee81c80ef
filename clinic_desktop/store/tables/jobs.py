"""What the background process did by itself, run by run, and the secret that its papers are sealed with.

Both stand beside the journal: a run changes no record of anybody, and a secret leaves no trace when it is changed.
"""

from sqlalchemy import Column, Integer, Table

from clinic_desktop.store.tables.metadata import index, metadata, one_of, text

job_runs = Table(
    "job_runs",
    metadata,
    Column("rowid_", Integer, primary_key=True),
    text("name"),
    text("started_at"),
    text("ended_at", null=True),
    text("outcome"),
    text("said", null=True),  # of a failure its message, remedy and facts, of a success what it told, as JSON
    one_of("outcome", "running", "done", "failed"),
    index("ix_job_runs_name", "name", "rowid_"),
)

job_secrets = Table(
    "job_secrets",
    metadata,
    Column("rowid_", Integer, primary_key=True),
    text("name", unique=True),
    text("value"),
)
