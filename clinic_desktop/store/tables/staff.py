"""The people who work here, and the role each signs in with."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

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
    text("npi", null=True),
    text("dea", null=True),
    text("credentials", null=True),
    text("phone", null=True),
    text("email", null=True),
)

# When somebody works, by weekday (0 is Monday) and place; times as HH:MM. What no longer holds is kept, not active.
staff_hours = record(
    "staff_hours",
    link("staff_id", "staff"),
    link("place_id", "places", null=True),
    number("weekday"),
    text("starts"),
    text("ends"),
    number("active", default=1),
    index("ix_staff_hours_staff_id", "staff_id", "active"),
)
