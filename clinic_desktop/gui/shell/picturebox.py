"""Reads codes from a picture: a file, what was copied, or what is dropped in; each is then taken like a scan.

A live camera is not read: Qt's part for cameras is not among what is shipped, and a picture from any camera will do.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QImageReader, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout

from clinic_desktop.domain.gs1 import LONGEST
from clinic_desktop.gui.widgets.buttons import Button, PrimaryButton
from clinic_desktop.gui.widgets.panel import Empty, label
from clinic_desktop.i18n import _

if TYPE_CHECKING:
    from clinic_desktop.gui.shell.hearing import Hearing
    from clinic_desktop.gui.shell.window import MainWindow

LARGEST = 32 * 1024 * 1024
MOST_MEGAPIXELS = 60


def codes_in(picture: QImage) -> list[str]:
    """What a scanner would send of each code in a picture: symbology identifier and data, from the top down."""
    if picture.isNull():
        return []
    # Only those who have a picture need the reader.
    zxingcpp = importlib.import_module("zxingcpp")
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    found = [one for one in zxingcpp.read_barcodes(grey) if one.valid]
    found.sort(key=lambda one: (one.position.top_left.y, one.position.top_left.x))
    codes = []
    for one in found:
        data = bytes(one.bytes)
        if len(data) <= LONGEST * 2:
            codes.append(str(one.symbology_identifier) + _text(data))
    return codes


def picture_of(path: Path) -> QImage:
    """The picture in a file; an empty one where it is none, or larger than anybody's camera takes."""
    try:
        if path.stat().st_size > LARGEST:
            return QImage()
    except OSError:
        return QImage()
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MOST_MEGAPIXELS * 1_000_000:
        return QImage()
    return reader.read()


def show(window: "MainWindow", hearing: "Hearing") -> None:
    """Open the box over the window."""
    PictureBox(window, hearing).open()


class PictureBox(QDialog):
    """Takes a picture, and hands on what stands in it."""

    def __init__(self, window: "MainWindow", hearing: "Hearing") -> None:
        super().__init__(window)
        self.setObjectName("picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(_("Read a code from a picture"))
        self.setMinimumSize(480, 300)
        self.setAcceptDrops(True)
        self._hearing = hearing
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(_("Read a code from a picture"), "section"))
        self._empty = Empty(_("Drop a picture here, paste one (Ctrl+V), or choose a file."), icon="barcode")
        column.addWidget(self._empty, 1)
        self.said = label("", "warning", name="picture.said", meaning="warning", wrap=True)
        self.said.hide()
        column.addWidget(self.said)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Button(_("&Go back"), "picture.close", self.reject))
        row.addWidget(Button(_("&Paste"), "picture.paste", self.paste))
        row.addWidget(PrimaryButton(_("&Choose a file"), "picture.choose", self._choose))
        column.addLayout(row)
        QShortcut(QKeySequence.StandardKey.Paste, self, self.paste)

    def paste(self) -> None:
        """Read what was copied: a picture, or the path of one."""
        told = QGuiApplication.clipboard().mimeData()
        picture = QGuiApplication.clipboard().image()
        if picture.isNull() and told.hasUrls():
            picture = picture_of(Path(told.urls()[0].toLocalFile()))
        self.read(picture)

    def read(self, picture: QImage) -> None:
        """Hand on the code of a picture. More than one is a question for a person, not for a guess."""
        codes = codes_in(picture)
        if len(set(codes)) == 1:
            self.accept()
            self._hearing.scanned(codes[0])
            return
        words = _("There is no picture to read.") if picture.isNull() else _("No code was found in the picture.")
        if codes:
            words = _("{n} codes are in the picture: cut out the one that is meant.").format(n=len(set(codes)))
        self.said.setText(words)
        self.said.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take pictures and files."""
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Read what was dropped."""
        told = event.mimeData()
        if told.hasImage():
            self.read(QImage(told.imageData()))
        elif told.hasUrls():
            self.read(picture_of(Path(told.urls()[0].toLocalFile())))

    def _choose(self) -> None:
        pictures = _("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff)")
        path, _filter = QFileDialog.getOpenFileName(self, _("Choose a picture"), "", pictures)
        if path:
            self.read(picture_of(Path(path)))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
