"""The clinic's own places, and the pharmacies outside that its patients go to."""

from clinic_desktop.store.tables.metadata import index, number, record, text

places = record(
    "places",
    text("name"),
    text("phone", null=True),
    text("address", null=True),
    text("city", null=True),
    text("district", null=True),
    text("postal_code", null=True),
    text("country", null=True),
    number("active", default=1),
)

pharmacies = record(
    "pharmacies",
    text("name"),
    text("ncpdp", null=True),
    text("phone", null=True),
    text("email", null=True),
    text("address", null=True),
    text("city", null=True),
    text("district", null=True),
    text("postal_code", null=True),
    text("country", null=True),
    number("active", default=1),
    index("ix_pharmacies_name", "name"),
)
