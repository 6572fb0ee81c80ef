"""Documents: kept from outside or written here, signed, followed by a new version, or said to be an error."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from clinic_desktop.clock import to_text
from clinic_desktop.domain import contents
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.documents import Letter
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import chart_rows, merges, templates
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.document_rows import DocumentShown, require_readable, row_of
from clinic_desktop.services.examining import Examined
from clinic_desktop.store import attachments as store
from clinic_desktop.store import document_search
from clinic_desktop.store.tables.chart import encounters
from clinic_desktop.store.tables.documents import attachments, documents

IN_ACT = ("note_document", "attached")


@dataclass(frozen=True)
class NewDocument:
    """A document that came from outside; the author is of the staff (`author_id`) or a name."""

    kind: str
    title: str
    source: str
    examined: Examined
    code: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    author_organization: str | None = None
    written_at: datetime | None = None
    encounter_id: str | None = None
    language: str | None = None
    description: str | None = field(default=None, repr=False)
    confidentiality: str = rules.NORMAL
    declared_type: str | None = None
    department: str | None = None
    visit_on: date | None = None
    outside_id: str | None = None


@command
def keep_document(act: Act, patient_id: str, new: NewDocument) -> str:
    """Keep a document that came from outside; returns its id. Refuses the same content twice for one patient."""
    if not rules.may_keep(act.session.role, new.kind) or rules.BY_KEY[new.kind].written_here:
        raise Refusal(N_("Choose a kind of document that you may add."), field="kind")
    if new.examined.media_type not in contents.SHOWN:
        raise Refusal(
            N_("The file “{name}” is of no kind that can be shown."), field="file", name=new.examined.file_name
        )
    _refuse_twice(act, patient_id, new.examined)
    return note_document(act, patient_id, new)


def note_document(
    act: Act,
    patient_id: str,
    new: NewDocument,
    *,
    status: str = rules.CURRENT,
    supersedes: DocumentShown | None = None,
    reason: str | None = None,
) -> str:
    """Keep a document inside an act, whatever its kind and type: what another system holds is taken as it is."""
    chart_rows.patient_row(act.conn, patient_id)
    _require_encounter(act, patient_id, new.encounter_id)
    if new.written_at is not None and new.written_at > act.now:
        raise Refusal(N_("This date is still to come."), field="written_at")
    title = rules.require_title(new.title)
    values = {
        "patient_id": patient_id,
        "encounter_id": new.encounter_id,
        "kind": new.kind,
        "code": new.code or rules.BY_KEY[new.kind].code,
        "title": title,
        "status": status,
        "source": new.source,
        "confidentiality": new.confidentiality,
        "author_id": new.author_id,
        "author_name": _words(new.author_name, "author_name"),
        "author_organization": _words(new.author_organization, "author_organization"),
        "written_at": None if new.written_at is None else to_text(new.written_at),
        "received_at": act.at,
        "received_by": act.session.staff_id,
        "attachment_id": attached(act, new.examined),
        "declared_type": new.declared_type,
        "file_name": new.examined.file_name or None,
        "language": new.language,
        "description": _words(new.description, "description"),
        "department": _words(new.department, "department"),
        "visit_on": None if new.visit_on is None else new.visit_on.isoformat(),
        "outside_id": new.outside_id,
        "supersedes": None if supersedes is None else supersedes.id,
        "version": 1 if supersedes is None else supersedes.version + 1,
    }
    made = act.create(documents, values, kind="document.kept", reason=reason)
    if status != rules.IN_ERROR:
        texts = (title, new.description or "", new.author_name or "", new.author_organization or "", new.examined.text)
        document_search.index_document(act.conn, made, texts)
    return made


@command
def write_document(
    act: Act,
    patient_id: str,
    kind: str,
    title: str,
    letter: Letter,
    encounter_id: str | None = None,
    confidentiality: str = rules.NORMAL,
    template_id: str | None = None,
) -> str:
    """Begin a letter or note here, as a draft that only its signature makes a document; returns its id."""
    if not rules.may_keep(act.session.role, kind) or not rules.BY_KEY[kind].written_here:
        raise Refusal(N_("Choose a kind of document that you may write."), field="kind")
    chart_rows.patient_row(act.conn, patient_id)
    _require_encounter(act, patient_id, encounter_id)
    templates.require_usable(act.conn, template_id, kind)
    return _written(act, patient_id, kind, title, letter, encounter_id, confidentiality, None, template_id)


@command
def change_document(act: Act, document_id: str, title: str, letter: Letter, *, expect: int) -> int:
    """Write further at a draft; returns its revision. What is signed never changes."""
    found = _mine_to_write(act, document_id)
    rules.require_letter(found.kind, letter, finished=False)
    changes = {"title": rules.require_title(title), **_letter_columns(letter)}
    revision = act.change(documents, document_id, changes, kind="document.written", expect=expect)
    document_search.index_document(act.conn, document_id, (title, letter.body, letter.addressed_to))
    return revision


@command
def sign_document(act: Act, document_id: str, *, expect: int) -> int:
    """Stand for a document: for what was written here its author, for what came from outside whoever has seen it.

    It never changes again, and the version before it stands no more.
    """
    found = _readable(act, document_id)
    if found.status not in (rules.DRAFT, rules.CURRENT):
        raise Refusal(N_("This document does not stand any more."), document=document_id)
    if found.is_signed:
        raise Refusal(N_("This document is signed already."), document=document_id)
    if found.is_written_here:
        _mine_to_write(act, document_id)
        rules.require_letter(found.kind, _letter_of(found), finished=True)
    elif act.session.role not in ("doctor", "nurse"):
        raise Refusal(N_("Only a doctor or a nurse signs that a document was seen."))
    changes: dict[str, object] = {"status": rules.CURRENT, "signed_at": act.at, "signed_by": act.session.staff_id}
    if found.is_written_here:
        changes["written_at"] = act.at
    revision = act.change(documents, document_id, changes, kind="document.signed", expect=expect)
    if found.supersedes is not None and found.is_written_here:
        _supersede(act, found.supersedes)
    return revision


@command
def new_version(act: Act, document_id: str, *, expect: int) -> str:
    """Begin the next version of a signed document that was written here, with its text; returns the draft's id."""
    old = _readable(act, document_id)
    if not old.is_written_here or not old.is_signed or old.status != rules.CURRENT:
        raise Refusal(N_("Only what was written here, was signed and still stands gets a new version."))
    if not rules.may_keep(act.session.role, old.kind):
        raise Refusal(N_("Choose a kind of document that you may write."), field="kind")
    _refuse_second_successor(act, old, expect)
    return _written(
        act, old.patient_id, old.kind, old.title, _letter_of(old), old.encounter_id, old.confidentiality, old,
        old.template_id,
    )  # fmt: skip


