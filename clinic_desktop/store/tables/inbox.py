"""Notifications and tasks, what each person did with them, and refills that were asked for."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

# One row for each addressee: a person, or everybody of a role. What it is about is opened by its screen and arguments.
notifications = record(
    "notifications",
    text("category"),
    text("priority"),
    text("title"),
    text("body", null=True),
    link("patient_id", "patients", null=True),
    text("about_kind", null=True),
    text("about_id", null=True),
    text("screen", null=True),
    text("arguments", null=True),
    link("to_staff", "staff", null=True),
    text("to_role", null=True),
    link("sent_by", "staff", null=True),
    text("sent_at"),
    text("due_on", null=True),
    number("must_answer", default=0),
    number("level", default=0),
    link("escalates", "notifications", null=True),
    text("done_at", null=True),
    link("done_by", "staff", null=True),
    text("done_note", null=True),
    one_of("category", "critical_result", "refused_prescription", "refill", "conflict", "task", "message"),
    one_of("priority", "low", "normal", "high", "critical"),
    index("ix_notifications_to_staff", "to_staff", "done_at", "sent_at"),
    index("ix_notifications_to_role", "to_role", "done_at", "sent_at"),
    index("ix_notifications_about_id", "about_id"),
)

# What one person did with a notification that may be several people's.
notification_states = record(
    "notification_states",
    link("notification_id", "notifications"),
    link("staff_id", "staff"),
    text("read_at", null=True),
    text("snoozed_until", null=True),
    index("ix_notification_states_notification_id", "notification_id", "staff_id"),
)

refill_requests = record(
    "refill_requests",
    link("patient_id", "patients"),
    link("line_id", "prescription_lines"),
    text("medicine"),
    text("asked_by"),
    text("asked_how"),
    text("note", null=True),
    text("asked_at"),
    link("taken_by", "staff"),
    text("status"),
    text("decided_at", null=True),
    link("decided_by", "staff", null=True),
    text("reason", null=True),
    link("prescription_id", "prescriptions", null=True),
    one_of("asked_how", "in_person", "telephone", "pharmacy", "letter", "remote"),
    one_of("status", "asked", "approved", "refused", "cancelled"),
    index("ix_refill_requests_patient_id", "patient_id", "status"),
    index("ix_refill_requests_status", "status", "asked_at"),
)
