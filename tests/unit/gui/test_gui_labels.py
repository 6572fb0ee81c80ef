"""The preview of a label: what its bytes say, a reason for a second one, and a printer that does not answer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.printing import Target
from clinic_desktop.gui.tasks import Immediately
from clinic_desktop.gui.widgets.labelpreview import LabelPreview
from clinic_desktop.gui.widgets.pdfpreview import PdfPreview
from clinic_desktop.gui.widgets.preview import Preview, preview_of
from clinic_desktop.labelling.paper import Paper, asked
from clinic_desktop.services import printing
from clinic_desktop.services.acts import Desk
from tests.conftest import DeskFor
from tests.unit.reports import label_samples as samples


class Window:
    """Where it is said what became of a print."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.errors: list[Exception] = []
        self.shown: list[Preview] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def show_error(self, error: Exception, near: QWidget | None = None) -> None:  # noqa: ARG002 - the shell's
        self.errors.append(error)

    def back(self) -> None:
        self.shown.pop()


def ask(qtbot: QtBot, desk: Desk, window: Window, paper: Paper) -> None:
    def show(preview: Preview) -> None:
        qtbot.addWidget(preview)
        window.shown.append(preview)

    preview_of(asked(desk, paper), "Label", Immediately(), show, window)


@pytest.fixture
def printer(desk_for: DeskFor, tmp_path: Path) -> Callable[..., None]:
    folder = tmp_path / "out"
    folder.mkdir()

    def set_up(**more: object) -> None:
        known = {"documents": ("medicine-label",), "look_first": True}
        new = Target("Zebra", "label", "folder", str(folder), **(known | more))  # type: ignore[arg-type]
        printing.add_printer(desk_for("administrator"), new)

    return set_up


PAPER = Paper("medicine-label", "line-1", "RX-1", lambda _roll: samples.medicine(samples.NAMES["arabic"]))


def test_a_label_is_seen_then_printed_and_again_only_with_a_reason(
    qtbot: QtBot, desk_for: DeskFor, tmp_path: Path, printer: Callable[..., None]
) -> None:
    desk, window = desk_for("pharmacist"), Window()
    ask(qtbot, desk, window, PAPER)
    assert isinstance(window.shown.pop(), PdfPreview)
    printer()
    ask(qtbot, desk, window, PAPER)
    (preview,) = window.shown
    assert isinstance(preview, LabelPreview)
    shown = preview.findChild(QLabel, "preview.label_1")
    assert shown is not None
    assert (shown.pixmap().width(), shown.pixmap().height()) == (560, 280)
    preview.print_it()
    assert window.said == ["Printed on Zebra."]
    assert window.shown == []
    assert len(list((tmp_path / "out").iterdir())) == 1
    ask(qtbot, desk, window, PAPER)
    again = window.shown[0]
    assert isinstance(again, LabelPreview)
    again.print_it()
    assert again.dialog is not None
    assert len(list((tmp_path / "out").iterdir())) == 1
    again.asked.emit(1, "torn")
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_printer_set_so_prints_at_once_and_one_that_fails_says_why(
    qtbot: QtBot, desk_for: DeskFor, tmp_path: Path, printer: Callable[..., None]
) -> None:
    desk, window = desk_for("pharmacist"), Window()
    printer(look_first=False)
    ask(qtbot, desk, window, PAPER)
    assert window.said == ["Printed on Zebra."]
    (tmp_path / "out").rename(tmp_path / "away")
    ask(qtbot, desk, window, Paper("medicine-label", "line-2", "RX-2", PAPER.make))
    assert "could be put into the folder" in str(window.errors[0])


def test_a_fine_head_is_shown_at_the_same_size(qtbot: QtBot, desk_for: DeskFor, printer: Callable[..., None]) -> None:
    desk, window = desk_for("pharmacist"), Window()
    printer(dpi=600)
    ask(qtbot, desk, window, PAPER)
    shown = window.shown[0].findChild(QLabel, "preview.label_1")
    assert isinstance(shown, QLabel)
    assert abs(shown.pixmap().width() - 560) <= 2
