"""What was copied here does not outlive the person who copied it: it may name a patient."""

from PySide6.QtGui import QClipboard

_MODES = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


def forget_copied(clipboard: QClipboard) -> None:
    """Clear what this program put on the clipboard; what other programs put there stays."""
    owned = (clipboard.ownsClipboard(), clipboard.supportsSelection() and clipboard.ownsSelection())
    for mode, ours in zip(_MODES, owned, strict=True):
        if ours:
            clipboard.clear(mode)
