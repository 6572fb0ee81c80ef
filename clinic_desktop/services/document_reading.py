"""Reading documents: the list of a patient, one with its content, a search through their words, a copy handed out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from clinic_desktop.clock import new_id
from clinic_desktop.domain import contents
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.patients import searchable_words, show_name
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import chart_rows, consent_gate, merges
from clinic_desktop.services.acts import Desk, Read, query
from clinic_desktop.services.consent_gate import Asked
from clinic_desktop.services.document_rows import (
    DocumentShown,
    asked,
    readable,
    require_readable,
    row_of,
    shown,
)
from clinic_desktop.services.permissions import require
from clinic_desktop.store import attachments
from clinic_desktop.store.search import matching
from clinic_desktop.store.tables.documents import documents as table
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.patients import patients

IN_ACT = ("limit_of",)
LIMIT_SETTING = "attachment_limit_mb"
MOST_FOUND = 50
OPENED, FOUND, PRINTED, DISCLOSED = "document", "document.found", "document.printed", "document.disclosed"


@dataclass(frozen=True)
class DocumentList:
    """What a patient's record holds for this reader, newest first; `not_shown` counts what only others may read."""

    documents: tuple[DocumentShown, ...]
    not_shown: int
    limit_mb: int


@dataclass(frozen=True)
class OpenedDocument:
    """A document with its content; `content` is None where it is only text written here."""

    document: DocumentShown
    content: bytes | None = field(repr=False)


@dataclass(frozen=True)
class FoundDocument:
    """A document found among all patients', and whose it is."""

    document: DocumentShown
    patient_id: str
    mrn: str
    patient: str = field(repr=False)


@query(access="chart")
def documents_of(read: Read, patient_id: str) -> DocumentList:
    """The documents of a patient that this role may read, newest first, every version of them."""
    return _list(read, patient_id)


@query
def documents_again(read: Read, patient_id: str) -> DocumentList:
    """The list of a patient whose documents this session has opened already."""
    chart_rows.require_opened(read, patient_id)
    return _list(read, patient_id)


@query
def referral_start(read: Read, patient_id: str) -> str:
    """What a referral letter begins with: the problems, medicines and allergies that stand in the open chart."""
    chart_rows.require_opened(read, patient_id)
    owners = merges.ids_of(read.conn, patient_id)
    problems = [each.title for owner in owners for each in chart_rows.problems_of(read.conn, owner)]
    medicines = [
        " ".join(filter(None, (each.name, each.dose)))
        for owner in owners
        for each in chart_rows.medicines_of(read.conn, owner)
    ]
    allergies = [
        f"{each.substance} ({each.reaction})" if each.reaction else each.substance
        for owner in owners
        for each in chart_rows.allergies_of(read.conn, owner)
    ]
    state = chart_rows.patient_of(read.conn, patient_id).allergy_state
    unknown = {"none_known": _("none known"), "not_asked": _("not asked")}.get(state, _("not asked"))
    return "\n".join(
        (
            _("Problems: {list}").format(list="; ".join(problems) or _("none on the list")),
            _("Medicines: {list}").format(list="; ".join(medicines) or _("none on the list")),
            _("Allergies: {list}").format(list="; ".join(allergies) or unknown),
        )
    )


@query
def search_in_chart(read: Read, patient_id: str, words: str) -> tuple[str, ...]:
    """The ids of a patient's documents that hold every word, in a record that this session has opened."""
    chart_rows.require_opened(read, patient_id)
    looked_for = searchable_words(words)
    if not looked_for:
        return ()
    owners = merges.ids_of(read.conn, patient_id)
    hits = (
        select(table.c.id)
        .where(table.c.patient_id.in_(owners), readable(read.session.role), table.c.rowid_.in_(_hits(read, looked_for)))
        .order_by(func.coalesce(table.c.written_at, table.c.received_at).desc())
    )
    return tuple(read.conn.execute(hits).scalars())


def open_document(desk: Desk, patient_id: str, document_id: str) -> OpenedDocument:
    """A document and its content, held against its hash; the opening is in the access log before a byte is read.

    Raises Refusal where the role may not read its kind, Trouble where the content is damaged.
    """
    desk.session.require_open(desk.now)
    require(desk.session.role, "document_reading.open_document")
    _note(desk, patient_id, document_id, OPENED)
    return _content(desk, document_id)


def print_document(desk: Desk, patient_id: str, document_id: str) -> OpenedDocument:
    """A document that is about to be printed: that it was is in the access log before."""
    desk.session.require_open(desk.now)
    require(desk.session.role, "document_reading.print_document")
    _note(desk, patient_id, document_id, PRINTED)
    return _content(desk, document_id)


