"""Parts of a record given to somebody outside, and every copy that was made for them."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

shares = record(
    "shares",
    text("number", unique=True),
    link("patient_id", "patients"),
    link("consent_id", "consents", null=True),
    link("break_glass_id", "break_glass", null=True),
    text("recipient_name"),
    text("recipient_type"),
    text("recipient_organisation", null=True),
    text("recipient_email", null=True),
    text("purpose"),
    text("message", null=True),
    text("sections"),
    text("permissions"),
    text("format"),
    text("expires_at"),
    text("status"),
    link("created_by", "staff"),
    text("created_at"),
    text("withdrawn_at", null=True),
    link("withdrawn_by", "staff", null=True),
    text("withdrawal_reason", null=True),
    one_of("recipient_type", "healthcare_provider", "patient", "guardian", "insurer", "other"),
    one_of("format", "pdf", "fhir"),
    one_of("status", "active", "withdrawn"),
    index("ix_shares_patient_id", "patient_id"),
)

share_copies = record(
    "share_copies",
    link("share_id", "shares"),
    link("patient_id", "patients"),
    link("made_by", "staff"),
    text("made_at"),
    link("break_glass_id", "break_glass", null=True),
    text("sha256", null=True),
    number("bytes", null=True),
    index("ix_share_copies_share_id", "share_id"),
)
