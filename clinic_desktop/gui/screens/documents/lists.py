"""The list of a patient's documents: its columns, and how a state looks."""

from clinic_desktop.domain import documents as rules
from clinic_desktop.gui.widgets.civil import show_date
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.document_rows import DocumentShown

SOURCES = {
    rules.SCANNED: N_("Scanned"),
    rules.PHOTOGRAPHED: N_("Photographed"),
    rules.IMPORTED: N_("Imported"),
    rules.WRITTEN: N_("Written here"),
}


def kind_words(document: DocumentShown) -> str:
    """The kind in words; one of another day as it was kept."""
    kind = rules.BY_KEY.get(document.kind)
    return document.kind if kind is None else _(kind.title)


def state(document: DocumentShown) -> Look:
    """How a document stands."""
    if document.status == rules.IN_ERROR:
        return Look(_("Error"), "critical", "void")
    if document.status == rules.SUPERSEDED:
        return Look(_("Replaced"), "neutral", "history")
    if document.status == rules.DRAFT:
        return Look(_("Draft"), "warning", "edit")
    if document.is_signed:
        return Look(_("Signed") if document.is_written_here else _("Seen"), "good")
    if not rules.is_clinical(document.kind):
        return Look(_("On file"), "neutral", "document")
    return Look(_("Not seen"), "information", "eye")


def stands(document: DocumentShown) -> bool:
    """Whether it is shown without asking for older versions and errors."""
    return document.status in (rules.DRAFT, rules.CURRENT)


def title(document: DocumentShown) -> str:
    """The title, with the version where there is more than one, and a word where only doctors read it."""
    words = document.title if document.version == 1 else f"{document.title} ({document.version})"
    return words if document.confidentiality == rules.NORMAL else _("{title} · restricted").format(title=words)


def warning(document: DocumentShown) -> str:
    """What must be said loudly of a document that does not stand."""
    if document.status == rules.IN_ERROR:
        return _("Entered in error: {why}").format(why=document.error_reason or "")
    if document.status == rules.SUPERSEDED:
        return _("A newer version has taken its place.")
    return ""


def author(document: DocumentShown) -> str:
    """Who wrote it, or where it came from."""
    return document.author or document.author_organization or "–"


def facts(document: DocumentShown) -> str:
    """What is known of a document, for the line above its content."""
    parts = [_(SOURCES[document.source])]
    if document.received_by and not document.is_written_here:
        on = show_date(document.received_at.astimezone().date())
        parts.append(_("added {day} by {name}").format(day=on, name=document.received_by))
    if document.signed_at is not None:
        on = show_date(document.signed_at.astimezone().date())
        words = _("signed {day} by {name}") if document.is_written_here else _("seen {day} by {name}")
        parts.append(words.format(day=on, name=document.signed_by or ""))
    if document.author_organization:
        parts.append(document.author_organization)
    if document.pages:
        parts.append(_("{n} pages").format(n=document.pages) if document.pages > 1 else _("1 page"))
    if document.description:
        parts.append(document.description)
    if document.template:
        parts.append(_("begun with {template}").format(template=document.template))
    if document.file_name:
        parts.append(_("was called {name}").format(name=document.file_name))
    return " · ".join(parts)


def table(settings: Remembered, empty: Empty) -> ListTable[DocumentShown]:
    """The list."""
    columns = (
        Column[DocumentShown](
            "on", _("Date"), lambda row: show_date(row.on.astimezone().date()), 108, sort=lambda row: row.on
        ),
        Column[DocumentShown]("title", _("Title"), title, 170, stretch=True, strong=True, wrap=True),
        Column[DocumentShown]("kind", _("Type"), kind_words, 120, subtle=True, wrap=True),
        Column[DocumentShown]("author", _("Author"), author, 104, subtle=True, wrap=True),
        Column[DocumentShown]("state", _("State"), lambda row: state(row).text, 106, look=state),
    )
    return ListTable("documents.list", columns, key=lambda row: row.id, settings=settings, empty=empty)
