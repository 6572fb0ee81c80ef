"""Prices, charges, invoices, the append-only ledger, receipts and cashier shifts; money in minor units."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

prices = record(
    "prices",
    text("code", unique=True),
    text("name"),
    text("kind"),
    number("amount"),
    text("currency"),
    number("active", default=1),
    text("procedure_code", null=True),  # CPT or HCPCS, with which it is billed to insurers
    one_of("kind", "consultation", "test", "medicine", "procedure", "other"),
)

charges = record(
    "charges",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("source_kind"),
    text("source_id"),
    text("price_code", null=True),
    text("description"),
    number("quantity"),
    number("unit_amount"),
    text("currency"),
    text("charged_at"),
    text("status"),
    text("reason", null=True),
    text("undone", null=True),  # why what was charged was taken back or cancelled when it stood on an invoice already
    link("invoice_id", "invoices", null=True),
    text("number", null=True),
    text("procedure_code", null=True),
    text("modifiers", null=True),  # divided by a blank
    text("diagnoses", null=True),
    link("provider_id", "staff", null=True),
    text("note", null=True),
    one_of("status", "pending", "invoiced", "cancelled"),
    index("ix_charges_patient_id", "patient_id", "status"),
    index("ix_charges_source_id", "source_id"),
)

invoices = record(
    "invoices",
    text("number", unique=True),
    link("patient_id", "patients"),
    text("issued_at"),
    link("issued_by", "staff"),
    text("currency"),
    text("insurer", null=True),
    number("insurance_share", default=0),
    number("total"),
    number("discount"),
    text("discount_reason", null=True),
    number("insurer_owes"),
    number("patient_owes"),
    text("status"),
    text("void_reason", null=True),
    text("due_on", null=True),
    one_of("status", "issued", "void"),
    index("ix_invoices_patient_id", "patient_id", "issued_at"),
    index("ix_invoices_issued_at", "issued_at"),
)

invoice_lines = record(
    "invoice_lines",
    link("invoice_id", "invoices"),
    link("patient_id", "patients"),
    link("charge_id", "charges"),
    text("description"),
    number("quantity"),
    number("unit_amount"),
    number("amount"),
    number("position"),
    text("procedure_code", null=True),
    text("modifiers", null=True),
    index("ix_invoice_lines_invoice_id", "invoice_id"),
)

# Double entry: the postings of one movement sum to zero; never changed, only reversed.
ledger = record(
    "ledger",
    text("movement"),
    text("kind"),
    text("account"),
    number("amount"),
    text("currency"),
    text("posted_at"),
    link("patient_id", "patients", null=True),
    link("invoice_id", "invoices", null=True),
    link("payment_id", "payments", null=True),
    link("shift_id", "shifts", null=True),
    index("ix_ledger_movement", "movement"),
    index("ix_ledger_invoice_id", "invoice_id"),
    index("ix_ledger_shift_id", "shift_id"),
)

payments = record(
    "payments",
    text("number", unique=True),
    link("invoice_id", "invoices"),
    link("patient_id", "patients"),
    link("shift_id", "shifts"),
    text("kind"),
    text("method"),
    number("amount"),
    text("currency"),
    text("paid_at"),
    link("taken_by", "staff"),
    text("reference", null=True),
    link("refund_of", "payments", null=True),
    text("reason", null=True),
    text("card_type", null=True),
    text("card_last_four", null=True),
    one_of("kind", "payment", "refund"),
    one_of("method", "cash", "card", "mobile_money", "bank_transfer"),
    index("ix_payments_invoice_id", "invoice_id"),
    index("ix_payments_shift_id", "shift_id"),
    index("ix_payments_paid_at", "paid_at"),
)

shifts = record(
    "shifts",
    link("cashier_id", "staff"),
    text("opened_at"),
    number("opening_float"),
    text("currency"),
    text("closed_at", null=True),
    number("counted_cash", null=True),
    number("expected_cash", null=True),
    text("difference_reason", null=True),
    index("ix_shifts_cashier_id", "cashier_id", "closed_at"),
)
