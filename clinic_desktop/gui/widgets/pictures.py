"""Pictures from outside: decoded from memory, by the type their bytes have, within limits; and put into JPEG."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from clinic_desktop.domain import contents
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

_FORMATS = {contents.PNG: b"png", contents.JPEG: b"jpeg", contents.TIFF: b"tiff"}
# A fax of many pages is a TIFF; all its pages together may hold no more than one picture may.
MOST_PAGES = 40
PAPER_QUALITY = 85
LONGEST_ON_PAPER = 3_500  # 300 points an inch over the length of an A4 page


def pictures_of(data: bytes, media_type: str) -> tuple[QImage, ...]:
    """The pages of a picture, upright. Raises Refusal where it cannot be decoded or is larger than is safe.

    May be called off the window's thread.
    """
    form = _FORMATS.get(media_type)
    if form is None:
        return ()
    held = QBuffer()
    held.setData(QByteArray(data))
    held.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(held, QByteArray(form))
    # The type was told from the bytes; no other decoder may be talked into reading them.
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    room = contents.MOST_MEGAPIXELS * 1_000_000
    pages: list[QImage] = []
    while len(pages) < MOST_PAGES:
        size = reader.size()
        room -= size.width() * size.height()
        if not size.isValid() or room < 0:
            break
        picture = reader.read()
        if picture.isNull():
            break
        pages.append(picture)
        if not reader.jumpToNextImage():
            break
    if not pages:
        raise Refusal(N_("This picture is damaged or cannot be shown here."), field="file")
    return tuple(pages)


def as_jpeg(picture: QImage) -> bytes:
    """A picture as JPEG in memory, on white and no larger than a page of paper can show."""
    if max(picture.width(), picture.height()) > LONGEST_ON_PAPER:
        fitting = QSize(LONGEST_ON_PAPER, LONGEST_ON_PAPER)
        smooth = Qt.TransformationMode.SmoothTransformation
        picture = picture.scaled(fitting, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    white = QImage(picture.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    return _written(_over(white, picture), "JPEG", PAPER_QUALITY)


def as_png(picture: QImage) -> bytes:
    """A picture as PNG in memory, as it was on the clipboard."""
    return _written(picture, "PNG", -1)


def _over(white: QImage, picture: QImage) -> QImage:
    from PySide6.QtGui import QPainter

    painter = QPainter(white)
    painter.drawImage(0, 0, picture)
    painter.end()
    return white


def _written(picture: QImage, form: str, quality: int) -> bytes:
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(held, form, quality)  # type: ignore[call-overload]  # the stubs know no str here; Qt does
    return bytes(held.data().data())
