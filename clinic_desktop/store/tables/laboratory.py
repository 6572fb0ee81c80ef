"""The laboratory's catalogue, orders, specimens, results with every version kept, and critical call-backs."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

lab_tests = record(
    "lab_tests",
    text("code", unique=True),
    text("name"),
    text("loinc", null=True),
    text("unit", null=True),
    text("specimen"),
    text("section"),
    text("kind"),
    text("choices", null=True),
    number("decimals", default=0),
    text("plausible_low", null=True),
    text("plausible_high", null=True),
    text("price_code", null=True),
    number("active", default=1),
    text("source"),
    one_of("kind", "numeric", "choice", "text"),
)

lab_panels = record(
    "lab_panels",
    text("code", unique=True),
    text("name"),
    text("tests"),
    text("price_code", null=True),
    number("active", default=1),
)

# `test_code` is a test of the catalogue or, for what is measured elsewhere, a LOINC code, and `unit` its unit.
lab_ranges = record(
    "lab_ranges",
    text("test_code"),
    text("sex"),
    number("age_from_days"),
    number("age_to_days"),
    text("low", null=True),
    text("high", null=True),
    text("critical_low", null=True),
    text("critical_high", null=True),
    text("source"),
    number("active", default=1),
    text("unit", null=True),
    one_of("sex", "any", "female", "male"),
    index("ix_lab_ranges_test_code", "test_code"),
)

lab_orders = record(
    "lab_orders",
    text("number", unique=True),
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    link("ordered_by", "staff"),
    text("ordered_at"),
    text("priority"),
    text("note", null=True),
    text("status"),
    text("clinical_information", null=True),
    text("diagnoses", null=True),  # codes divided by a blank
    text("collection_instructions", null=True),
    text("collect_at", null=True),
    link("place_id", "places", null=True),
    text("conclusion", null=True),
    one_of("priority", "stat", "urgent", "routine"),
    one_of("status", "ordered", "collected", "partly_released", "released", "cancelled"),
    index("ix_lab_orders_patient_id", "patient_id", "ordered_at"),
    index("ix_lab_orders_status", "status", "ordered_at"),
    index("ix_lab_orders_ordered_at", "ordered_at"),
)

lab_order_tests = record(
    "lab_order_tests",
    link("order_id", "lab_orders"),
    link("patient_id", "patients"),
    text("test_code"),
    text("panel_code", null=True),
    link("specimen_id", "specimens", null=True),
    text("status"),
    text("status_reason", null=True),
    number("position", default=0),
    one_of("status", "ordered", "collected", "resulted", "released", "rejected", "cancelled"),
    index("ix_lab_order_tests_order_id", "order_id"),
    index("ix_lab_order_tests_status", "status"),
    index("ix_lab_order_tests_patient_id", "patient_id", "test_code"),
)

specimens = record(
    "specimens",
    text("number", unique=True),
    link("order_id", "lab_orders"),
    link("patient_id", "patients"),
    text("kind"),
    text("collected_at"),
    link("collected_by", "staff"),
    text("status"),
    text("rejected_reason", null=True),
    one_of("status", "collected", "rejected"),
    index("ix_specimens_order_id", "order_id"),
)

# A correction is a new row that supersedes another; both stay.
lab_results = record(
    "lab_results",
    link("order_test_id", "lab_order_tests"),
    link("patient_id", "patients"),
    text("test_code"),
    text("value"),
    text("unit", null=True),
    text("flag"),
    text("range_text", null=True),
    text("range_source", null=True),
    text("entered_at"),
    link("entered_by", "staff"),
    text("released_at", null=True),
    link("released_by", "staff", null=True),
    text("status"),
    text("correction_reason", null=True),
    link("supersedes", "lab_results", null=True),
    text("note", null=True),
    one_of("status", "entered", "released", "superseded"),
    one_of("flag", "none", "N", "L", "H", "LL", "HH", "A"),
    index("ix_lab_results_order_test_id", "order_test_id"),
    index("ix_lab_results_patient_id", "patient_id", "test_code", "entered_at"),
    index("ix_lab_results_released_at", "released_at"),
)

callbacks = record(
    "callbacks",
    link("result_id", "lab_results"),
    link("patient_id", "patients"),
    text("told_whom"),
    text("told_at"),
    link("told_by", "staff"),
    number("read_back"),
    text("note", null=True),
    index("ix_callbacks_result_id", "result_id"),
)
