"""Where a report's file goes, how far it is, and the way to it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QProgressBar, QWidget

from clinic_desktop.gui.screens.reports.presenter import Writing
from clinic_desktop.gui.widgets.buttons import LinkButton
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.i18n import _

FORMS = {"pdf": "PDF", "csv": "CSV", "xlsx": "Excel"}


def choose_path(parent: QWidget, suggested: str, form: str) -> Path | None:
    """Ask where a file is to go; None where the person thinks better of it."""
    place = str(Path.home() / suggested)
    chosen, _kind = QFileDialog.getSaveFileName(parent, _("Save the report as"), place, f"{FORMS[form]} (*.{form})")
    if not chosen:
        return None
    return Path(chosen) if chosen.lower().endswith(f".{form}") else Path(f"{chosen}.{form}")


class FileStrip(QFrame):
    """One file: being written, written, or stopped."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("reports.file")
        self._folder: Path | None = None
        self._said = label("", "secondary", name="reports.file.said", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(96, 8)
        self._stop = LinkButton(_("Stop &writing"), "reports.file.stop", stop)
        self._open = LinkButton(_("Open its f&older"), "reports.file.folder", self._show_folder)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._bar)
        row.addWidget(self._said, 1)
        row.addWidget(self._stop)
        row.addWidget(self._open)
        self.hide()

    def show_writing(self, writing: Writing) -> None:
        """Say how far a file is."""
        form, rows = FORMS[writing.form], f"{writing.rows:,}"
        self._folder = None if writing.path is None else writing.path.parent
        if not writing.done:
            words = _("Writing {form} … {rows} rows").format(form=form, rows=rows)
        elif writing.stopped.is_set():
            words = _("Stopped: no {form} file was written.").format(form=form)
        else:
            words = _("{form} with {rows} rows in {path}").format(form=form, rows=rows, path=writing.path)
        self._said.setText(words)
        self._bar.setVisible(not writing.done)
        self._stop.setVisible(not writing.done)
        self._open.setVisible(writing.done and not writing.stopped.is_set())
        self.show()

    def _show_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
