"""Documents as frozen values, for those who may read their kind."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from clinic_desktop.clock import from_text
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.store.tables.documents import attachments
from clinic_desktop.store.tables.documents import documents as table
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.store.tables.templates import letter_templates

IN_ACT = ("shown", "asked", "row_of", "require_readable", "readable")


@dataclass(frozen=True)
class DocumentShown:
    """One version of a document, without its content."""

    id: str
    revision: int
    patient_id: str
    encounter_id: str | None
    kind: str
    code: str | None
    title: str = field(repr=False)
    status: str
    source: str
    confidentiality: str
    author_id: str | None
    author: str
    author_organization: str | None
    written_at: datetime | None
    received_at: datetime
    received_by: str | None
    signed_at: datetime | None
    signed_by: str | None
    supersedes: str | None
    version: int
    media_type: str | None
    declared_type: str | None
    size: int | None
    sha256: str | None
    pages: int | None
    file_name: str | None = field(repr=False)
    language: str | None
    description: str | None = field(repr=False)
    addressed_to: str | None = field(repr=False)
    from_on: date | None
    until_on: date | None
    body: str | None = field(repr=False)
    department: str | None
    visit_on: date | None
    outside_id: str | None
    error_reason: str | None = field(repr=False)
    attachment_id: str | None
    template_id: str | None = None
    author_licence: str = ""
    template: str = ""  # its name and version, where it was begun with one

    @property
    def on(self) -> datetime:
        """The instant it is listed under: when it was written, or else when it came."""
        return self.written_at or self.received_at

    @property
    def is_written_here(self) -> bool:
        """Whether its text is kept as text, and can be written further."""
        return self.source == rules.WRITTEN and self.attachment_id is None

    @property
    def is_signed(self) -> bool:
        """Whether somebody stands for it; then it never changes again."""
        return self.signed_at is not None


def asked() -> Select[tuple[object, ...]]:
    """Documents beside their content's facts and the names of who wrote, took in and signed them."""
    author, taker, signer = staff.alias(), staff.alias(), staff.alias()
    return (
        select(
            table,
            attachments.c.media_type,
            attachments.c.size,
            attachments.c.sha256,
            attachments.c.pages,
            author.c.display_name.label("author"),
            author.c.licence.label("author_licence"),
            taker.c.display_name.label("taker"),
            signer.c.display_name.label("signer"),
            letter_templates.c.name.label("template_name"),
            letter_templates.c.version.label("template_version"),
        )
        .outerjoin(letter_templates, letter_templates.c.id == table.c.template_id)
        .outerjoin(attachments, attachments.c.id == table.c.attachment_id)
        .outerjoin(author, author.c.id == table.c.author_id)
        .outerjoin(taker, taker.c.id == table.c.received_by)
        .outerjoin(signer, signer.c.id == table.c.signed_by)
    )


def shown(row: Row[tuple[object, ...]]) -> DocumentShown:
    """A row of `asked` as a value."""
    found = row._mapping
    plain = {
        name: found[name]
        for name in (
            "id", "revision", "patient_id", "encounter_id", "kind", "code", "title", "status", "source",
            "confidentiality", "author_id", "author_organization", "supersedes", "version", "media_type",
            "declared_type", "size", "sha256", "pages", "file_name", "language", "description", "addressed_to", "body",
            "department", "outside_id", "error_reason", "attachment_id",
            "template_id",
        )
    }  # fmt: skip
    return DocumentShown(
        **plain,
        author=found["author"] or found["author_name"] or "",
        author_licence=found["author_licence"] or "",
        written_at=_instant(found["written_at"]),
        received_at=from_text(found["received_at"]),
        received_by=found["taker"],
        signed_at=_instant(found["signed_at"]),
        signed_by=found["signer"],
        from_on=_day(found["from_on"]),
        until_on=_day(found["until_on"]),
        visit_on=_day(found["visit_on"]),
        template=_template(found["template_name"], found["template_version"]),
    )


def row_of(connection: Connection, document_id: str) -> DocumentShown:
    """One document, whoever asks. Raises Refusal where there is none."""
    row = connection.execute(asked().where(table.c.id == document_id)).one_or_none()
    if row is None:
        raise Refusal(N_("This document is not here."), document=document_id)
    return shown(row)


def readable(role: str) -> ColumnElement[bool]:
    """The condition under which a role may read a document; the same rule as `domain.documents.may_read`."""
    allowed = table.c.kind.in_(rules.readable_kinds(role))
    return allowed if role == "doctor" else and_(allowed, table.c.confidentiality == rules.NORMAL)


def require_readable(role: str, document: DocumentShown) -> None:
    """Refuse a document whose kind this role may not read."""
    if not rules.may_read(role, document.kind, document.confidentiality):
        raise Refusal(N_("Your role ({role}) may not read this kind of document."), role=role)


def _template(name: str | None, version: int | None) -> str:
    return "" if name is None else _("{name}, version {version}").format(name=name, version=version)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
