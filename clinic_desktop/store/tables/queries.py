"""Queries that administrators put together and kept under a name."""

from clinic_desktop.store.tables.metadata import link, one_of, record, text

saved_queries = record(
    "saved_queries",
    text("name", unique=True),
    text("definition"),  # JSON, as domain.report_query writes it
    link("saved_by", "staff"),
    text("saved_at"),
    text("status", default="kept"),
    one_of("status", "kept", "dropped"),
)
