"""Documents that came in from elsewhere: their contents kept once, their words found by the search."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from clinic_desktop.domain import documents as rules
from clinic_desktop.services.acts import Act
from clinic_desktop.services.documents import attached
from clinic_desktop.services.examining import Examined
from clinic_desktop.store import document_search
from clinic_desktop.store.tables.chart import encounters

IN_ACT = ("keep_contents", "index", "is_note_of_a_visit")

# The text of a visit goes out as a document under the visit's own id: it is no second document when it comes back.
VISIT_NOTE = "urn:x-clinic-desktop:visit-note"


def keep_contents(act: Act, contents: Sequence[Examined]) -> str | None:
    """Keep every content a document carries; returns the id of the one that is shown, the first."""
    kept = [attached(act, each) for each in contents]
    return kept[0] if kept else None


def index(act: Act, document: str, values: Mapping[str, Any], contents: Sequence[Examined]) -> None:
    """Let a document be found by its words, unless it is said to be an error."""
    if values["status"] == rules.IN_ERROR:
        document_search.forget_document(act.conn, document)
        return
    told = (values.get(name) or "" for name in ("title", "description", "author_name"))
    document_search.index_document(act.conn, document, (*told, *(each.text for each in contents)))


def is_note_of_a_visit(act: Act, numbers: Sequence[tuple[str, str]]) -> bool:
    """Whether a document is what was written at a visit of this clinic."""
    visits = [value for system, value in numbers if system == VISIT_NOTE]
    found = select(encounters.c.id).where(encounters.c.id.in_(visits), encounters.c.outside_status.is_(None))
    return bool(visits) and act.conn.execute(found).first() is not None
