"""The card of a system within the real window: low, with decisions and facts of several lines."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from clinic_desktop.exchange.sync_shown import DecisionShown, KindShown, LimitShown, SystemShown
from clinic_desktop.gui.screens.sync import presenter
from clinic_desktop.gui.screens.sync.view import SyncView
from clinic_desktop.gui.shell.gate import Workplace
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.widgets.howfar import KINDS
from tests.unit.gui.cut import cut_cells
from tests.unit.gui.gallery import PretendGate

AT = "2026-11-29T10:00:00Z"
LIMITS = tuple(LimitShown(f"hour GET /things-of-{n}", n, 100, 3600) for n in range(3))
FOUND = (("documents show metadata", "yes"), ("consents show", "yes"), ("health", "healthy"), ("patients", "1200"),
         ("search by identifier", "yes"))  # fmt: skip
HEALIFY = SystemShown(
    "healify", "Healify", "https://there.example/some/path", "on", "", AT, AT, True, 9, None, 4, LIMITS, FOUND,
    (("X-API-Version", "v1"),), tuple(KindShown(kind, 9, 1, 1, 1, 0, 1, 1, 1, 1, 4, 2, None) for kind in KINDS),
    set_aside=(("patient", 2),), torn=("patient",),
    decisions=tuple(DecisionShown(kind, 12, "They keep their own accounts") for kind in ("charge", "invoice")),
)  # fmt: skip


class AdminGate(PretendGate):
    def unlock(self, username: str, password: str) -> Workplace:
        desk: Any = SimpleNamespace(may=lambda _act: True)
        return replace(super().unlock(username, password), desk=desk, role="administrator")


@pytest.fixture
def page(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> SyncView:
    """The page in a window of the smallest size."""
    monkeypatch.setattr(presenter, "_systems", lambda _desk: (HEALIFY,))
    monkeypatch.setattr(presenter, "_items", lambda _desk: ())
    window = MainWindow(AdminGate(), ["clinic_desktop.gui.screens.sync.screen:SCREEN"])
    qtbot.addWidget(window)
    window.begin()
    window.resize(1280, 800)
    window.show()
    window.signin.given.emit("x", "y")
    qtbot.waitUntil(lambda: window.has_frame)
    window.frame.go("sync")
    view = window.frame.current
    assert isinstance(view, SyncView)
    qtbot.waitUntil(lambda: bool(view.card.facts.findChildren(QLabel)))
    qtbot.wait(50)
    return view


def test_of_the_counts_every_kind_and_every_number_is_read_whole(page: SyncView) -> None:
    table = page.card.kinds
    assert len(table.rows()) == len(KINDS)
    assert cut_cells(table) == []
    width = table.view.columnWidth(0)
    assert width >= 115, "and the numbers take no more room than their heads need"


def test_no_line_of_the_facts_is_under_the_panel_below_them(page: SyncView, qtbot: QtBot) -> None:
    card = page.card
    assert card.window().width() == 1280

    def whole() -> bool:
        words = [one for one in card.panel.findChildren(QLabel) if one.text() and not one.isHidden()]
        ends = [one.mapTo(card, QPoint(0, one.heightForWidth(one.width()))).y() for one in words if one.wordWrap()]
        return max(ends) < card.panel.geometry().bottom() < card.counts.y() < card.left.y() - card.counts.height()

    assert whole()
    for torn in (HEALIFY.torn * 9, ()):  # a reload says more, or less
        card.show_system(replace(HEALIFY, torn=torn))
        qtbot.wait(30)
        assert whole()
