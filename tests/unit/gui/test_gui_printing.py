"""Documents on screen and on paper: drawn in one thread, handed to the printer without a clear copy on a disk."""

import io
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.gui import printing
from clinic_desktop.gui.printing import send_to_printer
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.pdfpreview import PdfPreview


@pytest.fixture(scope="module")
def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(420, 595))
    for page in range(3):
        canvas.setLineWidth(100 * (page + 1))
        canvas.line(0, 300, 420, 300)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_pages_are_drawn_true_to_size_and_zoomed(qtbot: QtBot, pdf: bytes) -> None:
    preview = PdfPreview(pdf, "Prescription", Immediately())
    qtbot.addWidget(preview)
    preview.resize(700, 600)
    preview.show()
    qtbot.waitUntil(lambda: preview.page_count() == 3)
    first = preview._labels[0]
    qtbot.waitUntil(lambda: not first.pixmap().isNull())
    true_size = round(420 / 72 * preview.logicalDpiX())
    assert abs(first.pixmap().width() - true_size) <= 1
    picture = first.pixmap().toImage()
    assert picture.pixelColor(50, picture.height() // 2).lightness() == 0
    assert picture.pixelColor(50, 10).lightness() == 255
    preview.zoom(1)
    qtbot.waitUntil(lambda: abs(first.pixmap().width() - true_size * 1.25) <= 2)
    with qtbot.waitSignal(preview.closed):
        preview.activateWindow()
        preview._scroll.setFocus()
        qtbot.waitUntil(preview.isActiveWindow)
        QTest.keyClick(preview._scroll, Qt.Key.Key_Escape)
    preview.close_document()


def test_many_previews_closed_at_once_draw_nothing_and_break_nothing(qtbot: QtBot, pdf: bytes) -> None:
    for _ in range(150):
        preview = PdfPreview(pdf, "Receipt", Immediately())
        qtbot.wait(1)
        preview.close_document()
        preview.deleteLater()
    last = PdfPreview(pdf, "Receipt", Immediately())
    qtbot.addWidget(last)
    qtbot.waitUntil(lambda: last.page_count() == 3)
    last.close_document()


def test_what_is_no_pdf_is_said_to_be_none(qtbot: QtBot) -> None:
    preview = PdfPreview(b"not a document", "Receipt", Immediately())
    qtbot.addWidget(preview)
    qtbot.waitUntil(lambda: bool(preview._said.text()))
    preview.close_document()


def test_the_printer_reads_the_document_from_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/words\ncat > {tmp_path}/paper\n')
    lp.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    send_to_printer(b"%PDF-secret", "Clinic document", "label", 2)
    assert (tmp_path / "paper").read_bytes() == b"%PDF-secret"
    assert (tmp_path / "words").read_text().split() == ["-t", "Clinic", "document", "-n", "2", "-d", "label"]
    lp.write_text("#!/bin/sh\ncat > /dev/null\necho no paper >&2\nexit 1\n")
    with pytest.raises(Trouble, match="no paper"):
        send_to_printer(b"%PDF-", "Clinic document")
    lp.write_text("#!/bin/sh\ncat > /dev/null\necho 'lp: Error - The printer does not exist.' >&2\nexit 1\n")
    with pytest.raises(Trouble, match="the document: The printer does not exist\\. Check"):
        send_to_printer(b"%PDF-", "Clinic document")
    lp.write_text("#!/bin/sh\nexec sleep 5\n")
    monkeypatch.setattr(printing, "LP_SECONDS", 0.2)
    with pytest.raises(Trouble, match="does not answer"):
        send_to_printer(b"%PDF-", "Clinic document")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(Trouble, match="no printing service"):
        send_to_printer(b"%PDF-", "Clinic document")


def test_a_saved_document_is_readable_by_this_person_only(qtbot: QtBot, tmp_path: Path, pdf: bytes) -> None:
    preview = PdfPreview(pdf, "Receipt", Immediately())
    qtbot.addWidget(preview)
    preview.save_to(tmp_path / "receipt.pdf")
    assert (tmp_path / "receipt.pdf").read_bytes() == pdf
    assert (tmp_path / "receipt.pdf").stat().st_mode & 0o077 == 0
    preview.save_to(tmp_path / "missing" / "receipt.pdf")
    assert "could not be saved" in preview._said.text()
    preview.close_document()