@command
def replace_document(act: Act, document_id: str, examined: Examined, reason: str, *, expect: int) -> str:
    """Keep a better or newer copy of a document from outside; the one before stays, and stands no more."""
    old = row_of(act.conn, document_id)
    if old.attachment_id is None or old.status != rules.CURRENT:
        raise Refusal(N_("Only a document from outside that still stands can be replaced by another copy."))
    if not rules.may_keep(act.session.role, old.kind):
        raise Refusal(N_("Choose a kind of document that you may add."), field="kind")
    _refuse_second_successor(act, old, expect)
    _refuse_twice(act, old.patient_id, examined)
    words = _need_reason(reason)
    new = NewDocument(
        old.kind, old.title, old.source, examined, old.code, old.author_id, old.author or None,
        old.author_organization, old.written_at, old.encounter_id, old.language, old.description, old.confidentiality,
        department=old.department, visit_on=old.visit_on,
    )  # fmt: skip
    made = note_document(act, old.patient_id, new, supersedes=old, reason=words)
    _supersede(act, old.id)
    return made


@command
def document_entered_in_error(act: Act, document_id: str, reason: str, *, expect: int) -> int:
    """Say that a document does not belong here; it stays, is found by no search and is never shown as true."""
    found = row_of(act.conn, document_id)
    if not rules.may_keep(act.session.role, found.kind):
        raise Refusal(N_("Your role ({role}) may not withdraw this kind of document."), role=act.session.role)
    if found.is_signed and act.session.role not in ("doctor", "nurse"):
        raise Refusal(N_("Only a doctor or a nurse withdraws what was signed."))
    if found.status == rules.IN_ERROR:
        raise Refusal(N_("This document was withdrawn already."), document=document_id)
    words = _need_reason(reason)
    changes = {"status": rules.IN_ERROR, "error_reason": words}
    revision = act.change(documents, document_id, changes, kind="document.withdrawn", reason=words, expect=expect)
    document_search.forget_document(act.conn, document_id)
    return revision


# Inside an act -----------------------------------------------------------------------------------------


def attached(act: Act, examined: Examined) -> str:
    """Keep a content once, however many documents carry it; returns its id."""
    digest = examined.sha256
    known = store.kept(act.conn, digest)
    if known is not None:
        return known
    values = {
        "sha256": digest,
        "size": len(examined.content),
        "media_type": examined.media_type,
        "pages": examined.pages,
    }
    made = act.create(attachments, values, kind="attachment.kept")
    store.write_parts(act.conn, made, examined.content)
    return made


