"""The page Reports over real services: what is asked is shown, narrowed, opened to its rows, and written."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.reporting import Asked, Group, Kind
from clinic_desktop.domain.reporting_catalogue import REPORTS
from clinic_desktop.gui.screens.reports.presenter import MOST_SHOWN, PRESETS, Reading, preset
from clinic_desktop.gui.screens.reports.view import ReportsView
from clinic_desktop.gui.shell.screen import ScreenContext
from clinic_desktop.gui.widgets.levels import LevelBars
from clinic_desktop.reports.report_check import check_report
from clinic_desktop.reports.report_file import Written, report_bytes, write_report
from clinic_desktop.services.report_queries import kept_queries, open_any
from clinic_desktop.services.reporting import reports_for
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.unit.gui.screens.one_screen import OneScreen
from tests.unit.services import report_case as case
from tests.unit.services.report_case import FIRST, LAST, Case
from tests.unit.services.test_services_reporting import work

TODAY = date(2026, 3, 10)


class Desked(OneScreen):
    """The small window, which writes files here and remembers where it was sent."""

    went: list[tuple[str, dict[str, str]]]

    def go(self, screen: str, **arguments: str) -> None:
        self.went.append((screen, arguments))


At = Callable[[str], Desked]


@pytest.fixture
def worked(store: Store) -> Iterator[Store]:
    with case.in_beirut():
        Case(store).fill(work)
        yield store


@pytest.fixture
def at(qtbot: QtBot, desk_for: DeskFor) -> At:
    def opened(role: str) -> Desked:
        desk = desk_for(role)

        def write(
            asked: Asked, path: Path | None, form: str, *, tell: Callable[[int], None], stop: Callable[[], bool]
        ) -> Written:
            run = open_any(desk, asked)
            tell(0)
            if path is None:
                return report_bytes(desk, run, form)
            return write_report(desk, run, path, form, stop=stop)

        def build(context: ScreenContext) -> ReportsView:
            return ReportsView(replace(context, write_report=write))

        window = Desked(desk, build)
        window.went = []
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    return opened


def page(window: Desked) -> ReportsView:
    assert isinstance(window.view, ReportsView)
    return window.view


def press(window: QWidget, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button is not None, name
    button.click()


def words(window: QWidget, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None, name
    return found.text()


def show(window: Desked, name: str) -> ReportsView:
    view = page(window)
    view.open(report=name)
    asked = Asked(name, FIRST, LAST)
    view.ask(asked)
    return view


def test_each_role_finds_its_reports_and_no_other(worked: Store, at: At, desk_for: DeskFor) -> None:
    assert worked.path.exists()
    for role, many in (("administrator", 15), ("pharmacist", 2), ("cashier", 2), ("laboratory", 1)):
        window = at(role)
        page(window).open()
        listed = [one.name for one in page(window).list.rows()]
        assert listed == [one.name for one in reports_for(desk_for(role))]
        assert len(listed) == many
        assert window.errors == []


def test_every_report_can_be_shown_with_help_on_each_measured_column(worked: Store, at: At) -> None:
    assert worked.path.exists()
    window = at("administrator")
    for name, report in REPORTS.items():
        view = show(window, name)
        if report.about_patient:
            assert "record number" in words(window, "reports.said")
            continue
        assert view.grid is not None, name
        model = view.grid.table.view.model()
        shown = [one for one in report.columns[report.grouped :] if one.shown]
        assert model.columnCount() == len(shown)
        for place, column in enumerate(shown):
            told = model.headerData(place, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleDescriptionRole)
            assert bool(told) >= bool(column.formula), (name, column.name)
    assert window.errors == []


def test_the_rows_the_totals_and_the_chart_are_those_of_the_report(worked: Store, at: At) -> None:
    assert worked.path.exists()
    view = show(at("administrator"), "appointment-utilization")
    reading = view.presenter.reading
    assert reading is not None
    assert view.grid is not None
    assert [line.row for line in view.grid.table.rows()] == reading.rows
    assert view.grid.total_cells() == [list(line.cells) for line in view.grid.lines(reading.lines)]
    chart = view.findChild(QWidget, "reports.chart")
    assert chart is not None
    assert not chart.isHidden()


def test_of_more_rows_than_can_be_drawn_the_chart_shows_the_periods_and_a_bar_goes_to_its_first_row(
    worked: Store, at: At
) -> None:
    assert worked.path.exists()
    window = at("administrator")
    view = show(window, "appointment-utilization")
    view.ask(Asked("appointment-utilization", FIRST, LAST, Group.DAY))
    assert view.grid is not None
    rows = view.grid.table.rows()
    assert len(rows) > 31
    chart = view.findChild(LevelBars, "reports.chart")
    assert chart is not None
    assert not chart.isHidden()
    assert words(window, "reports.drawn") == "Booked, by period"
    month = next(line.place for line in rows if str(line.row[0]).startswith("2028-03"))
    chart.opened.emit(month)
    line = view.grid.table.current()
    assert line is not None
    assert line.place == month
    assert view.behind.isHidden()


def test_a_number_opens_its_rows_with_keys_and_a_row_its_patient(worked: Store, at: At, qtbot: QtBot) -> None:
    assert worked.path.exists()
    window = at("administrator")
    view = show(window, "appointment-utilization")
    assert view.grid is not None
    view.grid.choose(1, "practitioner")
    view.grid.table.setFocus()
    QTest.keyClick(view.grid.table.view, Qt.Key.Key_Return)
    assert window.said[-1].startswith("This is no number")
    QTest.keyClick(view.grid.table.view, Qt.Key.Key_Right)
    QTest.keyClick(view.grid.table.view, Qt.Key.Key_Right)
    window.primary()
    line = view.grid.table.current()
    assert line is not None
    assert not view.behind.isHidden()
    assert len(view.behind.table.rows()) == line.row[2]
    assert words(window, "reports.behind.said").startswith(f"{line.row[2]} rows")
    view.behind.table.select_row(0)
    window.primary()
    thing = view.behind.table.current()
    assert thing is not None
    assert view.behind.table.text_of(0, "what").startswith(thing.detail), "what tells rows apart is cut last"
    assert window.went == [("reception", {"patient_id": thing.patient_id})]
    assert view.escape()
    assert view.behind.isHidden()
    assert not view.escape()
    qtbot.wait(5)


def test_a_choice_of_days_and_of_what_is_counted_asks_anew(worked: Store, at: At, qtbot: QtBot) -> None:
    assert worked.path.exists()
    window = at("administrator")
    view = show(window, "queue-analytics")
    assert view.grid is not None
    assert len(view.grid.table.rows()) == 3
    box = window.findChild(QComboBox, "reports.only_priority")
    assert box is not None
    box.setCurrentIndex(box.findData("urgent"))
    qtbot.waitUntil(lambda: view.grid is not None and len(view.grid.table.rows()) == 1, timeout=3000)
    press(window, "reports.preset.year")
    assert (view.presenter.asked.first, view.presenter.asked.last) == (date(2026, 1, 1), TODAY)
    assert view.presenter.asked.only == (("priority", "urgent"),)
    assert window.errors == []


@pytest.mark.parametrize("form", ["csv", "pdf", "xlsx"])
def test_the_report_that_is_shown_is_written_and_whole(worked: Store, at: At, tmp_path: Path, form: str) -> None:
    assert worked.path.exists()
    window = at("administrator")
    view = show(window, "appointment-utilization")
    view.choose_path = lambda suggested, _form: tmp_path / suggested
    press(window, f"reports.{form}")
    path = tmp_path / f"appointment-utilization-2028-02-26-2028-03-31.{form}"
    found = check_report(path)
    assert (found.whole, found.rows) == (True, 2)
    assert str(path) in words(window, "reports.file.said")


def test_a_report_is_printed_from_memory_and_what_cannot_be_written_is_said(
    worked: Store, at: At, tmp_path: Path
) -> None:
    assert worked.path.exists()
    window = at("administrator")
    view = show(window, "appointment-utilization")
    press(window, "reports.print")
    assert window.papers[0].startswith(b"%PDF-")
    view.choose_path = lambda suggested, _form: tmp_path / "nowhere" / suggested
    press(window, "reports.csv")
    assert "could not be written" in window.errors[-1]
    view.choose_path = lambda _suggested, _form: None
    press(window, "reports.csv")
    assert len(window.errors) == 1


def test_what_was_asked_before_is_stopped_and_never_shown(worked: Store, at: At) -> None:
    assert worked.path.exists()
    view = show(at("administrator"), "appointment-utilization")
    older = view.presenter.reading = Reading(view.presenter.asked)
    view.ask(replace(view.presenter.asked, first=LAST))
    assert older.stopped.is_set()
    newer = view.presenter.reading
    assert newer is not None
    assert newer.done
    assert newer is not older


def test_no_more_rows_are_kept_than_anybody_reads_and_all_are_counted() -> None:
    reading = Reading(Asked("x", TODAY, TODAY))
    for number in range(0, MOST_SHOWN + 50, 50):
        reading.take([(one,) for one in range(number, number + 50)])
    assert (reading.count, len(reading.rows)) == (MOST_SHOWN + 50, MOST_SHOWN)


def test_the_days_of_a_word_begin_where_the_calendar_says() -> None:
    assert [preset(name, TODAY)[0] for name in PRESETS] == [
        TODAY, date(2026, 3, 9), date(2026, 3, 1), date(2026, 1, 1),
    ]  # fmt: skip
    assert Kind.MONEY in {column.kind for column in REPORTS["revenue-analysis"].columns}


def choose(window: Desked, name: str, key: str) -> None:
    box = window.findChild(QComboBox, name)
    assert box is not None, name
    assert box.findData(key) >= 0, (name, key)
    box.setCurrentIndex(box.findData(key))


def write_in(window: Desked, name: str, words: str) -> None:
    line = window.findChild(QLineEdit, name)
    assert line is not None, name
    line.setText(words)


def test_an_administrator_puts_a_query_together_runs_keeps_and_writes_it(
    worked: Store, at: At, tmp_path: Path, desk_for: DeskFor
) -> None:
    assert worked.path.exists()
    window = at("administrator")
    view = page(window)
    view.open()
    press(window, "reports.query")
    view.choose_path = lambda suggested, _form: tmp_path / suggested
    press(window, "reports.csv")
    assert window.said[-1] == "Run the query first."
    window.primary()
    assert "name of at most" in window.errors[-1]
    write_in(window, "reports.query_title", "Kept by doctor")
    choose(window, "reports.subject", "appointments")
    press(window, "reports.mode.groups")
    choose(window, "reports.column_0", "practitioner")
    choose(window, "reports.tally", "sum")
    choose(window, "reports.tally_of", "minutes")
    choose(window, "reports.where_0", "status")
    choose(window, "reports.how_0", "is")
    write_in(window, "reports.value_0", "completed")
    window.primary()
    assert view.grid is not None
    assert view.presenter.reading is not None
    assert view.presenter.reading.run is not None
    assert [one.name for one in view.presenter.reading.run.columns] == ["practitioner", "count", "sum_minutes"]
    assert len(view.grid.table.rows()) == 2
    press(window, "reports.csv")
    assert check_report(next(tmp_path.glob("query-*.csv"))).whole
    press(window, "reports.query_save")
    assert window.said[-1] == "The query is kept."
    (kept,) = kept_queries(desk_for("administrator"))
    assert kept.definition.title == "Kept by doctor"
    write_in(window, "reports.query_title", "")
    choose(window, "reports.query_kept", kept.id)
    assert view.query is not None
    assert view.query.definition() == kept.definition
    view.open(report="queue-analytics")
    assert page(window).query is None
    assert view.criteria is not None


def test_nobody_else_is_offered_a_query(worked: Store, at: At) -> None:
    assert worked.path.exists()
    window = at("pharmacist")
    page(window).open()
    assert window.findChild(QAbstractButton, "reports.query") is None
