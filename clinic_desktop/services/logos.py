"""The clinic's logo: taken from a picture that is decoded within limits, drawn anew, and kept in the database.

Nothing of the file that was given is kept: no name, no text within it, no second picture, no colour profile.
"""

import io
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from clinic_desktop.domain import contents
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.documents import attached
from clinic_desktop.services.examining import Examined, examine_file
from clinic_desktop.store.tables.journal import settings

if TYPE_CHECKING:
    from PIL.Image import Image

IN_ACT = ("logo_of", "logo_file")
SETTING = "clinic_logo"
LIMIT_MB = 2
# As large as 300 dots an inch need over 76 by 25 mm of paper; what may be decoded to get there takes 64 MB at most.
WIDEST, HIGHEST, MOST_SIDE, MOST_POINTS = 900, 300, 8_000, 16_000_000
_SMALL_PNG = 120_000


@dataclass(frozen=True)
class Logo:
    """A picture drawn anew: PNG or JPEG, opaque, and no larger than the head of a page needs."""

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int


def logo_file(path: Path) -> Logo:
    """The logo in a file that an administrator chose. Raises Refusal."""
    return logo_of(examine_file(path, LIMIT_MB).content)


def logo_of(data: bytes) -> Logo:
    """The logo in a PNG or JPEG. Raises Refusal where it is none, is damaged, or is larger than is safe to decode."""
    contents.require_size(len(data), LIMIT_MB, "logo")
    found = contents.look_at(data, "logo")
    if found.media_type not in (contents.PNG, contents.JPEG):
        raise Refusal(N_("A logo is a PNG or a JPEG."), field="logo")
    _require_decodable(found.width, found.height)
    from PIL import Image  # heavy: loaded with the first logo

    form = "PNG" if found.media_type == contents.PNG else "JPEG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # The type was told from the bytes; no other decoder may be talked into reading them.
            with Image.open(io.BytesIO(data), formats=(form,)) as picture:
                _require_decodable(*picture.size)
                shown = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError, Warning) as error:
        raise Refusal(N_("This picture is damaged or cannot be shown here."), field="logo") from error
    shown.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    white = Image.new("RGB", shown.size, "white")
    white.paste(shown, mask=shown.getchannel("A"))
    content, media_type = _written(white, "PNG"), contents.PNG
    if len(content) > _SMALL_PNG:
        content, media_type = _written(white, "JPEG"), contents.JPEG
    return Logo(content, media_type, *white.size)


@command
def set_logo(act: Act, logo: Logo) -> None:
    """Put a logo at the head of the clinic's papers. Raises Refusal where it was not drawn here."""
    again = logo_of(logo.content)
    if (again.width, again.height) != (logo.width, logo.height):
        raise Refusal(N_("This picture is damaged or cannot be shown here."), field="logo")
    _set(act, attached(act, Examined(logo.content, logo.media_type)))


@command
def remove_logo(act: Act) -> None:
    """Print the papers without a logo again."""
    _set(act, "")


def _set(act: Act, value: str) -> None:
    known = act.conn.execute(select(settings.c.id).where(settings.c.name == SETTING)).scalar_one_or_none()
    if known is None:
        act.create(settings, {"name": SETTING, "value": value}, kind="setting.made")
    else:
        act.change(settings, known, {"value": value}, kind="setting.changed")


def _require_decodable(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise Refusal(N_("This picture is damaged or cannot be shown here."), field="logo")
    if max(width, height) > MOST_SIDE or width * height > MOST_POINTS:
        raise Refusal(
            N_("The picture is too large: {width} by {height} points. Save it at 900 by 300 or so."),
            field="logo", width=width, height=height,
        )  # fmt: skip
    if max(width, height) > 20 * min(width, height):
        raise Refusal(N_("The picture is a line and no logo: {width} by {height} points."), field="logo",
                      width=width, height=height)  # fmt: skip


def _written(picture: "Image", form: str) -> bytes:
    held = io.BytesIO()
    picture.save(held, form, optimize=True, quality=88)
    return held.getvalue()
