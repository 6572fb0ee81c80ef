"""What left for research: each anonymised export, with its approval and how alike its people were made."""

from clinic_desktop.store.tables.metadata import link, number, one_of, record, text

# Whose records are in it is in the access log, row by row; nothing here or there says who became which number.
research_exports = record(
    "research_exports",
    text("approval"),
    text("purpose", null=True),
    text("level"),
    text("preserved"),  # the fields that tell people apart, divided by a blank
    number("k_asked"),
    number("k"),
    number("patients"),
    number("records"),
    number("left_out"),
    text("sha256"),
    text("made_at"),
    link("made_by", "staff"),
    one_of("level", "full", "shifted"),
)
