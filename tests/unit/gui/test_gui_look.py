"""The look: contrast that can be read, icons that exist, steps and charts that say what they show."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.scale import nice_steps
from clinic_desktop.gui import icons, theme
from clinic_desktop.gui.shell import frame, topbar
from clinic_desktop.gui.shell.rail import HEIGHT, LOWEST, RailButton
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.theme.sheet import stylesheet
from clinic_desktop.gui.theme.tokens import MEANINGS, Tokens
from clinic_desktop.gui.widgets import pill, steprail
from clinic_desktop.gui.widgets.choice import SegmentField
from clinic_desktop.gui.widgets.labels import Elided, label, unbroken
from clinic_desktop.gui.widgets.steprail import Step, StepRail
from clinic_desktop.gui.widgets.trend import Band, Point, Series, TrendChart
from clinic_desktop.paths import resources
from tests.unit.gui.gallery import FACTS, HOME


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=lambda tokens: tokens.name)
def test_every_text_can_be_read_on_everything_it_stands_on(tokens: Tokens) -> None:
    for ground in (tokens.page, tokens.surface, tokens.raised):
        for words in (tokens.text, tokens.subtle, *(tokens.strong(meaning) for meaning in MEANINGS)):
            assert contrast(words, ground) >= 4.5, (words, ground)
    for meaning in MEANINGS:
        assert contrast(tokens.strong(meaning), tokens.soft(meaning)) >= 4.5, meaning
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=lambda tokens: tokens.name)
def test_the_stylesheet_leaves_no_name_unfilled_and_finds_its_pictures(tokens: Tokens) -> None:
    sheet = stylesheet(tokens, 32)
    assert "$" not in sheet
    for path in re.findall(r'url\("(.*?)"\)', sheet):
        assert Path(path).exists(), path


def test_every_icon_named_in_the_frame_and_widgets_exists_and_paints(qtbot: QtBot) -> None:
    named = {*pill.ICONS.values(), *(state[0] for state in steprail.STATES.values())}
    for module in (frame, topbar):
        words = Path(str(module.__file__)).read_text()
        named |= set(re.findall(r'(?:icon=|ToolButton\()"(.*?)"', words))
    for name in named:
        picture = icons.pixmap(name, "critical", 24).toImage()
        painted = [picture.pixelColor(x, y).alpha() for x in range(24) for y in range(24)]
        assert max(painted) > 0, name
    for path in (resources() / "icons").glob("*.svg"):
        assert 'viewBox="0 0 24 24"' in path.read_text(), path.name


def test_a_step_says_its_state_and_why_and_keys_move_between_steps(qtbot: QtBot) -> None:
    rail = StepRail("x.steps")
    qtbot.addWidget(rail)
    gone: list[str] = []
    rail.gone_to.connect(gone.append)
    rail.set_steps([Step("a", "Overview", "completed"), Step("b", "History", "skipped_by_rule", "no change")], "a")
    rail.show()
    rail.activateWindow()
    qtbot.waitUntil(rail.isActiveWindow)
    first, second = rail._rows.values()
    assert second.accessibleName() == "2 History: skipped by a rule no change"
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Space)
    assert gone == ["b"]
    rail.set_steps([Step("a", "Overview", "reopened"), Step("b", "History")], "b")
    assert second.hasFocus(), "showing states anew leaves the focus where it is"


def test_why_a_step_stands_as_it_does_is_read_whole(qtbot: QtBot) -> None:
    rail = StepRail("x.steps")
    qtbot.addWidget(rail)
    why = "Taken less than 1 h ago, and none is abnormal"
    rail.set_steps(
        [Step("a", "Overview", shortcut="Ctrl+1"), Step("b", "Vital signs", "skipped_by_rule", why, "Ctrl+2")]
    )
    rail.resize(rail.width(), 300)
    rail.show()
    qtbot.wait(30)
    words = rail._rows["b"]._state
    assert words.height() >= words.heightForWidth(words.width())
    assert rail._rows["b"].height() < 120, "and is no higher than its words"


def test_a_chart_says_value_unit_flag_and_date_of_the_point_pointed_at(qtbot: QtBot) -> None:
    chart = TrendChart("x.trend", unit="mmol/L", title="Potassium")
    qtbot.addWidget(chart)
    start = datetime(2026, 1, 5, 12, tzinfo=UTC)
    points = (Point(start, 4.1), Point(start + timedelta(days=9), 6.4, "HH"))
    series = Series("", points, Band(3.5, 5.1))
    chart.set_series([series])
    chart.resize(400, 200)
    chart.show()
    assert "6.4 mmol/L" in chart.accessibleName()
    assert chart.words_of(series, points[1]).startswith("6.4 mmol/L HH\n14-Jan-2026")
    QTest.mouseMove(chart, chart._at(points[1]).toPoint())
    qtbot.waitUntil(lambda: chart._found == (series, points[1]))
    QTest.mouseMove(chart, QPoint(200, 20))
    qtbot.waitUntil(lambda: chart._found is None)
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart._found == (series, points[0])


def test_abnormal_points_differ_by_shape_and_not_by_colour_alone(qtbot: QtBot) -> None:
    def silhouette(flag: str) -> set[tuple[int, int]]:
        chart = TrendChart("x.trend")
        qtbot.addWidget(chart)
        chart.resize(300, 200)
        at = datetime(2026, 1, 5, 12, tzinfo=UTC)
        chart.set_series([Series("", (Point(at, 5, flag),), Band(4, 6))])  # type: ignore[arg-type]  # one of the flags
        place, picture = chart._at(Point(at, 5)).toPoint(), chart.grab().toImage()
        dots = ((x, y) for x in range(-9, 10) for y in range(-9, 10))
        ground = picture.pixelColor(place.x() + 12, place.y() + 3)
        return {dot for dot in dots if picture.pixelColor(place.x() + dot[0], place.y() + dot[1]) != ground}

    assert len({frozenset(silhouette(flag)) for flag in ("", "H", "L", "HH", "LL")}) == 5


@pytest.mark.parametrize(("low", "high"), [(0, 40), (36.1, 39.4), (-3, 2), (5, 5), (0, 0.004), (90, 186)])
def test_axis_steps_are_round_and_hold_every_value(low: float, high: float) -> None:
    steps = nice_steps(low, high, 4)
    assert steps[0] <= low
    assert steps[-1] >= high
    assert 2 <= len(steps) <= 8


LONG = "Wolfeschlegelsteinhausenbergerdorff " * 5


def test_no_name_makes_the_window_wider_than_the_screen(qtbot: QtBot, work: MainWindow) -> None:
    work.resize(1280, 800)
    banner = work.frame.banner
    facts = replace(
        FACTS,
        family=LONG,
        given=LONG,
        alerts=(LONG, "Deaf"),
        allergies=(LONG, "penicillin"),
        pregnancy="Pregnant, 32 weeks",
    )
    banner.show_facts(facts)
    qtbot.wait(30)
    assert work.minimumSizeHint().width() <= 1280
    assert work.width() == 1280
    name = banner.findChild(Elided, "banner.name")
    assert name is not None
    assert name.text().startswith("WOLFE")
    assert "WOLFE" in name.toolTip()
    banner.show_facts(replace(FACTS, family="العبد الله", given="محمد"))
    qtbot.wait(30)
    assert name.x() < 120
    assert name.alignment() & Qt.AlignmentFlag.AlignAbsolute


def test_a_chosen_segment_has_room_for_its_bold_words(qtbot: QtBot) -> None:
    field = SegmentField("Device", "test.device", [("file", "In a file of this user"), ("key", "In the keyring")])
    qtbot.addWidget(field)
    field.show()
    field.set_value("file")
    qtbot.wait(20)
    button = field.findChild(QPushButton, "test.device.file")
    assert button is not None
    bold = QFont(button.font())
    bold.setWeight(QFont.Weight.DemiBold)
    assert button.width() >= QFontMetrics(bold).horizontalAdvance(button.text()) + 16


def test_no_line_is_broken_within_a_number(qtbot: QtBot) -> None:
    shown = label("16-Aug-1998 (28 y) · Male · MRN-T6T-000001-D", "secondary", wrap=True)
    qtbot.addWidget(shown)
    assert shown.text() == "16-Aug-1998 (28 y) · Male · MRN-T6T-000001-D"
    assert "-" not in QLabel.text(shown)
    assert unbroken("AROCORD-HIMS, 14-Jul-1945") == "AROCORD-HIMS, 14\u2011Jul\u20111945", "a name may be broken"
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    assert QLabel.text(shown) == shown.text(), "what is copied is found again where it is pasted; a password opens"
    shown.clear()
    assert shown.text() == ""


def test_a_button_of_the_rail_shows_its_word_whole_however_low_and_focused(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    other = QPushButton()
    buttons = [RailButton(replace(HOME, name=name, title="Syncgyp", shortcut="")) for name in ("high", "low")]
    for part in (other, *buttons):
        column.addWidget(part)
    for button, high in zip(buttons, (HEIGHT, LOWEST), strict=True):
        button.setFixedHeight(high)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    lines = []
    for button in buttons:
        for focused in (other, button):
            focused.setFocus()
            qtbot.wait(10)
            middle = button.grab(button.rect().adjusted(10, 3, -10, -3)).toImage()
            inked = [
                any(middle.pixelColor(x, y).alpha() > 60 for x in range(middle.width())) for y in range(middle.height())
            ]
            lines.append(inked[::-1].index(False, inked[::-1].index(True)) - inked[::-1].index(True))
    assert len(set(lines)) == 1, "lines of dots from the foot of a word to its head"
