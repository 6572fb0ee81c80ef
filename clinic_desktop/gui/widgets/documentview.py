"""Shows a document from memory, whatever it is: the pages of a PDF, pictures, or plain text. Nothing touches a disk."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QImage, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desktop.gui.printing import Pages
from clinic_desktop.gui.widgets.buttons import ToolButton
from clinic_desktop.gui.widgets.panel import Empty, clear_layout, label
from clinic_desktop.i18n import _

ZOOMS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
FITTING = 2  # the place of 1.0 in ZOOMS: as wide as the place is
# A page is first drawn small, which tells its size; then so large that it fits, and never with more points than this.
FIRST_DPI, MOST_POINTS = 36.0, 16_000_000
KEPT_AROUND = 4  # pages drawn and kept above and below those that are seen
MOST_PAGES = 100


class DocumentView(QWidget):
    """A document as wide as its place, or zoomed; `<name>.larger` and `<name>.smaller` are its buttons."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._pages: Pages | None = None
        self._pdf = b""
        self._pictures: list[QImage | None] = []
        self._labels: list[QLabel] = []
        self._asked: set[int] = set()
        self._zoom = FITTING
        self._empty = Empty(words, icon="document")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setObjectName(f"{name}.text")
        self._text.setAccessibleName(_("Text of the document"))
        self._said = label("", "secondary", name=f"{name}.said", wrap=True)
        self._paper = QWidget()
        self._column = QVBoxLayout(self._paper)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(8)
        self._scroll = QScrollArea()
        self._scroll.setObjectName(f"{name}.pages")
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._paper)
        # There from the start, so that the pages do not have to make room for it once they are laid out.
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.verticalScrollBar().valueChanged.connect(self._want_seen)
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._stack.setMinimumHeight(120)
        for each in (self._empty, self._scroll, self._text):
            self._stack.addWidget(each)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._said, 1)
        row.addWidget(ToolButton("minus", _("Smaller"), f"{name}.smaller", lambda: self.zoom(-1), "Ctrl+-"))
        row.addWidget(ToolButton("plus", _("Larger"), f"{name}.larger", lambda: self.zoom(1), "Ctrl++"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._stack, 1)
        column.addWidget(self._tools)
        self.show_nothing(words)

    # What is shown ----------------------------------------------------------------------------------------

    def show_nothing(self, words: str) -> None:
        """Say what goes here, or why nothing can be shown."""
        self._let_go()
        self._empty.set_words(words)
        self._stack.setCurrentWidget(self._empty)
        self._tools.hide()

    def show_text(self, text: str) -> None:
        """Show plain text, as it is written."""
        self._let_go()
        self._text.setPlainText(text)
        self._stack.setCurrentWidget(self._text)
        self._tools.hide()

    def show_pictures(self, pictures: Sequence[QImage]) -> None:
        """Show pictures under one another."""
        self._let_go()
        self._pictures = list(pictures)
        self._lay_out(len(pictures))
        self._draw_all()

    def show_pdf(self, pdf: bytes) -> None:
        """Show the pages of a PDF, each drawn when it is about to be seen."""
        self._let_go()
        self._pdf = pdf
        self._begin()

    def _begin(self) -> None:
        self._pages = Pages(self._pdf, self)
        self._pages.opened.connect(self._opened)
        self._pages.drawn.connect(self._drawn)
        self._pages.failed.connect(lambda _words: self.show_nothing(_("This PDF cannot be shown.")))
        self._pages.start()

    def page_count(self) -> int:
        """How many pages or pictures are shown; 0 until they have been opened."""
        return len(self._labels)

    def drawn_pages(self) -> int:
        """How many of them are drawn now."""
        return sum(picture is not None for picture in self._pictures)

    def text(self) -> str:
        """The text shown."""
        return self._text.toPlainText() if self._stack.currentWidget() is self._text else ""

    def zoom(self, by: int) -> None:
        """Zoom in or out a step."""
        self._zoom = min(max(self._zoom + by, 0), len(ZOOMS) - 1)
        self._again()

    def close_document(self) -> None:
        """Let the document go."""
        self.show_nothing("")

    # -----------------------------------------------------------------------------------------------------

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing of a PDF is kept unpacked while nobody looks: behind a lock, another page, or a closed window."""
        self._close_pages()
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Open again what was shown before."""
        super().showEvent(event)
        if self._pdf and self._pages is None:
            self.show_pdf(self._pdf)

    def _close_pages(self) -> None:
        if self._pages is not None:
            self._pages.close()
            self._pages.deleteLater()
            self._pages = None

    def _let_go(self) -> None:
        self._close_pages()
        self._pdf = b""
        self._pictures, self._labels = [], []
        self._asked.clear()
        self._text.clear()
        self._said.setText("")
        clear_layout(self._column)

    def _opened(self, count: int) -> None:
        shown = min(count, MOST_PAGES)
        if count > shown:
            self._said.setText(
                _("The first {shown} of {count} pages. Save a copy to see them all.").format(shown=shown, count=count)
            )
        self._pictures = [None] * shown
        self._lay_out(shown)
        self._want_seen()

    def _lay_out(self, count: int) -> None:
        for number in range(count):
            page = QLabel()
            page.setAlignment(Qt.AlignmentFlag.AlignCenter)
            page.setAccessibleName(_("Page {n}").format(n=number + 1))
            self._column.addWidget(page)
            self._labels.append(page)
        self._column.addStretch(1)
        self._stack.setCurrentWidget(self._scroll)
        self._scroll.verticalScrollBar().setValue(0)
        self._tools.show()

    def _wide(self) -> int:
        return max(round((self._scroll.viewport().width() - 24) * ZOOMS[self._zoom]), 80)

    def _dpi(self, small: QImage) -> float:
        """So large that a page fits its place, and never with more points than is safe."""
        wide = self._wide() * self.devicePixelRatio()
        fitting = FIRST_DPI * wide / max(small.width(), 1)
        return min(fitting, FIRST_DPI * math.sqrt(MOST_POINTS / max(small.width() * small.height(), 1)))

    def _drawn(self, page: int, dpi: float, picture: QImage) -> None:
        if page >= len(self._pictures) or page not in self._asked:
            return
        if dpi == FIRST_DPI:
            if page == 0:
                self._guess_heights(picture)
            self._show(page, picture)
            if self._pages is not None and (wanted := self._dpi(picture)) > FIRST_DPI:
                self._pages.want(page, wanted)
                return
        self._pictures[page] = picture
        self._show(page, picture)

    def _guess_heights(self, picture: QImage) -> None:
        """Most pages are like the first: so the bar beside them does not jump while they come."""
        ratio = min(picture.height() / max(picture.width(), 1), 4.0)
        for each in self._labels:
            each.setMinimumHeight(round(self._wide() * ratio))

    def _show(self, page: int, picture: QImage) -> None:
        ratio = self.devicePixelRatio()
        # A strip of paper as wide as its place would be a hundred thousand points long.
        slim = math.sqrt(MOST_POINTS * picture.width() / max(picture.height(), 1))
        wide = max(min(round(self._wide() * ratio), int(slim)), 1)
        fitted = picture.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation)
        pixmap = QPixmap.fromImage(fitted)
        pixmap.setDevicePixelRatio(ratio)
        self._labels[page].setPixmap(pixmap)
        self._labels[page].setMinimumHeight(round(fitted.height() / ratio))

    def _draw_all(self) -> None:
        for page, picture in enumerate(self._pictures):
            if picture is not None:
                self._show(page, picture)

    def _want_seen(self, _value: int = 0) -> None:
        """Ask for the pages that are seen and their neighbours, and let go of those far away."""
        if self._pages is None or not self._labels:
            return
        top = self._scroll.verticalScrollBar().value()
        bottom = top + self._scroll.viewport().height()
        seen = [n for n, each in enumerate(self._labels) if each.y() <= bottom and each.y() + each.height() >= top]
        first, last = (seen[0], seen[-1]) if seen else (0, 0)
        for page in range(len(self._labels)):
            if first - 1 <= page <= last + 1 and page not in self._asked:
                self._asked.add(page)
                self._pages.want(page, FIRST_DPI)
            elif not first - KEPT_AROUND <= page <= last + KEPT_AROUND and page in self._asked:
                self._asked.discard(page)
                self._pictures[page] = None
                self._labels[page].setPixmap(QPixmap())

    def _again(self) -> None:
        if self._pdf:
            self._pictures = [None] * len(self._labels)
            self._asked.clear()
            self._want_seen()
        else:
            self._draw_all()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the pages to the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._again()
