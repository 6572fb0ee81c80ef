"""The chart: encounters and their steps, vital signs, problems, allergies, medicines, addenda."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

encounters = record(
    "encounters",
    link("patient_id", "patients"),
    link("practitioner_id", "staff"),
    text("preset"),
    text("status"),
    text("started_at"),
    text("signed_at", null=True),
    link("signed_by", "staff", null=True),
    text("summary", null=True),
    one_of("status", "open", "awaiting_results", "signed", "void"),
    index("ix_encounters_patient_id", "patient_id", "started_at"),
    index("ix_encounters_status", "status", "practitioner_id"),
    index("ix_encounters_patient_status", "patient_id", "status"),
)

consultation_steps = record(
    "consultation_steps",
    link("encounter_id", "encounters"),
    link("patient_id", "patients"),
    text("step"),
    text("state"),
    text("reason", null=True),
    text("rule", null=True),
    text("rule_version", null=True),
    text("content", null=True),
    number("seconds", default=0),
    text("updated_by", null=True),
    text("updated_at", null=True),
    index("ix_consultation_steps_encounter_id", "encounter_id"),
)

addenda = record(
    "addenda",
    link("encounter_id", "encounters"),
    link("patient_id", "patients"),
    link("author_id", "staff"),
    text("written_at"),
    text("text"),
    text("reason"),
    index("ix_addenda_encounter_id", "encounter_id"),
)

vital_signs = record(
    "vital_signs",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("code"),
    text("value"),
    text("unit"),
    text("flag", default="none"),
    text("taken_at"),
    link("taken_by", "staff", null=True),
    text("status", default="final"),
    text("note", null=True),
    one_of("status", "final", "entered_in_error"),
    index("ix_vital_signs_patient_id", "patient_id", "code", "taken_at"),
    index("ix_vital_signs_encounter_id", "encounter_id"),
)

problems = record(
    "problems",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("code", null=True),
    text("title"),
    text("certainty"),
    text("status"),
    text("onset_on", null=True),
    text("resolved_on", null=True),
    text("note", null=True),
    link("noted_by", "staff", null=True),
    text("noted_at"),
    one_of("certainty", "provisional", "confirmed", "refuted"),
    one_of("status", "active", "resolved", "entered_in_error"),
    index("ix_problems_patient_id", "patient_id", "status"),
    index("ix_problems_encounter_id", "encounter_id"),
)

allergies = record(
    "allergies",
    link("patient_id", "patients"),
    text("substance"),
    text("ingredient", null=True),
    text("allergy_class", null=True),
    text("reaction", null=True),
    text("severity"),
    text("status"),
    link("noted_by", "staff", null=True),
    text("noted_at"),
    one_of("severity", "mild", "moderate", "severe", "unknown"),
    one_of("status", "active", "inactive", "entered_in_error"),
    index("ix_allergies_patient_id", "patient_id"),
)

medicines_taken = record(
    "medicines_taken",
    link("patient_id", "patients"),
    text("medicine_code", null=True),
    text("name"),
    text("dose", null=True),
    text("daily_amount", null=True),
    text("started_on", null=True),
    text("ends_on", null=True),
    text("source"),
    text("prescription_line_id", null=True),
    text("status"),
    text("stopped_reason", null=True),
    one_of("source", "prescribed", "outside"),
    one_of("status", "active", "stopped", "completed", "entered_in_error"),
    index("ix_medicines_taken_patient_id", "patient_id", "status"),
)
