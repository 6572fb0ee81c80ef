"""Documents of a patient that were begun and not finished, and the way to them on their page."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from clinic_desktop.domain.documents import Letter
from clinic_desktop.gui.widgets.buttons import ToolButton
from clinic_desktop.gui.widgets.panel import Section
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.services import documents
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.document_rows import DocumentShown
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import examine


def begin_documents(desk: Desk, patient: str, today: date) -> None:
    """Two that are being written here, and one from outside."""
    letter = Letter("Dear colleague", "Dr Otieno")
    documents.write_document(desk, patient, "referral_letter", "To cardiology", letter)
    documents.write_document(desk, patient, "sick_note", "Sick note", Letter("", "", today, today))
    documents.keep_document(desk, patient, NewDocument("letter", "Outside", "scanned", examine(b"A", "a.txt")))


def titled(words: str) -> Callable[[object, QWidget], None]:
    """Choose the document of this title."""

    def reach(_clinic: object, view: QWidget) -> None:
        lists: list[ListTable[DocumentShown]] = view.findChildren(ListTable)
        table = next(one for one in lists if one.view.objectName() == "documents.list")
        table.select_row([each.title for each in table.rows()].index(words))

    return reach


def unfold(words: str) -> Callable[[object, QWidget], None]:
    """Unfold what stands under a heading."""

    def reach(_clinic: object, view: QWidget) -> None:
        for section in view.findChildren(Section):
            if words in [button.text() for button in section.findChildren(ToolButton)]:
                section.set_folded(False)

    return reach
