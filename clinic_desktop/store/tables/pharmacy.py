"""What the pharmacy stocks, lots, the append-only stock ledger, and what was dispensed."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

products = record(
    "products",
    text("medicine_code", null=True),
    text("name"),
    text("form"),
    text("strength"),
    text("unit"),
    number("pack_size", default=1),
    number("reorder_level", default=0),
    text("price_code", null=True),
    number("controlled", default=0),
    number("active", default=1),
    text("ndc", null=True),
    text("vaccine_code", null=True),  # CVX, of a vaccine: one base unit is one dose
    index("ix_products_medicine_code", "medicine_code"),
    index("ix_products_vaccine_code", "vaccine_code"),
)

# Which trade item numbers (GTIN-14) are packs of which product; one that was wrong is put out of use.
product_packs = record(
    "product_packs",
    link("product_id", "products"),
    text("gtin"),
    number("active", default=1),
    index("ix_product_packs_gtin", "gtin", "active"),
)

stock_lots = record(
    "stock_lots",
    link("product_id", "products"),
    text("lot"),
    text("expires_on"),
    text("gtin", null=True),
    number("recalled", default=0),
    index("ix_stock_lots_product_id", "product_id", "expires_on"),
)

# One row for each movement, in base units; never changed: a cancellation is a row that reverses another.
stock_moves = record(
    "stock_moves",
    link("product_id", "products"),
    link("lot_id", "stock_lots"),
    text("kind"),
    number("quantity"),
    text("moved_at"),
    text("recorded_at"),
    text("dispense_id", null=True),
    link("reverses", "stock_moves", null=True),
    text("reason", null=True),
    link("moved_by", "staff", null=True),
    one_of("kind", "receive", "dispense", "adjust", "count", "cancel"),
    # Both hold the quantity too, so that a balance is summed from the index alone.
    index("ix_stock_moves_lot_id", "lot_id", "moved_at", "quantity"),
    index("ix_stock_moves_product_id", "product_id", "lot_id", "quantity"),
    index("ix_stock_moves_reverses", "reverses"),
)

dispenses = record(
    "dispenses",
    link("prescription_id", "prescriptions"),
    link("line_id", "prescription_lines"),
    link("patient_id", "patients"),
    link("product_id", "products"),
    link("lot_id", "stock_lots"),
    number("quantity"),
    # What it covers of the line: another number than `quantity` where another strength was handed out.
    number("covers"),
    text("dispensed_at"),
    link("dispensed_by", "staff"),
    number("counselled", default=0),
    text("counselling_note", null=True),
    text("substituted_reason", null=True),
    text("status", default="dispensed"),
    text("cancelled_reason", null=True),
    one_of("status", "dispensed", "cancelled"),
    index("ix_dispenses_prescription_id", "prescription_id"),
    index("ix_dispenses_line_id", "line_id"),
    index("ix_dispenses_patient_id", "patient_id"),
    index("ix_dispenses_dispensed_at", "dispensed_at"),
)
