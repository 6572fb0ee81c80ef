"""The clinic's own places, and the pharmacies outside that its patients go to."""

from sqlalchemy import Column

from clinic_desktop.store.tables.metadata import index, number, record, text


def _where() -> list[Column[str]]:
    return [text(name, null=True) for name in ("address", "city", "district", "postal_code", "country")]


places = record(
    "places",
    text("name"),
    text("phone", null=True),
    *_where(),
    number("active", default=1),
)

pharmacies = record(
    "pharmacies",
    text("name"),
    text("ncpdp", null=True),
    text("phone", null=True),
    text("email", null=True),
    *_where(),
    number("active", default=1),
    index("ix_pharmacies_name", "name"),
)
