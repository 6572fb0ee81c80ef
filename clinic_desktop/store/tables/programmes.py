"""Digital health programmes, who takes part in them, and how far they have come."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

# `features`, `requirements`, `outcomes` and `instructors` are JSON lists; `rating` and `reviews` are what a provider
# says of its own programme.
programmes = record(
    "programmes",
    text("name"),
    text("description"),
    text("category"),
    number("weeks", null=True),
    text("difficulty", null=True),
    text("provider", null=True),
    text("features", default="[]"),
    text("requirements", default="[]"),
    text("outcomes", default="[]"),
    text("instructors", default="[]"),
    text("starts_on", null=True),
    text("ends_on", null=True),
    number("capacity", null=True),
    text("eligibility", null=True),
    number("needs_consent", default=1),
    text("rating", null=True),
    number("reviews", null=True),
    text("status"),
    text("added_at"),
    one_of("status", "active", "archived"),
    index("ix_programmes_status", "status", "name"),
)

programme_steps = record(
    "programme_steps",
    link("programme_id", "programmes"),
    number("position"),
    number("week", null=True),
    text("title"),
    text("topics", null=True),
    number("sessions", default=1),
    number("minutes", null=True),
    text("measure", null=True),
    index("ix_programme_steps_programme_id", "programme_id", "position"),
)

programme_enrolments = record(
    "programme_enrolments",
    link("programme_id", "programmes"),
    link("patient_id", "patients"),
    link("consent_id", "consents", null=True),
    text("starts_on"),
    text("expected_on", null=True),
    text("goals", default="[]"),
    text("preferences", default="{}"),
    text("status"),
    link("enrolled_by", "staff", null=True),
    text("enrolled_at"),
    text("ended_on", null=True),
    text("end_reason", null=True),
    one_of("status", "enrolled", "completed", "withdrawn"),
    index("ix_programme_enrolments_patient_id", "patient_id"),
    index("ix_programme_enrolments_programme_id", "programme_id", "status"),
)

programme_progress = record(
    "programme_progress",
    link("enrolment_id", "programme_enrolments"),
    link("patient_id", "patients"),
    link("step_id", "programme_steps"),
    text("done_on"),
    text("value", null=True),
    text("note", null=True),
    link("noted_by", "staff", null=True),
    text("noted_at"),
    text("status", default="final"),
    one_of("status", "final", "entered_in_error"),
    index("ix_programme_progress_enrolment_id", "enrolment_id"),
)
