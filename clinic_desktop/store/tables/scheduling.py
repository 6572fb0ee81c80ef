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
    text("number", null=True),
    text("kind", null=True),
    link("place_id", "places", null=True),
    number("telehealth", default=0),
    text("priority", default="routine"),
    text("note", null=True),
    text("reminder_methods", null=True),  # divided by a blank
    text("confirmation_code", null=True),
    text("confirmed_at", null=True),
    text("booked_at", null=True),
    text("cancelled_at", null=True),
    text("cancelled_by", null=True),  # who wanted it: the patient, the clinic or somebody else
    number("tell_patient", default=0),
    index("ix_appointments_starts_at", "starts_at"),
    index("ix_appointments_patient_id", "patient_id"),
    index("ix_appointments_practitioner_id", "practitioner_id", "starts_at"),
)

# Each time that a patient was reminded of an appointment, and how.
appointment_reminders = record(
    "appointment_reminders",
    link("appointment_id", "appointments"),
    link("patient_id", "patients"),
    text("method"),
    text("sent_at"),
    link("sent_by", "staff", null=True),
    text("note", null=True),
    index("ix_appointment_reminders_appointment_id", "appointment_id"),
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
    index("ix_queue_entries_checked_in_at", "checked_in_at"),
)
