"""Light and dark are changed while everything is open: nothing keeps a colour of before."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.frame import Frame
from clinic_desktop.gui.shell.window import MainWindow
from clinic_desktop.gui.theme.tokens import Tokens
from clinic_desktop.gui.widgets.sign import Sign
from clinic_desktop.gui.widgets.stop import ConfirmStop
from tests.unit.gui.gallery import SCREENS, PretendGate

Said = Callable[[Frame], None]
SAID: dict[str, Said] = {
    "refused": lambda frame: frame.show_error(Refusal("The patient has restricted this record.")),
    "done": lambda frame: frame.offer_undo("Saved.", lambda: None),
}


def opened(qtbot: QtBot, screen: str, say: Said) -> MainWindow:
    window = MainWindow(PretendGate(), SCREENS)
    qtbot.addWidget(window)
    window.begin()
    window.resize(1280, 800)
    window.show()
    window.signin.given.emit("amina", "x")
    qtbot.waitUntil(lambda: window.has_frame)
    window.frame.go(screen)
    if screen == "chart":
        qtbot.waitUntil(lambda: window.frame.banner.patient_id is not None)
    say(window.frame)
    qtbot.waitUntil(lambda: window.pools.idle)
    return window


def picture(part: QWidget) -> QImage:
    """What a part paints of its own icon, without what it stands on."""
    if isinstance(part, QAbstractButton):
        return part.icon().pixmap(part.iconSize()).toImage()
    image = QImage(part.size(), QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    part.render(painter, QPoint(), QRegion(QRect(QPoint(), part.size())), QWidget.RenderFlag(0))
    painter.end()
    return image


def strange(image: QImage, tokens: Tokens) -> set[str]:
    """The colours painted that are none of the theme's; what is let through in part is not looked at."""
    seen = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    painted = {colour.name() for colour in seen if colour.alpha() > 250}
    own = [QColor(str(colour)) for name, colour in vars(tokens).items() if name != "name"]
    return {name for name in painted if min(_far(QColor(name), each) for each in own) > 6}


def _far(one: QColor, other: QColor) -> int:
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())


def icons_of(frame: QWidget) -> list[QWidget]:
    shown = [part for part in frame.findChildren(QWidget) if part.isVisible()]
    return [
        part
        for part in shown
        if isinstance(part, Sign)
        or (isinstance(part, QAbstractButton) and not part.icon().isNull())
        or (isinstance(part, QLabel) and not part.pixmap().isNull())
    ]


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("screen", ["home", "chart"])
@pytest.mark.parametrize("now", ["light", "dark"])
def test_every_icon_of_a_frame_has_the_colour_of_the_theme_it_is_switched_to(
    qtbot: QtBot, qapp: QApplication, screen: str, said: str, now: str
) -> None:
    before, after = (theme.DARK, theme.LIGHT) if now == "light" else (theme.LIGHT, theme.DARK)
    theme.apply(qapp, before.name)
    window = opened(qtbot, screen, SAID[said])
    theme.apply(qapp, after.name)
    QTest.qWait(20)
    shown = icons_of(window.frame)
    assert window.frame.topbar.user in shown
    assert sum(window.frame.toast.isAncestorOf(part) for part in shown) == 2
    kept = {(part.objectName(), *others) for part in shown if (others := strange(picture(part), after))}
    assert kept == set()
    window.close()


def test_what_stops_everything_follows_too(qtbot: QtBot, qapp: QApplication) -> None:
    over = QWidget()
    qtbot.addWidget(over)
    stop = ConfirmStop(over, "x.stop", "Void it", "It is voided.", confirm="&Void")
    stop.show()
    theme.apply(qapp, "dark")
    qtbot.wait(10)
    signs = icons_of(stop)
    assert len(signs) == 1
    assert strange(picture(signs[0]), theme.LIGHT), "it is seen"
    assert not strange(picture(signs[0]), theme.DARK)