def _content(desk: Desk, document_id: str) -> OpenedDocument:
    with desk.store.read() as connection:
        found = row_of(connection, document_id)
        content = None if found.attachment_id is None else attachments.content_of(connection, found.attachment_id)
        return OpenedDocument(found, content)


def disclose_document(desk: Desk, patient_id: str, document_id: str, reason: str) -> OpenedDocument:
    """A document that is about to leave the clinic as a clear file: why is in the access log before it does."""
    desk.session.require_open(desk.now)
    require(desk.session.role, "document_reading.disclose_document")
    words = reason.strip()
    if not words:
        raise Refusal(N_("Say for whom or what the copy is."), field="reason")
    if len(words) > rules.LONGEST_WORDS:
        raise Refusal(
            N_("This is too long: {longest} characters at most."), field="reason", longest=rules.LONGEST_WORDS
        )
    _note(desk, patient_id, document_id, DISCLOSED, words)
    return _content(desk, document_id)


def find_documents(desk: Desk, words: str) -> tuple[FoundDocument, ...]:
    """The documents among all patients' that hold every word; each patient shown is in the access log before it is."""
    desk.session.require_open(desk.now)
    require(desk.session.role, "document_reading.find_documents")
    looked_for = searchable_words(words)
    if not looked_for:
        raise Refusal(N_("Type a word that the document holds."), field="words")
    with desk.store.read() as connection:
        asked_by = Asked(desk.session, desk.now, desk.store.clock.steady())
        found = tuple(
            each
            for each in _found_everywhere(Read(connection, desk.session, desk.now), looked_for)
            if consent_gate.may_open(connection, asked_by, each.patient_id)
        )
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        for owner in dict.fromkeys(each.patient_id for each in found):
            unit.accessed(FOUND, patient=owner, subject="documents", detail=words.strip()[: rules.LONGEST_WORDS])
        if not found:
            unit.accessed(FOUND, subject="documents", detail=words.strip()[: rules.LONGEST_WORDS])
    return found


def limit_of(read: Read) -> int:
    """How large a file may be, in MB."""
    value = read.conn.execute(select(settings.c.value).where(settings.c.name == LIMIT_SETTING)).scalar_one_or_none()
    return int(value) if value else contents.DEFAULT_LIMIT_MB


def _list(read: Read, patient_id: str) -> DocumentList:
    owners = merges.ids_of(read.conn, patient_id)
    chart_rows.patient_row(read.conn, patient_id)
    listed = asked().where(table.c.patient_id.in_(owners), readable(read.session.role))
    rows = read.conn.execute(
        listed.order_by(func.coalesce(table.c.written_at, table.c.received_at).desc(), table.c.rowid_.desc())
    )
    found = tuple(shown(row) for row in rows)
    counted = select(func.count()).select_from(table).where(table.c.patient_id.in_(owners))
    everything = int(read.conn.execute(counted).scalar_one())
    return DocumentList(found, everything - len(found), limit_of(read))


def _hits(read: Read, looked_for: Sequence[str]) -> list[int]:
    # The words of the index stand in no order, so a hit is a document that holds them all, anywhere.
    rows = read.conn.exec_driver_sql(
        "SELECT rowid FROM document_fts WHERE document_fts MATCH ?", (matching(looked_for),)
    )
    return list(rows.scalars())


def _found_everywhere(read: Read, looked_for: Sequence[str]) -> tuple[FoundDocument, ...]:
    rows = read.conn.execute(
        asked()
        .add_columns(patients.c.mrn, patients.c.family_name, patients.c.given_names)
        .join_from(table, patients, patients.c.id == merges.kept_of(table.c.patient_id))
        .where(table.c.rowid_.in_(_hits(read, looked_for)), readable(read.session.role))
        .order_by(func.coalesce(table.c.written_at, table.c.received_at).desc())
        .limit(MOST_FOUND)
    )
    return tuple(
        FoundDocument(shown(row), row.patient_id, row.mrn, show_name(row.family_name, row.given_names)) for row in rows
    )


def _note(desk: Desk, patient_id: str, document_id: str, kind: str, detail: str | None = None) -> None:
    """Note an opening; what this role may not read, and what is another patient's, is refused before."""
    with desk.store.read() as connection:
        found = row_of(connection, document_id)
        require_readable(desk.session.role, found)
        if found.patient_id not in merges.ids_of(connection, patient_id):
            raise Refusal(N_("This document is another patient's."), document=document_id)
        asked_by = Asked(desk.session, desk.now, desk.store.clock.steady())
        consent_gate.require(connection, asked_by, found.patient_id, "treatment")
    with desk.store.write(act=new_id(), session=desk.session.id) as unit:
        unit.accessed(kind, patient=found.patient_id, subject=document_id, detail=detail)
