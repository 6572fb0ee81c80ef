"""Devices that were let in: who they are, the codes they came in by, and what was answered to each once."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from clinic_desktop.store.tables.metadata import index, link, metadata, number, one_of, record, text

# Of a token its hash alone is kept. Each device has an account of its own, with which nobody can sign in, so that
# what it did stands in the journal as its own.
paired_devices = record(
    "paired_devices",
    text("kind"),
    text("name"),
    link("staff_id", "staff"),
    text("token_hash", unique=True),
    text("state"),
    text("paired_at"),
    link("paired_by", "staff", null=True),
    text("revoked_at", null=True),
    link("revoked_by", "staff", null=True),
    one_of("state", "paired", "revoked"),
)

# A code that stands on the screen for some minutes, for one device.
pairing_codes = record(
    "pairing_codes",
    text("code_hash"),
    text("kind"),
    text("name"),
    text("made_at"),
    text("expires_at"),
    link("made_by", "staff"),
    number("failed", default=0),
    text("state"),
    link("device_id", "paired_devices", null=True),
    one_of("state", "open", "used", "spent", "expired"),
    index("ix_pairing_codes_state", "state"),
)

# When a device was last heard of: news of the hour, no record of the clinic, so it is not journaled.
device_sightings = Table(
    "device_sightings",
    metadata,
    Column("device_id", Text, ForeignKey("paired_devices.id"), primary_key=True),
    text("seen_at"),
)

# What a device was answered under a key of its own: written with the work itself, so that the same again does nothing.
device_answers = Table(
    "device_answers",
    metadata,
    Column("rowid_", Integer, primary_key=True),
    Column("device_id", Text, ForeignKey("paired_devices.id"), nullable=False),
    text("key"),
    text("digest"),
    text("answer"),
    text("answered_at"),
    UniqueConstraint("device_id", "key", name="uq_device_answers_device_id_key"),
)

# What a scanner read, for the window that waits for it.
device_scans = record(
    "device_scans",
    link("device_id", "paired_devices"),
    text("kind"),
    text("symbology", null=True),
    text("content"),
    text("scanned_at"),
    one_of("kind", "barcode", "card", "identity"),
)

# The one address beyond this machine that an administrator chose; its certificate lies in the clinic's folder.
local_networks = record(
    "local_networks",
    text("address"),
    number("port"),
    text("chosen_at"),
    link("chosen_by", "staff"),
    number("active", default=1),
)
