"""Keys that would do nothing: two things that can be seen claim the same one, and Qt then does neither."""

from collections import defaultdict

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLabel, QTabBar, QWidget


def clashing_keys(window: QWidget) -> list[str]:
    """Every key that more than one live button, label, tab or shortcut of the window claims, in words.

    A dialog over it is a window of its own: its keys are its own.
    """
    claims: dict[str, list[str]] = defaultdict(list)

    def live(widget: QWidget) -> bool:
        return widget.isVisible() and widget.isEnabled() and widget.window() is window.window()

    for button in window.findChildren(QAbstractButton):
        if live(button) and not button.shortcut().isEmpty():
            claims[button.shortcut().toString()].append(f"{button.objectName()} “{button.text()}”")
    for words in window.findChildren(QLabel):
        if live(words) and words.buddy() is not None:
            claims[QKeySequence.mnemonic(words.text()).toString()].append(f"label “{words.text()}”")
    for bar in window.findChildren(QTabBar):
        for place in range(bar.count()) if live(bar) else ():
            claims[QKeySequence.mnemonic(bar.tabText(place)).toString()].append(f"tab “{bar.tabText(place)}”")
    for shortcut in window.findChildren(QShortcut):
        parent = shortcut.parent()
        if shortcut.isEnabled() and isinstance(parent, QWidget) and live(parent):
            claimed: list[QKeySequence] = shortcut.keys()
            for key in claimed:
                claims[key.toString()].append(f"shortcut of {parent.objectName()}")
    return [f"{key}: {', '.join(who)}" for key, who in sorted(claims.items()) if key and len(who) > 1]
