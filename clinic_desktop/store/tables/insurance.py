"""Insurers, their plans, who is covered by them, what each owes on an invoice, and the claims for it."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

insurers = record(
    "insurers",
    text("name"),
    text("payer_code", null=True),
    text("phone", null=True),
    text("email", null=True),
    text("address", null=True),
    text("policy_format", null=True),  # 9 a digit, A a letter, X either; several divided by |
    number("active", default=1),
)

# Amounts in minor units of `currency`; `ceiling` is for one calendar year; `filing_days` counts from the service.
plans = record(
    "plans",
    link("insurer_id", "insurers"),
    text("name"),
    number("share"),
    number("copay", default=0),
    number("ceiling", null=True),
    text("currency"),
    number("needs_authorisation", default=0),
    number("filing_days", null=True),
    text("valid_from", null=True),
    text("valid_until", null=True),
    number("active", default=1),
    index("ix_plans_insurer_id", "insurer_id"),
)

# `position` is the order in which the covers pay: 1 primary, 2 secondary. The last day of a cover still counts.
covers = record(
    "covers",
    link("patient_id", "patients"),
    link("plan_id", "plans"),
    number("position"),
    text("policy_number"),
    text("group_number", null=True),
    text("holder", null=True),
    text("relation"),
    text("valid_from"),
    text("valid_until", null=True),
    text("verified_on", null=True),
    link("verified_by", "staff", null=True),
    text("ended_on", null=True),
    text("ended_reason", null=True),
    link("recorded_by", "staff", null=True),
    text("recorded_at"),
    one_of("relation", "self", "spouse", "child", "parent", "other"),
    index("ix_covers_patient_id", "patient_id", "position"),
    index("ix_covers_plan_id", "plan_id"),
)

invoice_shares = record(
    "invoice_shares",
    link("invoice_id", "invoices"),
    link("patient_id", "patients"),
    link("cover_id", "covers"),
    number("position"),
    text("insurer"),
    number("share"),
    number("amount"),
    text("currency"),
    text("owed_on"),
    index("ix_invoice_shares_invoice_id", "invoice_id"),
    index("ix_invoice_shares_cover_id", "cover_id", "owed_on"),
)

claim_batches = record(
    "claim_batches",
    text("number", unique=True),
    link("insurer_id", "insurers"),
    number("claims"),
    number("claimed"),
    text("currency"),
    text("made_at"),
    link("made_by", "staff"),
    text("sent_at", null=True),
    link("sent_by", "staff", null=True),
)

claims = record(
    "claims",
    text("number", unique=True),
    link("patient_id", "patients"),
    link("invoice_id", "invoices"),
    link("cover_id", "covers"),
    link("batch_id", "claim_batches", null=True),
    text("status"),
    text("diagnoses", null=True),  # codes divided by a blank, the first is the main one
    text("authorisation", null=True),
    number("billed"),
    number("claimed"),
    number("paid", default=0),
    text("currency"),
    text("payer_reference", null=True),
    text("reason", null=True),
    link("resubmission_of", "claims", null=True),
    text("made_at"),
    link("made_by", "staff"),
    text("sent_at", null=True),
    text("submission_method", null=True),
    # What of it was asked of the secondary insurer instead, and the claim to the primary that such a one came from.
    number("moved", null=True),
    link("primary_claim_id", "claims", null=True),
    one_of(
        "status", "draft", "ready", "sent", "accepted", "rejected", "paid", "partly_paid", "cancelled",
    ),
    index("ix_claims_patient_id", "patient_id", "made_at"),
    index("ix_claims_invoice_id", "invoice_id"),
    index("ix_claims_status", "status", "made_at"),
    index("ix_claims_batch_id", "batch_id"),
)  # fmt: skip

claim_lines = record(
    "claim_lines",
    link("claim_id", "claims"),
    link("patient_id", "patients"),
    link("charge_id", "charges"),
    number("position"),
    text("code", null=True),
    text("modifiers", null=True),
    text("description"),
    text("served_on"),
    number("quantity"),
    number("amount"),
    text("pointers", null=True),  # places of the diagnoses it is for, divided by a blank
    index("ix_claim_lines_claim_id", "claim_id"),
    index("ix_claim_lines_charge_id", "charge_id"),
)

# What the insurer answered; one taken back keeps its row and says why. Amounts in minor units.
claim_answers = record(
    "claim_answers",
    link("claim_id", "claims"),
    link("patient_id", "patients"),
    text("answer"),
    number("paid"),
    number("to_patient"),
    number("written_off"),
    text("payer_reference", null=True),
    text("reason", null=True),
    text("answered_on"),
    text("entered_at"),
    link("entered_by", "staff"),
    text("before"),
    text("taken_back", null=True),
    one_of("answer", "accepted", "rejected", "paid", "partly_paid"),
    index("ix_claim_answers_claim_id", "claim_id"),
)
