"""Appointments, and the queue of those who are here."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

appointments = record(
    "appointments",
    link("patient_id", "patients"),
    link("practitioner_id", "staff"),
    text("room", null=True),
    text("starts_at"),
    number("minutes"),
    text("reason", null=True),
    text("status"),
    text("status_reason", null=True),
    text("booked_by"),
    one_of("status", "booked", "arrived", "completed", "cancelled", "no_show"),
    index("ix_appointments_starts_at", "starts_at"),
    index("ix_appointments_patient_id", "patient_id"),
    index("ix_appointments_practitioner_id", "practitioner_id", "starts_at"),
)

queue_entries = record(
    "queue_entries",
    link("patient_id", "patients"),
    link("appointment_id", "appointments", null=True),
    link("practitioner_id", "staff", null=True),
    link("encounter_id", "encounters", null=True),
    text("priority"),
    text("complaint", null=True),
    text("checked_in_at"),
    text("called_at", null=True),
    link("called_by", "staff", null=True),
    text("finished_at", null=True),
    text("status"),
    text("status_reason", null=True),
    number("ticket"),
    one_of("priority", "emergency", "urgent", "routine"),
    one_of("status", "waiting", "called", "in_consultation", "done", "left"),
    index("ix_queue_entries_status", "status", "checked_in_at"),
    index("ix_queue_entries_patient_id", "patient_id"),
)
