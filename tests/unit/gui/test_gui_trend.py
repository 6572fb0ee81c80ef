"""A chart of values over time is read without colour, and says what its axis counts."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from clinic_desktop.gui.widgets import trend
from clinic_desktop.gui.widgets.trend import Band, Point, Series, TrendChart

POINTS = tuple(Point(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=9 * at), 100.0 + 10 * at) for at in range(4))
LEFT, TOP = 44, 28


def painted(qtbot: QtBot, series: list[Series], unit: str = "mmHg") -> QImage:
    chart = TrendChart("x.trend", unit=unit)
    qtbot.addWidget(chart)
    chart.resize(460, 200)
    chart.set_series(series)
    return chart.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)


def test_every_line_of_a_chart_has_a_stroke_and_points_of_its_own(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trend, "_COLOURS", ("accent",) * 4)
    found = set()
    for place in range(4):
        empty = [Series(f"{at}", ()) for at in range(place)]
        image = painted(qtbot, [*empty, Series("last", POINTS)]).copy(LEFT, TOP, 416, 148)
        found.add(bytes(image.constBits()))
    assert len(found) == 4


def test_the_unit_stands_over_its_axis(qtbot: QtBot) -> None:
    over = [painted(qtbot, [Series("", POINTS)], unit).copy(0, 0, LEFT, 18) for unit in ("mmHg", "")]
    assert over[0] != over[1]


def test_bands_of_two_lines_are_told_apart_without_colour(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trend, "_COLOURS", ("accent",) * 4)
    monkeypatch.setattr(Band, "words", lambda _band, _name: "")
    band = Band(105, 125)
    low, high = Series("", POINTS, band), Series("", POINTS)
    first = painted(qtbot, [low, high])
    second = painted(qtbot, [Series("", POINTS), Series("", POINTS, band)])
    assert first != second


@pytest.mark.parametrize("band", [Band(105, 125), Band(None, 125), Band(105, None)])
def test_a_band_says_whose_it_is(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, band: Band) -> None:
    with_words = painted(qtbot, [Series("Systolic", POINTS, band), Series("Diastolic", POINTS)])
    monkeypatch.setattr(Band, "words", lambda _band, _name: "")
    assert painted(qtbot, [Series("Systolic", POINTS, band), Series("Diastolic", POINTS)]) != with_words


def test_a_band_with_an_open_side_says_its_other_one() -> None:
    assert Band(60, 79).words("Diastolic") == "Diastolic: normal 60 to 79"
    assert Band(None, 37.4).words("") == "Normal up to 37.4"
    assert Band(96, None).words("") == "Normal from 96"
