"""Shows a PDF, page under page, to be printed or saved."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.gui.printing import Pages, save_copy, send_to_printer
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.gui.widgets.buttons import Button, PrimaryButton, ToolButton
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import _

ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
TRUE_SIZE = 2  # the place of 1.0 in ZOOMS


class PdfPreview(QWidget):
    """A PDF on screen at true size or zoomed; Ctrl+P prints, Ctrl+S saves, Esc closes.

    `print_title` is what the printer's queue shows: a kind of document, never a name.
    """

    closed = Signal()

    def __init__(self, pdf: bytes, title: str, tasks: Tasks, *, print_title: str = "Clinic document") -> None:
        super().__init__()
        self.setObjectName("preview")
        self._pdf, self._tasks, self._print_title = pdf, tasks, print_title
        self._zoom = TRUE_SIZE
        self._labels: list[QLabel] = []
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setObjectName("preview.pages")
        self._scroll.verticalScrollBar().valueChanged.connect(lambda _value: self._say_page())
        self._paper = QWidget()
        self._column = QVBoxLayout(self._paper)
        self._column.setContentsMargins(24, 24, 24, 24)
        self._column.setSpacing(16)
        self._scroll.setWidget(self._paper)
        self._said = label("", "secondary", name="preview.said")
        self._page = label("", "secondary", name="preview.page")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addLayout(self._head(title))
        column.addWidget(self._scroll, 1)
        self._pages = Pages(pdf, self)
        self._pages.opened.connect(self._opened)
        self._pages.drawn.connect(self._drawn)
        self._pages.failed.connect(self._said.setText)
        self._pages.start()
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self.closed.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self.setFocusProxy(self._scroll)

    @property
    def pdf(self) -> bytes:
        """The document shown."""
        return self._pdf

    def page_count(self) -> int:
        """How many pages there are; 0 until the document has been opened."""
        return len(self._labels)

    def close_document(self) -> None:
        """Let the document go."""
        self._pages.close()

    def zoom(self, by: int) -> None:
        """Zoom in or out a step."""
        self._zoom = min(max(self._zoom + by, 0), len(ZOOMS) - 1)
        self._want_all()

    def print_it(self) -> None:
        """Send the document to the default printer."""
        self._said.setText(_("Sending to the printer …"))
        self._tasks.change(
            lambda: send_to_printer(self._pdf, self._print_title),
            lambda _nothing: self._said.setText(_("Sent to the printer.")),
            self._not_done,
        )

    def save_as(self) -> None:
        """Ask where, and write the document there, readable by this person only."""
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as"), "", _("PDF documents (*.pdf)"))
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the document to a file."""
        self._tasks.change(
            lambda: save_copy(path, self._pdf), lambda _nothing: self._said.setText(_("Saved.")), self._not_done
        )

    def _head(self, title: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(title, "title", name="preview.title"), 1)
        row.addWidget(self._said)
        row.addWidget(self._page)
        row.addWidget(ToolButton("minus", _("Smaller"), "preview.smaller", lambda: self.zoom(-1), "Ctrl+-"))
        row.addWidget(ToolButton("plus", _("Larger"), "preview.larger", lambda: self.zoom(1), "Ctrl++"))
        row.addWidget(Button(_("&Save as …"), "preview.save", self.save_as, "Ctrl+S", icon="save"))
        row.addWidget(PrimaryButton(_("&Print"), "preview.print", self.print_it, "Ctrl+P", icon="print"))
        row.addWidget(Button(_("&Close"), "preview.close", self.closed.emit))
        return row

    def _opened(self, count: int) -> None:
        for _number in range(count):
            page = QLabel()
            page.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._column.addWidget(page)
            self._labels.append(page)
        self._column.addStretch(1)
        self._want_all()
        self._say_page()

    def _want_all(self) -> None:
        dpi = self.logicalDpiX() * ZOOMS[self._zoom] * self.devicePixelRatio()
        for page in range(len(self._labels)):
            self._pages.want(page, dpi)

    def _drawn(self, page: int, dpi: float, picture: QImage) -> None:
        if abs(dpi - self.logicalDpiX() * ZOOMS[self._zoom] * self.devicePixelRatio()) > 0.5:
            return  # zoomed on meanwhile
        shown = QPixmap.fromImage(picture)
        shown.setDevicePixelRatio(self.devicePixelRatio())
        self._labels[page].setPixmap(shown)
        self._labels[page].setAccessibleName(_("Page {n}").format(n=page + 1))

    def _say_page(self) -> None:
        if self._labels:
            at = self._scroll.verticalScrollBar().value() + self._scroll.viewport().height() // 2
            now = sum(1 for page in self._labels if page.y() <= at) or 1
            self._page.setText(_("Page {n} of {all}").format(n=now, all=len(self._labels)))

    def _not_done(self, error: Exception) -> None:
        self._said.setText(explain(error))
