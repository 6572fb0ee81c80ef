"""Label and receipt printers, and every print that was asked for."""

from clinic_desktop.store.tables.metadata import index, link, number, one_of, record, text

# `address` is a host and port, a serial line, a device file, a queue of the system or a folder, as `way` says.
printers = record(
    "printers",
    text("name"),
    text("kind"),
    text("way"),
    text("address"),
    number("dpi"),
    number("roll_mm", default=80),
    text("documents"),  # divided by a blank
    number("look_first", default=1),
    number("drawer", default=0),
    number("active", default=1),
    one_of("kind", "label", "receipt"),
    one_of("way", "network", "serial", "device", "queue", "folder"),
)

# Whose it is stands in the record that was printed, and in no column of its own; `digest` is SHA-256 of the bytes sent.
prints = record(
    "prints",
    text("document"),
    text("record_id"),
    text("number"),  # what people call the record: MRN, specimen number, prescription number
    link("printer_id", "printers", null=True),
    text("printer"),
    number("copies"),
    text("digest"),
    number("again", default=0),
    text("reason", null=True),
    text("asked_at"),
    link("asked_by", "staff"),
    text("state"),
    text("why", null=True),
    one_of("state", "sending", "sent", "failed"),
    index("ix_prints_record_id", "record_id", "document"),
    index("ix_prints_asked_at", "asked_at"),
)
