"""The people who work here, and the role each signs in with."""

from clinic_desktop.store.tables.metadata import number, one_of, record, text

ROLES = ("doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier", "administrator")

staff = record(
    "staff",
    text("username", unique=True),
    text("display_name"),
    text("role"),
    text("specialty", null=True),
    text("licence", null=True),
    number("active", default=1),
    one_of("role", *ROLES),
)