def _written(
    act: Act,
    patient_id: str,
    kind: str,
    title: str,
    letter: Letter,
    encounter_id: str | None,
    confidentiality: str,
    supersedes: DocumentShown | None,
    template_id: str | None,
) -> str:
    rules.require_letter(kind, letter, finished=False)
    values = {
        "patient_id": patient_id,
        "encounter_id": encounter_id,
        "kind": kind,
        "code": rules.BY_KEY[kind].code,
        "title": rules.require_title(title),
        "status": rules.DRAFT,
        "source": rules.WRITTEN,
        "confidentiality": confidentiality,
        "author_id": act.session.staff_id,
        "received_at": act.at,
        "received_by": act.session.staff_id,
        "supersedes": None if supersedes is None else supersedes.id,
        "version": 1 if supersedes is None else supersedes.version + 1,
        "template_id": template_id,
        **_letter_columns(letter),
    }
    made = act.create(documents, values, kind="document.begun")
    document_search.index_document(act.conn, made, (title, letter.body, letter.addressed_to))
    return made


def _letter_columns(letter: Letter) -> dict[str, object]:
    return {
        "body": letter.body,
        "addressed_to": letter.addressed_to.strip() or None,
        "from_on": None if letter.from_on is None else letter.from_on.isoformat(),
        "until_on": None if letter.until_on is None else letter.until_on.isoformat(),
    }


def _letter_of(found: DocumentShown) -> Letter:
    return Letter(found.body or "", found.addressed_to or "", found.from_on, found.until_on)


def _readable(act: Act, document_id: str) -> DocumentShown:
    found = row_of(act.conn, document_id)
    require_readable(act.session.role, found)
    return found


def _mine_to_write(act: Act, document_id: str) -> DocumentShown:
    found = _readable(act, document_id)
    if not found.is_written_here or found.status != rules.DRAFT:
        raise Refusal(N_("This document is signed or came from outside: it cannot be changed. Begin a new version."))
    if found.author_id != act.session.staff_id:
        raise Refusal(N_("This draft is {author}'s; only its author writes and signs it."), author=found.author)
    return found


def _supersede(act: Act, document_id: str) -> None:
    before = row_of(act.conn, document_id)
    if before.status == rules.CURRENT:
        act.change(documents, document_id, {"status": rules.SUPERSEDED}, kind="document.superseded")


def _refuse_second_successor(act: Act, old: DocumentShown, expect: int) -> None:
    """Two people must not each begin the next version: one of them would be lost sight of."""
    if old.revision != expect:
        raise Refusal(N_("Somebody changed this meanwhile. Look at it again; what you typed is kept."))
    other = act.conn.execute(
        select(documents.c.id).where(documents.c.supersedes == old.id, documents.c.status != rules.IN_ERROR)
    ).first()
    if other is not None:
        raise Refusal(N_("A new version of this document was begun already."), document=old.id)


def _refuse_twice(act: Act, patient_id: str, examined: Examined) -> None:
    again = act.conn.execute(
        select(documents.c.kind)
        .join(attachments, attachments.c.id == documents.c.attachment_id)
        .where(
            documents.c.patient_id.in_(merges.ids_of(act.conn, patient_id)),
            attachments.c.sha256 == examined.sha256,
            documents.c.status != rules.IN_ERROR,
        )
    ).first()
    if again is not None:
        raise Refusal(
            N_("The very same file was added for this patient already, as “{kind}”."),
            field="file",
            kind=rules.BY_KEY[again.kind].title if again.kind in rules.BY_KEY else again.kind,
        )


def _require_encounter(act: Act, patient_id: str, encounter_id: str | None) -> None:
    if encounter_id is None:
        return
    owner = act.conn.execute(select(encounters.c.patient_id).where(encounters.c.id == encounter_id)).scalar()
    if owner != patient_id:
        raise Refusal(N_("This visit is another patient's."), field="encounter_id")


def _words(text: str | None, field: str) -> str | None:
    words = (text or "").strip()
    if len(words) > rules.LONGEST_WORDS:
        raise Refusal(N_("This is too long: {longest} characters at most."), field=field, longest=rules.LONGEST_WORDS)
    return words or None


def _need_reason(reason: str) -> str:
    words = _words(reason, "reason")
    if words is None:
        raise Refusal(N_("Say why."), field="reason")
    return words


def noon(day: date) -> datetime:
    """The middle of a day here, for a document that says only its date: the same day half a world either way."""
    return datetime.combine(day, time(12)).astimezone(UTC)
