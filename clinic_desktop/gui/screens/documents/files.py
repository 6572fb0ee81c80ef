"""Files at the border of the documents page: chosen, dropped, pasted, printed, and saved as a clear copy."""

from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QMimeData, QStandardPaths
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from clinic_desktop.domain import contents
from clinic_desktop.domain.documents import IMPORTED, PHOTOGRAPHED
from clinic_desktop.gui.printing import send_to_printer
from clinic_desktop.gui.widgets.pictures import as_jpeg, as_png, pictures_of
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.document_reading import OpenedDocument
from clinic_desktop.services.document_rows import DocumentShown

KINDS = N_("Documents (*.pdf *.png *.jpg *.jpeg *.tif *.tiff *.txt *.xml);;All files (*)")
ENDINGS = {
    contents.PDF: ".pdf", contents.PNG: ".png", contents.JPEG: ".jpg", contents.TIFF: ".tif", contents.TEXT: ".txt",
    contents.XML: ".xml", None: ".pdf",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """What was dropped or pasted: the first file, or a content with a name of ours."""

    path: Path | None = None
    more: bool = False
    data: bytes = field(default=b"", repr=False)
    name: str = ""
    source: str = IMPORTED


def taken(held: QMimeData) -> Taken:
    """Read what was dropped or pasted; files before pictures before text."""
    paths = [Path(url.toLocalFile()) for url in held.urls() if url.isLocalFile()]
    if paths:
        return Taken(paths[0], len(paths) > 1)
    picture = held.imageData()
    if isinstance(picture, QImage) and not picture.isNull():
        return Taken(data=as_png(picture), name=_("Pasted picture") + ".png", source=PHOTOGRAPHED)
    text = held.text()
    if text.strip():
        return Taken(data=text.encode("utf-8", "replace"), name=_("Pasted text") + ".txt")
    return Taken()


def ask_file(parent: QWidget) -> Path | None:
    """Ask which file to add."""
    chosen, _kind = QFileDialog.getOpenFileName(parent, _("Add a file"), _folder(), _(KINDS))
    return Path(chosen) if chosen else None


def ask_where(parent: QWidget, document: DocumentShown) -> Path | None:
    """Ask where a copy goes; the name offered says what it is, not whose, and nothing that came from outside."""
    name = f"{document.kind}-{document.on.astimezone():%Y-%m-%d}{ENDINGS.get(document.media_type, '.bin')}"
    chosen, _kind = QFileDialog.getSaveFileName(parent, _("Save a copy"), str(Path(_folder()) / name))
    return Path(chosen) if chosen else None


def on_paper(opened: OpenedDocument) -> tuple[bytes, ...]:
    """The pages of a picture for paper; nothing for any other document."""
    pages = pictures_of(opened.content or b"", opened.document.media_type or "")
    return tuple(as_jpeg(page) for page in pages)


def send(pdf: bytes) -> None:
    """Print; what the queue shows to anyone names nobody."""
    send_to_printer(pdf, "Clinic document")


def _folder() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
