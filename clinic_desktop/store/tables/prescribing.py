"""Prescriptions, their lines, and every alert that was shown with what was decided."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

prescriptions = record(
    "prescriptions",
    text("number", unique=True),
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    link("prescriber_id", "staff"),
    text("signed_at"),
    text("status"),
    text("status_reason", null=True),
    text("priority", default="routine"),
    text("pack"),
    text("note", null=True),
    # Raised by every hand-out, so that two desks that hold the same one cannot both go on.
    number("hand_outs", default=0),
    # What the prescriber was registered as when it was signed, and the pharmacy outside that is to fill it.
    text("prescriber_npi", null=True),
    text("prescriber_dea", null=True),
    link("pharmacy_id", "pharmacies", null=True),
    text("expires_on", null=True),
    text("ready_at", null=True),
    text("ready_note", null=True),
    one_of("status", "signed", "preparing", "prepared", "partly_dispensed", "dispensed", "rejected", "cancelled"),
    index("ix_prescriptions_patient_id", "patient_id", "signed_at"),
    index("ix_prescriptions_status", "status", "signed_at"),
    index("ix_prescriptions_signed_at", "signed_at"),
)

prescription_lines = record(
    "prescription_lines",
    link("prescription_id", "prescriptions"),
    link("patient_id", "patients"),
    number("position"),
    text("medicine_code", null=True),
    text("name"),
    text("form", null=True),
    text("strength", null=True),
    text("dose_amount"),
    text("dose_unit"),
    text("route"),
    text("frequency"),
    number("duration_days", null=True),
    number("as_needed", default=0),
    text("as_needed_for", null=True),
    text("max_per_day", null=True),
    number("quantity"),
    text("quantity_unit"),
    text("sig"),
    text("instructions", null=True),
    number("refills", default=0),
    number("substitution_allowed", default=1),
    text("generic_name", null=True),
    text("ndc", null=True),  # eleven digits
    text("ndc_written", null=True),  # as it was typed
    text("timing", null=True),
    text("indication", null=True),
    text("diagnoses", null=True),  # codes divided by a blank
    number("controlled", default=0),
    index("ix_prescription_lines_prescription_id", "prescription_id"),
    index("ix_prescription_lines_patient_id", "patient_id"),
)

safety_alerts = record(
    "safety_alerts",
    link("prescription_id", "prescriptions"),
    link("line_id", "prescription_lines", null=True),
    link("patient_id", "patients"),
    text("tier"),
    text("kind"),
    text("rule"),
    text("drug"),
    text("with_what", null=True),
    text("text"),
    text("source"),
    text("pack"),
    text("override_reason", null=True),
    link("overridden_by", "staff", null=True),
    text("raised_at"),
    index("ix_safety_alerts_prescription_id", "prescription_id"),
)
