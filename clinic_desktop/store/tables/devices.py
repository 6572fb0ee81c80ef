"""What devices and other systems sent: each message as it came, and what became of every result in it."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from clinic_desktop.store.tables.metadata import index, link, metadata, number, one_of, record, text

# `device` is who sent it (application and facility, analyser, file), `control_id` the sender's own number of it. The
# bytes lie in `device_message_parts`; the digest stands in the row, and with it in the journal. A message of results is
# "done" when each of its results stands somewhere; one of anything else waits as a whole.
device_messages = record(
    "device_messages",
    text("kind"),
    text("device"),
    text("peer", null=True),
    text("control_id", null=True),
    text("message_type"),
    text("subject"),
    text("sha256"),
    number("size"),
    text("charset", null=True),
    text("received_at"),
    text("said_of", null=True),  # whom it speaks of, as JSON: domain.devices.Named
    text("state"),
    text("why", null=True),
    text("decided_at", null=True),
    link("decided_by", "staff", null=True),
    text("filed_kind", null=True),
    text("filed_id", null=True),
    text("carried", null=True),  # what it carries besides results, as JSON: services.device_records
    one_of("kind", "hl7", "astm", "drop", "api"),
    one_of("subject", "result", "registration", "order", "medicine", "immunization", "other", "vitals", "document"),
    one_of("state", "received", "done", "review", "filed", "rejected"),
    index("ix_device_messages_sha256", "sha256"),
    index("ix_device_messages_state", "state", "received_at"),
)

# In parts, as the contents of documents are, and for the same reason.
device_message_parts = Table(
    "device_message_parts",
    metadata,
    Column("rowid_", Integer, primary_key=True),
    Column("message_id", Text, ForeignKey("device_messages.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("message_id", "number", name="uq_device_message_parts_message_id_number"),
)

# One row for each result of a message, as it was read; whose it is stands in the record that it was filed as, and in
# no column of its own, so that a merge or a parting of registrations never leaves two answers.
device_results = record(
    "device_results",
    link("message_id", "device_messages"),
    number("position"),
    text("identity"),
    text("numbers"),  # specimen and order numbers, divided by a line end
    text("code"),
    text("code_system"),
    text("title"),
    text("test_code", null=True),
    text("value_kind"),
    text("value", null=True),
    text("comparator", null=True),
    text("unit", null=True),
    text("value_system", null=True),
    text("value_code", null=True),
    text("flag", null=True),
    text("range_text", null=True),
    text("status"),
    text("measured_at", null=True),
    text("note", null=True),
    text("state"),
    text("why", null=True),
    text("decided_at", null=True),
    link("decided_by", "staff", null=True),
    text("filed_kind", null=True),
    text("filed_id", null=True),
    one_of("state", "received", "filed", "review", "rejected", "control"),
    index("ix_device_results_message_id", "message_id", "position"),
    index("ix_device_results_state", "state"),
)
