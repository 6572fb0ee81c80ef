"""Line icons of our own (resources/icons, 24 x 24), coloured by the theme when they are painted."""

from functools import lru_cache

from PySide6 import QtCore, QtGui
from PySide6.QtWidgets import QApplication

from clinic_desktop.gui.theme.apply import tokens
from clinic_desktop.paths import resources


def icon(name: str, meaning: str = "neutral") -> "QtGui.QIcon":
    """The icon in the colour of a meaning (``neutral``, ``text``, ``accent``, ``critical``...) as of now.

    A checked button shows the accent colour. Buttons ask again when the theme changes; what is no button is a `Sign`.
    """
    made = QtGui.QIcon(pixmap(name, meaning))
    made.addPixmap(pixmap(name, "accent"), QtGui.QIcon.Mode.Normal, QtGui.QIcon.State.On)
    return made


def pixmap(name: str, meaning: str = "neutral", size: int = 20) -> "QtGui.QPixmap":
    """The icon as a picture of this size in pixels of the design, sharp on any screen."""
    app = QApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    return _drawn(name, tokens().strong(meaning), size, ratio)


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, size: int, ratio: float) -> "QtGui.QPixmap":
    from PySide6.QtSvg import QSvgRenderer

    picture = QtGui.QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    text = (resources() / "icons" / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
    painter = QtGui.QPainter(picture)
    QSvgRenderer(QtCore.QByteArray(text.encode())).render(
        painter, QtCore.QRectF(0, 0, picture.width(), picture.height())
    )
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
