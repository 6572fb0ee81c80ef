"""Shows a label or receipt as its own bytes say it will look, before it is printed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QShortcut, qRgb
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from clinic_desktop.domain.printing import MOST_COPIES
from clinic_desktop.gui.widgets.buttons import Button, PrimaryButton
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import label
from clinic_desktop.gui.widgets.stop import ConfirmStop, ReasonKept
from clinic_desktop.gui.widgets.words import explain
from clinic_desktop.i18n import _, ngettext

if TYPE_CHECKING:
    from clinic_desktop.domain.plates import Bits
    from clinic_desktop.labelling.jobs import Job, Picture

# One dot of a common head is one point of the screen; finer heads are shown at the same size.
_SHOWN_DPI = 203


class LabelPreview(QWidget):
    """A job on screen; Ctrl+P prints, Esc closes. `asked` brings copies and the reason where one is wanted."""

    closed = Signal()
    asked = Signal(int, str)
    pdf_asked = Signal()

    def __init__(self, job: "Job", title: str, kept: ReasonKept | None = None) -> None:
        super().__init__()
        self.setObjectName("preview")
        self._job, self._kept = job, kept
        self.dialog: ConfirmStop | None = None
        self._busy = False
        self._said = label("", "secondary", name="preview.said", wrap=True)
        self.copies = NumberField(_("C&opies"), "preview.copies", least=1, most=MOST_COPIES)
        self.copies.set_value(1)
        self.copies.setFixedWidth(120)
        paper = QWidget()
        column = QVBoxLayout(paper)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        for number, picture in enumerate(job.pictures, start=1):
            column.addWidget(_shown(picture, number), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("preview.pages")
        scroll.setWidgetResizable(True)
        scroll.setWidget(paper)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 16, 24, 16)
        whole.addLayout(self._head(title))
        whole.addLayout(self._facts())
        whole.addWidget(scroll, 1)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self.closed.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self.setFocusProxy(scroll)

    def page_count(self) -> int:
        """How many labels there are."""
        return len(self._job.pictures)

    def close_document(self) -> None:
        """Nothing is held that would have to be let go."""

    def print_it(self) -> None:
        """Ask for a reason where one is wanted, then hand the print on."""
        if self._busy or self.copies.problem():
            self.copies.setFocus()
            return
        before = self._job.before
        if not before.needs_reason:
            self._go("")
            return
        words = ngettext(
            "This label was printed {n} time before. Two labels of one medicine can end on two packs.",
            "This label was printed {n} times before. Two labels of one medicine can end on two packs.",
            before.times,
        ).format(n=before.times)
        dialog = ConfirmStop(
            self, "preview.again", _("Print it again?"), words, confirm=_("Print &again"), reason=_("Reason"),
            meaning="warning", kept=self._kept,
        )  # fmt: skip
        dialog.accepted.connect(lambda: self._go(dialog.reason()))
        self.dialog = dialog
        dialog.open()

    def not_printed(self, error: Exception) -> None:
        """Say why it was not printed; it can be tried again."""
        self._busy = False
        self._print.set_busy(False)
        self._said.setText(explain(error))

    def _go(self, reason: str) -> None:
        self._busy = True
        self._print.set_busy(True)
        self._said.setText(_("Sending to the printer …"))
        self.asked.emit(int(self.copies.value() or 1), reason)

    def _head(self, title: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label(title, "title", name="preview.title"), 1)
        row.addWidget(Button(_("As P&DF"), "preview.pdf", self.pdf_asked.emit))
        self._print = PrimaryButton(_("&Print"), "preview.print", self.print_it, "Ctrl+P", icon="print")
        row.addWidget(self._print)
        row.addWidget(Button(_("&Close"), "preview.close", self.closed.emit))
        return row

    def _facts(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        target, count = self._job.printer.target, len(self._job.pictures)
        first = self._job.pictures[0] if self._job.pictures else None
        size = "" if first is None else _size(first)
        words = [target.name, size, ngettext("{n} label", "{n} labels", count).format(n=count)]
        if self._job.before.times:
            times = self._job.before.times
            words.append(ngettext("printed {n} time before", "printed {n} times before", times).format(n=times))
        row.addWidget(label(" · ".join(part for part in words if part), "secondary", name="preview.facts"), 1)
        row.addWidget(self._said, 1)
        row.addWidget(self.copies)
        return row


def _size(picture: "Picture") -> str:
    from clinic_desktop.domain.plates import DOTS_PER_MM

    per = DOTS_PER_MM[picture.dpi]
    return _("{width} by {height} mm at {dpi} dpi").format(
        width=f"{picture.bits.width / per:.0f}", height=f"{picture.bits.height / per:.0f}", dpi=picture.dpi
    )


def _shown(picture: "Picture", number: int) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    shown = QLabel()
    shown.setObjectName(f"preview.label_{number}")
    image = to_image(picture.bits)
    if picture.dpi != _SHOWN_DPI:
        wide = image.width() * _SHOWN_DPI // picture.dpi
        image = image.convertToFormat(QImage.Format.Format_Grayscale8).scaledToWidth(
            max(wide, 1), Qt.TransformationMode.SmoothTransformation
        )
    shown.setPixmap(QPixmap.fromImage(image))
    shown.setAccessibleName(_("Label {n}").format(n=number))
    column.addWidget(shown)
    if picture.problems:
        words = _("Not everything that is sent could be shown: {what}").format(what="; ".join(picture.problems))
        column.addWidget(label(words, "warning", name=f"preview.problems_{number}", meaning="warning", wrap=True))
    return box


def to_image(bits: "Bits") -> QImage:
    """A picture of one bit as the window shows it: black on white in every theme, as on paper."""
    image = QImage(bits.rows, bits.width, bits.height, bits.stride, QImage.Format.Format_Mono).copy()
    image.setColorTable([qRgb(255, 255, 255), qRgb(0, 0, 0)])
    return image
