"""The scanner's settings are kept; what is in a picture is taken as if it were scanned."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain import cards
from clinic_desktop.gui.shell.burst import SETTING, Wedge, wedge_of
from clinic_desktop.gui.shell.hearing import ports_of
from clinic_desktop.gui.shell.picturebox import PictureBox, codes_in, picture_of
from clinic_desktop.gui.shell.scannerbox import ScannerBox
from clinic_desktop.gui.widgets.settings import RememberedHere


class Heard:
    """What the boxes ask of the hearing, written down."""

    def __init__(self) -> None:
        self.scans: list[str] = []
        self.wedge, self.plugged = Wedge(), dict[str, str]()

    def scanned(self, raw: str, _give_back: Callable[[], None] = lambda: None) -> None:
        self.scans.append(raw)

    def ports(self, settings: RememberedHere) -> dict[str, str]:
        return ports_of(settings)

    def set_up(self, settings: RememberedHere, wedge: Wedge, ports: dict[str, str]) -> None:
        self.wedge, self.plugged = wedge, ports
        settings.set(SETTING, wedge.written())


def drawn(data: str, symbology: str) -> QImage:
    form = getattr(zxingcpp.BarcodeFormat, symbology)
    # zxing-cpp's picture says its size only as a buffer, which its own types leave out.
    made: Any = zxingcpp.create_barcode(data, form).to_image(scale=4)
    view = memoryview(made)
    height, width = view.shape or (0, 0)
    picture = QImage(view.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()
    page = QImage(width + 80, height + 80, QImage.Format.Format_RGB32)
    page.fill(0xFFFFFFFF)
    with QPainter(page) as painter:
        painter.drawImage(40, 40, picture)
    return page


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.mark.parametrize(
    ("data", "symbology", "sent"),
    [
        (cards.write("patient", "MRN-A7-000123-4"), "QRCode", "]Q1"),
        ("9501101530003", "EAN13", "]E0"),
        ("MRN-A7-000123-4", "Code128", "]C0"),
    ],
)
def test_a_picture_is_read_as_a_scanner_reads_it(data: str, symbology: str, sent: str) -> None:
    assert codes_in(drawn(data, symbology)) == [sent + data]


def test_a_picture_pasted_is_one_scan_and_two_codes_are_a_question(qtbot: QtBot, heard: Heard) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = PictureBox(window, heard)  # type: ignore[arg-type]  # a stand-in for both
    box.show()
    first, second = drawn("MRN-A7-000123-4", "QRCode"), drawn("9501101530003", "EAN13")
    both = QImage(max(first.width(), second.width()), first.height() + second.height(), QImage.Format.Format_RGB32)
    both.fill(0xFFFFFFFF)
    with QPainter(both) as painter:
        painter.drawImage(0, 0, first)
        painter.drawImage(0, first.height(), second)
    box.read(both)
    assert (heard.scans, box.said.isVisible()) == ([], True)
    assert "2 codes" in box.said.text()
    QGuiApplication.clipboard().setImage(first)
    box.paste()
    assert heard.scans == ["]Q1MRN-A7-000123-4"]


def test_what_is_no_picture_is_said(qtbot: QtBot, heard: Heard, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    box = PictureBox(window, heard)  # type: ignore[arg-type]  # a stand-in for both
    box.show()
    (tmp_path / "not.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    for name in ("not.png", "missing.png", "."):
        box.read(picture_of(tmp_path / name))
        assert "no picture" in box.said.text()
    blank = QImage(50, 50, QImage.Format.Format_RGB32)
    blank.fill(0xFFFFFFFF)
    box.read(blank)
    assert "No code" in box.said.text()
    assert heard.scans == []


def test_how_the_scanner_types_is_kept_for_the_workstation(qtbot: QtBot, heard: Heard) -> None:
    window, settings = QWidget(), RememberedHere()
    qtbot.addWidget(window)
    box = ScannerBox(window, heard, settings)  # type: ignore[arg-type]  # stand-ins for both
    box.form.set_values({"prefix": "~", "end": "tab", "gap_ms": 45, "gs": "|", "port_scale": " /dev/ttyUSB0 "})
    box.save()
    assert (heard.wedge.prefix, heard.wedge.end, heard.wedge.gap_ms) == ("~", "tab", 45)
    assert heard.wedge.meant("01|10") == "01\x1d10"
    assert heard.plugged == {"scale": "/dev/ttyUSB0"}
    again = ScannerBox(window, heard, settings)  # type: ignore[arg-type]  # stand-ins for both
    assert again.marks["gs"].value() == "|"
    assert wedge_of(settings.get(SETTING)) == heard.wedge
