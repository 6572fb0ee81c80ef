"""Holds the look: colours, type and measures of the design, as a palette and one stylesheet.

May call nothing but Qt and paths. Import it before anything of Qt: it keeps Python's own import in place.
Must never know a widget of ours.
"""

import builtins
import os

# The one style that follows a stylesheet and a palette everywhere. Named here because asking the application for
# it costs 5 ms before the first paint.
os.environ.setdefault("QT_STYLE_OVERRIDE", "Fusion")

# PySide6 puts a hook over `import` that makes every later import slower and heavier (it reads their sources):
# Python's own goes back as soon as Qt is in.
_import = builtins.__import__

import PySide6.QtWidgets  # noqa: E402, F401 - brings the hook in, so that it can be taken out again

builtins.__import__ = _import

from clinic_desktop.gui.theme.apply import apply, follow_system, mode, numbers, scale_font, tokens  # noqa: E402
from clinic_desktop.gui.theme.tokens import DARK, LIGHT, Tokens  # noqa: E402

__all__ = [
    "DARK",
    "LIGHT",
    "Tokens",
    "apply",
    "follow_system",
    "mode",
    "numbers",
    "scale_font",
    "tokens",
]
