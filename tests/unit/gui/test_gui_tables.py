"""Tables: models that keep Qt's rules, a choice that stays on its row, keys, and remembered columns."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.widgets.fitting import Wish, widths
from clinic_desktop.gui.widgets.labels import MOST_LINES, MOST_SIGNS, bounded
from clinic_desktop.gui.widgets.model import Column, Page, PagedModel, RowsModel
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import RememberedHere
from clinic_desktop.gui.widgets.table import ListTable
from tests.unit.gui.cut import cut_cells

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    wait: int | None


COLUMNS: Sequence[Column[Row]] = (
    Column("name", "Name", lambda row: row.name, 200),
    Column("wait", "Wait", lambda row: str(row.wait or ""), 80, number=True, sort=lambda row: row.wait),
)
ROWS = [Row(1, "Ana", 30), Row(2, "Élodie", None), Row(3, "Ben", 4), Row(4, "Ana Maria", 100)]


def table(qtbot: QtBot, settings: RememberedHere | None = None) -> ListTable[Row]:
    made = ListTable("x.list", COLUMNS, key=lambda row: row.id, settings=settings, empty=Empty("Nobody waits."))
    qtbot.addWidget(made)
    made.set_rows(ROWS)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.view.setFocus()
    return made


def test_the_model_of_a_list_keeps_qts_rules(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    tester = QAbstractItemModelTester(model, FATAL)
    model.set_rows(ROWS)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.set_filter("ana")
    assert [row.id for row in model.shown] == [4, 1]
    model.set_filter("")
    model.sort(1)
    assert [row.id for row in model.shown] == [3, 1, 4, 2], "rows without a value come last"
    model.set_rows([])
    del tester


def test_the_model_of_pages_keeps_qts_rules_and_asks_from_the_row_before(qtbot: QtBot) -> None:
    asked: list[tuple[Page[Row], Callable[[Sequence[Row]], None]]] = []
    model = PagedModel(COLUMNS, lambda page, arrived: asked.append((page, arrived)), page=10)
    tester = QAbstractItemModelTester(model, FATAL)
    model.set_total(2_000)
    first, arrived = asked[0]
    assert (first.first, first.after) == (0, None)
    arrived([Row(n, f"row {n}", n) for n in range(10)])
    assert model.data(model.index(3, 0)) == "row 3"
    model.row_at(10)
    assert asked[-1][0].after == Row(9, "row 9", 9)
    model.row_at(1_000)
    model.row_at(1_001)
    assert [page.first for page, _show in asked].count(1_000) == 1, "a page is asked for once"
    model.set_total(5)
    late = asked[-1][1]
    late([Row(0, "late", 0)])
    del tester


def test_showing_rows_anew_keeps_the_choice_on_its_row_and_says_nothing(qtbot: QtBot) -> None:
    shown = table(qtbot)
    shown.select(3)
    said: list[Row | None] = []
    shown.selected.connect(said.append)
    shown.set_rows([Row(9, "New", 1), *ROWS])
    assert shown.current() == ROWS[2]
    assert said == []
    shown.set_rows([row for row in ROWS if row.id != 3])
    assert said[-1] is None or said[-1].id != 3


def test_typing_filters_enter_opens_and_esc_shows_all_again(qtbot: QtBot) -> None:
    shown = table(qtbot)
    opened: list[Row] = []
    shown.opened.connect(opened.append)
    QTest.keyClicks(shown.view, "a")
    box = shown.findChild(QLineEdit, "x.list.filter")
    assert box is not None
    assert box.isVisible()
    QTest.keyClicks(box, "na m")
    assert [row.id for row in shown.rows()] == [4]
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert opened == [ROWS[3]]
    QTest.keyClick(shown.view, Qt.Key.Key_Escape)
    assert len(shown.rows()) == 4
    shown.select(1)
    QTest.keyClick(shown.view, Qt.Key.Key_Return)
    assert opened[-1] == ROWS[0]


def test_the_chosen_row_is_copied_tab_by_tab(qtbot: QtBot) -> None:
    shown = table(qtbot)
    shown.select(1)
    QTest.keyClick(shown.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Ana\t30"


def test_columns_and_order_are_remembered(qtbot: QtBot) -> None:
    settings = RememberedHere()
    shown = table(qtbot, settings)
    shown.view.horizontalHeader().moveSection(0, 1)
    shown.view.setColumnWidth(0, 321)
    shown.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert "Ana" not in json.dumps(settings.get("columns.x.list"))
    again = table(qtbot, settings)
    header = again.view.horizontalHeader()
    assert header.visualIndex(0) == 1
    assert [row.id for row in again.rows()] == [2, 3, 4, 1]


def test_an_empty_table_says_what_goes_there(qtbot: QtBot) -> None:
    shown = table(qtbot)
    shown.set_rows([])
    assert not shown.view.isVisible()
    shown.set_rows(ROWS)
    assert shown.view.isVisible()


def test_a_tooltip_shows_what_looks_like_html_as_it_is_written(qtbot: QtBot) -> None:
    del qtbot
    model = RowsModel(COLUMNS)
    model.set_rows([Row(1, "<b>Ana</b>\n<font color=white>penicillin", 1), Row(2, "Ben & Co", 2)])
    tips = [model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole) for row in range(2)]
    shown = QTextDocument()
    shown.setHtml(str(tips[0]))
    assert shown.toPlainText().split() == ["<b>Ana</b>", "<font", "color=white>penicillin"]
    assert tips[1] == "Ben & Co"
    assert model.data(model.index(0, 0)) == "<b>Ana</b>\n<font color=white>penicillin"


def test_a_number_and_a_pill_are_never_cut_and_words_break_into_lines(qtbot: QtBot) -> None:
    columns: list[Column[tuple[str, str, str]]] = [
        Column("words", "Test", lambda row: row[0], 60, stretch=True, wrap=True, detail=lambda row: row[2]),
        Column("value", "Last", lambda row: row[1], 40, number=True, strong=True, unit=lambda _row: "mmHg"),
        Column("flag", "", lambda _row: "HH", 40, look=lambda _row: Look("HH", "critical")),
    ]
    table = ListTable("test.whole", columns, key=lambda row: row[0])
    qtbot.addWidget(table)
    table.resize(360, 300)
    table.show()
    row = ("Mean cell haemoglobin concentration", "224/131", "take 1 tablet by mouth three times a day for 7 days")
    table.set_rows([row, ("Short", "1", "")])
    qtbot.wait(30)
    painter = table._painter
    for place in (1, 2):
        assert table.view.columnWidth(place) >= painter.needed(columns[place], row) > 40
    assert table.view.rowHeight(0) >= 3 * 16
    assert table.view.rowHeight(1) < table.view.rowHeight(0)
    before = table.view.rowHeight(0)
    table.resize(900, 300)
    qtbot.waitUntil(lambda: table.view.rowHeight(0) < before)
    assert "three times" in str(table.view.model().data(table.view.model().index(0, 0), Qt.ItemDataRole.ToolTipRole))


def test_of_a_very_long_value_only_its_beginning_is_measured_and_painted(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for whole in ("x" * 300_000, "word " * 60_000, "a\n" * 150_000):
        row = Row(1, whole, None)
        for kind in ({"wrap": True}, {"detail": lambda row: row.name}, {}, {"number": True}, {"strong": True}):
            measured: list[int] = []
            column = Column("name", "Name", lambda row: row.name, 200, **kind)
            made = ListTable("x.long", [column], key=lambda row: row.id, settings=None, empty=Empty("-"))
            qtbot.addWidget(made)
            painter = made.view.itemDelegate()
            for name in ("_metrics", "_bold_metrics", "_small_metrics"):
                setattr(painter, name, Counting(getattr(painter, name), measured))
            made.set_rows([row])
            made.resize(400, 300)
            made.show()
            made.view.resizeRowsToContents()
            made.grab()
            assert measured, kind
            assert max(measured) < MOST_SIGNS + 60, kind
            assert (
                len(made.view.model().data(made.view.model().index(0, 0), Qt.ItemDataRole.ToolTipRole))
                < 2 * MOST_SIGNS + 120
            )
            assert made.view.model().data(made.view.model().index(0, 0)) == whole, "copied, it is whole"


@pytest.mark.parametrize("whole", ["x" * 5_000, "a\n" * 2_500, "word " * 1_000, "short", "a\nb", "x" * MOST_SIGNS])
def test_how_much_more_there_is_is_said_beneath_what_is_shown(whole: str) -> None:
    shown, _line, more = bounded(whole).rpartition("\n… and ")
    if len(whole) <= MOST_SIGNS and whole.count("\n") < MOST_LINES:
        assert (bounded(whole), shown) == (whole, "")
        return
    assert whole.startswith(shown)
    assert more == f"{len(whole) - len(shown):,} more characters"


class Counting:
    """Font metrics that note how long what is measured is."""

    def __init__(self, real: Any, measured: list[int]) -> None:
        self._real, self._measured = real, measured

    def __getattr__(self, name: str) -> Any:
        def measure(*given: Any) -> Any:
            self._measured += [len(one) for one in given if isinstance(one, str)]
            return getattr(self._real, name)(*given)

        return measure


def test_a_width_that_somebody_dragged_is_kept_and_a_fitted_one_is_not_remembered(qtbot: QtBot) -> None:
    settings = RememberedHere()
    columns: list[Column[str]] = [
        Column("words", "Words", lambda row: row, stretch=True),
        Column("value", "Last", lambda _row: "123 456 789 012", 40, number=True),
        Column("other", "Other", lambda _row: "x", 80),
    ]
    table = ListTable("test.dragged", columns, settings=settings)
    qtbot.addWidget(table)
    table.show()
    table.set_rows(["a"])
    assert table.view.columnWidth(1) > 40
    table.view.setColumnWidth(2, 95)
    again = ListTable("test.dragged", columns, settings=settings)
    qtbot.addWidget(again)
    assert (again.view.columnWidth(1), again.view.columnWidth(2)) == (40, 95)
    table.view.setColumnWidth(1, 50)
    table.set_rows(["b"])
    assert table.view.columnWidth(1) == 50
    third = ListTable("test.dragged", columns, settings=settings)
    qtbot.addWidget(third)
    third.set_rows(["a"])
    assert third.view.columnWidth(1) == 50


def test_where_nothing_is_cut_columns_are_as_designed() -> None:
    assert widths([Wish(200, 150, stretches=True), Wish(100, 90), Wish(80, 60, whole=True)], 400) == [150, 100, 80]


def test_a_half_empty_column_gives_to_one_that_would_be_cut() -> None:
    stretched = Wish(200, 260, stretches=True)
    assert widths([stretched, Wish(100, 40), Wish(100, 30)], 400) == [260, 40, 100], "no more than is lacking"
    assert widths([stretched, Wish(100, 40, fixed=True), Wish(100, 30)], 400) == [260, 100, 40]
    assert widths([Wish(200, 20, stretches=True), Wish(100, 150), Wish(80, 60)], 240) == [20, 150, 70]
    assert widths([Wish(200, 20, stretches=True), Wish(100, 150), Wish(80, 60)], 220) == [20, 140, 60]


def test_a_number_never_gives_of_what_it_needs() -> None:
    assert widths([Wish(200, 900, stretches=True), Wish(40, 90, whole=True)], 250) == [900, 90]


def test_the_room_of_a_wide_empty_column_goes_to_names_that_would_be_cut(qtbot: QtBot) -> None:
    columns: list[Column[str]] = [
        Column("who", "Who", lambda row: row, 90, strong=True),
        Column("code", "Code", lambda _row: "", 130),
        Column("why", "Why", lambda _row: "", 120, stretch=True),
    ]
    table = ListTable("test.room", columns)
    qtbot.addWidget(table)
    table.resize(500, 200)
    table.show()
    table.set_rows(["Administrator Tour-Wolfeschlegel"])
    assert cut_cells(table) == []
    assert table.view.columnWidth(1) == 130
    table.resize(380, 200)
    qtbot.waitUntil(lambda: table.view.columnWidth(1) < 130)
    assert cut_cells(table) == [], "made narrower, the empty column gives way"
    assert not table._fitting.dragged
