"""From a document that was written here to its paper."""

from dataclasses import replace
from datetime import date

from clinic_desktop.domain import contents, templates
from clinic_desktop.domain import documents as rules
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.templates import Template
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports import letter as paper
from clinic_desktop.reports import outside
from clinic_desktop.reports.page import PatientIdentity
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.services import document_reading
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.document_reading import OpenedDocument
from clinic_desktop.services.document_rows import DocumentShown

_NO_LONGER = {
    rules.SUPERSEDED: N_("A newer version has taken the place of this document. Do not use it."),
    rules.IN_ERROR: N_("This document was entered in error. Do not use it."),
}
EXAMPLE_PATIENT = PatientIdentity(
    templates.PLACES["patient.family"],
    templates.PLACES["patient.given"],
    templates.PLACES["patient.mrn"],
    templates.PLACES["patient.sex"],
    date(1985, 7, 14),
    age=templates.PLACES["patient.age"],
)


def document_number(document_id: str) -> str:
    """What a document is called on paper: it has no number of its own."""
    return document_id[-8:]


def letter(desk: Desk, patient_id: str, document_id: str) -> bytes:
    """A document that was written here as PDF; opening it is in the access log. Raises Refusal."""
    return letter_of(desk, document_reading.open_document(desk, patient_id, document_id).document)


def letter_of(desk: Desk, document: DocumentShown) -> bytes:
    """An opened document that was written here as PDF. Raises Refusal where it came from outside."""
    if not document.is_written_here:
        raise Refusal(N_("This document came from outside; it is printed as it is."))
    unfit = None
    if document.kind == "sick_note" and document.from_on and document.until_on:
        unfit = (document.from_on, document.until_on)
    return paper.letter(
        paper.LetterPaper(
            head_of(desk),
            identity_of(desk, document.patient_id, document.on),
            printed_by(desk),
            document_number(document.id),
            _(rules.BY_KEY[document.kind].title),
            document.title,
            document.body or "",
            document.author,
            document.on.astimezone().date(),
            document.addressed_to or "",
            unfit,
            document.version,
            None if document.signed_at is None else document.signed_at.astimezone(),
            document.template,
            document.author_licence,
            _(_NO_LONGER[document.status]) if document.status in _NO_LONGER else "",
        )
    )


def template_example(desk: Desk, new: Template) -> bytes:
    """A template as a letter to a made-up patient, for whoever writes it. Raises Refusal as saving it would."""
    kept = templates.require_template(new)
    example = templates.PLACES
    sick = kept.kind == "sick_note"
    today = printed_by(desk).at.date()
    return paper.letter(
        paper.LetterPaper(
            head_of(desk),
            EXAMPLE_PATIENT,
            printed_by(desk), "", _(rules.BY_KEY[kept.kind].title), templates.fill(kept.title, example),
            templates.fill(kept.body, example), example["author"], today,
            _("Dr Colleague, Example Hospital") if kept.kind == "referral_letter" else "",
            (today, today) if sick else None, template=kept.name,
        )
    )  # fmt: skip


def head_example(desk: Desk, registration: str, lines: str) -> bytes:
    """A page with the clinic's head as it is being written."""
    kept = tuple(line.strip() for line in lines.splitlines() if line.strip())
    head = replace(head_of(desk), registration=registration.strip(), lines=kept)
    words = _("So begins every letter, invoice and report of this clinic.")
    return outside.text(head, EXAMPLE_PATIENT, printed_by(desk), _("Example"), words)


def on_paper(desk: Desk, opened: OpenedDocument, pictures: tuple[bytes, ...] = ()) -> bytes:
    """Any opened document as PDF; `pictures` are the pages of a picture, as JPEG. Raises Refusal."""
    document, content = opened.document, opened.content
    if content is None:
        return letter_of(desk, document)
    if document.media_type == contents.PDF:
        return content
    if pictures:
        return outside.pictures(pictures)
    words = contents.read_text(content) if document.media_type in (contents.TEXT, contents.XML) else None
    if words is None:
        raise Refusal(N_("This kind of file cannot be shown or printed here; save a copy."))
    return outside.text(head_of(desk), identity_of(desk, document.patient_id), printed_by(desk), document.title, words)
