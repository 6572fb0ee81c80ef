"""Documents, the contents they carry, and what a search over them reads."""

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from clinic_desktop.store.tables.metadata import index, link, metadata, number, one_of, record, text

# What a document carries, once for each content however many documents have it. `media_type` is what the content
# itself says, never its name. The bytes lie in `attachment_parts`.
attachments = record(
    "attachments",
    text("sha256", unique=True),
    number("size"),
    text("media_type"),
    number("pages", null=True),
)

# Rows and not files: the page that holds a part is encrypted and authenticated under its own number, the part commits
# with the document that speaks of it or not at all, and every backup, proof and restore carries it with the rest.
# A file beside the database would be the same bytes in a backup (one file), with a second way to lose them.
attachment_parts = Table(
    "attachment_parts",
    metadata,
    Column("rowid_", Integer, primary_key=True),
    Column("attachment_id", Text, ForeignKey("attachments.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("attachment_id", "number", name="uq_attachment_parts_attachment_id_number"),
)

# `kind` is a word of domain.documents.KINDS, `code` a LOINC document code. The author is of the staff or named as an
# outsider. `body` is the text of what was written here. `supersedes` is the version before; a version has one
# successor that stands. `file_name` is what somebody else called it: shown, never opened.
documents = record(
    "documents",
    link("patient_id", "patients"),
    link("encounter_id", "encounters", null=True),
    text("kind"),
    text("code", null=True),
    text("title"),
    text("status"),
    text("source"),
    text("confidentiality", default="N"),
    link("author_id", "staff", null=True),
    text("author_name", null=True),
    text("author_organization", null=True),
    text("written_at", null=True),
    text("received_at"),
    link("received_by", "staff", null=True),
    text("signed_at", null=True),
    link("signed_by", "staff", null=True),
    link("supersedes", "documents", null=True),
    number("version", default=1),
    link("attachment_id", "attachments", null=True),
    text("declared_type", null=True),
    text("file_name", null=True),
    text("language", null=True),
    text("description", null=True),
    text("addressed_to", null=True),
    text("from_on", null=True),
    text("until_on", null=True),
    text("body", null=True),
    text("department", null=True),
    text("visit_on", null=True),
    text("outside_id", null=True),
    text("error_reason", null=True),
    link("template_id", "letter_templates", null=True),  # the version of the template that it was begun with
    one_of("status", "draft", "current", "superseded", "entered_in_error"),
    one_of("source", "scanned", "photographed", "imported", "written"),
    one_of("confidentiality", "N", "R", "V"),
    index("ix_documents_patient_id", "patient_id", "received_at"),
    index("ix_documents_encounter_id", "encounter_id"),
    index("ix_documents_supersedes", "supersedes"),
    index("ix_documents_attachment_id", "attachment_id"),
    index("ix_documents_outside_id", "outside_id"),
)

# What search reads: one row for each document that has text, folded in Python as the patients' names are.
document_search = Table(
    "document_search",
    metadata,
    Column("document_rowid", Integer, primary_key=True),
    Column("words", Text, nullable=False),
)
