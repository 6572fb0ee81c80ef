"""What care elsewhere cost and who paid for it: history, and never a part of this clinic's own ledger.

Amounts in minor units of `currency`; null is what the other system left empty. Instants are kept as they came
(`..._text`) and beside that so that they sort.
"""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

outside_bills = record(
    "outside_bills",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("payer", null=True),
    text("second_payer", null=True),
    text("provider", null=True),
    text("status"),
    text("diagnoses", null=True),  # codes divided by a blank, the first is the main one
    text("served_at", null=True),
    text("served_text", null=True),
    text("currency"),
    number("payer_owes", null=True),
    number("second_payer_owes", null=True),
    number("patient_owes", null=True),
    one_of("status", "open", "closed"),
    index("ix_outside_bills_patient_id", "patient_id", "served_at"),
)

# Each movement as it stood there. A transfer moves what is owed from one payer to the next: its two rows come to
# nothing together.
outside_bill_lines = record(
    "outside_bill_lines",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    link("bill_id", "outside_bills", null=True),
    text("kind"),
    text("number", null=True),
    text("code", null=True),
    text("description", null=True),
    text("method", null=True),
    text("units", null=True),
    text("currency"),
    number("unit_amount", null=True),
    number("amount", null=True),
    number("payments", null=True),
    number("adjustments", null=True),
    number("transfers", null=True),
    number("outstanding", null=True),
    text("happened_at", null=True),
    text("happened_text", null=True),
    text("ended_text", null=True),
    one_of("kind", "charge", "payment", "adjustment", "transfer_in", "transfer_out"),
    index("ix_outside_bill_lines_patient_id", "patient_id", "happened_at"),
    index("ix_outside_bill_lines_bill_id", "bill_id"),
)

# What a visit, a procedure, a medicine or a vaccine is said to have cost. Of a person: all of their life so far.
outside_costs = record(
    "outside_costs",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("kind"),
    text("title", null=True),
    text("payer", null=True),
    text("currency"),
    number("base", null=True),
    number("total", null=True),
    number("covered", null=True),
    text("units", null=True),  # how many times over, as of a medicine that was handed out
    text("happened_at", null=True),
    text("happened_text", null=True),
    one_of("kind", "person", "visit", "medicine", "procedure", "immunization"),
    index("ix_outside_costs_patient_id", "patient_id", "kind", "happened_at"),
)
