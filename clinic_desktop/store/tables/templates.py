"""The texts that letters begin with: every version of each, one of them current."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

# `template` is the same for every version of one; a version that was used is never changed but for its status.
letter_templates = record(
    "letter_templates",
    text("template"),
    number("version"),
    text("name"),
    text("kind"),
    text("title"),
    text("body"),
    text("saved_at"),
    link("saved_by", "staff"),
    text("status"),
    one_of("status", "current", "superseded", "retired"),
    index("ix_letter_templates_template", "template", "version"),
)
